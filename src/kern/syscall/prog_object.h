/*
 * prog_object.h - programs, as callers of bpf(2) see them.
 */
#ifndef WAGGLE_KERN_SYSCALL_PROG_OBJECT_H
#define WAGGLE_KERN_SYSCALL_PROG_OBJECT_H

#include "isa/insn.h"
#include "kern/prog/program.h"
#include "kern/syscall/btf_object.h"
#include "kern/syscall/kernel.h"
#include "kern/syscall/map_object.h"

enum { PROG_TAG_BYTES = 8 };

/* Records of func_info or line_info as they were loaded. */
struct prog_records {
	uint8_t *data;
	uint32_t count;
	uint32_t record_bytes;
};

struct prog_object {
	struct object object;
	uint32_t type;
	uint32_t attach_type; /* expected_attach_type */
	uint32_t flags;
	char name[ATTR_NAME_LEN];
	uint8_t tag[PROG_TAG_BYTES];
	bool is_gpl;
	uint32_t uid;     /* of who loaded it */
	uint64_t load_ns; /* CLOCK_BOOTTIME */
	uint32_t attach_btf_id;
	struct btf_object *attach_btf;   /* or NULL */
	struct prog_object *attach_prog; /* or NULL */

	/* As they were loaded, but that maps are named by their index in 'maps'. */
	struct insn *insns;
	uint32_t insn_count;
	uint32_t verified_insns;  /* steps that it took to judge it */
	struct map_object **maps; /* a reference each */
	size_t map_count;

	struct btf_object *btf; /* or NULL */
	struct prog_records funcs, lines;

	struct program *program;
	uint64_t run_ns, run_count; /* while BPF_ENABLE_STATS is on */
};

/* The program that the caller's @fd is a descriptor of, as object_find. */
int prog_object_find(const struct call *call, int fd, struct prog_object **ret_prog);

/* What prog arrays hold. */
const struct vm_prog *prog_object_code(const struct prog_object *prog);

/* Add @map (and a reference of it) unless it is there; its index, or -E2BIG, -ENOMEM. */
int prog_object_add_map(struct prog_object *prog, struct map_object *map);

#endif
