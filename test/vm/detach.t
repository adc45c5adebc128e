# What was attached is gone afterwards, also after a kill.
-- cmd
waggle trace -e 'kprobe:vfs_read { @ = count() } fentry:vfs_write { @w = count() }' >/dev/null 2>&1 &
sleep 2; kill -9 $!; wait 2>/dev/null
sleep 1; cat /sys/kernel/debug/kprobes/list 2>/dev/null | grep -c vfs_read
-- stdout
0
-- exit 1
