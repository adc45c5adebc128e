# Output that cannot be delivered is a failure, not a success with half a result.
-- cmd
waggle help >/dev/full
-- stderr
waggle: error: cannot write to standard output: No space left on device
-- exit 1
-- cmd
waggle help >&-
-- stderr
waggle: error: cannot write to standard output: Bad file descriptor
-- exit 1
-- cmd
trap '' PIPE; { sleep 0.1; waggle help; echo "status $?" >&2; } | true
-- stderr
waggle: error: cannot write to standard output: Broken pipe
status 1
-- cmd
waggle frob 2>&-
-- exit 2
