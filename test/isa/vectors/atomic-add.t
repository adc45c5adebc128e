# Atomic add; with fetch the source gets the old value, zero-extended (RFC 9669, section 5.3).
-- case 64 bits
-- asm
r1 = M ll
r2 = S ll
*(u64 *)(r10 - 8) = r1
lock *(u64 *)(r10 - 8) += r2
r0 = *(u64 *)(r10 - 8)
exit
-- table
M                   S                   result
0xffffffffffffffff  1                   0
0x1122334455667788  0x8080808080808080  0x91a2b3c4d5e6f808
0                   0x80000000          0x80000000
0xfffffffe          0x1ffffffff         0x2fffffffd
-- case 64 bits, source is kept
-- asm
r1 = 5
r2 = S ll
*(u64 *)(r10 - 8) = r1
lock *(u64 *)(r10 - 8) += r2
r0 = r2
exit
-- table
S                   result
1                   1
0x8080808080808080  0x8080808080808080
0x80000000          0x80000000
0x1ffffffff         0x1ffffffff
-- case 64 bits, fetch: memory
-- asm
r1 = M ll
r2 = S ll
*(u64 *)(r10 - 8) = r1
r2 = atomic64_fetch_add((u64 *)(r10 - 8), r2)
r0 = *(u64 *)(r10 - 8)
exit
-- table
M                   S                   result
0xffffffffffffffff  1                   0
0x1122334455667788  0x8080808080808080  0x91a2b3c4d5e6f808
0                   0x80000000          0x80000000
0xfffffffe          0x1ffffffff         0x2fffffffd
-- case 64 bits, fetch: register
-- asm
r1 = M ll
r2 = S ll
*(u64 *)(r10 - 8) = r1
r2 = atomic64_fetch_add((u64 *)(r10 - 8), r2)
r0 = r2
exit
-- table
M                   S                   result
0xffffffffffffffff  1                   0xffffffffffffffff
0x1122334455667788  0x8080808080808080  0x1122334455667788
0                   0x80000000          0
0xfffffffe          0x1ffffffff         0xfffffffe
-- case 32 bits
-- asm
r1 = M ll
r2 = S ll
*(u64 *)(r10 - 8) = r1
lock *(u32 *)(r10 - 8) += r2
r0 = *(u64 *)(r10 - 8)
exit
-- table
M                   S                   result
0xffffffffffffffff  1                   0xffffffff00000000
0x1122334455667788  0x8080808080808080  0x11223344d5e6f808
0                   0x80000000          0x80000000
0xfffffffe          0x1ffffffff         0xfffffffd
-- case 32 bits, source is kept
-- asm
r1 = 5
r2 = S ll
*(u64 *)(r10 - 8) = r1
lock *(u32 *)(r10 - 8) += r2
r0 = r2
exit
-- table
S                   result
1                   1
0x8080808080808080  0x8080808080808080
0x80000000          0x80000000
0x1ffffffff         0x1ffffffff
-- case 32 bits, fetch: memory
-- asm
r1 = M ll
r2 = S ll
*(u64 *)(r10 - 8) = r1
r2 = atomic_fetch_add((u32 *)(r10 - 8), r2)
r0 = *(u64 *)(r10 - 8)
exit
-- table
M                   S                   result
0xffffffffffffffff  1                   0xffffffff00000000
0x1122334455667788  0x8080808080808080  0x11223344d5e6f808
0                   0x80000000          0x80000000
0xfffffffe          0x1ffffffff         0xfffffffd
-- case 32 bits, fetch: register
-- asm
r1 = M ll
r2 = S ll
*(u64 *)(r10 - 8) = r1
r2 = atomic_fetch_add((u32 *)(r10 - 8), r2)
r0 = r2
exit
-- table
M                   S                   result
0xffffffffffffffff  1                   0xffffffff
0x1122334455667788  0x8080808080808080  0x55667788
0                   0x80000000          0
0xfffffffe          0x1ffffffff         0xfffffffe
