# Comments, blanks and several instructions on a line; characters and numbers in every radix.
-- asm
# a line for the C preprocessor
/* a comment over
   two lines */ ldh [12] ; to the end of the line
	jeq #'a', l1 // as in C
	jeq #'\n', l1
l1:	ld #0x0A
l1b:	ld #0b1010 tax txa	ld #012
	ld #'\''
	ret #4294967295
-- c
{ 0x28, 0, 0, 0x0000000c },
{ 0x15, 1, 0, 0x00000061 },
{ 0x15, 0, 0, 0x0000000a },
{ 0x0, 0, 0, 0x0000000a },
{ 0x0, 0, 0, 0x0000000a },
{ 0x7, 0, 0, 0x00000000 },
{ 0x87, 0, 0, 0x00000000 },
{ 0x0, 0, 0, 0x0000000a },
{ 0x0, 0, 0, 0x00000027 },
{ 0x6, 0, 0, 0xffffffff },
