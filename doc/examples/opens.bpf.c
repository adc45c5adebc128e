/* opens.bpf.c - who opens files, and how often. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct event {
	unsigned int pid;
	char comm[16];
};
struct event described; /* types that nothing else uses are left out by the compiler */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, unsigned int);
	__type(value, unsigned long);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 65536);
} events SEC(".maps");

SEC("tracepoint/syscalls/sys_enter_openat")
int on_open(void *ctx)
{
	unsigned int pid = (unsigned int)(bpf_get_current_pid_tgid() >> 32);
	unsigned long one = 1, *count = bpf_map_lookup_elem(&counts, &pid);
	struct event *event;

	if (count) {
		__sync_fetch_and_add(count, 1);
		return 0;
	}
	bpf_map_update_elem(&counts, &pid, &one, BPF_ANY);
	event = bpf_ringbuf_reserve(&events, sizeof *event, 0);
	if (!event)
		return 0;
	event->pid = pid;
	bpf_get_current_comm(event->comm, sizeof event->comm);
	bpf_ringbuf_submit(event, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
