# Each frame has 512 bytes of its own, and r10 points to their end.
-- case the frames are apart
-- asm
r1 = 11
*(u64 *)(r10 - 8) = r1
call fill
r0 = *(u64 *)(r10 - 8)
exit
fill:
r1 = 99
*(u64 *)(r10 - 8) = r1
*(u64 *)(r10 - 512) = r1
r0 = 0
exit
-- result
11
-- case a callee may write to its caller's frame
-- asm
r1 = 11
*(u64 *)(r10 - 8) = r1
r1 = r10
r1 += -8
call fill
r0 = *(u64 *)(r10 - 8)
exit
fill:
r2 = 99
*(u64 *)(r1 + 0) = r2
r0 = 0
exit
-- result
99
-- case r10 is the caller's again
-- asm
r6 = r10
call nothing
r0 = 1
if r6 == r10 goto +1
r0 = 0
exit
nothing:
r0 = 0
exit
-- result
1
-- case all of the frame is there
-- asm
r1 = 3
*(u64 *)(r10 - 512) = r1
*(u64 *)(r10 - 8) = r1
r0 = *(u64 *)(r10 - 512)
r2 = *(u64 *)(r10 - 8)
r0 += r2
exit
-- result
6
