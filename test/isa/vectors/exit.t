# Exit returns r0, all 64 bits.
-- asm
r0 = 0xfedcba9876543210 ll
exit
-- result
0xfedcba9876543210
