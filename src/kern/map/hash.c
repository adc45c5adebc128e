/*
 * hash.c - hash maps, and hash maps with a value for each processor.
 *
 * Buckets are chains.  Everything is preallocated and linked by number, not by address: a
 * link is the number of a node (from 1), or LINK_END with the number of the bucket whose chain
 * ends there, or 0 in the head of a bucket that was never used.  So a new map is all zeroes, and
 * memory is only touched as elements come.
 *
 *	heads[bucket] -> node 7 { next, hash, key } -> node 3 -> LINK_END | bucket
 *	                  values[7]                     values[3]
 *
 * Keys and links lie apart from the values.  Programs get pointers to values, and one that is
 * not verified may write anywhere in the values' memory but must not get at the links.
 *
 * Readers take no lock:
 *
 *  1. A node's key, hash and value are written before the store that links it (release), and
 *     read after the load that finds it (acquire).
 *  2. A node that is unlinked keeps its 'next', so that a reader standing on it goes on.  When
 *     it was put into another bucket meanwhile, the reader comes to that bucket's LINK_END, sees
 *     the wrong number and starts again.  (Linux calls these lists "hlist_nulls".)
 *  3. An update never writes into a value that can be found: it fills a spare node and puts it
 *     in the place of the old one by one store.
 *
 * What is NOT promised, here as in the kernel's preallocated maps: a value pointer stays readable
 * for as long as the map lives, but once its element is deleted or replaced, the memory is given
 * to the next element that needs some, maybe with another key, while the holder still looks at it.
 *
 * Writers lock a stripe of buckets.  Each stripe owns a spare node, so that replacing an element
 * cannot fail in a full map; free nodes are in lock-free stacks, which any stripe may take from, so
 * that an insertion fails only when max_entries elements are there.
 */
#include "kern/map/kinds.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/bits.h"

enum {
	LINK_END_BIT = 31,
	MOST_ENTRIES = 1 << 30, /* numbers of nodes and buckets stay below LINK_END */
	MOST_STRIPES = 64,
	FREE_STACKS = 8,
	SPINS = 100, /* before giving the processor to the lock's holder, who may wait for it */

	HASH_FLAGS = MAP_F_NO_PREALLOC | MAP_F_NUMA_NODE | MAP_F_RDONLY | MAP_F_WRONLY |
		     MAP_F_ZERO_SEED | MAP_F_RDONLY_PROG | MAP_F_WRONLY_PROG,
};
#define LINK_END (1u << LINK_END_BIT)

struct node {
	uint32_t next; /* a link; never 0 once the node was used */
	uint32_t hash; /* upper half of the key's hash; of a free node: the next free one, or 0 */
	uint8_t key[];
};

struct stripe {
	_Alignas(64) uint32_t lock;
	uint32_t spare; /* a node that is in no chain */
};

/* The number of the topmost free node in the low half; a counter of changes in the high one, so
 * that a compare-and-swap notices when the same node comes back. */
struct free_stack {
	_Alignas(64) uint64_t top;
};

struct hash {
	struct map map;
	uint64_t seed;
	uint32_t *heads;
	uint8_t *nodes;  /* number 0 is no node */
	uint8_t *values; /* of node 1 on */
	uint64_t node_bytes;
	uint64_t value_bytes; /* for all processors */
	uint64_t cpu_bytes;   /* for one, or 0 when they share it */
	uint32_t bucket_mask;
	uint32_t stripe_mask;
	uint32_t node_count;
	uint32_t fresh; /* the first node that was never used */
	struct stripe *stripes;
	struct free_stack *free_stacks;
};

static struct hash *hash_of(struct map *map)
{
	return (struct hash *)map;
}

static uint32_t load_link(const uint32_t *link)
{
	return __atomic_load_n(link, __ATOMIC_ACQUIRE);
}

static void store_link(uint32_t *link, uint32_t value)
{
	__atomic_store_n(link, value, __ATOMIC_RELEASE);
}

static bool is_node(uint32_t link)
{
	return link - 1 < LINK_END - 1;
}

static struct node *node_at(const struct hash *hash, uint32_t number)
{
	return (struct node *)(void *)(hash->nodes + number * hash->node_bytes);
}

static uint8_t *value_at(const struct hash *hash, uint32_t number)
{
	return hash->values + (number - 1) * hash->value_bytes;
}

/* --- Hashing: multiply to 128 bits and fold, eight bytes at a time --- */

static inline uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t load_tail(const uint8_t *p, uint32_t size)
{
	uint64_t tail = 0;

	memcpy(&tail, p, size);
	return tail;
}

/* The multipliers are odd and have about as many ones as zeroes: 2^64 divided by the golden
 * ratio, and by the square root of two. */
static inline uint64_t hash_key(const struct hash *hash, const uint8_t *key, uint32_t size)
{
	const uint64_t golden = 0x9e3779b97f4a7c15, root = 0xb504f333f9de6485;
	uint64_t h = hash->seed;

	if (size == 4)
		return mix(h ^ load_u32(key), golden);
	for (; size >= 8; size -= 8, key += 8)
		h = mix(h ^ load_u64(key), golden);
	return size ? mix(h ^ load_tail(key, size), root) : h;
}

static inline bool key_is(const struct node *node, const void *key, uint32_t size, uint64_t h)
{
	if (size == 4)
		return load_u32(node->key) == load_u32(key);
	if (size == 8)
		return load_u64(node->key) == load_u64(key);
	return node->hash == (uint32_t)(h >> 32) && !memcmp(node->key, key, size);
}

/* --- Reading --- */

/* The number of the node that holds @key, or 0.  Inlined for each @size that is worth it. */
static inline uint32_t find_sized(const struct hash *hash, const void *key, uint32_t size)
{
	const uint64_t h = hash_key(hash, key, size);
	const uint32_t bucket = (uint32_t)h & hash->bucket_mask;
	uint32_t link;

	do {
		link = load_link(&hash->heads[bucket]);
		while (is_node(link)) {
			const struct node *node = node_at(hash, link);

			if (key_is(node, key, size, h))
				return link;
			link = load_link(&node->next);
		}
	} while (link && link != (LINK_END | bucket));
	return 0;
}

static inline uint32_t find(const struct hash *hash, const void *key)
{
	switch (hash->map.key_size) {
	case 4: return find_sized(hash, key, 4);
	case 8: return find_sized(hash, key, 8);
	default: return find_sized(hash, key, hash->map.key_size);
	}
}

static void *hash_lookup(struct map *map, const void *key)
{
	uint32_t number = find(hash_of(map), key);

	return number ? value_at(hash_of(map), number) : NULL;
}

static void *hash_lookup_cpu(struct map *map, const void *key, unsigned int cpu)
{
	uint32_t number = find(hash_of(map), key);

	if (!number || cpu >= map_cpu_count())
		return NULL;
	return value_at(hash_of(map), number) + cpu * hash_of(map)->cpu_bytes;
}

static void *percpu_lookup(struct map *map, const void *key)
{
	return hash_lookup_cpu(map, key, map_cpu());
}

/* The first node in @bucket or a later one, or 0. */
static uint32_t first_from(const struct hash *hash, uint64_t bucket)
{
	for (; bucket <= hash->bucket_mask; bucket++) {
		uint32_t link = load_link(&hash->heads[bucket]);

		if (is_node(link))
			return link;
	}
	return 0;
}

static int hash_next_key(struct map *map, const void *key, void *ret_next)
{
	const struct hash *hash = hash_of(map);
	uint32_t number = key ? find(hash, key) : 0, next;

	if (!number) {
		next = first_from(hash, 0);
	} else {
		next = load_link(&node_at(hash, number)->next);
		if (!is_node(next))
			next = first_from(
				hash, (hash_key(hash, key, map->key_size) & hash->bucket_mask) + 1);
	}
	if (!next)
		return -ENOENT;
	memcpy(ret_next, node_at(hash, next)->key, map->key_size);
	return 0;
}

/* @visit may delete the element it is given: 'next' was read before. */
static size_t hash_each(struct map *map, bool (*visit)(void *arg, const void *key, void *value),
			void *arg)
{
	struct hash *hash = hash_of(map);
	size_t visited = 0;

	for (uint64_t bucket = 0; bucket <= hash->bucket_mask; bucket++) {
		uint32_t link = load_link(&hash->heads[bucket]);

		while (is_node(link)) {
			struct node *node = node_at(hash, link);
			uint8_t *value = value_at(hash, link);

			link = load_link(&node->next);
			if (hash->cpu_bytes)
				value += map_cpu() * hash->cpu_bytes;
			visited++;
			if (!visit(arg, node->key, value))
				return visited;
		}
	}
	return visited;
}

/* --- Free nodes --- */

static uint32_t pop_free(struct hash *hash, struct free_stack *stack)
{
	uint64_t top = __atomic_load_n(&stack->top, __ATOMIC_ACQUIRE), below;

	do {
		if (!(uint32_t)top)
			return 0;
		below = __atomic_load_n(&node_at(hash, (uint32_t)top)->hash, __ATOMIC_RELAXED);
		below |= ((top >> 32) + 1) << 32;
	} while (!__atomic_compare_exchange_n(&stack->top, &top, below, true, __ATOMIC_ACQUIRE,
					      __ATOMIC_ACQUIRE));
	return (uint32_t)top;
}

static void push_free(struct hash *hash, struct free_stack *stack, uint32_t number)
{
	uint64_t top = __atomic_load_n(&stack->top, __ATOMIC_RELAXED), above;

	do {
		__atomic_store_n(&node_at(hash, number)->hash, (uint32_t)top, __ATOMIC_RELAXED);
		above = ((top >> 32) + 1) << 32 | number;
	} while (!__atomic_compare_exchange_n(&stack->top, &top, above, true, __ATOMIC_RELEASE,
					      __ATOMIC_RELAXED));
}

static uint32_t take_fresh(struct hash *hash)
{
	uint32_t number = __atomic_load_n(&hash->fresh, __ATOMIC_RELAXED);

	do {
		if (number > hash->node_count)
			return 0;
	} while (!__atomic_compare_exchange_n(&hash->fresh, &number, number + 1, true,
					      __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return number;
}

/* A node for a new element, best from stack @home, or 0 when all are in use. */
static uint32_t take_node(struct hash *hash, uint32_t home)
{
	uint32_t number = pop_free(hash, &hash->free_stacks[home]);

	if (!number)
		number = take_fresh(hash);
	for (uint32_t i = 1; i < FREE_STACKS && !number; i++)
		number = pop_free(hash, &hash->free_stacks[(home + i) % FREE_STACKS]);
	return number;
}

/* --- Writing --- */

static struct stripe *lock_bucket(struct hash *hash, uint32_t bucket)
{
	struct stripe *stripe = &hash->stripes[bucket & hash->stripe_mask];
	int spins = 0;

	while (__atomic_exchange_n(&stripe->lock, 1, __ATOMIC_ACQUIRE))
		while (__atomic_load_n(&stripe->lock, __ATOMIC_RELAXED))
			if (++spins % SPINS == 0)
				sched_yield();
	return stripe;
}

static void unlock(struct stripe *stripe)
{
	__atomic_store_n(&stripe->lock, 0, __ATOMIC_RELEASE);
}

/* Under the bucket's lock: the link that leads to the node of @key, or NULL. */
static uint32_t *find_link(struct hash *hash, uint32_t bucket, const void *key, uint64_t h)
{
	uint32_t *link = &hash->heads[bucket];

	while (is_node(*link)) {
		struct node *node = node_at(hash, *link);

		if (key_is(node, key, hash->map.key_size, h))
			return link;
		link = &node->next;
	}
	return NULL;
}

static void fill(struct hash *hash, uint32_t number, const void *key, const void *value, uint64_t h)
{
	struct node *node = node_at(hash, number);
	uint8_t *to = value_at(hash, number);

	__atomic_store_n(&node->hash, (uint32_t)(h >> 32), __ATOMIC_RELAXED);
	memcpy(node->key, key, hash->map.key_size);
	if (hash->cpu_bytes) {
		memset(to, 0, hash->value_bytes);
		to += map_cpu() * hash->cpu_bytes;
	}
	memcpy(to, value, hash->map.value_size);
}

/* Replace the element that @link leads to.  On per-CPU maps this processor's value is overwritten
 * in place: nobody else is meant to look at it. */
static void replace(struct hash *hash, struct stripe *stripe, uint32_t *link, const void *key,
		    const void *value, uint64_t h)
{
	uint32_t old = *link, new = stripe->spare;

	if (hash->cpu_bytes) {
		memcpy(value_at(hash, old) + map_cpu() * hash->cpu_bytes, value,
		       hash->map.value_size);
		return;
	}
	fill(hash, new, key, value, h);
	store_link(&node_at(hash, new)->next, node_at(hash, old)->next);
	store_link(link, new);
	stripe->spare = old;
}

static int insert(struct hash *hash, uint32_t bucket, const void *key, const void *value,
		  uint64_t h)
{
	uint32_t number = take_node(hash, bucket % FREE_STACKS);
	uint32_t first = hash->heads[bucket];

	if (!number)
		return -E2BIG;
	fill(hash, number, key, value, h);
	store_link(&node_at(hash, number)->next, first ? first : LINK_END | bucket);
	store_link(&hash->heads[bucket], number);
	return 0;
}

static int hash_update(struct map *map, const void *key, const void *value, uint64_t flags)
{
	struct hash *hash = hash_of(map);
	const uint64_t h = hash_key(hash, key, map->key_size);
	const uint32_t bucket = (uint32_t)h & hash->bucket_mask;
	struct stripe *stripe;
	uint32_t *link;
	int err = 0;

	if (flags > MAP_EXIST)
		return -EINVAL;
	stripe = lock_bucket(hash, bucket);
	link = find_link(hash, bucket, key, h);
	if (link && flags == MAP_NOEXIST)
		err = -EEXIST;
	else if (link)
		replace(hash, stripe, link, key, value, h);
	else if (flags == MAP_EXIST)
		err = -ENOENT;
	else
		err = insert(hash, bucket, key, value, h);
	unlock(stripe);
	return err;
}

static int hash_remove(struct map *map, const void *key)
{
	struct hash *hash = hash_of(map);
	const uint64_t h = hash_key(hash, key, map->key_size);
	const uint32_t bucket = (uint32_t)h & hash->bucket_mask;
	struct stripe *stripe = lock_bucket(hash, bucket);
	uint32_t *link = find_link(hash, bucket, key, h);
	uint32_t number = 0;

	if (link) {
		number = *link;
		store_link(link, node_at(hash, number)->next);
	}
	unlock(stripe);
	if (!number)
		return -ENOENT;
	push_free(hash, &hash->free_stacks[bucket % FREE_STACKS], number);
	return 0;
}

/* --- Making --- */

static void hash_extent(const struct map *map, void **ret_start, size_t *ret_bytes)
{
	const struct hash *hash = (const struct hash *)map;

	*ret_start = hash->values;
	*ret_bytes = hash->node_count * hash->value_bytes;
}

static void hash_free(struct map *map)
{
	struct hash *hash = hash_of(map);

	free(hash->free_stacks);
	free(hash->stripes);
	free(hash->values);
	free(hash->nodes);
	free(hash->heads);
	free(hash);
}

static const struct map_ops hash_ops = {
	.name = "hash",
	.lookup = hash_lookup,
	.lookup_cpu = NULL,
	.update = hash_update,
	.remove = hash_remove,
	.next_key = hash_next_key,
	.each = hash_each,
	.extent = hash_extent,
	.free = hash_free,
};

static const struct map_ops percpu_hash_ops = {
	.name = "percpu_hash",
	.lookup = percpu_lookup,
	.lookup_cpu = hash_lookup_cpu,
	.update = hash_update,
	.remove = hash_remove,
	.next_key = hash_next_key,
	.each = hash_each,
	.extent = hash_extent,
	.free = hash_free,
};

static void *calloc_lines(size_t count, size_t size)
{
	void *lines = aligned_alloc(64, count * size);

	return lines ? memset(lines, 0, count * size) : NULL;
}

/* Allocate what the sizes in @hash ask for; 0, or -ENOMEM. */
static int allocate(struct hash *hash)
{
	const uint32_t stripe_count = hash->stripe_mask + 1;

	hash->heads = calloc((size_t)hash->bucket_mask + 1, sizeof *hash->heads);
	hash->nodes = calloc((size_t)hash->node_count + 1, hash->node_bytes);
	hash->values = calloc(hash->node_count, hash->value_bytes);
	hash->stripes = calloc_lines(stripe_count, sizeof *hash->stripes);
	hash->free_stacks = calloc_lines(FREE_STACKS, sizeof *hash->free_stacks);
	if (!hash->heads || !hash->nodes || !hash->values || !hash->stripes || !hash->free_stacks)
		return -ENOMEM;
	for (uint32_t i = 0; i < stripe_count; i++)
		hash->stripes[i].spare = 1 + i;
	hash->fresh = 1 + stripe_count;
	return 0;
}

static uint32_t power_of_two_from(uint32_t n)
{
	return n < 2 ? 1 : 1u << (32 - __builtin_clz(n - 1));
}

/* The seed keeps those who choose keys from choosing them all for one bucket. */
static uint64_t new_seed(const struct map_spec *spec)
{
	uint64_t seed = 0;

	if (!(spec->flags & MAP_F_ZERO_SEED))
		(void)!getrandom(&seed, sizeof seed, GRND_NONBLOCK);
	return seed;
}

static int new_hash(const struct map_spec *spec, const struct map_ops *ops, unsigned int cpus,
		    struct map **ret_map)
{
	const uint64_t value_bytes = align_up(spec->value_size, 8);
	uint32_t bucket_count, stripe_count;
	struct hash *hash;
	int err;

	if (spec->flags & ~(uint32_t)HASH_FLAGS)
		return -EINVAL;
	if (spec->max_entries > MOST_ENTRIES)
		return -E2BIG;
	hash = calloc(1, sizeof *hash);
	if (!hash)
		return -ENOMEM;
	bucket_count = power_of_two_from(spec->max_entries);
	stripe_count = bucket_count < MOST_STRIPES ? bucket_count : MOST_STRIPES;
	hash->map.ops = ops;
	hash->map.type = (enum map_type)spec->type;
	hash->map.key_size = spec->key_size;
	hash->map.value_size = spec->value_size;
	hash->map.max_entries = spec->max_entries;
	hash->map.flags = spec->flags;
	hash->seed = new_seed(spec);
	hash->node_bytes = align_up(sizeof(struct node) + spec->key_size, 8);
	hash->cpu_bytes = spec->type == MAP_TYPE_PERCPU_HASH ? value_bytes : 0;
	hash->value_bytes = value_bytes * cpus;
	hash->bucket_mask = bucket_count - 1;
	hash->stripe_mask = stripe_count - 1;
	hash->node_count = spec->max_entries + stripe_count;
	err = allocate(hash);
	if (err) {
		hash_free(&hash->map);
		return err;
	}
	*ret_map = &hash->map;
	return 0;
}

int hash_map_new(const struct map_spec *spec, struct map **ret_map)
{
	return new_hash(spec, &hash_ops, 1, ret_map);
}

int percpu_hash_map_new(const struct map_spec *spec, struct map **ret_map)
{
	return new_hash(spec, &percpu_hash_ops, map_cpu_count(), ret_map);
}
