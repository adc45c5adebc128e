# bpftrace 0.17 has 22 instructions for this, 0.26 has 54.
-- script
tracepoint:raw_syscalls:sys_enter { @ = count(); }
-- most
12
