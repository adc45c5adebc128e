# Running is said not to be there.
-- cmd
waggle trace  -e 'begin { }'
-- stderr
<program>: error: the script is right, but running scripts is not there yet
      = --dry-run checks, -d types shows what was understood, --fmt formats
-- exit 1
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
      = stages are tokens, ast and types
-- exit 2
-- cmd
waggle trace --dry-run -e '//nothing'
-- stderr
<program>: error: the script has no probe, so it does nothing
      = as in: begin { printf("hello\n"); }
-- exit 1
