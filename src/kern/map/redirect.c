/*
 * redirect.c - maps of places that packets can be sent to: interfaces, processors, sockets.
 *
 * The embedded kernel sends nothing: a redirect is a verdict that names an element of the map, and
 * who runs the program sees which.  An element is a number (interface, queue size) or a socket that
 * files->object vouches for.
 *
 * Devmaps, cpumaps, xskmaps and sockmaps are arrays, devmap_hash and sockhash hash maps of the same
 * elements.
 */
#include <errno.h>
#include <string.h>

#include "base/bits.h"
#include "kern/map/kinds.h"
#include "kern/obj/lock.h"

enum { XDP_REDIRECT_VERDICT = 4, MOST_QUEUE = 16384, PASS_FLAGS = 3, MOST_KEY = 512 };

struct place {
	uint64_t value; /* as it is shown outside; 0: nothing is here */
	void *object;   /* of sockets */
};

struct places {
	struct map map;
	struct lock lock; /* of writers */
	struct place slots[];
};

static struct places *places_of(struct map *map)
{
	return (struct places *)map;
}

static size_t places_bytes(uint32_t max_entries)
{
	return sizeof(struct places) + max_entries * sizeof(struct place);
}

static bool holds_sockets(const struct map *map)
{
	return map->type == MAP_TYPE_XSKMAP || map->type == MAP_TYPE_SOCKMAP ||
	       map->type == MAP_TYPE_SOCKHASH;
}

static void drop(const struct map *map, const struct map_files *files, void *object)
{
	if (object && files && files->drop)
		files->drop(files->data, map->type, object);
}

/* The second half of the values of devmaps and cpumaps, when they have one. */
static int program_fd(const struct map *map, const void *value)
{
	return map->value_size == 8 ? (int)load_u32((const uint8_t *)value + 4) : 0;
}

/* What @value, as bpf(2) is given it, stands for.  0 and *ret_place, whose value is 0 when @value
 * says that nothing is to be there. */
static int read_place(const struct map *map, const struct map_files *files, const void *value,
		      struct place *ret_place)
{
	uint32_t number = load_u32(value), id;

	*ret_place = (struct place){ 0 };
	if (holds_sockets(map)) {
		int err = files && files->object ?
				  files->object(files->data, map->type, (int)number,
						&ret_place->object, &id) :
				  -EBADF;

		if (!err)
			ret_place->value = id;
		return err;
	}
	if (map->type == MAP_TYPE_CPUMAP && number > MOST_QUEUE)
		return -EOVERFLOW;
	if (!number && map->type != MAP_TYPE_CPUMAP && program_fd(map, value) > 0)
		return -EINVAL;
	ret_place->value = number;
	if (!number || program_fd(map, value) <= 0)
		return 0;
	/* A program that runs there. */
	if (!files || !files->object ||
	    files->object(files->data, map->type, program_fd(map, value), &ret_place->object, &id))
		return -EINVAL;
	ret_place->value |= (uint64_t)id << 32;
	return 0;
}

/* --- Arrays --- */

static int places_get(struct map *map, const void *key, void *ret_value, uint64_t flags)
{
	uint32_t index = load_u32(key);
	uint64_t value;

	(void)flags;
	if (map->type == MAP_TYPE_XSKMAP)
		return -EOPNOTSUPP;
	if (map->type == MAP_TYPE_SOCKMAP && map->value_size == 4)
		return -ENOSPC;
	if (index >= map->max_entries)
		return -ENOENT;
	value = __atomic_load_n(&places_of(map)->slots[index].value, __ATOMIC_ACQUIRE);
	if (!value)
		return -ENOENT;
	memcpy(ret_value, &value, map->value_size);
	return 0;
}

/* Sockets' maps look at whether there is one; the others only refuse NOEXIST. */
static int check_flags(const struct map *map, const struct place *slot, uint64_t flags)
{
	if (!holds_sockets(map))
		return flags == MAP_NOEXIST ? -EEXIST : 0;
	if (slot->value && flags == MAP_NOEXIST)
		return -EEXIST;
	return !slot->value && flags == MAP_EXIST ? -ENOENT : 0;
}

static int places_set(struct map *map, const struct map_files *files, const void *key,
		      const void *value, uint64_t flags)
{
	struct places *places = places_of(map);
	uint32_t index = load_u32(key);
	struct place place;
	struct place *slot = &places->slots[index];
	int err;

	if (map->type == MAP_TYPE_SOCKMAP) { /* looks the socket up first */
		err = read_place(map, files, value, &place);
		if (err)
			return err;
	}
	if (flags > MAP_EXIST)
		return -EINVAL;
	if (index >= map->max_entries)
		return -E2BIG;
	if (map->type != MAP_TYPE_SOCKMAP) {
		err = holds_sockets(map) ? 0 : check_flags(map, slot, flags);
		if (!err)
			err = read_place(map, files, value, &place);
		if (!err && map->type == MAP_TYPE_CPUMAP && index >= map_cpu_count())
			err = -ENODEV;
		if (err)
			return err;
	}
	lock_take(&places->lock);
	err = check_flags(map, slot, flags);
	if (!err) {
		void *old = slot->object;

		slot->object = place.object;
		__atomic_store_n(&slot->value, place.value, __ATOMIC_RELEASE);
		place.object = old;
	}
	lock_drop(&places->lock);
	drop(map, files, place.object);
	return err;
}

static int places_remove(struct map *map, const void *key)
{
	struct places *places = places_of(map);
	uint32_t index = load_u32(key);
	uint64_t old;

	if (index >= map->max_entries)
		return -EINVAL;
	lock_take(&places->lock);
	old = __atomic_exchange_n(&places->slots[index].value, 0, __ATOMIC_ACQ_REL);
	places->slots[index].object = NULL;
	lock_drop(&places->lock);
	return !old && map->type == MAP_TYPE_SOCKMAP ? -EINVAL : 0;
}

/* bpf_redirect_map: XDP_REDIRECT, or the low bits of @flags when nothing is there. */
static int64_t places_redirect(struct map *map, uint64_t key, uint64_t flags)
{
	if (flags & ~(uint64_t)PASS_FLAGS)
		return 0; /* XDP_ABORTED */
	if (key >= map->max_entries ||
	    !__atomic_load_n(&places_of(map)->slots[key].value, __ATOMIC_ACQUIRE))
		return (int64_t)(flags & PASS_FLAGS);
	return XDP_REDIRECT_VERDICT;
}

static void places_free(struct map *map)
{
	map_dealloc(map, places_bytes(map->max_entries));
}

#define PLACES_OPS(text)                                                                           \
	{                                                                                          \
		.name = text, .lookup = map_lookup_nothing, .update = map_update_refused,          \
		.remove = places_remove, .next_key = map_array_next_key, .each = map_each_nothing, \
		.extent = map_extent_nothing, .free = places_free, .get = places_get,              \
		.set = places_set, .redirect = places_redirect,                                    \
	}
const struct map_ops map_ops_DEVMAP = PLACES_OPS("devmap");
const struct map_ops map_ops_CPUMAP = PLACES_OPS("cpumap");
const struct map_ops map_ops_XSKMAP = PLACES_OPS("xskmap");
const struct map_ops map_ops_SOCKMAP = PLACES_OPS("sockmap");

static int new_places(const struct map_spec *spec, const struct map_ops *ops, struct map **ret_map)
{
	struct places *places;

	if (spec->value_size != 4 && spec->value_size != 8)
		return -EINVAL;
	places = map_alloc(spec, ops, places_bytes(spec->max_entries));
	if (!places)
		return -ENOMEM;
	*ret_map = &places->map;
	return 0;
}

int devmap_new(const struct map_spec *spec, struct map **ret_map)
{
	return new_places(spec, &map_ops_DEVMAP, ret_map);
}

int cpumap_new(const struct map_spec *spec, struct map **ret_map)
{
	return new_places(spec, &map_ops_CPUMAP, ret_map);
}

int xskmap_new(const struct map_spec *spec, struct map **ret_map)
{
	return new_places(spec, &map_ops_XSKMAP, ret_map);
}

int sockmap_new(const struct map_spec *spec, struct map **ret_map)
{
	return new_places(spec, &map_ops_SOCKMAP, ret_map);
}

/* --- Hash maps: over one of ours that holds places --- */

struct place_hash {
	struct map map;
	struct map *table; /* key -> struct place */
};

static struct map *table_of(struct map *map)
{
	return ((struct place_hash *)map)->table;
}

static int place_hash_get(struct map *map, const void *key, void *ret_value, uint64_t flags)
{
	const struct place *place;

	(void)flags;
	if (map->type == MAP_TYPE_SOCKHASH && map->value_size == 4)
		return -ENOSPC;
	place = table_of(map)->ops->lookup(table_of(map), key);
	if (!place)
		return -ENOENT;
	memcpy(ret_value, &place->value, map->value_size);
	return 0;
}

static int place_hash_set(struct map *map, const struct map_files *files, const void *key,
			  const void *value, uint64_t flags)
{
	struct map *table = table_of(map);
	struct place place;
	int err;

	if (map->type == MAP_TYPE_DEVMAP_HASH && (flags > MAP_EXIST || !load_u32(value)))
		return -EINVAL;
	err = read_place(map, files, value, &place);
	if (err)
		return err;
	if (map->type == MAP_TYPE_DEVMAP_HASH && flags == MAP_EXIST)
		flags = MAP_ANY; /* Linux only looks at NOEXIST here */
	err = table->ops->update(table, key, &place, flags);
	if (err)
		drop(map, files, place.object);
	return err;
}

static int place_hash_remove(struct map *map, const void *key)
{
	return table_of(map)->ops->remove(table_of(map), key);
}

static int place_hash_next_key(struct map *map, const void *key, void *ret_next)
{
	return table_of(map)->ops->next_key(table_of(map), key, ret_next);
}

static int64_t place_hash_redirect(struct map *map, uint64_t key, uint64_t flags)
{
	const uint32_t index = (uint32_t)key;

	if (flags & ~(uint64_t)PASS_FLAGS)
		return 0;
	if (map->key_size != sizeof index || !table_of(map)->ops->lookup(table_of(map), &index))
		return (int64_t)(flags & PASS_FLAGS);
	return XDP_REDIRECT_VERDICT;
}

static void place_hash_free(struct map *map)
{
	map_put(table_of(map));
	map_dealloc(map, sizeof(struct place_hash));
}

#define PLACE_HASH_OPS(text)                                                                     \
	{                                                                                        \
		.name = text, .lookup = map_lookup_nothing, .update = map_update_refused,        \
		.remove = place_hash_remove, .next_key = place_hash_next_key,                    \
		.each = map_each_nothing, .extent = map_extent_nothing, .free = place_hash_free, \
		.get = place_hash_get, .set = place_hash_set, .redirect = place_hash_redirect,   \
	}
const struct map_ops map_ops_DEVMAP_HASH = PLACE_HASH_OPS("devmap_hash");
const struct map_ops map_ops_SOCKHASH = PLACE_HASH_OPS("sockhash");

static int new_place_hash(const struct map_spec *spec, const struct map_ops *ops,
			  struct map **ret_map)
{
	const struct map_spec table = {
		.type = MAP_TYPE_HASH,
		.key_size = spec->key_size,
		.value_size = sizeof(struct place),
		.max_entries = spec->max_entries,
		.heap = spec->heap,
	};
	struct place_hash *hash;
	int err;

	if (spec->value_size != 4 && spec->value_size != 8)
		return -EINVAL;
	if (spec->type == MAP_TYPE_SOCKHASH && spec->key_size > MOST_KEY)
		return -E2BIG;
	hash = map_alloc(spec, ops, sizeof *hash);
	if (!hash)
		return -ENOMEM;
	err = hash_map_new(&table, &hash->table);
	if (err) {
		place_hash_free(&hash->map);
		return err;
	}
	*ret_map = &hash->map;
	return 0;
}

int devmap_hash_new(const struct map_spec *spec, struct map **ret_map)
{
	return new_place_hash(spec, &map_ops_DEVMAP_HASH, ret_map);
}

int sockhash_new(const struct map_spec *spec, struct map **ret_map)
{
	return new_place_hash(spec, &map_ops_SOCKHASH, ret_map);
}
