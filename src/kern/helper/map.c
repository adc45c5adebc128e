/*
 * map.c - helpers that work on maps.
 *
 * They are the ones that programs call all the time, so whether to check is asked of the run
 * itself (kern/vm/prog.h) and not through a function.
 */
#include "kern/helper/helper.h"

#include <errno.h>
#include <string.h>

#include "base/attr.h"
#include "kern/map/kinds.h"
#include "kern/vm/prog.h"

static void *pointer(uint64_t value)
{
	return (void *)(uintptr_t)value;
}

bool helper_is_map(const struct vm_run *run, uint64_t value)
{
	const struct helper_env *env = run->data;

	if (LIKELY(!run->guarded))
		return true;
	for (size_t i = 0; env && i < env->map_count; i++)
		if (env->maps[i] == pointer(value))
			return true;
	return false;
}

struct map *helper_map(struct vm_run *run, uint64_t value)
{
	if (LIKELY(helper_is_map(run, value)))
		return pointer(value);
	vm_helper_fault(run, "the helper's first argument (r1) is no map of this program");
	return NULL;
}

/* @value as a map that has a key at @key; NULL on a fault. */
static struct map *map_and_key(struct vm_run *run, uint64_t value, uint64_t key)
{
	struct map *map = helper_map(run, value);

	if (LIKELY(!run->guarded))
		return map;
	return map && vm_check_access(run, key, map->key_size, false) ? map : NULL;
}

static bool may_write(struct vm_run *run, const struct map *map)
{
	if (LIKELY(!run->guarded) || !(map->flags & MAP_F_RDONLY_PROG))
		return true;
	vm_helper_fault(run, "the map is read-only for programs");
	return false;
}

uint64_t helper_map_lookup_elem(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
				struct vm_run *run)
{
	struct map *map = map_and_key(run, r1, r2);

	(void)r3, (void)r4, (void)r5;
	return map ? (uintptr_t)map->ops->lookup(map, pointer(r2)) : 0;
}

uint64_t helper_map_lookup_percpu_elem(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4,
				       uint64_t r5, struct vm_run *run)
{
	struct map *map = map_and_key(run, r1, r2);

	(void)r4, (void)r5;
	if (!map || !map->ops->lookup_cpu)
		return 0;
	return (uintptr_t)map->ops->lookup_cpu(map, pointer(r2), (unsigned int)r3);
}

uint64_t helper_map_update_elem(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
				struct vm_run *run)
{
	struct map *map = map_and_key(run, r1, r2);

	(void)r5;
	if (!map || !may_write(run, map))
		return 0;
	if (UNLIKELY(run->guarded) && !vm_check_access(run, r3, map->value_size, false))
		return 0;
	return (uint64_t)map->ops->update(map, pointer(r2), pointer(r3), r4);
}

uint64_t helper_map_delete_elem(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
				struct vm_run *run)
{
	struct map *map = map_and_key(run, r1, r2);

	(void)r3, (void)r4, (void)r5;
	if (!map || !may_write(run, map))
		return 0;
	return (uint64_t)map->ops->remove(map, pointer(r2));
}

/* Engines jump, and do not come here; the row needs a function all the same. */
uint64_t helper_tail_call(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
			  struct vm_run *run)
{
	(void)r1, (void)r2, (void)r3, (void)r4, (void)r5, (void)run;
	return (uint64_t)-EINVAL;
}

struct each {
	struct vm_run *run;
	const struct map *map;
	uint64_t callback;
	uint64_t context;
	uint8_t *key_copy; /* NULL: the callback may look at the key itself */
};

static bool each_visit(void *arg, const void *key, void *value)
{
	const struct each *each = arg;
	uint64_t args[5] = { (uintptr_t)each->map, (uintptr_t)key, (uintptr_t)value,
			     each->context };
	uint64_t stop;

	if (each->key_copy) {
		memcpy(each->key_copy, key, each->map->key_size);
		args[1] = (uintptr_t)each->key_copy;
	}
	return vm_call_back(each->run, each->callback, args, &stop) && !stop;
}

/* Where a callback of a guarded run may read a key, or NULL on a fault. */
static uint8_t *key_copy(struct vm_run *run, const struct map *map)
{
	struct helper_env *env = run->data;

	if (map->key_size <= HELPER_MOST_KEY && env->keys_used < ISA_FRAMES)
		return env->keys[env->keys_used];
	vm_helper_fault(run, "for_each_map_elem in a guarded run takes keys of up to 512 bytes");
	return NULL;
}

uint64_t helper_for_each_map_elem(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
				  struct vm_run *run)
{
	struct map *map = helper_map(run, r1);
	struct each each = { run, map, r2, r3, NULL };
	struct helper_env *env = run->data;
	uint64_t visited;

	(void)r5;
	if (!map)
		return 0;
	if (r4)
		return (uint64_t)-EINVAL;
	if (!run->guarded)
		return map->ops->each(map, each_visit, &each);
	each.key_copy = key_copy(run, map);
	if (!each.key_copy)
		return 0;
	env->keys_used++;
	visited = map->ops->each(map, each_visit, &each);
	env->keys_used--;
	return visited;
}
