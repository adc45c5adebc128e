# Store-release writes the low bytes of the register as a plain store does (Linux 6.15).
-- case u8
-- asm
*(u64 *)(r10 - 8) = 0
r2 = 0x8899aabbccddeeff ll
store_release((u8 *)(r10 - 8), r2)
r0 = *(u64 *)(r10 - 8)
exit
-- result
0xff
-- case u16
-- asm
*(u64 *)(r10 - 8) = 0
r2 = 0x8899aabbccddeeff ll
store_release((u16 *)(r10 - 8), r2)
r0 = *(u64 *)(r10 - 8)
exit
-- result
0xeeff
-- case u32
-- asm
*(u64 *)(r10 - 8) = 0
r2 = 0x8899aabbccddeeff ll
store_release((u32 *)(r10 - 8), r2)
r0 = *(u64 *)(r10 - 8)
exit
-- result
0xccddeeff
-- case u64
-- asm
*(u64 *)(r10 - 8) = 0
r2 = 0x8899aabbccddeeff ll
store_release((u64 *)(r10 - 8), r2)
r0 = *(u64 *)(r10 - 8)
exit
-- result
0x8899aabbccddeeff
