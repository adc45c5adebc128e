/*
 * map_type.h - map types: names, first kernels, which helpers take them, what they allow.
 *
 * The table is map_type.def.  Source: include/uapi/linux/bpf.h, map_alloc_check of each type and
 * check_map_func_compatibility (kernel/bpf/verifier.c) of Linux 6.18.
 */
#ifndef WAGGLE_ABI_MAP_TYPE_H
#define WAGGLE_ABI_MAP_TYPE_H

#include <stdbool.h>
#include <stdint.h>

struct abi_map_type {
	const char *name;  /* "percpu_hash", as bpftool says it */
	uint32_t type;     /* BPF_MAP_TYPE_* */
	uint16_t since;    /* as in version.h */
	uint32_t flags;    /* BPF_F_* that creation accepts */
	bool has_key;      /* queue, stack, ring buffers and bloom filters have none */
	bool direct_value; /* BPF_PSEUDO_MAP_VALUE works */
};

const struct abi_map_type *abi_map_type(uint32_t type); /* NULL: unknown */
uint32_t abi_map_type_find(const char *name);           /* 0: unknown */

/* Does helper @id take maps of type @type (as its ABI_ARG_CONST_MAP)? */
bool abi_map_type_takes(uint32_t type, uint32_t id);

#endif
