/*
 * sys_embedded.c - the embedded kernel for this process: struct sys over it.
 *
 * Descriptors are real, so what is not the kernel's alone (poll, mmap, setsockopt of other things) is
 * Linux's to do.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bits.h"
#include "kern/syscall/embedded.h"

enum { PAGE = 4096 };

struct sys_embedded {
	struct sys sys; /* first: what the callers have */
	struct embedded *kernel;
};

static struct embedded *kernel_of(const struct sys *sys)
{
	return ((const struct sys_embedded *)sys)->kernel;
}

static int keep_fd(void *data, int fd)
{
	(void)data;
	return fd;
}

static int embedded_sys_bpf(const struct sys *sys, int command, void *attr, size_t bytes)
{
	const struct caller caller = { .pid = getpid(), .install = keep_fd };

	if (bytes > UINT32_MAX)
		return -E2BIG;
	return embedded_bpf(kernel_of(sys), &caller, command, (uintptr_t)attr, (uint32_t)bytes);
}

static int embedded_sys_perf_event_open(const struct sys *sys, struct perf_event_attr *attr,
					int pid, int cpu, int group, unsigned long flags)
{
	(void)sys, (void)attr, (void)pid, (void)cpu, (void)group, (void)flags;
	return -ENOENT; /* what the kernel says of a type of events that there is not */
}

static int embedded_sys_ioctl(const struct sys *sys, int fd, unsigned long request,
			      unsigned long value)
{
	(void)sys;
	return sys_linux.ioctl(&sys_linux, fd, request, value);
}

static int embedded_sys_mmap(const struct sys *sys, int fd, size_t bytes, int prot, int64_t offset,
			     void **ret_memory)
{
	struct stat status;

	(void)sys;
	/* What is behind the end of a file is no memory: nor are maps without BPF_F_MMAPABLE. */
	if (!fstat(fd, &status) && S_ISREG(status.st_mode) &&
	    offset + (int64_t)bytes > (int64_t)align_up((size_t)status.st_size, PAGE))
		return -EINVAL;
	return sys_linux.mmap(&sys_linux, fd, bytes, prot, offset, ret_memory);
}

static int embedded_sys_munmap(const struct sys *sys, void *memory, size_t bytes)
{
	(void)sys;
	return sys_linux.munmap(&sys_linux, memory, bytes);
}

static int embedded_sys_poll(const struct sys *sys, struct pollfd *fds, unsigned int count,
			     int timeout_ms)
{
	(void)sys;
	return sys_linux.poll(&sys_linux, fds, count, timeout_ms);
}

static int embedded_sys_setsockopt(const struct sys *sys, int fd, int level, int name,
				   const void *value, size_t bytes)
{
	(void)sys;
	return sys_linux.setsockopt(&sys_linux, fd, level, name, value, bytes);
}

static int embedded_sys_close(const struct sys *sys, int fd)
{
	struct stat status;
	int err = fstat(fd, &status) ? -errno : sys_linux.close(&sys_linux, fd);

	if (!err)
		(void)embedded_closed(kernel_of(sys), status.st_ino);
	return err;
}

int sys_embedded_new(struct sys **ret_sys)
{
	struct sys_embedded *embedded = calloc(1, sizeof *embedded);
	int err;

	if (!embedded)
		return -ENOMEM;
	err = embedded_new(&embedded->kernel);
	if (err) {
		free(embedded);
		return err;
	}
	embedded->sys = (struct sys){
		.name = "the embedded kernel",
		.bpf = embedded_sys_bpf,
		.perf_event_open = embedded_sys_perf_event_open,
		.ioctl = embedded_sys_ioctl,
		.mmap = embedded_sys_mmap,
		.munmap = embedded_sys_munmap,
		.poll = embedded_sys_poll,
		.setsockopt = embedded_sys_setsockopt,
		.close = embedded_sys_close,
	};
	*ret_sys = &embedded->sys;
	return 0;
}

void sys_embedded_free(struct sys *sys)
{
	if (!sys)
		return;
	embedded_free(kernel_of(sys));
	free(sys);
}
