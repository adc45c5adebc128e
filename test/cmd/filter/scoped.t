# With --scoped, an encapsulation moves places on its own side of or only; without, it is warned.
-- cmd
waggle filter -y EN10MB 'vlan 10 or vlan 20'
-- stdout
(000) ldh      [12]
(001) jeq      #0x8100          jt 4	jf 2
(002) jeq      #0x88a8          jt 4	jf 3
(003) jeq      #0x9100          jt 4	jf 7
(004) ldh      [14]
(005) and      #0xfff
(006) jeq      #0xa             jt 12	jf 7
(007) ld       [16]
(008) and      #0xffff0fff
(009) jeq      #0x81000014      jt 12	jf 10
(010) jeq      #0x88a80014      jt 12	jf 11
(011) jeq      #0x91000014      jt 12	jf 13
(012) ret      #262144
(013) ret      #0
-- stderr
<filter>:1:12: warning: this is looked for behind the 'vlan 10' to its left, although 'or' stands between them
    1 | vlan 10 or vlan 20
      |            ^~~~~~~
      = with --scoped, an encapsulation counts for its own side of 'or' only
-- cmd
waggle filter -y EN10MB --scoped 'vlan 10 or vlan 20'
-- stdout
(000) ldh      [12]
(001) jeq      #0x8100          jt 4	jf 2
(002) jeq      #0x88a8          jt 4	jf 3
(003) jeq      #0x9100          jt 4	jf 9
(004) ldh      [14]
(005) and      #0xfff
(006) jeq      #0xa             jt 8	jf 7
(007) jeq      #0x14            jt 8	jf 9
(008) ret      #262144
(009) ret      #0
-- cmd
waggle filter -y EN10MB '(vlan and ip) or ip'
-- stdout
(000) ldh      [16]
(001) jeq      #0x800           jt 2	jf 3
(002) ret      #262144
(003) ret      #0
-- stderr
<filter>:1:18: warning: this is looked for behind the 'vlan' to its left, although 'or' stands between them
    1 | (vlan and ip) or ip
      |                  ^~
      = with --scoped, an encapsulation counts for its own side of 'or' only
-- cmd
waggle filter -y EN10MB --scoped '(vlan and ip) or ip'
-- stdout
(000) ldh      [12]
(001) jeq      #0x8100          jt 4	jf 2
(002) jeq      #0x88a8          jt 4	jf 3
(003) jeq      #0x9100          jt 4	jf 5
(004) ldh      [16]
(005) jeq      #0x800           jt 6	jf 7
(006) ret      #262144
(007) ret      #0
-- cmd
waggle filter -y EN10MB --scoped '(vlan or ip) and tcp[0] = 1'
-- stdout
(000) ldh      [12]
(001) jeq      #0x800           jt 13	jf 2
(002) jeq      #0x8100          jt 5	jf 3
(003) jeq      #0x88a8          jt 5	jf 4
(004) jeq      #0x9100          jt 5	jf 20
(005) ldh      [16]
(006) jeq      #0x800           jt 7	jf 20
(007) ld       [24]
(008) and      #0x1fff00ff
(009) jeq      #0x6             jt 10	jf 20
(010) ldxb     4*([18]&0xf)
(011) ldb      [x + 18]
(012) jeq      #0x1             jt 19	jf 20
(013) ld       [20]
(014) and      #0x1fff00ff
(015) jeq      #0x6             jt 16	jf 20
(016) ldxb     4*([14]&0xf)
(017) ldb      [x + 14]
(018) jeq      #0x1             jt 19	jf 20
(019) ret      #262144
(020) ret      #0
-- cmd
waggle filter -y EN10MB --scoped 'not vlan and ip'
-- stdout
(000) ldh      [12]
(001) jeq      #0x800           jt 2	jf 3
(002) ret      #262144
(003) ret      #0
