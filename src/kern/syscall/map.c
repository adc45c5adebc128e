/*
 * map.c - BPF_MAP_CREATE, and the ends of maps.
 *
 * The order of the checks is that of map_create in kernel/bpf/syscall.c of Linux 6.18: a call that is wrong
 * in two ways gets the same answer here.
 */
#include "kern/syscall/map_object.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/bits.h"

int map_file_mode(uint32_t flags)
{
	switch (flags & (FILE_F_RDONLY | FILE_F_WRONLY)) {
	case 0: return O_RDWR;
	case FILE_F_RDONLY: return O_RDONLY;
	case FILE_F_WRONLY: return O_WRONLY;
	default: return -EINVAL;
	}
}

int map_object_find(const struct call *call, int fd, struct map_object **ret_map, int *ret_mode)
{
	struct object *object;
	int err = object_find(call, fd, OBJECT_MAP, &object, ret_mode);

	if (!err)
		*ret_map = (struct map_object *)object;
	return err;
}

static void map_object_free(struct embedded *kernel, struct object *object)
{
	struct map_object *map = (struct map_object *)object;

	for (uint32_t i = 0; map->members && i < map->map->max_entries; i++)
		object_put(kernel, map->members[i]);
	free(map->members);
	map_put(map->map);
	if (map->memory)
		(void)munmap(map->memory, map->memory_bytes);
	if (map->btf)
		object_put(kernel, &map->btf->object);
	free(map);
}

/* --- What BTF may say of keys and values ------------------------------------------------------- */

static bool is_u32(const struct btf *btf, uint32_t id)
{
	struct btf_type type;

	return btf_type(btf, btf_strip(btf, id), &type) && type.kind == BTF_INT && type.size == 4;
}

/* Data sections are maps whose keys have no type. */
static int check_keyless(const struct map *map, const struct btf *btf, uint32_t value_type)
{
	struct btf_type type;

	if (map->type != MAP_TYPE_ARRAY || map->max_entries != 1)
		return -EINVAL;
	return btf_type(btf, value_type, &type) && type.kind == BTF_DATASEC ? 0 : -EINVAL;
}

/* Data sections have a size, too, although no value of a program is of such a type. */
static int64_t size_of(const struct btf *btf, uint32_t id)
{
	struct btf_type type;

	if (btf_type(btf, id, &type) && type.kind == BTF_DATASEC)
		return type.size;
	return btf_size(btf, id);
}

static int check_types(const struct map *map, const struct btf *btf, uint32_t key_type,
		       uint32_t value_type)
{
	const bool is_array = map->type == MAP_TYPE_ARRAY || map->type == MAP_TYPE_PERCPU_ARRAY;

	if (size_of(btf, value_type) != map->value_size)
		return -EINVAL;
	if (!key_type)
		return check_keyless(map, btf, value_type);
	if (btf_size(btf, key_type) != map->key_size)
		return -EINVAL;
	return is_array && !is_u32(btf, key_type) ? -EINVAL : 0;
}

static int set_btf(struct call *call, struct map_object *map)
{
	int err;

	if (!call->attr.map_create.btf_key_type_id && !call->attr.map_create.btf_value_type_id)
		return 0;
	err = btf_object_get(call, (int)call->attr.map_create.btf_fd, &map->btf);
	if (err)
		return err;
	map->key_type = call->attr.map_create.btf_key_type_id;
	map->value_type = call->attr.map_create.btf_value_type_id;
	return check_types(map->map, map->btf->btf, map->key_type, map->value_type);
}

/* --- Making ----------------------------------------------------------------------------------- */

static int check_create(const struct call *call)
{
	if (call->attr.map_create.btf_vmlinux_value_type_id)
		return -EINVAL; /* of struct_ops alone */
	if (call->attr.map_create.btf_key_type_id && !call->attr.map_create.btf_value_type_id)
		return -EINVAL;
	if (call->attr.map_create.map_extra &&
	    call->attr.map_create.map_type != BPF_MAP_TYPE_BLOOM_FILTER)
		return -EINVAL;
	return 0;
}

/* The map that those are like that a map of maps will hold. */
static int find_inner(const struct call *call, struct map **ret_inner)
{
	const uint32_t type = call->attr.map_create.map_type;
	struct map_object *inner;
	int err;

	*ret_inner = NULL;
	if (type != BPF_MAP_TYPE_ARRAY_OF_MAPS && type != BPF_MAP_TYPE_HASH_OF_MAPS)
		return 0;
	err = map_object_find(call, (int)call->attr.map_create.inner_map_fd, &inner, NULL);
	if (!err)
		*ret_inner = inner->map;
	return err;
}

/* Arrays whose values callers can map have them in the object's file: its size, or 0. */
static size_t file_bytes(const struct call *call)
{
	const uint64_t stride = align_up(call->attr.map_create.value_size, 8);

	if (call->attr.map_create.map_type != BPF_MAP_TYPE_ARRAY ||
	    !(call->attr.map_create.map_flags & BPF_F_MMAPABLE))
		return 0;
	return align_up(stride * call->attr.map_create.max_entries, (size_t)sysconf(_SC_PAGESIZE));
}

static int map_file(struct map_object *map, size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, map->object.fd, 0);

	if (memory == MAP_FAILED)
		return -ENOMEM;
	map->memory = memory;
	map->memory_bytes = bytes;
	return 0;
}

static int make_map(struct call *call, struct map_object *map)
{
	struct map_spec spec = {
		.type = call->attr.map_create.map_type,
		.key_size = call->attr.map_create.key_size,
		.value_size = call->attr.map_create.value_size,
		.max_entries = call->attr.map_create.max_entries,
		.flags = call->attr.map_create.map_flags,
		.numa_node = call->attr.map_create.numa_node,
		.extra = call->attr.map_create.map_extra,
		.has_btf = call->attr.map_create.btf_value_type_id != 0,
	};
	int err = find_inner(call, &spec.inner);

	if (!err && file_bytes(call))
		err = map_file(map, file_bytes(call));
	spec.values = map->memory;
	if (!err)
		err = map_new(&spec, NULL, &map->map);
	if (err)
		return err;
	if (spec.type == BPF_MAP_TYPE_PROG_ARRAY) {
		map->members = calloc(spec.max_entries, sizeof *map->members);
		if (!map->members)
			return -ENOMEM;
	}
	err = object_name(call->attr.map_create.map_name, map->name);
	return err < 0 ? err : set_btf(call, map);
}

int call_map_create(struct call *call)
{
	int mode = map_file_mode(call->attr.map_create.map_flags);
	struct map_object *map;
	int err = check_create(call);

	if (err)
		return err;
	if (mode < 0)
		return mode;
	map = calloc(1, sizeof *map);
	if (!map)
		return -ENOMEM;
	map->object.free = map_object_free;
	err = object_init(call->kernel, &map->object, OBJECT_MAP, "bpf-map", file_bytes(call));
	if (err) {
		free(map);
		return err;
	}
	err = make_map(call, map);
	if (!err) {
		map->map->id = map->object.id;
		err = object_open(call, &map->object, mode);
	}
	object_put(call->kernel, &map->object);
	return err;
}
