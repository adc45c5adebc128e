/*
 * hash.c - hash maps: plain, per CPU, LRU, and of maps.  How they work is told in hash.h.
 */
#include "kern/map/hash.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/attr.h"
#include "kern/map/outer.h"

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

/* Keys in nodes are read while others write them, so by words, as atomics; the last word is filled
 * up with zeroes. */
static inline uint64_t node_word(const struct hash_node *node, uint32_t i)
{
	return __atomic_load_n(&node->key[i], __ATOMIC_RELAXED);
}

static inline bool key_is(const struct hash_node *node, const uint8_t *key, uint32_t size,
			  uint64_t h)
{
	uint32_t i = 0;

	if (size == 4)
		return (uint32_t)node_word(node, 0) == load_u32(key);
	if (size == 8)
		return node_word(node, 0) == load_u64(key);
	if (__atomic_load_n(&node->hash, __ATOMIC_RELAXED) != (uint32_t)(h >> 32))
		return false;
	for (; size >= 8; size -= 8, key += 8, i++)
		if (node_word(node, i) != load_u64(key))
			return false;
	return !size || node_word(node, i) == load_tail(key, size);
}

static void set_key(struct hash_node *node, const uint8_t *key, uint32_t size)
{
	uint64_t *to = node->key;

	for (; size >= 8; size -= 8, key += 8)
		__atomic_store_n(to++, load_u64(key), __ATOMIC_RELAXED);
	if (size)
		__atomic_store_n(to, load_tail(key, size), __ATOMIC_RELAXED);
}

static void get_key(const struct hash_node *node, uint8_t *ret_key, uint32_t size)
{
	for (uint32_t i = 0; size; i++) {
		uint64_t word = node_word(node, i);
		uint32_t n = size < 8 ? size : 8;

		memcpy(ret_key, &word, n);
		ret_key += n;
		size -= n;
	}
}

uint64_t hash_node_key(const struct hash *hash, uint32_t number)
{
	const struct hash_node *node = hash_node(hash, number);
	const uint64_t golden = 0x9e3779b97f4a7c15, root = 0xb504f333f9de6485;
	uint32_t size = hash->map.key_size, i = 0;
	uint64_t h = hash->seed;

	if (size == 4)
		return mix(h ^ (uint32_t)node_word(node, 0), golden);
	for (; size >= 8; size -= 8, i++)
		h = mix(h ^ node_word(node, i), golden);
	return size ? mix(h ^ node_word(node, i), root) : h;
}

/* --- Reading --- */

/* The number of the node that holds @key, or 0.  Inlined for each @size that is worth it. */
static inline uint32_t find_sized(const struct hash *hash, const void *key, uint32_t size)
{
	const uint64_t h = hash_key(hash, key, size);
	const uint32_t bucket = (uint32_t)h & hash->bucket_mask;
	uint32_t link;

	do {
		link = hash_load(&hash->heads[bucket]);
		while (hash_is_node(link)) {
			const struct hash_node *node = hash_node(hash, link);

			if (key_is(node, key, size, h))
				return link;
			link = hash_load(&node->next);
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

	return number ? hash_value(hash_of(map), number) : NULL;
}

static void *hash_lookup_cpu(struct map *map, const void *key, unsigned int cpu)
{
	uint32_t number = find(hash_of(map), key);

	if (!number || cpu >= map_cpu_count())
		return NULL;
	return hash_value(hash_of(map), number) + cpu * hash_of(map)->cpu_bytes;
}

static void *percpu_lookup(struct map *map, const void *key)
{
	return hash_lookup_cpu(map, key, map_cpu());
}

/* Lookups of programs keep an element in an LRU map; those by bpf(2) do not. */
static inline uint32_t find_used(const struct hash *hash, const void *key)
{
	uint32_t number = find(hash, key);
	uint8_t *used = hash_used(hash, number);

	if (number && !__atomic_load_n(used, __ATOMIC_RELAXED))
		__atomic_store_n(used, 1, __ATOMIC_RELAXED);
	return number;
}

static void *lru_lookup(struct map *map, const void *key)
{
	uint32_t number = find_used(hash_of(map), key);

	return number ? hash_value(hash_of(map), number) : NULL;
}

static void *lru_lookup_cpu(struct map *map, const void *key, unsigned int cpu)
{
	uint32_t number = find_used(hash_of(map), key);

	if (!number || cpu >= map_cpu_count())
		return NULL;
	return hash_value(hash_of(map), number) + cpu * hash_of(map)->cpu_bytes;
}

static void *lru_percpu_lookup(struct map *map, const void *key)
{
	return lru_lookup_cpu(map, key, map_cpu());
}

static void *outer_lookup(struct map *map, const void *key)
{
	uint32_t number = find(hash_of(map), key);

	return number ? *(struct map **)(void *)hash_value(hash_of(map), number) : NULL;
}

/* The first node in @bucket or a later one, or 0. */
static uint32_t first_from(const struct hash *hash, uint64_t bucket)
{
	for (; bucket <= hash->bucket_mask; bucket++) {
		uint32_t link = hash_load(&hash->heads[bucket]);

		if (hash_is_node(link))
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
		next = hash_load(&hash_node(hash, number)->next);
		if (!hash_is_node(next))
			next = first_from(
				hash, (hash_key(hash, key, map->key_size) & hash->bucket_mask) + 1);
	}
	if (!next)
		return -ENOENT;
	get_key(hash_node(hash, next), ret_next, map->key_size);
	return 0;
}

/* @visit may delete the element it is given: 'next' was read before. */
static size_t hash_each(struct map *map, bool (*visit)(void *arg, const void *key, void *value),
			void *arg)
{
	struct hash *hash = hash_of(map);
	size_t visited = 0;

	for (uint64_t bucket = 0; bucket <= hash->bucket_mask; bucket++) {
		uint32_t link = hash_load(&hash->heads[bucket]);

		while (hash_is_node(link)) {
			struct hash_node *node = hash_node(hash, link);
			uint8_t *value = hash_value(hash, link);

			link = hash_load(&node->next);
			if (hash->cpu_bytes)
				value += map_cpu() * hash->cpu_bytes;
			visited++;
			if (!visit(arg, node->key, value))
				return visited;
		}
	}
	return visited;
}

/* --- Writing --- */

/* Under the bucket's lock: the link that leads to the node of @key, or NULL. */
static uint32_t *find_link(struct hash *hash, uint32_t bucket, const void *key, uint64_t h)
{
	uint32_t *link = &hash->heads[bucket];

	while (hash_is_node(*link)) {
		struct hash_node *node = hash_node(hash, *link);

		if (key_is(node, key, hash->map.key_size, h))
			return link;
		link = &node->next;
	}
	return NULL;
}

/* An update under way. */
struct hash_write {
	const void *key;
	const uint8_t *value;
	uint64_t h;
	uint32_t bucket;
	bool all_cpus; /* @value has one for each processor */
};

static struct hash_write write_of(const struct hash *hash, const void *key, const void *value)
{
	const uint64_t h = hash_key(hash, key, hash->map.key_size);

	return (struct hash_write){ key, value, h, (uint32_t)h & hash->bucket_mask, false };
}

static void set_cpu_values(const struct hash *hash, uint8_t *to, const struct hash_write *write)
{
	if (!write->all_cpus) {
		map_copy_value(&hash->map, to + map_cpu() * hash->cpu_bytes, write->value);
		return;
	}
	for (uint64_t at = 0; at < hash->value_bytes; at += hash->cpu_bytes)
		map_copy_value(&hash->map, to + at, write->value + at);
}

static void fill(struct hash *hash, uint32_t number, const struct hash_write *write)
{
	struct hash_node *node = hash_node(hash, number);
	uint8_t *to = hash_value(hash, number);

	__atomic_store_n(&node->hash, (uint32_t)(write->h >> 32), __ATOMIC_RELAXED);
	set_key(node, write->key, hash->map.key_size);
	if (hash->is_lru)
		__atomic_store_n(hash_used(hash, number), 0, __ATOMIC_RELAXED);
	if (hash->cpu_bytes) {
		memset(to, 0, hash->value_bytes);
		set_cpu_values(hash, to, write);
	} else if (hash->map.inner) {
		memcpy(to, write->value, sizeof(struct map *));
	} else {
		map_show_value(&hash->map, to, write->value);
	}
}

/* Replace the element that @link leads to.  On per-CPU maps this processor's value is overwritten
 * in place: nobody else is meant to look at it. */
static int replace(struct hash *hash, struct hash_stripe *stripe, uint32_t *link,
		   const struct hash_write *write)
{
	uint32_t old = *link, new = stripe->spare;

	if (hash->cpu_bytes) {
		set_cpu_values(hash, hash_value(hash, old), write);
		return 0;
	}
	if (UNLIKELY(!new)) { /* who had it died here */
		new = hash_take_node(hash, write->bucket);
		if (!new)
			return -ENOSPC;
	}
	stripe->spare = 0;
	fill(hash, new, write);
	if (hash->is_lru)
		__atomic_store_n(hash_used(hash, new), 1, __ATOMIC_RELAXED);
	hash_store(&hash_node(hash, new)->next, hash_node(hash, old)->next);
	hash_store(link, new);
	stripe->spare = old;
	if (hash->map.inner)
		map_retire(*(struct map **)(void *)hash_value(hash, old));
	return 0;
}

static void insert(struct hash *hash, uint32_t number, const struct hash_write *write)
{
	uint32_t first = hash->heads[write->bucket];

	fill(hash, number, write);
	hash_store(&hash_node(hash, number)->next, first ? first : LINK_END | write->bucket);
	hash_store(&hash->heads[write->bucket], number);
}

/* BPF_F_LOCK: into the value that is there, while holding its lock. */
static void write_locked(struct hash *hash, uint32_t number, const struct hash_write *write)
{
	uint8_t *value = hash_value(hash, number);
	struct lock *lock = map_value_lock(&hash->map, value);

	lock_take(lock);
	map_copy_value(&hash->map, value, write->value);
	lock_drop(lock);
}

/* Under the bucket's lock; -ENOSPC when a node is needed and *node is 0.  A node that was needed is
 * taken from there. */
static int write_bucket(struct hash *hash, struct hash_stripe *stripe,
			const struct hash_write *write, uint64_t flags, uint32_t *node)
{
	uint32_t *link = find_link(hash, write->bucket, write->key, write->h);

	if (link && flags & MAP_NOEXIST)
		return -EEXIST;
	if (link && flags & MAP_LOCK)
		return write_locked(hash, *link, write), 0;
	if (link)
		return replace(hash, stripe, link, write);
	if (flags & MAP_EXIST)
		return -ENOENT;
	if (!*node)
		*node = hash_take_node(hash, write->bucket);
	if (!*node)
		return -ENOSPC;
	insert(hash, *node, write);
	*node = 0;
	return 0;
}

static int write_hash(struct hash *hash, const struct hash_write *write, uint64_t flags)
{
	struct hash_stripe *stripe;
	uint32_t node = 0;
	int err;

	if ((flags & ~(uint64_t)MAP_LOCK) > MAP_EXIST)
		return -EINVAL;
	if (flags & MAP_LOCK && !map_value_lock(&hash->map, hash->values))
		return -EINVAL;
	stripe = hash_lock(hash, write->bucket);
	err = write_bucket(hash, stripe, write, flags, &node);
	hash_unlock(stripe);
	if (LIKELY(err != -ENOSPC))
		return err;
	if (hash->is_lru)
		node = hash_evict(hash);
	else if (!hash_recover(hash))
		return -E2BIG;
	if (hash->is_lru && !node)
		return -ENOMEM;
	stripe = hash_lock(hash, write->bucket);
	err = write_bucket(hash, stripe, write, flags, &node);
	hash_unlock(stripe);
	if (node)
		hash_give_node(hash, write->bucket, node);
	return err == -ENOSPC ? -E2BIG : err;
}

static int hash_update(struct map *map, const void *key, const void *value, uint64_t flags)
{
	const struct hash_write write = write_of(hash_of(map), key, value);

	return write_hash(hash_of(map), &write, flags);
}

/* --- Deleting --- */

/* Copy what outside sees of the value of node @number. */
static void show(const struct hash *hash, uint32_t number, uint8_t *ret_value)
{
	const uint8_t *value = hash_value(hash, number);
	uint64_t at = 0;

	if (hash->map.inner) {
		store_u32(ret_value, (*(struct map *const *)(const void *)value)->id);
		return;
	}
	do {
		map_show_value(&hash->map, ret_value + at, value + at);
		at += hash->cpu_bytes;
	} while (hash->cpu_bytes && at < hash->value_bytes);
}

static int hash_take(struct map *map, const void *key, void *ret_value, uint64_t flags)
{
	struct hash *hash = hash_of(map);
	const struct hash_write write = write_of(hash, key, NULL);
	struct hash_stripe *stripe = hash_lock(hash, write.bucket);
	uint32_t *link = find_link(hash, write.bucket, key, write.h);
	uint32_t number = 0;

	(void)flags; /* no other writer gets at the value while the bucket is locked */
	if (link) {
		number = *link;
		hash_store(link, hash_node(hash, number)->next);
		if (ret_value)
			show(hash, number, ret_value);
	}
	if (number && map->inner)
		map_retire(*(struct map **)(void *)hash_value(hash, number));
	if (number)
		hash_give_node(hash, write.bucket, number);
	hash_unlock(stripe);
	return number ? 0 : -ENOENT;
}

static int hash_remove(struct map *map, const void *key)
{
	return hash_take(map, key, NULL, 0);
}

/* --- For bpf(2) --- */

static int hash_get(struct map *map, const void *key, void *ret_value, uint64_t flags)
{
	struct hash *hash = hash_of(map);
	uint32_t number = find(hash, key);
	struct lock *lock = NULL;

	if (!number)
		return -ENOENT;
	if (flags & MAP_LOCK)
		lock = map_value_lock(map, hash_value(hash, number));
	if (lock)
		lock_take(lock);
	show(hash, number, ret_value);
	if (lock)
		lock_drop(lock);
	return 0;
}

static int percpu_set(struct map *map, const struct map_files *files, const void *key,
		      const void *value, uint64_t flags)
{
	struct hash_write write = write_of(hash_of(map), key, value);

	(void)files;
	write.all_cpus = true;
	return write_hash(hash_of(map), &write, flags);
}

/* The caller's descriptor becomes a map with a reference that the element holds. */
static int outer_set(struct map *map, const struct map_files *files, const void *key,
		     const void *value, uint64_t flags)
{
	struct map *inner;
	int err = map_inner_get(map, files, load_u32(value), &inner);

	if (err)
		return err;
	err = hash_update(map, key, &inner, flags);
	if (err)
		map_put(inner);
	return err;
}

/* All elements of one bucket, or none: -ENOSPC when there are more than @most. */
static int batch_bucket(struct hash *hash, uint32_t bucket, uint32_t most, uint8_t *keys,
			uint8_t *values, uint32_t *ret_count)
{
	const uint32_t key_size = hash->map.key_size;
	const size_t value_size = hash->cpu_bytes ? hash->value_bytes : hash->map.value_size;
	uint32_t count = 0;

	for (uint32_t at = hash->heads[bucket]; hash_is_node(at); at = hash_node(hash, at)->next)
		count++;
	if (count > most)
		return -ENOSPC;
	for (uint32_t at = hash->heads[bucket]; hash_is_node(at); at = hash_node(hash, at)->next) {
		get_key(hash_node(hash, at), keys, key_size);
		show(hash, at, values);
		keys += key_size;
		values += value_size;
	}
	*ret_count = count;
	return 0;
}

/* Under its lock: empty @bucket. */
static void clear_bucket(struct hash *hash, uint32_t bucket)
{
	uint32_t at = hash->heads[bucket];

	if (hash_is_node(at))
		hash_store(&hash->heads[bucket], LINK_END | bucket);
	while (hash_is_node(at)) {
		uint32_t next = hash_node(hash, at)->next;

		if (hash->map.inner)
			map_retire(*(struct map **)(void *)hash_value(hash, at));
		hash_give_node(hash, bucket, at);
		at = next;
	}
}

static int hash_batch(struct map *map, uint32_t *position, uint32_t most, bool take, void *keys,
		      void *values, uint32_t *ret_count)
{
	struct hash *hash = hash_of(map);
	const size_t value_size = hash->cpu_bytes ? hash->value_bytes : map->value_size;
	uint32_t total = 0, count = 0;
	int err = 0;

	while (*position <= hash->bucket_mask) {
		struct hash_stripe *stripe = hash_lock(hash, *position);

		err = batch_bucket(hash, *position, most - total,
				   (uint8_t *)keys + (size_t)total * map->key_size,
				   (uint8_t *)values + total * value_size, &count);
		if (!err && take)
			clear_bucket(hash, *position);
		hash_unlock(stripe);
		if (err)
			break;
		total += count;
		++*position;
	}
	*ret_count = total;
	if (!err)
		return -ENOENT;
	return total ? 0 : err;
}

/* --- Making --- */

static void hash_extent(const struct map *map, void **ret_start, size_t *ret_bytes)
{
	const struct hash *hash = (const struct hash *)map;

	*ret_start = hash->values;
	*ret_bytes = hash->node_count * hash->value_bytes;
}

static size_t stripe_count(const struct hash *hash)
{
	return (size_t)hash->stripe_mask + 1;
}

/* The parts of a map: address, elements, size of one. */
struct part {
	void **memory;
	size_t count;
	size_t size;
};

enum { PARTS = 5 };

static void list_parts(struct hash *hash, struct part parts[PARTS])
{
	parts[0] = (struct part){ (void **)&hash->heads, (size_t)hash->bucket_mask + 1,
				  sizeof *hash->heads };
	parts[1] = (struct part){ (void **)&hash->nodes, (size_t)hash->node_count + 1,
				  hash->node_bytes };
	parts[2] = (struct part){ (void **)&hash->values, hash->node_count, hash->value_bytes };
	parts[3] =
		(struct part){ (void **)&hash->stripes, stripe_count(hash), sizeof *hash->stripes };
	parts[4] = (struct part){ (void **)&hash->free_stacks, HASH_FREE_STACKS,
				  sizeof *hash->free_stacks };
}

static void put_inner_maps(struct hash *hash)
{
	for (uint64_t bucket = 0; bucket <= hash->bucket_mask; bucket++)
		clear_bucket(hash, (uint32_t)bucket);
}

static void hash_free(struct map *map)
{
	struct hash *hash = hash_of(map);
	struct part parts[PARTS];

	if (map->inner && hash->heads && hash->free_stacks)
		put_inner_maps(hash);
	list_parts(hash, parts);
	for (size_t i = 0; i < PARTS; i++)
		heap_free(map->heap, *parts[i].memory, parts[i].count * parts[i].size);
	map_dealloc(map, sizeof *hash);
}

enum {
	ALL_BATCHES = MAP_BATCH_LOOKUP | MAP_BATCH_TAKE | MAP_BATCH_UPDATE | MAP_BATCH_DELETE,
};

const struct map_ops map_ops_HASH = {
	.name = "hash",
	.lookup = hash_lookup,
	.lookup_cpu = NULL,
	.update = hash_update,
	.remove = hash_remove,
	.next_key = hash_next_key,
	.each = hash_each,
	.extent = hash_extent,
	.free = hash_free,
	.get = hash_get,
	.take = hash_take,
	.batches = ALL_BATCHES,
	.batch = hash_batch,
};

const struct map_ops map_ops_PERCPU_HASH = {
	.name = "percpu_hash",
	.lookup = percpu_lookup,
	.lookup_cpu = hash_lookup_cpu,
	.update = hash_update,
	.remove = hash_remove,
	.next_key = hash_next_key,
	.each = hash_each,
	.extent = hash_extent,
	.free = hash_free,
	.get = hash_get,
	.set = percpu_set,
	.take = hash_take,
	.batches = ALL_BATCHES,
	.batch = hash_batch,
};

const struct map_ops map_ops_LRU_HASH = {
	.name = "lru_hash",
	.lookup = lru_lookup,
	.lookup_cpu = NULL,
	.update = hash_update,
	.remove = hash_remove,
	.next_key = hash_next_key,
	.each = hash_each,
	.extent = hash_extent,
	.free = hash_free,
	.get = hash_get,
	.take = hash_take,
	.batches = ALL_BATCHES,
	.batch = hash_batch,
};

const struct map_ops map_ops_LRU_PERCPU_HASH = {
	.name = "lru_percpu_hash",
	.lookup = lru_percpu_lookup,
	.lookup_cpu = lru_lookup_cpu,
	.update = hash_update,
	.remove = hash_remove,
	.next_key = hash_next_key,
	.each = hash_each,
	.extent = hash_extent,
	.free = hash_free,
	.get = hash_get,
	.set = percpu_set,
	.take = hash_take,
	.batches = ALL_BATCHES,
	.batch = hash_batch,
};

const struct map_ops map_ops_HASH_OF_MAPS = {
	.name = "hash_of_maps",
	.lookup = outer_lookup,
	.lookup_cpu = NULL,
	.update = map_update_refused,
	.remove = hash_remove,
	.next_key = hash_next_key,
	.each = map_each_nothing,
	.extent = map_extent_nothing,
	.free = hash_free,
	.get = hash_get,
	.set = outer_set,
	.batches = ALL_BATCHES,
	.batch = hash_batch,
};

/* Allocate what the sizes in @hash ask for; 0, or -ENOMEM. */
static int allocate(struct hash *hash)
{
	struct part parts[PARTS];

	list_parts(hash, parts);
	for (size_t i = 0; i < PARTS; i++) {
		*parts[i].memory = heap_alloc(hash->map.heap, parts[i].count * parts[i].size);
		if (!*parts[i].memory)
			return -ENOMEM;
	}
	for (uint32_t i = 0; i < stripe_count(hash); i++)
		hash->stripes[i].spare = 1 + i;
	hash->fresh = 1 + (uint32_t)stripe_count(hash);
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

/* LRU maps with a list for each processor have as many elements in each (htab_map_alloc). */
static uint32_t entries_of(const struct map_spec *spec)
{
	const uint32_t cpus = map_cpu_count(), rest = spec->max_entries % cpus;

	if (!(spec->flags & MAP_F_NO_COMMON_LRU) || !rest)
		return spec->max_entries;
	return spec->max_entries + (cpus - rest);
}

static int new_hash(const struct map_spec *spec, const struct map_ops *ops, unsigned int cpus,
		    struct map **ret_map)
{
	const uint64_t value_bytes =
		align_up(spec->inner ? sizeof(struct map *) : spec->value_size, 8);
	const bool is_lru = spec->type == MAP_TYPE_LRU_HASH ||
			    spec->type == MAP_TYPE_LRU_PERCPU_HASH;
	const uint32_t entries = entries_of(spec), buckets = power_of_two_from(entries);
	struct hash *hash;
	int err;

	if (spec->flags & MAP_F_NO_COMMON_LRU && spec->flags & MAP_F_NUMA_NODE)
		return -EINVAL;
	hash = map_alloc(spec, ops, sizeof *hash);
	if (!hash)
		return -ENOMEM;
	hash->map.max_entries = entries;
	hash->is_lru = is_lru;
	hash->seed = new_seed(spec);
	hash->node_bytes = align_up(sizeof(struct hash_node) + spec->key_size + is_lru, 8);
	hash->cpu_bytes = cpus ? value_bytes : 0;
	hash->value_bytes = value_bytes * (cpus ? cpus : 1);
	hash->bucket_mask = buckets - 1;
	hash->stripe_mask = (buckets < HASH_STRIPES ? buckets : HASH_STRIPES) - 1;
	hash->node_count = entries + (uint32_t)stripe_count(hash);
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
	return new_hash(spec, &map_ops_HASH, 0, ret_map);
}

int percpu_hash_map_new(const struct map_spec *spec, struct map **ret_map)
{
	return new_hash(spec, &map_ops_PERCPU_HASH, map_cpu_count(), ret_map);
}

int lru_hash_map_new(const struct map_spec *spec, struct map **ret_map)
{
	return new_hash(spec, &map_ops_LRU_HASH, 0, ret_map);
}

int lru_percpu_hash_map_new(const struct map_spec *spec, struct map **ret_map)
{
	return new_hash(spec, &map_ops_LRU_PERCPU_HASH, map_cpu_count(), ret_map);
}

int hash_of_maps_new(const struct map_spec *spec, struct map **ret_map)
{
	int err = map_inner_check(spec);

	if (!err)
		err = new_hash(spec, &map_ops_HASH_OF_MAPS, 0, ret_map);
	if (!err)
		(*ret_map)->inner = map_get(spec->inner);
	return err;
}
