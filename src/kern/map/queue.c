/*
 * queue.c - queues and stacks: values without keys.
 *
 * A ring of one more place than there are entries, so that full and empty differ.  BPF_EXIST lets a
 * push into a full one drop the oldest value, of a stack, too.  A value is written before 'head' says
 * that it is there: who dies in between leaves nothing behind.
 */
#include <errno.h>
#include <string.h>

#include "kern/map/kinds.h"
#include "kern/obj/lock.h"

struct queue {
	struct map map;
	uint8_t *values;
	size_t values_bytes;
	uint64_t places;
	struct lock lock;
	uint64_t head; /* the next to be written */
	uint64_t tail; /* the oldest */
};

static struct queue *queue_of(struct map *map)
{
	return (struct queue *)map;
}

static uint64_t after(const struct queue *queue, uint64_t place)
{
	return place + 1 == queue->places ? 0 : place + 1;
}

static uint64_t before(const struct queue *queue, uint64_t place)
{
	return place ? place - 1 : queue->places - 1;
}

static uint8_t *value_at(const struct queue *queue, uint64_t place)
{
	return queue->values + place * queue->map.value_size;
}

static int queue_push(struct map *map, const void *value, uint64_t flags)
{
	struct queue *queue = queue_of(map);
	int err = 0;

	if (flags != MAP_ANY && flags != MAP_EXIST)
		return -EINVAL;
	lock_take(&queue->lock);
	if (after(queue, queue->head) != queue->tail)
		;
	else if (flags == MAP_EXIST)
		queue->tail = after(queue, queue->tail);
	else
		err = -E2BIG;
	if (!err) {
		memcpy(value_at(queue, queue->head), value, map->value_size);
		queue->head = after(queue, queue->head);
	}
	lock_drop(&queue->lock);
	return err;
}

/* The value that is next in turn; removed, too, when @pop. */
static int read_value(struct map *map, void *ret_value, bool pop)
{
	struct queue *queue = queue_of(map);
	const bool is_stack = map->type == MAP_TYPE_STACK;
	uint64_t place;
	int err = 0;

	lock_take(&queue->lock);
	place = is_stack ? before(queue, queue->head) : queue->tail;
	if (queue->head == queue->tail) {
		memset(ret_value, 0, map->value_size);
		err = -ENOENT;
	} else {
		memcpy(ret_value, value_at(queue, place), map->value_size);
		if (pop && is_stack)
			queue->head = place;
		else if (pop)
			queue->tail = after(queue, place);
	}
	lock_drop(&queue->lock);
	return err;
}

static int queue_pop(struct map *map, void *ret_value)
{
	return read_value(map, ret_value, true);
}

static int queue_peek(struct map *map, void *ret_value)
{
	return read_value(map, ret_value, false);
}

static int queue_remove(struct map *map, const void *key)
{
	(void)map, (void)key;
	return -EINVAL;
}

static int queue_next_key(struct map *map, const void *key, void *ret_next)
{
	(void)map, (void)key, (void)ret_next;
	return -EINVAL;
}

static void queue_free(struct map *map)
{
	heap_free(map->heap, queue_of(map)->values, queue_of(map)->values_bytes);
	map_dealloc(map, sizeof(struct queue));
}

#define QUEUE_OPS(text)                                                                       \
	{                                                                                     \
		.name = text, .lookup = map_lookup_nothing, .update = map_update_refused,     \
		.remove = queue_remove, .next_key = queue_next_key, .each = map_each_nothing, \
		.extent = map_extent_nothing, .free = queue_free, .push = queue_push,         \
		.pop = queue_pop, .peek = queue_peek,                                         \
	}
const struct map_ops map_ops_QUEUE = QUEUE_OPS("queue");
const struct map_ops map_ops_STACK = QUEUE_OPS("stack");

static int new_queue(const struct map_spec *spec, const struct map_ops *ops, struct map **ret_map)
{
	struct queue *queue = map_alloc(spec, ops, sizeof *queue);

	if (!queue)
		return -ENOMEM;
	queue->places = (uint64_t)spec->max_entries + 1;
	queue->values_bytes = queue->places * spec->value_size;
	queue->values = heap_alloc(spec->heap, queue->values_bytes);
	if (!queue->values) {
		queue_free(&queue->map);
		return -ENOMEM;
	}
	*ret_map = &queue->map;
	return 0;
}

int queue_map_new(const struct map_spec *spec, struct map **ret_map)
{
	return new_queue(spec, &map_ops_QUEUE, ret_map);
}

int stack_map_new(const struct map_spec *spec, struct map **ret_map)
{
	return new_queue(spec, &map_ops_STACK, ret_map);
}
