# 0.17 has 54, 0.26 has 95.
-- script
tracepoint:syscalls:sys_exit_read { @ = hist(args.ret); }
-- most
52
