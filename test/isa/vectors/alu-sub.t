# Subtraction wraps around; 32-bit subtraction zeroes the upper half (RFC 9669, section 4.1).
-- case 64 bits, register
-- asm
r0 = D ll
r1 = S ll
r0 -= r1
exit
-- table
D            S                   result
3            2                   1
2            3                   0xffffffffffffffff
0            0x8000000000000000  0x8000000000000000
0x100000000  1                   0xffffffff
0xffffffff   0xffffffffffffffff  0x100000000
-- case 64 bits, immediate
-- asm
r0 = D ll
r0 -= K
exit
-- table
D            K            result
3            2            1
2            3            0xffffffffffffffff
0            -1           1
0            -0x80000000  0x80000000
0x100000000  1            0xffffffff
-- case 32 bits, register
-- asm
r0 = D ll
r1 = S ll
w0 -= w1
exit
-- table
D            S                   result
3            2                   1
2            3                   0xffffffff
0            0x8000000000000000  0
0x100000000  1                   0xffffffff
0xffffffff   0xffffffffffffffff  0
-- case 32 bits, immediate
-- asm
r0 = D ll
w0 -= K
exit
-- table
D            K            result
3            2            1
2            3            0xffffffff
0            -1           1
0            -0x80000000  0x80000000
0x100000000  1            0xffffffff
