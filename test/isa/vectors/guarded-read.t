# A guarded program reads its frame and its memory, and nothing beside them.
-- case below the frames
-- asm
r0 = *(u8 *)(r10 - 513)
r0 = 0
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- error
read of 1 byte
-- case across the end of the frames
-- asm
r2 = r10
r2 += 3584
r0 = *(u64 *)(r2 - 4)
r0 = 0
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- error
read of 8 bytes
-- case zero
-- asm
r2 = 0
r0 = *(u32 *)(r2 + 0)
r0 = 0
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- error
read of 4 bytes at 0x0
-- case before the memory
-- asm
r0 = *(u16 *)(r1 - 1)
r0 = 0
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- error
read of 2 bytes
-- case across its end
-- asm
r0 = *(u16 *)(r1 + 15)
r0 = 0
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- error
read of 2 bytes
-- case at its end
-- asm
r0 = *(s8 *)(r1 + 16)
r0 = 0
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- error
read of 1 byte
-- case the highest address
-- asm
r2 = -1
r0 = *(u64 *)(r2 + 0)
r0 = 0
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- error
read of 8 bytes at 0xffffffffffffffff
-- case load-acquire
-- asm
r0 = load_acquire((u64 *)(r1 + 16))
r0 = 0
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- error
read of 8 bytes
