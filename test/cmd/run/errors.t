# What is wrong with an object, or with what was asked for, is said with what to do.
-- needs bpf clang libbpf
-- file old.c
struct bpf_map_def { unsigned int type, key_size, value_size, max_entries, map_flags; };
__attribute__((section("maps"), used)) struct bpf_map_def m = { 1, 4, 4, 4, 0 };
__attribute__((section("xdp"), used)) int f(void *ctx) { return 2; }
-- file sec.c
__attribute__((section("tracepiont/a/b"), used)) int f(void *ctx) { return 0; }
-- file bad.c
char LICENSE[] __attribute__((section("license"), used)) = "GPL";
__attribute__((section("socket"), used)) int f(void *ctx) { return *(volatile int *)0; }
-- file nowhere.c
__attribute__((section("xdp"), used)) int pass(void *ctx) { return 2; }
__attribute__((section("fentry/no_such_function_at_all"), used)) int g(void *ctx) { return 0; }
-- cmd
for f in old sec bad nowhere; do clang -w -g -O2 -target bpf -c $f.c -o $f.o; done
waggle run /nonexistent.o
-- stderr
/nonexistent.o: error: cannot open '/nonexistent.o': No such file or directory
-- exit 2
-- cmd
cp old.o old.obj; echo no object > text.o; waggle run text.o
-- stderr
text.o: error: it is neither an ELF object nor a source (.c)
      = compile it with: clang -g -O2 -target bpf -c FILE.c
-- exit 2
-- cmd
waggle run old.o
-- stderr
old.o: error: the object defines maps in section 'maps', as was done before 2020
      = define them with SEC(".maps"): struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, int); __type(value, long); __uint(max_entries, 1024); } name SEC(".maps");
-- exit 1
-- cmd
waggle run sec.o
-- stderr
sec.o: error: section 'tracepiont/a/b' does not say what kind of program it holds
      = did you mean SEC("tracepoint")?
-- exit 1
-- cmd
waggle run bad.o
-- stderr
bad.o: error: Linux refuses the program: {{.*}}
      = at instruction {{.*}}
      = it is program 'f' (socket)
-- exit 1
-- cmd
waggle run --prog pss nowhere.o
-- stderr
nowhere.o: error: the object has no program 'pss'
      = did you mean 'pass'?
-- exit 1
-- cmd
waggle run --prog g nowhere.o
-- stderr
nowhere.o: error: program 'g' is for 'no_such_function_at_all', which this kernel has not
      = list what there is with: waggle trace -l
-- exit 1
-- cmd
waggle run -d 1 --prog pass nowhere.o
-- stderr
nowhere.o: warning: program 'pass' (xdp) is not attached: it needs an interface
      = say which: --interface NAME, as 'ip link' lists them
loaded 1 programs; none says where to attach it
-- cmd
waggle run --interface nosuch --prog pass nowhere.o
-- stderr
nowhere.o: error: there is no interface 'nosuch'
      = list them with: waggle capture -D
-- exit 1
