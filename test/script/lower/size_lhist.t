# 0.17 has 30, 0.26 has 63.
-- script
tracepoint:syscalls:sys_exit_read { @ = lhist(args.ret, 0, 2000, 200); }
-- most
28
