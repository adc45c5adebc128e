# Lines that are missing or wrong in a listing are found where they are.
-- asm
(000) ldh      [12]
(002) ret      #0
-- errors
input:2:2: error: this is instruction 1 of the text, numbered 2
    2 | (002) ret      #0
      |  ^~~
      = is a line missing?  jumps would lead elsewhere
-- asm
(000) jeq      #1          jt 1	jt 1
(001) ret      #0
-- errors
input:1:33: error: expected 'jf', found 'jt'
    1 | (000) jeq      #1          jt 1	jt 1
      |                                	^~
-- asm
(000) jeq      #1          jt 0	jf 1
(001) ret      #0
-- errors
input:1:31: error: a jump from instruction 0 leads to one from 1 to 256
    1 | (000) jeq      #1          jt 0	jf 1
      |                               ^
-- asm
(000) unimp    0x99
(001) ret      #0
-- errors
input:1:16: error: no operation has the opcode 0x99
    1 | (000) unimp    0x99
      |                ^~~~
-- asm
(000) unimp    0x15
(001) ret      #0
-- errors
input:1:16: error: the operand of this 'jeq' is missing
    1 | (000) unimp    0x15
      |                ^~~~
-- asm
(000 ret      #0
-- errors
input:1:6: error: expected ')', found 'ret'
    1 | (000 ret      #0
      |      ^~~
-- asm
(ret) ret      #0
-- errors
input:1:2: error: expected an instruction's number, found 'ret'
    1 | (ret) ret      #0
      |  ^~~
-- asm
(000) ja       
(001) ret      #0
-- errors
input:1:9: error: expected a number, found the end of the line
    1 | (000) ja       
      |         ^
