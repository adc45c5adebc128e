# Negation is subtraction from zero; 32-bit negation zeroes the upper half (RFC 9669, section 4.1).
-- case 64 bits
-- asm
r0 = D ll
r0 = -r0
exit
-- table
D                   result
0                   0
1                   0xffffffffffffffff
0xffffffffffffffff  1
0x8000000000000000  0x8000000000000000
0x80000000          0xffffffff80000000
0x123456789abcdef0  0xedcba98765432110
-- case 32 bits
-- asm
r0 = D ll
w0 = -w0
exit
-- table
D                   result
0                   0
1                   0xffffffff
0xffffffffffffffff  1
0x8000000000000000  0
0x80000000          0x80000000
0x123456789abcdef0  0x65432110
