/*
 * types.c - the BTF of an object: of its maps, and of what it wants of the kernel.
 *
 * The types of the kernel are copied without typedefs and qualifiers, which loaders do not compare.  What a
 * pointer points at is copied as a name without members: otherwise the whole kernel would follow.
 */
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "emit/emitting.h"

/* --- numbers --------------------------------------------------------------------------------- */

static uint32_t int_type(struct emitting *e, uint32_t bytes, bool is_signed)
{
	static const char *const names[][2] = {
		[1] = { "unsigned char", "signed char" },
		[2] = { "unsigned short", "short" },
		[4] = { "unsigned int", "int" },
		[8] = { "unsigned long long", "long long" },
		[16] = { "unsigned __int128", "__int128" },
	};

	uint32_t *id = &e->int_ids[bytes][is_signed];

	if (!*id)
		*id = btf_build_int(&e->types, names[bytes][is_signed], bytes, is_signed);
	return *id;
}

static uint32_t array_of(struct emitting *e, uint32_t type, uint32_t count)
{
	return btf_build_array(&e->types, type, int_type(e, 4, false), count);
}

static uint32_t bytes_type(struct emitting *e, uint32_t count)
{
	return array_of(e, int_type(e, 1, false), count);
}

static bool is_int_size(uint32_t bytes)
{
	return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8 || bytes == 16;
}

/* --- shapes ---------------------------------------------------------------------------------- */

enum { MOST_PARTS = 3 };

/* Values of several numbers, one behind the other: shape.h. */
static const struct parts {
	struct {
		const char *name;
		uint8_t bytes;
		bool is_signed;
	} of[MOST_PARTS];
} parts[SHAPE_TSERIES + 1] = {
	/* clang-format off */
	[SHAPE_USTACK]  = { { { "id", 8, true }, { "pid", 4, false }, { "unused", 4, false } } },
	[SHAPE_USYM]    = { { { "address", 8, false }, { "pid", 4, false }, { "unused", 4, false } } },
	[SHAPE_MIN]     = { { { "value", 8, true }, { "is_set", 8, false } } },
	[SHAPE_MAX]     = { { { "value", 8, true }, { "is_set", 8, false } } },
	[SHAPE_AVG]     = { { { "total", 8, true }, { "count", 8, false } } },
	[SHAPE_STATS]   = { { { "total", 8, true }, { "count", 8, false } } },
	[SHAPE_TSERIES] = { { { "epoch", 8, false }, { "value", 8, true }, { "count", 8, false } } },
	/* clang-format on */
};

static uint32_t parts_type(struct emitting *e, const struct shape *shape)
{
	const struct parts *of = &parts[shape->kind];
	struct btf_member members[MOST_PARTS];
	uint32_t count = 0, at = 0;

	while (count < MOST_PARTS && of->of[count].name) {
		members[count] = (struct btf_member){
			of->of[count].name,
			int_type(e, of->of[count].bytes, of->of[count].is_signed), 8 * at, 0
		};
		at += of->of[count++].bytes;
	}
	return btf_build_struct(&e->types, BTF_STRUCT, NULL, shape->size, members, count);
}

/* A name that the kernel takes for one of C; @i tells apart those without one. */
static const char *member_name(struct emitting *e, const char *name, uint32_t i)
{
	char *text;

	while (*name == '@' || *name == '$')
		name++;
	text = *name ? arena_strndup(&e->arena, name, strlen(name)) :
		       arena_printf(&e->arena, "part%u", i);
	e->failed |= !text;
	for (char *p = text; p && *p; p++)
		if (!((*p | 32) >= 'a' && (*p | 32) <= 'z') && *p != '_' &&
		    !(*p >= '0' && *p <= '9' && p > text))
			*p = '_';
	return text;
}

static uint32_t shape_type(struct emitting *e, const struct shape *shape);

static uint32_t fields_type(struct emitting *e, const struct shape *shape)
{
	struct btf_member *members =
		arena_alloc_array(&e->arena, shape->count + 1, sizeof *members);
	enum btf_kind kind = shape->kind == SHAPE_UNION ? BTF_UNION : BTF_STRUCT;

	if (!members) {
		e->failed = true;
		return 0;
	}
	for (uint32_t i = 0; i < shape->count; i++) {
		const struct shape_field *field = &shape->fields[i];

		members[i] = (struct btf_member){
			.name = member_name(e, field->name ? field->name : "", i),
			.type = shape_type(e, field->shape),
			.bit_offset = field->bit_count ? field->bit_offset : 8 * field->offset,
			.bit_count = field->bit_count,
		};
	}
	return btf_build_struct(&e->types, kind, NULL, shape->size, members, shape->count);
}

static uint32_t shape_type(struct emitting *e, const struct shape *shape)
{
	switch (shape->kind) {
	case SHAPE_STRING:
		return array_of(e, btf_build_int(&e->types, "char", 1, true), shape->size);
	case SHAPE_ARRAY: return array_of(e, shape_type(e, shape->of), shape->count);
	case SHAPE_TUPLE:
	case SHAPE_RECORD:
	case SHAPE_STRUCT:
	case SHAPE_UNION: return shape->count ? fields_type(e, shape) : bytes_type(e, shape->size);
	case SHAPE_USTACK:
	case SHAPE_USYM:
	case SHAPE_MIN:
	case SHAPE_MAX:
	case SHAPE_AVG:
	case SHAPE_STATS:
	case SHAPE_TSERIES: return parts_type(e, shape);
	case SHAPE_FLOAT:
	case SHAPE_BUFFER:
	case SHAPE_INET:
	case SHAPE_MAC: return bytes_type(e, shape->size);
	default: break;
	}
	if (!is_int_size(shape->size))
		return bytes_type(e, shape->size);
	return int_type(e, shape->size,
			shape->is_signed || shape->kind == SHAPE_KSTACK ||
				shape->kind == SHAPE_COUNT);
}

/* --- maps ------------------------------------------------------------------------------------ */

static bool has_buckets(const struct bundle_table *table)
{
	enum shape_kind kind = table->value->kind;

	return kind == SHAPE_HIST || kind == SHAPE_LHIST || kind == SHAPE_TSERIES;
}

static const struct bundle_table *table_of(const struct emitting *e, uint32_t map)
{
	for (uint32_t i = 0; i < e->bundle->table_count; i++)
		if (e->bundle->tables[i].map == map)
			return &e->bundle->tables[i];
	return NULL;
}

uint32_t emit_key_type(struct emitting *e, uint32_t map)
{
	const struct bundle_map *of = &e->bundle->maps[map];
	const struct bundle_table *table = table_of(e, map);
	struct btf_member members[2];

	if (of->type == BPF_MAP_TYPE_ARRAY || of->type == BPF_MAP_TYPE_PERCPU_ARRAY)
		return int_type(e, 4, false);
	if (!table || !table->key)
		return 0;
	if (!has_buckets(table))
		return table->key->size == of->key_size ? shape_type(e, table->key) :
							  bytes_type(e, of->key_size);
	if (table->key->size + 8 > of->key_size)
		return bytes_type(e, of->key_size);
	members[0] = (struct btf_member){ "key", shape_type(e, table->key), 0, 0 };
	members[1] =
		(struct btf_member){ "bucket", int_type(e, 8, false), 8 * (of->key_size - 8), 0 };
	return btf_build_struct(&e->types, BTF_STRUCT, NULL, of->key_size, members, 2);
}

static int by_offset(const void *a, const void *b)
{
	const struct btf_member *x = a, *y = b;

	return x->bit_offset < y->bit_offset ? -1 : x->bit_offset > y->bit_offset;
}

/* Tables without key lie side by side, each with a flag that says whether it was set. */
static uint32_t globals_type(struct emitting *e, uint32_t map)
{
	const struct bundle *bundle = e->bundle;
	uint32_t count = 0;
	struct btf_member *members =
		arena_alloc_array(&e->arena, 2 * bundle->table_count + 1, sizeof *members);

	if (!members) {
		e->failed = true;
		return 0;
	}
	for (uint32_t i = 0; i < bundle->table_count; i++) {
		const struct bundle_table *table = &bundle->tables[i];
		const char *name = member_name(e, table->name, i);

		if (table->map != map)
			continue;
		members[count++] = (struct btf_member){ name, shape_type(e, table->value),
							8 * table->offset, 0 };
		if (table->set_offset != BUNDLE_NONE)
			members[count++] =
				(struct btf_member){ arena_printf(&e->arena, "%s_is_set", name),
						     int_type(e, 8, false), 8 * table->set_offset,
						     0 };
	}
	qsort(members, count, sizeof *members, by_offset);
	return btf_build_struct(&e->types, BTF_STRUCT, NULL, bundle->maps[map].value_size, members,
				count);
}

uint32_t emit_value_type(struct emitting *e, uint32_t map)
{
	uint32_t bytes = e->bundle->maps[map].value_size;
	const struct bundle_table *table = table_of(e, map);

	if (!bytes)
		return 0;
	if (table && !table->key && !has_buckets(table))
		return globals_type(e, map);
	if (table && table->value->size == bytes)
		return shape_type(e, table->value);
	return bytes % 8 ? bytes_type(e, bytes) : array_of(e, int_type(e, 8, false), bytes / 8);
}

/* What libbpf reads numbers from: int (*name)[number]. */
static void add_number(struct emitting *e, struct btf_member *members, uint32_t *count,
		       const char *name, uint32_t number)
{
	uint32_t array = array_of(e, int_type(e, 4, true), number);

	if (!number)
		return;
	members[*count] = (struct btf_member){ name, btf_build_ref(&e->types, BTF_PTR, NULL, array),
					       64 * *count, 0 };
	++*count;
}

/* The type itself, or its size where only that is known. */
static void add_type(struct emitting *e, struct btf_member *members, uint32_t *count,
		     const char *const names[2], uint32_t type, uint32_t bytes)
{
	if (!type) {
		add_number(e, members, count, names[1], bytes);
		return;
	}
	members[*count] = (struct btf_member){ names[0],
					       btf_build_ref(&e->types, BTF_PTR, NULL, type),
					       64 * *count, 0 };
	++*count;
}

uint32_t emit_map_type(struct emitting *e, uint32_t map, uint32_t *ret_bytes)
{
	enum { MOST_RING = 1 << 18, CONTROL_RING = 1 << 16, MOST_MEMBERS = 5 };
	static const char *const key[] = { "key", "key_size" }, *const value[] = { "value",
										   "value_size" };
	const struct bundle_map *of = &e->bundle->maps[map];
	bool is_ring = of->type == BPF_MAP_TYPE_RINGBUF;
	bool is_plain = of->type == BPF_MAP_TYPE_STACK_TRACE || is_ring;
	struct btf_member members[MOST_MEMBERS];
	uint32_t count = 0, entries = of->max_entries;

	if (is_ring && !entries) /* the session chooses: nobody does here */
		entries = map == e->bundle->control_ring ? CONTROL_RING : MOST_RING;
	add_number(e, members, &count, "type", of->type);
	add_number(e, members, &count, "max_entries", entries);
	add_number(e, members, &count, "map_flags", of->flags);
	if (!is_ring) {
		add_type(e, members, &count, key, is_plain ? 0 : emit_key_type(e, map),
			 of->key_size);
		add_type(e, members, &count, value, is_plain ? 0 : emit_value_type(e, map),
			 of->value_size);
	}
	*ret_bytes = 8 * count;
	return btf_build_struct(&e->types, BTF_STRUCT, NULL, *ret_bytes, members, count);
}

/* --- types of the kernel --------------------------------------------------------------------- */

static uint32_t copy_name_only(struct emitting *e, uint32_t id, const struct btf_type *type)
{
	if (!e->shallow[id])
		e->shallow[id] = btf_build_struct(&e->types, type->kind, type->name, 0, NULL, 0);
	return e->shallow[id];
}

static uint32_t copy_pointer(struct emitting *e, uint32_t to)
{
	uint32_t id = btf_strip(e->kernel, to), target = 0;
	struct btf_type type;

	if (id && btf_type(e->kernel, id, &type)) {
		if (type.kind == BTF_STRUCT || type.kind == BTF_UNION)
			target = copy_name_only(e, id, &type);
		else if (type.kind != BTF_FUNC_PROTO)
			target = emit_kernel_type(e, id);
	}
	return btf_build_ref(&e->types, BTF_PTR, NULL, target);
}

static uint32_t copy_members(struct emitting *e, const struct btf_type *type)
{
	struct btf_member *members = calloc(type->count + 1, sizeof *members);
	uint32_t count = 0, id;

	if (!members) {
		e->failed = true;
		return 0;
	}
	while (count < type->count && btf_member(e->kernel, type, count, &members[count])) {
		members[count].type = emit_kernel_type(e, members[count].type);
		count++;
	}
	id = btf_build_struct(&e->types, type->kind, type->name, type->size, members, count);
	free(members);
	return id;
}

static uint32_t copy_enum(struct emitting *e, const struct btf_type *type)
{
	struct btf_enumerator *values = calloc(type->count + 1, sizeof *values);
	uint32_t count = 0, id;

	if (!values) {
		e->failed = true;
		return 0;
	}
	while (count < type->count && btf_enumerator(e->kernel, type, count, &values[count]))
		count++;
	id = btf_build_enum(&e->types, type->name, type->size, false, values, count);
	free(values);
	return id;
}

static uint32_t copy_proto(struct emitting *e, const struct btf_type *type)
{
	struct btf_param *params = calloc(type->count + 1, sizeof *params);
	uint32_t count = 0, id;

	if (!params) {
		e->failed = true;
		return 0;
	}
	while (count < type->count && btf_param(e->kernel, type, count, &params[count])) {
		params[count].type = emit_kernel_type(e, params[count].type);
		count++;
	}
	id = btf_build_proto(&e->types, emit_kernel_type(e, type->type), params, count);
	free(params);
	return id;
}

static uint32_t copy(struct emitting *e, const struct btf_type *type)
{
	struct btf_array array;

	switch (type->kind) {
	case BTF_INT:
		return btf_build_int(&e->types, type->name, type->size, btf_int_is_signed(type));
	case BTF_PTR: return copy_pointer(e, type->type);
	case BTF_ARRAY:
		return btf_array(type, &array) ?
			       array_of(e, emit_kernel_type(e, array.type), array.count) :
			       0;
	case BTF_STRUCT:
	case BTF_UNION: return copy_members(e, type);
	case BTF_ENUM:
	case BTF_ENUM64: return copy_enum(e, type);
	case BTF_FWD: return btf_build_fwd(&e->types, type->name, false);
	case BTF_FUNC_PROTO: return copy_proto(e, type);
	default: return 0;
	}
}

uint32_t emit_kernel_type(struct emitting *e, uint32_t id)
{
	struct btf_type type;

	id = btf_strip(e->kernel, id);
	if (!id || !btf_type(e->kernel, id, &type))
		return 0;
	if (!e->copies[id])
		e->copies[id] = copy(e, &type);
	return e->copies[id];
}

uint32_t emit_extern(struct emitting *e, uint32_t id)
{
	struct btf_type type;
	uint32_t i = e->extern_count, to;

	for (uint32_t k = 0; k < e->extern_count; k++)
		if (e->extern_ids[k] == id)
			return e->extern_symbols[k];
	if (!btf_type(e->kernel, id, &type))
		return 0;
	to = emit_kernel_type(e, type.type);
	e->externs[i].type = type.kind == BTF_FUNC ?
				     btf_build_func(&e->types, type.name, to, BTF_EXTERN) :
				     btf_build_var(&e->types, type.name, to, BTF_EXTERN);
	e->extern_ids[i] = id;
	e->extern_symbols[i] = object_add_symbol(
		&e->w, &(struct object_symbol){ .name = type.name, .is_global = true });
	return e->extern_symbols[e->extern_count++];
}
