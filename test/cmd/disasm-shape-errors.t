# A program that does not parse is refused with the place of the mistake.
-- cmd
waggle disasm -
-- stdin
b7 00 00 00
-- stderr
<stdin>: error: 4 bytes are no whole number of instructions
      = an instruction has 8 bytes, a wide load twice as many
-- exit 2
-- cmd
waggle disasm -
-- stdin
b7 00 0g 00
-- stderr
<stdin>:1:8: error: expected hexadecimal digits in pairs, found 'g'
    1 | b7 00 0g 00
      |        ^
-- exit 2
-- cmd
waggle disasm -
-- stdin
b7 0
-- stderr
<stdin>:1:4: error: half a byte: the digits come in pairs
    1 | b7 0
      |    ^
-- exit 2
-- cmd
waggle disasm -
-- stdin
{ 1, 2, 3 }
-- stderr
<stdin>:1:3: error: this row has 3 numbers
    1 | { 1, 2, 3 }
      |   ^~~~~~~
      = a row has 4 numbers of classic BPF (code, jt, jf, k), or 5 of eBPF (opcode, dst, src, off, imm)
-- exit 2
-- cmd
waggle disasm -
-- stdin
{ 0xb7, 0, 0, 0, 1 },
{ 0xb7, 16, 0, 0, 1 },
-- stderr
<stdin>:2:9: error: dst is from 0 to 15
    2 | { 0xb7, 16, 0, 0, 1 },
      |         ^~
-- exit 2
-- cmd
waggle disasm -
-- stdin
{ 0xb7, 0, 0, 0, 1 },
{ 6, 0, 0, 1 },
-- stderr
<stdin>:2:3: error: this row has 4 numbers, not as many as those before
    2 | { 6, 0, 0, 1 },
      |   ^~~~~~~~~~
      = a row has 4 numbers of classic BPF (code, jt, jf, k), or 5 of eBPF (opcode, dst, src, off, imm)
-- exit 2
-- cmd
waggle disasm -
-- stdin
{ { 0xb7, 0, 0, 0, 1 }
-- stderr
<stdin>:2:1: error: expected '{' or '}', found the end of the text
    2 | 
      | ^
-- exit 2
-- cmd
waggle disasm -
-- stdin
2
6 0 0 1
-- stderr
<stdin>:1:1: error: 2 instructions are announced, and 1 follow
    1 | 2
      | ^
-- exit 2
-- cmd
printf '\267\0\0' | waggle disasm -
-- stderr
<stdin>: error: 3 bytes are no whole number of instructions
      = an instruction has 8 bytes, a wide load twice as many
-- exit 2
-- cmd
waggle disasm -
-- stderr
<stdin>: error: there is no instruction
-- exit 2
-- cmd
waggle disasm no-such-file
-- stderr
waggle disasm: error: cannot open 'no-such-file': No such file or directory
-- exit 2
