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

#include "base/bits.h"
#include "kern/obj/lock.h"

struct array {
	struct map map;
	uint8_t *memory;    /* all values; for plain arrays map.values is the same */
	uint64_t cpu_bytes; /* of one processor's values */
	bool is_lent;       /* the memory, by whoever made the map */
	unsigned int cpus;  /* 1 for plain arrays */
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
	void *to;

	if ((flags & ~(uint64_t)MAP_LOCK) > MAP_EXIST)
		return -EINVAL;
	if (load_u32(key) >= map->max_entries)
		return -E2BIG;
	if (flags & MAP_NOEXIST)
		return -EEXIST;
	to = map->ops->lookup(map, key);
	if (!(flags & MAP_LOCK)) {
		map_copy_value(map, to, value);
		return 0;
	}
	if (!map_value_lock(map, to))
		return -EINVAL;
	lock_take(map_value_lock(map, to));
	map_copy_value(map, to, value);
	lock_drop(map_value_lock(map, to));
	return 0;
}

/* bpf(2) writes the values of all processors. */
static int percpu_set(struct map *map, const struct map_files *files, const void *key,
		      const void *value, uint64_t flags)
{
	struct array *array = array_of(map);
	const uint8_t *from = value;
	uint32_t index = load_u32(key);

	(void)files;
	if (flags > MAP_EXIST)
		return -EINVAL;
	if (index >= map->max_entries)
		return -E2BIG;
	if (flags == MAP_NOEXIST)
		return -EEXIST;
	for (unsigned int cpu = 0; cpu < array->cpus; cpu++, from += map->stride)
		map_copy_value(map, value_at(array, index, cpu), from);
	return 0;
}

static int array_remove(struct map *map, const void *key)
{
	(void)map, (void)key;
	return -EINVAL;
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
	struct array *array = array_of(map);

	if (!array->is_lent)
		heap_free(map->heap, array->memory, array->cpus * array->cpu_bytes);
	map_dealloc(map, sizeof *array);
}

const struct map_ops map_ops_ARRAY = {
	.name = "array",
	.lookup = array_lookup,
	.lookup_cpu = NULL,
	.update = array_update,
	.remove = array_remove,
	.next_key = map_array_next_key,
	.each = array_each,
	.extent = array_extent,
	.free = array_free,
	.batches = MAP_BATCH_LOOKUP | MAP_BATCH_UPDATE,
};

const struct map_ops map_ops_PERCPU_ARRAY = {
	.name = "percpu_array",
	.lookup = percpu_lookup,
	.lookup_cpu = array_lookup_cpu,
	.update = array_update,
	.remove = array_remove,
	.next_key = map_array_next_key,
	.each = array_each,
	.extent = array_extent,
	.free = array_free,
	.set = percpu_set,
	.batches = MAP_BATCH_LOOKUP | MAP_BATCH_UPDATE,
};

static int new_array(const struct map_spec *spec, const struct map_ops *ops, unsigned int cpus,
		     struct map **ret_map)
{
	struct array *array = map_alloc(spec, ops, sizeof *array);

	if (!array)
		return -ENOMEM;
	array->map.stride = align_up(spec->value_size, 8);
	array->cpus = cpus;
	array->cpu_bytes = array->map.stride * spec->max_entries;
	array->is_lent = cpus == 1 && spec->values;
	array->memory = array->is_lent ? spec->values :
					 heap_alloc(spec->heap, cpus * array->cpu_bytes);
	if (!array->memory) {
		map_dealloc(&array->map, sizeof *array);
		return -ENOMEM;
	}
	*ret_map = &array->map;
	return 0;
}

int array_map_new(const struct map_spec *spec, struct map **ret_map)
{
	int err = new_array(spec, &map_ops_ARRAY, 1, ret_map);

	if (!err)
		(*ret_map)->values = array_of(*ret_map)->memory;
	return err;
}

int percpu_array_map_new(const struct map_spec *spec, struct map **ret_map)
{
	int err = new_array(spec, &map_ops_PERCPU_ARRAY, map_cpu_count(), ret_map);

	if (!err) {
		(*ret_map)->cpu_values = array_of(*ret_map)->memory;
		(*ret_map)->cpu_bytes = array_of(*ret_map)->cpu_bytes;
		(*ret_map)->cpu_count = array_of(*ret_map)->cpus;
	}
	return err;
}
