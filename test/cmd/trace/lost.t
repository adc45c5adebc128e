# What the ring has no room for is counted exactly, and the remedy is said.
-- needs bpf gcc
-- file calls.c
#include <sys/syscall.h>
#include <unistd.h>
int main(void)
{
	for (int i = 0; i < 200000; i++)
		syscall(SYS_getppid);
	return 0;
}
-- cmd
# nobody reads while 'begin' runs: records of 16 bytes, and a full ring is never told from an empty one
waggle trace -e 'config = { perf_rb_pages = 1 } begin { for ($i : 0..1000) { printf("%d\n", $i); } exit(); }' | sed -n '1p; 255,$p'
-- stdout
0
254


-- stderr
Attached 1 probe
Lost 745 events
WARNING: 745 events did not fit into the buffer of 4 KiB and are lost: print less, count in maps, or take a larger one: config = { perf_rb_pages = 4 }
-- cmd
waggle trace -f json -e 'config = { perf_rb_pages = 1 } begin { for ($i : 0..1000) { printf("%d\n", $i); } exit(); }' | grep lost_events
-- stdout
{"type": "lost_events", "count": 745, "data": {"events": 745}}
-- cmd
# while somebody reads: lost is what was sent and not printed
gcc -O1 calls.c -o calls
waggle trace -e 'config = { perf_rb_pages = 1 } tracepoint:syscalls:sys_enter_getppid /pid == cpid/ { @ = count(); printf("event\n"); }' -c ./calls >out 2>messages
sent=$(sed -n 's/^@: //p' out) printed=$(grep -c event out)
lost=$(sed -n 's/^WARNING: \([0-9]*\) event.*/\1/p' messages)
parts=$(sed -n 's/^Lost \([0-9]*\) events/\1/p' messages | { sum=0; while read n; do sum=$((sum + n)); done; echo $sum; })
echo "$sent sent, $((printed + lost)) printed or lost, $((lost - parts)) beyond what was said meanwhile"
[ "$lost" -gt 0 ]
-- stdout
200000 sent, 200000 printed or lost, 0 beyond what was said meanwhile
