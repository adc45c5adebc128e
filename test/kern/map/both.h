/*
 * both.h - the map commands of bpf(2) on two kernels: the host's and the embedded one.
 *
 * A table of operations that runs on both says the same of both; where they differ, the host is right.
 */
#ifndef WAGGLE_TEST_KERN_MAP_BOTH_H
#define WAGGLE_TEST_KERN_MAP_BOTH_H

#include "kern/map/access.h"

/* A map on one of the kernels. */
struct both_map {
	const struct both_kernel *kernel;
	int fd;               /* the host's */
	struct map_view view; /* ours */
};

struct both_kernel {
	const char *name;
	/* 0 or a negative errno.  @inner: for maps of maps, on the same kernel. */
	int (*create)(const struct map_spec *spec, const struct both_map *inner,
		      struct both_map *ret_map);
	void (*close)(struct both_map *map);
	int (*lookup)(struct both_map *map, const void *key, void *value, uint64_t flags);
	int (*update)(struct both_map *map, const void *key, const void *value, uint64_t flags);
	int (*remove)(struct both_map *map, const void *key);
	int (*next_key)(struct both_map *map, const void *key, void *ret_next);
	int (*take)(struct both_map *map, const void *key, void *value, uint64_t flags);
	int (*freeze)(struct both_map *map);
	int (*batch)(struct both_map *map, enum map_batches kind, struct map_batch *batch);
	/* The number that stands for @inner as a value in maps of maps. */
	uint32_t (*number)(const struct both_map *inner);
};

extern const struct both_kernel both_host, both_ours;

/* NULL, or why the host cannot be asked. */
const char *both_host_missing(void);

/* "-EINVAL", "0". */
const char *both_error_name(int err);

#endif
