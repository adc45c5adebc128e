# Tracepoints give the fields of their records; those of system calls, too, on entry and exit.
-- needs bpf
-- file hostname
waggle
-- cmd
waggle trace -e 'tracepoint:syscalls:sys_enter_openat /pid == cpid && str(args.filename) == "hostname"/ { printf("%s %d %d\n", str(args.filename), args.dfd, args.flags & 3) }' -c 'sh -c "exec cat hostname >/dev/null"'
-- stdout
hostname -100 0


-- stderr
Attached 1 probe
-- cmd
waggle trace -e 'tracepoint:syscalls:sys_exit_write /pid == cpid/ { @ = sum(args.ret) }' -c 'sh -c "exec cat hostname >/dev/null"'
-- stdout


@: 7
-- stderr
Attached 1 probe
-- cmd
waggle trace -e 'tracepoint:sched:sched_process_exec /pid == cpid/ { printf("%s %d\n", str(args.filename), args.pid == pid) }' -c 'sh -c "exec /bin/true"'
-- stdout
{{.*}}/sh 1
/bin/true 1


-- stderr
Attached 1 probe
-- cmd
# many of one subsystem: each tells its name
waggle trace -e 'tracepoint:sched:sched_process_ex* /pid == cpid/ { @[probe] = count() }' -c 'sh -c "exec /bin/true"'
-- stdout


@[tracepoint:sched:sched_process_exit]: 1
@[tracepoint:sched:sched_process_exec]: 2
-- stderr
Attached 2 probes
-- cmd
# strings at odd places of a record are read by words that are aligned in it
waggle trace --dry-run -e 'tracepoint:block:block_rq_issue { @[args.comm] = hist(args.bytes); }'
-- stderr
Attached 1 probe
-- cmd
# one attachment of the kernel's may serve hundreds of system calls: what was asked for is counted
waggle trace --dry-run -e 'tracepoint:syscalls:sys_enter_open,tracepoint:syscalls:sys_enter_openat,tracepoint:syscalls:sys_enter_close { @ = count(); }'
-- stderr
Attached 3 probes
-- cmd
waggle trace --dry-run -f json -e 'tracepoint:syscalls:sys_enter_open,tracepoint:syscalls:sys_enter_openat,tracepoint:syscalls:sys_exit_openat { @ = count(); }'
-- stdout
{"type": "attached_probes", "count": 3, "data": {"probes": 3}}
