# The time before a line, and packet numbers.
-- file packets.hex
d4c3b2a10200040000000000000000000000040001000000
00105e5f40e201002f0000002f0000000200000000010200000000020800450000210001000040118e94c0000201c633640203e807d0000dc41268656c6c6f
01105e5f608309002f0000002f0000000200000000010200000000020800450000210001000040118e94c0000201c633640203e807d0000dc41268656c6c6f
03105e5f40e201002f0000002f0000000200000000010200000000020800450000210001000040118e94c0000201c633640203e807d0000dc41268656c6c6f
-- cmd
bytes() { python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))'; }
bytes <packets.hex >a.pcap && TZ=UTC waggle capture -n -r a.pcap
-- stdout
12:26:40.123456 IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
12:26:41.623456 IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
12:26:43.123456 IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture -tn -r a.pcap
-- stdout
IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture -ttn -r a.pcap
-- stdout
1600000000.123456 IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
1600000001.623456 IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
1600000003.123456 IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture -tttn -r a.pcap
-- stdout
 00:00:00.000000 IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
 00:00:01.500000 IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
 00:00:01.500000 IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture -ttttn -r a.pcap
-- stdout
2020-09-13 12:26:40.123456 IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
2020-09-13 12:26:41.623456 IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
2020-09-13 12:26:43.123456 IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture -tttttn -r a.pcap
-- stdout
 00:00:00.000000 IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
 00:00:01.500000 IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
 00:00:03.000000 IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture -# -n -r a.pcap
-- stdout
    1  12:26:40.123456 IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
    2  12:26:41.623456 IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
    3  12:26:43.123456 IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture --nano -n -r a.pcap
-- stdout
12:26:40.123456000 IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
12:26:41.623456000 IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
12:26:43.123456000 IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture --nano -ttn -r a.pcap
-- stdout
1600000000.123456000 IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
1600000001.623456000 IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
1600000003.123456000 IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
