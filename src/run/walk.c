/*
 * walk.c - all elements of a map.
 *
 * Batches are Linux 5.6's, for arrays per CPU 5.13's.  Without them it is a key after the other: a key that
 * vanishes meanwhile sends the kernel back to the first, so that walk ends after as many as the map can hold.
 */
#include "run/walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "sys/bpf.h"

enum {
	BATCH_BYTES = 64 << 10, /* of values at a time */
	LEAST_BATCH = 16,       /* elements: a bucket of a hash must fit */
};

struct walk {
	const struct run_maps *maps;
	const struct bundle_map *map;
	int fd;
	size_t value_bytes;
	run_walk_fn *element;
	void *data;
};

static int one_by_one(const struct walk *w)
{
	uint8_t *key = calloc(2, w->map->key_size), *next = key ? key + w->map->key_size : NULL;
	uint8_t *values = malloc(w->value_bytes);
	int err = key && values ? 0 : -ENOMEM;

	for (uint32_t i = 0; i < w->map->max_entries && !err; i++) {
		err = sys_map_next_key(w->maps->sys, w->fd, i ? key : NULL, next);
		if (err)
			break;
		memcpy(key, next, w->map->key_size);
		err = sys_map_lookup(w->maps->sys, w->fd, key, values);
		if (!err)
			err = w->element(w->data, key, values);
		else if (err == -ENOENT)
			err = 0;
	}
	free(key);
	free(values);
	return err == -ENOENT ? 0 : err;
}

static int serve(const struct walk *w, const struct sys_batch *batch)
{
	const uint8_t *key = batch->keys, *values = batch->values;
	int err = 0;

	for (uint32_t i = 0; i < batch->count && !err; i++)
		err = w->element(w->data, key + (size_t)i * w->map->key_size,
				 values + i * w->value_bytes);
	return err;
}

/* Room for @room elements; false without memory. */
static bool make_room(const struct walk *w, uint32_t room, struct sys_batch *batch)
{
	free(batch->keys);
	free(batch->values);
	batch->keys = malloc((size_t)room * w->map->key_size);
	batch->values = malloc(room * w->value_bytes);
	return batch->keys && batch->values;
}

/* -EINVAL and -SYS_ENOTSUPP when the kernel has none for this map, before anything was seen. */
static int in_batches(const struct walk *w)
{
	struct sys_batch batch = { 0 };
	uint32_t room = (uint32_t)(BATCH_BYTES / w->value_bytes), most = w->map->max_entries;
	int err = 0, stop = 0;

	room = room < LEAST_BATCH ? LEAST_BATCH : room;
	room = room > most ? most : room;
	if (!make_room(w, room, &batch))
		err = -ENOMEM;
	while (!err && !stop) {
		batch.count = room;
		err = sys_map_lookup_batch(w->maps->sys, w->fd, &batch);
		if (!err || err == -ENOENT) {
			stop = serve(w, &batch);
		} else if (err == -ENOSPC && room < most) {
			room = room > most / 2 ? most : room * 2;
			err = make_room(w, room, &batch) ? 0 : -ENOMEM;
		}
	}
	free(batch.keys);
	free(batch.values);
	return stop ? stop : err == -ENOENT ? 0 : err;
}

int run_walk(const struct run_maps *maps, uint32_t map, run_walk_fn *element, void *data)
{
	const struct walk w = {
		.maps = maps,
		.map = &maps->bundle->maps[map],
		.fd = maps->fds[map],
		.value_bytes = run_map_lookup_bytes(maps, &maps->bundle->maps[map]),
		.element = element,
		.data = data,
	};
	int err = in_batches(&w);

	return err == -EINVAL || err == -SYS_ENOTSUPP ? one_by_one(&w) : err;
}

struct key_list {
	struct strbuf keys;
	size_t key_size;
};

static int add_key(void *data, const uint8_t *key, const uint8_t *values)
{
	struct key_list *list = data;

	(void)values;
	strbuf_add(&list->keys, key, list->key_size);
	return list->keys.failed ? -ENOMEM : 0;
}

int run_walk_keys(const struct run_maps *maps, uint32_t map, uint8_t **ret_keys,
		  uint32_t *ret_count)
{
	struct key_list list = { .key_size = maps->bundle->maps[map].key_size };
	int err = run_walk(maps, map, add_key, &list);

	if (err) {
		strbuf_release(&list.keys);
		return err;
	}
	*ret_count = (uint32_t)(list.keys.len / list.key_size);
	*ret_keys = (uint8_t *)list.keys.data; /* may be NULL, with none */
	return 0;
}
