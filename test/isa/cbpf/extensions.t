# The names of Linux's extensions: bpf_asm's, with and without '#', and tcpdump's.
-- asm
	ld proto
	ld type
	ld ifidx
	ld nla
	ld nlan
	ld mark
	ld queue
	ld hatype
	ld rxhash
	ld cpu
	ld xor_x
	ld vlan_tci
	ld vlan_avail
	ld vlan_pr
	ld poff
	ld rand
	ld vlan_tpid
	ldh #proto
	ldb vlanp
	ldb [vlanp]
	ldh [random]
	ld [-4056]
	ret %a
-- c
{ 0x20, 0, 0, 0xfffff000 },
{ 0x20, 0, 0, 0xfffff004 },
{ 0x20, 0, 0, 0xfffff008 },
{ 0x20, 0, 0, 0xfffff00c },
{ 0x20, 0, 0, 0xfffff010 },
{ 0x20, 0, 0, 0xfffff014 },
{ 0x20, 0, 0, 0xfffff018 },
{ 0x20, 0, 0, 0xfffff01c },
{ 0x20, 0, 0, 0xfffff020 },
{ 0x20, 0, 0, 0xfffff024 },
{ 0x20, 0, 0, 0xfffff028 },
{ 0x20, 0, 0, 0xfffff02c },
{ 0x20, 0, 0, 0xfffff030 },
{ 0x20, 0, 0, 0xfffff030 },
{ 0x20, 0, 0, 0xfffff034 },
{ 0x20, 0, 0, 0xfffff038 },
{ 0x20, 0, 0, 0xfffff03c },
{ 0x28, 0, 0, 0xfffff000 },
{ 0x30, 0, 0, 0xfffff030 },
{ 0x30, 0, 0, 0xfffff030 },
{ 0x28, 0, 0, 0xfffff038 },
{ 0x20, 0, 0, 0xfffff028 },
{ 0x16, 0, 0, 0x00000000 },
-- pcap
(000) ld       [proto]
(001) ld       [type]
(002) ld       [ifidx]
(003) ld       [nla]
(004) ld       [nlan]
(005) ld       [mark]
(006) ld       [queue]
(007) ld       [hatype]
(008) ld       [rxhash]
(009) ld       [cpu]
(010) ld       [xor_x]
(011) ld       [vlan_tci]
(012) ld       [vlanp]
(013) ld       [vlanp]
(014) ld       [poff]
(015) ld       [random]
(016) ld       [vlan_tpid]
(017) ldh      [proto]
(018) ldb      [vlanp]
(019) ldb      [vlanp]
(020) ldh      [random]
(021) ld       [xor_x]
(022) ret      
-- retext
	ld proto
	ld type
	ld ifidx
	ld nla
	ld nlan
	ld mark
	ld queue
	ld hatype
	ld rxhash
	ld cpu
	ld [-4056]
	ld vlan_tci
	ld vlan_avail
	ld vlan_avail
	ld poff
	ld rand
	ld vlan_tpid
	ldh proto
	ldb vlan_avail
	ldb vlan_avail
	ldh rand
	ld [-4056]
	ret a
