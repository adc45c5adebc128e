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
	case CATALOG_FLOAT: break;
	}
	return type_plain(TYPE_NONE);
}

/* Only what is one word can be read where arguments are. */
static const struct type *make_param(struct types *types, const struct catalog_param *param)
{
	const bool is_word = param->type.kind != CATALOG_STRUCT &&
			     param->type.kind != CATALOG_UNION && param->type.size <= WORD;

	if (!is_word || (param->arg == UINT32_MAX && param->stack == UINT32_MAX))
		return type_plain(TYPE_NONE);
	return make(types, &param->type, 0);
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
	for (uint32_t i = 0; i < count; i++) {
		const struct catalog_param *param = &signature->params[i];
		uint32_t number = param->arg;

		if (number == UINT32_MAX && param->stack != UINT32_MAX)
			number = REG_ARGS + (param->stack - STACK_ARGS) / WORD;
		fields[i] = (struct field){ .name = param->name,
					    .type = make_param(types, param),
					    .offset = number == UINT32_MAX ? 0 : WORD * number };
	}
	args->fields = fields;
	args->field_count = count;
	args->has_fields = true;
	args->size = WORD * count;
	return args;
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
