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
	uint32_t flags; /* BPF_F_*: see map_flags */
};

/* The flags that mean something here; all others are refused. */
enum map_flags {
	MAP_F_NO_PREALLOC = 1 << 0, /* hash maps: accepted; elements are preallocated anyway,
				      * but memory is only used once they are */
	MAP_F_NUMA_NODE = 1 << 2,   /* accepted, without effect */
	MAP_F_RDONLY = 1 << 3,      /* for the host; kept, not enforced here */
	MAP_F_WRONLY = 1 << 4,      /* the same */
	MAP_F_ZERO_SEED = 1 << 6,   /* hash maps: hash without a random seed, for tests */
	MAP_F_RDONLY_PROG = 1 << 7, /* programs may not write */
	MAP_F_WRONLY_PROG = 1 << 8, /* kept, not enforced here */
	MAP_F_MMAPABLE = 1 << 10,   /* arrays: accepted; values are plain memory anyway */
};

/* Make the map that @spec describes.  Returns 0 and sets *ret_map (yours: map_free), or -EINVAL,
 * -E2BIG, -ENOMEM, -ENOTSUP (no such kind) with the reason in @diag. */
int map_new(const struct map_spec *spec, struct diag *diag, struct map **ret_map);
void map_free(struct map *map); /* NULL is fine */

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

/* The rows of kinds.def, for new.c. */
#define MAP_TYPE(type, name, new) int new (const struct map_spec *spec, struct map **ret_map);
#include "kern/map/kinds.def"

#endif
