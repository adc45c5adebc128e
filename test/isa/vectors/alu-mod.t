# Unsigned remainder; by zero it leaves the dividend (RFC 9669, section 4.1).
-- case 64 bits, register
-- asm
r0 = D ll
r1 = S ll
r0 %= r1
exit
-- table
D                   S                   result
7                   2                   1
7                   0                   7
0                   7                   0
0xffffffffffffffff  0xa                 5
0xffffffffffffffff  0xffffffffffffffff  0
0x8000000000000000  0xffffffffffffffff  0x8000000000000000
0xfffffff600000009  4                   1
0xabcdef0000000005  0x100000000         5
-- case 64 bits, immediate
-- asm
r0 = D ll
r0 %= K
exit
-- table
D                   K   result
7                   2   1
5                   -1  5
0xffffffffffffffff  10  5
0xffffffffffffffff  -1  0
0x100000007         4   3
-- case 32 bits, register
-- asm
r0 = D ll
r1 = S ll
w0 %= w1
exit
-- table
D                   S                   result
7                   2                   1
7                   0                   7
0                   7                   0
0xffffffffffffffff  0xa                 5
0xffffffffffffffff  0xffffffffffffffff  0
0x8000000000000000  0xffffffffffffffff  0
0xfffffff600000009  4                   1
0xabcdef0000000005  0x100000000         5
-- case 32 bits, immediate
-- asm
r0 = D ll
w0 %= K
exit
-- table
D                   K   result
7                   2   1
5                   -1  5
0xffffffffffffffff  10  5
0xffffffffffffffff  -1  0
0x100000007         4   3
