# A helper gets r1 to r5, and its result is r0.
-- case arguments
-- asm
r1 = 1
r2 = 2
r3 = 3
r4 = 4
r5 = 5
call 999
exit
-- result
12345
-- case r6 to r9 are kept
-- asm
r6 = 1
r7 = 20
r8 = 300
r9 = 4000
call ktime_get_ns
r0 = r6
r0 += r7
r0 += r8
r0 += r9
exit
-- result
4321
-- case time goes by
-- asm
call ktime_get_ns
r6 = r0
call ktime_get_ns
r1 = r0
r0 = 1
if r1 >= r6 goto +1
r0 = 0
exit
-- result
1
-- case processors are few
-- asm
call get_smp_processor_id
r1 = r0
r0 = 1
if r1 < 65536 goto +1
r0 = 0
exit
-- result
1
