/*
 * map.h - what every map begins with: the part that programs, helpers and generated code see.
 *
 * The kinds of maps are in kern/map/, one file each, behind struct map_ops.  Generated code may
 * rely on the first members of struct map (up to 'cpu_count') and on nothing else of a map.
 */
#ifndef WAGGLE_KERN_OBJ_MAP_H
#define WAGGLE_KERN_OBJ_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kern/obj/heap.h"

/* The kernel's numbers (enum bpf_map_type in include/uapi/linux/bpf.h). */
enum map_type {
	MAP_TYPE_HASH = 1,
	MAP_TYPE_ARRAY = 2,
	MAP_TYPE_PROG_ARRAY = 3,
	MAP_TYPE_PERF_EVENT_ARRAY = 4,
	MAP_TYPE_PERCPU_HASH = 5,
	MAP_TYPE_PERCPU_ARRAY = 6,
	MAP_TYPE_STACK_TRACE = 7,
	MAP_TYPE_CGROUP_ARRAY = 8,
	MAP_TYPE_LRU_HASH = 9,
	MAP_TYPE_LRU_PERCPU_HASH = 10,
	MAP_TYPE_LPM_TRIE = 11,
	MAP_TYPE_ARRAY_OF_MAPS = 12,
	MAP_TYPE_HASH_OF_MAPS = 13,
	MAP_TYPE_DEVMAP = 14,
	MAP_TYPE_SOCKMAP = 15,
	MAP_TYPE_CPUMAP = 16,
	MAP_TYPE_XSKMAP = 17,
	MAP_TYPE_SOCKHASH = 18,
	MAP_TYPE_QUEUE = 22,
	MAP_TYPE_STACK = 23,
	MAP_TYPE_SK_STORAGE = 24,
	MAP_TYPE_DEVMAP_HASH = 25,
	MAP_TYPE_STRUCT_OPS = 26,
	MAP_TYPE_RINGBUF = 27,
	MAP_TYPE_INODE_STORAGE = 28,
	MAP_TYPE_TASK_STORAGE = 29,
	MAP_TYPE_BLOOM_FILTER = 30,
	MAP_TYPE_USER_RINGBUF = 31,
	MAP_TYPE_CGRP_STORAGE = 32,
	MAP_TYPE_ARENA = 33,
	MAP_TYPE_COUNT = 34,
};

/* How an update treats a key that is (not) there: BPF_ANY, BPF_NOEXIST, BPF_EXIST; and that it
 * is to hold the value's spin lock (BPF_F_LOCK), which lookups know, too. */
enum map_update_flags {
	MAP_ANY = 0,
	MAP_NOEXIST = 1,
	MAP_EXIST = 2,
	MAP_LOCK = 4,
};

/* ENOTSUPP, which the kernel lets out of bpf(2) although <errno.h> does not know it. */
enum { MAP_ENOTSUPP = 524 };

/* Parts of a value that copies leave alone, as BTF describes them (struct btf_record). */
enum map_field_kind {
	MAP_FIELD_SPIN_LOCK,
	MAP_FIELD_TIMER,
	MAP_FIELD_WORKQUEUE,
	MAP_FIELD_KPTR,
	MAP_FIELD_LIST_HEAD,
	MAP_FIELD_RB_ROOT,
	MAP_FIELD_REFCOUNT,
	MAP_FIELD_UPTR,
};

struct map_field {
	enum map_field_kind kind;
	uint32_t offset; /* into the value */
	uint32_t bytes;
};

enum { MAP_MOST_FIELDS = 11 }; /* BTF_FIELDS_MAX */

struct map;

/* Descriptors, as those see them who call bpf(2): maps of maps and arrays of programs are given
 * numbers of them, and show ids.  Each function returns 0 or a negative errno. */
struct map_files {
	void *data;
	/* The map that descriptor @fd of the caller is, with a reference for the callee. */
	int (*map)(void *data, int fd, struct map **ret_map);
	/* The object of another type (a program, a perf event, a socket...) that @fd is for a map of
	 * @type, which holds it until 'drop'; its id into @ret_id. */
	int (*object)(void *data, enum map_type type, int fd, void **ret_object, uint32_t *ret_id);
	void (*drop)(void *data, enum map_type type, void *object);
};

/* Which batch commands a kind has. */
enum map_batches {
	MAP_BATCH_LOOKUP = 1 << 0,
	MAP_BATCH_TAKE = 1 << 1, /* lookup and delete */
	MAP_BATCH_UPDATE = 1 << 2,
	MAP_BATCH_DELETE = 1 << 3,
};

/* What a kind of map can do, called from programs and from the host, from any thread.  Members
 * under 'optional' may be NULL. */
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

	/* --- optional --- */

	/* Maps without keys: bpf_map_push_elem and its kin. */
	int (*push)(struct map *map, const void *value, uint64_t flags);
	int (*pop)(struct map *map, void *ret_value);
	int (*peek)(struct map *map, void *value);

	/* What bpf(2) does otherwise than programs do.  'get' copies the value as it is shown
	 * outside (map_value_bytes bytes); 'take' also removes it. */
	int (*get)(struct map *map, const void *key, void *ret_value, uint64_t flags);
	int (*set)(struct map *map, const struct map_files *files, const void *key,
		   const void *value, uint64_t flags);
	int (*take)(struct map *map, const void *key, void *ret_value, uint64_t flags);
	/* 'get' and 'remove' where keys or elements are the caller's descriptors. */
	int (*find)(struct map *map, const struct map_files *files, const void *key,
		    void *ret_value, uint64_t flags);
	int (*unset)(struct map *map, const struct map_files *files, const void *key);
	unsigned int batches; /* of enum map_batches */

	/* The next elements of a batch: as map_batch_read (kern/map/access.h), for kinds whose resume
	 * keys are no keys. */
	int (*batch)(struct map *map, uint32_t *position, uint32_t most, bool take, void *keys,
		     void *values, uint32_t *ret_count);

	/* bpf_redirect_map: may the frame go where @key says?  The low bits of @flags are the
	 * answer when there is nothing at @key. */
	int64_t (*redirect)(struct map *map, uint64_t key, uint64_t flags);
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

	/* Per-CPU arrays only: value i of processor c, below cpu_count, stands at
	 * cpu_values + c * cpu_bytes + i * stride. */
	uint8_t *cpu_values;
	uint64_t cpu_bytes;
	uint32_t cpu_count;

	struct heap *heap; /* where all of the map lies */
	uint32_t id;       /* what bpf(2) calls it; given by kern/syscall, 0 before */
	uint32_t refs;
	uint32_t is_frozen; /* bpf(2) may not write any more */
	uint64_t extra;     /* map_extra */
	struct map *inner;  /* maps of maps: what their values look like; holds a reference */
	uint32_t field_count;
	struct map_field fields[MAP_MOST_FIELDS]; /* ascending by offset */
};

#endif
