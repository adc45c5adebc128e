# Calls nest eight deep, the main function included, and no deeper.
-- case eight
-- asm
r1 = 0
call f1
exit
f1:
r1 += 1
call f2
r1 = r0
r0 = r1
exit
f2:
r1 += 1
call f3
r1 = r0
r0 = r1
exit
f3:
r1 += 1
call f4
r1 = r0
r0 = r1
exit
f4:
r1 += 1
call f5
r1 = r0
r0 = r1
exit
f5:
r1 += 1
call f6
r1 = r0
r0 = r1
exit
f6:
r1 += 1
call f7
r1 = r0
r0 = r1
exit
f7:
r1 += 1
r0 = r1
exit
-- result
7
-- case nine
-- asm
r1 = 0
call f1
exit
f1:
r1 += 1
call f2
r1 = r0
r0 = r1
exit
f2:
r1 += 1
call f3
r1 = r0
r0 = r1
exit
f3:
r1 += 1
call f4
r1 = r0
r0 = r1
exit
f4:
r1 += 1
call f5
r1 = r0
r0 = r1
exit
f5:
r1 += 1
call f6
r1 = r0
r0 = r1
exit
f6:
r1 += 1
call f7
r1 = r0
r0 = r1
exit
f7:
r1 += 1
call f8
r1 = r0
r0 = r1
exit
f8:
r1 += 1
r0 = r1
exit
-- error
calls nest deeper than 8 frames
-- case recursion
-- asm
r1 = 1
call f
exit
f:
call f
r0 = 0
exit
-- error
calls nest deeper than 8 frames
