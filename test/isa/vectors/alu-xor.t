# Bitwise exclusive or; a negative immediate has its upper bits set (RFC 9669, section 4.1).
-- case 64 bits, register
-- asm
r0 = D ll
r1 = S ll
r0 ^= r1
exit
-- table
D                   S                   result
0xff                0xf                 0xf0
0xffffffffffffffff  0xffffffffffffffff  0
0x8000000000000000  1                   0x8000000000000001
0x12345678abcdef01  0xff00ff00ff00ff00  0xed34a97854cd1001
-- case 64 bits, immediate
-- asm
r0 = D ll
r0 ^= K
exit
-- table
D                   K           result
0xff                15          0xf0
0                   -1          0xffffffffffffffff
0xffffffffffffffff  -1          0
0x1234567800000000  0x7fffffff  0x123456787fffffff
-- case 32 bits, register
-- asm
r0 = D ll
r1 = S ll
w0 ^= w1
exit
-- table
D                   S                   result
0xff                0xf                 0xf0
0xffffffffffffffff  0xffffffffffffffff  0
0x8000000000000000  1                   1
0x12345678abcdef01  0xff00ff00ff00ff00  0x54cd1001
-- case 32 bits, immediate
-- asm
r0 = D ll
w0 ^= K
exit
-- table
D                   K           result
0xff                15          0xf0
0                   -1          0xffffffff
0xffffffffffffffff  -1          0
0x1234567800000000  0x7fffffff  0x7fffffff
