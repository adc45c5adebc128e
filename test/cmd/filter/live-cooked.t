# Packets of all interfaces come to a socket without the header that a capture shows.
-- cmd
waggle filter -y LINUX_SLL2 --live 'ifindex 3 and inbound and ip and less 100'
-- stdout
(000) ld       [ifidx]
(001) jeq      #0x3             jt 2	jf 9
(002) ld       [type]
(003) jeq      #0x4             jt 9	jf 4
(004) ld       [proto]
(005) jeq      #0x800           jt 6	jf 9
(006) ld       #pktlen
(007) add      #20
(008) jge      #0x65            jt 9	jf 10
(009) ret      #0
(010) ret      #262144
-- cmd
waggle filter -y LINUX_SLL2 --live 'vlan 10 and ip6'
-- stdout
(000) ld       [vlanp]
(001) jeq      #0x1             jt 2	jf 8
(002) ld       [vlan_tci]
(003) and      #0xfff
(004) jeq      #0xa             jt 5	jf 8
(005) ld       [proto]
(006) jeq      #0x86dd          jt 7	jf 8
(007) ret      #262144
(008) ret      #0
-- cmd
waggle filter -y LINUX_SLL2 --live 'ip[0] = 0x45 or link[11] = 6'
-- stderr
<filter>:1:17: error: the kernel cannot tell these bytes: it has no such header yet
    1 | ip[0] = 0x45 or link[11] = 6
      |                 ^~~~~~~~~~~~
      = of Linux' cooked capture, version 2 it knows link[0:2], link[4:4], link[8:2] and link[10]
-- exit 1
-- cmd
waggle filter -y LINUX_SLL2 'vlan 10 and ip6'
-- stdout
(000) ldh      [0]
(001) jeq      #0x8100          jt 4	jf 2
(002) jeq      #0x88a8          jt 4	jf 3
(003) jeq      #0x9100          jt 4	jf 8
(004) ld       [20]
(005) and      #0xfffffff
(006) jeq      #0xa86dd         jt 7	jf 8
(007) ret      #262144
(008) ret      #0
