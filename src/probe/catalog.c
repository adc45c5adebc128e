/*
 * catalog.c - the catalog as a whole, and searches among names.
 */
#include "probe/catalog.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/glob.h"
#include "probe/catalog_in.h"
#include "probe/user.h"

#define BTF_DIR "/sys/kernel/btf/"

/* The types of a module, or that it has none. */
struct module_btf {
	struct module_btf *next;
	const char *name;
	struct btf *btf;
};

struct catalog *catalog_new(const struct catalog_options *options)
{
	struct catalog *catalog = calloc(1, sizeof *catalog);

	if (!catalog)
		return NULL;
	catalog->options = *options;
	catalog->tracefs.mount_fd = -1;
	return catalog;
}

void catalog_free(struct catalog *catalog)
{
	if (!catalog)
		return;
	user_catalog_free(catalog->user);
	tracefs_release(&catalog->tracefs);
	functions_release(&catalog->functions);
	for (struct module_btf *m = catalog->modules; m; m = m->next)
		btf_free(m->btf);
	btf_free(catalog->btf);
	arena_release(&catalog->arena);
	free(catalog);
}

const struct btf *catalog_btf(struct catalog *catalog)
{
	if (!catalog->btf_was_tried) {
		catalog->btf_was_tried = true;
		(void)btf_open(BTF_DIR "vmlinux", NULL, &catalog->btf);
	}
	return catalog->btf;
}

/* Its types, opened if they were not before; NULL when memory is short. */
static struct module_btf *open_module(struct catalog *catalog, const char *name)
{
	const struct btf *base = catalog_btf(catalog);
	struct module_btf *m = arena_alloc(&catalog->arena, sizeof *m);
	const char *path;

	if (!m)
		return NULL;
	m->name = arena_strndup(&catalog->arena, name, strlen(name));
	path = arena_printf(&catalog->arena, BTF_DIR "%s", name);
	if (!m->name || !path)
		return NULL;
	if (base && !strchr(name, '/'))
		(void)btf_open_split(path, base, NULL, &m->btf);
	m->next = catalog->modules;
	catalog->modules = m;
	return m;
}

const struct btf *catalog_module_btf(struct catalog *catalog, const char *name)
{
	struct module_btf *m = catalog->modules;

	if (!name || !strcmp(name, "vmlinux"))
		return catalog_btf(catalog);
	while (m && strcmp(m->name, name) != 0)
		m = m->next;
	if (!m)
		m = open_module(catalog, name);
	return m ? m->btf : NULL;
}

/* --- names ----------------------------------------------------------------------------------- */

int catalog_names_add(struct catalog_names *names, const char *target, const char *name)
{
	if (names->count == names->size) {
		const size_t size = names->size ? names->size * 2 : 1024;
		struct catalog_name *list = realloc(names->list, size * sizeof *list);

		if (!list)
			return -ENOMEM;
		names->list = list;
		names->size = size;
	}
	names->list[names->count++] = (struct catalog_name){ target, name };
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	const struct catalog_name *x = a, *y = b;
	const int order = strcmp(x->target, y->target);

	return order ? order : strcmp(x->name, y->name);
}

void catalog_names_sort(struct catalog_names *names)
{
	size_t kept = 0;

	if (!names->count)
		return;
	qsort(names->list, names->count, sizeof *names->list, compare_names);
	for (size_t i = 1; i < names->count; i++)
		if (compare_names(&names->list[kept], &names->list[i]) != 0)
			names->list[++kept] = names->list[i];
	names->count = kept + 1;
}

int catalog_names_search(const struct catalog_names *names, const char *target, const char *name,
			 catalog_found_fn *found, void *data)
{
	/* most names are told apart by their first letter */
	const char first = name && !strchr("*?[", name[0]) ? name[0] : '\0';
	const char *last = NULL; /* its target: neighbours have the same */
	bool fits = false;
	int count = 0;

	for (size_t i = 0; i < names->count; i++) {
		const struct catalog_name *at = &names->list[i];

		if (first && at->name[0] != first)
			continue;
		if (at->target != last) {
			last = at->target;
			fits = !target || glob_matches(target, at->target);
		}
		if (!fits || (name && !glob_matches(name, at->name)))
			continue;
		count++;
		if (!found(data, at->target, NULL, at->name))
			break;
	}
	return count;
}
