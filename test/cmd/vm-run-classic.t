# A filter of classic BPF, as tcpdump -dd and -ddd print it, runs on the memory as its packet.
-- file ip.c
{ 0x28, 0, 0, 0x0000000c },
{ 0x15, 0, 1, 0x00000800 },
{ 0x6, 0, 0, 0x00040000 },
{ 0x6, 0, 0, 0x00000000 },
-- file ip.txt
4
40 0 0 12
21 0 1 2048
6 0 0 262144
6 0 0 0
-- cmd
for p in ip.c ip.txt; do for m in '' --guarded --interpret; do
waggle vm run $m --mem 00000000000000000000000008004500 $p; waggle vm run $m --mem 0000000000000000000000000806 $p
waggle vm run $m --mem 0000 $p; done; done | sort | uniq -c | sed 's/^ *//'
-- stdout
12 0x0
6 0x40000
