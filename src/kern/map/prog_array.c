/*
 * prog_array.c - arrays of programs, the targets of tail calls.
 *
 * Programs cannot read or change them (the kernel's verifier refuses it), so lookup finds
 * nothing and 'update' is refused; the host uses prog_array_set.
 */
#include "kern/map/kinds.h"

#include <errno.h>

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

static size_t map_bytes(uint32_t max_entries)
{
	return sizeof(struct prog_array) + max_entries * sizeof(const struct vm_prog *);
}

static void prog_array_free(struct map *map)
{
	map_dealloc(map, map_bytes(map->max_entries));
}

static const struct map_ops prog_array_ops = {
	.name = "prog_array",
	.lookup = map_lookup_nothing,
	.lookup_cpu = NULL,
	.update = prog_array_update,
	.remove = prog_array_remove,
	.next_key = map_array_next_key,
	.each = map_each_nothing,
	.extent = map_extent_nothing,
	.free = prog_array_free,
};

int prog_array_new(const struct map_spec *spec, struct map **ret_map)
{
	struct prog_array *array = map_alloc(spec, &prog_array_ops, map_bytes(spec->max_entries));

	if (!array)
		return -ENOMEM;
	*ret_map = &array->map;
	return 0;
}
