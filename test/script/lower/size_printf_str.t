# 0.17 has 53 with strings of 64 bytes, 0.26 has 132; here they have 1,024.
-- script
tracepoint:syscalls:sys_enter_openat { printf("%s %s\n", comm, str(args.filename)); }
-- most
42
