/*
 * map_type.c - looking up map types, and which helpers take them.
 */
#include "abi/map_type.h"

#include <stddef.h>
#include <string.h>

#include "abi/helper.h"
#include "abi/kind.h"
#include "abi/prog_type.h"
#include "base/bits.h"

enum trait { KEYED = 1, DIRECT = 2 };

/* BPF_F_* of map creation, as many as Linux 6.18 has. */
enum flag {
	/* clang-format off */
	NO_PREALLOC    = 1 << 0,
	NO_COMMON_LRU  = 1 << 1,
	NUMA           = 1 << 2,
	ACCESS         = 1 << 3 | 1 << 4, /* RDONLY, WRONLY: for user space */
	STACK_BUILD_ID = 1 << 5,
	ZERO_SEED      = 1 << 6,
	PROG_ACCESS    = 1 << 7 | 1 << 8, /* RDONLY_PROG, WRONLY_PROG */
	CLONE          = 1 << 9,
	MMAPABLE       = 1 << 10,
	PRESERVE_ELEMS = 1 << 11,
	INNER_MAP      = 1 << 12,
	LINK           = 1 << 13,
	BTF_OBJECT     = 1 << 15, /* VTYPE_BTF_OBJ_FD */
	SEGV_ON_FAULT  = 1 << 17,
	NO_USER_CONV   = 1 << 18,
	/* clang-format on */
};

static const struct abi_map_type rows[ABI_MAP_END] = {
#define MAP(number, NAME, name_, since_, traits, flags_, needed) \
	[number] = { .name = #name_,                             \
		     .type = (number),                           \
		     .since = (since_),                          \
		     .flags = (flags_),                          \
		     .needed_flags = (needed),                   \
		     .has_key = ((traits)&KEYED) != 0,           \
		     .direct_value = ((traits)&DIRECT) != 0 },
#include "abi/map_type.def"
};

/* Sets of types. */
#define ON(NAME) (UINT64_C(1) << ABI_MAP_##NAME)
#define HASHES   (ON(HASH) | ON(PERCPU_HASH) | ON(LRU_HASH) | ON(LRU_PERCPU_HASH))
#define ELEMENTS (HASHES | ON(ARRAY) | ON(PERCPU_ARRAY) | ON(LPM_TRIE) | ON(STRUCT_OPS) | ON(ARENA))
#define MAPS     (ON(ARRAY_OF_MAPS) | ON(HASH_OF_MAPS))
#undef SOCKETS /* the kinds of programs, which are of no use here */
#define SOCKETS  (ON(SOCKMAP) | ON(SOCKHASH))
#define DEVICES  (ON(DEVMAP) | ON(DEVMAP_HASH))
#define QUEUES   (ON(QUEUE) | ON(STACK))
#define STORAGES (ON(SK_STORAGE) | ON(INODE_STORAGE) | ON(TASK_STORAGE) | ON(CGRP_STORAGE))

static const uint64_t taken[ABI_HELPER_END] = {
#define TAKES(helper, types) [ABI_HELPER_##helper] = (types),
#include "abi/map_type.def"
};

/* Who may change maps of sockets: the others may run where their locks are held. */
#define UPDATERS (FILTER | CLS | XDP | REUSEPORT | FLOW | SK_LOOKUP | ITER)
#define DELETERS (UPDATERS | SOCK_OPS)

const struct abi_map_type *abi_map_type(uint32_t type)
{
	return type < ABI_MAP_END && rows[type].name ? &rows[type] : NULL;
}

uint32_t abi_map_type_find(const char *name)
{
	for (uint32_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].name && strcmp(rows[i].name, name) == 0)
			return i;
	return 0;
}

bool abi_map_type_takes(uint32_t type, uint32_t id)
{
	return id < ABI_HELPER_END && type < ABI_MAP_END && (taken[id] >> type & 1);
}

bool abi_map_type_takes_from(const struct abi_prog_type *row, uint32_t type, uint32_t id)
{
	if (!abi_map_type_takes(type, id))
		return false;
	if (!(SOCKETS >> type & 1))
		return true;
	switch (id) {
	case ABI_HELPER_map_update_elem: return row->kinds & UPDATERS;
	case ABI_HELPER_map_delete_elem: return row->kinds & DELETERS;
	default: return true;
	}
}
