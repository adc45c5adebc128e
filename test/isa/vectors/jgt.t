# A jump when greater, unsigned; 32-bit ones compare low halves (RFC 9669, 4.3).
-- case 64 bits, register
-- asm
r0 = 1
r1 = D ll
r2 = S ll
if r1 > r2 goto +1
r0 = 0
exit
-- table
D                   S                   result
1                   1                   0
1                   2                   0
2                   1                   1
0xffffffffffffffff  1                   1
1                   0xffffffffffffffff  0
0x8000000000000000  0x7fffffffffffffff  1
0x7fffffffffffffff  0x8000000000000000  0
0x100000001         1                   1
0x80000000          0x7fffffff          1
0xffffffff00000000  0                   1
-- case 64 bits, immediate
-- asm
r0 = 1
r1 = D ll
if r1 > K goto +1
r0 = 0
exit
-- table
D                   K            result
1                   1            0
1                   2            0
2                   1            1
0xffffffffffffffff  -1           0
1                   -1           0
0xffffffff          -1           0
0x80000000          0x7fffffff   1
0x8000000000000000  -0x80000000  0
0x100000001         1            1
0                   -0x80000000  0
-- case 32 bits, register
-- asm
r0 = 1
r1 = D ll
r2 = S ll
if w1 > w2 goto +1
r0 = 0
exit
-- table
D                   S                   result
1                   1                   0
1                   2                   0
2                   1                   1
0xffffffffffffffff  1                   1
1                   0xffffffffffffffff  0
0x8000000000000000  0x7fffffffffffffff  0
0x7fffffffffffffff  0x8000000000000000  1
0x100000001         1                   0
0x80000000          0x7fffffff          1
0xffffffff00000000  0                   0
-- case 32 bits, immediate
-- asm
r0 = 1
r1 = D ll
if w1 > K goto +1
r0 = 0
exit
-- table
D                   K            result
1                   1            0
1                   2            0
2                   1            1
0xffffffffffffffff  -1           0
1                   -1           0
0xffffffff          -1           0
0x80000000          0x7fffffff   1
0x8000000000000000  -0x80000000  0
0x100000001         1            0
0                   -0x80000000  0
