# Debian's bpftool, as it is, works with maps of the embedded kernel; Linux sees none of them.
-- needs bpftool native
-- cmd
waggle exec -- sh -e <<'END'
bpftool map create /sys/fs/bpf/m type hash key 4 value 8 entries 16 name counts
bpftool map list
bpftool map update pinned /sys/fs/bpf/m key 1 0 0 0 value 1 2 3 4 5 6 7 8
bpftool map update name counts key 2 0 0 0 value 8 7 6 5 4 3 2 1
bpftool map lookup id 1 key 1 0 0 0
bpftool map delete name counts key 1 0 0 0
bpftool map dump name counts
bpftool map getnext name counts
rm /sys/fs/bpf/m
bpftool map list
bpftool link list
END
-- stdout
1: hash  name counts  flags 0x0
	key 4B  value 8B  max_entries 16
{{...}}
key: 01 00 00 00  value: 01 02 03 04 05 06 07 08
key: 02 00 00 00  value: 08 07 06 05 04 03 02 01
Found 1 element
key: None
next key:
02 00 00 00
