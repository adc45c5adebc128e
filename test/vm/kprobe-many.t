# Wildcards of kprobes: at once where the kernel can (since 5.18 with FPROBE), else one by one.
-- file hostname
waggle
-- cmd
waggle trace -e 'kprobe:vfs_op* /pid == cpid/ { @[func] = count() }' -c '/bin/cat hostname' 2>/dev/null | grep -o 'vfs_open\]'
-- stdout
vfs_open]
-- cmd
waggle trace -e 'kretprobe:vfs_re* /pid == cpid/ { @[func] = count() }' -c '/bin/dd if=hostname of=/dev/null' 2>/dev/null | grep -o 'vfs_read\]'
-- stdout
vfs_read]
-- cmd
waggle trace -e 'kprobe:vfs_open, kprobe:vfs_read /pid == cpid/ { @[probe] = count() }' -c '/bin/dd if=hostname of=/dev/null bs=7 count=1' 2>/dev/null | grep -o 'vfs_[a-z]*\]'
-- stdout
vfs_read]
vfs_open]
