# Loads from the packet are big-endian; beyond its end the program ends with 0 (RFC 9669, 5.5).
-- case u8
-- asm
r6 = r1
r0 = *(u8 *)skb[OFF]
exit
-- packet
00 11 22 33 44 55 66 77 88 99 aa bb 08 00 45 fe
-- table
OFF  result
0    0
1    0x11
12   8
15   0xfe
-- case u16
-- asm
r6 = r1
r0 = *(u16 *)skb[OFF]
exit
-- packet
00 11 22 33 44 55 66 77 88 99 aa bb 08 00 45 fe
-- table
OFF  result
0    0x11
1    0x1122
12   0x800
14   0x45fe
-- case u32
-- asm
r6 = r1
r0 = *(u32 *)skb[OFF]
exit
-- packet
00 11 22 33 44 55 66 77 88 99 aa bb 08 00 45 fe
-- table
OFF  result
0    0x112233
1    0x11223344
12   0x80045fe
12   0x80045fe
-- case beyond the end
-- asm
r6 = r1
r0 = *(u32 *)skb[1000]
r0 = 7
exit
-- packet
00 11 22 33 44 55 66 77 88 99 aa bb 08 00 45 fe
-- result
0
-- case beyond the end, in part
-- asm
r6 = r1
r0 = *(u32 *)skb[62]
r0 = 7
exit
-- packet
00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
-- result
0
