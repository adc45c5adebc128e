# A watchpoint fires when the program writes to the address.
-- needs bpf gcc nm
-- file watch.c
#include <unistd.h>
int watched = 7; /* in .data, which the kernel does not clear */
int main(void)
{
	for (int i = 0; i < 10; i++)
		*(volatile int *)&watched = i;
	return 0;
}
-- cmd
gcc -O1 -no-pie watch.c -o watch && nm watch | sed -n 's/^0*\([0-9a-f]*\) D watched$/0x\1/p' >address
waggle trace -e "watchpoint:$(cat address):4:w { @ = count() }" -c ./watch
-- stdout


@: 10
-- stderr
Attached 1 probe
-- cmd
waggle trace -e "watchpoint:$(cat address):4:w { @++; if (@ == 3) { unwatch($(cat address)); exit() } }" -c ./watch >/dev/null 2>&1; echo $?
-- stdout
0
-- cmd
# what is asked for when everything was detached already
waggle trace -q -e 'interval:ms:1 { exit() } end { unwatch(4096); printf("end\n"); }' | grep .
-- stdout
end
-- cmd
# the kernel refuses addresses that are not aligned
waggle trace -e 'watchpoint:0x10000001:8:w { }' -c ./watch 2>&1 | head -1
-- stdout
<program>:1:1: error: a watchpoint of 8 bytes must be at a multiple of them
