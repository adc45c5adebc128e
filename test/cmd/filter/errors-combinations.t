# What does not go together is refused with the reason.
-- cmd
waggle filter -y EN10MB 'ip port 80'
-- stderr
<filter>:1:1: error: ports do not belong to IPv4
    1 | ip port 80
      | ^~~~~~~~~~
      = ports are those of tcp, udp and sctp; did you mean 'ip and port ...'?
-- exit 1
-- cmd
waggle filter -y EN10MB 'tcp host 10.0.0.1'
-- stderr
<filter>:1:1: error: IP addresses do not belong to TCP
    1 | tcp host 10.0.0.1
      | ^~~~~~~~~~~~~~~~~
      = did you mean 'tcp and host ...', or 'tcp port ...'?
-- exit 1
-- cmd
waggle filter -y EN10MB 'ip6 host 10.0.0.1'
-- stderr
<filter>:1:1: error: IPv4 addresses do not belong to IPv6
    1 | ip6 host 10.0.0.1
      | ^~~~~~~~~~~~~~~~~
-- exit 1
-- cmd
waggle filter -y EN10MB 'host 02:00:5e:10:00:01'
-- stderr
<filter>:1:1: error: a MAC address needs 'ether' before it
    1 | host 02:00:5e:10:00:01
      | ^~~~~~~~~~~~~~~~~~~~~~
      = did you mean 'ether host 02:00:5e:10:00:01'?
-- exit 1
-- cmd
waggle filter -y EN10MB 'ether host 10.0.0.1'
-- stderr
<filter>:1:1: error: 'ether' takes a MAC address, not one of IP
    1 | ether host 10.0.0.1
      | ^~~~~~~~~~~~~~~~~~~
-- exit 1
-- cmd
waggle filter -y EN10MB 'ether'
-- stderr
<filter>:1:1: error: 'ether' alone says nothing
    1 | ether
      | ^~~~~
      = as in: ether host 02:00:5e:10:00:01, ether proto 0x88cc, ether[0]
-- exit 1
-- cmd
waggle filter -y EN10MB 'tcp proto 6'
-- stderr
<filter>:1:1: error: 'tcp proto' is not possible
    1 | tcp proto 6
      | ^~~~~~~~~~~
      = protocols are carried by ether, ip, ip6, iso and isis
-- exit 1
-- cmd
waggle filter -y EN10MB 'stp[0] = 1'
-- stderr
<filter>:1:1: error: the bytes of spanning tree cannot be read with 'stp[...]'
    1 | stp[0] = 1
      | ^~~~~~
      = 'link[...]', 'ip[...]' and 'ip6[...]' read from those headers on
-- exit 1
-- cmd
waggle filter -y EN10MB 'ip broadcast'
-- stderr
<filter>:1:1: error: 'ip broadcast' needs the network's mask, which is not known here
    1 | ip broadcast
      | ^~~~~~~~~~~~
      = say the address instead: dst host 192.0.2.255
-- exit 1
-- cmd
waggle filter -y EN10MB 'mpls and arp'
-- stderr
<filter>:1:10: error: only 'ip' and 'ip6' can be told behind 'mpls'
    1 | mpls and arp
      |          ^~~
-- exit 1
-- cmd
waggle filter -y EN10MB 'mpls and vlan'
-- stderr
<filter>:1:10: error: a VLAN tag cannot be told behind 'mpls'
    1 | mpls and vlan
      |          ^~~~
-- exit 1
-- cmd
waggle filter -y EN10MB 'pppoes and vlan'
-- stderr
<filter>:1:12: error: PPP has no VLAN tags
    1 | pppoes and vlan
      |            ^~~~
-- exit 1
-- cmd
waggle filter -y EN10MB 'inbound'
-- stderr
<filter>:1:1: error: in files, packets of Ethernet do not say their direction
    1 | inbound
      | ^~~~~~~
      = only a capture in progress knows it: --live
-- exit 1
-- cmd
waggle filter -y EN10MB 'type mgt'
-- stderr
<filter>:1:1: error: only 802.11 has types and directions of frames, not Ethernet
    1 | type mgt
      | ^~~~~~~~
-- exit 1
-- cmd
waggle filter -y EN10MB 'radio[0] = 1'
-- stderr
<filter>:1:1: error: packets of Ethernet have no radio header
    1 | radio[0] = 1
      | ^~~~~~~~
-- exit 1
-- cmd
waggle filter -y EN10MB 'decnet host 1.2'
-- stderr
<filter>:1:1: error: 'decnet host' is not supported: addresses of DECnet are left out
    1 | decnet host 1.2
      | ^~~~~~~~~~~~~~~
-- exit 1
-- cmd
waggle filter -y EN10MB 'ip[2-1] = 1'
-- stderr
<filter>:1:4: error: '2-1' is read as one name
    1 | ip[2-1] = 1
      |    ^~~
      = put spaces around the minus sign
-- exit 1
-- cmd
waggle filter -y RAW 'ether host 02:00:5e:10:00:01'
-- stderr
<filter>:1:1: error: raw IP has no MAC addresses
    1 | ether host 02:00:5e:10:00:01
      | ^~~~~~~~~~~~~~~~~~~~~~~~~~~~
-- exit 1
-- cmd
waggle filter -y RAW vlan
-- stderr
<filter>:1:1: error: raw IP has no VLAN tags
    1 | vlan
      | ^~~~
-- exit 1
-- cmd
waggle filter -y USB_LINUX ip
-- stderr
<filter>:1:1: error: of USB_LINUX, only bytes can be tested: link[N]
    1 | ip
      | ^~
-- exit 1
-- cmd
waggle filter -y EN10M ip
-- stderr
<filter>: error: unknown link type 'EN10M'
      = did you mean 'EN10MB'?
-- exit 1
