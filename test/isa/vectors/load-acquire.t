# Load-acquire reads and zero-extends as a plain load does (Linux 6.15).
-- case u8
-- asm
r2 = 0x8899aabbccddeeff ll
*(u64 *)(r10 - 8) = r2
r0 = -1
r3 = r10
r0 = load_acquire((u8 *)(r3 - 8))
exit
-- result
0xff
-- case u16
-- asm
r2 = 0x8899aabbccddeeff ll
*(u64 *)(r10 - 8) = r2
r0 = -1
r3 = r10
r0 = load_acquire((u16 *)(r3 - 8))
exit
-- result
0xeeff
-- case u32
-- asm
r2 = 0x8899aabbccddeeff ll
*(u64 *)(r10 - 8) = r2
r0 = -1
r3 = r10
r0 = load_acquire((u32 *)(r3 - 8))
exit
-- result
0xccddeeff
-- case u64
-- asm
r2 = 0x8899aabbccddeeff ll
*(u64 *)(r10 - 8) = r2
r0 = -1
r3 = r10
r0 = load_acquire((u64 *)(r3 - 8))
exit
-- result
0x8899aabbccddeeff
