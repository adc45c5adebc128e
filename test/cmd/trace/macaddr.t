# macaddr() takes six bytes or where they are, and says so when it is given anything else.
-- needs bpf
-- cmd
waggle trace -q -e 'begin { print(macaddr(0)); exit(); }' 2>/dev/null
-- stdout
00:00:00:00:00:00


-- cmd
waggle trace -q -e 'begin { print(macaddr("abcdef")); exit(); }'
-- stderr
<program>:1:23: error: 'macaddr' takes an array of 6 bytes, or its address here
    1 | begin { print(macaddr("abcdef")); exit(); }
      |                       ^~~~~~~~
      = as in: macaddr(array)
-- exit 1
