# Raw tracepoints: typed by BTF, and by number of the argument.
-- needs bpf
-- cmd
waggle trace -e 'rawtracepoint:sched_process_exec /args.p.pid == cpid/ { printf("%s %s\n", comm, str(args.bprm.filename)) }' -c 'sh -c "exec /bin/true"'
-- stdout
sh {{.*}}/sh
true /bin/true


-- stderr
Attached 1 probe
-- cmd
# exit_group, on x86-64 and on ARM
waggle trace -e 'rawtracepoint:sys_enter /pid == cpid && (arg1 == 231 || arg1 == 94)/ { @ = count() }' -c 'sh -c "exec /bin/true"'
-- stdout


@: 1
-- stderr
Attached 1 probe
