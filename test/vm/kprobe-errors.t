# Functions that are not there, are called otherwise today, or may not be probed.
-- cmd
waggle trace -e 'kprobe:vfs_raed { }'
-- stderr
<program>:1:1: error: there is no kprobe:vfs_raed
    1 | kprobe:vfs_raed { }
      | ^~~~~~~~~~~~~~~
      = did you mean 'vfs_read'?
-- exit 1
-- cmd
waggle trace -e 'kprobe:vfs_read+1 { }'
-- stderr
<program>:1:1: error: no instruction begins at 'vfs_read'+1
    1 | kprobe:vfs_read+1 { }
      | ^~~~~~~~~~~~~~~~~
-- exit 1
-- cmd
waggle trace -e 'kprobe:vfs_read+65536 { }'
-- stderr
<program>:1:1: error: 'vfs_read' has only {{[0-9]+}} bytes
    1 | kprobe:vfs_read+65536 { }
      | ^~~~~~~~~~~~~~~~~~~~~
-- exit 1
-- cmd
waggle trace -e 'kprobe:kprobe_dispatcher { }'
-- stderr
<program>:1:1: error: the kernel lets nobody probe 'kprobe_dispatcher'
    1 | kprobe:kprobe_dispatcher { }
      | ^~~~~~~~~~~~~~~~~~~~~~~~
      = it may be part of what probes themselves need: see /sys/kernel/debug/kprobes/blacklist
-- exit 1
-- cmd
waggle trace -e 'fentry:kprobe_dispatcher { }'
-- stderr
<program>:1:1: error: the kernel's function tracer leaves out 'kprobe_dispatcher'
    1 | fentry:kprobe_dispatcher { }
      | ^~~~~~~~~~~~~~~~~~~~~~~~
      = tracing itself may need it; a kprobe may be possible
-- exit 1
-- cmd
waggle trace --dry-run -e 'kprobe:_do_fork { }'
-- stderr
<program>:1:1: warning: this kernel has no function '_do_fork': 'kernel_clone' is taken instead
    1 | kprobe:_do_fork { }
      | ^~~~~~~~~~~~~~~
      = tracepoint:sched:sched_process_fork tells the same
Attached 1 probe
