# CO-RE: what depends on the kernel's types is put in by name, and what is not there is said not to be.
-- needs bpf clang libbpf
-- file core.bpf.c
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
char LICENSE[] SEC("license") = "GPL";
#define CORE __attribute__((preserve_access_index))
struct task_struct___mine { long wrong_place[3]; struct task_struct___mine *real_parent; int tgid; int pid; int not_there; char comm[4]; } CORE;
struct no_such_struct { int a; } CORE;
struct list_head___x { void *prev; void *next; } CORE;
enum bpf_map_type___mine { BPF_MAP_TYPE_RINGBUF___mine = 1, BPF_MAP_TYPE_NONSENSE = 2 };
struct tcp_sock { unsigned int nonagle : 4; } CORE;
int tgid, has_pid, has_other, has_struct, ringbuf, has_value, has_nonsense, list_size, next_at, comm_size, is_signed, bits;
extern int LINUX_KERNEL_VERSION __kconfig;
extern int CONFIG_NO_SUCH_SETTING __kconfig __weak;
extern const void _stext __ksym;
int version, setting = 5, has_address;
SEC("raw_tp/sys_enter") int run(void *ctx)
{
	struct task_struct___mine *task = (void *)bpf_get_current_task();

	if (bpf_core_field_exists(task->not_there))
		tgid = BPF_CORE_READ(task, not_there);
	else
		tgid = BPF_CORE_READ(task, real_parent, tgid) > 0;
	has_pid = bpf_core_field_exists(task->pid);
	has_other = bpf_core_field_exists(task->not_there);
	has_struct = bpf_core_type_exists(struct no_such_struct) * 10 + bpf_core_type_exists(struct task_struct___mine);
	ringbuf = bpf_core_enum_value(enum bpf_map_type___mine, BPF_MAP_TYPE_RINGBUF___mine);
	has_value = bpf_core_enum_value_exists(enum bpf_map_type___mine, BPF_MAP_TYPE_RINGBUF___mine);
	has_nonsense = bpf_core_enum_value_exists(enum bpf_map_type___mine, BPF_MAP_TYPE_NONSENSE);
	list_size = bpf_core_type_size(struct list_head___x);
	next_at = __builtin_preserve_field_info(((struct list_head___x *)0)->next, BPF_FIELD_BYTE_OFFSET);
	comm_size = bpf_core_field_size(task->comm);
	is_signed = __builtin_preserve_field_info(task->pid, BPF_FIELD_SIGNED);
	bits = 64 - __builtin_preserve_field_info(((struct tcp_sock *)0)->nonagle, BPF_FIELD_RSHIFT_U64);
	version = LINUX_KERNEL_VERSION >> 16 >= 5;
	setting = CONFIG_NO_SUCH_SETTING;
	has_address = (unsigned long)&_stext >> 63;
	return 0;
}
-- cmd
clang -w -g -O2 -target bpf -I/usr/include/$(uname -m)-linux-gnu -c core.bpf.c -o core.bpf.o
waggle run -d 1 core.bpf.o 2>&1 | tr ',' '\n' | sed 's/.*\.bss { //'
-- stdout
attached 1 of 1 programs
core.data { .setting = 0 }
.tgid = 1
 .has_pid = 1
 .has_other = 0
 .has_struct = 1
 .ringbuf = 27
 .has_value = 1
 .has_nonsense = 0
 .list_size = 16
 .next_at = 0
 .comm_size = 16
 .is_signed = 1
 .bits = 4
 .version = 1
 .has_address = 1 }
