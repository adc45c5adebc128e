# --explain shows what binds to what, and what words stand for.
-- cmd
waggle filter -y EN10MB --explain 'tcp or udp and port 53'
-- stdout
all of:
  any of:
    TCP over IPv4 or IPv6
    UDP over IPv4 or IPv6
  TCP, UDP or SCTP from or to port 53
-- cmd
waggle filter -y EN10MB --explain 'not host 10.0.0.1 and 10.0.0.2'
-- stdout
all of:
  not: IPv4, ARP or RARP from or to 10.0.0.1
  IPv4, ARP or RARP from or to 10.0.0.2
-- cmd
waggle filter -y EN10MB --explain 'tcp dst port (80 or 443) and not (src net 10 or net 192.168)'
-- stdout
all of:
  any of:
    TCP to port 80
    TCP to port 443
  none of:
    IPv4, ARP or RARP from 10.0.0.0/8
    IPv4, ARP or RARP from or to 192.168.0.0/16
-- cmd
waggle filter -y EN10MB --explain 'tcp[13] & 2 != 0 and ip[8] % 7 - 2 > 1'
-- stdout
all of:
  TCP over IPv4, not in a later fragment, and (tcp[13] & 2) != 0
  IPv4, and (ip[8] % 5) > 1
-- cmd
waggle filter -y EN10MB --explain 'vlan 10 and ip6 host 2001:db8::1'
-- stdout
all of:
  a VLAN tag 10; everything below is looked for behind it
  IPv6 from or to 2001:db8::1
-- cmd
waggle filter -y EN10MB --explain 'ether src 02:00:5e:10:00:01 or ether multicast'
-- stdout
any of:
  a frame from 02:00:5e:10:00:01
  the link header multicast
-- cmd
waggle filter -y EN10MB --explain 'icmp6[icmp6type] = icmp6-echo'
-- stdout
ICMPv6 directly behind an IPv6 header, and icmp6[0] = 128
-- cmd
waggle filter -y EN10MB --explain 'portrange 20-25 or proto 89'
-- stdout
any of:
  TCP, UDP or SCTP from or to port 20 to 25
  protocol 89 over IPv4 or IPv6
-- cmd
waggle filter -y EN10MB --explain ''
-- stdout
every packet
