# The demonstration works without privileges, and what it shows comes from this machine.
-- cmd
waggle demo
-- stdout
waggle {{.*}}

1. {{.*}}
{{...}}
  12: (95) exit

  /proc/self/exe, 65536 bytes: 0x{{[0-9a-f]{4}; C says 0x[0-9a-f]+}}
  interpreter {{.*}} us a run {{.*}} GB/s
{{...}}

2. {{.*}}

{{ +[0-9]+ words, .*}}
{{...}}

3. {{.*}}

  error: instruction 2{{.*}}: read of 1 byte at 0x{{[0-9a-f]+}} is outside the program's memory
{{...}}
  error: instruction 0 (r0 += 1): stopped after 10000000 instructions
{{...}}
