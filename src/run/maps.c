/*
 * maps.c - the kernel's maps of a session.
 */
#include "run/maps.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/file.h"
#include "sys/bpf.h"
#include "base/cpus.h"
#include "sys/permit.h"

enum {
	LEAST_RING_BYTES = 256 << 10,
	MOST_RING_BYTES = 16 << 20,
	RING_SHARE = 1000, /* of the memory that is available */
	CONTROL_RING_BYTES = 64 << 10,
};

size_t run_map_stride(const struct bundle_map *map)
{
	return align_up(map->value_size, 8);
}

size_t run_map_lookup_bytes(const struct run_maps *maps, const struct bundle_map *map)
{
	return sys_map_is_percpu(map->type) ? run_map_stride(map) * maps->cpus : map->value_size;
}

/* --- the size of rings ------------------------------------------------------------------------ */

static uint64_t available_bytes(void)
{
	char *text = NULL;
	const char *line;
	size_t len;
	uint64_t kib = 0;

	if (file_read("/proc/meminfo", NULL, &text, &len))
		return 0;
	line = strstr(text, "MemAvailable:");
	if (line)
		kib = strtoull(line + strlen("MemAvailable:"), NULL, 10);
	free(text);
	return kib << 10;
}

static uint64_t usual_ring_bytes(void)
{
	uint64_t share = available_bytes() / RING_SHARE, bytes = LEAST_RING_BYTES;

	while (bytes < share && bytes < MOST_RING_BYTES)
		bytes *= 2;
	return bytes;
}

uint32_t run_ring_bytes(const struct run_maps *maps, uint32_t number)
{
	const struct bundle *bundle = maps->bundle;

	if (bundle->maps[number].max_entries)
		return sys_ring_bytes(bundle->maps[number].max_entries);
	if (number == bundle->control_ring && number != bundle->data_ring)
		return CONTROL_RING_BYTES;
	return (uint32_t)maps->ring_bytes;
}

/* That of the data ring is found out once: the memory at hand changes. */
static void choose_ring_bytes(struct run_maps *maps)
{
	uint64_t wanted = maps->bundle->config.ring_bytes;

	if (maps->bundle->data_ring != BUNDLE_NONE)
		maps->ring_bytes = sys_ring_bytes(wanted ? wanted : usual_ring_bytes());
}

/* --- making ----------------------------------------------------------------------------------- */

static int make_one(struct run_maps *maps, uint32_t number, struct diag *diag)
{
	const struct bundle_map *of = &maps->bundle->maps[number];
	const struct sys_map map = {
		.type = of->type,
		.key_size = of->key_size,
		.value_size = of->value_size,
		.max_entries = of->type == BPF_MAP_TYPE_RINGBUF ? run_ring_bytes(maps, number) :
								  of->max_entries,
		.flags = of->flags,
		.name = of->name,
	};
	int fd = sys_map_make(maps->sys, &map);

	if (fd >= 0) {
		maps->fds[number] = fd;
		return 0;
	}
	diag_error(diag, SPAN_NONE, "%s makes no map '%s' of %u elements of %u bytes: %s",
		   maps->sys->name, of->name, map.max_entries, of->value_size, strerror(-fd));
	if (fd == -EPERM)
		sys_permit_explain(diag);
	else if (fd == -EINVAL && map.type == BPF_MAP_TYPE_STACK_TRACE)
		diag_hint(
			diag,
			"the kernel takes stacks of at most so many frames as kernel.perf_event_max_stack says: 'sysctl kernel.perf_event_max_stack'");
	else if (fd == -E2BIG || fd == -ENOMEM)
		diag_hint(diag, "fewer keys take less memory: config = { max_map_keys = ... }");
	return fd;
}

/* @value has room for an element. */
static void put_parameters(const struct bundle *bundle, const struct run_parameters *parameters,
			   uint8_t *value)
{
	if (bundle->cpid_offset != BUNDLE_NONE)
		store_u64(value + bundle->cpid_offset, parameters->cpid);
	if (bundle->start_offset != BUNDLE_NONE)
		store_u64(value + bundle->start_offset, parameters->start_ns);
}

static int fill_one(struct run_maps *maps, uint32_t number, const struct run_parameters *parameters,
		    struct diag *diag)
{
	const struct bundle_map *map = &maps->bundle->maps[number];
	bool has_parameters = number == maps->bundle->parameters;
	const uint32_t key = 0;
	uint8_t *value;
	int err = 0;

	if (map->data || has_parameters) {
		value = calloc(1, map->value_size);
		if (!value)
			return -ENOMEM;
		if (map->data)
			memcpy(value, map->data,
			       map->data_len < map->value_size ? map->data_len : map->value_size);
		if (has_parameters)
			put_parameters(maps->bundle, parameters, value);
		err = sys_map_update(maps->sys, maps->fds[number], &key, value, BPF_ANY);
		free(value);
	}
	if (!err && map->is_frozen)
		err = sys_map_freeze(maps->sys, maps->fds[number]);
	if (err)
		diag_error(diag, SPAN_NONE, "%s does not fill the map '%s': %s", maps->sys->name,
			   map->name, strerror(-err));
	return err;
}

int run_maps_make(struct run_maps *maps, const struct sys *sys, const struct bundle *bundle,
		  const struct run_parameters *parameters, struct diag *diag)
{
	int err = 0;

	*maps = (struct run_maps){ .sys = sys, .bundle = bundle, .cpus = cpus_possible() };
	maps->fds = malloc((bundle->map_count + 1) * sizeof *maps->fds);
	maps->is_zeroed = calloc(bundle->table_count + 1, sizeof *maps->is_zeroed);
	if (!maps->fds || !maps->is_zeroed)
		return -ENOMEM;
	for (uint32_t i = 0; i < bundle->map_count; i++)
		maps->fds[i] = -1;
	choose_ring_bytes(maps);
	for (uint32_t i = 0; i < bundle->map_count && !err; i++)
		err = make_one(maps, i, diag);
	for (uint32_t i = 0; i < bundle->map_count && !err; i++)
		err = fill_one(maps, i, parameters, diag);
	return err;
}

void run_maps_release(struct run_maps *maps)
{
	for (uint32_t i = 0; maps->fds && i < maps->bundle->map_count; i++)
		if (maps->fds[i] >= 0)
			(void)maps->sys->close(maps->sys, maps->fds[i]);
	free(maps->fds);
	free(maps->is_zeroed);
	maps->fds = NULL;
	maps->is_zeroed = NULL;
}
