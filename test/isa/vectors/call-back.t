# A helper may call a function of the program, whose address a load gives.
-- case ten times
-- asm
r1 = 10
r2 = subprog[pc+5]
r3 = 0
r4 = 0
call loop
exit
body:
r0 = 0
exit
-- result
10
-- case until it says so
-- asm
*(u64 *)(r10 - 8) = 0
r1 = 10
r2 = subprog[body]
r3 = r10
r3 += -8
r4 = 0
call loop
r6 = *(u64 *)(r10 - 8)
r0 *= 100
r0 += r6
exit
body:
r3 = *(u64 *)(r2 + 0)
r3 += r1
*(u64 *)(r2 + 0) = r3
r0 = 0
if r1 != 4 goto +1
r0 = 1
exit
-- result
510
-- case r6 to r9 are kept
-- asm
r6 = 7
r1 = 3
r2 = subprog[body]
r3 = 0
r4 = 0
call loop
r0 += r6
exit
body:
r6 = 1000
r0 = 0
exit
-- result
10
