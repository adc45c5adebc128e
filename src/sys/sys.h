/*
 * sys.h - the seam: the calls by which programs are handed to a kernel, as Linux shapes them.
 *
 * What compiles, loads and shows never calls a kernel itself, but through one of these; so it need not
 * know which kernel it is.  There is that of Linux, sys_linux.  Typed forms of bpf(2) are in
 * sys/bpf.h.
 *
 * Every call returns what the system call does, or a negative errno.
 */
#ifndef WAGGLE_SYS_SYS_H
#define WAGGLE_SYS_SYS_H

#include <stddef.h>
#include <stdint.h>

struct perf_event_attr;
struct pollfd;

struct sys {
	const char *name; /* for messages: "Linux" */
	/* @command is an enum bpf_cmd, @attr the first @bytes of a union bpf_attr. */
	int (*bpf)(const struct sys *sys, int command, void *attr, size_t bytes);
	int (*perf_event_open)(const struct sys *sys, struct perf_event_attr *attr, int pid,
			       int cpu, int group, unsigned long flags);
	int (*ioctl)(const struct sys *sys, int fd, unsigned long request, unsigned long value);
	/* Shared; @prot as for mmap(2).  *ret_memory is for munmap. */
	int (*mmap)(const struct sys *sys, int fd, size_t bytes, int prot, int64_t offset,
		    void **ret_memory);
	int (*munmap)(const struct sys *sys, void *memory, size_t bytes);
	int (*poll)(const struct sys *sys, struct pollfd *fds, unsigned int count, int timeout_ms);
	int (*setsockopt)(const struct sys *sys, int fd, int level, int name, const void *value,
			  size_t bytes);
	int (*close)(const struct sys *sys, int fd);
};

extern const struct sys sys_linux;

#endif
