# Multiplication keeps the low bits of the product (RFC 9669, section 4.1).
-- case 64 bits, register
-- asm
r0 = D ll
r1 = S ll
r0 *= r1
exit
-- table
D                   S                   result
6                   7                   0x2a
0x100000000         0x100000000         0
0xffffffff          0xffffffff          0xfffffffe00000001
0xffffffffffffffff  0xffffffffffffffff  1
0x123456789         0x1000              0x123456789000
0x8000000000000000  2                   0
-- case 64 bits, immediate
-- asm
r0 = D ll
r0 *= K
exit
-- table
D            K            result
6            7            0x2a
3            -1           0xfffffffffffffffd
0x100000001  0x7fffffff   0x7fffffff7fffffff
2            -0x80000000  0xffffffff00000000
-- case 32 bits, register
-- asm
r0 = D ll
r1 = S ll
w0 *= w1
exit
-- table
D                   S                   result
6                   7                   0x2a
0x100000000         0x100000000         0
0xffffffff          0xffffffff          1
0xffffffffffffffff  0xffffffffffffffff  1
0x123456789         0x1000              0x56789000
0x8000000000000000  2                   0
-- case 32 bits, immediate
-- asm
r0 = D ll
w0 *= K
exit
-- table
D            K            result
6            7            0x2a
3            -1           0xfffffffd
0x100000001  0x7fffffff   0x7fffffff
2            -0x80000000  0
