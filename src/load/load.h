/*
 * load.h - an object in a kernel: its maps made, its programs loaded, as libbpf would.
 *
 * The order is: types put right, maps made and filled, programs linked, fitted to the kernel's types (CO-RE) and loaded.
 * What was made lives as long as the struct loaded, or the descriptors and links that outlive it.
 */
#ifndef WAGGLE_LOAD_LOAD_H
#define WAGGLE_LOAD_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "btf/btf.h"
#include "load/section.h"
#include "object/object.h"
#include "sym/sym.h"
#include "sys/sys.h"

struct load_options {
	const struct sys *sys;
	const char *name;         /* the object's, without folders: "opensnoop.bpf.o" */
	const struct btf *kernel; /* the target's types; NULL: there are none */
	struct sym *sym;          /* for addresses of the kernel's symbols; NULL: none are known */
	const char *const
		*programs; /* NULL-terminated: only these, also those with '?'; or NULL: all */
	bool has_cookie;   /* the kernel has bpf_get_attach_cookie */
};

struct loaded_map {
	const struct object_map *def;
	const char *name;     /* as the kernel has it: ".rodata" has the object's in front */
	uint32_t max_entries; /* as made: rings are rounded up */
	int fd;
};

struct loaded_prog {
	const char *name;
	const char *section_name;
	struct load_section section;
	uint32_t kernel_id; /* of what TRACING programs are for, in the kernel's types; or 0 */
	int fd;             /* -1: not wanted */
	size_t insn_count;
};

struct loaded {
	const struct object *object;
	struct loaded_map *maps;
	size_t map_count;
	struct loaded_prog *progs;
	size_t prog_count;
	const struct btf *types; /* of the object, or NULL */
};

/* Load @object, which must outlive the result.  All or nothing: 0 and *ret_loaded (yours: loaded_free), or a negative errno with
 * what, where and why in @diag. */
int load_object(struct object *object, const struct load_options *options, struct diag *diag,
		struct loaded **ret_loaded);
void loaded_free(struct loaded *loaded); /* closes the descriptors; NULL is fine */

#endif
