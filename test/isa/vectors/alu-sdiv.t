# Signed division truncates towards zero; INT_MIN / -1 is INT_MIN, x / 0 is 0 (RFC 9669, 4.1).
-- case 64 bits, register
-- asm
r0 = D ll
r1 = S ll
r0 s/= r1
exit
-- table
D                   S                   result
7                   2                   3
0xfffffffffffffff9  2                   0xfffffffffffffffd
7                   0xfffffffffffffffe  0xfffffffffffffffd
0xfffffffffffffff9  0xfffffffffffffffe  3
7                   0                   0
0x8000000000000000  0xffffffffffffffff  0x8000000000000000
0x8000000000000000  1                   0x8000000000000000
0xffffffffffffffff  0x80000000          0
0x80000000          0xffffffff          0
-- case 64 bits, immediate
-- asm
r0 = D ll
r0 s/= K
exit
-- table
D                   K            result
7                   -2           0xfffffffffffffffd
0xfffffffffffffff9  2            0xfffffffffffffffd
0x8000000000000000  -1           0x8000000000000000
0x80000000          -1           0xffffffff80000000
0xfffffffffffffff7  3            0xfffffffffffffffd
0xffffffffffffffff  -0x80000000  0
-- case 32 bits, register
-- asm
r0 = D ll
r1 = S ll
w0 s/= w1
exit
-- table
D                   S                   result
7                   2                   3
0xfffffffffffffff9  2                   0xfffffffd
7                   0xfffffffffffffffe  0xfffffffd
0xfffffffffffffff9  0xfffffffffffffffe  3
7                   0                   0
0x8000000000000000  0xffffffffffffffff  0
0x8000000000000000  1                   0
0xffffffffffffffff  0x80000000          0
0x80000000          0xffffffff          0x80000000
-- case 32 bits, immediate
-- asm
r0 = D ll
w0 s/= K
exit
-- table
D                   K            result
7                   -2           0xfffffffd
0xfffffffffffffff9  2            0xfffffffd
0x8000000000000000  -1           0
0x80000000          -1           0x80000000
0xfffffffffffffff7  3            0xfffffffd
0xffffffffffffffff  -0x80000000  0
