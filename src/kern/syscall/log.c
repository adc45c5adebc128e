/*
 * log.c - logs: the end of one is what tells why, so that is kept when there is not room for all of it.
 */
#include "kern/syscall/log.h"

#include <errno.h>

#include "kern/syscall/user.h"

enum {
	LEVELS = 1 | 2 | 4 | 8, /* BPF_LOG_LEVEL1, _LEVEL2, _STATS, _FIXED */
	MOST_BYTES = UINT32_MAX >> 2,
};

int log_check(const struct log_given *given)
{
	if ((given->address != 0) != (given->bytes != 0))
		return -EINVAL;
	if (given->address && !given->level)
		return -EINVAL;
	if (given->level & ~(uint32_t)LEVELS || given->bytes > MOST_BYTES)
		return -EINVAL;
	return 0;
}

static int write_text(const struct call *call, const struct log_given *given,
		      const struct strbuf *log)
{
	const char *text = strbuf_text(log);
	size_t bytes = log->len + 1;
	int err;

	if (!given->address)
		return 0;
	if (bytes <= given->bytes)
		return user_write(call->caller, given->address, text, bytes);
	err = user_write(call->caller, given->address, text + bytes - given->bytes, given->bytes);
	return err ? err : -ENOSPC;
}

int log_write(struct call *call, const struct log_given *given, const struct strbuf *log,
	      uint32_t *true_size)
{
	size_t offset = (size_t)((const char *)true_size - (const char *)&call->attr);
	int err = 0;

	*true_size = given->level ? (uint32_t)log->len + 1 : 0;
	if (call->bytes >= offset + sizeof *true_size)
		err = call_return(call, offset, sizeof *true_size);
	return err ? err : write_text(call, given, log);
}
