# Files are read as they are; of one that breaks, what is before the break, with the place and status 1.
-- file make.py
import struct
packets = [bytes(12) + b"\x08\x00" + bytes([0x45]) + bytes(8) + bytes([p]) + bytes(40) for p in (6, 17, 6)]
data = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1)
for i, p in enumerate(packets):
    data += struct.pack("<IIII", 1600000000 + i, 5, len(p), 100) + p
open("whole.pcap", "wb").write(data)
open("cut.pcap", "wb").write(data[:-10])
open("text", "w").write("no packets")
-- cmd
python3 make.py; for f in '' tcp 'greater 100' 'greater 101 or udp'; do waggle capture -r whole.pcap --count $f; done
-- stdout
3 packets
2 packets
3 packets
1 packet
-- stderr
reading from file whole.pcap, link-type EN10MB (Ethernet), snapshot length 262144
reading from file whole.pcap, link-type EN10MB (Ethernet), snapshot length 262144
reading from file whole.pcap, link-type EN10MB (Ethernet), snapshot length 262144
reading from file whole.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
waggle capture -r cut.pcap --count
-- stdout
2 packets
-- stderr
reading from file cut.pcap, link-type EN10MB (Ethernet), snapshot length 262144
waggle capture: error: truncated dump file; tried to read 64 captured bytes, only got 54
      = the packet begins at byte 184 of 'cut.pcap'
-- exit 1
-- cmd
waggle capture -r text
-- stderr
waggle capture: error: 'text' is no file of packets
      = it begins with 0x6e6f2070; files of pcap and pcapng can be read, also compressed by gzip or zstd
-- exit 1
-- cmd
waggle capture -r missing.pcap
-- stderr
waggle capture: error: cannot open 'missing.pcap': No such file or directory
-- exit 1
-- cmd
printf 'whole.pcap\ncut.pcap\nwhole.pcap\n' | waggle capture -V - --count 2>&1
-- stdout
reading from file whole.pcap, link-type EN10MB (Ethernet), snapshot length 262144
reading from file cut.pcap, link-type EN10MB (Ethernet), snapshot length 262144
waggle capture: error: truncated dump file; tried to read 64 captured bytes, only got 54
      = the packet begins at byte 184 of 'cut.pcap'
reading from file whole.pcap, link-type EN10MB (Ethernet), snapshot length 262144
8 packets
-- exit 1
