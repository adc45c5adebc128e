# A conditional jump backwards makes a loop.
-- asm
r0 = 0
r1 = 100
loop:
r0 += r1
r1 -= 1
if r1 != 0 goto loop
exit
-- result
5050
