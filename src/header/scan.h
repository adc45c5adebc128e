/*
 * scan.h - the names that a preprocessed text defines.
 *
 * This is no parser of C: it finds all names that may be what it says they are, and some that are not, for
 * example within functions.  A compiler tells which.
 */
#ifndef WAGGLE_HEADER_SCAN_H
#define WAGGLE_HEADER_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum scan_kind {
	SCAN_MACRO,      /* '#define NAME text', without parameters */
	SCAN_ENUMERATOR, /* within 'enum { ... }' */
	SCAN_STRUCT,     /* 'struct NAME {' */
	SCAN_UNION,
	SCAN_ENUM,
	SCAN_TYPEDEF, /* any word of a typedef */
};

struct scan_name {
	struct scan_name *next;
	enum scan_kind kind;
	const char *name;
	const char *text; /* MACRO: what it stands for, "" for nothing; else "" */
};

/* The names in the @len bytes of @text, newest first, in @arena; *ret_names NULL when there are none.  False when
 * memory is short. */
bool scan_names(const char *text, size_t len, struct arena *arena, struct scan_name **ret_names);

#endif
