# Scripts run: what they print, in order, how they end, and the maps that are shown then.
-- needs bpf
-- cmd
waggle trace -e 'begin { printf("hello %d\n", 42); }'
-- stdout
hello 42


-- stderr
Attached 1 probe
-- cmd
waggle trace -q -e 'begin { @a = 5; @b[3] = 1; @b[1] = 2; printf("x\n"); exit(7); } end { printf("bye\n"); }'
-- stdout
x
bye


@a: 5
@b[3]: 1
@b[1]: 2
-- exit 7
-- cmd
waggle trace -f json -e 'begin { @c = count(); printf("n %d\n", 1); exit(); } interval:s:100 { }'
-- stdout
{"type": "attached_probes", "count": 2, "data": {"probes": 2}}
{"type": "printf", "data": "n 1\n"}
{"type": "map", "data": {"@c": 1}}
-- cmd
waggle trace -q -o out.txt -e 'begin { printf("into a file\n"); }' && cat out.txt
-- stdout
into a file


-- cmd
waggle trace -q -e 'interval:ms:10 { @n = count(); @h = hist(5); exit(); }'
-- stdout


@h:
[4, 8)                 1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|

@n: 1
