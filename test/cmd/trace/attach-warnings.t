# What attaching warns of is said before anything is waited for; nothing of it is left for the end.
-- needs bpf
-- cmd
waggle trace -c 'echo traced' -e 'config = { missing_probes=warn } hardware:cycles:1000000 { } interval:s:100 { }' 2>&1 | grep .
-- stdout
{{...}}
Attached {{[12] probes?}}
traced
