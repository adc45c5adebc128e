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
(006) jeq      #0xa             jt 14	jf 7
(007) ldh      [16]
(008) jeq      #0x8100          jt 11	jf 9
(009) jeq      #0x88a8          jt 11	jf 10
(010) jeq      #0x9100          jt 11	jf 15
(011) ldh      [18]
(012) and      #0xfff
(013) jeq      #0x14            jt 14	jf 15
(014) ret      #262144
(015) ret      #0
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
(003) jeq      #0x9100          jt 4	jf 15
(004) ldh      [14]
(005) and      #0xfff
(006) jeq      #0xa             jt 14	jf 7
(007) ldh      [12]
(008) jeq      #0x8100          jt 11	jf 9
(009) jeq      #0x88a8          jt 11	jf 10
(010) jeq      #0x9100          jt 11	jf 15
(011) ldh      [14]
(012) and      #0xfff
(013) jeq      #0x14            jt 14	jf 15
(014) ret      #262144
(015) ret      #0
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
(001) jge      #0x8100          jt 2	jf 8
(002) jeq      #0x8100          jt 5	jf 3
(003) jeq      #0x88a8          jt 5	jf 4
(004) jeq      #0x9100          jt 5	jf 10
(005) ldh      [16]
(006) jeq      #0x800           jt 9	jf 7
(007) ldh      [12]
(008) jeq      #0x800           jt 9	jf 10
(009) ret      #262144
(010) ret      #0
-- cmd
waggle filter -y EN10MB --scoped '(vlan or ip) and tcp[0] = 1'
-- stdout
(000) ldh      [12]
(001) jge      #0x8100          jt 2	jf 14
(002) jeq      #0x8100          jt 5	jf 3
(003) jeq      #0x88a8          jt 5	jf 4
(004) jeq      #0x9100          jt 5	jf 23
(005) ldh      [16]
(006) jeq      #0x800           jt 7	jf 23
(007) ldb      [27]
(008) jeq      #0x6             jt 9	jf 23
(009) ldh      [24]
(010) jset     #0x1fff          jt 23	jf 11
(011) ldxb     4*([18]&0xf)
(012) ldb      [x + 18]
(013) jeq      #0x1             jt 22	jf 23
(014) jeq      #0x800           jt 15	jf 23
(015) ldb      [23]
(016) jeq      #0x6             jt 17	jf 23
(017) ldh      [20]
(018) jset     #0x1fff          jt 23	jf 19
(019) ldxb     4*([14]&0xf)
(020) ldb      [x + 14]
(021) jeq      #0x1             jt 22	jf 23
(022) ret      #262144
(023) ret      #0
-- cmd
waggle filter -y EN10MB --scoped 'not vlan and ip'
-- stdout
(000) ldh      [12]
(001) jge      #0x8100          jt 4	jf 2
(002) jeq      #0x800           jt 3	jf 4
(003) ret      #262144
(004) ret      #0
