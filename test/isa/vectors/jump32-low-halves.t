# A 32-bit jump ignores the upper halves, of both operands (RFC 9669, section 4.3).
-- case equal
-- asm
r0 = 0
r1 = 0xaaaaaaaa00000007 ll
r2 = 0xbbbbbbbb00000007 ll
if w1 != w2 goto +1
r0 = 1
exit
-- result
1
-- case signed
-- asm
r0 = 0
r1 = 0x00000000ffffffff ll
if w1 s> -2 goto +1
exit
r0 = 1
exit
-- result
1
-- case the same in 64 bits
-- asm
r0 = 0
r1 = 0xaaaaaaaa00000007 ll
r2 = 0xbbbbbbbb00000007 ll
if r1 != r2 goto +1
r0 = 1
exit
-- result
0
