# MPLS: labels, and what follows the last one.
-- file packets.hex
d4c3b2a10200040000000000000000000000040001000000
00105e5f40e201003300000033000000020000000001020000000002884700064b40450000210001000040118e94c0000201c633640203e807d0000dc41268656c6c6f
01105e5f608309004b0000004b000000020000000001020000000002884700064040000c814060000000000d114020010db800000000000000000000000120010db800000000000000000000000203e807d0000d54d568656c6c6f
03105e5f40e201003300000033000000020000000001020000000002884700000140450000210001000040118e94c0000201c633640203e807d0000dc41268656c6c6f
04105e5f60830900470000004700000002000000000102000000000288470000214060000000000d114020010db800000000000000000000000120010db800000000000000000000000203e807d0000d54d568656c6c6f
06105e5f40e201003300000033000000020000000001020000000002884700003140450000210001000040118e94c0000201c633640203e807d0000dc41268656c6c6f
07105e5f6083090037000000370000000200000000010200000000028847000010400000e140450000210001000040118e94c0000201c633640203e807d0000dc41268656c6c6f
09105e5f40e201001500000015000000020000000001020000000002884700064140010203
0a105e5f608309001200000012000000020000000001020000000002884700064140
0c105e5f40e20100130000001300000002000000000102000000000288470006404000
0d105e5f608309001200000012000000020000000001020000000002884700064040
-- cmd
bytes() { python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))'; }
bytes <packets.hex >a.pcap && TZ=UTC waggle capture -tn -r a.pcap
-- stdout
MPLS (label 100, tc 5, [S], ttl 64) IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
MPLS (label 100, tc 0, ttl 64) (label 200, tc 0, [S], ttl 64) IP6 2001:db8::1.1000 > 2001:db8::2.2000: UDP, length 5
MPLS (label 0, tc 0, [S], ttl 64) IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
MPLS (label 2, tc 0, [S], ttl 64) IP6 2001:db8::1.1000 > 2001:db8::2.2000: UDP, length 5
MPLS (label 3, tc 0, [S], ttl 64) IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
MPLS (label 1, tc 0, ttl 64) (label 14, tc 0, [S], ttl 64) IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
MPLS (label 100, tc 0, [S], ttl 64)
	0x0000:  0102 03                                  ...
MPLS (label 100, tc 0, [S], ttl 64)
MPLS (label 100, tc 0, ttl 64) (invalid)
MPLS (label 100, tc 0, ttl 64) (invalid)
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture -tnv -r a.pcap
-- stdout
MPLS (label 100, tc 5, [S], ttl 64)
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 33)
    192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
MPLS (label 100, tc 0, ttl 64)
	(label 200, tc 0, [S], ttl 64)
	IP6 (hlim 64, next-header UDP (17) payload length: 13) 2001:db8::1.1000 > 2001:db8::2.2000: [udp sum ok] UDP, length 5
MPLS (label 0 (IPv4 explicit NULL), tc 0, [S], ttl 64)
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 33)
    192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
MPLS (label 2 (IPv6 explicit NULL), tc 0, [S], ttl 64)
	IP6 (hlim 64, next-header UDP (17) payload length: 13) 2001:db8::1.1000 > 2001:db8::2.2000: [udp sum ok] UDP, length 5
MPLS (label 3 (implicit NULL), tc 0, [S], ttl 64)
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 33)
    192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
MPLS (label 1 (router alert), tc 0, ttl 64)
	(label 14 (rsvd), tc 0, [S], ttl 64)
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 33)
    192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
MPLS (label 100, tc 0, [S], ttl 64)
	0x0000:  0102 03                                  ...
MPLS (label 100, tc 0, [S], ttl 64)
MPLS (label 100, tc 0, ttl 64) (invalid)
MPLS (label 100, tc 0, ttl 64) (invalid)
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture -tne -r a.pcap
-- stdout
02:00:00:00:00:02 > 02:00:00:00:00:01, ethertype MPLS unicast (0x8847), length 51: MPLS (label 100, tc 5, [S], ttl 64) 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
02:00:00:00:00:02 > 02:00:00:00:00:01, ethertype MPLS unicast (0x8847), length 75: MPLS (label 100, tc 0, ttl 64) (label 200, tc 0, [S], ttl 64) 2001:db8::1.1000 > 2001:db8::2.2000: UDP, length 5
02:00:00:00:00:02 > 02:00:00:00:00:01, ethertype MPLS unicast (0x8847), length 51: MPLS (label 0, tc 0, [S], ttl 64) 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
02:00:00:00:00:02 > 02:00:00:00:00:01, ethertype MPLS unicast (0x8847), length 71: MPLS (label 2, tc 0, [S], ttl 64) 2001:db8::1.1000 > 2001:db8::2.2000: UDP, length 5
02:00:00:00:00:02 > 02:00:00:00:00:01, ethertype MPLS unicast (0x8847), length 51: MPLS (label 3, tc 0, [S], ttl 64) 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
02:00:00:00:00:02 > 02:00:00:00:00:01, ethertype MPLS unicast (0x8847), length 55: MPLS (label 1, tc 0, ttl 64) (label 14, tc 0, [S], ttl 64) 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
02:00:00:00:00:02 > 02:00:00:00:00:01, ethertype MPLS unicast (0x8847), length 21: MPLS (label 100, tc 0, [S], ttl 64)
	0x0000:  0102 03                                  ...
02:00:00:00:00:02 > 02:00:00:00:00:01, ethertype MPLS unicast (0x8847), length 18: MPLS (label 100, tc 0, [S], ttl 64)
02:00:00:00:00:02 > 02:00:00:00:00:01, ethertype MPLS unicast (0x8847), length 19: MPLS (label 100, tc 0, ttl 64) (invalid)
02:00:00:00:00:02 > 02:00:00:00:00:01, ethertype MPLS unicast (0x8847), length 18: MPLS (label 100, tc 0, ttl 64) (invalid)
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
