# Stores of an immediate write its low bytes, in 64 bits sign-extended (RFC 9669, section 5.1).
-- case u8
-- asm
r2 = 0x5555555555555555 ll
*(u64 *)(r10 - 16) = r2
*(u64 *)(r10 - 8) = r2
*(u8 *)(r10 - 12) = K
r0 = *(u64 *)(r10 - 16)
r1 = *(u64 *)(r10 - 8)
r0 ^= r1
exit
-- table
K            result
0            0x5500000000
0x12345678   0x2d00000000
-2           0xab00000000
-0x80000000  0x5500000000
-- case u16
-- asm
r2 = 0x5555555555555555 ll
*(u64 *)(r10 - 16) = r2
*(u64 *)(r10 - 8) = r2
*(u16 *)(r10 - 12) = K
r0 = *(u64 *)(r10 - 16)
r1 = *(u64 *)(r10 - 8)
r0 ^= r1
exit
-- table
K            result
0            0x555500000000
0x12345678   0x32d00000000
-2           0xaaab00000000
-0x80000000  0x555500000000
-- case u32
-- asm
r2 = 0x5555555555555555 ll
*(u64 *)(r10 - 16) = r2
*(u64 *)(r10 - 8) = r2
*(u32 *)(r10 - 12) = K
r0 = *(u64 *)(r10 - 16)
r1 = *(u64 *)(r10 - 8)
r0 ^= r1
exit
-- table
K            result
0            0x5555555500000000
0x12345678   0x4761032d00000000
-2           0xaaaaaaab00000000
-0x80000000  0xd555555500000000
-- case u64
-- asm
r2 = 0x5555555555555555 ll
*(u64 *)(r10 - 16) = r2
*(u64 *)(r10 - 8) = r2
*(u64 *)(r10 - 12) = K
r0 = *(u64 *)(r10 - 16)
r1 = *(u64 *)(r10 - 8)
r0 ^= r1
exit
-- table
K            result
0            0x5555555555555555
0x12345678   0x4761032d55555555
-2           0xaaaaaaabaaaaaaaa
-0x80000000  0xd5555555aaaaaaaa
