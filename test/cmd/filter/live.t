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
	v11: i32 = phi b8 4, b6 0
	v12: i32 = packet v11 12 2
	branch v12 eq 0x800 b9 b4
b6:
	v9: i32 = extension 44
	v10: i32 = and v9 0xfff
	branch v10 eq 0xa b5 b4
b7:
	v4: i32 = packet 12 2
	switch v4
		0..0x80ff b4
		0x8100 b8
		0x8101..0x88a7 b4
		0x88a8 b8
		0x88a9..0x90ff b4
		0x9100 b8
		0x9101..0xffffffff b4
b8:
	v5: i32 = packet 14 2
	v7: i32 = and v5 0xfff
	branch v7 eq 0xa b5 b4
b9:
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
