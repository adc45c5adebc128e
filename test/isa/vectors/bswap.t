# Byte swaps turn the low bytes round and clear those above (RFC 9669, section 4.2).
-- case bswap16
-- asm
r0 = D ll
r0 = bswap16 r0
exit
-- table
D                   result
0                   0
1                   0x100
0x1122334455667788  0x8877
0xfedcba9876543210  0x1032
0xffffffffffffffff  0xffff
-- case bswap32
-- asm
r0 = D ll
r0 = bswap32 r0
exit
-- table
D                   result
0                   0
1                   0x1000000
0x1122334455667788  0x88776655
0xfedcba9876543210  0x10325476
0xffffffffffffffff  0xffffffff
-- case bswap64
-- asm
r0 = D ll
r0 = bswap64 r0
exit
-- table
D                   result
0                   0
1                   0x100000000000000
0x1122334455667788  0x8877665544332211
0xfedcba9876543210  0x1032547698badcfe
0xffffffffffffffff  0xffffffffffffffff
