# A script as tutorials print it: right, or answered with what to change.
-- file disk.bt
#!/usr/bin/bpftrace

// 块I/O层
kprobe:__make_request {
  @blockrq[func] = count();
}

kprobe:submit_bio {
  @blocksubmit[func] = count();  
}

// IO调度层
kprobe:blk_queue_bio {
  @ioreq[func] = count();
}  

kprobe:blk_peek_request, blk_dequeue_request {
  @sched[func] = count();
}

// SCSI层
kprobe:scsi_dispatch_cmd_start {
  @scsi[func] = count();
}

// NVMe驱动层 
kprobe:nvme_setup_cmd {
  @nvme[func] = count();
}

kprobe:nvme_submit_io {
  @nvmesubmit[func] = count();
}

END {
  clear(@blockrq);
  clear(@blocksubmit);
  clear(@ioreq);
  clear(@sched);
  clear(@scsi);
  clear(@nvme);
  clear(@nvmesubmit);
}
-- cmd
waggle trace --mode check disk.bt
-- stderr
disk.bt:17:26: warning: this is taken to be 'kprobe:blk_dequeue_request'
   17 | kprobe:blk_peek_request, blk_dequeue_request {
      |                          ^~~~~~~~~~~~~~~~~~~
      = every probe of a list has its own provider
