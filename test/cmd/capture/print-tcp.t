# TCP: sequence numbers count from the first segment with an ACK; checksums are told with -v.
-- file packets.hex
d4c3b2a10200040000000000000000000000040001000000
00105e5f40e201003e0000003e0000000200000000010200000000020800450000300001000040068e90c0000201c63364029c4001bb000003e8000000007002faf0fb140000020405b404020000
01105e5f608309003a0000003a00000002000000000102000000000208004500002c0001000040068e94c6336402c000020101bb9c4000001388000003e96012faf0fb810000020405b4
03105e5f40e2010036000000360000000200000000010200000000020800450000280001000040068e98c0000201c63364029c4001bb000003e9000013895010faf0133f0000
04105e5f608309003b0000003b00000002000000000102000000000208004500002d0001000040068e93c0000201c63364029c4001bb000003e9000013895018faf0cf5f000068656c6c6f
06105e5f40e2010042000000420000000200000000010200000000020800450000340001000040068e8cc6336402c000020101bb9c4000001389000003ee8010faf0d53700000101050a000003f3000003f8
07105e5f6083090037000000370000000200000000010200000000020800450000290001000040068e97c0000201c63364029c4001bb000003ee000013895038faf09b0e000178
09105e5f40e2010036000000360000000200000000010200000000020800450000280001000040068e98c6336402c000020101bb9c4000001389000003ef5011faf013380000
0a105e5f608309003a0000003a00000002000000000102000000000208004500002c0001000040068e94c0000201c63364029c4001bb000003ef0000138a5014faf022c0000077687907
0c105e5f40e2010036000000360000000200000000010200000000020800450000280001000040068e98c0000201c63364029c4001bb00000001000000005000faf02ac00000
0d105e5f6083090036000000360000000200000000010200000000020800450000280001000040068e98c0000201c63364029c4001bb000000010000000050fffaf029c10000
-- cmd
bytes() { python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))'; }
bytes <packets.hex >a.pcap && TZ=UTC waggle capture -tn -r a.pcap
-- stdout
IP 192.0.2.1.40000 > 198.51.100.2.443: Flags [S], seq 1000, win 64240, options [mss 1460,sackOK,eol], length 0
IP 198.51.100.2.443 > 192.0.2.1.40000: Flags [S.], seq 5000, ack 1001, win 64240, options [mss 1460], length 0
IP 192.0.2.1.40000 > 198.51.100.2.443: Flags [.], ack 1, win 64240, length 0
IP 192.0.2.1.40000 > 198.51.100.2.443: Flags [P.], seq 1:6, ack 1, win 64240, length 5
IP 198.51.100.2.443 > 192.0.2.1.40000: Flags [.], ack 6, win 64240, options [nop,nop,sack 1 {11:16}], length 0
IP 192.0.2.1.40000 > 198.51.100.2.443: Flags [P.U], seq 6:7, ack 1, win 64240, urg 1, length 1
IP 198.51.100.2.443 > 192.0.2.1.40000: Flags [F.], seq 1, ack 7, win 64240, length 0
IP 192.0.2.1.40000 > 198.51.100.2.443: Flags [R.], seq 7:11, ack 2, win 64240, length 4
IP 192.0.2.1.40000 > 198.51.100.2.443: Flags [none], win 64240, length 0
IP 192.0.2.1.40000 > 198.51.100.2.443: Flags [FSRP.UEW], seq 1, ack 0, win 64240, urg 0, length 0
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture -tnS -r a.pcap
-- stdout
IP 192.0.2.1.40000 > 198.51.100.2.443: Flags [S], seq 1000, win 64240, options [mss 1460,sackOK,eol], length 0
IP 198.51.100.2.443 > 192.0.2.1.40000: Flags [S.], seq 5000, ack 1001, win 64240, options [mss 1460], length 0
IP 192.0.2.1.40000 > 198.51.100.2.443: Flags [.], ack 5001, win 64240, length 0
IP 192.0.2.1.40000 > 198.51.100.2.443: Flags [P.], seq 1001:1006, ack 5001, win 64240, length 5
IP 198.51.100.2.443 > 192.0.2.1.40000: Flags [.], ack 1006, win 64240, options [nop,nop,sack 1 {1011:1016}], length 0
IP 192.0.2.1.40000 > 198.51.100.2.443: Flags [P.U], seq 1006:1007, ack 5001, win 64240, urg 1, length 1
IP 198.51.100.2.443 > 192.0.2.1.40000: Flags [F.], seq 5001, ack 1007, win 64240, length 0
IP 192.0.2.1.40000 > 198.51.100.2.443: Flags [R.], seq 1007:1011, ack 5002, win 64240, length 4
IP 192.0.2.1.40000 > 198.51.100.2.443: Flags [none], win 64240, length 0
IP 192.0.2.1.40000 > 198.51.100.2.443: Flags [FSRP.UEW], seq 1, ack 0, win 64240, urg 0, length 0
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture -tnv -r a.pcap
-- stdout
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 48)
    192.0.2.1.40000 > 198.51.100.2.443: Flags [S], cksum 0xfb14 (correct), seq 1000, win 64240, options [mss 1460,sackOK,eol], length 0
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 44)
    198.51.100.2.443 > 192.0.2.1.40000: Flags [S.], cksum 0xfb81 (correct), seq 5000, ack 1001, win 64240, options [mss 1460], length 0
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 40)
    192.0.2.1.40000 > 198.51.100.2.443: Flags [.], cksum 0x133f (correct), ack 1, win 64240, length 0
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 45)
    192.0.2.1.40000 > 198.51.100.2.443: Flags [P.], cksum 0xcf5f (correct), seq 1:6, ack 1, win 64240, length 5
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 52)
    198.51.100.2.443 > 192.0.2.1.40000: Flags [.], cksum 0xd537 (correct), ack 6, win 64240, options [nop,nop,sack 1 {11:16}], length 0
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 41)
    192.0.2.1.40000 > 198.51.100.2.443: Flags [P.U], cksum 0x9b0e (incorrect -> 0x9b0f), seq 6:7, ack 1, win 64240, urg 1, length 1
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 40)
    198.51.100.2.443 > 192.0.2.1.40000: Flags [F.], cksum 0x1338 (correct), seq 1, ack 7, win 64240, length 0
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 44)
    192.0.2.1.40000 > 198.51.100.2.443: Flags [R.], cksum 0x22c0 (correct), seq 7:11, ack 2, win 64240, length 4 [RST why^G]
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 40)
    192.0.2.1.40000 > 198.51.100.2.443: Flags [none], cksum 0x2ac0 (correct), win 64240, length 0
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 40)
    192.0.2.1.40000 > 198.51.100.2.443: Flags [FSRP.UEW], cksum 0x29c1 (correct), seq 1, ack 0, win 64240, urg 0, length 0
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture -tnvv -r a.pcap
-- stdout
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 48)
    192.0.2.1.40000 > 198.51.100.2.443: Flags [S], cksum 0xfb14 (correct), seq 1000, win 64240, options [mss 1460,sackOK,eol], length 0
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 44)
    198.51.100.2.443 > 192.0.2.1.40000: Flags [S.], cksum 0xfb81 (correct), seq 5000, ack 1001, win 64240, options [mss 1460], length 0
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 40)
    192.0.2.1.40000 > 198.51.100.2.443: Flags [.], cksum 0x133f (correct), seq 1, ack 1, win 64240, length 0
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 45)
    192.0.2.1.40000 > 198.51.100.2.443: Flags [P.], cksum 0xcf5f (correct), seq 1:6, ack 1, win 64240, length 5
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 52)
    198.51.100.2.443 > 192.0.2.1.40000: Flags [.], cksum 0xd537 (correct), seq 1, ack 6, win 64240, options [nop,nop,sack 1 {11:16}], length 0
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 41)
    192.0.2.1.40000 > 198.51.100.2.443: Flags [P.U], cksum 0x9b0e (incorrect -> 0x9b0f), seq 6:7, ack 1, win 64240, urg 1, length 1
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 40)
    198.51.100.2.443 > 192.0.2.1.40000: Flags [F.], cksum 0x1338 (correct), seq 1, ack 7, win 64240, length 0
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 44)
    192.0.2.1.40000 > 198.51.100.2.443: Flags [R.], cksum 0x22c0 (correct), seq 7:11, ack 2, win 64240, length 4 [RST why^G]
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 40)
    192.0.2.1.40000 > 198.51.100.2.443: Flags [none], cksum 0x2ac0 (correct), seq 1, win 64240, length 0
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 40)
    192.0.2.1.40000 > 198.51.100.2.443: Flags [FSRP.UEW], cksum 0x29c1 (correct), seq 1, ack 0, win 64240, urg 0, length 0
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture -tnq -r a.pcap
-- stdout
IP 192.0.2.1.40000 > 198.51.100.2.443: tcp 0
IP 198.51.100.2.443 > 192.0.2.1.40000: tcp 0
IP 192.0.2.1.40000 > 198.51.100.2.443: tcp 0
IP 192.0.2.1.40000 > 198.51.100.2.443: tcp 5
IP 198.51.100.2.443 > 192.0.2.1.40000: tcp 0
IP 192.0.2.1.40000 > 198.51.100.2.443: tcp 1
IP 198.51.100.2.443 > 192.0.2.1.40000: tcp 0
IP 192.0.2.1.40000 > 198.51.100.2.443: tcp 4
IP 192.0.2.1.40000 > 198.51.100.2.443: tcp 0
IP 192.0.2.1.40000 > 198.51.100.2.443: tcp 0
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture -tnvK -r a.pcap
-- stdout
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 48)
    192.0.2.1.40000 > 198.51.100.2.443: Flags [S], seq 1000, win 64240, options [mss 1460,sackOK,eol], length 0
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 44)
    198.51.100.2.443 > 192.0.2.1.40000: Flags [S.], seq 5000, ack 1001, win 64240, options [mss 1460], length 0
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 40)
    192.0.2.1.40000 > 198.51.100.2.443: Flags [.], ack 1, win 64240, length 0
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 45)
    192.0.2.1.40000 > 198.51.100.2.443: Flags [P.], seq 1:6, ack 1, win 64240, length 5
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 52)
    198.51.100.2.443 > 192.0.2.1.40000: Flags [.], ack 6, win 64240, options [nop,nop,sack 1 {11:16}], length 0
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 41)
    192.0.2.1.40000 > 198.51.100.2.443: Flags [P.U], seq 6:7, ack 1, win 64240, urg 1, length 1
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 40)
    198.51.100.2.443 > 192.0.2.1.40000: Flags [F.], seq 1, ack 7, win 64240, length 0
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 44)
    192.0.2.1.40000 > 198.51.100.2.443: Flags [R.], seq 7:11, ack 2, win 64240, length 4 [RST why^G]
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 40)
    192.0.2.1.40000 > 198.51.100.2.443: Flags [none], win 64240, length 0
IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto TCP (6), length 40)
    192.0.2.1.40000 > 198.51.100.2.443: Flags [FSRP.UEW], seq 1, ack 0, win 64240, urg 0, length 0
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
