/*
 * linux.c - the kernel that this process runs on.
 */
#include "sys/sys.h"

#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int result(long value)
{
	return value < 0 ? -errno : (int)value;
}

static int linux_bpf(const struct sys *sys, int command, void *attr, size_t bytes)
{
	(void)sys;
	return result(syscall(SYS_bpf, command, attr, bytes));
}

static int linux_perf_event_open(const struct sys *sys, struct perf_event_attr *attr, int pid,
				 int cpu, int group, unsigned long flags)
{
	(void)sys;
	return result(syscall(SYS_perf_event_open, attr, pid, cpu, group, flags));
}

static int linux_ioctl(const struct sys *sys, int fd, unsigned long request, unsigned long value)
{
	(void)sys;
	return result(ioctl(fd, request, value));
}

static int linux_mmap(const struct sys *sys, int fd, size_t bytes, int prot, int64_t offset,
		      void **ret_memory)
{
	void *memory = mmap(NULL, bytes, prot, MAP_SHARED, fd, offset);

	(void)sys;
	if (memory == MAP_FAILED)
		return -errno;
	*ret_memory = memory;
	return 0;
}

static int linux_munmap(const struct sys *sys, void *memory, size_t bytes)
{
	(void)sys;
	return result(munmap(memory, bytes));
}

static int linux_poll(const struct sys *sys, struct pollfd *fds, unsigned int count, int timeout_ms)
{
	(void)sys;
	return result(poll(fds, count, timeout_ms));
}

static int linux_setsockopt(const struct sys *sys, int fd, int level, int name, const void *value,
			    size_t bytes)
{
	(void)sys;
	return result(setsockopt(fd, level, name, value, (socklen_t)bytes));
}

static int linux_close(const struct sys *sys, int fd)
{
	(void)sys;
	return result(close(fd));
}

const struct sys sys_linux = {
	.name = "Linux",
	.bpf = linux_bpf,
	.perf_event_open = linux_perf_event_open,
	.ioctl = linux_ioctl,
	.mmap = linux_mmap,
	.munmap = linux_munmap,
	.poll = linux_poll,
	.setsockopt = linux_setsockopt,
	.close = linux_close,
};
