# To little endian nothing moves, but the bits above the width are cleared (RFC 9669, section 4.2).
-- case le16
-- asm
r0 = D ll
r0 = le16 r0
exit
-- table
D                   result
0                   0
1                   1
0x1122334455667788  0x7788
0xfedcba9876543210  0x3210
0xffffffffffffffff  0xffff
-- case le32
-- asm
r0 = D ll
r0 = le32 r0
exit
-- table
D                   result
0                   0
1                   1
0x1122334455667788  0x55667788
0xfedcba9876543210  0x76543210
0xffffffffffffffff  0xffffffff
-- case le64
-- asm
r0 = D ll
r0 = le64 r0
exit
-- table
D                   result
0                   0
1                   1
0x1122334455667788  0x1122334455667788
0xfedcba9876543210  0xfedcba9876543210
0xffffffffffffffff  0xffffffffffffffff
