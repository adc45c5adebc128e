# What the instruction set allows and Linux refuses is assembled, with a warning.
-- cmd
waggle asm -f hex -
-- stdin
r1 <<= 64
r1 s%= 0
-- stdout
67 01 00 00 40 00 00 00
97 01 01 00 00 00 00 00
-- stderr
<stdin>:1:8: warning: a shift by 64 of 64 bits: only the low 6 bits of the count matter
    1 | r1 <<= 64
      |        ^~
      = Linux does not load a program that contains this
<stdin>:2:8: warning: division by zero
    2 | r1 s%= 0
      |        ^
      = Linux does not load a program that contains this
