# A program ends under 'waggle exec' as it would alone: status, signal, and what cannot be run.
-- needs native
-- cmd
waggle exec -- sh -c 'echo out; echo err >&2; exit 7'
-- stdout
out
-- stderr
err
-- exit 7
-- cmd
waggle exec -- sh -c 'kill -TERM $$'; echo $?
-- stdout
143
-- stderr
{{...}}
-- cmd
waggle exec -- ./no-such-program
-- stderr
error: './no-such-program' cannot be started: No such file or directory
      = a name without '/' is looked for in $PATH
-- exit 127
-- file not-executable
#!/bin/sh
-- cmd
waggle exec -- ./not-executable
-- stderr
error: './not-executable' cannot be started: Permission denied
-- exit 126
-- cmd
waggle exec -- sh -c '(sleep 0.2; echo last) & echo first'
-- stdout
first
last
-- cmd
waggle exec
-- stderr
{{...}}
-- exit 2
