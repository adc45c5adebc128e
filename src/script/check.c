/*
 * check.c - names, types, and what is allowed where.
 */
#include "script/ast.h"
#include "script/script.h"

int script_check(struct script *script, const struct script_options *options, struct arena *arena,
		 struct diag *diag)
{
	(void)script;
	(void)options;
	(void)arena;
	(void)diag;
	return 0;
}
