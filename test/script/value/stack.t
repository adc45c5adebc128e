# Stacks are numbers in maps of their depth.
-- script
kprobe:vfs_read { @[kstack] = count(); @u[ustack(5)] = count() }
-- script
profile:hz:99 { @[kstack(3), ustack(perf)] = count(); @len = len(kstack) }
