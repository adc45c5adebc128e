# Bytes stored one by one are read back as a little-endian number.
-- asm
*(u8 *)(r10 - 8) = 0x88
*(u8 *)(r10 - 7) = 0x77
*(u8 *)(r10 - 6) = 0x66
*(u8 *)(r10 - 5) = 0x55
*(u8 *)(r10 - 4) = 0x44
*(u8 *)(r10 - 3) = 0x33
*(u8 *)(r10 - 2) = 0x22
*(u8 *)(r10 - 1) = 0x11
r0 = *(u64 *)(r10 - 8)
exit
-- result
0x1122334455667788
