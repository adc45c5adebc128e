# Addition wraps around; 32-bit addition zeroes the upper half (RFC 9669, section 4.1).
-- case 64 bits, register
-- asm
r0 = D ll
r1 = S ll
r0 += r1
exit
-- table
D                   S                   result
2                   3                   5
0xffffffffffffffff  1                   0
0x7fffffffffffffff  1                   0x8000000000000000
0xffffffff          1                   0x100000000
0x1234567800000000  0x8000000080000000  0x9234567880000000
-- case 64 bits, immediate
-- asm
r0 = D ll
r0 += K
exit
-- table
D                   K            result
2                   3            5
1                   -1           0
0xffffffffffffffff  1            0
0                   -0x80000000  0xffffffff80000000
0xffffffff          1            0x100000000
-- case 32 bits, register
-- asm
r0 = D ll
r1 = S ll
w0 += w1
exit
-- table
D                   S                   result
2                   3                   5
0xffffffffffffffff  1                   0
0x7fffffffffffffff  1                   0
0xffffffff          1                   0
0x1234567800000000  0x8000000080000000  0x80000000
-- case 32 bits, immediate
-- asm
r0 = D ll
w0 += K
exit
-- table
D                   K            result
2                   3            5
1                   -1           0
0xffffffffffffffff  1            0
0                   -0x80000000  0x80000000
0xffffffff          1            0
