# Counters: those of software are everywhere, those of hardware are said to be missing where they are.
-- needs bpf
-- cmd
waggle trace -e 'software:page-faults:1 /pid == cpid/ { @ = count() }' -c /bin/true
-- stdout


@: {{[1-9][0-9]*}}
-- stderr
Attached 1 probe
-- cmd
waggle trace -e 's:faults:1 /pid == cpid/ { @ = count() }' -c /bin/true | grep -c '@: [1-9]'
-- stdout
1
-- stderr
Attached 1 probe
-- cmd
waggle trace -e 'hardware:cpu-cycles:1000 /pid == cpid/ { @ = count() }' -c /bin/true 2>&1 | grep -m1 -oE '@: [1-9]|cannot count .cpu-cycles.' | sed 's/.*/said/'
-- stdout
said
