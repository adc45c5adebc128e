# USDT probes: their arguments wherever a program has them, several of one name, and who listens.
-- needs bpf libelf
-- cmd
ln -s "$(dirname "$(command -v waggle)")"/test/probe/target target
waggle trace -q -e 'usdt:./target:waggle:values {
	printf("%d %s %d %d %d\n", arg0, str(arg1), arg2, arg3, arg4);
}' -c ./target | grep -v -e alone -e listened -e '^$'
-- stdout
-5 text 42 20 4711
-- cmd
waggle trace -q -e 'usdt:./target:tick { @[probe] = sum(arg0); }' -c './target 5' | grep -v -e alone -e listened -e '^$'
-- stdout
@[usdt:{{.*}}/target:waggle:tick]: 10
@[usdt:{{.*}}/target:other:tick]: 5010
-- cmd
waggle trace -q -e 'usdt:./target:waggle:* { @ = count(); }' -c './target 5' | grep -v -e alone -e listened -e '^$'
-- stdout
@: 15
-- cmd
waggle trace -q -e 'usdt:./target:waggle:tick { }' -c ./target | grep .
-- stdout
listened to
-- cmd
waggle trace -l 'usdt:./target:*'
-- stdout
usdt:{{.*}}/target:other:tick
usdt:{{.*}}/target:waggle:nothing
usdt:{{.*}}/target:waggle:tick
usdt:{{.*}}/target:waggle:values
-- cmd
waggle trace -e 'usdt:./target:waggle:tick { print(arg3); }'
-- stderr
<program>:1:35: error: 'usdt:{{.*}}/target:waggle:tick' has no 'arg3': it was built with 1 argument
    1 | usdt:./target:waggle:tick { print(arg3); }
      |                                   ^~~~
-- exit 1
