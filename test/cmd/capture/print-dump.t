# -x, -X and -A with and without the link header; a packet of odd length; control characters.
-- file packets.hex
d4c3b2a10200040000000000000000000000040001000000
00105e5f40e201004b0000004b00000002000000000102000000000208004500003d0001000040118e78c0000201c633640203e807d00029e8e2474554202f20485454502f312e300d0a486f73743a206109620d010d0a0d0aff7e
01105e5f60830900130000001300000002000000000102000000000288b56162636465
-- cmd
bytes() { python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))'; }
bytes <packets.hex >a.pcap && TZ=UTC waggle capture -tnx -r a.pcap
-- stdout
IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 33
	0x0000:  4500 003d 0001 0000 4011 8e78 c000 0201
	0x0010:  c633 6402 03e8 07d0 0029 e8e2 4745 5420
	0x0020:  2f20 4854 5450 2f31 2e30 0d0a 486f 7374
	0x0030:  3a20 6109 620d 010d 0a0d 0aff 7e
02:00:00:00:00:02 > 02:00:00:00:00:01, ethertype Unknown (0x88b5), length 19: 
	0x0000:  6162 6364 65
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture -tnxx -r a.pcap
-- stdout
IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 33
	0x0000:  0200 0000 0001 0200 0000 0002 0800 4500
	0x0010:  003d 0001 0000 4011 8e78 c000 0201 c633
	0x0020:  6402 03e8 07d0 0029 e8e2 4745 5420 2f20
	0x0030:  4854 5450 2f31 2e30 0d0a 486f 7374 3a20
	0x0040:  6109 620d 010d 0a0d 0aff 7e
02:00:00:00:00:02 > 02:00:00:00:00:01, ethertype Unknown (0x88b5), length 19: 
	0x0000:  0200 0000 0001 0200 0000 0002 88b5 6162
	0x0010:  6364 65
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture -tnX -r a.pcap
-- stdout
IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 33
	0x0000:  4500 003d 0001 0000 4011 8e78 c000 0201  E..=....@..x....
	0x0010:  c633 6402 03e8 07d0 0029 e8e2 4745 5420  .3d......)..GET.
	0x0020:  2f20 4854 5450 2f31 2e30 0d0a 486f 7374  /.HTTP/1.0..Host
	0x0030:  3a20 6109 620d 010d 0a0d 0aff 7e         :.a.b.......~
02:00:00:00:00:02 > 02:00:00:00:00:01, ethertype Unknown (0x88b5), length 19: 
	0x0000:  6162 6364 65                             abcde
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture -tnXX -r a.pcap
-- stdout
IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 33
	0x0000:  0200 0000 0001 0200 0000 0002 0800 4500  ..............E.
	0x0010:  003d 0001 0000 4011 8e78 c000 0201 c633  .=....@..x.....3
	0x0020:  6402 03e8 07d0 0029 e8e2 4745 5420 2f20  d......)..GET./.
	0x0030:  4854 5450 2f31 2e30 0d0a 486f 7374 3a20  HTTP/1.0..Host:.
	0x0040:  6109 620d 010d 0a0d 0aff 7e              a.b.......~
02:00:00:00:00:02 > 02:00:00:00:00:01, ethertype Unknown (0x88b5), length 19: 
	0x0000:  0200 0000 0001 0200 0000 0002 88b5 6162  ..............ab
	0x0010:  6364 65                                  cde
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture -tnA -r a.pcap
-- stdout
IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 33
E..=....@..x.....3d......)..GET / HTTP/1.0
Host: a	b..

.~
02:00:00:00:00:02 > 02:00:00:00:00:01, ethertype Unknown (0x88b5), length 19: 
	0x0000:  6162 6364 65                             abcde
abcde
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
-- cmd
TZ=UTC waggle capture -tnAA -r a.pcap
-- stdout
IP 192.0.2.1.1000 > 198.51.100.2.2000: UDP, length 33
..............E..=....@..x.....3d......)..GET / HTTP/1.0
Host: a	b..

.~
02:00:00:00:00:02 > 02:00:00:00:00:01, ethertype Unknown (0x88b5), length 19: 
	0x0000:  6162 6364 65                             abcde
..............abcde
-- stderr
reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144
