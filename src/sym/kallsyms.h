/*
 * kallsyms.h - the kernel's own list of its symbols: /proc/kallsyms, read once into sorted tables.
 *
 * Each line is "address type name", and "\t[module]" behind it when the symbol is not of the kernel
 * itself.  To readers who may not know addresses (kernel.kptr_restrict) the kernel shows all of them
 * as zero.
 */
#ifndef WAGGLE_SYM_KALLSYMS_H
#define WAGGLE_SYM_KALLSYMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kallsym {
	uint64_t address;
	uint32_t name;   /* offset in 'text' */
	uint32_t module; /* the same; 0: the kernel itself */
};

/* A zeroed struct is an empty table. */
struct kallsyms {
	struct kallsym *symbols; /* by address; those of one address in the kernel's order */
	size_t count;
	size_t room;
	char *text; /* names, each ended by a NUL; the first is "" */
	size_t text_len;
	size_t text_room;
	uint32_t *by_name; /* hash table of 1 + index, made when it is first needed */
	size_t name_slots;
	uint32_t module; /* that of the line before: they come in runs */
	bool is_unsorted;
	bool is_hidden; /* lines were seen, and every address was 0 */
};

/* Take in @len bytes of whole lines; lines that are none are skipped.  0, -ENOMEM or -E2BIG. */
int kallsyms_add(struct kallsyms *table, const char *lines, size_t len);
/* All was added: sort. */
void kallsyms_finish(struct kallsyms *table);
/* Read the file at @path and finish.  0 or a negative errno. */
int kallsyms_read(struct kallsyms *table, const char *path);
void kallsyms_release(struct kallsyms *table);

/* The symbol that @address lies in, or NULL. */
const struct kallsym *kallsyms_at(const struct kallsyms *table, uint64_t address);
/* The first symbol of that name, or NULL; also when memory for the index is short. */
const struct kallsym *kallsyms_named(struct kallsyms *table, const char *name);
/* The same without a table: the lowest address of symbol @name in the file at @path, or 0.  For a name or two; a table
 * takes ten times as long to make. */
uint64_t kallsyms_find(const char *path, const char *name);

static inline const char *kallsyms_text(const struct kallsyms *table, uint32_t offset)
{
	return table->text + offset;
}

#endif
