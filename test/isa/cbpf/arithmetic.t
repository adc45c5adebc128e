# Every arithmetic operation, with a constant and with X.
-- asm
	add #-1
	add x
	sub #1
	sub x
	mul #0x10
	mul x
	div #7
	div x
	mod #7
	mod x
	and #0xf0
	and x
	or #0b1000
	or x
	xor #017
	xor x
	lsh #31
	lsh x
	rsh #31
	rsh x
	neg
	tax
	txa
	add %x
	ret #-1
-- c
{ 0x4, 0, 0, 0xffffffff },
{ 0xc, 0, 0, 0x00000000 },
{ 0x14, 0, 0, 0x00000001 },
{ 0x1c, 0, 0, 0x00000000 },
{ 0x24, 0, 0, 0x00000010 },
{ 0x2c, 0, 0, 0x00000000 },
{ 0x34, 0, 0, 0x00000007 },
{ 0x3c, 0, 0, 0x00000000 },
{ 0x94, 0, 0, 0x00000007 },
{ 0x9c, 0, 0, 0x00000000 },
{ 0x54, 0, 0, 0x000000f0 },
{ 0x5c, 0, 0, 0x00000000 },
{ 0x44, 0, 0, 0x00000008 },
{ 0x4c, 0, 0, 0x00000000 },
{ 0xa4, 0, 0, 0x0000000f },
{ 0xac, 0, 0, 0x00000000 },
{ 0x64, 0, 0, 0x0000001f },
{ 0x6c, 0, 0, 0x00000000 },
{ 0x74, 0, 0, 0x0000001f },
{ 0x7c, 0, 0, 0x00000000 },
{ 0x84, 0, 0, 0x00000000 },
{ 0x7, 0, 0, 0x00000000 },
{ 0x87, 0, 0, 0x00000000 },
{ 0xc, 0, 0, 0x00000000 },
{ 0x6, 0, 0, 0xffffffff },
-- pcap
(000) add      #-1
(001) add      x
(002) sub      #1
(003) sub      x
(004) mul      #16
(005) mul      x
(006) div      #7
(007) div      x
(008) mod      #7
(009) mod      x
(010) and      #0xf0
(011) and      x
(012) or       #0x8
(013) or       x
(014) xor      #0xf
(015) xor      x
(016) lsh      #31
(017) lsh      x
(018) rsh      #31
(019) rsh      x
(020) neg      
(021) tax      
(022) txa      
(023) add      x
(024) ret      #-1
-- retext
	add #-1
	add x
	sub #1
	sub x
	mul #16
	mul x
	div #7
	div x
	mod #7
	mod x
	and #0xf0
	and x
	or #0x8
	or x
	xor #0xf
	xor x
	lsh #31
	lsh x
	rsh #31
	rsh x
	neg
	tax
	txa
	add x
	ret #-1
