# Functions and builtins: what they take, and where they exist.
-- cmd
waggle trace --mode check -e 'begin { printf("%d %s\n", 1); }'
-- stderr
<program>:1:9: error: the format of 'printf' takes 2 values, and 1 is given
    1 | begin { printf("%d %s\n", 1); }
      |         ^~~~~~~~~~~~~~~~~~~~
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { printf("%d\n", "a"); }'
-- stderr
<program>:1:24: error: '%d' does not go with 'string[2]'
    1 | begin { printf("%d\n", "a"); }
      |                        ^~~
      = a string is shown with '%s'
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { printf("%q\n", 1); }'
-- stderr
<program>:1:16: error: the format has no conversion '%q'
    1 | begin { printf("%q\n", 1); }
      |                ^~~~~~
      = there are %d %u %x %o %c %p %s %r %f, and %% for '%'
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { prnt(1); }'
-- stderr
<program>:1:9: error: unknown function 'prnt'
    1 | begin { prnt(1); }
      |         ^~~~
      = did you mean 'print'?
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { print(pidd); }'
-- stderr
<program>:1:15: error: unknown name 'pidd'
    1 | begin { print(pidd); }
      |               ^~~~
      = did you mean 'pid'?
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { print(retval); }'
-- stderr
<program>:1:15: error: 'retval' does not exist in a begin
    1 | begin { print(retval); }
      |               ^~~~~~
      = probes that have it: kretprobe, fexit, uretprobe
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { @a = 1; @b = 2; print(@a, @b); }'
-- stderr
<program>:1:35: error: 'print' shows one map at a time
    1 | begin { @a = 1; @b = 2; print(@a, @b); }
      |                                   ^~
      = did you mean 'print(@a); print(@b);'?
-- exit 1
-- cmd
waggle trace --mode check -e 'kprobe:f { print(retval); }'
-- stderr
<program>:1:18: error: 'retval' does not exist in a kprobe
    1 | kprobe:f { print(retval); }
      |                  ^~~~~~
      = what a function returned is known when it returns: a kretprobe
-- exit 1
-- cmd
waggle trace --mode check -e 'kprobe:f { print(args.x); }'
-- stderr
<program>:1:18: error: 'args' does not exist in a kprobe
    1 | kprobe:f { print(args.x); }
      |                  ^~~~
      = a kprobe has arg0, arg1 ...; with names there is fentry:f
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { @a[1] = 1; delete(@a, 1); delete(@a[1]); }'
-- cmd
waggle trace --mode check -e 'begin { @a[1] = 1; delete(@a[1], @a[2], @a[3]); }'
-- stderr
<program>:1:20: error: 'delete' does not take 3 arguments
    1 | begin { @a[1] = 1; delete(@a[1], @a[2], @a[3]); }
      |                    ^~~~~~~~~~~~~~~~~~~~~~~~~~~
      = one key at a time: delete(@map, key); delete(@map, key); ...
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { signal(9); }'
-- stderr
<program>:1:9: error: 'signal' changes the system, which is not allowed
    1 | begin { signal(9); }
      |         ^~~~~~~~~
      = with --unsafe it is
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { kstack(prf); }'
-- stderr
<program>:1:16: error: 'kstack' takes one of 'bpftrace', 'perf', 'raw', 'build_id' here
    1 | begin { kstack(prf); }
      |                ^~~
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { @ = lhist(1, 0, 10000, 1); }'
-- stderr
<program>:1:32: error: these are 10000 buckets, the most is 1000: take a larger step
    1 | begin { @ = lhist(1, 0, 10000, 1); }
      |                                ^
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { @ = hist(1, 6); }'
-- stderr
<program>:1:21: error: the bits of 'hist' are from 0 to 5
    1 | begin { @ = hist(1, 6); }
      |                     ^
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { print(@retval == 0); }'
-- stderr
<program>:1:15: error: map '@retval' is never set
    1 | begin { print(@retval == 0); }
      |               ^~~~~~~
      = did you mean 'retval', without '@'?
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { strlen; }'
-- stderr
<program>:1:9: error: 'strlen' is a function and needs its arguments
    1 | begin { strlen; }
      |         ^~~~~~
      = as in: strlen(string)
-- exit 1
-- cmd
waggle trace --mode check -e 'begin { time(1); }'
-- stderr
<program>:1:14: error: 'time' takes a string here
    1 | begin { time(1); }
      |              ^
      = as in: time(), time("%H:%M:%S\n")
-- exit 1
-- cmd
waggle trace --mode check --unsafe -e 'begin { signal(9); $x = getopt("a", 5); @[kstack(perf, 3), ustack(5)] = count(); }'
-- stderr
<program>:1:20: warning: variable '$x' is never used
    1 | begin { signal(9); $x = getopt("a", 5); @[kstack(perf, 3), ustack(5)] = count(); }
      |                    ^~
