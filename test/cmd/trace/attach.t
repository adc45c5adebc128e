# What the parts of an attach point are, for every provider.
-- cmd
waggle trace -d ast -e 'kprobe:mod:f*, k:f+0x10, kretprobe:f, fentry:f, fexit:bpf:12:p, t:sched:sched_switch, rt:sched_switch { }'
-- stdout
probe
  at kprobe in=mod name=f* wildcard
  at kprobe name=f offset=16
  at kretprobe name=f
  at fentry name=f
  at fexit in=bpf name=p length=12
  at tracepoint in=sched name=sched_switch
  at rawtracepoint name=sched_switch
  do
-- cmd
waggle trace -d ast -e 'u:/bin/a:f+4, uprobe:/bin/a:cpp:"A::b", u:/bin/a@f.c:12:3, ur:libc:malloc, U:/a:ns:p, usdt:*:p { }'
-- stdout
probe
  at uprobe in=/bin/a name=f offset=4
  at uprobe in=/bin/a name=A::b cpp
  at uprobe in=/bin/a file=f.c number=12 length=3
  at uretprobe in=libc name=malloc
  at usdt in=/a namespace=ns name=p
  at usdt in=* name=p wildcard
  do
-- cmd
waggle trace -d ast -e 'p:hz:99, interval:s:1, i:10ms, software:faults:, h:cycles:1e6, w:0x1000:8:rw, self:signal:SIGUSR1, test:a, bench:b { }'
-- stdout
probe
  at profile unit=hz number=99
  at interval unit=s number=1
  at interval unit=ns number=10000000
  at software name=page-faults number=100
  at hardware name=cpu-cycles number=1000000
  at watchpoint address=4096 length=8 mode=rw
  at self name=SIGUSR1
  at test name=a
  at bench name=b
  do
-- cmd
waggle trace -d ast -e 'iter:task:/sys/fs/bpf/a { }'
-- stdout
probe
  at iter in=task name=/sys/fs/bpf/a
  do
-- cmd
waggle trace -d ast -e 'interval:s:$1 { }' 5
-- stdout
probe
  at interval unit=s number=5
  do
-- cmd
waggle trace -d ast -e 'interval:s:$1 { }'
-- stderr
<program>:1:1: error: parameter $1 is needed here, and was not given
    1 | interval:s:$1 { }
      | ^~~~~~~~~~~~~
      = parameters stand behind the script on the command line
-- exit 1
