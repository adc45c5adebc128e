# A script as tutorials print it: right, or answered with what to change.
-- file memory.bt
#!/usr/bin/bpftrace

// OOM Killer
kprobe:oom_kill_process {
  @oom[pid, comm] = count();
}

// 用户态内存分配  
uprobe:/usr/lib/libc.so.6:malloc {
  @malloc[pid, comm] = count();
}

uprobe:/usr/lib/libc.so.6:free {
  @free[pid, comm] = count();  
}

// 内存映射
kprobe:sys_mmap {
  @mmap[pid, comm] = count();
}

// 缺页错误
kprobe:handle_mm_fault {
  @minfault[pid, comm] = count();
}

// vmscan 
kprobe:try_to_free_pages {
  @vmscan[pid, comm] = count();
}

// 直接回收
kprobe:__vm_enough_memory {
  @directreclaim[pid, comm] = count();
}  

// 页换入换出
software:major-faults:1 {
  @majflt[pid, comm] = count();
}

software:page-faults:1 {
  @minflt[pid, comm] = count();
}

END {
  clear(@oom);
  clear(@malloc);
  clear(@free);
  clear(@mmap); 
  clear(@minfault);
  clear(@vmscan);
  clear(@directreclaim);
  clear(@majflt);
  clear(@minflt);
}
-- cmd
waggle trace --mode check memory.bt
