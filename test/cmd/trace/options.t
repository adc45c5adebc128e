# What options make of a script's results, and what is said of what the kernel could not do.
-- needs bpf python3
-- cmd
waggle trace -q --top 1 -e 'begin { @a[1] = 1; @a[2] = 3; @a[3] = 2; exit(); }'
-- stdout


@a[2]: 3
-- cmd
waggle trace -q -o out.txt -e 'begin { print(1); @ = 2; exit(); }' && cat out.txt
-- stdout
1


@: 2
-- cmd
waggle trace -o no/such/file -e 'begin { exit(); }'
-- stderr
waggle trace: error: cannot write 'no/such/file': No such file or directory
-- exit 2
-- cmd
waggle trace -q --refresh 50ms -e 'begin { @a[1] = 1; @b = count(); } interval:ms:400 { exit(); }' | sort | uniq | grep .
-- stdout
@a[1]: 1
@b: 1
-- cmd
waggle trace -q --cgroup /sys/fs/cgroup -e 'tracepoint:syscalls:sys_enter_getpgid { printf("%s\n", comm); exit(); }' -c 'python3 -c "import os; os.getpgid(0)"' | grep .
-- stdout
python3
-- cmd
timeout -s USR1 1 waggle trace -q -e 'self:signal:SIGUSR1 { print("USR1"); exit(); }' >out; grep . out
-- stdout
USR1
-- cmd
waggle trace -k -e 'begin { $x = *(uint64 *)0; print($x); exit(); }' 2>&1 | grep .
-- stdout
Attached 1 probe
0
stdin:1:9-26: WARNING: probe_read_kernel failed 1 time
begin { $x = *(uint64 *)0; print($x); exit(); }
        ~~~~~~~~~~~~~~~~~
-- cmd
waggle trace -e 'config = { max_map_keys = 2 } begin { @[1] = 1; @[2] = 2; @[3] = 3; @[4] = 4; exit(); }' 2>&1 | grep .
-- stdout
Attached 1 probe
WARNING: the map '@' is full with 2 elements: 2 updates of new keys are lost so far; more room: config = { max_map_keys = 8 }
@[1]: 1
@[2]: 2
-- cmd
waggle trace --emit-llvm x -e 'begin { }'
-- stderr
waggle trace: error: unknown option '--emit-llvm'
      = did you mean '--emit-elf'?  see: waggle trace --help
-- exit 2
-- cmd
waggle trace -f json -e 'config = { perf_rb_pages = 1 } begin { for ($i : 0..2000) { printf("%d\n", $i); } exit(); }' 2>/dev/null | grep lost_events
-- stdout
{"type": "lost_events", "count": {{[0-9]+}}, "data": {"events": {{[0-9]+}}}}
