# The command of -c is executed once, not tried in every folder of PATH.
-- needs bpf
-- cmd
waggle trace -e 'tracepoint:syscalls:sys_enter_execve /pid == cpid/ { join(args.argv) }' -c 'sh -c "exec /bin/true"'
-- stdout
sh -c exec /bin/true
/bin/true


-- stderr
Attached 1 probe
