/*
 * storage.c - local storage of tasks, inodes, sockets and cgroups: a hash map by their numbers.
 *
 * Linux hangs the values on their owners, as many as there is memory for.  Here they are in
 * one table of MOST_OWNERS, whose memory is used as they come.
 */
#include "kern/map/storage.h"

#include <errno.h>

#include "base/bits.h"

enum { MOST_OWNERS = 1 << 16, MOST_VALUE = 65536 - 64 };

struct storage {
	struct map map;
	struct map *table; /* owner -> value */
};

const uint8_t storage_zero[1];

static struct map *table_of(struct map *map)
{
	return ((struct storage *)map)->table;
}

void *storage_get(struct map *map, uint32_t owner, const void *init)
{
	struct map *table = table_of(map);
	void *value = table->ops->lookup(table, &owner), *zeroes = NULL;
	int err;

	if (value || !init)
		return value;
	if (init == storage_zero) {
		zeroes = heap_alloc(NULL, map->value_size);
		if (!zeroes)
			return NULL;
	}
	err = table->ops->update(table, &owner, zeroes ? zeroes : init, MAP_NOEXIST);
	heap_free(NULL, zeroes, map->value_size);
	return err && err != -EEXIST ? NULL : table->ops->lookup(table, &owner);
}

int storage_delete(struct map *map, uint32_t owner)
{
	return table_of(map)->ops->remove(table_of(map), &owner);
}

/* --- As a map --- */

/* The owner that the caller's descriptor is. */
static int find_owner(const struct map *map, const struct map_files *files, const void *key,
		      uint32_t *ret_owner)
{
	void *object;
	int err;

	if (!files || !files->object)
		return -EBADF;
	err = files->object(files->data, map->type, (int)load_u32(key), &object, ret_owner);
	if (!err && files->drop)
		files->drop(files->data, map->type, object);
	return err;
}

static int storage_find(struct map *map, const struct map_files *files, const void *key,
			void *ret_value, uint64_t flags)
{
	struct map *table = table_of(map);
	uint32_t owner;
	int err = find_owner(map, files, key, &owner);

	return err ? err : table->ops->get(table, &owner, ret_value, flags);
}

static int storage_set(struct map *map, const struct map_files *files, const void *key,
		       const void *value, uint64_t flags)
{
	struct map *table = table_of(map);
	uint32_t owner;
	int err = find_owner(map, files, key, &owner);

	return err ? err : table->ops->update(table, &owner, value, flags);
}

static int storage_unset(struct map *map, const struct map_files *files, const void *key)
{
	uint32_t owner;
	int err = find_owner(map, files, key, &owner);

	return err ? err : storage_delete(map, owner);
}

/* Programs name owners by pointers, which the helpers do. */
static int no_remove(struct map *map, const void *key)
{
	(void)map, (void)key;
	return -EINVAL;
}

static int no_next_key(struct map *map, const void *key, void *ret_next)
{
	(void)map, (void)key, (void)ret_next;
	return -MAP_ENOTSUPP;
}

static void storage_extent(const struct map *map, void **ret_start, size_t *ret_bytes)
{
	const struct map *table = ((const struct storage *)map)->table;

	table->ops->extent(table, ret_start, ret_bytes);
}

static void storage_free(struct map *map)
{
	map_put(table_of(map));
	map_dealloc(map, sizeof(struct storage));
}

#define STORAGE_OPS(text)                                                                 \
	{                                                                                 \
		.name = text, .lookup = map_lookup_nothing, .update = map_update_refused, \
		.remove = no_remove, .next_key = no_next_key, .each = map_each_nothing,   \
		.extent = storage_extent, .free = storage_free, .set = storage_set,       \
		.find = storage_find, .unset = storage_unset,                             \
	}
const struct map_ops map_ops_TASK_STORAGE = STORAGE_OPS("task_storage");
const struct map_ops map_ops_INODE_STORAGE = STORAGE_OPS("inode_storage");
const struct map_ops map_ops_SK_STORAGE = STORAGE_OPS("sk_storage");
const struct map_ops map_ops_CGRP_STORAGE = STORAGE_OPS("cgrp_storage");

static int new_storage(const struct map_spec *spec, const struct map_ops *ops, struct map **ret_map)
{
	struct map_spec table = *spec;
	struct storage *storage;
	int err;

	if (!spec->has_btf)
		return -EINVAL;
	if (spec->value_size > MOST_VALUE)
		return -E2BIG;
	storage = map_alloc(spec, ops, sizeof *storage);
	if (!storage)
		return -ENOMEM;
	table.type = MAP_TYPE_HASH;
	table.key_size = sizeof(uint32_t);
	table.max_entries = MOST_OWNERS;
	err = hash_map_new(&table, &storage->table);
	if (err) {
		storage_free(&storage->map);
		return err;
	}
	*ret_map = &storage->map;
	return 0;
}

int task_storage_new(const struct map_spec *spec, struct map **ret_map)
{
	return new_storage(spec, &map_ops_TASK_STORAGE, ret_map);
}

int inode_storage_new(const struct map_spec *spec, struct map **ret_map)
{
	return new_storage(spec, &map_ops_INODE_STORAGE, ret_map);
}

int sk_storage_new(const struct map_spec *spec, struct map **ret_map)
{
	return new_storage(spec, &map_ops_SK_STORAGE, ret_map);
}

int cgrp_storage_new(const struct map_spec *spec, struct map **ret_map)
{
	return new_storage(spec, &map_ops_CGRP_STORAGE, ret_map);
}
