/*
 * space.h - the code that a process has mapped: which file stands at which addresses.
 *
 * Spaces are counted, because a process that was forked has that of its parent until it maps
 * something itself.  Only what can be executed is noted.
 */
#ifndef WAGGLE_SYM_SPACE_H
#define WAGGLE_SYM_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sym/intern.h"

struct symfile;

/* What tells files apart, whatever their path is and from wherever they are seen. */
struct file_key {
	uint64_t device; /* as makedev(3) would put it together */
	uint64_t inode;
	uint64_t generation; /* of the inode number; 0: not known */
};

struct mapping {
	uint64_t start;
	uint64_t end;    /* the first byte behind */
	uint64_t offset; /* of 'start' in the file */
	struct file_key key;
	const char *path; /* "/..." of a file, "[vdso]" and the like; NULL: anonymous */
	bool is_deleted;
	struct symfile *file; /* once somebody looked (files.h) */
	bool is_looked_up;
};

struct space {
	unsigned int users;
	struct mapping *mappings; /* by address; none overlaps another */
	size_t count;
	size_t room;
};

struct space *space_new(void); /* with one user; NULL when memory is short */
struct space *space_get(struct space *space);
void space_put(struct space *space); /* NULL is fine */

/* A space with the same mappings and one user, or NULL. */
struct space *space_copy(const struct space *space);

/* Add a mapping; what was there before gives way.  0, -ENOMEM, or -E2BIG when there are so many
 * that no process can have them. */
int space_map(struct space *space, const struct mapping *mapping);

/* The mapping at @address, or NULL. */
struct mapping *space_at(const struct space *space, uint64_t address);

/* Set path and is_deleted from what the kernel writes as the name of a mapping. */
int mapping_set_name(struct mapping *mapping, struct intern *names, const char *name, size_t len);

/* Add what @text says, the @len bytes of a file /proc/PID/maps.  Lines that are none are skipped. */
int space_add_maps(struct space *space, struct intern *names, const char *text, size_t len);
/* Read /proc/@pid/maps.  0 or a negative errno: -ESRCH when there is no such process. */
int space_read(struct space *space, struct intern *names, uint32_t pid);

#endif
