/*
 * include_path.h - where headers are looked for: the compiler's options.
 */
#ifndef WAGGLE_HEADER_INCLUDE_PATH_H
#define WAGGLE_HEADER_INCLUDE_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum { INCLUDE_MOST_FLAGS = 128 };

/* Options, in an arena; NULL behind the last. */
struct include_path {
	const char *flags[INCLUDE_MOST_FLAGS + 1];
	size_t count;
};

/* Add an option of one or two words; @value may be NULL.  False: there are too many. */
bool include_path_add(struct include_path *path, const char *flag, const char *value);

/* Is @name, without its quotes, what headers of the kernel are called? */
bool include_is_kernels(const char *name);

/* Add the folders of the sources or headers of the running kernel, or of those that $BPFTRACE_KERNEL_SOURCE and
 * $BPFTRACE_KERNEL_BUILD name, if all of @names are there.  False when memory is short. */
bool include_path_add_kernel(struct include_path *path, const char *const *names, size_t name_count,
			     struct arena *arena);

#endif
