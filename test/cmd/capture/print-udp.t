# UDP: lengths and checksums that are wrong, and ports that nothing here knows.
-- file packets.hex
d4c3b2a10200040000000000000000000000040001000000
00105e5f40e201002f0000002f0000000200000000010200000000020800450000210001000040118e94c0000201c633640203e807d0000dc41268656c6c6f
01105e5f608309002a0000002a00000002000000000102000000000208004500001c0001000040118e99c0000201c633640203e807d000080000
03105e5f40e201002f0000002f0000000200000000010200000000020800450000210001000040118e94c0000201c633640203e807d0000d123468656c6c6f
04105e5f608309002f0000002f0000000200000000010200000000020800450000210001000040118e94c0000201c633640203e807d00064c3bb68656c6c6f
06105e5f40e201002f0000002f0000000200000000010200000000020800450000210001000040118e94c0000201c633640203e807d0000ac41568656c6c6f
07105e5f608309002f0000002f0000000200000000010200000000020800450000210001000040118e94c0000201c633640203e807d00003c41c68656c6c6f
09105e5f40e2010027000000270000000200000000010200000000020800450000190001000040118e9cc0000201c633640203e807d000
0a105e5f6083090024000000240000000200000000010200000000020800450000160001000040118e9fc0000201c633640203e8
0c105e5f40e20100430000004300000002000000000102000000000286dd60000000000d114020010db800000000000000000000000120010db800000000000000000000000203e807d0000d54d568656c6c6f
-- cmd
bytes() { python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))'; }
bytes <packets.hex >a.pcap && TZ=UTC waggle capture -tn -r a.pcap
-- stdout
IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 0
IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, bad length 92 > 5
IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 2
IP 192.0.2.1.1000 > 198.51.100.2.2000: truncated-udplength 3
IP 192.0.2.1.1000 > 198.51.100.2.2000: truncated-udp 5
IP 192.0.2.1 > 198.51.100.2:  [|udp]
IP6 2001:db8::1.1000 > 2001:db8::2.2000: UDP, length 5
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture -tnv -r a.pcap
-- stdout
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 33)
    192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 0
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 33)
    192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 33)
    192.0.2.1.1000 > 198.51.100.2.2000: UDP, bad length 92 > 5
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 33)
    192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 2
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 33)
    192.0.2.1.1000 > 198.51.100.2.2000: truncated-udplength 3
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 25)
    192.0.2.1.1000 > 198.51.100.2.2000: truncated-udp 5
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 22)
    192.0.2.1 > 198.51.100.2:  [|udp]
IP6 (hlim 64, next-header UDP (17) payload length: 13) 2001:db8::1.1000 > 2001:db8::2.2000: [udp sum ok] UDP, length 5
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture -tnvv -r a.pcap
-- stdout
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 33)
    192.0.2.1.1000 > 198.51.100.2.2000: [udp sum ok] UDP, length 5
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    192.0.2.1.1000 > 198.51.100.2.2000: [no cksum] UDP, length 0
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 33)
    192.0.2.1.1000 > 198.51.100.2.2000: [bad udp cksum 0x1234 -> 0xc412!] UDP, length 5
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 33)
    192.0.2.1.1000 > 198.51.100.2.2000: [udp sum ok] UDP, bad length 92 > 5
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 33)
    192.0.2.1.1000 > 198.51.100.2.2000: [bad udp cksum 0xc415 -> 0x9f85!] UDP, length 2
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 33)
    192.0.2.1.1000 > 198.51.100.2.2000: truncated-udplength 3
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 25)
    192.0.2.1.1000 > 198.51.100.2.2000: truncated-udp 5
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 22)
    192.0.2.1 > 198.51.100.2:  [|udp]
IP6 (hlim 64, next-header UDP (17) payload length: 13) 2001:db8::1.1000 > 2001:db8::2.2000: [udp sum ok] UDP, length 5
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture -tnq -r a.pcap
-- stdout
IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 0
IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, bad length 92 > 5
IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 2
IP 192.0.2.1.1000 > 198.51.100.2.2000: truncated-udplength 3
IP 192.0.2.1.1000 > 198.51.100.2.2000: truncated-udp 5
IP 192.0.2.1 > 198.51.100.2:  [|udp]
IP6 2001:db8::1.1000 > 2001:db8::2.2000: UDP, length 5
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
