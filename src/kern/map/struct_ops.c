/*
 * struct_ops.c - tables of functions that programs implement: one value, whose type BTF gives.
 *
 * The value begins with the state that the kernel keeps (struct bpf_struct_ops_common_value); the
 * programs in it are registered by a link or by the update itself, which is kern/syscall's part.
 */
#include <errno.h>
#include <string.h>

#include "base/bits.h"
#include "kern/map/kinds.h"

struct struct_ops {
	struct map map;
	size_t bytes;
	uint32_t is_set;
	_Alignas(8) uint8_t value[];
};

static struct struct_ops *struct_ops_of(struct map *map)
{
	return (struct struct_ops *)map;
}

static int ops_get(struct map *map, const void *key, void *ret_value, uint64_t flags)
{
	const struct struct_ops *table = struct_ops_of(map);

	(void)flags;
	if (load_u32(key) != 0)
		return -ENOENT;
	if (!__atomic_load_n(&table->is_set, __ATOMIC_ACQUIRE))
		memset(ret_value, 0, map->value_size);
	else
		memcpy(ret_value, table->value, map->value_size);
	return 0;
}

static int ops_set(struct map *map, const struct map_files *files, const void *key,
		   const void *value, uint64_t flags)
{
	struct struct_ops *table = struct_ops_of(map);

	(void)files;
	if (flags)
		return -EINVAL;
	if (load_u32(key) != 0)
		return -E2BIG;
	if (__atomic_load_n(&table->is_set, __ATOMIC_ACQUIRE))
		return -EBUSY;
	memcpy(table->value, value, map->value_size);
	__atomic_store_n(&table->is_set, 1, __ATOMIC_RELEASE);
	return 0;
}

static int ops_remove(struct map *map, const void *key)
{
	struct struct_ops *table = struct_ops_of(map);

	(void)key;
	if (map->flags & MAP_F_LINK)
		return -EOPNOTSUPP;
	return __atomic_exchange_n(&table->is_set, 0, __ATOMIC_ACQ_REL) ? 0 : -ENOENT;
}

static int ops_next_key(struct map *map, const void *key, void *ret_next)
{
	(void)map;
	if (key && load_u32(key) == 0)
		return -ENOENT;
	store_u32(ret_next, 0);
	return 0;
}

static void ops_free(struct map *map)
{
	map_dealloc(map, struct_ops_of(map)->bytes);
}

const struct map_ops map_ops_STRUCT_OPS = {
	.name = "struct_ops",
	.lookup = map_lookup_nothing,
	.update = map_update_refused,
	.remove = ops_remove,
	.next_key = ops_next_key,
	.each = map_each_nothing,
	.extent = map_extent_nothing,
	.free = ops_free,
	.get = ops_get,
	.set = ops_set,
};

int struct_ops_new(const struct map_spec *spec, struct map **ret_map)
{
	const size_t bytes = sizeof(struct struct_ops) + spec->value_size;
	struct struct_ops *table;

	if (!spec->has_btf)
		return -EINVAL;
	table = map_alloc(spec, &map_ops_STRUCT_OPS, bytes);
	if (!table)
		return -ENOMEM;
	table->bytes = bytes;
	*ret_map = &table->map;
	return 0;
}
