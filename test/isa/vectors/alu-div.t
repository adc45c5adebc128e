# Unsigned division; by zero it yields zero and does not trap (RFC 9669, section 4.1).
-- case 64 bits, register
-- asm
r0 = D ll
r1 = S ll
r0 /= r1
exit
-- table
D                   S                   result
7                   2                   3
7                   0                   0
0                   7                   0
0xffffffffffffffff  2                   0x7fffffffffffffff
0xffffffffffffffff  0xffffffffffffffff  1
0x8000000000000000  0xffffffffffffffff  0
0xfffffff600000009  3                   0x5555555200000003
5                   0x100000000         0
-- case 64 bits, immediate
-- asm
r0 = D ll
r0 /= K
exit
-- table
D                   K           result
7                   2           3
0xffffffffffffffff  -1          1
5                   -1          0
0xffffffffffffffff  0x7fffffff  0x200000004
0x8000000000000000  -2          0
0x100000007         2           0x80000003
-- case 32 bits, register
-- asm
r0 = D ll
r1 = S ll
w0 /= w1
exit
-- table
D                   S                   result
7                   2                   3
7                   0                   0
0                   7                   0
0xffffffffffffffff  2                   0x7fffffff
0xffffffffffffffff  0xffffffffffffffff  1
0x8000000000000000  0xffffffffffffffff  0
0xfffffff600000009  3                   3
5                   0x100000000         0
-- case 32 bits, immediate
-- asm
r0 = D ll
w0 /= K
exit
-- table
D                   K           result
7                   2           3
0xffffffffffffffff  -1          1
5                   -1          0
0xffffffffffffffff  0x7fffffff  2
0x8000000000000000  -2          0
0x100000007         2           3
