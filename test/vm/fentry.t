# Functions with the types of their arguments and results.
-- file hostname
waggle
-- cmd
waggle trace -e 'fentry:vfs_write /pid == cpid/ { printf("%d\n", args.count) }' -c '/bin/sh -c "echo abc >/dev/null"'
-- stdout
4


-- stderr
Attached 1 probe
-- cmd
waggle trace -e 'fexit:vfs_write /pid == cpid/ { printf("%d of %d\n", retval, args.count) }' -c '/bin/sh -c "echo abc >/dev/null"'
-- stdout
4 of 4


-- stderr
Attached 1 probe
-- cmd
waggle trace -e 'fentry:vfs_open /pid == cpid/ { @[str(args.path.dentry.d_name.name)] = count() }' -c '/bin/cat hostname' | grep hostname
-- stdout
@[hostname]: 1
-- stderr
Attached 1 probe
-- cmd
waggle trace -e 'kfunc:vfs_open /pid == cpid/ { @ = count() } kretfunc:vfs_open /pid == cpid/ { @r = count() }' -c '/bin/cat hostname' | grep -c '@r*: [1-9]'
-- stdout
2
-- stderr
Attached 2 probes
