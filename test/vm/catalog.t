# What this kernel is can be seen before anything is traced.
-- cmd
uname -sr | cut -d. -f1; waggle version | head -1 | cut -d' ' -f1; echo oops >&2; exit 3
-- stdout
Linux 6
waggle
-- stderr
oops
-- exit 3
