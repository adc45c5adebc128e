# BSD loopback: the family in the byte order of either machine.
-- file packets.hex
d4c3b2a10200040000000000000000000000040000000000
00105e5f40e20100250000002500000002000000450000210001000040118e94c0000201c633640203e807d0000dc41268656c6c6f
01105e5f60830900250000002500000000000002450000210001000040118e94c0000201c633640203e807d0000dc41268656c6c6f
03105e5f40e2010039000000390000001800000060000000000d114020010db800000000000000000000000120010db800000000000000000000000203e807d0000d54d568656c6c6f
04105e5f6083090039000000390000001c00000060000000000d114020010db800000000000000000000000120010db800000000000000000000000203e807d0000d54d568656c6c6f
06105e5f40e2010039000000390000001e00000060000000000d114020010db800000000000000000000000120010db800000000000000000000000203e807d0000d54d568656c6c6f
07105e5f60830900070000000700000063000000616263
09105e5f40e2010002000000020000000000
-- cmd
bytes() { python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))'; }
bytes <packets.hex >a.pcap && TZ=UTC waggle capture -tn -r a.pcap
-- stdout
IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
IP6 2001:db8::1.1000 > 2001:db8::2.2000: UDP, length 5
IP6 2001:db8::1.1000 > 2001:db8::2.2000: UDP, length 5
IP6 2001:db8::1.1000 > 2001:db8::2.2000: UDP, length 5
AF Unknown (99), length 7: 
	0x0000:  6162 63                                  abc
 [|null]
-- stderr
reading from file a.pcap, link-type NULL (BSD loopback), snapshot length 262144
-- cmd
TZ=UTC waggle capture -tne -r a.pcap
-- stdout
AF IPv4 (2), length 37: 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
AF IPv4 (2), length 37: 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
AF IPv6 (24), length 57: 2001:db8::1.1000 > 2001:db8::2.2000: UDP, length 5
AF IPv6 (28), length 57: 2001:db8::1.1000 > 2001:db8::2.2000: UDP, length 5
AF IPv6 (30), length 57: 2001:db8::1.1000 > 2001:db8::2.2000: UDP, length 5
AF Unknown (99), length 7: 
	0x0000:  6162 63                                  abc
 [|null]
-- stderr
reading from file a.pcap, link-type NULL (BSD loopback), snapshot length 262144
-- cmd
TZ=UTC waggle capture -tneq -r a.pcap
-- stdout
IPv4, length 37: 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
IPv4, length 37: 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
IPv6, length 57: 2001:db8::1.1000 > 2001:db8::2.2000: UDP, length 5
IPv6, length 57: 2001:db8::1.1000 > 2001:db8::2.2000: UDP, length 5
IPv6, length 57: 2001:db8::1.1000 > 2001:db8::2.2000: UDP, length 5
Unknown AF 99, length 7: 
 [|null]
-- stderr
reading from file a.pcap, link-type NULL (BSD loopback), snapshot length 262144
