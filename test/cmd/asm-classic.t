# Classic BPF is told from eBPF by its first instruction, and written in each of its formats.
-- file arp.s
# arp only
start:	ldh [12]
	jne #0x806, drop
	ret #-1
drop:	ret #0
-- cmd
waggle asm -f list arp.s
-- stdout
(000) ldh      [12]
(001) jeq      #0x806           jt 2	jf 3
(002) ret      #-1
(003) ret      #0
-- cmd
waggle asm -f source arp.s
-- stdout
	ldh [12]
	jne #0x806, L3
	ret #-1
L3:	ret #0
-- cmd
waggle asm -f c arp.s
-- stdout
{ 0x28, 0, 0, 0x0000000c },
{ 0x15, 0, 1, 0x00000806 },
{ 0x6, 0, 0, 0xffffffff },
{ 0x6, 0, 0, 0x00000000 },
-- cmd
waggle asm -f decimal arp.s
-- stdout
4
40 0 0 12
21 0 1 2054
6 0 0 4294967295
6 0 0 0
-- cmd
waggle asm -f hex arp.s
-- stdout
28 00 00 00 0c 00 00 00
15 00 00 01 06 08 00 00
06 00 00 00 ff ff ff ff
06 00 00 00 00 00 00 00
-- cmd
waggle asm -o arp.raw arp.s; waggle asm -f hex arp.s > arp.hex; cat arp.raw | waggle disasm -cf hex - | cmp - arp.hex
-- cmd
for f in list source; do waggle asm -f $f arp.s | waggle asm - | cmp - arp.raw; done
-- cmd
for f in c decimal; do waggle asm -f $f arp.s | waggle disasm -f raw - | cmp - arp.raw; done
