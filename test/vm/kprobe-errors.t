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
