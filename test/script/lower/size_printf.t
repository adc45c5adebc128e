# 0.17 has 19 and does not count lost records, 0.26 has 31.
-- script
tracepoint:syscalls:sys_enter_openat { printf("%d %d\n", pid, args.flags); }
-- most
25
