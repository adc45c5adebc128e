# Stores write the low bytes of the register and nothing beside them (RFC 9669, section 5.1).
-- case u8
-- asm
r2 = 0x5555555555555555 ll
*(u64 *)(r10 - 16) = r2
*(u64 *)(r10 - 8) = r2
r3 = V ll
*(u8 *)(r10 - 8) = r3
r0 = *(u64 *)(r10 - 16)
r1 = *(u64 *)(r10 - 8)
r0 ^= r1
exit
-- table
V                   result
0                   0x55
0x1122334455667788  0xdd
0xffffffffffffffff  0xaa
0x8000000000000000  0x55
-- case u16
-- asm
r2 = 0x5555555555555555 ll
*(u64 *)(r10 - 16) = r2
*(u64 *)(r10 - 8) = r2
r3 = V ll
*(u16 *)(r10 - 8) = r3
r0 = *(u64 *)(r10 - 16)
r1 = *(u64 *)(r10 - 8)
r0 ^= r1
exit
-- table
V                   result
0                   0x5555
0x1122334455667788  0x22dd
0xffffffffffffffff  0xaaaa
0x8000000000000000  0x5555
-- case u32
-- asm
r2 = 0x5555555555555555 ll
*(u64 *)(r10 - 16) = r2
*(u64 *)(r10 - 8) = r2
r3 = V ll
*(u32 *)(r10 - 8) = r3
r0 = *(u64 *)(r10 - 16)
r1 = *(u64 *)(r10 - 8)
r0 ^= r1
exit
-- table
V                   result
0                   0x55555555
0x1122334455667788  0x3322dd
0xffffffffffffffff  0xaaaaaaaa
0x8000000000000000  0x55555555
-- case u64
-- asm
r2 = 0x5555555555555555 ll
*(u64 *)(r10 - 16) = r2
*(u64 *)(r10 - 8) = r2
r3 = V ll
*(u64 *)(r10 - 8) = r3
r0 = *(u64 *)(r10 - 16)
r1 = *(u64 *)(r10 - 8)
r0 ^= r1
exit
-- table
V                   result
0                   0x5555555555555555
0x1122334455667788  0x44776611003322dd
0xffffffffffffffff  0xaaaaaaaaaaaaaaaa
0x8000000000000000  0xd555555555555555
