# Mistakes in classic BPF, of the text and of the program, are shown at their place.
-- cmd
waggle asm -
-- stdin
	ldh [12]
	jeq #0x806, keep
	ldq [14]
keep:	ret #1
-- stderr
<stdin>:3:2: error: there is no instruction 'ldq'
    3 | 	ldq [14]
      | 	^~~
      = did you mean 'ld'?
-- exit 1
-- cmd
waggle asm -
-- stdin
(000) ldh      [12]
(001) div      #0
(002) ld       M[16]
-- stderr
<stdin>:2:7: error: instruction 1, 'div #0': it divides by zero
    2 | (001) div      #0
      |       ^~~~~~~~~~~
<stdin>:3:7: error: instruction 2, 'ld M[16]': the scratch cells are M[0] to M[15]
    3 | (002) ld       M[16]
      |       ^~~~~~~~~~~~~~
<stdin>:3:7: error: instruction 2, 'ld M[16]': the last instruction must be a 'ret'
    3 | (002) ld       M[16]
      |       ^~~~~~~~~~~~~~
-- exit 1
-- cmd
waggle asm -
-- stdin
lhd [12]
ret #0
-- stderr
<stdin>:1:1: error: expected an instruction, found 'lhd'
    1 | lhd [12]
      | ^~~
      = instructions look like 'r1 += r2', 'r1 = *(u32 *)(r2 +4)', 'if r1 > 3 goto +2'; registers are r0 to r10
<stdin>:2:1: error: expected an instruction, found 'ret'
    2 | ret #0
      | ^~~
      = this is an instruction of classic BPF: waggle asm --classic
-- exit 1
-- cmd
waggle asm --classic -
-- stdin
lhd [12]
ret #0
-- stderr
<stdin>:1:1: error: there is no instruction 'lhd'
    1 | lhd [12]
      | ^~~
      = did you mean 'ld'?
-- exit 1
-- cmd
waggle asm --classic -
-- stdin
r0 = 0
exit
-- stderr
<stdin>:1:1: error: there is no instruction 'r0'
    1 | r0 = 0
      | ^~
<stdin>:2:1: error: there is no instruction 'exit'
    2 | exit
      | ^~~~
-- exit 1
-- cmd
echo exit | waggle asm -f decimal -
-- stderr
<stdin>: error: this program is of eBPF, and 'decimal' of classic BPF
      = numbers of eBPF are: --format c, or --format hex
-- exit 2
