/*
 * user_types.c - from DWARF to types.
 */
#include "script/user_types.h"

#include <string.h>

#include "probe/catalog.h"

enum {
	MOST_STEPS = 32, /* of pointers and arrays */
	WORD = 8,
#if defined(__x86_64__)
	REG_ARGS = 6,   /* have registers */
	STACK_ARGS = 8, /* where the others begin */
#else
	REG_ARGS = 8,
	STACK_ARGS = 0,
#endif
};

/* A struct that was made already. */
struct user_link {
	struct user_link *next;
	struct type *type;
};

/* A struct or union: made once. */
static const struct type *make_struct(struct types *types, const struct catalog_type *of)
{
	struct catalog_type *user;
	struct user_link *link;

	for (link = types->user_structs; link && of->name; link = link->next)
		if (!strcmp(link->type->name, of->name))
			return link->type;
	user = arena_alloc(types->arena, sizeof *user);
	link = arena_alloc(types->arena, sizeof *link);
	if (link)
		link->type = type_new(types, of->kind == CATALOG_UNION ? TYPE_UNION : TYPE_STRUCT,
				      of->name ? of->name : "");
	if (!user || !link || !link->type) {
		types->no_memory = true;
		return type_plain(TYPE_NONE);
	}
	*user = *of;
	link->type->user = user;
	link->type->size = of->size;
	link->next = types->user_structs;
	types->user_structs = link;
	return link->type;
}

static const struct type *make(struct types *types, const struct catalog_type *of, int steps)
{
	struct catalog_type inner;

	switch (of->kind) {
	case CATALOG_VOID: return type_plain(TYPE_VOID);
	case CATALOG_BOOL: return type_plain(TYPE_BOOL);
	case CATALOG_STRUCT:
	case CATALOG_UNION: return make_struct(types, of);
	case CATALOG_INT:
	case CATALOG_ENUM:
		if (of->size != 1 && of->size != 2 && of->size != 4 && of->size != 8 &&
		    of->size != 16)
			break;
		/* arrays of char are strings, whether it has a sign or not */
		return type_int(of->size, of->is_signed || (of->name && !strcmp(of->name, "char")));
	case CATALOG_POINTER:
	case CATALOG_ARRAY:
		if (steps > MOST_STEPS || catalog_type_of(types->catalog, of, &inner) != 0)
			break;
		if (of->kind == CATALOG_POINTER)
			return type_pointer(types, make(types, &inner, steps + 1), SPACE_USER);
		return type_array(types, make(types, &inner, steps + 1), of->count);
	case CATALOG_FLOAT:
		if (!of->is_real)
			break;
		return type_float(of->size);
	}
	return type_plain(TYPE_NONE);
}

/* clang-format off */
static const struct lack
	in_floats = { "is in a floating-point register, which programs of the kernel cannot read",
		      "floating-point numbers in memory can be read, such as those of a struct that a pointer "
		      "leads to" },
	partly_floats = { "is a struct that is passed in floating-point registers, which programs of the kernel "
			  "cannot read",
			  "structs in memory can be read: larger ones, and those that a pointer leads to" },
	nowhere = { "has no place that is known, for the compiler has changed the function",
		    "a probe of a line of it, uprobe:FILE@SOURCE:LINE, may find its value in a register: reg(\"di\")" },
	at_caller = { "is where only the caller of the function knows",
		      "the function was given the address of it: in x8 when it was called" },
	odd_type = { "is of a type that programs of the kernel cannot read",
		     "integers of at most 64 bits, pointers, structs and floating-point numbers can be read" };
/* clang-format on */

/* Why the value at @param cannot be read, or NULL: it can. */
static const struct lack *lack_of(const struct catalog_param *param, const struct type *type)
{
	if (param->is_float)
		return type_is_compound(type) ? &partly_floats : &in_floats;
	if (param->arg == UINT32_MAX && param->stack == UINT32_MAX)
		return &nowhere;
	if (type->kind == TYPE_NONE || (type->kind == TYPE_INT && type->size > WORD))
		return &odd_type;
	return NULL;
}

/* A field that stands for what a function takes or returns. */
static struct field make_field(struct types *types, const struct catalog_param *param)
{
	uint32_t number = param->arg;
	struct field field = { .name = param->name, .type = make(types, &param->type, 0) };

	if (number == UINT32_MAX && param->stack != UINT32_MAX)
		number = REG_ARGS + (param->stack - STACK_ARGS) / WORD;
	if (number != UINT32_MAX)
		field.offset = WORD * number;
	field.is_address = param->is_address;
	field.lack = lack_of(param, field.type);
	if (field.lack)
		field.type = type_plain(TYPE_NONE);
	return field;
}

const struct type *user_args(struct types *types, const struct catalog_signature *signature)
{
	const uint32_t count = signature->param_count;
	struct field *fields = arena_alloc_array(types->arena, count ? count : 1, sizeof *fields);
	struct type *args = type_new(types, TYPE_STRUCT, "args");

	if (!fields || !args) {
		types->no_memory = true;
		return NULL;
	}
	for (uint32_t i = 0; i < count; i++)
		fields[i] = make_field(types, &signature->params[i]);
	args->fields = fields;
	args->field_count = count;
	args->has_fields = true;
	args->size = WORD * count;
	return args;
}

const struct field *user_result(struct types *types, const struct catalog_signature *signature)
{
	struct field *field;

	if (signature->result.type.kind == CATALOG_VOID)
		return NULL;
	field = arena_alloc(types->arena, sizeof *field);
	if (!field) {
		types->no_memory = true;
		return NULL;
	}
	*field = make_field(types, &signature->result);
	if (field->lack && signature->result.is_address)
		field->lack = &at_caller;
	return field;
}

void user_fill_fields(struct types *types, const struct type *type)
{
	const struct catalog_type_field *found;
	struct type *filled = NULL;
	struct field *fields;
	uint32_t count;

	for (struct user_link *link = types->user_structs; link; link = link->next)
		if (link->type == type)
			filled = link->type;
	if (!filled)
		return;
	filled->has_fields = true;
	if (catalog_type_fields(types->catalog, type->user, &found, &count) != 0)
		return;
	fields = arena_alloc_array(types->arena, count ? count : 1, sizeof *fields);
	if (!fields) {
		types->no_memory = true;
		return;
	}
	for (uint32_t i = 0; i < count; i++)
		fields[i] = (struct field){ .name = found[i].name,
					    .type = make(types, &found[i].type, 0),
					    .offset = found[i].offset,
					    .bit_offset = found[i].bit_offset,
					    .bit_count = found[i].bit_count };
	filled->fields = fields;
	filled->field_count = count;
}
