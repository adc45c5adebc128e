# Mistakes in programs of numbers are shown.
-- numbers
-- errors
input: error: there is no instruction
-- numbers
hello
-- errors
input:1:1: error: expected hexadecimal digits in pairs, found 'h'
    1 | hello
      | ^
-- numbers
3
6 0 0 0
-- errors
input:1:1: error: 3 instructions are announced, and 1 follow
    1 | 3
      | ^
-- numbers
1
6 0 0
-- errors
input:2:6: error: expected a number, found the end of the line
    2 | 6 0 0
      |      ^
-- numbers
1
6 256 0 0
-- errors
input:2:3: error: jt is from 0 to 255
    2 | 6 256 0 0
      |   ^~~
-- numbers
{ 0x10000, 0, 0, 0 },
-- errors
input:1:3: error: code is from 0 to 65535
    1 | { 0x10000, 0, 0, 0 },
      |   ^~~~~~~
-- numbers
{ 0x28, 0, 0 },
-- errors
input:1:3: error: this row has 3 numbers, and one of classic BPF has 4
    1 | { 0x28, 0, 0 },
      |   ^~~~~~~~~~
      = a row has 4 numbers of classic BPF (code, jt, jf, k), or 5 of eBPF (opcode, dst, src, off, imm)
-- numbers
{ 0x28 0, 0, 0 },
-- errors
input:1:8: error: expected ',' or '}', found '0'
    1 | { 0x28 0, 0, 0 },
      |        ^
-- numbers
{ 0x6, 0, 0, 0 },
6 0 0 0
-- errors
input:2:1: error: expected '{' or the end, found '6'
    2 | 6 0 0 0
      | ^
-- numbers
{ 0x6, 0, 0, 0 
-- errors
input:2:1: error: expected ',' or '}', found the end of the text
    2 | 
      | ^
-- numbers
5000
6 0 0 0
-- errors
input:1:1: error: 5000 instructions are announced, and 1 follow
    1 | 5000
      | ^~~~
-- numbers
struct x y[] = { { 0x6, 0, 0, 0 } }; int main
int
-- errors
input:1:38: error: expected nothing after the array, found 'i'
    1 | struct x y[] = { { 0x6, 0, 0, 0 } }; int main
      |                                      ^
-- numbers
{ 0x6, 0, 0, 1 }, /* { 0x6, 0, 0, 2 },
-- errors
input:1:19: error: this comment has no end: it needs a '*/'
    1 | { 0x6, 0, 0, 1 }, /* { 0x6, 0, 0, 2 },
      |                   ^~
-- numbers
{ 0x6, 0, 0, 09 },
-- errors
input:1:15: error: expected octal digits after the 0, found '9'
    1 | { 0x6, 0, 0, 09 },
      |               ^
-- numbers
{ 0xb7, 0, 0, 0, 1 },
-- errors
input:1:3: error: this row has 5 numbers, and one of classic BPF has 4
    1 | { 0xb7, 0, 0, 0, 1 },
      |   ^~~~~~~~~~~~~~~~
      = a row has 4 numbers of classic BPF (code, jt, jf, k), or 5 of eBPF (opcode, dst, src, off, imm)
-- numbers
{ 0x28, 0, 0, 12 },
{ 0x15, 0, 7, 0x800 },
{ 0x06, 0, 0, 1 },
-- errors
input:2:3: error: instruction 1, 'jeq #0x800, 2, 9': if false, it jumps to instruction 9, but the last one is 2
    2 | { 0x15, 0, 7, 0x800 },
      |   ^~~~~~~~~~~~~~~~~
-- numbers
2
21 0 0 2048
0 0 0 1
-- errors
input:3:1: error: instruction 1, 'ld #0x1': the last instruction must be a 'ret'
    3 | 0 0 0 1
      | ^~~~~~~
