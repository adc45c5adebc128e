# A script can be compiled to an object, which libbpf loads on other machines.
-- cmd
waggle trace --emit-elf /no/such/folder/x.o -e 'begin { @ = 1; }'
-- exit 1
-- stderr
<program>: error: cannot write '/no/such/folder/x.o': No such file or directory
