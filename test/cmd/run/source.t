# Sources are compiled first, with the kernel's types made into vmlinux.h; a compiler's messages name the source's lines.
-- needs bpf clang libbpf
-- file task.bpf.c
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
char LICENSE[] SEC("license") = "GPL";
int size, ours;
SEC("raw_tp/sys_enter") int on_enter(void *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	size = bpf_core_field_size(task->comm);
	ours = BPF_CORE_READ(task, group_leader, tgid) > 0;
	return 0;
}
-- file slip.bpf.c
#include <linux/bpf.h>
int f(void) { return no_such_thing; }
-- cmd
export XDG_CACHE_HOME=$PWD/cache
waggle run -d 1 task.bpf.c
ls cache/waggle/*/
waggle run -d 1 task.bpf.c 2>/dev/null
-- stdout
task.bss { .size = 16, .ours = 1 }
vmlinux.h
task.bss { .size = 16, .ours = 1 }
-- stderr
attached 1 of 1 programs
-- cmd
waggle run slip.bpf.c 
-- stderr
slip.bpf.c:2:22: error: use of undeclared identifier 'no_such_thing'
int f(void) { return no_such_thing; }
                     ^
1 error generated.
slip.bpf.c: error: clang does not compile it
-- exit 2
-- cmd
mkdir bin; ln -s $(command -v waggle) bin/; PATH=$PWD/bin waggle run slip.bpf.c
-- stderr
slip.bpf.c: error: compiling it needs clang, which is not installed
      = install the package 'clang', or compile it elsewhere: CO-RE fits the object to this kernel
-- exit 2
