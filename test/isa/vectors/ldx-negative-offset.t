# The offset of a load is signed.
-- case u8
-- asm
r2 = r1
r2 += 8
r0 = *(u8 *)(r2 + OFF)
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- table
OFF  result
-8   0xf0
-3   0xa5
0    0x78
-- case u16
-- asm
r2 = r1
r2 += 8
r0 = *(u16 *)(r2 + OFF)
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- table
OFF  result
-8   0xe1f0
-3   0x96a5
0    0x6978
-- case u32
-- asm
r2 = r1
r2 += 8
r0 = *(u32 *)(r2 + OFF)
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- table
OFF  result
-8   0xc3d2e1f0
-3   0x788796a5
0    0x4b5a6978
-- case u64
-- asm
r2 = r1
r2 += 8
r0 = *(u64 *)(r2 + OFF)
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- table
OFF  result
-8   0x8796a5b4c3d2e1f0
-3   0x3c4b5a69788796a5
0    0xf1e2d3c4b5a6978
