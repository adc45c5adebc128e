# Bitwise or; a negative immediate has its upper bits set in 64 bits (RFC 9669, section 4.1).
-- case 64 bits, register
-- asm
r0 = D ll
r1 = S ll
r0 |= r1
exit
-- table
D                   S           result
0xf0                0xf         0xff
0x8000000000000000  1           0x8000000000000001
0                   0           0
0xffffffff00000000  0x80000000  0xffffffff80000000
-- case 64 bits, immediate
-- asm
r0 = D ll
r0 |= K
exit
-- table
D            K            result
0xf0         15           0xff
0            -1           0xffffffffffffffff
0            -0x80000000  0xffffffff80000000
0x100000000  1            0x100000001
-- case 32 bits, register
-- asm
r0 = D ll
r1 = S ll
w0 |= w1
exit
-- table
D                   S           result
0xf0                0xf         0xff
0x8000000000000000  1           1
0                   0           0
0xffffffff00000000  0x80000000  0x80000000
-- case 32 bits, immediate
-- asm
r0 = D ll
w0 |= K
exit
-- table
D            K            result
0xf0         15           0xff
0            -1           0xffffffff
0            -0x80000000  0x80000000
0x100000000  1            1
