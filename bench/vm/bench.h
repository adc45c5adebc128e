/*
 * bench.h - what a program of progs/ is written with: one source, for clang's BPF target and for
 * the machine's own compiler.
 *
 * A program reads and writes 'data', a struct of its own, which setup() has filled; it takes no other
 * input, so that the same instructions run on Linux and on this machine, and it returns a number
 * that depends on all it did.  Run again on what it left behind, it must have as much to do.
 *
 *	struct data {
 *		u64 words[4096];
 *	};
 *	BENCH_DATA;
 *
 *	BENCH_PROGRAM
 *	{
 *		... data.words[i] ...
 *		return result;
 *	}
 *
 *	BENCH_SETUP
 *	{
 *		... data.words[i] = bench_random(&seed);
 *	}
 *
 * For BPF 'data' is a global variable, that is an array map of one value.  A program may also have a
 * map, named 'table': BENCH_MAP, map_lookup and map_update.  Natively that is a map of kern/map,
 * called directly.  setup() runs natively only; vm_bench.c copies what it did.
 */
#ifndef WAGGLE_BENCH_VM_BENCH_H
#define WAGGLE_BENCH_VM_BENCH_H

#ifdef __bpf__

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define SEC(name) __attribute__((section(name), used))

#define BENCH_DATA    struct data data SEC(".bss")
#define BENCH_PROGRAM SEC("tc") int bench(void *ctx __attribute__((unused)))
#define BENCH_MAP(kind, key_type, value_type, entries) \
	struct {                                       \
		int (*type)[BENCH_MAP_##kind];         \
		key_type *key;                         \
		value_type *value;                     \
		int (*max_entries)[entries];           \
	} table SEC(".maps")

/* enum bpf_map_type */
#define BENCH_MAP_HASH  1
#define BENCH_MAP_ARRAY 2

/* enum bpf_func_id */
static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static long (*const bpf_map_update_elem)(void *map, const void *key, const void *value,
					 u64 flags) = (void *)2;

#define map_lookup(key)        bpf_map_lookup_elem(&table, key)
#define map_update(key, value) bpf_map_update_elem(&table, key, value, 0)

#else

#include "native.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

static u32 run(void);
static void setup(void);
static struct map *table;          /* vm_bench.c sets it */
static const struct map_spec spec; /* BENCH_MAP defines it */

#define BENCH_DATA                                     \
	static struct data data;                       \
	extern const struct bench_native BENCH_NATIVE; \
	const struct bench_native BENCH_NATIVE = { run, &setup, &data, sizeof data, &table, &spec }
#define BENCH_PROGRAM static u32 run(void)
#define BENCH_MAP(kind, key_type, value_type, entries)                          \
	static const struct map_spec spec = { .type = MAP_TYPE_##kind,          \
					      .key_size = sizeof(key_type),     \
					      .value_size = sizeof(value_type), \
					      .max_entries = (entries) }

#define map_lookup(key)        table->ops->lookup(table, key)
#define map_update(key, value) table->ops->update(table, key, value, MAP_ANY)

#endif

#define BENCH_SETUP static __attribute__((unused)) void setup(void)
#define NOINLINE    __attribute__((noinline))
#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

/* Vary inputs, the same way each time (Marsaglia's xorshift64). */
static inline u64 bench_random(u64 *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

#endif
