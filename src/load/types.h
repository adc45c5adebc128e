/*
 * types.h - an object's types, as a kernel takes them.
 *
 * Compilers leave to linkers what only symbols say: where variables stand in their sections.  And kernels
 * take no declarations of what is elsewhere (.kconfig, .ksyms).
 */
#ifndef WAGGLE_LOAD_TYPES_H
#define WAGGLE_LOAD_TYPES_H

#include "base/diag.h"
#include "btf/btf.h"
#include "object/object.h"

/* A variable of .kconfig. */
struct types_config {
	const char *name;
	uint32_t type;
	uint32_t offset; /* in the section, as laid out here */
	uint32_t size;
};

struct types {
	uint8_t *data; /* what to hand to the kernel; NULL: the object has no types */
	size_t size;
	struct btf *btf; /* of 'data' */
	struct types_config *configs;
	uint32_t config_count;
	uint32_t config_bytes;   /* of the section */
	uint32_t config_section; /* id of its type */
};

/* 0 (also without types), -EINVAL or -ENOMEM. */
int types_make(const struct object *object, struct diag *diag, struct types *ret_types);
void types_release(struct types *types);

#endif
