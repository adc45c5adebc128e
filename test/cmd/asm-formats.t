# Each format holds the same program, and disasm reads all of them.
-- file p.s
r1 = 0x1122334455667788 ll
r0 = -1
exit
-- cmd
waggle asm --format hex p.s
-- stdout
18 01 00 00 88 77 66 55
00 00 00 00 44 33 22 11
b7 00 00 00 ff ff ff ff
95 00 00 00 00 00 00 00
-- cmd
waggle asm --format c p.s
-- stdout
{ 0x18, 1, 0, 0, 1432778632 }, /* r1 = 0x1122334455667788 ll */
{ 0x00, 0, 0, 0, 287454020 },
{ 0xb7, 0, 0, 0, -1 }, /* r0 = -1 */
{ 0x95, 0, 0, 0, 0 }, /* exit */
-- cmd
waggle asm p.s | od -An -tx1
-- stdout
 18 01 00 00 88 77 66 55 00 00 00 00 44 33 22 11
 b7 00 00 00 ff ff ff ff 95 00 00 00 00 00 00 00
-- cmd
waggle asm -o p.bin p.s; for f in hex c raw list; do waggle asm -f $f p.s -o p.$f; done; for f in hex c raw; do waggle disasm p.$f | cmp - p.list; done
-- cmd
waggle asm - < p.list | cmp - p.bin
