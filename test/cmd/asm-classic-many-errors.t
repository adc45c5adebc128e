# However many jumps a text has, broken ones too, the assembler keeps to its tables.
-- cmd
yes 'jeq #1, a, 5' | head -n 20000 | waggle asm -
-- stderr
<stdin>:1:12: error: expected a label, found '5'
    1 | jeq #1, a, 5
      |            ^
<stdin>:2:12: error: expected a label, found '5'
    2 | jeq #1, a, 5
      |            ^
<stdin>:3:12: error: expected a label, found '5'
    3 | jeq #1, a, 5
      |            ^
<stdin>:4:12: error: expected a label, found '5'
    4 | jeq #1, a, 5
      |            ^
<stdin>:5:12: error: expected a label, found '5'
    5 | jeq #1, a, 5
      |            ^
and 19995 more errors
-- exit 1
-- cmd
yes '(000) ret #0
a: jeq #1, a, b' | head -n 20000 | waggle asm -
-- stderr
<stdin>:3:2: error: this is instruction 2 of the text, numbered 0
    3 | (000) ret #0
      |  ^~~
      = is a line missing?  jumps would lead elsewhere
<stdin>:4:1: error: label 'a' is there twice
    4 | a: jeq #1, a, b
      | ^
<stdin>:5:2: error: this is instruction 1 of the text, numbered 0
    5 | (000) ret #0
      |  ^~~
      = is a line missing?  jumps would lead elsewhere
<stdin>:6:1: error: label 'a' is there twice
    6 | a: jeq #1, a, b
      | ^
<stdin>:7:2: error: this is instruction 1 of the text, numbered 0
    7 | (000) ret #0
      |  ^~~
      = is a line missing?  jumps would lead elsewhere
and 19993 more errors
-- exit 1
