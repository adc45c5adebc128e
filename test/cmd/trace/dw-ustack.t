# Stacks of a program without frame pointers: whole chains, and equal ones are one key whatever else lies there.
-- needs bpf gcc libelf
-- file deep.c
#include <string.h>
#define FUNCTION __attribute__((noinline, noipa))
volatile int sink;
FUNCTION int leaf(int x) { sink = x; return x + 1; }
FUNCTION int inner(int x)
{
	char room[100];
	memset(room, x, sizeof room);
	sink = room[x & 63];
	return leaf(x) + 2;
}
FUNCTION int middle(int x)
{
	char room[300];
	memset(room, x * 7, sizeof room);
	sink = room[x & 63];
	return inner(x) + 3;
}
FUNCTION int other(int x) { return leaf(x) + 9; }
int main(void)
{
	for (int i = 0; i < 20; i++)
		middle(i);
	return other(3) - 13;
}
-- cmd
gcc -O2 -fomit-frame-pointer -o deep deep.c
waggle trace -q -e 'config = { unstable_dw_ustack = enable }
uprobe:./deep:other { print(dw_ustack(2)); printf("%s|\n", dw_ustack(perf, 1)); $s = dw_ustack(1); print($s); }
uprobe:./deep:leaf {
	@[dw_ustack(4)] = count();
	@avg[dw_ustack(2), 1] = avg(arg0);
	@hist[dw_ustack(2)] = hist(arg0);
	@max[dw_ustack(2)] = max(arg0);
}' -c ./deep
-- stdout

        other+0
        main+{{[0-9]+}}


	{{[0-9a-f]+}} other+0 ({{.*}}/deep)
|

        other+0



@[
        leaf+0
        other+{{[0-9]+}}
        main+{{[0-9]+}}
        __libc_start{{.*}}
]: 1
@[
        leaf+0
        inner+{{[0-9]+}}
        middle+{{[0-9]+}}
        main+{{[0-9]+}}
]: 20
@avg[
        leaf+0
        other+{{[0-9]+}}
, 1]: 3
@avg[
        leaf+0
        inner+{{[0-9]+}}
, 1]: 9
@hist[
        leaf+0
        other+{{[0-9]+}}
]:
[2, 4)                 1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|

@hist[
        leaf+0
        inner+{{[0-9]+}}
]:
[0]                    1 |@@@@@@                                              |
[1]                    1 |@@@@@@                                              |
[2, 4)                 2 |@@@@@@@@@@@@@                                       |
[4, 8)                 4 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |
[8, 16)                8 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|
[16, 32)               4 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |

@max[
        leaf+0
        other+{{[0-9]+}}
]: 3
@max[
        leaf+0
        inner+{{[0-9]+}}
]: 19
-- cmd
waggle trace -q -e 'config = { unstable_dw_ustack = enable; print_maps_on_exit = false }
uprobe:./deep:leaf { $x = arg0; @max[dw_ustack(2)] = max($x); if ($x == 19) { print(@max[dw_ustack(2)]); } }
uretprobe:./deep:middle { @returned[dw_ustack(2)] = count(); }
uprobe:./deep:other { print(@returned); }' -c ./deep
-- stdout
@max[
        leaf+0
        inner+{{[0-9]+}}
]: 19
@returned[
        main+{{[0-9]+}}
        __libc_start{{.*}}
]: 20


-- cmd
waggle trace -q --folded -e 'config = { unstable_dw_ustack = enable } uprobe:./deep:leaf { @[dw_ustack(4)] = count(); }' -c ./deep | sort -t' ' -k2n
-- stdout
{{.*}};main;other;leaf 1
main;middle;inner;leaf 20
-- cmd
waggle trace -e 'uprobe:./deep:leaf { print(len(dw_ustack())); @[dw_ustack(2)] = 1; @[ustack(2)] = 1; }' 2>&1 | grep -v '^ '
-- stdout
<program>:1:32: warning: 'dw_ustack' may still change from release to release
<program>:1:49: warning: 'dw_ustack' may still change from release to release
<program>:1:70: error: the key of map '@' cannot be 'ustack_t(2)'
-- cmd
waggle trace -e 'config = { unstable_dw_ustack = enable } uprobe:./deep:leaf { print(len(dw_ustack())); }'
-- stderr
<program>:1:73: error: 'dw_ustack' is unwound outside of the kernel: programs cannot know its length
{{...}}
-- exit 1
-- cmd
waggle trace -e 'config = { unstable_dw_ustack = error } uprobe:./deep:leaf { print(dw_ustack()); }' 2>&1 | head -1
-- stdout
<program>:1:68: error: 'dw_ustack' may still change from release to release
