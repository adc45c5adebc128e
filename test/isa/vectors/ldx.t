# Loads are little-endian here, zero-extend and need no alignment (RFC 9669, section 5.1).
-- case u8
-- asm
r0 = *(u8 *)(r1 + OFF)
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- table
OFF  result
0    0xf0
1    0xe1
3    0xc3
8    0x78
15   0xf
-- case u16
-- asm
r0 = *(u16 *)(r1 + OFF)
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- table
OFF  result
0    0xe1f0
1    0xd2e1
3    0xb4c3
8    0x6978
14   0xf1e
-- case u32
-- asm
r0 = *(u32 *)(r1 + OFF)
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- table
OFF  result
0    0xc3d2e1f0
1    0xb4c3d2e1
3    0x96a5b4c3
8    0x4b5a6978
12   0xf1e2d3c
-- case u64
-- asm
r0 = *(u64 *)(r1 + OFF)
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- table
OFF  result
0    0x8796a5b4c3d2e1f0
1    0x788796a5b4c3d2e1
3    0x5a69788796a5b4c3
8    0xf1e2d3c4b5a6978
8    0xf1e2d3c4b5a6978
