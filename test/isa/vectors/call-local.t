# A local call keeps r6 to r9, and its result is r0 (RFC 9669, section 4.3.2).
-- case result and arguments
-- asm
r1 = 1
r2 = 20
r3 = 300
r4 = 4000
r5 = 50000
call sum
exit
sum:
r0 = r1
r0 += r2
r0 += r3
r0 += r4
r0 += r5
exit
-- result
54321
-- case r6 to r9 are kept
-- asm
r6 = 1
r7 = 20
r8 = 300
r9 = 4000
call clobber
r0 += r6
r0 += r7
r0 += r8
r0 += r9
exit
clobber:
r6 = -1
r7 = -1
r8 = -1
r9 = -1
r0 = 50000
exit
-- result
54321
-- case r6 is kept by each of several
-- asm
r6 = 1
call outer
r0 += r6
exit
outer:
r6 = 10
call inner
r0 += r6
exit
inner:
r6 = 100
r0 = r6
exit
-- result
111
-- case backwards
-- asm
goto main
seven:
r0 = 7
exit
main:
call seven
exit
-- error
it jumps to 3, out of its function
-- case a function before its caller
-- asm
call main
exit
seven:
r0 = 7
exit
main:
call seven
r0 += 1
exit
-- result
8
