# The forms of output are those of tcpdump, and our own.
-- cmd
waggle filter -y EN10MB  ip
-- stdout
(000) ldh      [12]
(001) jeq      #0x800           jt 2	jf 3
(002) ret      #262144
(003) ret      #0
-- cmd
waggle filter -y EN10MB -d ip
-- stdout
(000) ldh      [12]
(001) jeq      #0x800           jt 2	jf 3
(002) ret      #262144
(003) ret      #0
-- cmd
waggle filter -y EN10MB -dd ip
-- stdout
{ 0x28, 0, 0, 0x0000000c },
{ 0x15, 0, 1, 0x00000800 },
{ 0x6, 0, 0, 0x00040000 },
{ 0x6, 0, 0, 0x00000000 },
-- cmd
waggle filter -y EN10MB -ddd ip
-- stdout
4
40 0 0 12
21 0 1 2048
6 0 0 262144
6 0 0 0
-- cmd
waggle filter -y EN10MB --ebpf ip
-- stdout
   0: (bf) r6 = r1
   1: (28) r0 = *(u16 *)skb[12]
   2: (16) if w0 == 0x800 goto pc+2
   3: (b4) w0 = 0
   4: (95) exit
   5: (b4) w0 = 262144
   6: (95) exit
-- cmd
waggle filter -y EN10MB --ir ip
-- stdout
fn filter
b0:
	v0: i32 = packet 12 2
	branch v0 eq 0x800 b4 b3
b3:
	return 0
b4:
	return 0x40000
-- cmd
waggle filter -y EN10MB --graph dot ip
-- stdout
digraph filter {
	node [shape=box, fontname=monospace];
	b0 [label="b0:\l  v0: i32 = packet 12 2\l  branch v0 eq 0x800 b4 b3\l"];
	b0 -> b4 [label=yes];
	b0 -> b3 [label=no];
	b3 [label="b3:\l  return 0\l"];
	b4 [label="b4:\l  return 0x40000\l"];
}
-- cmd
waggle filter -y EN10MB -O --ir ip
-- stdout
fn filter
b0:
	jump b1
b1:
	v0: i32 = packet 12 2
	branch v0 eq 0x800 b4 b3
b2:
	return 0x40000
b3:
	return 0
b4:
	jump b2
-- cmd
waggle filter -y EN10MB -s 96 ip
-- stdout
(000) ldh      [12]
(001) jeq      #0x800           jt 2	jf 3
(002) ret      #96
(003) ret      #0
-- cmd
waggle filter -ddd ip
-- stdout
4
40 0 0 12
21 0 1 2048
6 0 0 262144
6 0 0 0
-- stderr
<filter>: warning: no link type was given with -y: assuming Ethernet
-- cmd
waggle filter -y RAW ip and not tcp
-- stdout
(000) ldb      [0]
(001) and      #0xf0
(002) jeq      #0x40            jt 3	jf 5
(003) ldb      [9]
(004) jeq      #0x6             jt 5	jf 6
(005) ret      #0
(006) ret      #262144
-- cmd
echo ip > f; waggle filter -y EN10MB -F f
-- stdout
(000) ldh      [12]
(001) jeq      #0x800           jt 2	jf 3
(002) ret      #262144
(003) ret      #0
-- cmd
waggle filter -F nosuchfile
-- stderr
waggle filter: error: cannot open 'nosuchfile': No such file or directory
-- exit 2
-- cmd
waggle filter -y EN10MB -F f ip
-- stderr
waggle filter: error: a filter was given, and one in a file (-F) too
-- exit 2
-- cmd
waggle filter -y EN10MB -m 255.255.255.0 ip broadcast
-- stdout
(000) ldh      [12]
(001) jeq      #0x800           jt 2	jf 7
(002) ld       [30]
(003) jset     #0xff            jt 4	jf 6
(004) ldb      [33]
(005) jeq      #0xff            jt 6	jf 7
(006) ret      #262144
(007) ret      #0
-- cmd
waggle filter -y EN10MB -m 255.x ip
-- stderr
<filter>: error: '255.x' is no mask; expected one like 255.255.255.0
-- exit 1
