# A word that is no instruction is shown, with the one that may be meant.
-- asm
	ldw [12]
	jnq #1, bad
bad:	ret #0
-- errors
input:1:2: error: there is no instruction 'ldw'
    1 | 	ldw [12]
      | 	^~~
      = did you mean 'ld'?
input:2:2: error: there is no instruction 'jnq'
    2 | 	jnq #1, bad
      | 	^~~
      = did you mean 'jeq'?
-- asm
	frobnicate #1
	ret #0
-- errors
input:1:2: error: there is no instruction 'frobnicate'
    1 | 	frobnicate #1
      | 	^~~~~~~~~~
-- asm
	[12]
	ret #0
-- errors
input:1:2: error: expected an instruction, found '['
    1 | 	[12]
      | 	^
-- asm
	a: b: ret #0
-- errors
input:1:5: error: there is no instruction 'b'
    1 | 	a: b: ret #0
      | 	   ^
