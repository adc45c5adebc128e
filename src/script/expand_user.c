/*
 * expand_user.c - functions of programs, lines of their sources, and USDT probes.
 */
#include <errno.h>
#include <string.h>

#include "base/bits.h"
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
	struct diag why = { 0 };
	int err = catalog_user_place(x->options->catalog, a->target, NULL, a->number,
				     x->options->pid, &why, &place);

	/* What is no ELF file has no addresses: it is an offset then. */
	if (err == -ENOEXEC && x->options->unsafe)
		err = catalog_user_offset(x->options->catalog, a->target, a->number,
					  x->options->pid, diag, &place);
	else
		diag_add_all(diag, &why, a->span);
	diag_release(&why);
	return err ? err : (add_place(x, &place), 1);
}

/* Since glibc 2.34 these libraries are empty: what they held is in libc. */
static bool is_part_of_libc(const char *path)
{
	static const char *const names[] = { "libpthread", "libdl", "librt", "libutil" };
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const size_t len = strlen(names[i]);

		if (!strncmp(name, names[i], len) && (!name[len] || name[len] == '.'))
			return true;
	}
	return false;
}

static int find_in_libc(struct expanding *x, const char *name, struct diag *diag)
{
	const struct attach *a = x->written;
	int count = catalog_user_functions(x->options->catalog, "libc", name, x->options->pid,
					   expand_found, x, NULL);

	if (count > 0) {
		diag_warning(diag, a->span,
			     "'%s' is taken from libc, which '%s' is a part of today", a->name,
			     a->target);
		return count;
	}
	return 0;
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
	if (count == 0 && is_part_of_libc(a->target))
		count = find_in_libc(x, name, diag);
	/* Who knows where a function would be also knows why it is not there. */
	if (count == 0 && !a->has_wildcard && !a->is_cpp)
		return catalog_user_place(x->options->catalog, a->target, name, 0, x->options->pid,
					  diag, &place);
	return count;
}

/* --- USDT ------------------------------------------------------------------------------------ */

bool expand_usdt_agree(const struct attach *a, const struct attach *b)
{
	if (a->usdt_arg_count != b->usdt_arg_count)
		return false;
	for (uint32_t i = 0; i < a->usdt_arg_count; i++) {
		const struct catalog_usdt_arg *x = &a->usdt_args[i], *y = &b->usdt_args[i];

		if (x->place != y->place || x->value != y->value || x->reg != y->reg ||
		    x->index != y->index || x->scale != y->scale || x->bytes != y->bytes ||
		    x->is_signed != y->is_signed)
			return false;
	}
	return true;
}

/* A probe stands for as many attach points as it has places with different arguments; for one, if those do not
 * matter. */
static bool usdt_found(void *data, const char *target, const char *space, const char *name)
{
	struct expanding *x = data;
	const struct attach *written = x->written;
	const struct catalog_usdt_site *sites;
	struct attach one = *written;
	uint32_t count;
	bool goes_on = true;

	if (!x->uses_argn || catalog_usdt_sites(x->options->catalog, target, space, name,
						x->options->pid, &sites, &count, NULL) != 0)
		return expand_found(x, target, space, name);
	for (uint32_t i = 0; i < count && goes_on; i++) {
		one.usdt_args = sites[i].args;
		one.usdt_arg_count = sites[i].arg_count;
		one.is_address = count > 1;
		one.number = count > 1 ? sites[i].offset : 0;
		x->written = &one;
		goes_on = expand_found(x, target, space, name);
	}
	x->written = written;
	return goes_on;
}

int expand_user(struct expanding *x, struct diag *diag)
{
	const struct attach *a = x->written;

	if (a->provider->shape == FORM_USDT)
		return catalog_usdt(x->options->catalog, a->target, a->space, a->name,
				    x->options->pid, usdt_found, x, diag);
	if (a->file)
		return find_line(x, diag);
	if (a->is_address)
		return find_address(x, diag);
	return find_functions(x, diag);
}
