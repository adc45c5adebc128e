# An operation may have one register as both operands.
-- case add
-- asm
r0 = D ll
r0 += r0
exit
-- table
D                   result
5                   0xa
0x8000000000000000  0
0xffffffffffffffff  0xfffffffffffffffe
0x1234567890abcdef  0x2468acf121579bde
-- case sub
-- asm
r0 = D ll
r0 -= r0
exit
-- table
D                   result
5                   0
0x8000000000000000  0
0xffffffffffffffff  0
0x1234567890abcdef  0
-- case xor, 32 bits
-- asm
r0 = D ll
w0 ^= w0
exit
-- table
D                   result
5                   0
0x8000000000000000  0
0xffffffffffffffff  0
0x1234567890abcdef  0
-- case and
-- asm
r0 = D ll
r0 &= r0
exit
-- table
D                   result
5                   5
0x8000000000000000  0x8000000000000000
0xffffffffffffffff  0xffffffffffffffff
0x1234567890abcdef  0x1234567890abcdef
-- case mul
-- asm
r0 = D ll
r0 *= r0
exit
-- table
D                   result
5                   0x19
0x8000000000000000  0
0xffffffffffffffff  1
0x1234567890abcdef  0xa6475f09a2f2a521
-- case div
-- asm
r0 = D ll
r0 /= r0
exit
-- table
D                   result
5                   1
0x8000000000000000  1
0xffffffffffffffff  1
0x1234567890abcdef  1
-- case smod
-- asm
r0 = D ll
r0 s%= r0
exit
-- table
D                   result
5                   0
0x8000000000000000  0
0xffffffffffffffff  0
0x1234567890abcdef  0
-- case lsh
-- asm
r0 = D ll
r0 <<= r0
exit
-- table
D                   result
5                   0xa0
0x8000000000000000  0x8000000000000000
0xffffffffffffffff  0x8000000000000000
0x1234567890abcdef  0xe6f7800000000000
-- case mov, 32 bits
-- asm
r0 = D ll
w0 = w0
exit
-- table
D                   result
5                   5
0x8000000000000000  0
0xffffffffffffffff  0xffffffff
0x1234567890abcdef  0x90abcdef
