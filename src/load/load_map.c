/*
 * load_map.c - making and filling maps.
 */
#include <ctype.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "load/kconfig.h"
#include "load/load_in.h"
#include "sys/bpf.h"
#include "base/cpus.h"
#include "sys/permit.h"

enum {
	MAP_TYPE_ARENA = 33, /* since Linux 6.9 */
	MOST_NAME = 15,
};

/* Types of maps whose elements the kernel does not want described. */
static bool takes_types(uint32_t type)
{
	switch (type) {
	case BPF_MAP_TYPE_PERF_EVENT_ARRAY:
	case BPF_MAP_TYPE_CGROUP_ARRAY:
	case BPF_MAP_TYPE_STACK_TRACE:
	case BPF_MAP_TYPE_ARRAY_OF_MAPS:
	case BPF_MAP_TYPE_HASH_OF_MAPS:
	case BPF_MAP_TYPE_DEVMAP:
	case BPF_MAP_TYPE_DEVMAP_HASH:
	case BPF_MAP_TYPE_CPUMAP:
	case BPF_MAP_TYPE_XSKMAP:
	case BPF_MAP_TYPE_SOCKMAP:
	case BPF_MAP_TYPE_SOCKHASH:
	case BPF_MAP_TYPE_QUEUE:
	case BPF_MAP_TYPE_STACK:
	case BPF_MAP_TYPE_RINGBUF:
	case BPF_MAP_TYPE_USER_RINGBUF:
	case BPF_MAP_TYPE_PROG_ARRAY:
	case MAP_TYPE_ARENA: return false;
	default: return true;
	}
}

/* Rings are rounded up; arrays of events have one for each CPU. */
static uint32_t entries_of(const struct object_map *def)
{
	if (def->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY && !def->max_entries)
		return (uint32_t)cpus_possible();
	if (def->type == BPF_MAP_TYPE_RINGBUF || def->type == BPF_MAP_TYPE_USER_RINGBUF)
		return sys_ring_bytes(def->max_entries);
	return def->max_entries;
}

/* Sections of variables are named ".data": the kernel's users tell them apart by the object's name in
 * front, as much of it as there is room for. */
static const char *kernel_name(struct loading *loading, const char *name)
{
	const size_t len = strlen(name);
	size_t front = strcspn(loading->options.name, ".");
	char text[MOST_NAME + 1];

	if (*name != '.')
		return name;
	if (len >= MOST_NAME)
		front = 0;
	else if (front > MOST_NAME - len)
		front = MOST_NAME - len;
	(void)snprintf(text, sizeof text, "%.*s%s", (int)front, loading->options.name, name);
	for (char *p = text; *p; p++)
		if (!isalnum((unsigned char)*p) && *p != '_' && *p != '.')
			*p = '_';
	return arena_strndup(&loading->arena, text, strlen(text));
}

/* --- making ----------------------------------------------------------------------------------- */

static int refuse(struct loading *loading, const struct loaded_map *map, int err, const char *verb)
{
	diag_error(loading->diag, SPAN_NONE,
		   "%s %s map '%s' (type %u, keys of %u, values of %u bytes, %u elements): %s",
		   loading->options.sys->name, verb, map->name, map->def->type, map->def->key_size,
		   map->def->value_size, map->max_entries, strerror(-err));
	if (err == -EPERM)
		sys_permit_explain(loading->diag);
	else if (err == -EINVAL && !map->max_entries && map->def->type != BPF_MAP_TYPE_SK_STORAGE)
		diag_hint(loading->diag, "it has no __uint(max_entries, ...)");
	return err;
}

static struct sys_map attr_of(const struct loading *loading, const struct object_map *def,
			      const char *name)
{
	struct sys_map attr = {
		.type = def->type,
		.key_size = def->key_size,
		.value_size = def->value_size,
		.max_entries = entries_of(def),
		.flags = def->flags,
		.name = name,
		.numa_node = def->numa_node,
		.extra = def->extra,
	};

	if (loading->btf_fd && takes_types(def->type) && def->value_type) {
		attr.btf_fd = loading->btf_fd;
		attr.key_type = def->key_type;
		attr.value_type = def->value_type;
	}
	return attr;
}

static int make_one(struct loading *loading, struct loaded_map *map)
{
	const struct sys *sys = loading->options.sys;
	struct sys_map attr;
	int inner = 0;

	map->name = kernel_name(loading, map->def->name);
	if (!map->name)
		return -ENOMEM;
	map->max_entries = entries_of(map->def);
	attr = attr_of(loading, map->def, map->name);
	if (map->def->inner) {
		const struct sys_map inner_attr = attr_of(loading, map->def->inner, map->name);

		inner = sys_map_make(sys, &inner_attr);
		if (inner < 0)
			return refuse(loading, map, inner, "makes no inner map for");
		attr.inner_fd = inner;
	}
	map->fd = sys_map_make(sys, &attr);
	if (map->fd == -EINVAL &&
	    attr.btf_fd) { /* an older kernel may not take types for this one */
		attr.btf_fd = 0;
		attr.key_type = attr.value_type = 0;
		map->fd = sys_map_make(sys, &attr);
	}
	if (inner)
		(void)sys->close(sys, inner);
	return map->fd < 0 ? refuse(loading, map, map->fd, "makes no") : 0;
}

/* --- pinned maps ------------------------------------------------------------------------------ */

static const char *pin_path(struct loading *loading, const struct loaded_map *map)
{
	return arena_printf(&loading->arena, "/sys/fs/bpf/%s", map->name);
}

/* One that is there already is shared, if it is alike. */
static int make_pinned(struct loading *loading, struct loaded_map *map)
{
	const struct sys *sys = loading->options.sys;
	const char *path;
	struct bpf_map_info info = { 0 };
	int err;

	map->name = map->def->name;
	path = pin_path(loading, map);
	if (!path)
		return -ENOMEM;
	map->fd = sys_pin_open(sys, path);
	if (map->fd < 0) {
		err = make_one(loading, map);
		if (err)
			return err;
		err = sys_pin(sys, map->fd, path);
		if (err) {
			diag_error(loading->diag, SPAN_NONE,
				   "map '%s' cannot be pinned as '%s': %s", map->name, path,
				   strerror(-err));
			diag_hint(
				loading->diag,
				"a bpf file system has to be there: mount -t bpf bpf /sys/fs/bpf");
		}
		return err;
	}
	map->max_entries = entries_of(map->def);
	err = sys_map_info(sys, map->fd, &info);
	if (!err &&
	    (info.type != map->def->type || info.key_size != map->def->key_size ||
	     info.value_size != map->def->value_size || info.max_entries != map->max_entries)) {
		diag_error(loading->diag, SPAN_NONE, "'%s' is pinned and is another kind of map",
			   path);
		diag_hint(loading->diag, "remove it if nothing needs it: rm '%s'", path);
		err = -EEXIST;
	}
	return err;
}

/* --- filling ---------------------------------------------------------------------------------- */

/* Addresses of variables in each other's data are for the embedded machine: no kernel keeps them. */
static int refuse_pointers(struct loading *loading)
{
	if (!loading->object->pointer_count)
		return 0;
	diag_error(
		loading->diag, SPAN_NONE,
		"variables of the object are initialized with addresses, which a kernel does not "
		"give to programs");
	diag_hint(loading->diag, "assign them in the program instead");
	return -EINVAL;
}

static int fill_data(struct loading *loading, const struct loaded_map *map, const void *data,
		     size_t len)
{
	const struct sys *sys = loading->options.sys;
	const bool is_constant = map->def->flags & OBJECT_MAP_RDONLY;
	const uint32_t key = 0;
	uint8_t *value = calloc(1, map->def->value_size);
	int err;

	if (!value)
		return -ENOMEM;
	memcpy(value, data, len < map->def->value_size ? len : map->def->value_size);
	err = sys_map_update(sys, map->fd, &key, value, BPF_ANY);
	free(value);
	if (!err && is_constant)
		err = sys_map_freeze(sys, map->fd);
	return err ? refuse(loading, map, err, "does not fill") : 0;
}

static int fill_inner(struct loading *loading)
{
	const struct loaded *out = &loading->out;

	for (size_t i = 0; i < out->object->slot_count; i++) {
		const struct object_slot *slot = &out->object->slots[i];
		const struct loaded_map *map = &out->maps[slot->map];
		const uint32_t fd = (uint32_t)out->maps[slot->target].fd;
		int err;

		if (!map->def->inner)
			continue;
		err = sys_map_update(loading->options.sys, map->fd, &slot->index, &fd, BPF_ANY);
		if (err)
			return refuse(loading, map, err, "does not fill");
	}
	return 0;
}

int load_fill_slots(struct loading *loading)
{
	const struct loaded *out = &loading->out;

	for (size_t i = 0; i < out->object->slot_count; i++) {
		const struct object_slot *slot = &out->object->slots[i];
		const struct loaded_map *map = &out->maps[slot->map];
		const int prog = map->def->inner ? -1 : out->progs[slot->target].fd;
		const uint32_t fd = (uint32_t)prog;
		int err;

		if (prog < 0)
			continue;
		err = sys_map_update(loading->options.sys, map->fd, &slot->index, &fd, BPF_ANY);
		if (err)
			return refuse(loading, map, err, "does not fill");
	}
	return 0;
}

/* --- .kconfig --------------------------------------------------------------------------------- */

static int add_config(struct loading *loading)
{
	const struct kconfig_request request = {
		.types = &loading->types,
		.is_weak = extern_is_weak,
		.data = loading,
		.has_cookie = loading->options.has_cookie,
	};
	struct object_map *def = arena_alloc(&loading->arena, sizeof *def);
	uint8_t *values = arena_alloc(&loading->arena, loading->types.config_bytes);
	int err;

	if (!def || !values)
		return -ENOMEM;
	err = kconfig_read(&request, loading->diag, values);
	if (err)
		return err;
	*def = (struct object_map){
		.name = ".kconfig",
		.type = BPF_MAP_TYPE_ARRAY,
		.key_size = sizeof(uint32_t),
		.value_size = loading->types.config_bytes,
		.max_entries = 1,
		.flags = OBJECT_MAP_RDONLY | OBJECT_MAP_MMAPABLE,
		.value_type = loading->types.config_section,
		.data = values,
		.data_len = loading->types.config_bytes,
	};
	loading->config_map = (uint32_t)loading->out.map_count;
	loading->out.maps[loading->out.map_count++] = (struct loaded_map){ .def = def, .fd = -1 };
	return 0;
}

/* Variables' sections are described by their own types. */
static void describe_data(struct loading *loading, struct object_map *def)
{
	if (*def->name == '.' && loading->types.btf)
		def->value_type = btf_find(loading->types.btf, BTF_DATASEC, def->name);
}

int load_maps(struct loading *loading)
{
	struct object *object = loading->object;
	struct loaded *out = &loading->out;
	int err = refuse_pointers(loading);

	out->maps = arena_alloc_array(&loading->arena, object->map_count + 1, sizeof *out->maps);
	if (!out->maps)
		return -ENOMEM;
	for (size_t i = 0; i < object->map_count; i++) {
		describe_data(loading, &object->maps[i]);
		out->maps[out->map_count++] =
			(struct loaded_map){ .def = &object->maps[i], .fd = -1 };
	}
	if (!err && loading->types.config_count)
		err = add_config(loading);
	for (size_t i = 0; i < out->map_count && !err; i++)
		err = out->maps[i].def->is_pinned ? make_pinned(loading, &out->maps[i]) :
						    make_one(loading, &out->maps[i]);
	for (size_t i = 0; i < out->map_count && !err; i++) {
		const struct object_map *def = out->maps[i].def;

		if (def->data)
			err = fill_data(loading, &out->maps[i], def->data, def->data_len);
	}
	return err ? err : fill_inner(loading);
}
