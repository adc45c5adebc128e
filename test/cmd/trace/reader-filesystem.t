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
waggle trace --mode check filesystem.bt
-- stderr
filesystem.bt:4:18: warning: this is taken to be 'kprobe:vfs_write'
    4 | kprobe:vfs_read, vfs_write {
      |                  ^~~~~~~~~
      = every probe of a list has its own provider
filesystem.bt:9:18: warning: this is taken to be 'kprobe:sys_close'
    9 | kprobe:sys_open, sys_close {
      |                  ^~~~~~~~~
      = every probe of a list has its own provider
filesystem.bt:14:38: warning: this is taken to be 'tracepoint:ext4:ext4_da_write_end'
   14 | tracepoint:ext4:ext4_da_write_begin, ext4:ext4_da_write_end {
      |                                      ^~~~~~~~~~~~~~~~~~~~~~
      = every probe of a list has its own provider
filesystem.bt:19:29: warning: this is taken to be 'kprobe:wbc_writeback_end'
   19 | kprobe:wbc_writeback_start, wbc_writeback_end {
      |                             ^~~~~~~~~~~~~~~~~
      = every probe of a list has its own provider
filesystem.bt:23:19: warning: this is taken to be 'kprobe:ra_end'
   23 | kprobe:ra_submit, ra_end {
      |                   ^~~~~~
      = every probe of a list has its own provider
and 2 more warnings
