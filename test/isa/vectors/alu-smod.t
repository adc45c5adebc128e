# Signed remainder has the sign of the dividend; INT_MIN % -1 is 0, x % 0 is x (RFC 9669, 4.1).
-- case 64 bits, register
-- asm
r0 = D ll
r1 = S ll
r0 s%= r1
exit
-- table
D                   S                   result
7                   3                   1
0xfffffffffffffff9  3                   0xffffffffffffffff
7                   0xfffffffffffffffd  1
0xfffffffffffffff9  0xfffffffffffffffd  0xffffffffffffffff
0xfffffffffffffff9  0                   0xfffffffffffffff9
0x8000000000000000  0xffffffffffffffff  0
0x8000000000000000  0xa                 0xfffffffffffffff8
0x80000000          0xffffffff          0x80000000
0xffffffff80000001  0                   0xffffffff80000001
-- case 64 bits, immediate
-- asm
r0 = D ll
r0 s%= K
exit
-- table
D                   K   result
7                   -3  1
0xfffffffffffffff9  3   0xffffffffffffffff
0x8000000000000000  -1  0
0x80000000          -1  0
0xfffffffffffffff7  4   0xffffffffffffffff
-- case 32 bits, register
-- asm
r0 = D ll
r1 = S ll
w0 s%= w1
exit
-- table
D                   S                   result
7                   3                   1
0xfffffffffffffff9  3                   0xffffffff
7                   0xfffffffffffffffd  1
0xfffffffffffffff9  0xfffffffffffffffd  0xffffffff
0xfffffffffffffff9  0                   0xfffffff9
0x8000000000000000  0xffffffffffffffff  0
0x8000000000000000  0xa                 0
0x80000000          0xffffffff          0
0xffffffff80000001  0                   0x80000001
-- case 32 bits, immediate
-- asm
r0 = D ll
w0 s%= K
exit
-- table
D                   K   result
7                   -3  1
0xfffffffffffffff9  3   0xffffffff
0x8000000000000000  -1  0
0x80000000          -1  0
0xfffffffffffffff7  4   0xffffffff
