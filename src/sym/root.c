/*
 * root.c - opening files below another root.
 */
#include "sym/root.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { READ_ONLY = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY };

static int result(long value)
{
	return value < 0 ? -errno : (int)value;
}

static int open_below(const char *root, const char *path)
{
	struct open_how how = { .flags = READ_ONLY, .resolve = RESOLVE_IN_ROOT };
	const int root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd;

	if (root_fd < 0)
		return -errno;
	fd = result(syscall(SYS_openat2, root_fd, path, &how, sizeof how));
	if (fd == -ENOSYS)
		fd = result(openat(root_fd, path + 1, READ_ONLY));
	(void)close(root_fd);
	return fd;
}

int root_open(const char *root, const char *path)
{
	const int fd = *root ? open_below(root, path) : result(open(path, READ_ONLY));
	struct stat stat;

	if (fd < 0)
		return fd;
	if (fstat(fd, &stat) || !S_ISREG(stat.st_mode)) {
		(void)close(fd);
		return -EINVAL;
	}
	return fd;
}
