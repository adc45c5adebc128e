/*
 * access.h - maps as bpf(2) sees them: what BPF_MAP_LOOKUP_ELEM and its kin do once descriptors are
 * maps and memory is at hand.
 *
 * Every function returns 0 or the errno of the kernel's command (kernel/bpf/syscall.c), in its order.
 * Per-CPU values are shown as one after the other for each processor, each on 8 bytes.
 */
#ifndef WAGGLE_KERN_MAP_ACCESS_H
#define WAGGLE_KERN_MAP_ACCESS_H

#include "kern/map/kinds.h"

/* A map through a descriptor. */
struct map_view {
	struct map *map;
	bool may_read, may_write; /* from the flags of map or descriptor (map_view_of) */
	const struct map_files *files;
};

/* @map as the descriptor that its creator gets; @files is kept. */
struct map_view map_view_of(struct map *map, const struct map_files *files);

/* Bytes of a value outside. */
size_t map_value_bytes(const struct map *map);

int map_lookup_elem(const struct map_view *view, const void *key, void *value, uint64_t flags);
int map_update_elem(const struct map_view *view, const void *key, const void *value,
		    uint64_t flags);
int map_delete_elem(const struct map_view *view, const void *key);
int map_take_elem(const struct map_view *view, const void *key, void *value, uint64_t flags);
int map_next_key(const struct map_view *view, const void *key, void *ret_next);
int map_freeze(const struct map_view *view);

/* A batch.  'count' is how many elements there is room for, and how many were done, also when an error
 * is returned.  'in' is where to go on (NULL: at the beginning), 'out' is where the next one shall;
 * both have map_resume_bytes. */
struct map_batch {
	const void *in;
	void *out;
	void *keys;
	void *values;
	uint32_t count;
	uint64_t elem_flags;
	uint64_t flags;
};

size_t map_resume_bytes(const struct map *map);
int map_batch_lookup(const struct map_view *view, struct map_batch *batch);
int map_batch_take(const struct map_view *view, struct map_batch *batch);
int map_batch_update(const struct map_view *view, struct map_batch *batch);
int map_batch_delete(const struct map_view *view, struct map_batch *batch);

#endif
