# Settings are checked by name, type and value.
-- cmd
waggle trace --mode check -e 'config = { stack_mode = perf; BPFTRACE_MAX_STRLEN = 32 } let @m = lruhash(10); begin { @m[1] = 1; }'
-- cmd
waggle trace --mode check -e 'config = { stackmode = perf } let @m = lruhash(10); begin { @m[1] = 1; }'
-- stderr
<program>:1:12: error: unknown setting 'stackmode'
    1 | config = { stackmode = perf } let @m = lruhash(10); begin { @m[1] = 1; }
      |            ^~~~~~~~~~~~~~~~
      = did you mean 'stack_mode'?
-- exit 1
-- cmd
waggle trace --mode check -e 'config = { stack_mode = per } let @m = lruhash(10); begin { @m[1] = 1; }'
-- stderr
<program>:1:25: error: 'stack_mode' is one of bpftrace|perf|raw|build_id
    1 | config = { stack_mode = per } let @m = lruhash(10); begin { @m[1] = 1; }
      |                         ^~~
-- exit 1
-- cmd
waggle trace --mode check -e 'config = { max_map_keys = 0 } let @m = lruhash(10); begin { @m[1] = 1; }'
-- stderr
<program>:1:27: error: 'max_map_keys' is a number above 0
    1 | config = { max_map_keys = 0 } let @m = lruhash(10); begin { @m[1] = 1; }
      |                           ^
-- exit 1
-- cmd
waggle trace --mode check -e 'let @m = hsh(1); begin { @m[1] = 1; }'
-- stderr
<program>:1:10: error: there is no kind of map 'hsh'
    1 | let @m = hsh(1); begin { @m[1] = 1; }
      |          ^~~
      = did you mean 'hash'?
-- exit 1
-- cmd
waggle trace --mode check -e 'let @m = hash(0); begin { @m[1] = 1; }'
-- stderr
<program>:1:15: error: how many keys a map may have is a constant above 0
    1 | let @m = hash(0); begin { @m[1] = 1; }
      |               ^
-- exit 1
