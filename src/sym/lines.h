/*
 * lines.h - which line of the source an address is, and what was inlined there: DWARF, by libdw.
 *
 * lines.c is the only one here that knows libdw; without it (lines_none.c) no file has lines.
 */
#ifndef WAGGLE_SYM_LINES_H
#define WAGGLE_SYM_LINES_H

#include <stdint.h>

#include "base/arena.h"

struct lines; /* opaque */

struct line_frame {
	const char *name; /* as it is linked, so mangled; NULL: not known */
	const char *file; /* NULL: not known */
	uint32_t line;
};

/* The debug information of the file @fd, which stays the caller's; NULL: there is none. */
struct lines *lines_open(int fd);
void lines_close(struct lines *lines); /* NULL is fine */

/* The functions that @address is in: the one inlined furthest first, the function that stands there
 * itself last.  How many of @most; 0 when nothing is known.  Strings live as long as @lines. */
unsigned int lines_at(struct lines *lines, uint64_t address, struct line_frame *ret_frames,
		      unsigned int most);

#endif
