/*
 * report.h - what an object's programs leave in maps and send, shown by the object's types.
 */
#ifndef WAGGLE_LOAD_REPORT_H
#define WAGGLE_LOAD_REPORT_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "load/load.h"

struct report_options {
	const struct sys *sys;
	const struct loaded *loaded;
	bool is_json;             /* one object for each line */
	const char *const *types; /* "MAP=STRUCT", NULL-terminated: what its records are */
};

/* The type that was found for a record.  Zero before the first. */
struct report_type {
	const struct loaded_map *map;
	size_t len;
	uint32_t type;
};

/* The @len bytes at @bytes, a record of the ring @map.  Its type is the one that the options say; else the only struct of the
 * object's types of its length whose name has "event" in it; else the only one of its length at all; else it is
 * shown as bytes. */
void report_record(const struct report_options *options, const struct loaded_map *map,
		   const void *bytes, size_t len, struct report_type *last, struct strbuf *out);

/* The elements of @map, if programs put any there.  0 or a negative errno. */
int report_map(const struct report_options *options, const struct loaded_map *map,
	       struct strbuf *out);

/* Is there anything in it to be shown: neither constants, nor programs, rings or stacks? */
bool report_has_elements(const struct loaded_map *map);

#endif
