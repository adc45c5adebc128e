# An empty text is no program.
-- asm
-- errors
input:1:1: error: expected an instruction, found an empty text
    1 | 
      | ^
-- asm
; nothing
-- errors
input:2:1: error: expected an instruction, found an empty text
    2 | 
      | ^
-- numbers
0
-- errors
input: error: there is no instruction
