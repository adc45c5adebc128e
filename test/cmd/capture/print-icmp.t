# ICMP: what each type says, and with -v the packet that an error is about.
-- file packets.hex
d4c3b2a10200040000000000000000000000040001000000
00105e5f40e2010032000000320000000200000000010200000000020800450000240001000040018ea1c0000201c633640208006662000700016162636465666768
01105e5f608309002a0000002a00000002000000000102000000000208004500001c0001000040018ea9c0000201c63364020000fff700070001
03105e5f40e201002a0000002a00000002000000000102000000000208004500001c0001000040018ea9c0000201c63364020800010200070001
04105e5f6083090046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020300e950000000004500001c0001000040118e99c6336402c000020103e8003500080f8a
06105e5f40e2010046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020301e94f000000004500001c0001000040118e99c6336402c000020103e8003500080f8a
07105e5f6083090046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020302e94e000000004500001c0001000040118e99c6336402c000020103e8003500080f8a
09105e5f40e2010046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020303e94d000000004500001c0001000040118e99c6336402c000020103e8003500080f8a
0a105e5f6083090046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020304e94c000000004500001c0001000040118e99c6336402c000020103e8003500080f8a
0c105e5f40e2010046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020305e94b000000004500001c0001000040118e99c6336402c000020103e8003500080f8a
0d105e5f6083090046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020306e94a000000004500001c0001000040118e99c6336402c000020103e8003500080f8a
0f105e5f40e2010046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020307e949000000004500001c0001000040118e99c6336402c000020103e8003500080f8a
10105e5f6083090046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020308e948000000004500001c0001000040118e99c6336402c000020103e8003500080f8a
12105e5f40e2010046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020309e947000000004500001c0001000040118e99c6336402c000020103e8003500080f8a
13105e5f6083090046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c6336402030ae946000000004500001c0001000040118e99c6336402c000020103e8003500080f8a
15105e5f40e2010046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c6336402030be945000000004500001c0001000040118e99c6336402c000020103e8003500080f8a
16105e5f6083090046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c6336402030ce944000000004500001c0001000040118e99c6336402c000020103e8003500080f8a
18105e5f40e2010046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c6336402030de943000000004500001c0001000040118e99c6336402c000020103e8003500080f8a
19105e5f6083090046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c6336402030ee942000000004500001c0001000040118e99c6336402c000020103e8003500080f8a
1b105e5f40e2010046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c6336402030fe941000000004500001c0001000040118e99c6336402c000020103e8003500080f8a
1c105e5f6083090046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020310e940000000004500001c0001000040118e99c6336402c000020103e8003500080f8a
1e105e5f40e2010046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020304e370000005dc4500001c0001000040118e99c6336402c000020103e8003500080f8a
1f105e5f6083090046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020303fcaa00000000450000280001000040068e98c0000201c63364020001005000000001
21105e5f40e2010046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020303fcf9000000004500001c0001000040848e26c0000201c63364020001000200000000
22105e5f6083090046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020400e850000000004500001c0001000040118e99c6336402c000020103e8003500080f8a
24105e5f40e2010046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020500254fc00002014500001c0001000040118e99c6336402c000020103e8003500080f8a
25105e5f6083090046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020501254ec00002014500001c0001000040118e99c6336402c000020103e8003500080f8a
27105e5f40e2010046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020502254dc00002014500001c0001000040118e99c6336402c000020103e8003500080f8a
28105e5f6083090046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020503254cc00002014500001c0001000040118e99c6336402c000020103e8003500080f8a
2a105e5f40e2010046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020504254bc00002014500001c0001000040118e99c6336402c000020103e8003500080f8a
2b105e5f6083090032000000320000000200000000010200000000020800450000240001000040018ea1c0000201c633640209002cef01020708c000020100000005
2d105e5f40e201003a0000003a00000002000000000102000000000208004500002c0001000040018e99c0000201c63364020900f4de0203001e00000000000000000000000000000000
2e105e5f608309002a0000002a00000002000000000102000000000208004500001c0001000040018ea9c0000201c63364020a00f5ff00000000
30105e5f40e2010046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020b00e150000000004500001c0001000040118e99c6336402c000020103e8003500080f8a
31105e5f6083090046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020b01e14f000000004500001c0001000040118e99c6336402c000020103e8003500080f8a
33105e5f40e2010046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020b02e14e000000004500001c0001000040118e99c6336402c000020103e8003500080f8a
34105e5f6083090046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020c00d950070000004500001c0001000040118e99c6336402c000020103e8003500080f8a
36105e5f40e2010046000000460000000200000000010200000000020800450000380001000040018e8dc0000201c63364020c01e04f000000004500001c0001000040118e99c6336402c000020103e8003500080f8a
37105e5f6083090036000000360000000200000000010200000000020800450000280001000040018e9dc0000201c63364020d00f2f700070001000000000000000000000000
39105e5f40e2010036000000360000000200000000010200000000020800450000280001000040018e9dc0000201c63364020e0061890007000102b32c950000000105265bff
3a105e5f608309002a0000002a00000002000000000102000000000208004500001c0001000040018ea9c0000201c63364020f00f0ff00000000
3c105e5f40e201002a0000002a00000002000000000102000000000208004500001c0001000040018ea9c0000201c63364021000efff00000000
3d105e5f608309002e0000002e0000000200000000010200000000020800450000200001000040018ea5c0000201c63364021100eeff0000000000000000
3f105e5f40e201002e0000002e0000000200000000010200000000020800450000200001000040018ea5c0000201c63364021200eefe00000000ffffff00
40105e5f608309002a0000002a00000002000000000102000000000208004500001c0001000040018ea9c0000201c633640263019cfe00000000
42105e5f40e201003e0000003e00000002000000000102000000000286dd600000000008014020010db800000000000000000000000120010db80000000000000000000000020800f7ff00000000
-- cmd
bytes() { python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))'; }
bytes <packets.hex >a.pcap && TZ=UTC waggle capture -tn -r a.pcap
-- stdout
IP 192.0.2.1 > 198.51.100.2: ICMP echo request, id 7, seq 1, length 16
IP 192.0.2.1 > 198.51.100.2: ICMP echo reply, id 7, seq 1, length 8
IP 192.0.2.1 > 198.51.100.2: ICMP echo request, id 7, seq 1, length 8
IP 192.0.2.1 > 198.51.100.2: ICMP net 192.0.2.1 unreachable, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP host 192.0.2.1 unreachable, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP 192.0.2.1 protocol 17 unreachable, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP 192.0.2.1 udp port 53 unreachable, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP 192.0.2.1 unreachable - need to frag, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP 192.0.2.1 unreachable - source route failed, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP net 192.0.2.1 unreachable - unknown, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP host 192.0.2.1 unreachable - unknown, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP 192.0.2.1 unreachable - source host isolated, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP net 192.0.2.1 unreachable - admin prohibited, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP host 192.0.2.1 unreachable - admin prohibited, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP net 192.0.2.1 unreachable - tos prohibited, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP host 192.0.2.1 unreachable - tos prohibited, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP host 192.0.2.1 unreachable - admin prohibited filter, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP host 192.0.2.1 unreachable - host precedence violation, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP host 192.0.2.1 unreachable - precedence cutoff, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP 192.0.2.1 unreachable - #16, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP 192.0.2.1 unreachable - need to frag (mtu 1500), length 36
IP 192.0.2.1 > 198.51.100.2: ICMP 198.51.100.2 tcp port 80 unreachable, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP 198.51.100.2 protocol 132 port 2 unreachable, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP source quench, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP redirect 192.0.2.1 to net 192.0.2.1, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP redirect 192.0.2.1 to host 192.0.2.1, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP redirect-tos 192.0.2.1 to net 192.0.2.1, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP redirect-tos 192.0.2.1 to host 192.0.2.1, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP redirect-#4 192.0.2.1 to 192.0.2.1, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP router advertisement lifetime 30:00 1: {192.0.2.1 5}, length 16
IP 192.0.2.1 > 198.51.100.2: ICMP router advertisement lifetime 30 2: [size 3], length 24
IP 192.0.2.1 > 198.51.100.2: ICMP router solicitation, length 8
IP 192.0.2.1 > 198.51.100.2: ICMP time exceeded in-transit, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP ip reassembly time exceeded, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP time exceeded-#2, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP parameter problem - octet 7, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP parameter problem - code 1, length 36
IP 192.0.2.1 > 198.51.100.2: ICMP time stamp query id 7 seq 1, length 20
IP 192.0.2.1 > 198.51.100.2: ICMP time stamp reply id 7 seq 1: org 12:34:56.789, recv 00:00:00.001, xmit 23:59:59.999, length 20
IP 192.0.2.1 > 198.51.100.2: ICMP information request, length 8
IP 192.0.2.1 > 198.51.100.2: ICMP information reply, length 8
IP 192.0.2.1 > 198.51.100.2: ICMP address mask request, length 12
IP 192.0.2.1 > 198.51.100.2: ICMP address mask is 0xffffff00, length 12
IP 192.0.2.1 > 198.51.100.2: ICMP type-#99, length 8
IP6 2001:db8::1 > 2001:db8::2: [ICMP requires IPv4] (invalid)
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture -tnv -r a.pcap
-- stdout
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 36)
    192.0.2.1 > 198.51.100.2: ICMP echo request, id 7, seq 1, length 16
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 28)
    192.0.2.1 > 198.51.100.2: ICMP echo reply, id 7, seq 1, length 8
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 28)
    192.0.2.1 > 198.51.100.2: ICMP echo request, id 7, seq 1, length 8 (wrong icmp cksum 102 (->f7f7)!)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP net 192.0.2.1 unreachable, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP host 192.0.2.1 unreachable, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP 192.0.2.1 protocol 17 unreachable, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP 192.0.2.1 udp port 53 unreachable, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP 192.0.2.1 unreachable - need to frag, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP 192.0.2.1 unreachable - source route failed, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP net 192.0.2.1 unreachable - unknown, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP host 192.0.2.1 unreachable - unknown, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP 192.0.2.1 unreachable - source host isolated, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP net 192.0.2.1 unreachable - admin prohibited, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP host 192.0.2.1 unreachable - admin prohibited, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP net 192.0.2.1 unreachable - tos prohibited, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP host 192.0.2.1 unreachable - tos prohibited, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP host 192.0.2.1 unreachable - admin prohibited filter, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP host 192.0.2.1 unreachable - host precedence violation, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP host 192.0.2.1 unreachable - precedence cutoff, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP 192.0.2.1 unreachable - #16, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP 192.0.2.1 unreachable - need to frag (mtu 1500), length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP 198.51.100.2 tcp port 80 unreachable, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 40)
    192.0.2.1.1 > 198.51.100.2.80:  [|tcp]
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP 198.51.100.2 protocol 132 port 2 unreachable, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto SCTP (132), length 28)
    truncated-sctp - 4 bytes missing!
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP source quench, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP redirect 192.0.2.1 to net 192.0.2.1, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP redirect 192.0.2.1 to host 192.0.2.1, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP redirect-tos 192.0.2.1 to net 192.0.2.1, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP redirect-tos 192.0.2.1 to host 192.0.2.1, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP redirect-#4 192.0.2.1 to 192.0.2.1, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 36)
    192.0.2.1 > 198.51.100.2: ICMP router advertisement lifetime 30:00 1: {192.0.2.1 5}, length 16
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 44)
    192.0.2.1 > 198.51.100.2: ICMP router advertisement lifetime 30 2: [size 3], length 24
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 28)
    192.0.2.1 > 198.51.100.2: ICMP router solicitation, length 8
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP time exceeded in-transit, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP ip reassembly time exceeded, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP time exceeded-#2, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP parameter problem - octet 7, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 56)
    192.0.2.1 > 198.51.100.2: ICMP parameter problem - code 1, length 36
	IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 28)
    198.51.100.2.1000 > 192.0.2.1.53: domain [length 0 < 12] (invalid)
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 40)
    192.0.2.1 > 198.51.100.2: ICMP time stamp query id 7 seq 1, length 20
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 40)
    192.0.2.1 > 198.51.100.2: ICMP time stamp reply id 7 seq 1: org 12:34:56.789, recv 00:00:00.001, xmit 23:59:59.999, length 20
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 28)
    192.0.2.1 > 198.51.100.2: ICMP information request, length 8
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 28)
    192.0.2.1 > 198.51.100.2: ICMP information reply, length 8
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 32)
    192.0.2.1 > 198.51.100.2: ICMP address mask request, length 12
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 32)
    192.0.2.1 > 198.51.100.2: ICMP address mask is 0xffffff00, length 12
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 28)
    192.0.2.1 > 198.51.100.2: ICMP type-#99, length 8
IP6 (hlim 64, next-header ICMP (1) payload length: 8) 2001:db8::1 > 2001:db8::2: [ICMP requires IPv4] (invalid)
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
