# Long jumps have their distance in the immediate and go both ways (RFC 9669, section 4.3).
-- case forwards
-- asm
r0 = 1
gotol +1
r0 = 2
exit
-- result
1
-- case nowhere
-- asm
r0 = 1
gotol +0
r0 += 2
exit
-- result
3
-- case backwards
-- asm
r0 = 1
gotol second
first:
r0 += 2
exit
second:
r0 += 10
gotol first
-- result
13
