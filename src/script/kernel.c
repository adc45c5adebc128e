/*
 * kernel.c - from BTF to types.
 */
#include "script/kernel.h"

#include <stdlib.h>
#include <string.h>

#include "btf/btf.h"

enum { MOST_STEPS = 32 }; /* of types that refer to others: BTF may go round in circles */

struct kernel {
	const char *path; /* NULL: the catalog's */
	struct catalog *catalog;
	bool was_tried;
	const struct btf *btf; /* NULL: there is none */
	struct btf *own;       /* of @path */
};

/* A type that was made already: one per id, so that equal ones are the same. */
struct type_link {
	struct type_link *next;
	const struct type *type;
};

struct kernel *kernel_new(const char *path, struct catalog *catalog)
{
	struct kernel *kernel = calloc(1, sizeof *kernel);

	if (kernel)
		*kernel = (struct kernel){ .path = path, .catalog = catalog };
	return kernel;
}

void kernel_free(struct kernel *kernel)
{
	if (!kernel)
		return;
	btf_free(kernel->own);
	free(kernel);
}

const struct btf *kernel_btf(struct kernel *kernel)
{
	if (!kernel || kernel->was_tried)
		return kernel ? kernel->btf : NULL;
	kernel->was_tried = true;
	if (!kernel->path)
		kernel->btf = kernel->catalog ? catalog_btf(kernel->catalog) : NULL;
	else if (btf_open(kernel->path, NULL, &kernel->own) == 0)
		kernel->btf = kernel->own;
	return kernel->btf;
}

bool kernel_has_types(struct kernel *kernel)
{
	return kernel_btf(kernel) != NULL;
}

/* --- making types ---------------------------------------------------------------------------- */

static const char *const tag_words[] = {
	[BTF_STRUCT] = "struct",
	[BTF_UNION] = "union",
	[BTF_ENUM] = "enum",
};

static const struct type *find_made(const struct types *types, uint32_t id)
{
	for (const struct type_link *link = types->structs; link; link = link->next)
		if (link->type->btf_id == id)
			return link->type;
	return NULL;
}

static const char *full_name(struct types *types, const char *word, const char *name)
{
	const char *text = *name ? arena_printf(types->arena, "%s %s", word, name) : "";

	types->no_memory |= !text;
	return text ? text : "";
}

/* A struct, union or enum: made once. */
static const struct type *named_type(struct types *types, uint32_t id, const struct btf_type *b)
{
	const struct type *made = find_made(types, id);
	struct type_link *link;
	struct type *type;
	enum btf_kind word = b->kind == BTF_ENUM64 ? BTF_ENUM :
			     b->kind == BTF_FWD    ? BTF_STRUCT :
						     b->kind;

	if (made)
		return made;
	type = type_new(types,
			word == BTF_STRUCT ? TYPE_STRUCT :
			word == BTF_UNION  ? TYPE_UNION :
					     TYPE_ENUM,
			full_name(types, tag_words[word], b->name));
	link = arena_alloc(types->arena, sizeof *link);
	if (!type || !link) {
		types->no_memory = true;
		return type_plain(TYPE_NONE);
	}
	type->size = b->kind == BTF_FWD ? 0 : b->size;
	type->is_incomplete = b->kind == BTF_FWD;
	type->btf_id = id;
	link->type = type;
	link->next = types->structs;
	types->structs = link;
	return type;
}

static const struct type *make(struct types *types, uint32_t id, unsigned int depth)
{
	const struct btf *btf = kernel_btf(types->kernel);
	struct btf_array array;
	struct btf_type b;

	id = btf_strip(btf, id);
	if (!btf_type(btf, id, &b) || depth > MOST_STEPS)
		return type_plain(TYPE_NONE);
	switch (b.kind) {
	case BTF_VOID: return type_plain(TYPE_VOID);
	case BTF_INT:
		if (!strcmp(b.name, "_Bool"))
			return type_plain(TYPE_BOOL);
		/* the kernel's char has no sign, but arrays of it are strings, those of u8 are not */
		return type_int(b.size, btf_int_is_signed(&b) || !strcmp(b.name, "char"));
	case BTF_PTR: return type_pointer(types, make(types, b.type, depth + 1), SPACE_KERNEL);
	case BTF_ARRAY:
		if (!btf_array(&b, &array))
			return type_plain(TYPE_NONE);
		return type_array(types, make(types, array.type, depth + 1), array.count);
	case BTF_STRUCT:
	case BTF_UNION:
	case BTF_FWD:
	case BTF_ENUM:
	case BTF_ENUM64: return named_type(types, id, &b);
	case BTF_FUNC_PROTO: return type_plain(TYPE_FUNCTION);
	default: return type_plain(TYPE_NONE);
	}
}

void kernel_fill_fields(struct types *types, const struct type *type)
{
	const struct btf *btf = kernel_btf(types->kernel);
	struct type *filled = NULL;
	struct field *fields;
	struct btf_type b;

	/* The links are ours, and so is what they point at. */
	for (struct type_link *link = types->structs; link; link = link->next)
		if (link->type == type)
			memcpy(&filled, &link->type, sizeof filled);
	if (!filled || !btf_type(btf, type->btf_id, &b))
		return;
	filled->has_fields = true;
	fields = arena_alloc_array(types->arena, b.count ? b.count : 1, sizeof *fields);
	if (!fields) {
		types->no_memory = true;
		return;
	}
	for (uint32_t i = 0; i < b.count; i++) {
		struct btf_member m;

		if (!btf_member(btf, &b, i, &m))
			break;
		fields[i] = (struct field){ .name = m.name,
					    .type = make(types, m.type, 0),
					    .offset = m.bit_offset / 8,
					    .bit_offset = m.bit_offset,
					    .bit_count = m.bit_count };
		filled->field_count = i + 1;
	}
	filled->fields = fields;
}

const struct type *kernel_find(struct types *types, enum c_tag tag, const char *name)
{
	static const enum btf_kind kinds[] = { [TAG_STRUCT] = BTF_STRUCT,
					       [TAG_UNION] = BTF_UNION,
					       [TAG_ENUM] = BTF_ENUM,
					       [TAG_TYPEDEF] = BTF_TYPEDEF };
	const struct btf *btf = kernel_btf(types->kernel);
	uint32_t id;

	if (!btf)
		return NULL;
	id = btf_find(btf, kinds[tag], name);
	if (!id && tag == TAG_ENUM)
		id = btf_find(btf, BTF_ENUM64, name);
	return id ? make(types, id, 0) : NULL;
}

bool kernel_find_enumerator(struct types *types, const char *name, uint64_t *ret_value,
			    const struct type **ret_type)
{
	const struct btf *btf = kernel_btf(types->kernel);
	uint32_t id;

	if (!btf)
		return false;
	id = btf_find_enumerator(btf, name, ret_value);
	if (id)
		*ret_type = make(types, id, 0);
	return id != 0;
}

/* Each argument is a word; what is wider than that lies in several. */
static void fill_args(struct types *types, struct type *args, struct field *fields,
		      const struct btf_type *proto, uint32_t skipped)
{
	const struct btf *btf = kernel_btf(types->kernel);
	struct btf_param param;
	uint32_t at = 0;

	for (uint32_t i = skipped; i < proto->count && btf_param(btf, proto, i, &param); i++) {
		const struct type *type = make(types, param.type, 0);

		fields[args->field_count++] =
			(struct field){ .name = param.name, .type = type, .offset = at };
		at += type->size > 8 ? (type->size + 7) / 8 * 8 : 8;
	}
	args->fields = fields;
	args->has_fields = true;
	args->size = at;
}

bool kernel_find_function(struct types *types, const char *name, uint32_t skipped,
			  const struct type **ret_args, const struct type **ret_result)
{
	const struct btf *btf = kernel_btf(types->kernel);
	struct btf_type func, proto;
	struct field *fields;
	struct type *args;
	uint32_t id = btf ? btf_find(btf, BTF_FUNC, name) : 0;

	if (!id || !btf_type(btf, id, &func) || !btf_type(btf, func.type, &proto))
		return false;
	fields = arena_alloc_array(types->arena, proto.count ? proto.count : 1, sizeof *fields);
	args = type_new(types, TYPE_STRUCT, "args");
	if (!fields || !args) {
		types->no_memory = true;
		return false;
	}
	fill_args(types, args, fields, &proto, skipped);
	*ret_args = args;
	*ret_result = make(types, proto.type, 0);
	return true;
}

void kernel_offer(struct kernel *kernel, enum c_tag tag, struct nearest *search)
{
	const struct btf *btf = kernel_btf(kernel);
	struct btf_type b;

	for (uint32_t id = 1; btf && id <= btf_last_id(btf); id++) {
		if (!btf_type(btf, id, &b) || !b.name[0])
			continue;
		if ((tag == TAG_STRUCT && b.kind == BTF_STRUCT) ||
		    (tag == TAG_UNION && b.kind == BTF_UNION) ||
		    (tag == TAG_ENUM && (b.kind == BTF_ENUM || b.kind == BTF_ENUM64)) ||
		    (tag == TAG_TYPEDEF && b.kind == BTF_TYPEDEF))
			nearest_offer(search, b.name);
	}
}

uint32_t kernel_find_id(struct kernel *kernel, enum btf_kind kind, const char *name)
{
	const struct btf *btf = kernel_btf(kernel);

	return btf ? btf_find(btf, kind, name) : 0;
}

uint32_t kernel_enumerators(struct types *types, const struct type *type,
			    struct btf_enumerator **ret_values)
{
	const struct btf *btf = kernel_btf(types->kernel);
	struct btf_enumerator *values;
	struct btf_type b;
	uint32_t count = 0;

	if (!btf || !type->btf_id || !btf_type(btf, type->btf_id, &b))
		return 0;
	values = arena_alloc_array(types->arena, b.count ? b.count : 1, sizeof *values);
	if (!values) {
		types->no_memory = true;
		return 0;
	}
	while (count < b.count && btf_enumerator(btf, &b, count, &values[count]))
		count++;
	*ret_values = values;
	return count;
}
