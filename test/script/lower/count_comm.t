# A map of counts by name: looked up, added to in place, made when it is missing.
-- script
tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }
interval:s:1 { exit(); }
