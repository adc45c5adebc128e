# Right shifts bring in zeros and use the low 6 (or 5) bits of the count (RFC 9669, section 4.1).
-- case 64 bits, register
-- asm
r0 = D ll
r1 = S ll
r0 >>= r1
exit
-- table
D                   S                   result
0x80                0                   0x80
0x80                4                   8
0x8000000000000000  0x3f                1
0x8000000000000000  0x40                0x8000000000000000
0xffffffffffffffff  0x1f                0x1ffffffff
0xffffffffffffffff  0x20                0xffffffff
0xffffffffffffffff  0x21                0x7fffffff
0x123456780         4                   0x12345678
0x8000000000000000  0xffffffffffffffff  1
-- case 64 bits, immediate
-- asm
r0 = D ll
r0 >>= K
exit
-- table
D                   K   result
0x80                0   0x80
0x80                4   8
0xffffffffffffffff  31  0x1ffffffff
0x123456780         4   0x12345678
-- case 32 bits, register
-- asm
r0 = D ll
r1 = S ll
w0 >>= w1
exit
-- table
D                   S                   result
0x80                0                   0x80
0x80                4                   8
0x8000000000000000  0x3f                0
0x8000000000000000  0x40                0
0xffffffffffffffff  0x1f                1
0xffffffffffffffff  0x20                0xffffffff
0xffffffffffffffff  0x21                0x7fffffff
0x123456780         4                   0x2345678
0x8000000000000000  0xffffffffffffffff  0
-- case 32 bits, immediate
-- asm
r0 = D ll
w0 >>= K
exit
-- table
D                   K   result
0x80                0   0x80
0x80                4   8
0xffffffffffffffff  31  1
0x123456780         4   0x2345678
