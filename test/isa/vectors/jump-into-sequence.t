# A jump may lead into instructions that an engine runs as one.
-- case copy and add
-- asm
r0 = 0
r3 = 5
r4 = 1000
r1 = 3
loop:
r4 = r3
middle:
r4 += r3
r0 += r4
r1 -= 1
if r1 == 0 goto end
if r1 == 1 goto middle
goto loop
end:
exit
-- result
35
-- case step and condition
-- asm
r0 = 0
r1 = 5
goto condition
loop:
r0 += 10
r1 += -1
condition:
if r1 != 0 goto loop
exit
-- result
50
