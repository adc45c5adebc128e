/*
 * user.h - a caller's memory.
 */
#ifndef WAGGLE_KERN_SYSCALL_USER_H
#define WAGGLE_KERN_SYSCALL_USER_H

#include <stddef.h>
#include <stdint.h>

#include "kern/syscall/embedded.h"

/* All @bytes are copied, or -EFAULT. */
int user_read(const struct caller *caller, void *to, uint64_t from, size_t bytes);
int user_write(const struct caller *caller, uint64_t to, const void *from, size_t bytes);

/* A copy of @bytes at @from (yours: free), for sizes up to @most: -E2BIG beyond, -EFAULT, -ENOMEM. */
int user_copy(const struct caller *caller, uint64_t from, size_t bytes, size_t most,
	      void **ret_copy);

/* A text of up to @room - 1 bytes and its NUL: its length, -EFAULT, or -E2BIG. */
int user_read_text(const struct caller *caller, char *to, uint64_t from, size_t room);

/* Are the @bytes at @from all zero?  0, -E2BIG if not, or -EFAULT. */
int user_zero(const struct caller *caller, uint64_t from, size_t bytes);

#endif
