/*
 * kernel.c - from BTF to types: the kernel's, those of its modules, and those of headers that the script includes.
 *
 * The kernel's types have ids that its programs may name.  Others are outside of that.
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
	const struct btf *btf;      /* NULL: there is none */
	struct btf *own;            /* of @path */
	const struct btf **modules; /* that the script's probes are in */
	size_t module_count;
};

/* Whose types are meant. */
struct origin {
	const struct btf *btf;
	bool is_header;
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
	free(kernel->modules);
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

static struct origin of_kernel(struct types *types)
{
	return (struct origin){ kernel_btf(types->kernel), false };
}

static struct origin of_headers(struct types *types)
{
	return (struct origin){ types->headers ? headers_btf(types->headers) : NULL, true };
}

/* Where the parts of @type are, and under which id there. */
static struct origin origin_of(struct types *types, const struct type *type, uint32_t *ret_id)
{
	*ret_id = type->outside ? type->outside_id : type->btf_id;
	if (!type->outside)
		return of_kernel(types);
	return (struct origin){ type->outside, btf_first_id(type->outside) == 1 };
}

static bool is_outside(struct types *types, struct origin from)
{
	return from.btf != kernel_btf(types->kernel);
}

static const struct type *find_made(struct types *types, struct origin from, uint32_t id)
{
	for (const struct type_link *link = types->structs; link; link = link->next)
		if (is_outside(types, from) ?
			    link->type->outside == from.btf && link->type->outside_id == id :
			    link->type->btf_id == id)
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
static const struct type *named_type(struct types *types, struct origin from, uint32_t id,
				     const struct btf_type *b)
{
	const struct type *made = find_made(types, from, id);
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
	if (is_outside(types, from)) {
		type->outside = from.btf;
		type->outside_id = id;
	} else {
		type->btf_id = id;
	}
	link->type = type;
	link->next = types->structs;
	types->structs = link;
	return type;
}

/* Compilers declare what a pointer points at, and may define it elsewhere: its id there, or @id. */
static uint32_t find_body(const struct btf *btf, uint32_t id, struct btf_type *b)
{
	uint32_t body = btf_find(btf, BTF_STRUCT, b->name);

	if (!body)
		body = btf_find(btf, BTF_UNION, b->name);
	if (!body || !btf_type(btf, body, b))
		return id;
	return body;
}

static const struct type *make(struct types *types, struct origin from, uint32_t id,
			       unsigned int depth)
{
	const struct btf *btf = from.btf;
	struct btf_array array;
	struct btf_type b;

	id = btf_strip(btf, id);
	if (id &&
	    id < btf_first_id(btf)) /* what modules say of the kernel's types is the kernel's */
		from = of_kernel(types);
	if (!btf_type(btf, id, &b) || depth > MOST_STEPS)
		return type_plain(TYPE_NONE);
	switch (b.kind) {
	case BTF_VOID: return type_plain(TYPE_VOID);
	case BTF_INT:
		if (!strcmp(b.name, "_Bool"))
			return type_plain(TYPE_BOOL);
		/* the kernel's char has no sign, but arrays of it are strings, those of u8 are not */
		return type_int(b.size, btf_int_is_signed(&b) || !strcmp(b.name, "char"));
	case BTF_PTR:
		return type_pointer(types, make(types, from, b.type, depth + 1),
				    from.is_header ? SPACE_NONE : SPACE_KERNEL);
	case BTF_ARRAY:
		if (!btf_array(&b, &array))
			return type_plain(TYPE_NONE);
		return type_array(types, make(types, from, array.type, depth + 1), array.count);
	case BTF_FWD:
		if (from.is_header)
			id = find_body(btf, id, &b);
		return named_type(types, from, id, &b);
	case BTF_STRUCT:
	case BTF_UNION:
	case BTF_ENUM:
	case BTF_ENUM64: return named_type(types, from, id, &b);
	case BTF_FUNC_PROTO: return type_plain(TYPE_FUNCTION);
	default: return type_plain(TYPE_NONE);
	}
}

void kernel_fill_fields(struct types *types, const struct type *type)
{
	uint32_t id;
	const struct origin from = origin_of(types, type, &id);
	struct type *filled = NULL;
	struct field *fields;
	struct btf_type b;

	/* The links are ours, and so is what they point at. */
	for (struct type_link *link = types->structs; link; link = link->next)
		if (link->type == type)
			memcpy(&filled, &link->type, sizeof filled);
	if (!filled || !btf_type(from.btf, id, &b))
		return;
	filled->has_fields = true;
	fields = arena_alloc_array(types->arena, b.count ? b.count : 1, sizeof *fields);
	if (!fields) {
		types->no_memory = true;
		return;
	}
	for (uint32_t i = 0; i < b.count; i++) {
		struct btf_member m;

		if (!btf_member(from.btf, &b, i, &m))
			break;
		fields[i] = (struct field){ .name = m.name,
					    .type = make(types, from, m.type, 0),
					    .offset = m.bit_offset / 8,
					    .bit_offset = m.bit_offset,
					    .bit_count = m.bit_count };
		filled->field_count = i + 1;
	}
	filled->fields = fields;
}

static const struct type *find(struct types *types, struct origin from, enum c_tag tag,
			       const char *name)
{
	static const enum btf_kind kinds[] = { [TAG_STRUCT] = BTF_STRUCT,
					       [TAG_UNION] = BTF_UNION,
					       [TAG_ENUM] = BTF_ENUM,
					       [TAG_TYPEDEF] = BTF_TYPEDEF };
	uint32_t id;

	if (!from.btf)
		return NULL;
	id = btf_find(from.btf, kinds[tag], name);
	if (!id && tag == TAG_ENUM)
		id = btf_find(from.btf, BTF_ENUM64, name);
	return id ? make(types, from, id, 0) : NULL;
}

const struct type *kernel_find(struct types *types, enum c_tag tag, const char *name)
{
	const struct kernel *kernel = types->kernel;
	const struct type *type = find(types, of_kernel(types), tag, name);

	for (size_t i = 0; !type && kernel && i < kernel->module_count; i++)
		type = find(types, (struct origin){ .btf = kernel->modules[i] }, tag, name);
	return type;
}

const struct type *kernel_find_in_headers(struct types *types, enum c_tag tag, const char *name)
{
	return find(types, of_headers(types), tag, name);
}

bool kernel_find_enumerator(struct types *types, const char *name, uint64_t *ret_value,
			    const struct type **ret_type)
{
	struct origin from = of_kernel(types);
	const struct kernel *kernel = types->kernel;
	uint32_t id = from.btf ? btf_find_enumerator(from.btf, name, ret_value) : 0;

	for (size_t i = 0; !id && kernel && i < kernel->module_count; i++) {
		from.btf = kernel->modules[i];
		id = btf_find_enumerator(from.btf, name, ret_value);
	}
	if (id)
		*ret_type = make(types, from, id, 0);
	return id != 0;
}

/* Each argument is a word; what is wider than that lies in several. */
static void fill_args(struct types *types, struct origin from, struct type *args,
		      struct field *fields, const struct btf_type *proto, uint32_t skipped)
{
	struct btf_param param;
	uint32_t at = 0;

	for (uint32_t i = skipped; i < proto->count && btf_param(from.btf, proto, i, &param); i++) {
		const struct type *type = make(types, from, param.type, 0);

		fields[args->field_count++] =
			(struct field){ .name = param.name, .type = type, .offset = at };
		at += type->size > 8 ? (type->size + 7) / 8 * 8 : 8;
	}
	args->fields = fields;
	args->has_fields = true;
	args->size = at;
}

/* The types of the module, or of the kernel if it is NULL; NULL when it has none. */
static const struct btf *module_btf(struct kernel *kernel, const char *module)
{
	const struct btf *btf = kernel_btf(kernel);

	if (!btf || !module || !strcmp(module, "vmlinux"))
		return btf;
	/* those of a file are of some kernel, whose modules are not here */
	return kernel->path || !kernel->catalog ? NULL :
						  catalog_module_btf(kernel->catalog, module);
}

void kernel_use_module(struct kernel *kernel, const char *module)
{
	const struct btf *btf = module_btf(kernel, module), **modules;

	if (!btf || btf == kernel->btf)
		return;
	for (size_t i = 0; i < kernel->module_count; i++)
		if (kernel->modules[i] == btf)
			return;
	modules = realloc(kernel->modules, (kernel->module_count + 1) * sizeof *modules);
	if (!modules) /* then its types are not found, which is said where one is asked for */
		return;
	modules[kernel->module_count++] = btf;
	kernel->modules = modules;
}

uint32_t kernel_find_function_id(struct kernel *kernel, const char *module, const char *name)
{
	const struct btf *btf = module_btf(kernel, module);
	const uint32_t id = btf ? btf_find(btf, BTF_FUNC, name) : 0;

	return id && id >= btf_first_id(btf) ? id : 0;
}

bool kernel_find_function(struct types *types, const char *module, const char *name,
			  uint32_t skipped, const struct type **ret_args,
			  const struct type **ret_result)
{
	const struct btf *btf = module_btf(types->kernel, module);
	const struct origin from = { .btf = btf };
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
	fill_args(types, from, args, fields, &proto, skipped);
	*ret_args = args;
	*ret_result = make(types, from, proto.type, 0);
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
	struct btf_enumerator *values;
	struct btf_type b;
	uint32_t count = 0, id;
	const struct origin from = origin_of(types, type, &id);

	if (!from.btf || !id || !btf_type(from.btf, id, &b))
		return 0;
	values = arena_alloc_array(types->arena, b.count ? b.count : 1, sizeof *values);
	if (!values) {
		types->no_memory = true;
		return 0;
	}
	while (count < b.count && btf_enumerator(from.btf, &b, count, &values[count]))
		count++;
	*ret_values = values;
	return count;
}
