# For a socket of Linux, tags, direction and interface are beside the packet.
-- cmd
waggle filter -y EN10MB -O --ir --live 'vlan 10 and ip'
-- stdout
fn filter
b0:
	jump b1
b1:
	v1: i32 = extension 48
	branch v1 eq 1 b6 b7
b2:
	return 0x40000
b3:
	return 0
b4:
	jump b3
b5:
	v14: i32 = phi b8 4, b6 0
	v15: i32 = packet v14 12 2
	branch v15 eq 0x800 b11 b4
b6:
	v12: i32 = extension 44
	v13: i32 = and v12 0xfff
	branch v13 eq 0xa b5 b4
b7:
	v4: i32 = packet 12 2
	branch v4 eq 0x8100 b8 b9
b8:
	v8: i32 = packet 14 2
	v10: i32 = and v8 0xfff
	branch v10 eq 0xa b5 b4
b9:
	branch v4 eq 0x88a8 b8 b10
b10:
	branch v4 eq 0x9100 b8 b4
b11:
	jump b2
-- cmd
waggle filter -y EN10MB --live inbound
-- stdout
(000) ld       [type]
(001) jeq      #0x4             jt 2	jf 3
(002) ret      #0
(003) ret      #262144
-- cmd
waggle filter -y EN10MB --live 'ifindex 3'
-- stdout
(000) ld       [ifidx]
(001) jeq      #0x3             jt 2	jf 3
(002) ret      #262144
(003) ret      #0
