/*
 * types.c - making, comparing and naming types.
 */
#include "script/types.h"

#include <string.h>

#include "base/bits.h"
#include "script/kernel.h"
#include "script/user_types.h"

enum { MOST_ANONYMOUS_DEPTH = 16 }; /* of anonymous structs within each other */

static const char *const kind_names[TYPE_KIND_COUNT] = {
#define TYPE_KIND(name, text, class) [TYPE_##name] = (text),
#include "script/type_kind.def"
};

static const enum type_class kind_classes[TYPE_KIND_COUNT] = {
#define TYPE_KIND(name, text, class) [TYPE_##name] = CLASS_##class,
#include "script/type_kind.def"
};

static const struct type plain_types[TYPE_KIND_COUNT] = {
	/* clang-format off */
	[TYPE_NONE] =        { .kind = TYPE_NONE },
	[TYPE_VOID] =        { .kind = TYPE_VOID },
	[TYPE_BOOL] =        { .kind = TYPE_BOOL, .size = 1 },
	[TYPE_MAC] =         { .kind = TYPE_MAC, .size = 6 },
	[TYPE_FUNCTION] =    { .kind = TYPE_FUNCTION },
	[TYPE_KSTACK] =      { .kind = TYPE_KSTACK, .size = 8 },
	[TYPE_USTACK] =      { .kind = TYPE_USTACK, .size = 16 },
	[TYPE_KSYM] =        { .kind = TYPE_KSYM, .size = 8 },
	[TYPE_USYM] =        { .kind = TYPE_USYM, .size = 16 },
	[TYPE_TIMESTAMP] =   { .kind = TYPE_TIMESTAMP, .size = 16 },
	[TYPE_CGROUP_PATH] = { .kind = TYPE_CGROUP_PATH, .size = 16 },
	[TYPE_USERNAME] =    { .kind = TYPE_USERNAME, .size = 8 },
	[TYPE_PROBE] =       { .kind = TYPE_PROBE, .size = 4 },
	[TYPE_COUNT] =       { .kind = TYPE_COUNT, .size = 8 },
	[TYPE_HIST] =        { .kind = TYPE_HIST, .size = 8 },
	[TYPE_LHIST] =       { .kind = TYPE_LHIST, .size = 8 },
	[TYPE_TSERIES] =     { .kind = TYPE_TSERIES, .size = 8 },
	/* clang-format on */
};

static const struct type int_types[2][5] = {
	{ { .kind = TYPE_INT, .size = 1 },
	  { .kind = TYPE_INT, .size = 2 },
	  { .kind = TYPE_INT, .size = 4 },
	  { .kind = TYPE_INT, .size = 8 },
	  { .kind = TYPE_INT, .size = 16 } },
	{ { .kind = TYPE_INT, .size = 1, .is_signed = true },
	  { .kind = TYPE_INT, .size = 2, .is_signed = true },
	  { .kind = TYPE_INT, .size = 4, .is_signed = true },
	  { .kind = TYPE_INT, .size = 8, .is_signed = true },
	  { .kind = TYPE_INT, .size = 16, .is_signed = true } },
};

static const struct type float_types[] = {
	{ .kind = TYPE_FLOAT, .size = 4, .is_signed = true },
	{ .kind = TYPE_FLOAT, .size = 8, .is_signed = true },
	{ .kind = TYPE_FLOAT, .size = 16, .is_signed = true },
};

const struct type *type_plain(enum type_kind kind)
{
	return &plain_types[kind];
}

const struct type *type_int(unsigned int bytes, bool is_signed)
{
	unsigned int log = bytes >= 16 ? 4 : bytes >= 8 ? 3 : bytes >= 4 ? 2 : bytes >= 2 ? 1 : 0;

	return &int_types[is_signed][log];
}

const struct type *type_float(unsigned int bytes)
{
	for (size_t i = 0; i < ARRAY_LEN(float_types); i++)
		if (float_types[i].size == bytes)
			return &float_types[i];
	return type_plain(TYPE_NONE);
}

struct type *type_new(struct types *types, enum type_kind kind, const char *name)
{
	struct type *type = arena_alloc(types->arena, sizeof *type);

	if (!type) {
		types->no_memory = true;
		return NULL;
	}
	type->kind = kind;
	type->name = name;
	return type;
}

static const struct type *type_sized(struct types *types, enum type_kind kind, uint32_t size)
{
	struct type *type = type_new(types, kind, "");

	if (!type)
		return type_plain(TYPE_NONE);
	type->size = size;
	return type;
}

const struct type *type_string(struct types *types, uint32_t size)
{
	return type_sized(types, TYPE_STRING, size);
}

const struct type *type_buffer(struct types *types, uint32_t size)
{
	return type_sized(types, TYPE_BUFFER, size);
}

const struct type *type_inet(struct types *types, uint32_t size)
{
	return type_sized(types, TYPE_INET, size);
}

const struct type *type_aggregate(struct types *types, enum type_kind kind, bool is_signed)
{
	struct type *type = type_new(types, kind, "");

	if (!type)
		return type_plain(TYPE_NONE);
	type->size = kind == TYPE_SUM ? 8 : 16;
	type->is_signed = is_signed;
	return type;
}

static const struct type *new_stack(struct types *types, enum type_kind kind, uint32_t frames,
				    const char *mode, bool is_unwound)
{
	struct type *type = type_new(types, kind, mode);

	if (!type)
		return type_plain(TYPE_NONE);
	type->size = type_plain(kind)->size;
	type->count = frames;
	type->is_unwound = is_unwound;
	return type;
}

const struct type *type_stack(struct types *types, enum type_kind kind, uint32_t frames,
			      const char *mode)
{
	return new_stack(types, kind, frames, mode, false);
}

const struct type *type_unwound(struct types *types, uint32_t frames, const char *mode)
{
	return new_stack(types, TYPE_USTACK, frames, mode, true);
}

const struct type *type_pointer(struct types *types, const struct type *to, enum space space)
{
	struct type *type = type_new(types, TYPE_POINTER, "");

	if (!type)
		return type_plain(TYPE_NONE);
	type->size = 8;
	type->of = to;
	type->space = space;
	return type;
}

const struct type *type_array(struct types *types, const struct type *of, uint32_t count)
{
	struct type *type = type_new(types, TYPE_ARRAY, "");
	uint32_t size;

	if (!type)
		return type_plain(TYPE_NONE);
	if (__builtin_mul_overflow(of->size, count, &size))
		size = 0;
	type->size = size;
	type->of = of;
	type->count = count;
	return type;
}

uint32_t type_align(const struct type *type)
{
	uint32_t most = 1;

	switch (type->kind) {
	case TYPE_ARRAY: return type_align(type->of);
	case TYPE_TUPLE:
	case TYPE_RECORD:
		for (uint32_t i = 0; i < type->field_count; i++) {
			uint32_t align = type_align(type->fields[i].type);

			most = align > most ? align : most;
		}
		return most;
	case TYPE_STRUCT:
	case TYPE_UNION: return 8;
	case TYPE_STRING:
	case TYPE_BUFFER:
	case TYPE_INET:
	case TYPE_MAC: return 1;
	default: return type->size >= 8 ? 8 : type->size ? type->size : 1;
	}
}

const struct type *type_tuple(struct types *types, enum type_kind kind, struct field *fields,
			      uint32_t count)
{
	struct type *type = type_new(types, kind, "");
	uint32_t at = 0;

	if (!type)
		return type_plain(TYPE_NONE);
	type->fields = fields;
	type->field_count = count;
	type->has_fields = true;
	for (uint32_t i = 0; i < count; i++) {
		at = (uint32_t)align_up(at, type_align(fields[i].type));
		fields[i].offset = at;
		at += fields[i].type->size;
	}
	type->size = (uint32_t)align_up(at, type_align(type));
	return type;
}

const struct field *type_fields(struct types *types, const struct type *type, uint32_t *ret_count)
{
	*ret_count = 0;
	if (!type->has_fields && (type->btf_id || type->outside_id))
		kernel_fill_fields(types, type);
	if (!type->has_fields && type->user)
		user_fill_fields(types, type);
	*ret_count = type->field_count;
	return type->fields;
}

static bool find_field(struct types *types, const struct type *type, const char *name, int depth,
		       struct field *ret_field)
{
	uint32_t count;
	const struct field *fields = type_fields(types, type, &count);

	for (uint32_t i = 0; i < count; i++) {
		const struct field *f = &fields[i];

		if (!strcmp(f->name, name)) {
			*ret_field = *f;
			return true;
		}
		if (f->name[0] || !type_is_compound(f->type) || depth == MOST_ANONYMOUS_DEPTH)
			continue;
		if (find_field(types, f->type, name, depth + 1, ret_field)) {
			ret_field->offset += f->offset;
			ret_field->bit_offset += 8 * f->offset;
			return true;
		}
	}
	return false;
}

bool type_find_field(struct types *types, const struct type *type, const char *name,
		     struct field *ret_field)
{
	return find_field(types, type, name, 0, ret_field);
}

bool type_fields_equal(const struct type *a, const struct type *b)
{
	if (a->field_count != b->field_count)
		return false;
	for (uint32_t i = 0; i < a->field_count; i++)
		if (strcmp(a->fields[i].name, b->fields[i].name) != 0 ||
		    a->fields[i].offset != b->fields[i].offset ||
		    !type_equal(a->fields[i].type, b->fields[i].type))
			return false;
	return true;
}

static const char *stack_mode(const struct type *type)
{
	return type->name ? type->name : "";
}

bool type_equal(const struct type *a, const struct type *b)
{
	if (a == b)
		return true;
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case TYPE_POINTER: return type_equal(a->of, b->of);
	case TYPE_ARRAY: return a->count == b->count && type_equal(a->of, b->of);
	case TYPE_TUPLE:
	case TYPE_RECORD: return type_fields_equal(a, b);
	case TYPE_STRUCT:
	case TYPE_UNION:
	case TYPE_ENUM:
		if (a->btf_id || b->btf_id)
			return a->btf_id == b->btf_id || (a->name[0] && !strcmp(a->name, b->name));
		return a->name[0] && !strcmp(a->name, b->name);
	case TYPE_KSTACK:
	case TYPE_USTACK:
		return a->count == b->count && a->is_unwound == b->is_unwound &&
		       !strcmp(stack_mode(a), stack_mode(b));
	default: return a->size == b->size && a->is_signed == b->is_signed;
	}
}

enum type_class type_class(const struct type *type)
{
	return kind_classes[type->kind];
}

bool type_is_int(const struct type *type)
{
	return type->kind == TYPE_INT || type->kind == TYPE_BOOL || type->kind == TYPE_ENUM;
}

bool type_is_compound(const struct type *type)
{
	return type->kind == TYPE_STRUCT || type->kind == TYPE_UNION;
}

bool type_is_castable_aggregate(const struct type *type)
{
	switch (type->kind) {
	case TYPE_COUNT:
	case TYPE_SUM:
	case TYPE_MIN:
	case TYPE_MAX:
	case TYPE_AVG: return true;
	default: return false;
	}
}

/* --- names ----------------------------------------------------------------------------------- */

static void print_fields(const struct type *type, struct strbuf *out)
{
	strbuf_putc(out, '(');
	for (uint32_t i = 0; i < type->field_count; i++) {
		if (i)
			strbuf_putc(out, ',');
		if (type->kind == TYPE_RECORD)
			strbuf_printf(out, "%s=", type->fields[i].name);
		type_print(type->fields[i].type, out);
	}
	if (type->kind == TYPE_TUPLE && type->field_count == 1)
		strbuf_putc(out, ',');
	strbuf_putc(out, ')');
}

/* "ustack_t(perf, 3)" */
static void print_stack(const struct type *type, struct strbuf *out)
{
	const char *mode = stack_mode(type);

	strbuf_printf(out, "%s%s", type->is_unwound ? "dw_" : "", kind_names[type->kind]);
	if (!type->count && !mode[0])
		return;
	strbuf_printf(out, "(%s%s", mode, type->count && mode[0] ? ", " : "");
	if (type->count)
		strbuf_printf(out, "%u", type->count);
	strbuf_puts(out, ")");
}

void type_print(const struct type *type, struct strbuf *out)
{
	switch (type->kind) {
	case TYPE_INT:
		strbuf_printf(out, "%sint%u", type->is_signed ? "" : "u", type->size * 8);
		break;
	case TYPE_STRING:
	case TYPE_BUFFER:
	case TYPE_INET: strbuf_printf(out, "%s[%u]", kind_names[type->kind], type->size); break;
	case TYPE_POINTER:
		type_print(type->of, out);
		strbuf_puts(out, type->of->kind == TYPE_POINTER ? "*" : " *");
		break;
	case TYPE_ARRAY:
		type_print(type->of, out);
		strbuf_printf(out, "[%u]", type->count);
		break;
	case TYPE_TUPLE:
	case TYPE_RECORD: print_fields(type, out); break;
	case TYPE_STRUCT:
	case TYPE_UNION:
	case TYPE_ENUM:
		if (type->name[0])
			strbuf_puts(out, type->name);
		else
			strbuf_printf(out, "%s <anonymous>", kind_names[type->kind]);
		break;
	case TYPE_KSTACK:
	case TYPE_USTACK: print_stack(type, out); break;
	case TYPE_SUM:
	case TYPE_MIN:
	case TYPE_MAX:
	case TYPE_AVG:
	case TYPE_STATS:
		strbuf_printf(out, "%s%s", type->is_signed ? "" : "u", kind_names[type->kind]);
		break;
	default: strbuf_puts(out, kind_names[type->kind]); break;
	}
}

const char *type_kind_text(enum type_kind kind)
{
	return kind_names[kind];
}

const char *type_name(struct arena *arena, const struct type *type)
{
	struct strbuf buf = { 0 };
	const char *text;

	type_print(type, &buf);
	text = buf.failed ? NULL : arena_strndup(arena, strbuf_text(&buf), buf.len);
	strbuf_release(&buf);
	return text ? text : "?";
}
