/*
 * linux.c - the kernel that this process runs on.
 */
#include "sys/sys.h"

#include <errno.h>
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
	.setsockopt = linux_setsockopt,
	.close = linux_close,
};
