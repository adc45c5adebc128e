# Labels that are missing, doubled, behind or too far away are shown.
-- asm
	jeq #1, god, bad
good:	ret #1
bad:	ret #0
-- errors
input:1:10: error: there is no label 'god'
    1 | 	jeq #1, god, bad
      | 	        ^~~
      = did you mean 'good'?
-- asm
again:	ld #1
	jeq #1, again
	ret #0
-- errors
input:2:10: error: label 'again' is not after the jump
    2 | 	jeq #1, again
      | 	        ^~~~~
      = classic BPF only jumps forward, so that programs end
-- asm
again:	ld #1
	ja again
	ret #0
-- errors
input:2:2: error: instruction 1, 'ja 0': it jumps backwards
    2 | 	ja again
      | 	^~~~~~~~
      = Linux takes forward jumps only, so that every program ends
-- asm
one:	ld #1
one:	ret #0
-- errors
input:2:1: error: label 'one' is there twice
    2 | one:	ret #0
      | ^~~
-- asm
add:	ret #0
-- errors
input:1:1: error: 'add' is an instruction and cannot be a label
    1 | add:	ret #0
      | ^~~
-- asm
	jne #1, good, bad
good:	ret #1
bad:	ret #0
-- errors
input:1:14: error: 'jne' takes one label: otherwise the next instruction is next
    1 | 	jne #1, good, bad
      | 	            ^
-- asm
	jeq #1
	ret #0
-- errors
input:1:8: error: expected ',', found the end of the line
    1 | 	jeq #1
      | 	      ^
-- asm
	jeq #1, 2
	ret #0
-- errors
input:1:10: error: expected a label, found '2'
    1 | 	jeq #1, 2
      | 	        ^
-- asm
	jeq M[1], bad
bad:	ret #0
-- errors
input:1:2: error: 'jeq' takes no operand like 'M[1]'
    1 | 	jeq M[1], bad
      | 	^~~
      = it takes: '#1, label', 'x, label'
-- asm
	jeq #1, far
	tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax
	tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax
	tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax
	tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax
	tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax
	tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax
	tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax
	tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax
	tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax
	tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax
	tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax
	tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax
	tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax
	tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax
	tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax
	tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax tax
far:	ret #0
-- errors
input:1:10: error: label 'far' is 256 instructions away, at most 255 are possible
    1 | 	jeq #1, far
      | 	        ^~~
      = jump to a 'ja far' nearby
-- asm
	ret #0
end:
-- errors
input:2:5: error: expected an instruction, found the end of the text
    2 | end:
      |     ^
