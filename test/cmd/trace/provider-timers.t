# Timers: interval somewhere, profile on every CPU that does something.
-- needs bpf
-- cmd
waggle trace -e 'interval:ms:20 { @++; if (@ == 3) { exit() } }'
-- stdout


@: 3
-- stderr
Attached 1 probe
-- cmd
waggle trace -e 'interval:hz:50 { @++; if (@ == 2) { exit() } }'
-- stdout


@: 2
-- stderr
Attached 1 probe
-- cmd
# half a second of work is about 250 ticks, on however slow a machine more than 10
waggle trace -e 'profile:hz:500 /pid == cpid/ { @++; if (@ == 10) { print("ten"); exit() } }' -c 'sh -c "while :; do :; done"'
-- stdout
ten


@: {{1[0-9]}}
-- stderr
Attached 1 probe
-- cmd
waggle trace -e 'profile:hz:99999999 { }' 2>&1 | sed 's/[0-9][0-9]* times/N times/'
-- stdout
<program>:1:1: error: 'profile:hz:99999999' is faster than the kernel allows: N times a second
    1 | profile:hz:99999999 { }
      | ^~~~~~~~~~~~~~~~~~~
      = allow more with: sysctl kernel.perf_event_max_sample_rate=99999999
