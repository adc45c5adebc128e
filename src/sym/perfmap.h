/*
 * perfmap.h - what runtimes that make code as they go (JITs) say of it: /tmp/perf-PID.map.
 *
 * Each line is "start size name", the numbers in hexadecimal.  The file grows as code is made; what
 * comes later replaces what was at the same place.
 */
#ifndef WAGGLE_SYM_PERFMAP_H
#define WAGGLE_SYM_PERFMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct perf_symbol {
	uint64_t address;
	uint64_t size;
	const char *name;
	uint32_t number; /* of its line */
};

/* A zeroed struct is an empty table. */
struct perfmap {
	struct perf_symbol *symbols; /* by address, then the latest first */
	size_t count;
	size_t room;
	int64_t size; /* of the file when it was read */
};

/* Take in @text; lines that are none are skipped.  Names are put into @names.  0 or -ENOMEM, or
 * -E2BIG beyond a limit. */
int perfmap_add(struct perfmap *map, const char *text, size_t len, struct arena *names);

/* Read what the file of process @pid has more than the last time; it must be the process's owner's or
 * root's.  0 or a negative errno. */
int perfmap_read(struct perfmap *map, uint32_t pid, struct arena *names);

/* The symbol that @address lies in, or NULL. */
const struct perf_symbol *perfmap_at(const struct perfmap *map, uint64_t address);
void perfmap_release(struct perfmap *map);

#endif
