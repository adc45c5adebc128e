# Sign-extending moves; to 32 bits, the upper half is zero (RFC 9669, section 4.1).
-- case s8 to 64 bits
-- asm
r0 = 0x5555555555555555 ll
r1 = S ll
r0 = (s8)r1
exit
-- table
S                   result
0                   0
1                   1
0x7f                0x7f
0x80                0xffffffffffffff80
0xff                0xffffffffffffffff
0x123456789abcdef0  0xfffffffffffffff0
-- case s16 to 64 bits
-- asm
r0 = 0x5555555555555555 ll
r1 = S ll
r0 = (s16)r1
exit
-- table
S                   result
0                   0
1                   1
0x7fff              0x7fff
0x8000              0xffffffffffff8000
0xffff              0xffffffffffffffff
0x123456789abcdef0  0xffffffffffffdef0
-- case s32 to 64 bits
-- asm
r0 = 0x5555555555555555 ll
r1 = S ll
r0 = (s32)r1
exit
-- table
S                   result
0                   0
1                   1
0x7fffffff          0x7fffffff
0x80000000          0xffffffff80000000
0xffffffff          0xffffffffffffffff
0x123456789abcdef0  0xffffffff9abcdef0
-- case s8 to 32 bits
-- asm
r0 = 0x5555555555555555 ll
r1 = S ll
w0 = (s8)w1
exit
-- table
S                   result
0                   0
1                   1
0x7f                0x7f
0x80                0xffffff80
0xff                0xffffffff
0x123456789abcdef0  0xfffffff0
-- case s16 to 32 bits
-- asm
r0 = 0x5555555555555555 ll
r1 = S ll
w0 = (s16)w1
exit
-- table
S                   result
0                   0
1                   1
0x7fff              0x7fff
0x8000              0xffff8000
0xffff              0xffffffff
0x123456789abcdef0  0xffffdef0
