# What tcpdump prints of a filter comes back from either of its forms.
-- needs tcpdump
-- cmd
for o in d dd ddd; do tcpdump -$o -y EN10MB 'tcp port 22 and len > 100' >$o 2>errors || cat errors; done
waggle asm -f decimal d | cmp - ddd
waggle disasm -f c ddd | cmp - dd
waggle disasm dd | cmp - d
