# A script as tutorials print it: right, or answered with what to change.
-- file filesystem.bt
#!/usr/bin/bpftrace

// VFS calls
kprobe:vfs_read, vfs_write {
  @vfs[func] = count();
} 

// 文件系统调用
kprobe:sys_open, sys_close {
  @fs[func] = count();
}

// 文件系统tracepoints
tracepoint:ext4:ext4_da_write_begin, ext4:ext4_da_write_end {
  @ext4[probe] = count(); 
}

// 写回和预读取
kprobe:wbc_writeback_start, wbc_writeback_end {
  @wb[func] = count();
}

kprobe:ra_submit, ra_end {
  @readahead[func] = count();
}

// 缓存
kprobe:mark_page_accessed {
  @pagecache = count(); 
}

kprobe:dget, dput {
  @dcache = count();
}

kprobe:iget, iput {
  @icache = count();
}

kprobe:mark_buffer_dirty {
  @buffercache = count();
}
  
END {
  clear(@vfs);
  clear(@fs);
  clear(@ext4);
  clear(@wb);
  clear(@readahead);
  clear(@pagecache);
  clear(@dcache);
  clear(@icache);
  clear(@buffercache);
}
-- cmd
waggle trace --dry-run filesystem.bt
-- stderr
filesystem.bt:4:18: error: every probe of a list needs its provider
    4 | kprobe:vfs_read, vfs_write {
      |                  ^~~~~~~~~
      = did you mean 'kprobe:vfs_write'?
filesystem.bt:9:18: error: every probe of a list needs its provider
    9 | kprobe:sys_open, sys_close {
      |                  ^~~~~~~~~
      = did you mean 'kprobe:sys_close'?
filesystem.bt:14:38: error: every probe of a list needs its provider
   14 | tracepoint:ext4:ext4_da_write_begin, ext4:ext4_da_write_end {
      |                                      ^~~~~~~~~~~~~~~~~~~~~~
      = did you mean 'tracepoint:ext4:ext4_da_write_end'?
filesystem.bt:19:29: error: every probe of a list needs its provider
   19 | kprobe:wbc_writeback_start, wbc_writeback_end {
      |                             ^~~~~~~~~~~~~~~~~
      = did you mean 'kprobe:wbc_writeback_end'?
filesystem.bt:23:19: error: every probe of a list needs its provider
   23 | kprobe:ra_submit, ra_end {
      |                   ^~~~~~
      = did you mean 'kprobe:ra_end'?
and 2 more errors
-- exit 1
