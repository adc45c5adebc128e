# Stores reach the memory that the program was given, up to its last byte.
-- case u8
-- asm
r3 = 0xa1a2a3a4a5a6a7a8 ll
r4 = r1
r4 += r2
*(u8 *)(r4 - 1) = r3
*(u8 *)(r1 + 0) = 9
r0 = *(u8 *)(r4 - 1)
r5 = *(u8 *)(r1 + 0)
r0 += r5
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- result
0xb1
-- case u16
-- asm
r3 = 0xa1a2a3a4a5a6a7a8 ll
r4 = r1
r4 += r2
*(u16 *)(r4 - 2) = r3
*(u16 *)(r1 + 0) = 9
r0 = *(u16 *)(r4 - 2)
r5 = *(u16 *)(r1 + 0)
r0 += r5
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- result
0xa7b1
-- case u32
-- asm
r3 = 0xa1a2a3a4a5a6a7a8 ll
r4 = r1
r4 += r2
*(u32 *)(r4 - 4) = r3
*(u32 *)(r1 + 0) = 9
r0 = *(u32 *)(r4 - 4)
r5 = *(u32 *)(r1 + 0)
r0 += r5
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- result
0xa5a6a7b1
-- case u64
-- asm
r3 = 0xa1a2a3a4a5a6a7a8 ll
r4 = r1
r4 += r2
*(u64 *)(r4 - 8) = r3
*(u64 *)(r1 + 0) = 9
r0 = *(u64 *)(r4 - 8)
r5 = *(u64 *)(r1 + 0)
r0 += r5
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- result
0xa1a2a3a4a5a6a7b1
