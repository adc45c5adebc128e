# A guarded program writes to its frame and its memory, and to nothing beside them.
-- case below the frames
-- asm
*(u8 *)(r10 - 513) = 1
r0 = 0
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- error
write of 1 byte
-- case zero
-- asm
r2 = 0
*(u32 *)(r2 + 0) = 1
r0 = 0
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- error
write of 4 bytes at 0x0
-- case before the memory
-- asm
*(u16 *)(r1 - 1) = r2
r0 = 0
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- error
write of 2 bytes
-- case across its end
-- asm
*(u64 *)(r1 + 9) = r2
r0 = 0
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- error
write of 8 bytes
-- case atomic
-- asm
lock *(u64 *)(r1 + 16) += r2
r0 = 0
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- error
write of 8 bytes
-- case atomic, compare and exchange
-- asm
r0 = atomic_cmpxchg((u32 *)(r1 + 16), r0, r2)
r0 = 0
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- error
write of 4 bytes
-- case store-release
-- asm
store_release((u8 *)(r1 + 16), r2)
r0 = 0
exit
-- mem
f0 e1 d2 c3 b4 a5 96 87 78 69 5a 4b 3c 2d 1e 0f
-- error
write of 1 byte
