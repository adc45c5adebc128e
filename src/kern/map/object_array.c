/*
 * object_array.c - arrays of things that bpf(2) names by descriptors: programs (the targets of tail
 * calls), perf events, cgroups.
 *
 * Programs cannot read or change them (the kernel's verifier refuses it), so lookup finds
 * nothing and 'update' is refused; bpf(2) uses 'set', and a host that embeds us prog_array_set.
 */
#include "kern/map/kinds.h"

#include <errno.h>

#include "base/bits.h"

struct slot {
	const void *object;
	uint32_t id;
};

struct object_array {
	struct map map;
	struct slot slots[];
};

static struct object_array *array_of(const struct map *map)
{
	return (struct object_array *)(uintptr_t)map;
}

static size_t map_bytes(uint32_t max_entries)
{
	return sizeof(struct object_array) + max_entries * sizeof(struct slot);
}

int prog_array_set(struct map *map, uint32_t index, const struct vm_prog *prog)
{
	if (index >= map->max_entries)
		return -E2BIG;
	__atomic_store_n(&array_of(map)->slots[index].object, (const void *)prog, __ATOMIC_RELEASE);
	return 0;
}

const struct vm_prog *prog_array_get(const struct map *map, uint32_t index)
{
	return map_object(map, index);
}

const void *map_object(const struct map *map, uint32_t index)
{
	if (index >= map->max_entries)
		return NULL;
	return __atomic_load_n(&array_of(map)->slots[index].object, __ATOMIC_ACQUIRE);
}

static int array_get(struct map *map, const void *key, void *ret_value, uint64_t flags)
{
	const uint32_t index = load_u32(key);

	(void)flags;
	if (map->type != MAP_TYPE_PROG_ARRAY)
		return -MAP_ENOTSUPP;
	if (!map_object(map, index))
		return -ENOENT;
	store_u32(ret_value, __atomic_load_n(&array_of(map)->slots[index].id, __ATOMIC_RELAXED));
	return 0;
}

static int array_set(struct map *map, const struct map_files *files, const void *key,
		     const void *value, uint64_t flags)
{
	const uint32_t index = load_u32(key);
	struct slot *slot = &array_of(map)->slots[index];
	const void *old;
	void *object;
	uint32_t id;
	int err;

	if (flags != MAP_ANY)
		return -EINVAL;
	if (index >= map->max_entries)
		return -E2BIG;
	if (!files || !files->object)
		return -EBADF;
	err = files->object(files->data, map->type, (int)load_u32(value), &object, &id);
	if (err)
		return err;
	__atomic_store_n(&slot->id, id, __ATOMIC_RELAXED);
	old = __atomic_exchange_n(&slot->object, object, __ATOMIC_ACQ_REL);
	if (old && files->drop)
		files->drop(files->data, map->type, (void *)(uintptr_t)old);
	return 0;
}

static int array_unset(struct map *map, const struct map_files *files, const void *key)
{
	const uint32_t index = load_u32(key);
	const void *old;

	if (index >= map->max_entries)
		return -E2BIG;
	old = __atomic_exchange_n(&array_of(map)->slots[index].object, NULL, __ATOMIC_ACQ_REL);
	if (!old)
		return -ENOENT;
	if (files && files->drop)
		files->drop(files->data, map->type, (void *)(uintptr_t)old);
	return 0;
}

static int array_remove(struct map *map, const void *key)
{
	return array_unset(map, NULL, key);
}

static void array_free(struct map *map)
{
	map_dealloc(map, map_bytes(map->max_entries));
}

#define OBJECT_ARRAY_OPS(text)                                                                    \
	{                                                                                         \
		.name = text, .lookup = map_lookup_nothing, .update = map_update_refused,         \
		.remove = array_remove, .next_key = map_array_next_key, .each = map_each_nothing, \
		.extent = map_extent_nothing, .free = array_free, .get = array_get,               \
		.set = array_set, .unset = array_unset,                                           \
	}
const struct map_ops map_ops_PROG_ARRAY = OBJECT_ARRAY_OPS("prog_array");
const struct map_ops map_ops_PERF_EVENT_ARRAY = OBJECT_ARRAY_OPS("perf_event_array");
const struct map_ops map_ops_CGROUP_ARRAY = OBJECT_ARRAY_OPS("cgroup_array");

static int new_array(const struct map_spec *spec, const struct map_ops *ops, struct map **ret_map)
{
	struct object_array *array = map_alloc(spec, ops, map_bytes(spec->max_entries));

	if (!array)
		return -ENOMEM;
	*ret_map = &array->map;
	return 0;
}

int prog_array_new(const struct map_spec *spec, struct map **ret_map)
{
	return new_array(spec, &map_ops_PROG_ARRAY, ret_map);
}

int perf_event_array_new(const struct map_spec *spec, struct map **ret_map)
{
	return new_array(spec, &map_ops_PERF_EVENT_ARRAY, ret_map);
}

int cgroup_array_new(const struct map_spec *spec, struct map **ret_map)
{
	return new_array(spec, &map_ops_CGROUP_ARRAY, ret_map);
}
