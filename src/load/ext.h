/*
 * ext.h - .BTF.ext: what a compiler says of instructions: functions, source lines, and what of them depends
 * on the target's types.
 *
 * The format is in Documentation/bpf/btf.rst of Linux: tables for each section of code, records whose size
 * the table gives.
 */
#ifndef WAGGLE_LOAD_EXT_H
#define WAGGLE_LOAD_EXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

enum ext_table {
	EXT_FUNCS, /* u32 type */
	EXT_LINES, /* u32 file, text, line << 10 | column */
	EXT_CORE,  /* u32 type, access string, kind */
	EXT_TABLES,
};

/* All but the offset, in order; strings are offsets into the BTF's. */
struct ext_record {
	uint32_t slot; /* of the section */
	uint32_t words[3];
};

struct ext {
	const uint8_t *tables[EXT_TABLES]; /* NULL: there is none */
	size_t sizes[EXT_TABLES];
};

/* Find the tables of the @size bytes at @data, which must outlive @ret_ext.  0 or -EINVAL. */
int ext_read(const uint8_t *data, size_t size, struct diag *diag, struct ext *ret_ext);

/* Call @visit for all records of @table for the section whose name is at the string offset that @is_section
 * accepts; stops at the first that returns not 0, and returns that; or -EINVAL. */
struct ext_walk {
	int (*is_section)(void *data, uint32_t name); /* 1 or 0 */
	int (*visit)(void *data, const struct ext_record *record);
	void *data;
};
int ext_each(const struct ext *ext, enum ext_table table, const struct ext_walk *walk,
	     struct diag *diag);

#endif
