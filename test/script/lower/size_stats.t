# 0.17 has 63, 0.26 has 94.
-- script
tracepoint:syscalls:sys_exit_read { @[comm] = stats(args.ret); }
-- most
39
