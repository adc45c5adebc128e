# Sign-extending loads fill all of the register (RFC 9669, section 5.2).
-- case s8
-- asm
r0 = *(s8 *)(r1 + OFF)
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- table
OFF  result
0    0xfffffffffffffff0
1    0xffffffffffffffe1
3    0xffffffffffffffc3
8    0x78
15   0xf
-- case s16
-- asm
r0 = *(s16 *)(r1 + OFF)
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- table
OFF  result
0    0xffffffffffffe1f0
1    0xffffffffffffd2e1
3    0xffffffffffffb4c3
8    0x6978
14   0xf1e
-- case s32
-- asm
r0 = *(s32 *)(r1 + OFF)
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- table
OFF  result
0    0xffffffffc3d2e1f0
1    0xffffffffb4c3d2e1
3    0xffffffff96a5b4c3
8    0x4b5a6978
12   0xf1e2d3c
