# One object with programs of many kinds: all attach, what they send is shown by its types, and maps at the end.
-- needs bpf clang libbpf
-- file all.bpf.c
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "GPL";
struct event { unsigned int pid_seen; char comm[16]; unsigned long long number; };
struct event unused_but_described;
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 8); __type(key, unsigned int); __type(value, unsigned long); } counts SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); __uint(key_size, 4); __uint(value_size, 4); } old_events SEC(".maps");
const volatile int limit = 2;
int calls, samples, returns;
static int is_target(void)
{
	char comm[16];
	bpf_get_current_comm(comm, sizeof comm);
	return comm[0] == 'm' && comm[1] == 'y' && comm[2] == '_' && comm[3] == 't';
}
SEC("uprobe/./my_target:work") int on_work(void *ctx)
{
	unsigned int key = 5;
	unsigned long one = 1, *n = bpf_map_lookup_elem(&counts, &key);
	struct event *e;

	calls++;
	if (n)
		*n += 1;
	else
		bpf_map_update_elem(&counts, &key, &one, BPF_ANY);
	if (calls > limit)
		return 0;
	e = bpf_ringbuf_reserve(&events, sizeof *e, 0);
	if (!e)
		return 0;
	e->pid_seen = calls;
	e->number = 7;
	bpf_get_current_comm(e->comm, sizeof e->comm);
	bpf_ringbuf_submit(e, 0);
	return 0;
}
SEC("uretprobe/./my_target:work") int after_work(void *ctx) { returns++; return 0; }
SEC("tracepoint/syscalls/sys_enter_getpgid") int on_getpgid(void *ctx)
{
	struct event e = { .pid_seen = 9, .comm = "old", .number = 1 };
	if (is_target())
		bpf_perf_event_output(ctx, &old_events, BPF_F_CURRENT_CPU, &e, sizeof e);
	return 0;
}
SEC("raw_tp/sched_switch") int on_switch(void *ctx) { return 0; }
SEC("perf_event") int sample(void *ctx) { samples = 1; return 0; }
SEC("xdp") int pass(void *ctx) { return XDP_PASS; }
SEC("?kprobe/no_such_function") int optional(void *ctx) { return 0; }
-- file my_target.c
#include <unistd.h>
__attribute__((noinline)) int work(int n) { return n + (int)getpgid(0); }
int main(void) { for (volatile int i = 0; i < 3; i++) work(i); return 0; }
-- cmd
clang -g -O2 -target bpf -I/usr/include/$(uname -m)-linux-gnu -c all.bpf.c -o all.bpf.o && cc -O1 -o my_target my_target.c
waggle run --list all.bpf.o | grep program
-- stdout
program on_work                  uprobe/./my_target:work
program after_work               uretprobe/./my_target:work
program on_getpgid               tracepoint/syscalls/sys_enter_getpgid
program on_switch                raw_tp/sched_switch
program sample                   perf_event
program pass                     xdp
program optional                 ?kprobe/no_such_function
-- cmd
(sleep 0.5; exec ./my_target) & waggle run -d 2 -i lo all.bpf.o | LC_ALL=C sort | sed 's/.samples = 1/.samples/'; wait
-- stdout
all.bss { .calls = 3, .returns = 3, .samples, .unused_but_described = { .pid_seen = 0, .comm = "", .number = 0 } }
counts[5] = 3
events: { .pid_seen = 1, .comm = "my_target", .number = 7 }
events: { .pid_seen = 2, .comm = "my_target", .number = 7 }
old_events: { .pid_seen = 9, .comm = "old", .number = 1 }
old_events: { .pid_seen = 9, .comm = "old", .number = 1 }
old_events: { .pid_seen = 9, .comm = "old", .number = 1 }
-- stderr
attached 6 of 6 programs
-- cmd
(sleep 0.5; exec ./my_target) & waggle run -j -d 1 -p on_work all.bpf.o | LC_ALL=C sort; wait
-- stdout
{"map": "all.bss", "key": 0, "value": {"calls": 3, "returns": 0, "samples": 0, "unused_but_described": {"pid_seen": 0, "comm": "", "number": 0}}}
{"map": "counts", "key": 5, "value": 3}
{"map": "events", "record": {"pid_seen": 1, "comm": "my_target", "number": 7}}
{"map": "events", "record": {"pid_seen": 2, "comm": "my_target", "number": 7}}
-- stderr
attached 1 of 1 programs
