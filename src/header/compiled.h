/*
 * compiled.h - what a compiler wrote: the types and the values in an ELF object.
 */
#ifndef WAGGLE_HEADER_COMPILED_H
#define WAGGLE_HEADER_COMPILED_H

#include <stddef.h>
#include <stdint.h>

/* The section with values. */
#define COMPILED_VALUES "waggle_values"

struct compiled_value {
	uint64_t index;
	uint64_t bits;
	uint64_t is_negative;
};

/* Find the section '.BTF', and that of values, in the 64-bit object of this machine's byte order at @data.  0 with
 * both, yours to free; -EBADMSG when it is no such object or has no types; -ENOMEM. */
int compiled_read(const void *data, size_t size, char **ret_btf, size_t *ret_btf_len,
		  struct compiled_value **ret_values, size_t *ret_count);

#endif
