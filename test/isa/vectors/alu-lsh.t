# Left shifts use the low 6 (or 5) bits of the count only (RFC 9669, section 4.1).
-- case 64 bits, register
-- asm
r0 = D ll
r1 = S ll
r0 <<= r1
exit
-- table
D           S                   result
1           0                   1
1           4                   0x10
1           0x1f                0x80000000
1           0x20                0x100000000
1           0x3f                0x8000000000000000
1           0x40                1
3           0x41                6
0x80000001  1                   0x100000002
1           0xffffffffffffffff  0x8000000000000000
0xff        0x100000004         0xff0
-- case 64 bits, immediate
-- asm
r0 = D ll
r0 <<= K
exit
-- table
D           K   result
1           0   1
1           4   0x10
1           31  0x80000000
0x80000001  1   0x100000002
-- case 32 bits, register
-- asm
r0 = D ll
r1 = S ll
w0 <<= w1
exit
-- table
D           S                   result
1           0                   1
1           4                   0x10
1           0x1f                0x80000000
1           0x20                1
1           0x3f                0x80000000
1           0x40                1
3           0x41                6
0x80000001  1                   2
1           0xffffffffffffffff  0x80000000
0xff        0x100000004         0xff0
-- case 32 bits, immediate
-- asm
r0 = D ll
w0 <<= K
exit
-- table
D           K   result
1           0   1
1           4   0x10
1           31  0x80000000
0x80000001  1   2
