/*
 * map_object.h - maps, as callers of bpf(2) see them.
 */
#ifndef WAGGLE_KERN_SYSCALL_MAP_OBJECT_H
#define WAGGLE_KERN_SYSCALL_MAP_OBJECT_H

#include "kern/map/kinds.h"
#include "kern/syscall/btf_object.h"
#include "kern/syscall/kernel.h"

/* BPF_F_RDONLY and BPF_F_WRONLY: for descriptors, also those of what is no new map. */
enum { FILE_F_RDONLY = 1 << 3, FILE_F_WRONLY = 1 << 4 };

struct map_object {
	struct object object;
	struct map *map;
	char name[ATTR_NAME_LEN];
	struct btf_object *btf; /* or NULL */
	uint32_t key_type, value_type;
	uint8_t *memory; /* values that callers can map, in the object's file; or NULL */
	size_t memory_bytes;
	struct object **members; /* of prog arrays: a reference for each; else NULL */
};

/* How a file with BPF_F_RDONLY, BPF_F_WRONLY in @flags is opened: O_*, or -EINVAL. */
int map_file_mode(uint32_t flags);

/* The map that the caller's @fd is a descriptor of, as object_find. */
int map_object_find(const struct call *call, int fd, struct map_object **ret_map, int *ret_mode);

#endif
