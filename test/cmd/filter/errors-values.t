# Values that cannot be are pointed at.
-- cmd
waggle filter -y EN10MB 'port 99999'
-- stderr
<filter>:1:6: error: port 99999 is above 65535
    1 | port 99999
      |      ^~~~~
-- exit 1
-- cmd
waggle filter -y EN10MB 'host 1.2.3.4.5'
-- stderr
<filter>:1:6: error: '1.2.3.4.5' has 5 parts, an IPv4 address has four
    1 | host 1.2.3.4.5
      |      ^~~~~~~~~
      = as in: host 192.0.2.1; a network: net 192.0.2.0/24
-- exit 1
-- cmd
waggle filter -y EN10MB 'host 1.2.3.400'
-- stderr
<filter>:1:6: error: '1.2.3.400' is no IPv4 address: a part is above 255
    1 | host 1.2.3.400
      |      ^~~~~~~~~
-- exit 1
-- cmd
waggle filter -y EN10MB 'net 10.1.2.3/8'
-- stderr
<filter>:1:1: error: this network has bits set outside of its mask 255.0.0.0
    1 | net 10.1.2.3/8
      | ^~~~~~~~~~~~~~
      = the network is 10.0.0.0
-- exit 1
-- cmd
waggle filter -y EN10MB 'net 2001:db8::1/32'
-- stderr
<filter>:1:1: error: this network has bits set behind the first 32
    1 | net 2001:db8::1/32
      | ^~~~~~~~~~~~~~~~~~
      = the network is 2001:db8::/32
-- exit 1
-- cmd
waggle filter -y EN10MB 'net 10.0.0.0/33'
-- stderr
<filter>:1:14: error: an IPv4 prefix has at most 32 bits, not 33
    1 | net 10.0.0.0/33
      |              ^~
-- exit 1
-- cmd
waggle filter -y EN10MB 'host 10.0.0.0/8'
-- stderr
<filter>:1:1: error: only a 'net' has a prefix length or mask
    1 | host 10.0.0.0/8
      | ^~~~~~~~~~~~~~~
      = did you mean 'net' and not 'host'?
-- exit 1
-- cmd
waggle filter -y EN10MB 'vlan 4096'
-- stderr
<filter>:1:6: error: VLAN 4096 is above 4095
    1 | vlan 4096
      |      ^~~~
-- exit 1
-- cmd
waggle filter -y EN10MB 'mpls 0x100000'
-- stderr
<filter>:1:6: error: MPLS label 1048576 is above 1048575
    1 | mpls 0x100000
      |      ^~~~~~~~
-- exit 1
-- cmd
waggle filter -y EN10MB 'ip proto 256'
-- stderr
<filter>:1:1: error: protocol 256 is above 255 and can never match
    1 | ip proto 256
      | ^~~~~~~~~~~~
-- exit 1
-- cmd
waggle filter -y EN10MB '1 / 0 = 1'
-- stderr
<filter>:1:5: error: division by zero
    1 | 1 / 0 = 1
      |     ^
-- exit 1
-- cmd
waggle filter -y EN10MB 'ip[0] % (3 - 3) = 1'
-- stderr
<filter>:1:10: error: division by zero
    1 | ip[0] % (3 - 3) = 1
      |          ^~~~~
-- exit 1
-- cmd
waggle filter -y EN10MB '1 << 32 = 2'
-- stderr
<filter>:1:6: error: shift by 32: numbers have 32 bits
    1 | 1 << 32 = 2
      |      ^~
-- exit 1
-- cmd
waggle filter -y EN10MB 'port 0x123456789'
-- stderr
<filter>:1:6: error: '0x123456789' is too large: numbers have 32 bits
    1 | port 0x123456789
      |      ^~~~~~~~~~~
-- exit 1
-- cmd
waggle filter -y EN10MB 'ip[0:3] = 1'
-- stderr
<filter>:1:6: error: a load takes 1, 2 or 4 bytes, not 3
    1 | ip[0:3] = 1
      |      ^
-- exit 1
-- cmd
waggle filter -y EN10MB 'portrange 1-70000'
-- stderr
<filter>:1:11: error: port 70000 is above 65535
    1 | portrange 1-70000
      |           ^~~~~~~
-- exit 1
-- cmd
waggle filter -y EN10MB 'host 2001:::1'
-- stderr
<filter>:1:6: error: '2001:::1' is neither an IPv6 nor a MAC address
    1 | host 2001:::1
      |      ^~~~~~~~
      = as in: 2001:db8::1, 02:00:5e:10:00:01
-- exit 1
