/*
 * typed.c - what the kernel's types tell about places to attach to.
 *
 * A raw tracepoint NAME has a typedef 'btf_trace_NAME'.  An iterator NAME has a function 'bpf_iter_NAME'
 * and a struct 'bpf_iter__NAME', its context; functions alone begin like that for other reasons, too.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/glob.h"
#include "probe/catalog_in.h"

static const char vmlinux[] = "vmlinux";

static bool has_type(const struct btf *btf, enum btf_kind kind, const char *prefix,
		     const char *name)
{
	char whole[256];

	if ((size_t)snprintf(whole, sizeof whole, "%s%s", prefix, name) >= sizeof whole)
		return false;
	return btf_find(btf, kind, whole) != 0;
}

/* Add what follows @prefix in the names of types of @kind; sorted. */
static int collect(const struct btf *btf, enum btf_kind kind, const char *prefix,
		   struct catalog_names *names)
{
	const size_t len = strlen(prefix);
	struct btf_type type;
	int err = 0;

	for (uint32_t id = 1; id <= btf_last_id(btf) && !err; id++)
		if (btf_type(btf, id, &type) && type.kind == kind &&
		    !strncmp(type.name, prefix, len))
			err = catalog_names_add(names, vmlinux, type.name + len);
	catalog_names_sort(names);
	return err;
}

int catalog_typed_names(struct catalog *catalog, enum btf_kind kind, const char *name,
			struct catalog_names *ret_names)
{
	const struct btf *btf = catalog_btf(catalog);
	struct btf_type type;
	int err = 0;

	if (!btf)
		return -ENOENT;
	for (uint32_t id = 1; id <= btf_last_id(btf) && !err; id++)
		if (btf_type(btf, id, &type) && type.kind == kind &&
		    (!name || glob_matches(name, type.name)))
			err = catalog_names_add(ret_names, vmlinux, type.name);
	catalog_names_sort(ret_names);
	return err;
}

/* --- raw tracepoints ------------------------------------------------------------------------- */

/* Without types: every event of tracefs is served by a raw tracepoint, most often of its name. */
static int search_events(struct catalog *catalog, const char *module, const char *event,
			 catalog_found_fn *found, void *data, struct diag *diag)
{
	const struct catalog_names *events = NULL;
	struct catalog_names names = { 0 };
	int err = tracefs_events(catalog, diag, &events);
	int count;

	for (size_t i = 0; !err && i < events->count; i++)
		if (strcmp(events->list[i].target, "syscalls") != 0)
			err = catalog_names_add(&names, vmlinux, events->list[i].name);
	catalog_names_sort(&names);
	count = err ? err : catalog_names_search(&names, module, event, found, data);
	free(names.list);
	return count;
}

int catalog_raw_tracepoints(struct catalog *catalog, const char *module, const char *event,
			    catalog_found_fn *found, void *data, struct diag *diag)
{
	const bool is_module = module && glob_is_plain(module) && strcmp(module, vmlinux) != 0;
	const struct btf *btf = is_module ? catalog_module_btf(catalog, module) : NULL;
	struct catalog_names names = { 0 };
	int count;

	if (btf && event && glob_is_plain(event) &&
	    has_type(btf, BTF_TYPEDEF, "btf_trace_", event)) {
		(void)found(data, module, NULL, event);
		return 1;
	}
	btf = catalog_btf(catalog);
	if (!btf)
		return search_events(catalog, module, event, found, data, diag);
	if (event && glob_is_plain(event)) {
		if ((module && !glob_matches(module, vmlinux)) ||
		    !has_type(btf, BTF_TYPEDEF, "btf_trace_", event))
			return 0;
		(void)found(data, vmlinux, NULL, event);
		return 1;
	}
	count = collect(btf, BTF_TYPEDEF, "btf_trace_", &names);
	if (!count)
		count = catalog_names_search(&names, module, event, found, data);
	free(names.list);
	return count;
}

/* --- iterators ------------------------------------------------------------------------------- */

/* Those of @contexts that have a function, too. */
static int search_iterators(const struct btf *btf, const char *name, catalog_found_fn *found,
			    void *data)
{
	struct catalog_names contexts = { 0 }, functions = { 0 };
	size_t kept = 0;
	int count = collect(btf, BTF_STRUCT, "bpf_iter__", &contexts);

	if (!count)
		count = collect(btf, BTF_FUNC, "bpf_iter_", &functions);
	for (size_t i = 0, j = 0; !count && i < contexts.count; i++) {
		while (j < functions.count &&
		       strcmp(functions.list[j].name, contexts.list[i].name) < 0)
			j++;
		if (j < functions.count && !strcmp(functions.list[j].name, contexts.list[i].name))
			contexts.list[kept++] = contexts.list[i];
	}
	contexts.count = kept;
	if (!count)
		count = catalog_names_search(&contexts, NULL, name, found, data);
	free(contexts.list);
	free(functions.list);
	return count;
}

int catalog_iterators(struct catalog *catalog, const char *name, catalog_found_fn *found,
		      void *data, struct diag *diag)
{
	const struct btf *btf = catalog_btf(catalog);

	if (!btf) {
		diag_error(diag, SPAN_NONE,
			   "this kernel does not describe its types, and so has no iterators");
		diag_hint(diag, "it was built without CONFIG_DEBUG_INFO_BTF");
		return -ENOENT;
	}
	if (!name || !glob_is_plain(name))
		return search_iterators(btf, name, found, data);
	if (!has_type(btf, BTF_STRUCT, "bpf_iter__", name) ||
	    !has_type(btf, BTF_FUNC, "bpf_iter_", name))
		return 0;
	(void)found(data, vmlinux, NULL, name);
	return 1;
}
