# --repeat prints one line to measure by; the program keeps what it did to its memory.
-- file p.s
r0 = *(u64 *)(r1 + 0)
r0 += 1
*(u64 *)(r1 + 0) = r0
exit
-- cmd
waggle vm run --repeat 1000 --mem 0000000000000000 p.s
-- stdout
result=0x3e8 ns={{[0-9.]+}} load_us={{[0-9.]+}} insns=4
-- cmd
waggle vm run --repeat 3 --interpret --mem 0000000000000000 p.s
-- stdout
result=0x3 ns={{[0-9.]+}} load_us={{[0-9.]+}} insns=4
