# A script as tutorials print it: right, or answered with what to change.  (Linux says that there is no
# field either, where it knows the tracepoint.)
-- file disk-io-latency.bt
#!/usr/bin/bpftrace

// 在磁盘IO开始时记录时间戳 
BEGIN
{
    printf("Tracing disk I/O... Hit Ctrl-C to end.\n");
}

// 追踪bio请求结构
tracepoint:block:block_rq_issue
{
  @start[tid] = nsecs; 
}

// 追踪bio请求完成
tracepoint:block:block_rq_complete
{
  @ns[tid] = nsecs - @start[tid];
  @bytes[tid] = args->bytes; 
  delete(@start[tid]);
}

// 聚合结果
END
{
  clear(@start);
  printf("Duration (ns)  Bytes \n");
  print(@ns, @bytes);
  clear(@ns); 
  clear(@bytes);
}
-- cmd
waggle trace --mode check disk-io-latency.bt
-- stderr
{{...}}
disk-io-latency.bt:28:14: error: 'print' shows one map at a time
   28 |   print(@ns, @bytes);
      |              ^~~~~~
      = did you mean 'print(@ns); print(@bytes);'?
-- exit 1
