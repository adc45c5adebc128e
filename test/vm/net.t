# What goes over the network: a question to oneself, and the answer.
-- cmd
waggle trace -e 'tracepoint:net:net_dev_queue /str(args.name) == "lo"/ { @out[args.len] = count() } tracepoint:net:netif_receive_skb { @in[args.len] = count() }' -c '/bin/ping -c 1 127.0.0.1' 2>/dev/null | grep @
-- stdout
@in[84]: 2
@out[98]: 2
-- cmd
waggle trace -e 'kprobe:icmp_rcv { @ = count() }' -c '/bin/ping -c 1 127.0.0.1' 2>/dev/null | grep @
-- stdout
@: 2
