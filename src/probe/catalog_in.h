/*
 * catalog_in.h - what the files of the catalog share: its parts, each read when it is first needed.
 */
#ifndef WAGGLE_PROBE_CATALOG_IN_H
#define WAGGLE_PROBE_CATALOG_IN_H

#include "base/arena.h"
#include "btf/btf.h"
#include "probe/catalog.h"

struct user_catalog; /* user.c */

/* A name and what it belongs to: a tracepoint and its subsystem, a function and its module. */
struct catalog_name {
	const char *target;
	const char *name;
};

struct catalog_names {
	struct catalog_name *list; /* free(3) */
	size_t count;
	size_t size;
};

enum { FORMAT_BUCKETS = 256 };

struct tracefs {
	bool was_tried;
	int err;
	const char *path; /* NULL: not found yet */
	int mount_fd;     /* of a mount of our own, or -1 */
	char *text;       /* what the names point into */
	struct catalog_names events;
	struct format_link *formats[FORMAT_BUCKETS];
};

struct functions {
	bool was_tried;
	int err;
	bool is_traceable; /* they are the function tracer's */
	char *text;        /* what the names point into */
	size_t text_len;
	struct catalog_names names; /* as they are in the file */
};

struct catalog {
	struct catalog_options options;
	struct arena arena; /* strings and formats */
	struct tracefs tracefs;
	bool btf_was_tried;
	struct btf *btf;            /* NULL: there is none */
	struct module_btf *modules; /* whose types were asked for */
	struct functions functions;
	struct user_catalog *user; /* NULL: not needed so far */
};

void tracefs_release(struct tracefs *tracefs);
void functions_release(struct functions *functions);

/* Find tracefs; 0, or a negative errno with the reason and what to do in @diag. */
int tracefs_find(struct catalog *catalog, struct diag *diag);
/* All tracepoints, sorted. */
int tracefs_events(struct catalog *catalog, struct diag *diag,
		   const struct catalog_names **ret_events);

int catalog_names_add(struct catalog_names *names, const char *target, const char *name);
/* Sort, and drop what stands there twice. */
void catalog_names_sort(struct catalog_names *names);
/* Call @found for those that look like @target and @name, which can be NULL: any.  How many. */
int catalog_names_search(const struct catalog_names *names, const char *target, const char *name,
			 catalog_found_fn *found, void *data);

/* The names of its types of @kind that look like @name (NULL: any), sorted; the caller frees the list. */
int catalog_typed_names(struct catalog *catalog, enum btf_kind kind, const char *name,
			struct catalog_names *ret_names);

#endif
