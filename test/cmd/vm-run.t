# 'vm run' takes programs in every form and prints r0; memory comes in r1, its length in r2.
-- file p.s
r0 = *(u8 *)(r1 + 1)
r0 <<= 8
r0 += r2
exit
-- cmd
waggle vm run --mem '01 2a ff' p.s
-- stdout
0x2a03
-- cmd
waggle vm run --interpret --mem 012aff p.s; waggle vm run --guarded --mem 0x01,0x2a,0xff - <p.s
-- stdout
0x2a03
0x2a03
-- cmd
waggle asm -f raw p.s >p.bin; waggle asm -f hex p.s >p.hex; waggle asm -f c p.s >p.c
printf '\001\052\377' >mem
for p in p.bin p.hex p.c; do waggle vm run --mem-file mem $p; done
-- stdout
0x2a03
0x2a03
0x2a03
