/*
 * tables.c - what the user calls maps: read into rows, emptied, set to zero.
 */
#include "run/tables.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/hash.h"
#include "run/reduce.h"
#include "run/stacks.h"
#include "run/walk.h"
#include "sys/bpf.h"

/* --- rows that are being made ----------------------------------------------------------------- */

struct builder {
	const struct run_maps *maps;
	const struct bundle_table *table;
	struct arena *arena;
	uint32_t cpus; /* values of each element */
	size_t stride;
	struct out_row *rows;
	struct reduce_point **points; /* of each row: TSERIES */
	size_t count;
	size_t room;
	/* Where each key is, for buckets to find theirs: row + 1 by hash, or 0. */
	uint32_t *index;
	size_t index_size;
	const uint8_t *only; /* rows of this key; NULL: all */
	/* Keys with stacks of dw_ustack: several elements are one row.  NULL: all keys differ. */
	uint8_t *unified;
	uint8_t *other; /* with 'unified': room for a value */
};

static struct builder begin(const struct run_maps *maps, const struct bundle_table *table,
			    struct arena *arena)
{
	const struct bundle_map *map = &maps->bundle->maps[table->map];

	return (struct builder){
		.maps = maps,
		.table = table,
		.arena = arena,
		.cpus = sys_map_is_percpu(map->type) ? maps->cpus : 1,
		.stride = run_map_stride(map),
	};
}

/* Room for keys that are changed before they are looked for. */
static int prepare(struct builder *b)
{
	if (!b->table->key || !b->maps->stacks || !run_stacks_has(b->table->key))
		return 0;
	b->unified = arena_alloc(b->arena, b->table->key->size);
	b->other = arena_alloc(b->arena, reduce_bytes(b->table->value));
	return b->unified && b->other ? 0 : -ENOMEM;
}

static int grow(struct builder *b)
{
	size_t room = b->room ? 2 * b->room : 64;
	struct out_row *rows = arena_alloc_array(b->arena, room, sizeof *rows);
	struct reduce_point **points = arena_alloc_array(b->arena, room, sizeof *points);

	if (!rows || !points)
		return -ENOMEM;
	if (b->count) {
		memcpy(rows, b->rows, b->count * sizeof *rows);
		memcpy(points, b->points, b->count * sizeof *points);
	}
	b->rows = rows;
	b->points = points;
	b->room = room;
	return 0;
}

/* A row with a copy of @key (NULL: none) and a zeroed value, which is *ret_value. */
static int add_row(struct builder *b, const uint8_t *key, uint8_t **ret_value)
{
	const struct shape *shape = b->table->value;
	size_t key_bytes = key ? b->table->key->size : 0;
	uint8_t *copy, *value;

	if (b->count == b->room && grow(b))
		return -ENOMEM;
	copy = arena_alloc(b->arena, key_bytes + 1);
	value = arena_alloc(b->arena, reduce_bytes(shape) + 1);
	if (!copy || !value)
		return -ENOMEM;
	if (key)
		memcpy(copy, key, key_bytes);
	if (shape->kind == SHAPE_TSERIES) {
		b->points[b->count] =
			arena_alloc_array(b->arena, shape->buckets, sizeof(struct reduce_point));
		if (!b->points[b->count])
			return -ENOMEM;
	}
	b->rows[b->count++] = (struct out_row){ key ? copy : NULL, value };
	*ret_value = value;
	return 0;
}

/* --- keys with buckets ------------------------------------------------------------------------ */

static uint32_t *find_slot(const struct builder *b, const uint8_t *key)
{
	size_t len = b->table->key->size, i = hash_bytes(key, len) & (b->index_size - 1);

	while (b->index[i] && memcmp(b->rows[b->index[i] - 1].key, key, len) != 0)
		i = (i + 1) & (b->index_size - 1);
	return &b->index[i];
}

static int grow_index(struct builder *b)
{
	b->index_size = b->index_size ? 4 * b->index_size : 256;
	b->index = arena_alloc_array(b->arena, b->index_size, sizeof *b->index);
	if (!b->index)
		return -ENOMEM;
	for (size_t i = 0; i < b->count; i++)
		*find_slot(b, b->rows[i].key) = (uint32_t)i + 1;
	return 0;
}

/* The row of @key, which is made if it is the first of it. */
static int find_row(struct builder *b, const uint8_t *key, size_t *ret_row)
{
	uint8_t *value;
	uint32_t *slot;
	int err;

	if (2 * b->count >= b->index_size && grow_index(b))
		return -ENOMEM;
	slot = find_slot(b, key);
	if (!*slot) {
		err = add_row(b, key, &value);
		if (err)
			return err;
		*slot = (uint32_t)b->count;
	}
	*ret_row = *slot - 1;
	return 0;
}

static void add_bucket(struct builder *b, size_t row, uint32_t bucket, const uint8_t *values)
{
	/* Rows are ours until they are handed out. */
	uint8_t *value = (uint8_t *)(uintptr_t)b->rows[row].value;

	reduce_add_bucket(b->table->value, bucket, values, b->cpus, b->stride, value,
			  b->points[row]);
}

/* @key as rows have it; it may be good until the next one. */
static const uint8_t *unify(struct builder *b, const uint8_t *key)
{
	if (!b->unified)
		return key;
	memcpy(b->unified, key, b->table->key->size);
	run_stacks_unify(b->maps->stacks, b->table->key, b->unified);
	return b->unified;
}

static int add_keyed_bucket(void *data, const uint8_t *key, const uint8_t *values)
{
	struct builder *b = data;
	uint64_t bucket = load_u64(key + align_up(b->table->key->size, 8));
	size_t row = 0;
	int err;

	key = unify(b, key);
	if (b->only && memcmp(b->only, key, b->table->key->size) != 0)
		return 0;
	err = find_row(b, key, &row);
	if (!err)
		add_bucket(b, row, bucket < UINT32_MAX ? (uint32_t)bucket : UINT32_MAX, values);
	return err;
}

/* --- the ways in which tables are kept -------------------------------------------------------- */

static int add_element(void *data, const uint8_t *key, const uint8_t *values)
{
	struct builder *b = data;
	uint8_t *value;
	int err = add_row(b, key, &value);

	if (!err)
		(void)reduce_value(b->table->value, values, b->cpus, b->stride, value);
	return err;
}

/* An element whose key may be that of others. */
static int merge_element(void *data, const uint8_t *key, const uint8_t *values)
{
	struct builder *b = data;
	const struct shape *shape = b->table->value;
	size_t before = b->count, row = 0;
	uint8_t *value;
	int err;

	key = unify(b, key);
	if (b->only && memcmp(b->only, key, b->table->key->size) != 0)
		return 0;
	err = find_row(b, key, &row);
	if (err)
		return err;
	value = (uint8_t *)(uintptr_t)b->rows[row].value;
	if (row == before) {
		(void)reduce_value(shape, values, b->cpus, b->stride, value);
		return 0;
	}
	(void)reduce_value(shape, values, b->cpus, b->stride, b->other);
	reduce_merge(shape, b->table->is_percpu, b->other, value);
	return 0;
}

/* Without a key and with buckets: elements of an array. */
static int add_array_bucket(void *data, const uint8_t *key, const uint8_t *values)
{
	struct builder *b = data;

	add_bucket(b, 0, load_u32(key), values);
	return 0;
}

static bool was_set(const uint8_t *flags, uint32_t cpus, size_t stride)
{
	for (uint32_t i = 0; i < cpus; i++)
		if (load_u64(flags + i * stride))
			return true;
	return false;
}

/* Element 0 of the map, to be freed; or NULL. */
static uint8_t *look_up_first(const struct run_maps *maps, const struct bundle_table *table,
			      int *ret_err)
{
	const struct bundle_map *map = &maps->bundle->maps[table->map];
	uint8_t *values = malloc(run_map_lookup_bytes(maps, map));
	const uint32_t key = 0;

	*ret_err = values ? sys_map_lookup(maps->sys, maps->fds[table->map], &key, values) :
			    -ENOMEM;
	if (!*ret_err)
		return values;
	free(values);
	return NULL;
}

static int read_scalar(struct builder *b)
{
	const struct bundle_table *table = b->table;
	uint8_t *value;
	bool is_set;
	int err;
	uint8_t *values = look_up_first(b->maps, table, &err);

	if (values)
		err = add_row(b, NULL, &value);
	if (!err) {
		is_set = reduce_value(table->value, values + table->offset, b->cpus, b->stride,
				      value);
		if (table->set_offset != BUNDLE_NONE)
			is_set |= was_set(values + table->set_offset, b->cpus, b->stride);
		b->count = is_set;
	}
	free(values);
	return err;
}

static bool is_empty(const struct builder *b)
{
	const struct shape *shape = b->table->value;

	for (uint32_t i = 0; i < shape->buckets; i++)
		if (shape->kind == SHAPE_TSERIES ? b->points[0][i].weight :
						   load_u64(b->rows[0].value + (size_t)i * 8))
			return false;
	return true;
}

static int read_buckets(struct builder *b)
{
	uint8_t *value;
	int err = add_row(b, NULL, &value);

	if (!err)
		err = run_walk(b->maps, b->table->map, add_array_bucket, b);
	if (!err && is_empty(b))
		b->count = 0;
	return err;
}

/* A copy of @key, as rows have it. */
static const uint8_t *only_key(struct builder *b, const uint8_t *key)
{
	uint8_t *copy = arena_alloc(b->arena, b->table->key->size);

	if (copy)
		memcpy(copy, unify(b, key), b->table->key->size);
	return copy;
}

static int read_rows(struct builder *b)
{
	bool has_buckets = reduce_has_buckets(b->table->value);

	if (b->table->key)
		return run_walk(b->maps, b->table->map,
				has_buckets ? add_keyed_bucket :
				b->unified  ? merge_element :
					      add_element,
				b);
	return has_buckets ? read_buckets(b) : read_scalar(b);
}

static int finish(struct builder *b)
{
	for (size_t i = 0; i < b->count && b->table->value->kind == SHAPE_TSERIES; i++) {
		struct out_point *points =
			arena_alloc_array(b->arena, b->table->value->buckets, sizeof *points);

		if (!points)
			return -ENOMEM;
		reduce_finish_series(b->table->value, b->points[i], points);
		b->rows[i].value = (const uint8_t *)points;
	}
	return 0;
}

static bool *zeroed_flag(const struct run_maps *maps, const struct bundle_table *table)
{
	return &maps->is_zeroed[table - maps->bundle->tables];
}

int run_table_read(const struct run_maps *maps, const struct bundle_table *table,
		   struct arena *arena, struct out_rows *ret_rows)
{
	struct builder b = begin(maps, table, arena);
	int err = prepare(&b);

	if (!err)
		err = read_rows(&b);
	if (!err && !b.count && *zeroed_flag(maps, table))
		b.count = 1;
	if (!err)
		err = finish(&b);
	if (!err)
		*ret_rows = (struct out_rows){ table, b.rows, b.count };
	return err;
}

int run_table_read_one(const struct run_maps *maps, const struct bundle_table *table,
		       const uint8_t *key, struct arena *arena, struct out_row *ret_row)
{
	struct builder b = begin(maps, table, arena);
	uint8_t *values;
	int err = prepare(&b);

	if (err)
		return err;
	if (b.unified || reduce_has_buckets(table->value)) {
		b.only = only_key(&b, key);
		err = b.only ? read_rows(&b) : -ENOMEM;
	} else {
		values = arena_alloc(arena,
				     run_map_lookup_bytes(maps, &maps->bundle->maps[table->map]));
		err = values ? sys_map_lookup(maps->sys, maps->fds[table->map], key, values) :
			       -ENOMEM;
		if (!err)
			err = add_element(&b, key, values);
	}
	if (!err)
		err = finish(&b);
	if (!err && b.count == 0)
		err = -ENOENT;
	if (!err)
		*ret_row = b.rows[0];
	return err;
}

/* --- changing --------------------------------------------------------------------------------- */

/* A table of its own map: every element becomes zero. */
static int zero_elements(const struct run_maps *maps, const struct bundle_table *table)
{
	const struct bundle_map *map = &maps->bundle->maps[table->map];
	uint8_t *zeroes = calloc(1, run_map_lookup_bytes(maps, map));
	uint8_t *keys = NULL;
	uint32_t count = 0;
	int err = zeroes ? run_walk_keys(maps, table->map, &keys, &count) : -ENOMEM;

	for (uint32_t i = 0; i < count && !err; i++) {
		err = sys_map_update(maps->sys, maps->fds[table->map],
				     keys + (size_t)i * map->key_size, zeroes, BPF_EXIST);
		if (err == -ENOENT) /* deleted meanwhile */
			err = 0;
	}
	free(keys);
	free(zeroes);
	return err;
}

static int delete_elements(const struct run_maps *maps, const struct bundle_table *table)
{
	const struct bundle_map *map = &maps->bundle->maps[table->map];
	uint8_t *keys = NULL;
	uint32_t count = 0;
	int err = run_walk_keys(maps, table->map, &keys, &count);

	for (uint32_t i = 0; i < count && !err; i++) {
		err = sys_map_delete(maps->sys, maps->fds[table->map],
				     keys + (size_t)i * map->key_size);
		if (err == -ENOENT)
			err = 0;
	}
	free(keys);
	return err;
}

/* The element is written as a whole: others in it would lose what programs add to them in between.  So tables
 * that are cleared or zeroed are alone in their maps. */
static int zero_scalar(const struct run_maps *maps, const struct bundle_table *table, bool unset)
{
	const struct bundle_map *map = &maps->bundle->maps[table->map];
	uint32_t cpus = sys_map_is_percpu(map->type) ? maps->cpus : 1;
	size_t stride = run_map_stride(map);
	const uint32_t key = 0;
	int err;
	uint8_t *values = look_up_first(maps, table, &err);

	for (uint32_t i = 0; values && i < cpus; i++) {
		memset(values + i * stride + table->offset, 0, table->value->size);
		if (unset && table->set_offset != BUNDLE_NONE)
			store_u64(values + i * stride + table->set_offset, 0);
	}
	if (!err)
		err = sys_map_update(maps->sys, maps->fds[table->map], &key, values, BPF_ANY);
	free(values);
	return err;
}

int run_table_clear(const struct run_maps *maps, const struct bundle_table *table)
{
	*zeroed_flag(maps, table) = false;
	if (table->key)
		return delete_elements(maps, table);
	return reduce_has_buckets(table->value) ? zero_elements(maps, table) :
						  zero_scalar(maps, table, true);
}

/* Aggregates say by what they hold that they were set: after zero() a flag says it. */
static int note_zeroed(const struct run_maps *maps, const struct bundle_table *table)
{
	struct arena arena = { 0 };
	struct out_rows rows;
	int err;

	if (table->key || table->value->kind == SHAPE_TSERIES)
		return 0;
	err = run_table_read(maps, table, &arena, &rows);
	if (!err && rows.count)
		*zeroed_flag(maps, table) = true;
	arena_release(&arena);
	return err;
}

int run_table_zero(const struct run_maps *maps, const struct bundle_table *table)
{
	int err = note_zeroed(maps, table);

	if (err)
		return err;
	if (table->key || reduce_has_buckets(table->value))
		return zero_elements(maps, table);
	return zero_scalar(maps, table, false);
}
