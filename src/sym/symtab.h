/*
 * symtab.h - the functions of one ELF file, and where they stand in memory.
 *
 * Symbols are those of .symtab; of a stripped file those of its separate debug file, else those
 * of .dynsym and of .gnu_debugdata (a small ELF file inside, compressed by xz) together.  Separate
 * debug files are found by the build id, DIR/.build-id/ab/cdef.debug, or by the name in
 * .gnu_debuglink, beside the file, in .debug beside it, and below DIR.
 *
 * symtab.c is the only one that knows libelf; without it (symtab_none.c) files have no symbols.
 */
#ifndef WAGGLE_SYM_SYMTAB_H
#define WAGGLE_SYM_SYMTAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum { BUILD_ID_BYTES = 20 };

/* A part of the file that is loaded. */
struct segment {
	uint64_t offset; /* in the file */
	uint64_t size;
	uint64_t address; /* as the file's symbols count */
	bool is_code;
};

struct symbol {
	uint64_t address;
	const char *name;
	uint32_t size;
	bool is_final; /* 'name' has been demangled, or need not be: for the user of the table */
};

/* A zeroed struct is an empty table. */
struct symtab {
	struct segment *segments;
	size_t segment_count;
	struct symbol *symbols; /* by address, which no two share */
	size_t symbol_count;
	uint8_t build_id[BUILD_ID_BYTES];
	uint8_t build_id_len;   /* 0: it has none */
	const char *debug_path; /* of the separate debug file; NULL: none was found */
};

struct symtab_source {
	int fd; /* of the file; -1: it is in memory at 'image' */
	const void *image;
	size_t image_len;
	const char *path;       /* as its process sees it */
	const char *root;       /* of that process, for root_open */
	const char *debug_dirs; /* separated by ':' */
};

/* Fill in the zeroed @table, which is in @arena.  What a file does not have is left empty: 0, -ENOMEM or,
 * when it is no ELF file, -EINVAL. */
int symtab_read(struct symtab *table, const struct symtab_source *source, struct arena *arena);

/* How to unwind stacks: the section .eh_frame, as unwind.h wants it. */
struct unwind_section;

/* A copy of it (free(data)).  0, -ENOENT when there is none, -EINVAL or -ENOMEM. */
int symtab_read_frames(const struct symtab_source *source, struct unwind_section *ret_section);

/* The address, as symbols count, of what is at @offset in the file; false: it is not loaded. */
bool symtab_address(const struct symtab *table, uint64_t offset, uint64_t *ret_address);

/* The symbol that @address lies in, or NULL. */
struct symbol *symtab_at(const struct symtab *table, uint64_t address);

#endif
