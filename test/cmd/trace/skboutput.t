# skboutput() writes a savefile that programs for packets read.
-- needs bpf bash tcpdump
-- file save.bt
tracepoint:net:netif_receive_skb /str(args.name) == "lo" && pid == cpid/ {
	$skb = (struct sk_buff *)args.skbaddr;

	if ($skb->len == 33) {
		printf("%d\n", skboutput("packets.pcap", $skb, $skb->len, 0));
		skboutput("behind.pcap", $skb, 5, 28);
	}
}
-- cmd
waggle trace -q save.bt -c "bash -c 'echo -n hello >/dev/udp/127.0.0.1/9'" | grep .
tcpdump -nn -t -A -r packets.pcap 2>/dev/null | sed '1s/\.[0-9]* >/.PORT >/; 2s/.*hello$/... hello/'
-- stdout
33
IP 127.0.0.1.PORT > 127.0.0.1.9: UDP, length 5
... hello
-- cmd
# the time is that of this year, and what is asked for is there alone
date +%Y >year
tcpdump -nn -tttt -r packets.pcap 2>/dev/null | cut -c1-4 | diff - year
od -An -c -j 40 behind.pcap
-- stdout
   h   e   l   l   o
-- cmd
waggle trace -e 'begin { skboutput("no/such/file", (struct sk_buff *)1, 10, 0); exit(); }' 2>&1 | grep .
-- stdout
Attached 1 probe
stdin:1:9-62: WARNING: skboutput() cannot write 'no/such/file': No such file or directory
begin { skboutput("no/such/file", (struct sk_buff *)1, 10, 0); exit(); }
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
-- cmd
waggle trace -e 'begin { skboutput("file", pid, 10, 0); exit(); }'
-- stderr
<program>:1:27: error: this is no pointer to a packet: (struct sk_buff *)x
    1 | begin { skboutput("file", pid, 10, 0); exit(); }
      |                           ^~~
-- exit 1
