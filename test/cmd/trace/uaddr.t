# Addresses of a program's symbols: wherever it was loaded, and as wide as what stands there.
-- needs bpf gcc libelf
-- file var.c
unsigned short small = 513;
volatile int wide = 77;
static long hidden = 1234567890123;
__attribute__((noinline, noipa)) int leaf(int x) { hidden++; wide++; return x + 1; }
__attribute__((noinline, noipa)) int later(int x) { hidden++; return x + wide; }
int main(void) { leaf(2); later(3); return (int)small - 513; }
-- cmd
for how in -pie -no-pie; do
	gcc -O2 -fPIE $how -o var var.c
	waggle trace -q -e 'uprobe:./var:leaf, uprobe:./var:later, uretprobe:./var:leaf {
		printf("%d %d %ld %s\n", *uaddr("small"), *uaddr("wide"), *uaddr("hidden"), usym(uaddr("main")));
	}' -c ./var | grep .
done
-- stdout
513 77 1234567890123 main
513 78 1234567890124 main
513 78 1234567890124 main
513 77 1234567890123 main
513 78 1234567890124 main
513 78 1234567890124 main
-- cmd
waggle trace -e 'uprobe:./var:leaf { print(*uaddr("widex")); } interval:s:1 { print(uaddr("wide")); }' 2>&1 | grep error
-- stdout
<program>:1:34: error: './var' has no function or variable 'widex'
<program>:1:68: error: 'uaddr' is known in uprobes and uretprobes only
