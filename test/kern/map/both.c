/*
 * both.c - map commands on the host's kernel and on ours.
 */
#include "both.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/bits.h"

/* --- The host --- */

static int call(enum bpf_cmd cmd, union bpf_attr *attr)
{
	long result = syscall(SYS_bpf, cmd, attr, sizeof *attr);

	return result < 0 ? -errno : (int)result;
}

static uint64_t address(const void *pointer)
{
	return (uintptr_t)pointer;
}

static int host_create(const struct map_spec *spec, const struct both_map *inner,
		       struct both_map *ret_map)
{
	union bpf_attr attr = {
		.map_type = spec->type,
		.key_size = spec->key_size,
		.value_size = spec->value_size,
		.max_entries = spec->max_entries,
		.map_flags = spec->flags,
		.numa_node = spec->numa_node,
		.map_extra = spec->extra,
		.inner_map_fd = inner ? (uint32_t)inner->fd : 0,
	};
	int fd = call(BPF_MAP_CREATE, &attr);

	if (fd < 0)
		return fd;
	*ret_map = (struct both_map){ .kernel = &both_host, .fd = fd };
	return 0;
}

static void host_close(struct both_map *map)
{
	(void)close(map->fd);
}

static int element(struct both_map *map, enum bpf_cmd cmd, const void *key, const void *value,
		   uint64_t flags)
{
	union bpf_attr attr = {
		.map_fd = (uint32_t)map->fd,
		.key = address(key),
		.value = address(value),
		.flags = flags,
	};

	return call(cmd, &attr);
}

static int host_lookup(struct both_map *map, const void *key, void *value, uint64_t flags)
{
	return element(map, BPF_MAP_LOOKUP_ELEM, key, value, flags);
}

static int host_update(struct both_map *map, const void *key, const void *value, uint64_t flags)
{
	return element(map, BPF_MAP_UPDATE_ELEM, key, value, flags);
}

static int host_remove(struct both_map *map, const void *key)
{
	return element(map, BPF_MAP_DELETE_ELEM, key, NULL, 0);
}

static int host_next_key(struct both_map *map, const void *key, void *ret_next)
{
	return element(map, BPF_MAP_GET_NEXT_KEY, key, ret_next, 0);
}

static int host_take(struct both_map *map, const void *key, void *value, uint64_t flags)
{
	return element(map, BPF_MAP_LOOKUP_AND_DELETE_ELEM, key, value, flags);
}

static int host_freeze(struct both_map *map)
{
	return element(map, BPF_MAP_FREEZE, NULL, NULL, 0);
}

static int host_batch(struct both_map *map, enum map_batches kind, struct map_batch *batch)
{
	static const enum bpf_cmd commands[] = {
		[MAP_BATCH_LOOKUP] = BPF_MAP_LOOKUP_BATCH,
		[MAP_BATCH_TAKE] = BPF_MAP_LOOKUP_AND_DELETE_BATCH,
		[MAP_BATCH_UPDATE] = BPF_MAP_UPDATE_BATCH,
		[MAP_BATCH_DELETE] = BPF_MAP_DELETE_BATCH,
	};
	union bpf_attr attr = {
		.batch = {
			.in_batch = address(batch->in),
			.out_batch = address(batch->out),
			.keys = address(batch->keys),
			.values = address(batch->values),
			.count = batch->count,
			.map_fd = (uint32_t)map->fd,
			.elem_flags = batch->elem_flags,
			.flags = batch->flags,
		},
	};
	int err;

	if (kind == MAP_BATCH_DELETE || kind == MAP_BATCH_UPDATE)
		attr.batch.in_batch = attr.batch.out_batch = 0;
	err = call(commands[kind], &attr);
	batch->count = attr.batch.count;
	return err;
}

static uint32_t host_number(const struct both_map *inner)
{
	return (uint32_t)inner->fd;
}

const struct both_kernel both_host = {
	"the host",    host_create, host_close,  host_lookup, host_update, host_remove,
	host_next_key, host_take,   host_freeze, host_batch,  host_number,
};

const char *both_host_missing(void)
{
	static const struct map_spec spec = {
		.type = MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1
	};
	struct both_map map;

	if (host_create(&spec, NULL, &map))
		return "bpf(2) is not permitted: try as root";
	host_close(&map);
	return NULL;
}

/* --- Ours: descriptors are places in a table --- */

enum { MOST_MAPS = 256 };
static struct map *maps[MOST_MAPS];

static int find_map(void *data, int fd, struct map **ret_map)
{
	(void)data;
	if (fd < 1 || fd >= MOST_MAPS || !maps[fd])
		return -EBADF;
	*ret_map = map_get(maps[fd]);
	return 0;
}

static const struct map_files files = { .map = find_map };

static int ours_create(const struct map_spec *spec, const struct both_map *inner,
		       struct both_map *ret_map)
{
	struct map_spec own = *spec;
	struct map *map;
	int err, fd = 1;

	own.inner = inner ? inner->view.map : NULL;
	err = map_new(&own, NULL, &map);
	if (err)
		return err;
	while (maps[fd])
		fd++;
	maps[fd] = map;
	map->id = (uint32_t)fd;
	*ret_map = (struct both_map){ &both_ours, fd, map_view_of(map, &files) };
	return 0;
}

static void ours_close(struct both_map *map)
{
	maps[map->fd] = NULL;
	map_put(map->view.map);
}

static int ours_lookup(struct both_map *map, const void *key, void *value, uint64_t flags)
{
	return map_lookup_elem(&map->view, key, value, flags);
}

static int ours_update(struct both_map *map, const void *key, const void *value, uint64_t flags)
{
	return map_update_elem(&map->view, key, value, flags);
}

static int ours_remove(struct both_map *map, const void *key)
{
	return map_delete_elem(&map->view, key);
}

static int ours_next_key(struct both_map *map, const void *key, void *ret_next)
{
	return map_next_key(&map->view, key, ret_next);
}

static int ours_take(struct both_map *map, const void *key, void *value, uint64_t flags)
{
	return map_take_elem(&map->view, key, value, flags);
}

static int ours_freeze(struct both_map *map)
{
	return map_freeze(&map->view);
}

static int ours_batch(struct both_map *map, enum map_batches kind, struct map_batch *batch)
{
	switch (kind) {
	case MAP_BATCH_LOOKUP: return map_batch_lookup(&map->view, batch);
	case MAP_BATCH_TAKE: return map_batch_take(&map->view, batch);
	case MAP_BATCH_UPDATE: return map_batch_update(&map->view, batch);
	case MAP_BATCH_DELETE: return map_batch_delete(&map->view, batch);
	}
	return -EINVAL;
}

const struct both_kernel both_ours = {
	"ours",        ours_create, ours_close,  ours_lookup, ours_update, ours_remove,
	ours_next_key, ours_take,   ours_freeze, ours_batch,  host_number,
};

const char *both_error_name(int err)
{
	static char text[32];

	if (!err)
		return "0";
	if (err == -MAP_ENOTSUPP)
		return "-ENOTSUPP";
	(void)snprintf(text, sizeof text, "-%s", strerrorname_np(-err));
	return text;
}
