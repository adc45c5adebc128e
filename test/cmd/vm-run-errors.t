# What cannot be run is refused with the place and the reason: status 2 for what cannot be read, 1 for
# what the machine refuses.
-- file bad.s
r0 = rx
exit
-- file unending.s
r0 = 1
-- file ok.s
r0 = 1
exit
-- cmd
waggle vm run bad.s
-- stderr
bad.s:1:6: error: {{.*}}'rx'
    1 | r0 = rx
{{...}}
-- exit 2
-- cmd
waggle vm run unending.s
-- stderr
unending.s: error: instruction 0 {{.*}}: the program can run off its end here
      = end it with 'exit', or with a jump back
-- exit 1
-- cmd
waggle vm run --mem '0 1' ok.s
-- stderr
waggle vm run: error: byte 0 of the memory is no byte in hex: '0 1'
      = write two digits for each byte: '00 ff 1c' or '00ff1c'
-- exit 2
-- cmd
waggle vm run --mem 00 --mem-file ok.s ok.s
-- stderr
waggle vm run: error: '--mem' and '--mem-file' exclude each other
-- exit 2
-- cmd
waggle vm run --jit --interpret ok.s
-- stderr
waggle: error: '--interpret' and '--jit' exclude each other
-- exit 2
-- cmd
waggle vm run --entry xdp ok.s
-- stderr
ok.s: error: only ELF objects have entries to choose from
-- exit 2
-- cmd
waggle vm run none.o
-- stderr
{{.*}}none.o{{.*}}
{{...}}
-- exit 2
-- cmd
printf '2\n32 0 0 4294963204\n6 0 0 0\n' | waggle vm run -
-- stderr
<stdin>{{.*}}error: {{.*}}
{{...}}
-- exit 2
