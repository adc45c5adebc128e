/*
 * outer.c - maps that hold maps.
 *
 * Outside, an element is a descriptor when it is written and an id when it is read; programs get
 * the map itself.  All maps in one have the shape of the one that it was made with.
 */
#include "kern/map/outer.h"

#include <errno.h>

#include "base/bits.h"

struct outer {
	struct map map;
	struct map *slots[];
};

static struct outer *outer_of(struct map *map)
{
	return (struct outer *)map;
}

static size_t outer_bytes(uint32_t max_entries)
{
	return sizeof(struct outer) + max_entries * sizeof(struct map *);
}

int map_inner_check(const struct map_spec *spec)
{
	const struct map *inner = spec->inner;

	if (!inner || inner->inner)
		return -EINVAL;
	/* The verifier must know what the elements are, and of these maps it does not. */
	if (inner->type == MAP_TYPE_PROG_ARRAY || inner->type == MAP_TYPE_STRUCT_OPS)
		return -MAP_ENOTSUPP;
	return 0;
}

static bool same_fields(const struct map *a, const struct map *b)
{
	if (a->field_count != b->field_count)
		return false;
	for (uint32_t i = 0; i < a->field_count; i++)
		if (a->fields[i].kind != b->fields[i].kind ||
		    a->fields[i].offset != b->fields[i].offset ||
		    a->fields[i].bytes != b->fields[i].bytes)
			return false;
	return true;
}

/* bpf_map_meta_equal, and of arrays array_map_meta_equal. */
static bool same_shape(const struct map *like, const struct map *map)
{
	if (like->type != map->type || like->key_size != map->key_size ||
	    like->value_size != map->value_size || like->flags != map->flags ||
	    !same_fields(like, map))
		return false;
	return like->type != MAP_TYPE_ARRAY || like->flags & MAP_F_INNER_MAP ||
	       like->max_entries == map->max_entries;
}

int map_inner_get(const struct map *outer, const struct map_files *files, uint32_t fd,
		  struct map **ret_inner)
{
	struct map *inner;
	int err = files && files->map ? files->map(files->data, (int)fd, &inner) : -EBADF;

	if (err)
		return err;
	if (!same_shape(outer->inner, inner)) {
		map_put(inner);
		return -EINVAL;
	}
	*ret_inner = inner;
	return 0;
}

void map_retire(struct map *inner)
{
	map_put(inner);
}

static void *outer_lookup(struct map *map, const void *key)
{
	uint32_t index = load_u32(key);

	if (index >= map->max_entries)
		return NULL;
	return __atomic_load_n(&outer_of(map)->slots[index], __ATOMIC_ACQUIRE);
}

static int outer_get(struct map *map, const void *key, void *ret_value, uint64_t flags)
{
	const struct map *inner = outer_lookup(map, key);

	(void)flags;
	if (!inner)
		return -ENOENT;
	store_u32(ret_value, inner->id);
	return 0;
}

static int outer_set(struct map *map, const struct map_files *files, const void *key,
		     const void *value, uint64_t flags)
{
	uint32_t index = load_u32(key);
	struct map *inner, *old;
	int err;

	if (flags != MAP_ANY)
		return -EINVAL;
	if (index >= map->max_entries)
		return -E2BIG;
	err = map_inner_get(map, files, load_u32(value), &inner);
	if (err)
		return err;
	old = __atomic_exchange_n(&outer_of(map)->slots[index], inner, __ATOMIC_ACQ_REL);
	if (old)
		map_retire(old);
	return 0;
}

static int outer_remove(struct map *map, const void *key)
{
	uint32_t index = load_u32(key);
	struct map *old;

	if (index >= map->max_entries)
		return -E2BIG;
	old = __atomic_exchange_n(&outer_of(map)->slots[index], NULL, __ATOMIC_ACQ_REL);
	if (!old)
		return -ENOENT;
	map_retire(old);
	return 0;
}

static void outer_free(struct map *map)
{
	for (uint32_t i = 0; i < map->max_entries; i++)
		map_put(outer_of(map)->slots[i]);
	map_dealloc(map, outer_bytes(map->max_entries));
}

const struct map_ops map_ops_ARRAY_OF_MAPS = {
	.name = "array_of_maps",
	.lookup = outer_lookup,
	.update = map_update_refused,
	.remove = outer_remove,
	.next_key = map_array_next_key,
	.each = map_each_nothing,
	.extent = map_extent_nothing,
	.free = outer_free,
	.get = outer_get,
	.set = outer_set,
	.batches = MAP_BATCH_LOOKUP | MAP_BATCH_UPDATE,
};

int array_of_maps_new(const struct map_spec *spec, struct map **ret_map)
{
	struct outer *outer;
	int err = map_inner_check(spec);

	if (err)
		return err;
	outer = map_alloc(spec, &map_ops_ARRAY_OF_MAPS, outer_bytes(spec->max_entries));
	if (!outer)
		return -ENOMEM;
	outer->map.inner = map_get(spec->inner);
	*ret_map = &outer->map;
	return 0;
}
