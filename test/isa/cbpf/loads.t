# Every load and store of bpf_asm's language, with all spellings of its operands.
-- asm
	ld #5
	ldi 6
	ldi #7
	ldx #8
	ldxi 9
	ldxi #0x10
	ld [0]
	ldh [12]
	ldb [-1048576]	; the network header
	ld [x + 4]
	ldh [%x+14]
	ldb [x - 1]
	ld [x + -2]
	st M[0]
	stx M[15]
	ld m[0]
	LDX M[15]
	ld len
	ld #len
	ld #pktlen
	ldx len
	ldxb 4*([14]&0xf)
	ldx 4*([14]&15)
	ret a
-- c
{ 0x0, 0, 0, 0x00000005 },
{ 0x0, 0, 0, 0x00000006 },
{ 0x0, 0, 0, 0x00000007 },
{ 0x1, 0, 0, 0x00000008 },
{ 0x1, 0, 0, 0x00000009 },
{ 0x1, 0, 0, 0x00000010 },
{ 0x20, 0, 0, 0x00000000 },
{ 0x28, 0, 0, 0x0000000c },
{ 0x30, 0, 0, 0xfff00000 },
{ 0x40, 0, 0, 0x00000004 },
{ 0x48, 0, 0, 0x0000000e },
{ 0x50, 0, 0, 0xffffffff },
{ 0x40, 0, 0, 0xfffffffe },
{ 0x2, 0, 0, 0x00000000 },
{ 0x3, 0, 0, 0x0000000f },
{ 0x60, 0, 0, 0x00000000 },
{ 0x61, 0, 0, 0x0000000f },
{ 0x80, 0, 0, 0x00000000 },
{ 0x80, 0, 0, 0x00000000 },
{ 0x80, 0, 0, 0x00000000 },
{ 0x81, 0, 0, 0x00000000 },
{ 0xb1, 0, 0, 0x0000000e },
{ 0xb1, 0, 0, 0x0000000e },
{ 0x16, 0, 0, 0x00000000 },
-- pcap
(000) ld       #0x5
(001) ld       #0x6
(002) ld       #0x7
(003) ldx      #0x8
(004) ldx      #0x9
(005) ldx      #0x10
(006) ld       [0]
(007) ldh      [12]
(008) ldb      [-1048576]
(009) ld       [x + 4]
(010) ldh      [x + 14]
(011) ldb      [x + -1]
(012) ld       [x + -2]
(013) st       M[0]
(014) stx      M[15]
(015) ld       M[0]
(016) ldx      M[15]
(017) ld       #pktlen
(018) ld       #pktlen
(019) ld       #pktlen
(020) unimp    0x81
(021) ldxb     4*([14]&0xf)
(022) ldxb     4*([14]&0xf)
(023) ret      
-- retext
	ld #0x5
	ld #0x6
	ld #0x7
	ldx #0x8
	ldx #0x9
	ldx #0x10
	ld [0]
	ldh [12]
	ldb [-1048576]
	ld [x + 4]
	ldh [x + 14]
	ldb [x + -1]
	ld [x + -2]
	st M[0]
	stx M[15]
	ld M[0]
	ldx M[15]
	ld len
	ld len
	ld len
	ldx len
	ldxb 4*([14]&0xf)
	ldxb 4*([14]&0xf)
	ret a
