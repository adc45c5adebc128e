# With debug information arguments have names and types, and lines of the source can be probed.
-- needs bpf libdw
-- cmd
ln -s "$(dirname "$(command -v waggle)")"/test/probe/target target
waggle trace -q -e 'uprobe:./target:look_at {
	printf("%d %d %s %u\n", args.point.x, args.point.next.y, str(args.text), args.count);
	printf("%d %d %d %s %x\n", args.point.low, args.point.high, args.point.color, args.point.name,
	       args.point.word);
}' -c ./target | grep -v -e alone -e listened -e '^$'
-- stdout
1 4 hello 9
5 1234 7 origin 4030201
-- cmd
waggle trace -q -e 'uprobe:./target:add_numbers { printf("%d %d %d\n", args.a, args.b, args.c); }
	uprobe:./target:many_kinds { print(args.last); }
	uprobe:./target:eight { print((args.f, args.g, args.h)); }' -c ./target | grep -v -e alone -e listened -e '^$'
-- stdout
-7 200 30
99
(6, 7, 8)
-- cmd
waggle trace -e 'uprobe:./target:many_kinds { print(args.ignored); }'
-- stderr
<program>:1:36: error: 'ignored' is in a floating-point register, which programs of the kernel cannot read
    1 | uprobe:./target:many_kinds { print(args.ignored); }
      |                                    ^~~~~~~~~~~~
      = floating-point numbers in memory can be read, such as those of a struct that a pointer leads to
-- exit 1
-- cmd
waggle trace -e 'uprobe:./target:_start { print(args.x); }'
-- stderr
<program>:1:1: error: the debug information of '{{.*}}/target' does not have '_start'
    1 | uprobe:./target:_start { print(args.x); }
      | ^~~~~~~~~~~~~~~~~~~~~~
      = that part was compiled without -g, or in assembler; arg0, arg1 ... have the values
-- exit 1
-- cmd
waggle trace -e 'uprobe:./target@target.c:1 { }'
-- stderr
<program>:1:1: error: there is no code of target.c:1 in '{{.*}}/target'
    1 | uprobe:./target@target.c:1 { }
      | ^~~~~~~~~~~~~~~~~~~~~~~~~~
      = the next line that has some is {{[0-9]+}}
-- exit 1
-- cmd
waggle trace -lv 'uprobe:./target:look_at'
-- stdout
uprobe:{{.*}}/target:look_at
    struct point * point
    char * text
    unsigned int count
