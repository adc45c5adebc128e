/*
 * user.c - a caller's memory, by process_vm_readv(2) and process_vm_writev(2).
 *
 * They serve for this process as well as for others: what it gives may be as wrong as what others give.
 */
#include "kern/syscall/user.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

typedef ssize_t transfer_fn(pid_t pid, const struct iovec *local, unsigned long local_count,
			    const struct iovec *remote, unsigned long remote_count,
			    unsigned long flags);

static int transfer(transfer_fn *fn, pid_t pid, void *here, uint64_t there, size_t bytes)
{
	struct iovec local = { here, bytes };
	struct iovec remote = { (void *)(uintptr_t)there, bytes };

	while (local.iov_len) {
		ssize_t n = fn(pid, &local, 1, &remote, 1, 0);

		if (n <= 0)
			return -EFAULT;
		local.iov_base = (char *)local.iov_base + n;
		remote.iov_base = (char *)remote.iov_base + n;
		local.iov_len -= (size_t)n;
		remote.iov_len -= (size_t)n;
	}
	return 0;
}

int user_read(const struct caller *caller, void *to, uint64_t from, size_t bytes)
{
	return transfer(process_vm_readv, caller->pid, to, from, bytes);
}

int user_write(const struct caller *caller, uint64_t to, const void *from, size_t bytes)
{
	/* An iovec has no const form; what it points to is only read. */
	return transfer(process_vm_writev, caller->pid, (void *)(uintptr_t)from, to, bytes);
}

int user_copy(const struct caller *caller, uint64_t from, size_t bytes, size_t most,
	      void **ret_copy)
{
	void *copy;

	if (bytes > most)
		return -E2BIG;
	copy = malloc(bytes ? bytes : 1);
	if (!copy)
		return -ENOMEM;
	if (user_read(caller, copy, from, bytes)) {
		free(copy);
		return -EFAULT;
	}
	*ret_copy = copy;
	return 0;
}

int user_read_text(const struct caller *caller, char *to, uint64_t from, size_t room)
{
	enum { PAGE = 4096 };

	/* Never across a page that the text does not reach. */
	for (size_t len = 0; len < room;) {
		size_t step = PAGE - ((from + len) & (PAGE - 1));
		const char *nul;

		if (step > room - len)
			step = room - len;
		if (user_read(caller, to + len, from + len, step))
			return -EFAULT;
		nul = memchr(to + len, '\0', step);
		if (nul)
			return (int)(nul - to);
		len += step;
	}
	return -E2BIG;
}

int user_zero(const struct caller *caller, uint64_t from, size_t bytes)
{
	uint8_t part[256];

	while (bytes) {
		size_t step = bytes < sizeof part ? bytes : sizeof part;

		if (user_read(caller, part, from, step))
			return -EFAULT;
		for (size_t i = 0; i < step; i++)
			if (part[i])
				return -E2BIG;
		from += step;
		bytes -= step;
	}
	return 0;
}
