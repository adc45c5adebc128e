# What is no number of 32 bits, no character or no end of a comment is shown.
-- asm
	ld #08
	ret #0
-- errors
input:1:6: error: '08' is not a number of 32 bits
    1 | 	ld #08
      | 	    ^~
      = numbers are 10, 0xa, 012 (octal) or 0b1010
-- asm
	ld #0xg
	ret #0
-- errors
input:1:6: error: '0xg' is not a number of 32 bits
    1 | 	ld #0xg
      | 	    ^~~
      = numbers are 10, 0xa, 012 (octal) or 0b1010
-- asm
	ld #4294967296
	ret #0
-- errors
input:1:6: error: '4294967296' is not a number of 32 bits
    1 | 	ld #4294967296
      | 	    ^~~~~~~~~~
      = the largest is 4294967295
-- asm
	ld #'ab'
	ret #0
-- errors
input:1:6: error: this quote does not begin a character
    1 | 	ld #'ab'
      | 	    ^
      = characters are 'a', '\n', '\t', '\r', '\0', '\\', '\''
-- asm
	ld #''
	ret #0
-- errors
input:1:6: error: this quote does not begin a character
    1 | 	ld #''
      | 	    ^
      = characters are 'a', '\n', '\t', '\r', '\0', '\\', '\''
-- asm
	ld #1 /* never ends
	ret #0
-- errors
input:1:8: error: this comment has no end
    1 | 	ld #1 /* never ends
      | 	      ^~
      = it needs a '*/'
