# What goes to a disk.
-- cmd
waggle trace -e 'tracepoint:block:block_rq_issue { @[args.bytes] = count() } tracepoint:block:block_rq_complete { @sectors = sum(args.nr_sector) }' -c '/bin/dd if=/dev/zero of=/dev/nullb0 bs=4096 count=10 oflag=direct' 2>/dev/null
-- stdout


@[4096]: 10
@sectors: 80
-- cmd
# without fields, and by name
waggle trace -e 'tracepoint:block:block_rq_i* { @[probe] = count() }' -c '/bin/dd if=/dev/zero of=/dev/nullb0 bs=4096 count=10 oflag=direct' 2>/dev/null | grep issue
-- stdout
@[tracepoint:block:block_rq_issue]: 10
