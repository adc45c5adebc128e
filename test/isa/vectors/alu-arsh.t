# Arithmetic right shifts bring in the sign, of bit 31 in 32 bits (RFC 9669, section 4.1).
-- case 64 bits, register
-- asm
r0 = D ll
r1 = S ll
r0 s>>= r1
exit
-- table
D                   S                   result
0x80                4                   8
0x8000000000000000  0x3f                0xffffffffffffffff
0x8000000000000000  0x40                0x8000000000000000
0xfffffffffffffff0  2                   0xfffffffffffffffc
0xffffffffffffffff  0x21                0xffffffffffffffff
0x80000000          4                   0x8000000
0x7fffffff          0x1f                0
0xffffffff7fffffff  0x1f                0xfffffffffffffffe
0x8000000000000000  0xffffffffffffffff  0xffffffffffffffff
-- case 64 bits, immediate
-- asm
r0 = D ll
r0 s>>= K
exit
-- table
D                   K   result
0x80                4   8
0x8000000000000000  31  0xffffffff00000000
0xfffffffffffffff0  2   0xfffffffffffffffc
0x80000000          4   0x8000000
0x7fffffff          31  0
-- case 32 bits, register
-- asm
r0 = D ll
r1 = S ll
w0 s>>= w1
exit
-- table
D                   S                   result
0x80                4                   8
0x8000000000000000  0x3f                0
0x8000000000000000  0x40                0
0xfffffffffffffff0  2                   0xfffffffc
0xffffffffffffffff  0x21                0xffffffff
0x80000000          4                   0xf8000000
0x7fffffff          0x1f                0
0xffffffff7fffffff  0x1f                0
0x8000000000000000  0xffffffffffffffff  0
-- case 32 bits, immediate
-- asm
r0 = D ll
w0 s>>= K
exit
-- table
D                   K   result
0x80                4   8
0x8000000000000000  31  0
0xfffffffffffffff0  2   0xfffffffc
0x80000000          4   0xf8000000
0x7fffffff          31  0
