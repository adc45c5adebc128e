# A static and a dynamic program of libbpf's: maps, global data that is mapped, a test run, and a child of its own.
-- needs clang cc libbpf native
-- file x.bpf.c
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 4);
} slots SEC(".maps");
__u64 runs;
__u32 factor = 2;

SEC("socket") int filter(struct __sk_buff *skb)
{
	__u32 key = 1;
	__u64 *value = bpf_map_lookup_elem(&slots, &key);

	runs++;
	if (value)
		*value += skb->len * factor;
	return skb->len;
}
char _license[] SEC("license") = "GPL";
-- file user.c
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int fail(const char *what)
{
	perror(what);
	return 1;
}

int main(void)
{
	struct bpf_object *object = bpf_object__open_file("x.o", NULL);
	char packet[64] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet, .data_size_in = sizeof packet);
	unsigned int key = 1, *data;
	unsigned long long value = 0, *bss;
	struct bpf_map *map;
	int fd, slots;

	if (!object || bpf_object__load(object))
		return fail("load");
	fd = bpf_program__fd(bpf_object__find_program_by_name(object, "filter"));
	slots = bpf_object__find_map_fd_by_name(object, "slots");
	map = bpf_object__find_map_by_name(object, "x.bss");
	bss = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
	map = bpf_object__find_map_by_name(object, "x.data");
	data = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
	if (bss == MAP_FAILED || data == MAP_FAILED)
		return fail("mmap");
	*data = 10; /* the program reads it */
	if (bpf_prog_test_run_opts(fd, &run))
		return fail("run");
	printf("result %u\n", run.retval);
	fflush(stdout);
	if (!fork()) { /* descriptors are the child's, too */
		if (bpf_prog_test_run_opts(fd, &run))
			return fail("run in a child");
		return 0;
	}
	wait(NULL);
	if (bpf_map_lookup_elem(slots, &key, &value))
		return fail("lookup");
	printf("slot %llu, runs %llu\n", value, *bss);
	bpf_object__close(object);
	return 0;
}
-- cmd
clang -O2 -g -target bpf -I/usr/include/$(uname -m)-linux-gnu -c x.bpf.c -o x.o
cc -o user user.c -lbpf
waggle exec -- ./user
cc -static -o static user.c -lbpf -lelf -lz 2> /dev/null || cp user static
waggle exec -- ./static
-- stdout
result 50
slot 1000, runs 2
result 50
slot 1000, runs 2
