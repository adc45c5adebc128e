/*
 * stack_trace.c - stack trace maps.
 *
 * The number of a stack is its hash modulo the buckets, a power of two from max_entries up; two that
 * meet there fight for it.  A bucket is a link to a stack, as in kernel/bpf/stackmap.c: a reader who
 * copies takes the link away while it does, and a writer never writes where a link leads.
 */
#include "kern/map/stack_trace.h"

#include <errno.h>
#include <string.h>

#include "base/bits.h"
#include "kern/obj/lock.h"

struct stack {
	uint32_t next; /* of a free one */
	uint32_t hash;
	uint64_t bytes;
	uint8_t frames[];
};

struct stacks {
	struct map map;
	uint32_t *buckets; /* numbers of stacks, 0 for none */
	uint8_t *memory;   /* number 0 is none */
	size_t stack_bytes;
	uint32_t bucket_count;
	uint32_t stack_count;
	struct lock lock; /* of the following */
	uint32_t fresh;
	uint32_t free;
};

static struct stacks *stacks_of(struct map *map)
{
	return (struct stacks *)map;
}

static struct stack *stack_at(const struct stacks *stacks, uint32_t number)
{
	return (struct stack *)(void *)(stacks->memory + number * stacks->stack_bytes);
}

static uint32_t take(struct stacks *stacks)
{
	uint32_t number;

	lock_take(&stacks->lock);
	number = stacks->free;
	if (number)
		stacks->free = stack_at(stacks, number)->next;
	else if (stacks->fresh <= stacks->stack_count)
		number = stacks->fresh++;
	lock_drop(&stacks->lock);
	return number;
}

static void give(struct stacks *stacks, uint32_t number)
{
	if (!number)
		return;
	lock_take(&stacks->lock);
	stack_at(stacks, number)->next = stacks->free;
	stacks->free = number;
	lock_drop(&stacks->lock);
}

static uint32_t hash_frames(const uint8_t *frames, size_t bytes)
{
	uint64_t h = bytes;

	for (size_t i = 0; i + 8 <= bytes; i += 8) {
		unsigned __int128 product =
			(unsigned __int128)(h ^ load_u64(frames + i)) * 0x9e3779b97f4a7c15;

		h = (uint64_t)product ^ (uint64_t)(product >> 64);
	}
	return (uint32_t)(h ^ h >> 32);
}

static bool is_same(const struct stack *stack, uint32_t hash, const void *frames, size_t bytes,
		    bool fast)
{
	if (stack->hash != hash)
		return false;
	return fast || (stack->bytes == bytes && !memcmp(stack->frames, frames, bytes));
}

int64_t stack_trace_put(struct map *map, const void *frames, size_t bytes, uint64_t flags)
{
	struct stacks *stacks = stacks_of(map);
	const size_t kept = bytes < map->value_size ? bytes : map->value_size;
	const uint32_t hash = hash_frames(frames, kept), id = hash & (stacks->bucket_count - 1);
	uint32_t *bucket = &stacks->buckets[id];
	uint32_t old = __atomic_load_n(bucket, __ATOMIC_ACQUIRE), new;
	struct stack *stack;

	if (old && is_same(stack_at(stacks, old), hash, frames, kept, flags & STACK_TRACE_FAST_CMP))
		return id;
	if (old && !(flags & STACK_TRACE_REUSE))
		return -EEXIST;
	new = take(stacks);
	if (!new)
		return -ENOMEM;
	stack = stack_at(stacks, new);
	stack->hash = hash;
	stack->bytes = kept;
	memcpy(stack->frames, frames, kept);
	give(stacks, __atomic_exchange_n(bucket, new, __ATOMIC_ACQ_REL));
	return id;
}

/* --- As a map --- */

static int read_stack(struct map *map, const void *key, void *ret_value, bool delete)
{
	struct stacks *stacks = stacks_of(map);
	uint32_t id = load_u32(key), number, none = 0;
	const struct stack *stack;

	if (id >= stacks->bucket_count)
		return -ENOENT;
	number = __atomic_exchange_n(&stacks->buckets[id], 0, __ATOMIC_ACQ_REL);
	if (!number)
		return -ENOENT;
	stack = stack_at(stacks, number);
	memcpy(ret_value, stack->frames, stack->bytes);
	memset((uint8_t *)ret_value + stack->bytes, 0, map->value_size - stack->bytes);
	if (delete || !__atomic_compare_exchange_n(&stacks->buckets[id], &none, number, false,
						   __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
		give(stacks, number);
	return 0;
}

static int stack_get(struct map *map, const void *key, void *ret_value, uint64_t flags)
{
	(void)flags;
	return read_stack(map, key, ret_value, false);
}

static int stack_take(struct map *map, const void *key, void *ret_value, uint64_t flags)
{
	(void)flags;
	return read_stack(map, key, ret_value, true);
}

static int stack_remove(struct map *map, const void *key)
{
	struct stacks *stacks = stacks_of(map);
	uint32_t id = load_u32(key), number;

	if (id >= stacks->bucket_count)
		return -E2BIG;
	number = __atomic_exchange_n(&stacks->buckets[id], 0, __ATOMIC_ACQ_REL);
	give(stacks, number);
	return number ? 0 : -ENOENT;
}

static int stack_next_key(struct map *map, const void *key, void *ret_next)
{
	const struct stacks *stacks = stacks_of(map);
	uint32_t id = 0;

	if (key && load_u32(key) < stacks->bucket_count && stacks->buckets[load_u32(key)])
		id = load_u32(key) + 1;
	while (id < stacks->bucket_count &&
	       !__atomic_load_n(&stacks->buckets[id], __ATOMIC_RELAXED))
		id++;
	if (id >= stacks->bucket_count)
		return -ENOENT;
	store_u32(ret_next, id);
	return 0;
}

static void stack_free(struct map *map)
{
	struct stacks *stacks = stacks_of(map);

	heap_free(map->heap, stacks->buckets, stacks->bucket_count * sizeof *stacks->buckets);
	heap_free(map->heap, stacks->memory,
		  ((size_t)stacks->stack_count + 1) * stacks->stack_bytes);
	map_dealloc(map, sizeof *stacks);
}

const struct map_ops map_ops_STACK_TRACE = {
	.name = "stack_trace",
	.lookup = map_lookup_nothing,
	.update = map_update_refused,
	.remove = stack_remove,
	.next_key = stack_next_key,
	.each = map_each_nothing,
	.extent = map_extent_nothing,
	.free = stack_free,
	.get = stack_get,
	.take = stack_take,
};

enum { FRAME = 8, BUILD_ID_FRAME = 32, MOST_FRAMES = 127 }; /* kernel.perf_event_max_stack */

int stack_trace_new(const struct map_spec *spec, struct map **ret_map)
{
	const uint32_t frame = spec->flags & MAP_F_STACK_BUILD_ID ? BUILD_ID_FRAME : FRAME;
	struct stacks *stacks;

	if (spec->value_size % frame || spec->value_size / frame > MOST_FRAMES)
		return -EINVAL;
	stacks = map_alloc(spec, &map_ops_STACK_TRACE, sizeof *stacks);
	if (!stacks)
		return -ENOMEM;
	stacks->bucket_count =
		spec->max_entries < 2 ? 1 : 1u << (32 - __builtin_clz(spec->max_entries - 1));
	stacks->stack_count = spec->max_entries;
	stacks->stack_bytes = sizeof(struct stack) + spec->value_size;
	stacks->fresh = 1;
	stacks->buckets = heap_alloc(spec->heap, stacks->bucket_count * sizeof *stacks->buckets);
	stacks->memory =
		heap_alloc(spec->heap, ((size_t)stacks->stack_count + 1) * stacks->stack_bytes);
	if (!stacks->buckets || !stacks->memory) {
		stack_free(&stacks->map);
		return -ENOMEM;
	}
	*ret_map = &stacks->map;
	return 0;
}
