# Attach points become the places that they stand for; what is not there is said with what is near.
-- needs bpf
-- cmd
waggle trace -d types -e 't:sched:sched_wakeup* { }' | grep '^tracepoint'
-- stdout
tracepoint:sched:sched_wakeup
tracepoint:sched:sched_wakeup_new
-- cmd
waggle trace -d types -e 't:sched:sched_swich { }'
-- stderr
<program>:1:1: error: there is no tracepoint:sched:sched_swich
    1 | t:sched:sched_swich { }
      | ^~~~~~~~~~~~~~~~~~~
      = did you mean 'sched_switch'?
-- exit 1
-- cmd
waggle trace -d types -e 't:nothing:* { }'
-- stderr
<program>:1:1: error: no tracepoint is like 't:nothing:*'
    1 | t:nothing:* { }
      | ^~~~~~~~~~~
      = config = { missing_probes=warn } leaves out what is not there
-- exit 1
-- cmd
waggle trace -d types -e 'iter:tsk { }'
-- stderr
<program>:1:1: error: there is no iter:tsk
    1 | iter:tsk { }
      | ^~~~~~~~
      = did you mean 'task'?
-- exit 1
-- cmd
waggle trace -d types -e 'rawtracepoint:sched_swtch { }'
-- stderr
<program>:1:1: error: there is no rawtracepoint:sched_swtch
    1 | rawtracepoint:sched_swtch { }
      | ^~~~~~~~~~~~~~~~~~~~~~~~~
      = did you mean 'sched_switch'?
-- exit 1
-- cmd
waggle trace -d types -e 'config = { missing_probes=warn } t:sched:nothing { } begin { }'
-- stdout
config
  missing_probes =
    name warn
probe
  at begin
  do
begin
-- stderr
<program>:1:34: warning: there is no tracepoint:sched:nothing: it is left out
    1 | config = { missing_probes=warn } t:sched:nothing { } begin { }
      |                                  ^~~~~~~~~~~~~~~
-- cmd
waggle trace -d types -e 'config = { missing_probes=ignore } t:sched:nothing { } begin { }'
-- stdout
config
  missing_probes =
    name ignore
probe
  at begin
  do
begin
-- cmd
waggle trace -d types -e 'config = { max_probes=3 } t:sched:* { }'
-- stderr
<program>:1:27: error: these are more than 3 probes
    1 | config = { max_probes=3 } t:sched:* { }
      |                           ^~~~~~~~~
      = config = { max_probes=12 } allows more
-- exit 1
-- cmd
waggle trace -d types -e 'uprobe:/no/such/file:main { }'
-- stderr
<program>:1:1: error: there is no file '/no/such/file': No such file or directory
    1 | uprobe:/no/such/file:main { }
      | ^~~~~~~~~~~~~~~~~~~~~~~~~
-- exit 1
-- cmd
waggle trace -d types -e 't:syscalls:sys_enter_openat, t:syscalls:sys_enter_openat2 { print(str(args.filename)); }'
-- stdout
probe
  at tracepoint in=syscalls name=sys_enter_openat
  at tracepoint in=syscalls name=sys_enter_openat2
  do
    call print : void
      call str : string[1024]
        field filename : int8 *
          name args : struct _tracepoint_syscalls_sys_enter_openat *
tracepoint:syscalls:sys_enter_openat
tracepoint:syscalls:sys_enter_openat2
-- cmd
waggle trace -d types -e 't:syscalls:sys_enter_openat, t:syscalls:sys_enter_execve { print(str(args.filename)); }'
-- stdout
probe
  at tracepoint in=syscalls name=sys_enter_openat
  do
    call print : void
      call str : string[1024]
        field filename : int8 *
          name args : struct _tracepoint_syscalls_sys_enter_openat *
probe
  at tracepoint in=syscalls name=sys_enter_execve
  do
    call print : void
      call str : string[1024]
        field filename : int8 *
          name args : struct _tracepoint_syscalls_sys_enter_execve *
tracepoint:syscalls:sys_enter_openat
tracepoint:syscalls:sys_enter_execve
-- cmd
waggle trace -d types -e 't:syscalls:sys_enter_openat, t:syscalls:sys_enter_close { print(str(args.filename)); }'
-- stderr
<program>:1:74: error: 'struct _tracepoint_syscalls_sys_enter_close' has no field 'filename'
    1 | t:syscalls:sys_enter_openat, t:syscalls:sys_enter_close { print(str(args.filename)); }
      |                                                                          ^~~~~~~~
      = the probe stands for several: if (has_field(args, filename)) { ... } leaves out those without
-- exit 1
-- cmd
BPFTRACE_MAX_STRLEN=64 waggle trace -d types -e 'begin { print(str((uint64)0)); }'
-- stdout
probe
  at begin
  do
    call print : void
      call str : string[64]
        cast = 0 : uint64
          type uint64
          int 0 : int8
begin
-- cmd
BPFTRACE_MAX_STRLEN=many BPFTRACE_MISSING_PROBES=perhaps waggle trace -d types -e 'begin { }'
-- stderr
<program>: error: 'BPFTRACE_MAX_STRLEN' is a number above 0
<program>: error: 'BPFTRACE_MISSING_PROBES' is one of error|warn|ignore
-- exit 1
-- cmd
# lists have functions by their old and new names: one that is there will do
waggle trace -l -e 'kprobe:vfs_read,kprobe:no_such_function_1 { }'
-- stdout
kprobe:vfs_read
-- stderr
<program>:1:17: warning: there is no kprobe:no_such_function_1: it is left out
    1 | kprobe:vfs_read,kprobe:no_such_function_1 { }
      |                 ^~~~~~~~~~~~~~~~~~~~~~~~~
-- cmd
# unless the script wants it otherwise
waggle trace -l -e 'config = { missing_probes=error } kprobe:vfs_read,kprobe:no_such_function_1 { }'
-- stderr
<program>:1:51: error: there is no kprobe:no_such_function_1
    1 | config = { missing_probes=error } kprobe:vfs_read,kprobe:no_such_function_1 { }
      |                                                   ^~~~~~~~~~~~~~~~~~~~~~~~~
      = list what there is with: -l 'kprobe:*'
-- exit 1
-- cmd
waggle trace -l -e 'kprobe:no_such_function_1,kprobe:no_such_function_2 { }'
-- stderr
<program>:1:1: error: there is no kprobe:no_such_function_1
    1 | kprobe:no_such_function_1,kprobe:no_such_function_2 { }
      | ^~~~~~~~~~~~~~~~~~~~~~~~~
      = list what there is with: -l 'kprobe:*'
<program>:1:27: error: there is no kprobe:no_such_function_2
    1 | kprobe:no_such_function_1,kprobe:no_such_function_2 { }
      |                           ^~~~~~~~~~~~~~~~~~~~~~~~~
      = list what there is with: -l 'kprobe:*'
-- exit 1
