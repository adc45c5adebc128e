/*
 * kinds.h - making maps of every kind.
 *
 * A kind of map is one file here and one row of kinds.def.  What all of them share, and what
 * programs see of them, is kern/obj/map.h.
 *
 * Sizes, errors and their order are the kernel's (kernel/bpf/arraymap.c, hashtab.c of Linux
 * 6.18): a program or a test cannot tell these maps from the kernel's by their answers.
 */
#ifndef WAGGLE_KERN_MAP_KINDS_H
#define WAGGLE_KERN_MAP_KINDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "kern/obj/map.h"

/* What a map is to be.  The kernel's meaning of every member (union bpf_attr, BPF_MAP_CREATE). */
struct map_spec {
	const char *name;    /* for messages; NULL is fine */
	uint32_t type;       /* enum map_type, or a number that no kind has */
	uint32_t key_size;   /* bytes */
	uint32_t value_size; /* bytes */
	uint32_t max_entries;
	uint32_t flags;     /* BPF_F_*: see map_flags */
	uint32_t numa_node; /* with MAP_F_NUMA_NODE */
	uint64_t extra;     /* map_extra: bloom filters, arenas */
	struct map *inner;  /* maps of maps: a map like those it will hold (inner_map_fd) */
	bool has_btf;       /* the types of key and value are known, which storages demand */
	uint32_t field_count;
	struct map_field fields[MAP_MOST_FIELDS]; /* of the value, ascending by offset */
	struct heap *heap;                        /* NULL: the process's own memory */
	uint8_t *values; /* MAP_TYPE_ARRAY: zeroed memory for them that outlives the map; or NULL */
};

/* BPF_F_*; what each kind takes is in kinds.def. */
enum map_flags {
	MAP_F_NO_PREALLOC = 1 << 0, /* hash maps: accepted; elements are preallocated anyway,
				       * but memory is only used once they are */
	MAP_F_NO_COMMON_LRU =
		1 << 1,           /* accepted: max_entries becomes a multiple of the processors */
	MAP_F_NUMA_NODE = 1 << 2, /* accepted for nodes that there are; memory is where it is */
	MAP_F_RDONLY = 1 << 3,    /* the descriptor may not write */
	MAP_F_WRONLY = 1 << 4,    /* the descriptor may not read */
	MAP_F_STACK_BUILD_ID = 1 << 5,
	MAP_F_ZERO_SEED = 1 << 6,   /* hash without a random seed, for tests */
	MAP_F_RDONLY_PROG = 1 << 7, /* programs may not write */
	MAP_F_WRONLY_PROG = 1 << 8, /* programs may not read */
	MAP_F_CLONE = 1 << 9,       /* storages: copied to child sockets */
	MAP_F_MMAPABLE = 1 << 10,
	MAP_F_PRESERVE_ELEMS = 1 << 11, /* perf event arrays */
	MAP_F_INNER_MAP = 1 << 12,      /* arrays in maps of maps: max_entries may differ */
	MAP_F_LINK = 1 << 13,
	MAP_F_VTYPE_BTF_OBJ_FD = 1 << 15,
	MAP_F_SEGV_ON_FAULT = 1 << 17,
	MAP_F_NO_USER_CONV = 1 << 18,
};

/* Make the map that @spec describes.  Returns 0 and sets *ret_map (one reference, yours: map_put),
 * or what the kernel says: -EINVAL, -E2BIG, -ENOMEM, -MAP_ENOTSUPP, ... with the reason in @diag. */
int map_new(const struct map_spec *spec, struct diag *diag, struct map **ret_map);

/* One more, and one less reference; the last one frees.  NULL is fine for map_put. */
struct map *map_get(struct map *map);
void map_put(struct map *map);

/* --- For the kinds --- */

/* Memory for a map of @bytes, struct map first and filled in from @spec; NULL when there is none. */
void *map_alloc(const struct map_spec *spec, const struct map_ops *ops, size_t bytes);
void map_dealloc(struct map *map, size_t bytes);

/* Copy a value, but for the fields that have a life of their own (locks, timers, pointers). */
void map_copy_value(const struct map *map, void *to, const void *from);
/* Copy it for outside, where such fields are shown as zeroes. */
void map_show_value(const struct map *map, void *to, const void *from);
/* The spin lock in @value, or NULL. */
struct lock *map_value_lock(const struct map *map, void *value);

/* Answers for kinds without elements that could be walked. */
size_t map_each_nothing(struct map *map, bool (*visit)(void *arg, const void *key, void *value),
			void *arg);
void map_extent_nothing(const struct map *map, void **ret_start, size_t *ret_bytes);
void *map_lookup_nothing(struct map *map, const void *key);
int map_array_next_key(struct map *map, const void *key, void *ret_next);
int map_update_refused(struct map *map, const void *key, const void *value, uint64_t flags);

/* Let maps be made in the shared heap and used by this process.  To be called once it has one. */
void map_share(struct heap *heap);

/* "hash" for MAP_TYPE_HASH; NULL for a number that no kind has. */
const char *map_type_name(uint32_t type);

/* The number of processors that per-CPU maps have values for. */
unsigned int map_cpu_count(void);

/* The one that the calling thread runs on, below map_cpu_count().  It may be another one by the
 * time the caller looks: unlike the kernel, nothing here keeps a thread where it is. */
unsigned int map_cpu(void);

struct vm_prog;

/* Prog arrays hold programs, which bytes copied by 'update' cannot name: these do.  The array
 * does not own them.  @prog NULL empties the slot.  -E2BIG: no such slot. */
int prog_array_set(struct map *map, uint32_t index, const struct vm_prog *prog);
/* The program at @index, or NULL when the slot is empty or beyond the end. */
const struct vm_prog *prog_array_get(const struct map *map, uint32_t index);

/* What slot @index of an array of programs, perf events or cgroups holds, or NULL. */
const void *map_object(const struct map *map, uint32_t index);

/* The rows of kinds.def: what makes a map, and what it can do. */
#define MAP_TYPE(type, name, new, ...)                               \
	int new (const struct map_spec *spec, struct map **ret_map); \
	extern const struct map_ops map_ops_##type;
#include "kern/map/kinds.def"

#endif
