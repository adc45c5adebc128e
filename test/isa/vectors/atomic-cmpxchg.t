# Compare-and-exchange compares with r0, which gets the old value in any case (RFC 9669, 5.3).
-- case 64 bits: memory
-- asm
r1 = M ll
r0 = OLD ll
r2 = NEW ll
*(u64 *)(r10 - 8) = r1
r0 = atomic64_cmpxchg((u64 *)(r10 - 8), r0, r2)
r0 = *(u64 *)(r10 - 8)
exit
-- table
M                   OLD                 NEW                 result
5                   5                   9                   9
5                   6                   9                   5
0xffffffffffffffff  0xffffffffffffffff  0x1122334455667788  0x1122334455667788
0x100000005         5                   7                   0x100000005
5                   0x100000005         7                   5
0xffffffff80000000  0x80000000          1                   0xffffffff80000000
-- case 64 bits: r0
-- asm
r1 = M ll
r0 = OLD ll
r2 = NEW ll
*(u64 *)(r10 - 8) = r1
r0 = atomic64_cmpxchg((u64 *)(r10 - 8), r0, r2)
exit
-- table
M                   OLD                 NEW                 result
5                   5                   9                   5
5                   6                   9                   5
0xffffffffffffffff  0xffffffffffffffff  0x1122334455667788  0xffffffffffffffff
0x100000005         5                   7                   0x100000005
5                   0x100000005         7                   5
0xffffffff80000000  0x80000000          1                   0xffffffff80000000
-- case 64 bits: source is kept
-- asm
r1 = M ll
r0 = OLD ll
r2 = NEW ll
*(u64 *)(r10 - 8) = r1
r0 = atomic64_cmpxchg((u64 *)(r10 - 8), r0, r2)
r0 = r2
exit
-- table
M                   OLD                 NEW                 result
5                   5                   9                   9
5                   6                   9                   9
0xffffffffffffffff  0xffffffffffffffff  0x1122334455667788  0x1122334455667788
0x100000005         5                   7                   7
5                   0x100000005         7                   7
0xffffffff80000000  0x80000000          1                   1
-- case 32 bits: memory
-- asm
r1 = M ll
r0 = OLD ll
r2 = NEW ll
*(u64 *)(r10 - 8) = r1
r0 = atomic_cmpxchg((u32 *)(r10 - 8), r0, r2)
r0 = *(u64 *)(r10 - 8)
exit
-- table
M                   OLD                 NEW                 result
5                   5                   9                   9
5                   6                   9                   5
0xffffffffffffffff  0xffffffffffffffff  0x1122334455667788  0xffffffff55667788
0x100000005         5                   7                   0x100000007
5                   0x100000005         7                   7
0xffffffff80000000  0x80000000          1                   0xffffffff00000001
-- case 32 bits: r0
-- asm
r1 = M ll
r0 = OLD ll
r2 = NEW ll
*(u64 *)(r10 - 8) = r1
r0 = atomic_cmpxchg((u32 *)(r10 - 8), r0, r2)
exit
-- table
M                   OLD                 NEW                 result
5                   5                   9                   5
5                   6                   9                   5
0xffffffffffffffff  0xffffffffffffffff  0x1122334455667788  0xffffffff
0x100000005         5                   7                   5
5                   0x100000005         7                   5
0xffffffff80000000  0x80000000          1                   0x80000000
-- case 32 bits: source is kept
-- asm
r1 = M ll
r0 = OLD ll
r2 = NEW ll
*(u64 *)(r10 - 8) = r1
r0 = atomic_cmpxchg((u32 *)(r10 - 8), r0, r2)
r0 = r2
exit
-- table
M                   OLD                 NEW                 result
5                   5                   9                   9
5                   6                   9                   9
0xffffffffffffffff  0xffffffffffffffff  0x1122334455667788  0x1122334455667788
0x100000005         5                   7                   7
5                   0x100000005         7                   7
0xffffffff80000000  0x80000000          1                   1
