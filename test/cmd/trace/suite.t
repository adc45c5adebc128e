# Test probes are run by --test, what they print is shown when they fail; bench probes are measured.
-- needs bpf
-- cmd
waggle trace --test -e 'test:good { printf("hidden\n"); return 0; } test:bad { printf("shown\n"); return 1; }'
-- stdout
ok     test:good
shown
failed test:bad
1 passed, 1 failed
-- exit 1
-- cmd
waggle trace --bench -f json -e 'bench:count { @ = count(); }'
-- stdout
{"type": "benchmark_result", "data": {"bench:count": {{[0-9.]+[}]}}}
-- cmd
# what the script traces otherwise is not even loaded
waggle trace --test -e 'begin { printf("begins\n"); } test:good { return 0; } fentry:vfs_read { @ = count(); } kprobe:vfs_read { @ = count(); }'
-- stdout
begins
ok     test:good
1 passed, 0 failed
-- cmd
waggle trace --bench -e 'begin { }'
-- stderr
<program>: error: this script has no bench probes
      = they are written as: bench:name { ... }
-- exit 1
-- cmd
# where the kernel has no signed division, another is made
waggle trace -q --no-feature signed_div -e 'begin { $a = (int64)-7; $b = (int64)2; @ = avg($a); print(($a / $b, $a % $b, 7 / -$b, -$a % -$b, $a / 3)); exit(); }'
-- stdout
(-3, -1, -3, 1, -2)


@: -7
-- cmd
# -l of a script: all that it would attach to, with -v what each gives
waggle trace -l -v -e 'begin { } tracepoint:syscalls:sys_enter_clos* { }'
-- stdout
begin
tracepoint:syscalls:sys_enter_close
    int __syscall_nr
    unsigned int fd
tracepoint:syscalls:sys_enter_close_range
    int __syscall_nr
    unsigned int fd
    unsigned int max_fd
    unsigned int flags
