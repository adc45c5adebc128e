# What 'tcpdump -d' prints can be assembled, also where tcpdump has no word for it.
-- asm
(000) ldh      [12]
(001) jeq      #0x86dd          jt 8	jf 2
(002) jeq      #0x800           jt 3	jf 8
(003) ldb      [vlan_tci]
(004) unimp    0x81
(005) ld       #pktlen
(006) ldb      [x + -4]
(007) ret      
(008) ja       9
(009) ret      #262144
-- c
{ 0x28, 0, 0, 0x0000000c },
{ 0x15, 6, 0, 0x000086dd },
{ 0x15, 0, 5, 0x00000800 },
{ 0x30, 0, 0, 0xfffff02c },
{ 0x81, 0, 0, 0x00000000 },
{ 0x80, 0, 0, 0x00000000 },
{ 0x50, 0, 0, 0xfffffffc },
{ 0x16, 0, 0, 0x00000000 },
{ 0x5, 0, 0, 0x00000000 },
{ 0x6, 0, 0, 0x00040000 },
-- retext
	ldh [12]
	jeq #0x86dd, L8
	jne #0x800, L8
	ldb vlan_tci
	ldx len
	ld len
	ldb [x + -4]
	ret a
L8:	ja L9
L9:	ret #262144
