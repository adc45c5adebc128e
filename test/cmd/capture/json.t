# --json: what a packet has, under the names of the manual, and nothing that was cut off.
-- file packets.hex
4d3cb2a1020004000000000000000000000004000100000000105e5f15cd5b073a0000003a0000000200000000010200
000000028100000a0800450000280001000040068e98c0000201c6336402c35001bb000003e8000000005002faf00000
000001105e5f15cd5b072e0000002e0000000200000000010200000000020800450000200001000040118e95c0000201
c6336402270f270e000c000022ff0a0003105e5f15cd5b07320000003200000002000000000102000000000208004500
00240001200140116e90c0000201c63364020101010101010101010101010101010104105e5f15cd5b07160000001600
000002000000000102000000000288b5000000000000000005105e5f15cd5b07240000003a0000000200000000010200
000000028100000a0800450000280001000040068e98c0000201c633
-- cmd
bytes() { python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))'; }
bytes <packets.hex >a.pcap && waggle capture --json -n -r a.pcap
-- stdout
{"number": 1, "time": "2020-09-13T12:26:40.123456789Z", "timestamp": 1600000000.123456789, "link_type": "EN10MB", "length": 58, "captured": 58, "link": {"src": "02:00:00:00:00:02", "dst": "02:00:00:00:00:01", "type": 2048}, "vlan": [10], "network": {"version": 4, "src": "192.0.2.1", "dst": "198.51.100.2", "protocol": 6, "ttl": 64}, "transport": {"src_port": 50000, "dst_port": 443, "flags": ["syn"], "seq": 1000, "ack": 0, "window": 64240}, "payload_length": 0, "line": "IP 192.0.2.1.50000 > 198.51.100.2.443: Flags [S], seq 1000, win 64240, length 0"}
{"number": 2, "time": "2020-09-13T12:26:41.123456789Z", "timestamp": 1600000001.123456789, "link_type": "EN10MB", "length": 46, "captured": 46, "link": {"src": "02:00:00:00:00:02", "dst": "02:00:00:00:00:01", "type": 2048}, "network": {"version": 4, "src": "192.0.2.1", "dst": "198.51.100.2", "protocol": 17, "ttl": 64}, "transport": {"src_port": 9999, "dst_port": 9998}, "payload_length": 4, "line": "IP 192.0.2.1.9999 > 198.51.100.2.9998: UDP, length 4"}
{"number": 3, "time": "2020-09-13T12:26:43.123456789Z", "timestamp": 1600000003.123456789, "link_type": "EN10MB", "length": 50, "captured": 50, "link": {"src": "02:00:00:00:00:02", "dst": "02:00:00:00:00:01", "type": 2048}, "network": {"version": 4, "src": "192.0.2.1", "dst": "198.51.100.2", "protocol": 17, "ttl": 64, "fragment": {"offset": 8, "more": true}}, "payload_length": 16, "line": "IP 192.0.2.1 > 198.51.100.2: ip-proto-17"}
{"number": 4, "time": "2020-09-13T12:26:44.123456789Z", "timestamp": 1600000004.123456789, "link_type": "EN10MB", "length": 22, "captured": 22, "link": {"src": "02:00:00:00:00:02", "dst": "02:00:00:00:00:01", "type": 34997}, "line": "02:00:00:00:00:02 > 02:00:00:00:00:01, ethertype Unknown (0x88b5), length 22: \n\t0x0000:  0000 0000 0000 0000                      ........"}
{"number": 5, "time": "2020-09-13T12:26:45.123456789Z", "timestamp": 1600000005.123456789, "link_type": "EN10MB", "length": 58, "captured": 36, "link": {"src": "02:00:00:00:00:02", "dst": "02:00:00:00:00:01", "type": 2048}, "vlan": [10], "line": "IP  [|ip]"}
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
