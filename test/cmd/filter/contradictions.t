# A filter that can never match is refused; what contradicts what is said where the text tells.
-- cmd
waggle filter -y EN10MB 'tcp and udp'
-- stderr
<filter>:1:9: error: no packet matches this and 'tcp' as well: it has one protocol
    1 | tcp and udp
      |         ^~~
      = did you mean 'or'?
-- exit 1
-- cmd
waggle filter -y EN10MB 'ip and ip6'
-- stderr
<filter>:1:8: error: no packet matches this and 'ip' as well: it has one kind of packet
    1 | ip and ip6
      |        ^~~
      = did you mean 'or'?
-- exit 1
-- cmd
waggle filter -y EN10MB 'tcp port 80 and udp'
-- stderr
<filter>:1:17: error: no packet matches this and 'tcp port 80' as well: it has one protocol
    1 | tcp port 80 and udp
      |                 ^~~
      = did you mean 'or'?
-- exit 1
-- cmd
waggle filter -y EN10MB 'src port 1 and src port 2'
-- stderr
<filter>:1:16: error: no packet matches this and 'src port 1' as well: it has one source port
    1 | src port 1 and src port 2
      |                ^~~~~~~~~~
      = did you mean 'or'?
-- exit 1
-- cmd
waggle filter -y EN10MB 'src net 10.0.0.0/8 and src host 10.0.0.1 and src host 10.0.0.2'
-- stderr
<filter>:1:46: error: no packet matches this and 'src host 10.0.0.1' as well: it has one source address
    1 | src net 10.0.0.0/8 and src host 10.0.0.1 and src host 10.0.0.2
      |                                              ^~~~~~~~~~~~~~~~~
      = did you mean 'or'?
-- exit 1
-- cmd
waggle filter -y EN10MB 'len > 100 and len < 50'
-- stderr
<filter>:1:15: error: no packet matches this and 'len > 100' as well: it has one length
    1 | len > 100 and len < 50
      |               ^~~~~~~~
      = did you mean 'or'?
-- exit 1
-- cmd
waggle filter -y EN10MB 'arp and port 53'
-- stderr
<filter>:1:9: error: no packet matches this and 'arp' as well: it has one kind of packet
    1 | arp and port 53
      |         ^~~~~~~
      = did you mean 'or'?
-- exit 1
-- cmd
waggle filter -y EN10MB 'ip and vlan and arp'
-- stderr
<filter>: error: the filter rejects every packet
      = '--explain' says what it means; with -O it is compiled anyway
-- exit 1
-- cmd
waggle filter -y EN10MB 'ip[0] = 300'
-- stderr
<filter>: error: the filter rejects every packet
      = '--explain' says what it means; with -O it is compiled anyway
-- exit 1
-- cmd
waggle filter -y EN10MB --explain 'tcp and udp'
-- stdout
all of:
  TCP over IPv4 or IPv6
  UDP over IPv4 or IPv6
-- cmd
waggle filter -y EN10MB -O -d 'ip[0] = 300' | tail -1
-- stdout
(005) ret      #0
-- cmd
waggle filter -y EN10MB -ddd 'tcp and udp or arp'
-- stdout
4
40 0 0 12
21 0 1 2054
6 0 0 262144
6 0 0 0
-- stderr
<filter>:1:9: warning: no packet matches this and 'tcp' as well: it has one protocol
    1 | tcp and udp or arp
      |         ^~~
      = did you mean 'or'?
