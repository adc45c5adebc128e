# Moves: 64-bit immediates are sign-extended, 32-bit moves zero-extend (RFC 9669, section 4.1).
-- case 64 bits, register
-- asm
r0 = D ll
r1 = S ll
r0 = r1
exit
-- table
D                   S                   result
1                   2                   2
0                   0x8000000000000000  0x8000000000000000
0                   0xffffffffffffffff  0xffffffffffffffff
0x1122334455667788  0x80000000          0x80000000
-- case 64 bits, immediate
-- asm
r0 = D ll
r0 = K
exit
-- table
D                   K            result
1                   2            2
0                   -1           0xffffffffffffffff
0                   0x7fffffff   0x7fffffff
0xffffffffffffffff  -0x80000000  0xffffffff80000000
0xffffffffffffffff  0            0
-- case 32 bits, register
-- asm
r0 = D ll
r1 = S ll
w0 = w1
exit
-- table
D                   S                   result
1                   2                   2
0                   0x8000000000000000  0
0                   0xffffffffffffffff  0xffffffff
0x1122334455667788  0x80000000          0x80000000
-- case 32 bits, immediate
-- asm
r0 = D ll
w0 = K
exit
-- table
D                   K            result
1                   2            2
0                   -1           0xffffffff
0                   0x7fffffff   0x7fffffff
0xffffffffffffffff  -0x80000000  0x80000000
0xffffffffffffffff  0            0
