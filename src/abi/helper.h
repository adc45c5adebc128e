/*
 * helper.h - the helper functions that Linux offers to programs: numbers and names.
 *
 * The table is helper.def.  A helper's name here is the full one, "bpf_ktime_get_ns".
 */
#ifndef WAGGLE_ABI_HELPER_H
#define WAGGLE_ABI_HELPER_H

#include <stddef.h>
#include <stdint.h>

enum abi_helper {
#define HELPER(id, name, ...) ABI_HELPER_##name = (id),
#include "abi/helper.def"
	ABI_HELPER_END, /* one more than the greatest id */
};

/* The name of helper @id, or NULL when there is no such helper. */
const char *abi_helper_name(uint32_t id);

/* The id of the helper called by the @len bytes at @name, with or without its "bpf_"; or
 * -ENOENT. */
int abi_helper_id(const char *name, size_t len);

#endif
