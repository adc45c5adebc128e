# A plain value is written where the kernel reads it as soon as it is known; updates that fail are counted.
-- script
tracepoint:syscalls:sys_enter_openat { @start[tid] = nsecs; }
-- most
23
