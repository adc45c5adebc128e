/*
 * prog_array.c - arrays of programs, the targets of tail calls.
 *
 * Programs cannot read or change them (the kernel's verifier refuses it), so lookup finds
 * nothing and 'update' is refused; the host uses prog_array_set.
 */
#include "kern/map/kinds.h"

#include <errno.h>
#include <stdlib.h>

#include "base/bits.h"

struct prog_array {
	struct map map;
	const struct vm_prog *slots[];
};

static struct prog_array *prog_array_of(struct map *map)
{
	return (struct prog_array *)map;
}

int prog_array_set(struct map *map, uint32_t index, const struct vm_prog *prog)
{
	if (index >= map->max_entries)
		return -E2BIG;
	__atomic_store_n(&prog_array_of(map)->slots[index], prog, __ATOMIC_RELEASE);
	return 0;
}

const struct vm_prog *prog_array_get(const struct map *map, uint32_t index)
{
	const struct prog_array *array = (const struct prog_array *)map;

	if (index >= map->max_entries)
		return NULL;
	return __atomic_load_n(&array->slots[index], __ATOMIC_ACQUIRE);
}

static void *prog_array_lookup(struct map *map, const void *key)
{
	(void)map, (void)key;
	return NULL;
}

static int prog_array_update(struct map *map, const void *key, const void *value, uint64_t flags)
{
	(void)map, (void)key, (void)value, (void)flags;
	return -EINVAL;
}

static int prog_array_remove(struct map *map, const void *key)
{
	uint32_t index = load_u32(key);

	if (index >= map->max_entries)
		return -E2BIG;
	if (!__atomic_exchange_n(&prog_array_of(map)->slots[index], NULL, __ATOMIC_ACQ_REL))
		return -ENOENT;
	return 0;
}

static int prog_array_next_key(struct map *map, const void *key, void *ret_next)
{
	uint32_t index = key ? load_u32(key) : UINT32_MAX;

	if (index == map->max_entries - 1)
		return -ENOENT;
	store_u32(ret_next, index >= map->max_entries ? 0 : index + 1);
	return 0;
}

static size_t prog_array_each(struct map *map,
			      bool (*visit)(void *arg, const void *key, void *value), void *arg)
{
	(void)map, (void)visit, (void)arg;
	return 0;
}

static void prog_array_extent(const struct map *map, void **ret_start, size_t *ret_bytes)
{
	(void)map;
	*ret_start = NULL;
	*ret_bytes = 0;
}

static void prog_array_free(struct map *map)
{
	free(map);
}

static const struct map_ops prog_array_ops = {
	.name = "prog_array",
	.lookup = prog_array_lookup,
	.lookup_cpu = NULL,
	.update = prog_array_update,
	.remove = prog_array_remove,
	.next_key = prog_array_next_key,
	.each = prog_array_each,
	.extent = prog_array_extent,
	.free = prog_array_free,
};

int prog_array_new(const struct map_spec *spec, struct map **ret_map)
{
	struct prog_array *array;

	if (spec->key_size != sizeof(uint32_t) || spec->value_size != sizeof(uint32_t))
		return -EINVAL;
	if (spec->flags & ~(uint32_t)(MAP_F_NUMA_NODE | MAP_F_RDONLY_PROG | MAP_F_WRONLY_PROG))
		return -EINVAL;
	array = calloc(1, sizeof *array + spec->max_entries * sizeof *array->slots);
	if (!array)
		return -ENOMEM;
	array->map.ops = &prog_array_ops;
	array->map.type = MAP_TYPE_PROG_ARRAY;
	array->map.key_size = spec->key_size;
	array->map.value_size = spec->value_size;
	array->map.max_entries = spec->max_entries;
	array->map.flags = spec->flags;
	*ret_map = &array->map;
	return 0;
}
