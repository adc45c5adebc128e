# 'vm plugin' is driven by the BPF conformance suite: hex in, hex out, status 1 for what is refused.
-- cmd
waggle vm plugin
-- stdin
b7 00 00 00 2a 00 00 00  95 00 00 00 00 00 00 00  

-- stdout
2a
-- cmd
waggle vm plugin '01  02  Ff  ' '' --interpret
-- stdin
BF 20 00 00 00 00 00 00 71 10 02 00 00 00 00 00 95 00 00 00 00 00 00 00
-- stdout
ff
-- cmd
cat >p; waggle vm plugin --jit <p 2>/dev/null || waggle vm plugin '' <p
-- stdin
b7 00 00 00 ff ff ff ff 95 00 00 00 00 00 00 00
-- stdout
ffffffffffffffff
-- cmd
waggle vm plugin
-- stdin
b7 01 00 00 00 00 00 00 85 00 00 00 05 00 00 00 b7 00 00 00 02 00 00 00 95 00 00 00 00 00 00 00
-- stdout
0
-- cmd
waggle vm plugin
-- stdin
b7 01 00 00 01 00 00 00 85 00 00 00 05 00 00 00 95 00 00 00 00 00 00 00
-- stdout
1
-- cmd
waggle vm plugin
-- stdin
85 00 00 00 06 00 00 00 95 00 00 00 00 00 00 00
-- stderr
waggle vm plugin: error: instruction 0 {{.*}}: there is no helper 6 here
{{...}}
-- exit 1
-- cmd
waggle vm plugin
-- stdin
79 10 00 00 00 00 00 00 95 00 00 00 00 00 00 00
-- stderr
waggle vm plugin: error: instruction 0{{.*}}: read of 8 bytes at {{.*}}
{{...}}
-- exit 1
