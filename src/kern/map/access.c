/*
 * access.c - the map commands of bpf(2).
 */
#include "kern/map/access.h"

#include <errno.h>
#include <string.h>

#include "base/bits.h"
#include "kern/obj/lock.h"

struct map_view map_view_of(struct map *map, const struct map_files *files)
{
	return (struct map_view){
		.map = map,
		.may_read = !(map->flags & MAP_F_WRONLY),
		.may_write = !(map->flags & MAP_F_RDONLY),
		.files = files,
	};
}

static bool may_write(const struct map_view *view)
{
	return view->may_write && !__atomic_load_n(&view->map->is_frozen, __ATOMIC_ACQUIRE);
}

static bool has_lock(const struct map *map)
{
	for (uint32_t i = 0; i < map->field_count; i++)
		if (map->fields[i].kind == MAP_FIELD_SPIN_LOCK)
			return true;
	return false;
}

size_t map_value_bytes(const struct map *map)
{
	if (map->ops->lookup_cpu)
		return align_up(map->value_size, 8) * map_cpu_count();
	return map->value_size;
}

/* --- One element --- */

static int copy_cpus(struct map *map, const void *key, uint8_t *ret_value)
{
	const size_t step = align_up(map->value_size, 8);

	for (unsigned int cpu = 0; cpu < map_cpu_count(); cpu++) {
		const void *value = map->ops->lookup_cpu(map, key, cpu);

		if (!value)
			return -ENOENT;
		map_show_value(map, ret_value + cpu * step, value);
	}
	return 0;
}

static int copy_value(struct map *map, const void *key, void *ret_value, uint64_t flags)
{
	struct lock *lock;
	void *value;

	if (map->ops->peek)
		return map->ops->peek(map, ret_value);
	if (map->ops->get)
		return map->ops->get(map, key, ret_value, flags);
	if (map->ops->lookup_cpu)
		return copy_cpus(map, key, ret_value);
	value = map->ops->lookup(map, key);
	if (!value)
		return -ENOENT;
	lock = flags & MAP_LOCK ? map_value_lock(map, value) : NULL;
	if (lock)
		lock_take(lock);
	map_show_value(map, ret_value, value);
	if (lock)
		lock_drop(lock);
	return 0;
}

int map_lookup_elem(const struct map_view *view, const void *key, void *value, uint64_t flags)
{
	struct map *map = view->map;

	if (flags & ~(uint64_t)MAP_LOCK)
		return -EINVAL;
	if (!view->may_read)
		return -EPERM;
	if (flags & MAP_LOCK && !has_lock(map))
		return -EINVAL;
	if (!map->key_size != !key)
		return map->key_size ? -EFAULT : -EINVAL;
	if (map->ops->find)
		return map->ops->find(map, view->files, key, value, flags);
	return copy_value(map, key, value, flags);
}

static int set_value(const struct map_view *view, const void *key, const void *value,
		     uint64_t flags)
{
	struct map *map = view->map;

	if (map->ops->push)
		return map->ops->push(map, value, flags);
	if (map->ops->set)
		return map->ops->set(map, view->files, key, value, flags);
	return map->ops->update(map, key, value, flags);
}

int map_update_elem(const struct map_view *view, const void *key, const void *value, uint64_t flags)
{
	const struct map *map = view->map;

	if (!may_write(view))
		return -EPERM;
	if (flags & MAP_LOCK && !has_lock(map))
		return -EINVAL;
	if (!map->key_size != !key)
		return map->key_size ? -EFAULT : -EINVAL;
	return set_value(view, key, value, flags);
}

int map_delete_elem(const struct map_view *view, const void *key)
{
	struct map *map = view->map;

	if (!may_write(view))
		return -EPERM;
	if (!map->key_size != !key)
		return map->key_size ? -EFAULT : -EINVAL;
	if (map->ops->unset)
		return map->ops->unset(map, view->files, key);
	return map->ops->remove(map, key);
}

int map_take_elem(const struct map_view *view, const void *key, void *value, uint64_t flags)
{
	struct map *map = view->map;
	const bool is_queue = map->type == MAP_TYPE_QUEUE || map->type == MAP_TYPE_STACK;

	if (flags & ~(uint64_t)MAP_LOCK)
		return -EINVAL;
	if (!view->may_read || !may_write(view))
		return -EPERM;
	if (flags && is_queue)
		return -EINVAL;
	if (flags & MAP_LOCK && !has_lock(map))
		return -EINVAL;
	if (!map->key_size != !key)
		return map->key_size ? -EFAULT : -EINVAL;
	if (is_queue)
		return map->ops->pop(map, value);
	return map->ops->take ? map->ops->take(map, key, value, flags) : -MAP_ENOTSUPP;
}

int map_next_key(const struct map_view *view, const void *key, void *ret_next)
{
	if (!view->may_read)
		return -EPERM;
	if (key && !view->map->key_size)
		return -EINVAL;
	return view->map->ops->next_key(view->map, key, ret_next);
}

int map_freeze(const struct map_view *view)
{
	struct map *map = view->map;
	uint32_t thawed = 0;

	if (map->type == MAP_TYPE_STRUCT_OPS || map->field_count)
		return -MAP_ENOTSUPP;
	if (!may_write(view)) /* so a second time, too */
		return -EPERM;
	if (!__atomic_compare_exchange_n(&map->is_frozen, &thawed, 1, false, __ATOMIC_ACQ_REL,
					 __ATOMIC_RELAXED))
		return -EBUSY;
	return 0;
}

/* --- Batches --- */

size_t map_resume_bytes(const struct map *map)
{
	return map->ops->batch || map->key_size < 4 ? sizeof(uint32_t) : map->key_size;
}

static int check_batch(const struct map_view *view, const struct map_batch *batch,
		       enum map_batches kind)
{
	const struct map *map = view->map;

	if (kind != MAP_BATCH_UPDATE && kind != MAP_BATCH_DELETE && !view->may_read)
		return -EPERM;
	if (kind != MAP_BATCH_LOOKUP && !may_write(view))
		return -EPERM;
	if (!(map->ops->batches & kind))
		return -MAP_ENOTSUPP;
	if (batch->elem_flags & ~(uint64_t)MAP_LOCK)
		return -EINVAL;
	if (batch->elem_flags & MAP_LOCK && !has_lock(map))
		return -EINVAL;
	return 0;
}

/* By position: hash maps, whose elements may move about while nobody looks. */
static int read_positions(struct map *map, struct map_batch *batch, bool take)
{
	uint32_t position = batch->in ? load_u32(batch->in) : 0, most = batch->count;
	int err;

	if (batch->flags)
		return -EINVAL;
	if (!most)
		return 0;
	err = map->ops->batch(map, &position, most, take, batch->keys, batch->values,
			      &batch->count);
	store_u32(batch->out, position);
	return err;
}

/* By keys: 'in' is the last key that was seen. */
static int read_keys(struct map *map, struct map_batch *batch)
{
	const uint32_t most = batch->count;
	uint8_t *key = batch->keys, *value = batch->values;
	const void *previous = batch->in;
	int err = 0;

	batch->count = 0;
	while (batch->count < most && !(err = map->ops->next_key(map, previous, key))) {
		err = copy_value(map, key, value, batch->elem_flags);
		if (err == -ENOENT) { /* deleted in between, or an empty slot */
			if (previous != batch->out)
				memcpy(batch->out, key, map->key_size);
			previous = memcpy(batch->out, key, map->key_size);
			continue;
		}
		if (err)
			break;
		previous = memcpy(batch->out, key, map->key_size);
		key += map->key_size;
		value += map_value_bytes(map);
		batch->count++;
	}
	return err;
}

static int read_batch(const struct map_view *view, struct map_batch *batch, enum map_batches kind)
{
	int err = check_batch(view, batch, kind);

	if (err)
		return err;
	if (view->map->ops->batch)
		return read_positions(view->map, batch, kind == MAP_BATCH_TAKE);
	return batch->count ? read_keys(view->map, batch) : 0;
}

int map_batch_lookup(const struct map_view *view, struct map_batch *batch)
{
	return read_batch(view, batch, MAP_BATCH_LOOKUP);
}

int map_batch_take(const struct map_view *view, struct map_batch *batch)
{
	return read_batch(view, batch, MAP_BATCH_TAKE);
}

int map_batch_update(const struct map_view *view, struct map_batch *batch)
{
	const struct map *map = view->map;
	const uint8_t *key = batch->keys, *value = batch->values;
	const uint32_t most = batch->count;
	int err = check_batch(view, batch, MAP_BATCH_UPDATE);

	if (err)
		return err;
	batch->count = 0;
	for (; batch->count < most && !err; key += map->key_size, value += map_value_bytes(map)) {
		err = set_value(view, key, value, batch->elem_flags);
		batch->count += !err;
	}
	return err;
}

int map_batch_delete(const struct map_view *view, struct map_batch *batch)
{
	struct map *map = view->map;
	const uint8_t *key = batch->keys;
	const uint32_t most = batch->count;
	int err = check_batch(view, batch, MAP_BATCH_DELETE);

	if (err)
		return err;
	batch->count = 0;
	for (; batch->count < most && !err; key += map->key_size) {
		err = map->ops->remove(map, key);
		batch->count += !err;
	}
	return err;
}
