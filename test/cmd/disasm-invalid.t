# What is no instruction is shown as what it is, and comes back.
-- cmd
waggle disasm -b -
-- stdin
ff 00 00 00 05 00 00 00  07 0b 00 00 00 00 00 00  18 01 00 00 07 00 00 00
-- stdout
   0: (ff) .insn 0xff 0 0 0 5 ; invalid: unknown opcode 0xff ; ff 00 00 00 05 00 00 00
   1: (07) .insn 0x07 11 0 0 0 ; invalid: there is no register r11 ; 07 0b 00 00 00 00 00 00
   2: (18) .insn 0x18 1 0 0 7 ; invalid: the second half of the wide load is missing or malformed ; 18 01 00 00 07 00 00 00
-- cmd
waggle disasm - | waggle asm -f hex -
-- stdin
ff 00 00 00 05 00 00 00  07 0b 00 00 00 00 00 00  18 01 00 00 07 00 00 00
-- stdout
ff 00 00 00 05 00 00 00
07 0b 00 00 00 00 00 00
18 01 00 00 07 00 00 00
