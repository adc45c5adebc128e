/*
 * array.c - arrays, and arrays with a value for each processor.
 *
 * All elements exist from the beginning, zeroed, and cannot be deleted.  Updates copy into the
 * element in place: a reader in another thread may see half of one, as in the kernel.
 *
 * A per-CPU array is that many arrays, one after the other; programs see the one of the
 * processor they run on.
 */
#include "kern/map/kinds.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"

struct array {
	struct map map;
	uint8_t *memory;    /* all values; for plain arrays map.values is the same */
	uint64_t cpu_bytes; /* of one processor's values */
	unsigned int cpus;  /* 1 for plain arrays */
};

enum {
	ARRAY_FLAGS = MAP_F_NUMA_NODE | MAP_F_RDONLY | MAP_F_WRONLY | MAP_F_RDONLY_PROG |
		      MAP_F_WRONLY_PROG | MAP_F_MMAPABLE,
};

static struct array *array_of(struct map *map)
{
	return (struct array *)map;
}

static void *value_at(struct array *array, uint32_t index, unsigned int cpu)
{
	return array->memory + cpu * array->cpu_bytes + index * array->map.stride;
}

static void *array_lookup(struct map *map, const void *key)
{
	uint32_t index = load_u32(key);

	return index < map->max_entries ? map->values + index * map->stride : NULL;
}

static void *percpu_lookup(struct map *map, const void *key)
{
	uint32_t index = load_u32(key);

	return index < map->max_entries ? value_at(array_of(map), index, map_cpu()) : NULL;
}

static void *array_lookup_cpu(struct map *map, const void *key, unsigned int cpu)
{
	struct array *array = array_of(map);
	uint32_t index = load_u32(key);

	return index < map->max_entries && cpu < array->cpus ? value_at(array, index, cpu) : NULL;
}

static int array_update(struct map *map, const void *key, const void *value, uint64_t flags)
{
	if (flags > MAP_EXIST)
		return -EINVAL;
	if (load_u32(key) >= map->max_entries)
		return -E2BIG;
	if (flags == MAP_NOEXIST)
		return -EEXIST;
	memcpy(map->ops->lookup(map, key), value, map->value_size);
	return 0;
}

static int array_remove(struct map *map, const void *key)
{
	(void)map, (void)key;
	return -EINVAL;
}

static int array_next_key(struct map *map, const void *key, void *ret_next)
{
	uint32_t index = key ? load_u32(key) : UINT32_MAX;

	if (index == map->max_entries - 1)
		return -ENOENT;
	store_u32(ret_next, index >= map->max_entries ? 0 : index + 1);
	return 0;
}

static size_t array_each(struct map *map, bool (*visit)(void *arg, const void *key, void *value),
			 void *arg)
{
	for (uint32_t i = 0; i < map->max_entries; i++)
		if (!visit(arg, &i, map->ops->lookup(map, &i)))
			return (size_t)i + 1;
	return map->max_entries;
}

static void array_extent(const struct map *map, void **ret_start, size_t *ret_bytes)
{
	const struct array *array = (const struct array *)map;

	*ret_start = array->memory;
	*ret_bytes = array->cpus * array->cpu_bytes;
}

static void array_free(struct map *map)
{
	free(array_of(map)->memory);
	free(map);
}

static const struct map_ops array_ops = {
	.name = "array",
	.lookup = array_lookup,
	.lookup_cpu = NULL,
	.update = array_update,
	.remove = array_remove,
	.next_key = array_next_key,
	.each = array_each,
	.extent = array_extent,
	.free = array_free,
};

static const struct map_ops percpu_array_ops = {
	.name = "percpu_array",
	.lookup = percpu_lookup,
	.lookup_cpu = array_lookup_cpu,
	.update = array_update,
	.remove = array_remove,
	.next_key = array_next_key,
	.each = array_each,
	.extent = array_extent,
	.free = array_free,
};

static int new_array(const struct map_spec *spec, const struct map_ops *ops, unsigned int cpus,
		     struct map **ret_map)
{
	struct array *array;

	if (spec->key_size != sizeof(uint32_t) || spec->flags & ~(uint32_t)ARRAY_FLAGS)
		return -EINVAL;
	array = calloc(1, sizeof *array);
	if (!array)
		return -ENOMEM;
	array->map.ops = ops;
	array->map.type = (enum map_type)spec->type;
	array->map.key_size = spec->key_size;
	array->map.value_size = spec->value_size;
	array->map.max_entries = spec->max_entries;
	array->map.flags = spec->flags;
	array->map.stride = align_up(spec->value_size, 8);
	array->cpus = cpus;
	array->cpu_bytes = array->map.stride * spec->max_entries;
	array->memory = calloc(cpus, array->cpu_bytes);
	if (!array->memory) {
		free(array);
		return -ENOMEM;
	}
	*ret_map = &array->map;
	return 0;
}

int array_map_new(const struct map_spec *spec, struct map **ret_map)
{
	int err = new_array(spec, &array_ops, 1, ret_map);

	if (!err)
		(*ret_map)->values = array_of(*ret_map)->memory;
	return err;
}

int percpu_array_map_new(const struct map_spec *spec, struct map **ret_map)
{
	return new_array(spec, &percpu_array_ops, map_cpu_count(), ret_map);
}
