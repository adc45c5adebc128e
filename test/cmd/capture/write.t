# What cannot be written is said, with status 1; sizes and names of files are checked before anything else.
-- file make.py
import struct
data = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1)
for i in range(100):
    data += struct.pack("<IIII", 1600000000 + i, 5, 64, 64) + bytes(64)
open("in.pcap", "wb").write(data)
-- cmd
python3 make.py; waggle capture -r in.pcap -w /dev/full
-- stderr
reading from file in.pcap, link-type EN10MB (Ethernet), snapshot length 262144
waggle capture: error: cannot write '/dev/full': No space left on device
-- exit 1
-- cmd
waggle capture -r in.pcap -w none/out.pcap
-- stderr
reading from file in.pcap, link-type EN10MB (Ethernet), snapshot length 262144
waggle capture: error: cannot open 'none/out.pcap' for writing: No such file or directory
-- exit 1
-- cmd
waggle capture -r in.pcap -w out.pcap -C 0
-- stderr
reading from file in.pcap, link-type EN10MB (Ethernet), snapshot length 262144
waggle capture: error: option '-C' takes a size, not '0'
      = such as 100 (millions of bytes), 500k, 100m or 2g
-- exit 1
-- cmd
waggle capture -r in.pcap -w out -C 2k -W 12 -z true 2>/dev/null; ls out*; cat out* | wc -c
-- stdout
out00
out01
out02
out03
8096
-- cmd
waggle capture -r in.pcap -w out.pcapng -c 1 2>/dev/null; waggle capture -r out.pcapng -w - 2>/dev/null | cmp - in.pcap
-- stderr
cmp: EOF on - after byte 104, in line 1
-- exit 1
