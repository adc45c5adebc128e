# Iterators go through what the kernel has, and end.
-- needs bpf
-- cmd
waggle trace -e 'iter:task /ctx.task.tgid == $1/ { printf("%d\n", ctx.task.tgid == ctx.task.pid) }' $$
-- stdout
1


-- stderr
Attached 1 probe
-- cmd
waggle trace -e 'iter:bpf_map { @ = count() }' | grep -c '@: [1-9]'
-- stdout
1
-- stderr
Attached 1 probe
-- cmd
waggle trace -e 'iter:tusk { }'
-- stderr
<program>:1:1: error: there is no iter:tusk
    1 | iter:tusk { }
      | ^~~~~~~~~
      = did you mean 'task'?
-- exit 1
