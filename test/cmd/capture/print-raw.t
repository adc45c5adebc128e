# Raw IP: the version is in the first byte.
-- file packets.hex
d4c3b2a10200040000000000000000000000040065000000
00105e5f40e201002100000021000000450000210001000040118e94c0000201c633640203e807d0000dc41268656c6c6f
01105e5f60830900350000003500000060000000000d114020010db800000000000000000000000120010db800000000000000000000000203e807d0000d54d568656c6c6f
03105e5f40e20100040000000400000050616263
-- cmd
bytes() { python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))'; }
bytes <packets.hex >a.pcap && TZ=UTC waggle capture -tn -r a.pcap
-- stdout
IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
IP6 2001:db8::1.1000 > 2001:db8::2.2000: UDP, length 5
unknown ip 5
-- stderr
reading from file a.pcap, link-type RAW (Raw IP), snapshot length 262144
-- cmd
TZ=UTC waggle capture -tne -r a.pcap
-- stdout
ip: 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 5
ip: 2001:db8::1.1000 > 2001:db8::2.2000: UDP, length 5
ip: unknown ip 5
-- stderr
reading from file a.pcap, link-type RAW (Raw IP), snapshot length 262144
