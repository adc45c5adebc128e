/*
 * map.h - what every map begins with: the part that programs, helpers and generated code see.
 *
 * The kinds of maps are in kern/map/, one file each, behind struct map_ops.  Generated code may
 * rely on the members of struct map and on nothing else of a map.
 */
#ifndef WAGGLE_KERN_OBJ_MAP_H
#define WAGGLE_KERN_OBJ_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The kernel's numbers (enum bpf_map_type in include/uapi/linux/bpf.h). */
enum map_type {
	MAP_TYPE_HASH = 1,
	MAP_TYPE_ARRAY = 2,
	MAP_TYPE_PROG_ARRAY = 3,
	MAP_TYPE_PERCPU_HASH = 5,
	MAP_TYPE_PERCPU_ARRAY = 6,
};

/* How an update treats a key that is (not) there: BPF_ANY, BPF_NOEXIST, BPF_EXIST. */
enum map_update_flags {
	MAP_ANY = 0,
	MAP_NOEXIST = 1,
	MAP_EXIST = 2,
};

struct map;

/* What a kind of map can do, called from programs and from the host, from any thread. */
struct map_ops {
	const char *name; /* "hash" */

	/* The value of @key, or NULL.  It stays readable until the running programs have
	 * returned, even when the key is deleted meanwhile. */
	void *(*lookup)(struct map *map, const void *key);

	/* The value of @key that processor @cpu has, or NULL.  This member is NULL for kinds whose
	 * values are the same on all of them. */
	void *(*lookup_cpu)(struct map *map, const void *key, unsigned int cpu);

	/* 0, or -EEXIST, -ENOENT, -E2BIG, -EINVAL as the kernel's own. */
	int (*update)(struct map *map, const void *key, const void *value, uint64_t flags);
	int (*remove)(struct map *map, const void *key);

	/* The key after @key (any order; NULL or a key that is gone: the first) into @ret_next, or
	 * -ENOENT after the last. */
	int (*next_key)(struct map *map, const void *key, void *ret_next);

	/* Call @visit for every element until it returns false; returns how many were visited. */
	size_t (*each)(struct map *map, bool (*visit)(void *arg, const void *key, void *value),
		       void *arg);

	/* The memory in which lookup's pointers lie, for machines that check every access. */
	void (*extent)(const struct map *map, void **ret_start, size_t *ret_bytes);

	void (*free)(struct map *map);
};

struct map {
	const struct map_ops *ops;
	enum map_type type;
	uint32_t key_size;   /* bytes */
	uint32_t value_size; /* bytes */
	uint32_t max_entries;
	uint32_t flags; /* BPF_F_* of the kernel */

	/* Plain arrays only (MAP_TYPE_ARRAY): value i stands at values + i * stride, for i below
	 * max_entries.  Lookups are then a comparison and an addition, which JITs inline. */
	uint8_t *values;
	uint64_t stride;
};

#endif
