# Indirect loads from the packet add a register to the immediate (RFC 9669, section 5.5).
-- case u8
-- asm
r6 = r1
r7 = IDX
r0 = *(u8 *)skb[r7 + OFF]
exit
-- packet
00 11 22 33 44 55 66 77 88 99 aa bb 08 00 45 fe
-- table
IDX  OFF  result
0    0    0
4    8    8
14   -2   8
12   0    8
-2   6    0x44
-- case u16
-- asm
r6 = r1
r7 = IDX
r0 = *(u16 *)skb[r7 + OFF]
exit
-- packet
00 11 22 33 44 55 66 77 88 99 aa bb 08 00 45 fe
-- table
IDX  OFF  result
0    0    0x11
4    8    0x800
14   -2   0x800
12   0    0x800
-2   6    0x4455
-- case u32
-- asm
r6 = r1
r7 = IDX
r0 = *(u32 *)skb[r7 + OFF]
exit
-- packet
00 11 22 33 44 55 66 77 88 99 aa bb 08 00 45 fe
-- table
IDX  OFF  result
0    0    0x112233
4    8    0x80045fe
14   -2   0x80045fe
12   0    0x80045fe
-2   6    0x44556677
-- case beyond the end
-- asm
r6 = r1
r7 = 900
r0 = *(u32 *)skb[r7 + 100]
r0 = 7
exit
-- packet
00 11 22 33 44 55 66 77 88 99 aa bb 08 00 45 fe
-- result
0
-- case before the beginning
-- asm
r6 = r1
r7 = 1
r0 = *(u16 *)skb[r7 - 2]
r0 = 7
exit
-- packet
00 11 22 33 44 55 66 77 88 99 aa bb 08 00 45 fe
-- result
0
