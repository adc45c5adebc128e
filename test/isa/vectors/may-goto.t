# May_goto falls through until the run has had enough of it, then it jumps (Linux 6.9).
-- case falls through
-- asm
r0 = 1
may_goto +1
r0 += 1
exit
-- result
2
-- case ends a loop
-- asm
r1 = 0
loop:
r1 += 1
may_goto +1
goto loop
r0 = 1
if r1 > 100000 goto +1
r0 = 0
exit
-- result
1
