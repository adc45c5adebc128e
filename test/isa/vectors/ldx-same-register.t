# A load may overwrite its own base register.
-- case u8
-- asm
r1 = *(u8 *)(r1 + 0)
r0 = r1
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- result
0xf0
-- case u16
-- asm
r1 = *(u16 *)(r1 + 0)
r0 = r1
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- result
0xe1f0
-- case u32
-- asm
r1 = *(u32 *)(r1 + 0)
r0 = r1
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- result
0xc3d2e1f0
-- case u64
-- asm
r1 = *(u64 *)(r1 + 0)
r0 = r1
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- result
0x8796a5b4c3d2e1f0
