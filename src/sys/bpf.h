/*
 * bpf.h - bpf(2) with types: its commands, one function each.
 *
 * Every function returns what the command does (a descriptor that the caller closes, or 0), or a negative
 * errno.  Numbers are those of <linux/bpf.h>.
 */
#ifndef WAGGLE_SYS_BPF_H
#define WAGGLE_SYS_BPF_H

#include <stdint.h>

#include "base/diag.h"
#include "sys/sys.h"

struct sys_map {
	uint32_t type; /* BPF_MAP_TYPE_* */
	uint32_t key_size;
	uint32_t value_size;
	uint32_t max_entries;
	uint32_t flags;   /* BPF_F_* */
	const char *name; /* its first 15 characters; or NULL */
};

int sys_map_new(const struct sys *sys, const struct sys_map *map);
int sys_map_update(const struct sys *sys, int map_fd, const void *key, const void *value,
		   uint64_t flags);

/* All @count elements at once: @keys and @values are arrays.  With a kernel before 5.6, one after the
 * other. */
int sys_map_fill(const struct sys *sys, int map_fd, const struct sys_map *map, const void *keys,
		 const void *values, uint32_t count);

struct sys_prog {
	uint32_t type;     /* BPF_PROG_TYPE_* */
	const void *insns; /* struct bpf_insn [insn_count] */
	uint32_t insn_count;
	const char *license;
	const char *name; /* its first 15 characters; or NULL */
};

/* The descriptor of a program, or a negative errno with the end of the verifier's log in @diag if
 * that is not NULL (it costs a second try). */
int sys_prog_load(const struct sys *sys, const struct sys_prog *prog, struct diag *diag);

#endif
