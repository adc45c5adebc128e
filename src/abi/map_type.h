/*
 * map_type.h - map types: names, first kernels, which helpers take them, what they allow.
 *
 * The table is map_type.def.
 */
#ifndef WAGGLE_ABI_MAP_TYPE_H
#define WAGGLE_ABI_MAP_TYPE_H

#include <stdbool.h>
#include <stdint.h>

struct abi_prog_type;

/* BPF_MAP_TYPE_*, also those that <linux/bpf.h> of an older system lacks. */
enum abi_map_number {
#define MAP(number, NAME, ...) ABI_MAP_##NAME = (number),
#include "abi/map_type.def"
	ABI_MAP_END, /* one more than the greatest */
};

struct abi_map_type {
	const char *name;      /* "percpu_hash", as bpftool says it */
	uint32_t type;         /* BPF_MAP_TYPE_* */
	uint16_t since;        /* as in version.h */
	uint32_t flags;        /* BPF_F_* that creation accepts */
	uint32_t needed_flags; /* and insists on */
	bool has_key;      /* queues, stacks, ring buffers, bloom filters and arenas have none */
	bool direct_value; /* BPF_PSEUDO_MAP_VALUE works */
};

const struct abi_map_type *abi_map_type(uint32_t type); /* NULL: unknown */
uint32_t abi_map_type_find(const char *name);           /* 0: unknown */

/* Does helper @id take maps of type @type (as its ABI_ARG_CONST_MAP)?  The second asks for programs of @row:
 * not all may change maps of sockets. */
bool abi_map_type_takes(uint32_t type, uint32_t id);
bool abi_map_type_takes_from(const struct abi_prog_type *row, uint32_t type, uint32_t id);

#endif
