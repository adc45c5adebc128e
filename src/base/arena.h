/*
 * arena.h - memory that is freed all at once.
 *
 * One arena owns everything a compilation, a file or a report allocates, so that error paths
 * have nothing to undo.  A zeroed struct is an empty arena.
 */
#ifndef WAGGLE_BASE_ARENA_H
#define WAGGLE_BASE_ARENA_H

#include <stddef.h>

#include "base/attr.h"

struct arena {
	struct arena_chunk *chunks; /* newest first; opaque */
};

/* @size zeroed bytes aligned for any type, or NULL when memory is short. */
void *arena_alloc(struct arena *arena, size_t size) MUST_USE;

/* Room for @count objects of @size bytes; NULL also when the product overflows. */
void *arena_alloc_array(struct arena *arena, size_t count, size_t size) MUST_USE;

/* A NUL-terminated copy of the @len bytes at @text, or NULL. */
char *arena_strndup(struct arena *arena, const char *text, size_t len) MUST_USE;

/* A formatted string, or NULL. */
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3) MUST_USE;

/* Free everything; the arena is empty again. */
void arena_release(struct arena *arena);

#endif
