# Jumps go both ways, counting from the next instruction (RFC 9669, section 4.3).
-- case forwards
-- asm
r0 = 1
goto +1
r0 = 2
exit
-- result
1
-- case nowhere
-- asm
r0 = 1
goto +0
r0 += 2
exit
-- result
3
-- case backwards
-- asm
r0 = 1
goto second
first:
r0 += 2
exit
second:
r0 += 10
goto first
-- result
13
