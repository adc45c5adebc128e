# A script as tutorials print it: right, or answered with what to change.
-- file network.bt
#!/usr/bin/bpftrace

// 套接字层
kprobe:inet_csk_accept, tcp_v4_connect {
  @sock[func] = count();
} 

// TCP相关
kprobe:tcp_sendmsg, tcp_cleanup_rbuf {
  @tcp[func] = count(); 
}

// 网卡队列
kprobe:dev_queue_xmit {
  @qlen = hist(args->len); 
}

// 连接统计
kprobe:tcp_connect {
  @connect = count();
}

// 连接的时间
kretprobe:tcp_connect /@retval == 0/ {
  @tstart[tid] = nsecs; 
}

// 连接延迟
kretprobe:tcp_connect /@retval == 0/ {
  @tdelay[tid] = nsecs - @tstart[tid];
  printf("connection time: %d ns\n", @tdelay[tid]);
  delete(@tstart[tid]);  
}

// 首字节延迟
kretprobe:tcp_recvmsg {
  @tfristbyte[tid] = nsecs - @tdelay[tid];
}
// 重传指标 
kprobe:tcp_retransmit_skb {
  @retrans = count();
}

END {
  clear(@sock); 
  clear(@tcp);
  clear(@qlen);
  clear(@connect);
  clear(@retrans);
}
-- cmd
waggle trace --mode check network.bt
-- stderr
network.bt:4:25: warning: this is taken to be 'kprobe:tcp_v4_connect'
    4 | kprobe:inet_csk_accept, tcp_v4_connect {
      |                         ^~~~~~~~~~~~~~
      = every probe of a list has its own provider
network.bt:9:21: warning: this is taken to be 'kprobe:tcp_cleanup_rbuf'
    9 | kprobe:tcp_sendmsg, tcp_cleanup_rbuf {
      |                     ^~~~~~~~~~~~~~~~
      = every probe of a list has its own provider
network.bt:15:16: error: 'args' does not exist in a kprobe
   15 |   @qlen = hist(args->len); 
      |                ^~~~
      = a kprobe has arg0, arg1 ...; with names there is fentry:dev_queue_xmit
network.bt:24:24: error: map '@retval' is never set
   24 | kretprobe:tcp_connect /@retval == 0/ {
      |                        ^~~~~~~
      = did you mean 'retval', without '@'?
-- exit 1
