# What is allowed and most likely a slip.
-- cmd
waggle trace --mode check -e 'begin { $i = 0; while ($i < 3) { $i++; } }'
-- stderr
<program>:1:17: warning: bpftrace means to drop 'while'
    1 | begin { $i = 0; while ($i < 3) { $i++; } }
      |                 ^~~~~~~~~~~~~~~~~~~~~~~~
      = a range has an end: for ($i : 0..100) { ... }
-- cmd
waggle trace --mode check -e 'begin { strlen(comm); _ = strlen(comm); delete(@a, 1); @a[1] = 1; }'
-- stderr
<program>:1:9: warning: the result of 'strlen' goes nowhere
    1 | begin { strlen(comm); _ = strlen(comm); delete(@a, 1); @a[1] = 1; }
      |         ^~~~~~~~~~~~
      = '_ = strlen(...);' says that this is meant
-- cmd
waggle trace --mode check -e 'begin { $unused = 1; let $also; if (pid == 1) { $inner = comm; } }'
-- stderr
<program>:1:49: warning: variable '$inner' is never used
    1 | begin { $unused = 1; let $also; if (pid == 1) { $inner = comm; } }
      |                                                 ^~~~~~
<program>:1:9: warning: variable '$unused' is never used
    1 | begin { $unused = 1; let $also; if (pid == 1) { $inner = comm; } }
      |         ^~~~~~~
<program>:1:26: warning: variable '$also' is never used
    1 | begin { $unused = 1; let $also; if (pid == 1) { $inner = comm; } }
      |                          ^~~~~
-- cmd
waggle trace --mode check -e 'begin { $a = (int64)-1; if (nsecs < $a) { print(nsecs / $a); } print(nsecs < 5); print(pid < $a); }'
-- stderr
<program>:1:28: warning: '<' of 'uint64' and 'int64': both are taken to have a sign
    1 | begin { $a = (int64)-1; if (nsecs < $a) { print(nsecs / $a); } print(nsecs < 5); print(pid < $a); }
      |                            ^~~~~~~~~~~~
      = a cast says what is meant: (int64)x, (uint64)x
<program>:1:49: warning: '/' of 'uint64' and 'int64': both are taken to have a sign
    1 | begin { $a = (int64)-1; if (nsecs < $a) { print(nsecs / $a); } print(nsecs < 5); print(pid < $a); }
      |                                                 ^~~~~~~~~~
      = a cast says what is meant: (int64)x, (uint64)x
-- cmd
waggle trace --mode check -e 'kprobe:vfs_read, vfs_write { } t:sched:sched_switch, sched:sched_wakeup { }'
-- stderr
<program>:1:18: warning: this is taken to be 'kprobe:vfs_write'
    1 | kprobe:vfs_read, vfs_write { } t:sched:sched_switch, sched:sched_wakeup { }
      |                  ^~~~~~~~~
      = every probe of a list has its own provider
<program>:1:54: warning: this is taken to be 't:sched:sched_wakeup'
    1 | kprobe:vfs_read, vfs_write { } t:sched:sched_switch, sched:sched_wakeup { }
      |                                                      ^~~~~~~~~~~~~~~~~~
      = every probe of a list has its own provider
-- cmd
waggle trace --mode check -e 'kprobe:vfs_read, kprobe:vfs_read { }'
-- stderr
<program>:1:18: warning: 'kprobe:vfs_read' stands there twice, and is attached once
    1 | kprobe:vfs_read, kprobe:vfs_read { }
      |                  ^~~~~~~~~~~~~~~
-- cmd
waggle trace --mode check -e 'begin { @ = tseries(5, 1s, 10); }'
-- stderr
<program>:1:13: warning: 'tseries' may still change from release to release
    1 | begin { @ = tseries(5, 1s, 10); }
      |             ^~~~~~~~~~~~~~~~~~
      = config = { unstable_tseries=enable } keeps this quiet
