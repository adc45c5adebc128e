# Programs that Linux refuses are refused, with the instruction and the reason.
-- asm
	div #0
	mod #0
	lsh #32
	rsh #-1
	ret a
-- errors
input:1:2: error: instruction 0, 'div #0': it divides by zero
    1 | 	div #0
      | 	^~~~~~
input:2:2: error: instruction 1, 'mod #0': it divides by zero
    2 | 	mod #0
      | 	^~~~~~
input:3:2: error: instruction 2, 'lsh #32': A has 32 bits, so the count must be at most 31
    3 | 	lsh #32
      | 	^~~~~~~
input:4:2: error: instruction 3, 'rsh #-1': A has 32 bits, so the count must be at most 31
    4 | 	rsh #-1
      | 	^~~~~~~
-- asm
	st M[16]
	ld M[-1]
	ret a
-- errors
input:1:2: error: instruction 0, 'st M[16]': the scratch cells are M[0] to M[15]
    1 | 	st M[16]
      | 	^~~~~~~~
input:2:2: error: instruction 1, 'ld M[-1]': the scratch cells are M[0] to M[15]
    2 | 	ld M[-1]
      | 	^~~~~~~~
-- asm
	ld [-4095]
	ret a
-- errors
input:1:2: error: instruction 0, 'ld [-4095]': no extension of Linux has this offset
    1 | 	ld [-4095]
      | 	^~~~~~~~~~
      = they are at -4096, -4092, ... to -4036
-- asm
	ld #1
-- errors
input:1:2: error: instruction 0, 'ld #0x1': the last instruction must be a 'ret'
    1 | 	ld #1
      | 	^~~~~
-- asm
	jeq #1, set
	ja read
set:	st M[3]
read:	ld M[3]
	ret a
-- errors
input:4:7: error: instruction 3, 'ld M[3]': there is a way here on which M[3] is not stored to
    4 | read:	ld M[3]
      |      	^~~~~~~
-- numbers
{ 0x99, 0, 0, 0 },
{ 0x05, 0, 0, 1 },
{ 0x15, 0, 9, 1 },
{ 0x06, 0, 0, 0 },
-- errors
input:1:3: error: instruction 0, 'unimp 0x99': no operation has the opcode 0x99
    1 | { 0x99, 0, 0, 0 },
      |   ^~~~~~~~~~~~~
input:3:3: error: instruction 2, 'jeq #0x1, 3, 12': if false, it jumps to instruction 12, but the last one is 3
    3 | { 0x15, 0, 9, 1 },
      |   ^~~~~~~~~~~~~
-- asm
	ret #0
	ld #1
	st M[0]
	ret #0
	ld M[1]
	ret a
-- errors
input:5:2: error: instruction 4, 'ld M[1]': there is a way here on which M[1] is not stored to
    5 | 	ld M[1]
      | 	^~~~~~~
