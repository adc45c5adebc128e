/*
 * symtab_none.c - a build without libelf: files have no symbols.
 */
#include "sym/symtab.h"

#include <errno.h>

int symtab_read(struct symtab *table, const struct symtab_source *source, struct arena *arena)
{
	(void)table;
	(void)source;
	(void)arena;
	return -ENOTSUP;
}
