# Mistakes in programs of numbers are shown.
-- numbers
-- errors
input:1:1: error: expected a row '{ code, jt, jf, k }', found an empty text
    1 | 
      | ^
-- numbers
hello
-- errors
input:1:6: error: expected a row '{ code, jt, jf, k }', found the end of the text
    1 | hello
      |      ^
-- numbers
3
6 0 0 0
-- errors
input:1:1: error: the count is 3, but the instructions are 1
    1 | 3
      | ^
-- numbers
1
6 0 0
-- errors
input:2:6: error: expected k, found the end of the text
    2 | 6 0 0
      |      ^
-- numbers
1
6 256 0 0
-- errors
input:2:3: error: jt is at most 255
    2 | 6 256 0 0
      |   ^~~
-- numbers
{ 0x10000, 0, 0, 0 },
-- errors
input:1:3: error: the opcode is at most 65535
    1 | { 0x10000, 0, 0, 0 },
      |   ^~~~~~~
-- numbers
{ 0x28, 0, 0 },
-- errors
input:1:14: error: expected ',', found '}'
    1 | { 0x28, 0, 0 },
      |              ^
-- numbers
{ 0x28 0, 0, 0 },
-- errors
input:1:8: error: expected ',', found '0'
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
input:1:15: error: expected '}', found the end of the text
    1 | { 0x6, 0, 0, 0 
      |               ^
-- numbers
5000
6 0 0 0
-- errors
input:1:1: error: the count of instructions is at most 4096
    1 | 5000
      | ^~~~
-- numbers
struct x y[] = { { 0x6, 0, 0, 0 } }; int main
int
-- errors
input:2:1: error: expected nothing after the array, found 'int'
    2 | int
      | ^~~
