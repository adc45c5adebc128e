# Kprobes and kretprobes: arguments, results, their pairing, places inside of functions.
-- file hostname
waggle
-- cmd
waggle trace -e 'kprobe:vfs_read /pid == cpid/ { @ = count() }' -c '/bin/dd if=hostname of=/dev/null bs=7 count=1' 2>/dev/null | grep '^@'
-- stdout
@: 1
-- cmd
# the third argument is how many bytes are wanted; what is returned is how many there are
waggle trace -e 'kprobe:vfs_write /pid == cpid/ { printf("%d\n", arg2) } kretprobe:vfs_write /pid == cpid/ { printf("%d\n", retval) }' -c '/bin/sh -c "echo abc >/dev/null"'
-- stdout
4
4


-- stderr
Attached 2 probes
-- cmd
# an entry and its return share a map
waggle trace -e 'kprobe:vfs_open /pid == cpid/ { @t[tid] = nsecs } kretprobe:vfs_open /@t[tid]/ { @ok = nsecs > @t[tid]; delete(@t, tid); }' -c '/bin/cat hostname' | grep '^@ok: '
-- stdout
@ok: true
-- stderr
Attached 2 probes
-- cmd
# structs by casts
waggle trace -e 'kprobe:vfs_open /pid == cpid/ { printf("%s\n", str(((struct path *)arg0)->dentry->d_name.name)) }' -c '/bin/sh -c "exec cat hostname >/dev/null"' | grep '^hostname$'
-- stdout
hostname
-- stderr
Attached 1 probe
-- cmd
waggle trace -e 'kprobe:vfs_open /pid == cpid/ { printf("%s %s\n", func, probe); exit() }' -c '/bin/cat hostname' | grep vfs
-- stdout
vfs_open kprobe:vfs_open
-- stderr
Attached 1 probe
-- cmd
waggle trace -q -e 'kprobe:vfs_open /pid == cpid/ { print(kstack(2)); exit() }' -c '/bin/sh -c "exec cat hostname >/dev/null"'
-- stdout

        vfs_open+{{[0-9]+}}
        {{.*\+[0-9]+}}



