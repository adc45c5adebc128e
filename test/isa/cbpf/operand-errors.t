# A wrong operand is shown, with what the instruction takes.
-- asm
	ldh #5
	ret #0
-- errors
input:1:2: error: 'ldh' takes no operand like '#1'
    1 | 	ldh #5
      | 	^~~
      = it takes: '[12]', '[x + 12]'
-- asm
	ld 5
	ret #0
-- errors
input:1:5: error: expected an operand, found the number 5
    1 | 	ld 5
      | 	   ^
      = a constant is '#5', bytes of the packet are '[5]'
-- asm
	ldh
	ret #0
-- errors
input:1:5: error: expected an operand, found the end of the line
    1 | 	ldh
      | 	   ^
-- asm
	ld [12
	ret #0
-- errors
input:1:8: error: expected ']', found the end of the line
    1 | 	ld [12
      | 	      ^
-- asm
	ld [y + 1]
	ret #0
-- errors
input:1:6: error: there is no 'y' to load
    1 | 	ld [y + 1]
      | 	    ^
      = a load takes '#1', '[12]', '[x + 12]', 'M[1]', 'len' or an extension such as 'proto'
-- asm
	ld [x]
	ret #0
-- errors
input:1:7: error: expected '+' and an offset, found ']'
    1 | 	ld [x]
      | 	     ^
-- asm
	ld vlan_tcii
	ret #0
-- errors
input:1:5: error: there is no 'vlan_tcii' to load
    1 | 	ld vlan_tcii
      | 	   ^~~~~~~~~
      = did you mean 'vlan_tci'?
-- asm
	ld something
	ret #0
-- errors
input:1:5: error: there is no 'something' to load
    1 | 	ld something
      | 	   ^~~~~~~~~
      = a load takes '#1', '[12]', '[x + 12]', 'M[1]', 'len' or an extension such as 'proto'
-- asm
	ld #lem
	ret #0
-- errors
input:1:6: error: there is no 'lem' to load
    1 | 	ld #lem
      | 	    ^~~
      = did you mean 'len'?
-- asm
	ldxb 5*([14]&0xf)
	ret #0
-- errors
input:1:7: error: the machine multiplies by 4 and masks with 0xf, nothing else
    1 | 	ldxb 5*([14]&0xf)
      | 	     ^
      = it is made for the length of an IP header: ldxb 4*([14]&0xf)
-- asm
	ldxb 4*([14]&0xff)
	ret #0
-- errors
input:1:15: error: the machine multiplies by 4 and masks with 0xf, nothing else
    1 | 	ldxb 4*([14]&0xff)
      | 	             ^~~~
      = it is made for the length of an IP header: ldxb 4*([14]&0xf)
-- asm
	st [3]
	ret #0
-- errors
input:1:2: error: 'st' takes no operand like '[12]'
    1 | 	st [3]
      | 	^~
      = it takes: 'M[1]'
-- asm
	add a
	ret #0
-- errors
input:1:2: error: 'add' takes no operand like 'a'
    1 | 	add a
      | 	^~~
      = it takes: '#1', 'x'
-- asm
	ret x
-- errors
input:1:2: error: 'ret' takes no operand like 'x'
    1 | 	ret x
      | 	^~~
      = Linux has no 'ret x'; write: txa  ret a
-- asm
	ret
-- errors
input:1:5: error: expected an operand, found the end of the text
    1 | 	ret
      | 	   ^
-- asm
	add %y
	ret #0
-- errors
input:1:7: error: expected 'x' or 'a', found 'y'
    1 | 	add %y
      | 	     ^
-- asm
	tax x
	ret #0
-- errors
input:1:6: error: 'tax' takes no operand
    1 | 	tax x
      | 	    ^
-- asm
	add #-2147483649
	ret #0
-- errors
input:1:7: error: the number is less than -2147483648
    1 | 	add #-2147483649
      | 	     ^
