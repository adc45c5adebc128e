# Labels, conditions with one and with two ways, and bpf_asm's negated conditions.
-- asm
	ldh [12]
	jeq #0x806, good, bad
	jne #0x800, bad
	jneq x, bad
	jlt #1, bad
	jle x, bad
	jgt #3, good
	jge %x, good, bad
	jset #4, good
	jset x, good, bad
	jset #8, next, bad
next:	jeq #9, next2
next2:	jmp good
	ja bad
good:	ret #-1
bad:	ret #0
-- c
{ 0x28, 0, 0, 0x0000000c },
{ 0x15, 12, 13, 0x00000806 },
{ 0x15, 0, 12, 0x00000800 },
{ 0x1d, 0, 11, 0x00000000 },
{ 0x35, 0, 10, 0x00000001 },
{ 0x2d, 0, 9, 0x00000000 },
{ 0x25, 7, 0, 0x00000003 },
{ 0x3d, 6, 7, 0x00000000 },
{ 0x45, 5, 0, 0x00000004 },
{ 0x4d, 4, 5, 0x00000000 },
{ 0x45, 0, 4, 0x00000008 },
{ 0x15, 0, 0, 0x00000009 },
{ 0x5, 0, 0, 0x00000001 },
{ 0x5, 0, 0, 0x00000001 },
{ 0x6, 0, 0, 0xffffffff },
{ 0x6, 0, 0, 0x00000000 },
-- pcap
(000) ldh      [12]
(001) jeq      #0x806           jt 14	jf 15
(002) jeq      #0x800           jt 3	jf 15
(003) jeq      x                jt 4	jf 15
(004) jge      #0x1             jt 5	jf 15
(005) jgt      x                jt 6	jf 15
(006) jgt      #0x3             jt 14	jf 7
(007) jge      x                jt 14	jf 15
(008) jset     #0x4             jt 14	jf 9
(009) jset     x                jt 14	jf 15
(010) jset     #0x8             jt 11	jf 15
(011) jeq      #0x9             jt 12	jf 12
(012) ja       14
(013) ja       15
(014) ret      #-1
(015) ret      #0
-- retext
	ldh [12]
	jeq #0x806, L14, L15
	jne #0x800, L15
	jne x, L15
	jlt #0x1, L15
	jle x, L15
	jgt #0x3, L14
	jge x, L14, L15
	jset #0x4, L14
	jset x, L14, L15
	jset #0x8, L11, L15
L11:	jeq #0x9, L12
L12:	ja L14
	ja L15
L14:	ret #-1
L15:	ret #0
