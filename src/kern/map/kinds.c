/*
 * kinds.c - the table of kinds, and what is checked before a kind is asked.
 */
#include "kern/map/kinds.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/cpus.h"
#include "kern/obj/lock.h"

struct range {
	uint32_t least, most;
};

struct map_kind {
	const char *name;
	uint32_t type;
	int (*create)(const struct map_spec *spec, struct map **ret_map);
	struct range keys, values, entries;
	uint32_t flags, needed, unsupported;
	uint32_t bytes_most, value_most, entries_most;
};

#define RANGE(least, most)  \
	{                   \
		least, most \
	}
static const struct map_kind kinds[] = {
#define MAP_TYPE(type, name, new, keys, values, entries, ...) \
	{ name, MAP_TYPE_##type, new, RANGE keys, RANGE values, RANGE entries, __VA_ARGS__ },
#include "kern/map/kinds.def"
};

static const struct map_kind *find_kind(uint32_t type)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (kinds[i].type == type)
			return &kinds[i];
	return NULL;
}

const char *map_type_name(uint32_t type)
{
	const struct map_kind *kind = find_kind(type);

	return kind ? kind->name : NULL;
}

unsigned int map_cpu_count(void)
{
	static unsigned int count;
	unsigned int n = __atomic_load_n(&count, __ATOMIC_RELAXED);

	if (n)
		return n;
	n = cpus_possible();
	__atomic_store_n(&count, n, __ATOMIC_RELAXED);
	return n;
}

unsigned int map_cpu(void)
{
	int cpu = sched_getcpu();

	/* A processor that was plugged in since, or no getcpu at all. */
	return cpu < 0 || (unsigned int)cpu >= map_cpu_count() ? 0 : (unsigned int)cpu;
}

static void say_unknown(const struct map_spec *spec, const char *name, struct diag *diag)
{
	struct strbuf known = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		strbuf_printf(&known, "%s%s (%u)", i ? ", " : "", kinds[i].name, kinds[i].type);
	diag_error(diag, SPAN_NONE, "map '%s': there is no map of type %u here", name, spec->type);
	diag_hint(diag, "the types are %s", strbuf_text(&known));
	strbuf_release(&known);
}

static void print_range(struct strbuf *out, const char *what, struct range range)
{
	if (range.most == 0)
		strbuf_printf(out, "%s 0", what);
	else if (range.most == UINT32_MAX)
		strbuf_printf(out, "%s from %u", what, range.least);
	else if (range.least == range.most)
		strbuf_printf(out, "%s %u", what, range.least);
	else
		strbuf_printf(out, "%s from %u to %u", what, range.least, range.most);
}

/* What @kind does take. */
static void say_expected(const struct map_kind *kind, struct diag *diag)
{
	struct strbuf text = { 0 };

	print_range(&text, "key size", kind->keys);
	print_range(&text, ", value size", kind->values);
	print_range(&text, ", entries", kind->entries);
	strbuf_printf(&text, ", flags of 0x%x", kind->flags);
	if (kind->needed)
		strbuf_printf(&text, " with 0x%x", kind->needed);
	diag_hint(diag, "a %s has %s", kind->name, strbuf_text(&text));
	strbuf_release(&text);
}

/* Why a kind refused @spec with @err, as well as can be told from outside. */
static void say_refused(const struct map_spec *spec, const struct map_kind *kind, int err,
			struct diag *diag)
{
	const char *name = spec->name ? spec->name : kind->name;

	switch (err) {
	case -EINVAL:
		diag_error(diag, SPAN_NONE,
			   "map '%s': no %s has keys of %u bytes, values of %u bytes, %u entries "
			   "and flags 0x%x",
			   name, kind->name, spec->key_size, spec->value_size, spec->max_entries,
			   spec->flags);
		say_expected(kind, diag);
		break;
	case -MAP_ENOTSUPP:
		diag_error(diag, SPAN_NONE, "map '%s': no %s has flags 0x%x", name, kind->name,
			   spec->flags);
		break;
	case -EOPNOTSUPP:
	case -EACCES:
		diag_error(
			diag, SPAN_NONE,
			"map '%s': values of a %s with flags 0x%x cannot have such fields (locks, "
			"timers, pointers)",
			name, kind->name, spec->flags);
		break;
	case -E2BIG:
		diag_error(diag, SPAN_NONE, "map '%s': %u entries of %u + %u bytes are too many",
			   name, spec->max_entries, spec->key_size, spec->value_size);
		break;
	default:
		diag_error(diag, SPAN_NONE,
			   "map '%s': there is not enough memory for %u entries of %u + %u bytes",
			   name, spec->max_entries, spec->key_size, spec->value_size);
		break;
	}
}

static bool in_range(struct range range, uint32_t n)
{
	return n >= range.least && n <= range.most;
}

static bool node_exists(uint32_t node)
{
	char path[64];

	(void)snprintf(path, sizeof path, "/sys/devices/system/node/node%u", node);
	return node == 0 || access(path, F_OK) == 0;
}

/* What the kernel asks of every kind (map_create in kernel/bpf/syscall.c). */
static int check_common(const struct map_spec *spec)
{
	const uint32_t flags = spec->flags, syscall = MAP_F_RDONLY | MAP_F_WRONLY,
		       prog = MAP_F_RDONLY_PROG | MAP_F_WRONLY_PROG;

	if (spec->extra && spec->type != MAP_TYPE_BLOOM_FILTER && spec->type != MAP_TYPE_ARENA)
		return -EINVAL;
	if ((flags & syscall) == syscall || (flags & prog) == prog)
		return -EINVAL;
	if (flags & MAP_F_NUMA_NODE && !node_exists(spec->numa_node))
		return -EINVAL;
	return 0;
}

static int check_kind(const struct map_spec *spec, const struct map_kind *kind)
{
	/* Of bloom filters, map_alloc_check looks at this and map_alloc at the rest. */
	if (spec->type == MAP_TYPE_BLOOM_FILTER && spec->value_size > kind->value_most)
		return -E2BIG;
	if (spec->flags & ~kind->flags || kind->needed & ~spec->flags)
		return -EINVAL;
	if (spec->flags & kind->unsupported)
		return -MAP_ENOTSUPP;
	if (!in_range(kind->keys, spec->key_size) || !in_range(kind->values, spec->value_size) ||
	    !in_range(kind->entries, spec->max_entries))
		return -EINVAL;
	if (kind->bytes_most != UINT32_MAX &&
	    (uint64_t)spec->key_size + spec->value_size > kind->bytes_most)
		return -E2BIG;
	if (spec->value_size > kind->value_most || spec->max_entries > kind->entries_most)
		return -E2BIG;
	return 0;
}

/* Which kinds may have which fields in their values (map_check_btf in kernel/bpf/syscall.c). */
static bool may_have(uint32_t type, enum map_field_kind field)
{
	const uint64_t maps = 1ull << MAP_TYPE_HASH | 1ull << MAP_TYPE_ARRAY,
		       lru = 1ull << MAP_TYPE_LRU_HASH,
		       percpu = 1ull << MAP_TYPE_PERCPU_HASH | 1ull << MAP_TYPE_PERCPU_ARRAY |
				1ull << MAP_TYPE_LRU_PERCPU_HASH,
		       storages = 1ull << MAP_TYPE_SK_STORAGE | 1ull << MAP_TYPE_INODE_STORAGE |
				  1ull << MAP_TYPE_TASK_STORAGE | 1ull << MAP_TYPE_CGRP_STORAGE;
	uint64_t types = 0;

	switch (field) {
	case MAP_FIELD_SPIN_LOCK: types = maps | storages; break;
	case MAP_FIELD_TIMER:
	case MAP_FIELD_WORKQUEUE: types = maps | lru; break;
	case MAP_FIELD_KPTR:
	case MAP_FIELD_REFCOUNT: types = maps | lru | percpu | storages; break;
	case MAP_FIELD_LIST_HEAD:
	case MAP_FIELD_RB_ROOT: types = maps | lru; break;
	case MAP_FIELD_UPTR: types = 1ull << MAP_TYPE_TASK_STORAGE; break;
	}
	return types >> type & 1;
}

static int check_fields(const struct map_spec *spec)
{
	uint64_t end = 0;

	if (spec->field_count > MAP_MOST_FIELDS)
		return -E2BIG;
	if (spec->field_count && spec->flags & (MAP_F_RDONLY_PROG | MAP_F_WRONLY_PROG))
		return -EACCES;
	for (uint32_t i = 0; i < spec->field_count; i++) {
		const struct map_field *field = &spec->fields[i];

		if (field->offset < end || !field->bytes)
			return -EINVAL;
		end = (uint64_t)field->offset + field->bytes;
		if (end > spec->value_size || field->offset % (field->bytes < 8 ? 4 : 8))
			return -EINVAL;
		if (!may_have(spec->type, field->kind))
			return -EOPNOTSUPP;
	}
	return 0;
}

int map_new(const struct map_spec *spec, struct diag *diag, struct map **ret_map)
{
	const struct map_kind *kind = find_kind(spec->type);
	int err;

	if (!kind) {
		say_unknown(spec, spec->name ? spec->name : "", diag);
		return -EINVAL;
	}
	err = check_common(spec);
	if (!err)
		err = check_kind(spec, kind);
	if (!err)
		err = check_fields(spec);
	if (!err)
		err = kind->create(spec, ret_map);
	if (err)
		say_refused(spec, kind, err, diag);
	return err;
}

struct map *map_get(struct map *map)
{
	(void)__atomic_add_fetch(&map->refs, 1, __ATOMIC_RELAXED);
	return map;
}

void map_put(struct map *map)
{
	if (map && !__atomic_sub_fetch(&map->refs, 1, __ATOMIC_ACQ_REL)) {
		map_put(map->inner);
		map->ops->free(map);
	}
}

/* --- For the kinds --- */

/* Functions have other addresses in other processes, so that a shared map leads to a copy of its
 * struct map_ops in memory that each has his own of. */
static struct map_ops *shared_ops(struct heap *heap, uint32_t type)
{
	return (struct map_ops *)heap_local(heap) + type;
}

void map_share(struct heap *heap)
{
	static_assert(MAP_TYPE_COUNT * sizeof(struct map_ops) <= HEAP_LOCAL_BYTES,
		      "the pages of each process hold the table");
#define MAP_TYPE(type, name, new, ...) *shared_ops(heap, MAP_TYPE_##type) = map_ops_##type;
#include "kern/map/kinds.def"
}

void *map_alloc(const struct map_spec *spec, const struct map_ops *ops, size_t bytes)
{
	struct map *map = heap_alloc(spec->heap, bytes);

	if (!map)
		return NULL;
	map->ops = spec->heap ? shared_ops(spec->heap, spec->type) : ops;
	map->type = (enum map_type)spec->type;
	map->key_size = spec->key_size;
	map->value_size = spec->value_size;
	map->max_entries = spec->max_entries;
	map->flags = spec->flags;
	map->heap = spec->heap;
	map->refs = 1;
	map->extra = spec->extra;
	map->field_count = spec->field_count;
	memcpy(map->fields, spec->fields, sizeof map->fields);
	return map;
}

void map_dealloc(struct map *map, size_t bytes)
{
	heap_free(map->heap, map, bytes);
}

/* memcpy that moves whole words of 8 bytes, where both sides are aligned as values are: who looks at a
 * value meanwhile sees each word before or after, as in the kernel (bpf_long_memcpy). */
static void copy_words(void *to, const void *from, size_t bytes)
{
	const uint64_t *word = from;
	uint64_t *place = to;

	if (((uintptr_t)to | (uintptr_t)from) % sizeof *word) {
		memcpy(to, from, bytes);
		return;
	}
	for (; bytes >= sizeof *word; bytes -= sizeof *word)
		__atomic_store_n(place++, __atomic_load_n(word++, __ATOMIC_RELAXED),
				 __ATOMIC_RELAXED);
	memcpy(place, word, bytes);
}

/* Copy the parts of a value between its fields, and let @zero say what becomes of these. */
static void copy_around(const struct map *map, uint8_t *to, const uint8_t *from, bool zero)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < map->field_count; i++) {
		const struct map_field *field = &map->fields[i];

		copy_words(to + at, from + at, field->offset - at);
		if (zero)
			memset(to + field->offset, 0, field->bytes);
		at = field->offset + field->bytes;
	}
	copy_words(to + at, from + at, map->value_size - at);
}

void map_copy_value(const struct map *map, void *to, const void *from)
{
	copy_around(map, to, from, false);
}

void map_show_value(const struct map *map, void *to, const void *from)
{
	copy_around(map, to, from, true);
}

struct lock *map_value_lock(const struct map *map, void *value)
{
	for (uint32_t i = 0; i < map->field_count; i++)
		if (map->fields[i].kind == MAP_FIELD_SPIN_LOCK)
			return (struct lock *)(void *)((uint8_t *)value + map->fields[i].offset);
	return NULL;
}

size_t map_each_nothing(struct map *map, bool (*visit)(void *arg, const void *key, void *value),
			void *arg)
{
	(void)map, (void)visit, (void)arg;
	return 0;
}

void map_extent_nothing(const struct map *map, void **ret_start, size_t *ret_bytes)
{
	(void)map;
	*ret_start = NULL;
	*ret_bytes = 0;
}

void *map_lookup_nothing(struct map *map, const void *key)
{
	(void)map, (void)key;
	return NULL;
}

int map_array_next_key(struct map *map, const void *key, void *ret_next)
{
	uint32_t index = key ? load_u32(key) : UINT32_MAX;

	if (index == map->max_entries - 1)
		return -ENOENT;
	store_u32(ret_next, index >= map->max_entries ? 0 : index + 1);
	return 0;
}

int map_update_refused(struct map *map, const void *key, const void *value, uint64_t flags)
{
	(void)map, (void)key, (void)value, (void)flags;
	return -EINVAL;
}
