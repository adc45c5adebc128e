/*
 * expand_user.c - functions of programs, lines of their sources, and USDT probes.
 */
#include <errno.h>
#include <string.h>

#include "probe/catalog.h"
#include "script/expand.h"

/* A place in a file: from here on its address is an offset in the file. */
static bool add_place(struct expanding *x, const struct catalog_place *place)
{
	struct attach a = *x->written;

	a.target = place->path;
	a.is_address = true;
	a.number = place->offset;
	a.file = NULL;
	a.len = 0;
	return expand_add(x, &a);
}

static int find_line(struct expanding *x, struct diag *diag)
{
	const struct attach *a = x->written;
	const struct catalog_line line = {
		.path = a->target,
		.file = a->file,
		.line = (uint32_t)a->number,
		.column = (uint32_t)a->len,
		.pid = x->options->pid,
	};
	const struct catalog_place *places;
	uint32_t count;
	int err = catalog_source_line(x->options->catalog, &line, diag, &places, &count);

	for (uint32_t i = 0; !err && i < count; i++)
		if (!add_place(x, &places[i]))
			break;
	return err ? err : (int)count;
}

static int find_address(struct expanding *x, struct diag *diag)
{
	const struct attach *a = x->written;
	struct catalog_place place;
	int err = catalog_user_place(x->options->catalog, a->target, NULL, a->number,
				     x->options->pid, diag, &place);

	return err ? err : (add_place(x, &place), 1);
}

static int find_functions(struct expanding *x, struct diag *diag)
{
	const struct attach *a = x->written;
	const char *name = a->is_cpp ? arena_printf(x->arena, "cpp:%s", a->name) : a->name;
	struct catalog_place place;
	int count;

	if (!name) {
		x->no_memory = true;
		return -ENOMEM;
	}
	count = catalog_user_functions(x->options->catalog, a->target, name, x->options->pid,
				       expand_found, x, diag);
	/* Who knows where a function would be also knows why it is not there. */
	if (count == 0 && !a->has_wildcard && !a->is_cpp)
		return catalog_user_place(x->options->catalog, a->target, name, 0, x->options->pid,
					  diag, &place);
	return count;
}

int expand_user(struct expanding *x, struct diag *diag)
{
	const struct attach *a = x->written;

	if (a->provider->shape == FORM_USDT)
		return catalog_usdt(x->options->catalog, a->target, a->space, a->name,
				    x->options->pid, expand_found, x, diag);
	if (a->file)
		return find_line(x, diag);
	if (a->is_address)
		return find_address(x, diag);
	return find_functions(x, diag);
}
