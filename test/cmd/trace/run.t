# The command line says what is missing or wrong.
-- cmd
waggle trace
-- stderr
waggle trace: error: no script was given
      = a file, '-' for standard input, or -e 'begin { ... }'
-- exit 2
-- cmd
waggle trace -d foo -e 'begin { }'
-- stderr
waggle trace: error: -d has no stage 'foo'
      = stages are tokens, ast, types, ir, bpf, xlated and jited
-- exit 2
-- cmd
waggle trace --mode check -e '//nothing'
-- stderr
<program>: error: the script has no probe, so it does nothing
      = as in: begin { printf("hello\n"); }
-- exit 1
-- cmd
waggle trace -p 1 -c true -e 'begin { }'
-- stderr
waggle trace: error: -p and -c exclude each other
-- exit 2
-- cmd
waggle trace --refresh never -e 'begin { }'
-- stderr
waggle trace: error: option '--refresh' takes a duration such as 1s or 500ms, not 'never'
-- exit 2
-- cmd
waggle trace --folded -f json -e 'begin { }'
-- stderr
waggle trace: error: -f, --csv, --folded, --flamegraph and --heatmap exclude each other
-- exit 2
-- cmd
waggle trace --no-feature warp -e 'begin { }'
-- stderr
waggle trace: error: --no-feature knows no 'warp'
      = for example kprobe_multi, kprobe_session, uprobe_multi
-- exit 2
-- cmd
waggle trace --cgroup no/such -e 'begin { }'
-- stderr
waggle trace: error: there is no control group 'no/such'
      = a path such as /sys/fs/cgroup/system.slice; that of a process is in /proc/PID/cgroup
-- exit 2
