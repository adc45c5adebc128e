# Lengths that cannot be come from a broken file: the packet is not looked at.
-- file packets.hex
d4c3b2a10200040000000000000000000000040001000000
00105e5f40e201002f0000000a0000000200000000010200000000020800450000210001000040118e94c0000201c633640203e807d0000dc41268656c6c6f
01105e5f608309000000000000000000
03105e5f40e201000000000005000000
04105e5f608309002f000000000000000200000000010200000000020800450000210001000040118e94c0000201c633640203e807d0000dc41268656c6c6f
-- cmd
bytes() { python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))'; }
bytes <packets.hex >a.pcap && TZ=UTC waggle capture -tn -r a.pcap
-- stdout
[Invalid header: len(10) < caplen(47)]
[Invalid header: caplen==0, len==0]
[Invalid header: caplen==0]
[Invalid header: len==0]
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture -# -n -r a.pcap
-- stdout
    1  [Invalid header: len(10) < caplen(47)]
    2  [Invalid header: caplen==0, len==0]
    3  [Invalid header: caplen==0]
    4  [Invalid header: len==0]
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
