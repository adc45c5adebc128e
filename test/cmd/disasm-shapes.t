# Programs come as hex in many spellings and as C arrays.
-- cmd
waggle disasm -
-- stdin
b7000000010000009500000000000000
-- stdout
   0: (b7) r0 = 1
   1: (95) exit
-- cmd
waggle disasm -
-- stdin
0xb7, 0x00, 00, 00, 01, 0x0, 00, 00  # one
95:00:00:00:00:00:00:00
-- stdout
   0: (b7) r0 = 1
   1: (95) exit
-- cmd
waggle disasm -
-- stdin
"\xb7\x00\x00\x00\x01\x00\x00\x00"
"\x95\x00\x00\x00\x00\x00\x00\x00"
-- stdout
   0: (b7) r0 = 1
   1: (95) exit
-- cmd
waggle disasm -
-- stdin
static const struct bpf_insn prog[] = {
	{ 0xb7, 0, 0, 0, 1 }, /* r0 = 1 */
	{ 0x95, 0, 0, 0, 0 },
};
-- stdout
   0: (b7) r0 = 1
   1: (95) exit
-- cmd
waggle disasm -
-- stdin
unsigned char p_bin[] = {
  0xb7, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x95, 0x00, 0x00, 0x00,
  0x00, 0x00, 0x00, 0x00
};
unsigned int p_bin_len = 16;
-- stdout
   0: (b7) r0 = 1
   1: (95) exit
