# 0.17 has 27, ply 33, 0.26 has 88: here the updates that find the map full are counted.
-- script
tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }
-- most
25
