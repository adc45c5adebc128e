# libbpf takes the objects: sections, maps with their types, callbacks, data, and offsets that it fits itself.
-- needs bpf bpftool unshare
-- file all.bt
rawtracepoint:sched_switch { @s[curtask.parent.tgid, comm] = sum(1); }
tracepoint:syscalls:sys_enter_openat { @n = count(); printf("%s %d\n", str(args.filename), curtask.se.load.weight); }
profile:hz:99 { @h[comm] = hist(pid); @st[kstack] = count(); @b = max(curtask.sched_remote_wakeup); }
interval:s:1 { for ($kv : @s) { printf("%d\n", $kv.1); } }
begin { printf("hi\n"); }
-- cmd
waggle trace --emit-elf all.o all.bt
unshare -m sh -c 'mount -t bpf bpf /sys/fs/bpf && bpftool prog loadall all.o /sys/fs/bpf/x 2>/dev/null && ls /sys/fs/bpf/x'
bpftool btf dump file all.o | grep -c "STRUCT 'task_struct'"
-- stdout
begin
interval
profile
rawtracepoint_s
tracepoint_sys_
2
