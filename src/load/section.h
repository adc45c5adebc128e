/*
 * section.h - what the name of a section says of the program in it: its type, and where to attach it.
 *
 * The table is section.def.
 */
#ifndef WAGGLE_LOAD_SECTION_H
#define WAGGLE_LOAD_SECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"

/* How programs of a section are attached. */
enum load_how {
	LOAD_HOW_NONE, /* by whoever made the object: nothing in its name says where */
	LOAD_HOW_KPROBE,
	LOAD_HOW_KRETPROBE,
	LOAD_HOW_KPROBE_MULTI,
	LOAD_HOW_KRETPROBE_MULTI,
	LOAD_HOW_KSYSCALL,
	LOAD_HOW_KRETSYSCALL,
	LOAD_HOW_UPROBE,
	LOAD_HOW_URETPROBE,
	LOAD_HOW_UPROBE_MULTI,
	LOAD_HOW_URETPROBE_MULTI,
	LOAD_HOW_USDT,
	LOAD_HOW_TRACEPOINT,
	LOAD_HOW_RAW,
	LOAD_HOW_TRACING, /* to what it was loaded for: tp_btf, fentry, lsm */
	LOAD_HOW_ITER,
	LOAD_HOW_PERF,
	LOAD_HOW_FREPLACE,
	LOAD_HOW_STRUCT_OPS,
	/* these need to be told where: an interface, a cgroup */
	LOAD_HOW_SOCKET,
	LOAD_HOW_XDP,
	LOAD_HOW_TCX,
	LOAD_HOW_NETKIT,
	LOAD_HOW_NETNS, /* the network namespace of this process */
	LOAD_HOW_CGROUP,
};

struct load_section {
	uint32_t type;   /* BPF_PROG_TYPE_* */
	uint32_t attach; /* BPF_*, expected_attach_type */
	uint32_t flags;  /* BPF_F_* */
	enum load_how how;
	bool is_optional;   /* '?' in front: not loaded unless it is asked for by name */
	const char *target; /* what stands behind the first '/' ("vfs_read"), or "" */
};

/* What @name, a section's, means; *ret_section points into @name.  -EINVAL with the nearest names in
 * @diag. */
int load_section_read(const char *name, struct diag *diag, struct load_section *ret_section);

#endif
