# Bitwise and; a negative immediate has its upper bits set in 64 bits (RFC 9669, section 4.1).
-- case 64 bits, register
-- asm
r0 = D ll
r1 = S ll
r0 &= r1
exit
-- table
D                   S                   result
0xff                0xf                 0xf
0xffffffffffffffff  0x8000000000000001  0x8000000000000001
0xf0f0f0f0f0f0f0f0  0xf0f0f0f0f0f0f0f   0
0x1234567890abcdef  0xffffffff0000ffff  0x123456780000cdef
-- case 64 bits, immediate
-- asm
r0 = D ll
r0 &= K
exit
-- table
D                   K            result
0xff                15           0xf
0xffffffffffffffff  -2           0xfffffffffffffffe
0x1234567890abcdef  0x7fffffff   0x10abcdef
0xffffffffffffffff  -0x80000000  0xffffffff80000000
-- case 32 bits, register
-- asm
r0 = D ll
r1 = S ll
w0 &= w1
exit
-- table
D                   S                   result
0xff                0xf                 0xf
0xffffffffffffffff  0x8000000000000001  1
0xf0f0f0f0f0f0f0f0  0xf0f0f0f0f0f0f0f   0
0x1234567890abcdef  0xffffffff0000ffff  0xcdef
-- case 32 bits, immediate
-- asm
r0 = D ll
w0 &= K
exit
-- table
D                   K            result
0xff                15           0xf
0xffffffffffffffff  -2           0xfffffffe
0x1234567890abcdef  0x7fffffff   0x10abcdef
0xffffffffffffffff  -0x80000000  0x80000000
