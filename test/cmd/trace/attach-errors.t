# What is wrong with an attach point is said where it stands.
-- cmd
waggle trace --mode check -e 'kprobe:vfs_read, vfs_write { }'
-- stderr
<program>:1:18: warning: this is taken to be 'kprobe:vfs_write'
    1 | kprobe:vfs_read, vfs_write { }
      |                  ^~~~~~~~~
      = every probe of a list has its own provider
-- cmd
waggle trace --mode check -e 'syscalls:sys_enter_open { }'
-- stderr
<program>:1:1: error: unknown provider 'syscalls'
    1 | syscalls:sys_enter_open { }
      | ^~~~~~~~
      = a tracepoint is written tracepoint:syscalls:sys_enter_open
-- exit 1
-- cmd
waggle trace --mode check -e 'kprob:f { }'
-- stderr
<program>:1:1: error: unknown provider 'kprob'
    1 | kprob:f { }
      | ^~~~~
      = did you mean 'kprobe'?
-- exit 1
-- cmd
waggle trace --mode check -e 'interval:x:1 { }'
-- stderr
<program>:1:10: error: 'x' is not a unit of time: hz, s, ms, us
    1 | interval:x:1 { }
      |          ^
      = as in: interval:s:1
-- exit 1
-- cmd
waggle trace --mode check -e 'interval:s:0 { }'
-- stderr
<program>:1:12: error: this must be more than 0
    1 | interval:s:0 { }
      |            ^
      = as in: interval:s:1
-- exit 1
-- cmd
waggle trace --mode check -e 'software:fault { }'
-- stderr
<program>:1:10: error: unknown software event 'fault'
    1 | software:fault { }
      |          ^~~~~
      = as in: software:page-faults:100
-- exit 1
-- cmd
waggle trace --mode check -e 'tracepoint:sched { }'
-- stderr
<program>:1:1: error: 'tracepoint' needs a subsystem and an event
    1 | tracepoint:sched { }
      | ^~~~~~~~~~~~~~~~
      = as in: tracepoint:sched:sched_switch
-- exit 1
-- cmd
waggle trace --mode check -e 'kretprobe:f+1 { }'
-- stderr
<program>:1:11: error: only a kprobe can be within a function
    1 | kretprobe:f+1 { }
      |           ^~~
      = as in: kretprobe:vfs_read
-- exit 1
-- cmd
waggle trace --mode check -e 'watchpoint:f+arg0:8:w { }'
-- stderr
<program>:1:12: error: a watchpoint is at an address, a number: 'function+argN' was dropped in bpftrace 0.25
    1 | watchpoint:f+arg0:8:w { }
      |            ^~~~~~
      = as in: watchpoint:0x10000000:8:rw
-- exit 1
-- cmd
waggle trace --mode check -e 'watchpoint:0x10:3:w { }'
-- stderr
<program>:1:17: error: a watchpoint watches 1, 2, 4 or 8 bytes
    1 | watchpoint:0x10:3:w { }
      |                 ^
      = as in: watchpoint:0x10000000:8:rw
-- exit 1
-- cmd
waggle trace --mode check -e 'begin:x { }'
-- stderr
<program>:1:7: error: 'begin' has nothing behind it
    1 | begin:x { }
      |       ^
      = as in: begin
-- exit 1
-- cmd
waggle trace --mode check -e 'self:signal:SIGHUP { }'
-- stderr
<program>:1:13: error: the only signal for this is SIGUSR1
    1 | self:signal:SIGHUP { }
      |             ^~~~~~
      = as in: self:signal:SIGUSR1
-- exit 1
-- cmd
waggle trace --mode check -e 'uprobe:/a:A::b { }'
-- stderr
<program>:1:13: error: a name with ':' stands in quotes: "A:..."
    1 | uprobe:/a:A::b { }
      |             ^
      = as in: uprobe:/bin/bash:readline
-- exit 1
