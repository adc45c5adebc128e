# A wide load takes two slots, and jumps count both (RFC 9669, section 5.4).
-- case value
-- asm
r0 = 0x1122334455667788 ll
exit
-- result
0x1122334455667788
-- case low half is not sign-extended
-- asm
r0 = 0x80000000 ll
exit
-- result
0x80000000
-- case high half alone
-- asm
r0 = 0xffffffff00000000 ll
exit
-- result
0xffffffff00000000
-- case jump over it
-- asm
r0 = 5
goto +2
r0 = 7 ll
exit
-- result
5
-- case jump to it
-- asm
r1 = 0
if r1 == 0 goto +1
exit
r0 = 7 ll
exit
-- result
7
