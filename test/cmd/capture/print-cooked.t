# Linux cooked captures: the direction with -e, VLAN tags, and unknown types.
-- file packets.hex
d4c3b2a10200040000000000000000000000040071000000
00105e5f40e20100310000003100000000000001000602000000000200000800450000210001000040118e94c0000201c633640203e807d0000dc41268656c6c6f
01105e5f608309004500000045000000000400010006020000000002000086dd60000000000d114020010db800000000000000000000000120010db800000000000000000000000203e807d0000d54d568656c6c6f
03105e5f40e201002c0000002c000000000100010006020000000002000008060001080006040001020000000002c0000201000000000000c6336402
04105e5f6083090035000000350000000003000100060200000000020000810000050800450000210001000040118e94c0000201c633640203e807d0000dc41268656c6c6f
06105e5f40e201001300000013000000000900010006020000000002000088b5616263
07105e5f60830900310000003100000000020001000002000000000200000800450000210001000040118e94c0000201c633640203e807d0000dc41268656c6c6f
09105e5f40e201000a0000000a00000000000001000602000000
-- cmd
bytes() { python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))'; }
bytes <packets.hex >a.pcap && TZ=UTC waggle capture -tn -r a.pcap
-- stdout
IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
IP6 2001:db8::1.1000 > 2001:db8::2.2000: UDP, length 5
ARP, Request who-has 198.51.100.2 tell 192.0.2.1, length 28
ethertype IPv4, IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
  ? 02:00:00:00:00:02 ethertype Unknown (0x88b5), length 19: 
	0x0000:  6162 63                                  abc
IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
 [|sll]
-- stderr
reading from file a.pcap, link-type LINUX_SLL (Linux cooked v1), snapshot length 262144
-- cmd
TZ=UTC waggle capture -tne -r a.pcap
-- stdout
 In 02:00:00:00:00:02 ethertype IPv4 (0x0800), length 49: 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
Out 02:00:00:00:00:02 ethertype IPv6 (0x86dd), length 69: 2001:db8::1.1000 > 2001:db8::2.2000: UDP, length 5
  B 02:00:00:00:00:02 ethertype ARP (0x0806), length 44: Request who-has 198.51.100.2 tell 192.0.2.1, length 28
  P 02:00:00:00:00:02 ethertype 802.1Q (0x8100), length 53: vlan 5, p 0, ethertype IPv4, 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
  ? 02:00:00:00:00:02 ethertype Unknown (0x88b5), length 19: 
	0x0000:  6162 63                                  abc
  M ethertype IPv4 (0x0800), length 49: 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
 [|sll]
-- stderr
reading from file a.pcap, link-type LINUX_SLL (Linux cooked v1), snapshot length 262144
-- cmd
TZ=UTC waggle capture -tneq -r a.pcap
-- stdout
 In 02:00:00:00:00:02 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
Out 02:00:00:00:00:02 2001:db8::1.1000 > 2001:db8::2.2000: UDP, length 5
  B 02:00:00:00:00:02 Request who-has 198.51.100.2 tell 192.0.2.1, length 28
  P 02:00:00:00:00:02 vlan 5, p 0, 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
  ? 02:00:00:00:00:02 
  M 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
 [|sll]
-- stderr
reading from file a.pcap, link-type LINUX_SLL (Linux cooked v1), snapshot length 262144
