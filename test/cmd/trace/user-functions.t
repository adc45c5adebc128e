# Functions of programs: where they are called, what they are called with, what they return.
-- needs bpf libelf python3
-- cmd
ln -s "$(dirname "$(command -v waggle)")"/test/probe/target target
waggle trace -q -e 'uprobe:./target:add_numbers { printf("%d %d %d\n", arg0, arg1, arg2); }' -c './target 2' | grep -v -e alone -e listened -e '^$'
-- stdout
-7 200 30
-7 200 31
-- cmd
waggle trace -q -e 'uprobe:./target:eight { printf("%d %d %d\n", arg5, arg6, arg7); }
	uretprobe:./target:eight { printf("%d %s\n", retval, func); }' -c ./target | grep -v -e alone -e listened -e '^$'
-- stdout
6 7 8
36 eight
-- cmd
waggle trace -q -e 'uprobe:./target:*_*bers, uprobe:./target:only_* { @[func] = count(); }' -c './target 5' | grep -v -e alone -e listened -e '^$'
-- stdout
@[only_local]: 5
@[add_numbers]: 5
-- cmd
waggle trace -q -e 'uprobe:libc:getppid { @[comm] = count(); }' -c "python3 -c 'import os; os.getppid()'" | grep -v -e alone -e listened -e '^$'
-- stdout
@[python3]: 1
-- cmd
waggle trace -q --no-feature uprobe_multi -e 'uprobe:./target:*_local, uprobe:./target:eight { @ = count(); }' -c './target 3' | grep -v -e alone -e listened -e '^$'
-- stdout
@: 6
