# 0.17 has 32, 0.26 has 60; the tests which system call it is, and of which machine, make five of these.
-- script
tracepoint:syscalls:sys_enter_openat /args.flags & 64 && pid > 10/ { @[pid]++ }
-- most
35
