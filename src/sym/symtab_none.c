/*
 * symtab_none.c - a build without libelf: files have no symbols.
 */
#include "sym/symtab.h"

#include <errno.h>

#include "sym/unwind.h"

int symtab_read(struct symtab *table, const struct symtab_source *source, struct arena *arena)
{
	(void)table;
	(void)source;
	(void)arena;
	return -ENOTSUP;
}

int symtab_read_frames(const struct symtab_source *source, struct unwind_section *ret_section)
{
	(void)source;
	(void)ret_section;
	return -ENOTSUP;
}
