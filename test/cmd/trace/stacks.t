# Stacks of the kernel and of programs: every mode and depth, as values, keys and text.
-- needs bpf libelf
-- cmd
ln -s "$(dirname "$(command -v waggle)")"/test/probe/chain chain
waggle trace -q -e 'uprobe:./chain:leaf {
	print(ustack(2));
	print(ustack(perf, 1));
	print(ustack(raw, 1));
	print(ustack(build_id, 1));
	print(ustack(bpftrace, 1));
	printf("%s|\n", ustack(2));
	print((ustack(1), 7));
	print(len(ustack(2)));
	printf("%s %s\n", usym(reg("ip")), func);
	print(usym(1));
}' -c ./chain
-- stdout

        leaf+0
        outer+{{[0-9]+}}


	{{[0-9a-f]+}} leaf+0 ({{.*}}/test/probe/chain)


{{[0-9a-f]+}}


        {{[0-9a-f]+}} 0x{{[0-9a-f]+}}


        leaf+0


        leaf+0
        outer+{{[0-9]+}}
|
(
        leaf+0
, 7)
2
leaf leaf
0x1


-- cmd
waggle trace -q -e 'config = { stack_mode = raw } uprobe:./chain:leaf { print(ustack(1)); print(ustack(bpftrace, 1)); }' -c ./chain
-- stdout

{{[0-9a-f]+}}


        leaf+0



-- cmd
waggle trace -q -e 'uprobe:./chain:leaf {
	$s = ustack(2);
	print($s);
	@value = $s;
	@three = ustack(3);
	@tuple = (1, ustack(perf, 1));
	@key[ustack(1), comm] = count();
}' -c ./chain
-- stdout

        leaf+0
        outer+{{[0-9]+}}



@key[
        leaf+0
, chain]: 1
@three: 
        leaf+0
        outer+{{[0-9]+}}
        main+{{[0-9]+}}

@tuple: (1, 
	{{[0-9a-f]+}} leaf+0 ({{.*}}/test/probe/chain)
)
@value: 
        leaf+0
        outer+{{[0-9]+}}

-- cmd
waggle trace -q -f json -e 'uprobe:./chain:leaf { print(ustack(1)); @[ustack(2)] = count(); @sym[usym(reg("ip"))] = 1; }' -c ./chain
-- stdout
{"type": "value", "data": "\n        leaf+0\n"}
{"type": "map", "data": {"@": {"\nleaf+0\nouter+{{[0-9]+}}\n": 1}}}
{"type": "map", "data": {"@sym": {"leaf": 1}}}
-- cmd
waggle trace -q --folded -e 'uprobe:./chain:leaf { @a[ustack(3)] = count(); @b[comm, ustack(2)] = count(); }' -c ./chain
-- stdout
main;outer;leaf 1
chain;outer;leaf 1
-- cmd
waggle trace -q --csv -e 'uprobe:./chain:leaf { @a[ustack(3)] = count(); @b[comm, 2] = count(); @c = count(); @h = hist(3); }' -c ./chain
-- stdout
ustack,@a
main;outer;leaf,1

key1,key2,@b
chain,2,1

@c
1

min,max,count
2,3,1
-- cmd
waggle trace -q -e 'tracepoint:sched:sched_switch { print(kstack(1)); printf("%d\n", len(kstack(2))); exit(); }' | head -4
-- stdout

        {{[^ ]*sched_switch\S*}}

2
-- cmd
waggle trace -q -e 'begin { @a[1] = (uint64)1; } tracepoint:sched:sched_switch { $k = kstack(2); $b = $k; for ($kv : @a) { printf("%d\n", len($b)); $k = kstack(2); } printf("%d\n", len($k)); exit(); }' | head -3
-- stdout
2
2

-- cmd
waggle trace -q -e 'tracepoint:sched:sched_switch { @s = kstack; $k = @s; printf("%d\n", len($k)); exit(); }' 2>&1 | grep error
-- stdout
<program>:1:51: error: the length of a stack is known where it is taken: len(kstack)
-- cmd
waggle trace -q -e 'begin { $a = kaddr("schedule"); print(ksym($a)); printf("%s\n", ksym($a + 2)); @[ksym($a)] = 1; exit(); }'
-- stdout
schedule
schedule


@[schedule]: 1
-- cmd
waggle trace -e 'uprobe:./chain:leaf { $s = ustack(2); $s = ustack(perf, 3); @[ustack(2)] = 1; @[ustack] = 1; }' 2>&1 | grep error
-- stdout
<program>:1:44: error: variable '$s' is 'ustack_t(2)' and cannot become 'ustack_t(perf, 3)'
<program>:1:81: error: the key of map '@' cannot be 'ustack_t'
-- cmd
waggle trace -e 'uprobe:./chain:leaf { print(ustack(1000)); }'
-- stderr
<program>: error: Linux makes no map 'stacks_1000' of 16384 elements of 8000 bytes: Invalid argument
      = the kernel takes stacks of at most so many frames as kernel.perf_event_max_stack says: 'sysctl kernel.perf_event_max_stack'
-- exit 1
