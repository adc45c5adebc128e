# Programs of classic BPF are told by their shape, and listed as tcpdump does.
-- cmd
waggle disasm -
-- stdin
{ 0x28, 0, 0, 0x0000000c },
{ 0x15, 0, 1, 0x00000806 },
{ 0x6, 0, 0, 0x00040000 },
{ 0x6, 0, 0, 0x00000000 },
-- stdout
(000) ldh      [12]
(001) jeq      #0x806           jt 2	jf 3
(002) ret      #262144
(003) ret      #0
-- cmd
waggle disasm -f source -
-- stdin
4,40 0 0 12,21 0 1 2054,6 0 0 262144,6 0 0 0,
-- stdout
	ldh [12]
	jne #0x806, L3
	ret #262144
L3:	ret #0
-- cmd
waggle disasm --classic -f decimal -
-- stdin
28 00 00 00 0c 00 00 00 06 00 00 00 ff ff 00 00
-- stdout
2
40 0 0 12
6 0 0 65535
-- cmd
printf '2\n40 0 0 12\n153 1 2 3\n' | waggle disasm -
-- stdout
(000) ldh      [12]
(001) unimp    0x99
-- cmd
printf '2\n40 0 0 12\n6 0 0 3\n' | waggle disasm --bytes -
-- stderr
<stdin>: error: only a list or source of eBPF has room for bytes
      = to see the bytes of any program: --format hex
-- exit 2
-- cmd
echo '{ 0x95, 0, 0, 0, 0 }' | waggle disasm --classic -
-- stderr
<stdin>:1:3: error: this row has 5 numbers, and one of classic BPF has 4
    1 | { 0x95, 0, 0, 0, 0 }
      |   ^~~~~~~~~~~~~~~~
      = a row has 4 numbers of classic BPF (code, jt, jf, k), or 5 of eBPF (opcode, dst, src, off, imm)
-- exit 2
