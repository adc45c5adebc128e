# Objects that cannot be run are refused with the reason and a way out; damaged ones do no harm.
-- needs clang libelf
-- file two.c
__attribute__((section("xdp"), used)) int filter(void *p) { return 1; }
__attribute__((section("tc"), used)) int classify(void *p) { return 2; }
-- file undefined.c
extern int bpf_kfunc(int);
__attribute__((section("xdp"), used)) int filter(void *p) { return bpf_kfunc(1); }
-- file map.c
struct { int (*type)[1]; int (*max_entrys)[1]; int *key; int *value; } m __attribute__((section(".maps"), used));
__attribute__((section("xdp"), used)) int filter(void *p) { return *(volatile long *)&m; }
-- file kind.c
struct { int (*type)[777]; int (*max_entries)[1]; int *key; int *value; } m __attribute__((section(".maps"), used));
__attribute__((section("xdp"), used)) int filter(void *p) { return 1; }
-- cmd
for f in two undefined map kind; do clang -O2 -g -target bpf -c $f.c || exit; done
clang -O2 -target bpfeb -c two.c -o big.o; clang -c two.c -o native.o; clang -g0 -O2 -target bpf -c map.c -o nobtf.o
head -c 200 two.o >cut.o; printf '\177ELF' >short.o
-- cmd
waggle vm run two.o
-- stderr
two.o: error: the object has 2 programs, and one can be run
      = choose one with --entry, by its section or name: 'xdp' (filter), 'tc' (classify)
-- exit 2
-- cmd
waggle vm run --entry classfy two.o
-- stderr
two.o: error: the object has no program 'classfy'
      = did you mean 'classify'?
      = choose one with --entry, by its section or name: 'xdp' (filter), 'tc' (classify)
-- exit 2
-- cmd
waggle vm run undefined.o
-- stderr
undefined.o: error: filter, instruction 1: it calls 'bpf_kfunc', which this object does not define
{{...}}
-- exit 2
-- cmd
waggle vm run map.o
-- stderr
map.o: error: map 'm': no map has a field 'max_entrys'
      = did you mean 'max_entries'?
-- exit 2
-- cmd
waggle vm run kind.o
-- stderr
kind.o: error: map 'm': there is no map of type 777 here
      = the types are {{.*}}
-- exit 1
-- cmd
waggle vm run nobtf.o
-- stderr
nobtf.o: error: section '.maps' cannot be read: the object has no type information
      = compile it with: clang -g -O2 -target bpf -c
-- exit 2
-- cmd
waggle vm run big.o
-- stderr
big.o: error: the object is big-endian, and this machine is not
      = compile it with: clang -target bpfel
-- exit 2
-- cmd
waggle vm run native.o 2>&1 | sed 's/for [^ ]* ([0-9]*)/for M/'
-- stdout
native.o: error: the ELF file is for M, not for BPF (247)
      = compile it with: clang -O2 -g -target bpf -c
-- cmd
waggle vm run cut.o 2>&1 | head -n 1; waggle vm run short.o 2>&1 | head -n 1
-- stdout
cut.o: error: the ELF file is damaged: {{.*}}
short.o: error: the ELF file is damaged: it is shorter than its header
-- cmd
size=$(wc -c <two.o); for n in $(seq 0 97 "$size"); do head -c "$n" two.o >t.o
waggle vm run --entry xdp t.o >/dev/null 2>&1; [ $? -le 2 ] || echo "crashed at $n"; done
