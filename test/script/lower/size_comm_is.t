# 0.17 has 40, 0.26 has 124.
-- script
tracepoint:raw_syscalls:sys_enter /comm == "bash"/ { @ = count() }
-- most
20
