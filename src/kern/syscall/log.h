/*
 * log.h - the buffer that a caller has for what is to be said of its program or BTF.
 */
#ifndef WAGGLE_KERN_SYSCALL_LOG_H
#define WAGGLE_KERN_SYSCALL_LOG_H

#include "base/strbuf.h"
#include "kern/syscall/kernel.h"

struct log_given {
	uint64_t address;
	uint32_t bytes;
	uint32_t level;
};

/* Do its members go together?  0 or -EINVAL. */
int log_check(const struct log_given *given);

/* Write @log, of which the end is kept if not all fits, and its size to @true_size, a member of
 * call->attr.  0, -EFAULT, or -ENOSPC when it does not fit. */
int log_write(struct call *call, const struct log_given *given, const struct strbuf *log,
	      uint32_t *true_size);

#endif
