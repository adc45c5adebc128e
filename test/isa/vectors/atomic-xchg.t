# Exchange puts the register into memory and the old value into the register (RFC 9669, 5.3).
-- case 64 bits: memory
-- asm
r1 = M ll
r2 = S ll
*(u64 *)(r10 - 8) = r1
r2 = atomic64_xchg((u64 *)(r10 - 8), r2)
r0 = *(u64 *)(r10 - 8)
exit
-- table
M                   S                   result
0xffffffffffffffff  1                   1
0x1122334455667788  0x8080808080808080  0x8080808080808080
0                   0x80000000          0x80000000
0xfffffffe          0x1ffffffff         0x1ffffffff
-- case 64 bits: register
-- asm
r1 = M ll
r2 = S ll
*(u64 *)(r10 - 8) = r1
r2 = atomic64_xchg((u64 *)(r10 - 8), r2)
r0 = r2
exit
-- table
M                   S                   result
0xffffffffffffffff  1                   0xffffffffffffffff
0x1122334455667788  0x8080808080808080  0x1122334455667788
0                   0x80000000          0
0xfffffffe          0x1ffffffff         0xfffffffe
-- case 32 bits: memory
-- asm
r1 = M ll
r2 = S ll
*(u64 *)(r10 - 8) = r1
r2 = atomic_xchg((u32 *)(r10 - 8), r2)
r0 = *(u64 *)(r10 - 8)
exit
-- table
M                   S                   result
0xffffffffffffffff  1                   0xffffffff00000001
0x1122334455667788  0x8080808080808080  0x1122334480808080
0                   0x80000000          0x80000000
0xfffffffe          0x1ffffffff         0xffffffff
-- case 32 bits: register
-- asm
r1 = M ll
r2 = S ll
*(u64 *)(r10 - 8) = r1
r2 = atomic_xchg((u32 *)(r10 - 8), r2)
r0 = r2
exit
-- table
M                   S                   result
0xffffffffffffffff  1                   0xffffffff
0x1122334455667788  0x8080808080808080  0x55667788
0                   0x80000000          0
0xfffffffe          0x1ffffffff         0xfffffffe
