# Who the process is, is asked for once, although the predicate and the action want to know it.
-- script
tracepoint:raw_syscalls:sys_enter /pid > 10 && uid == 0/ { @[pid, tid] = count(); }
-- most
42
