/*
 * cdef.c - types as written, and what the script defines in C.
 *
 * Structs are laid out as C's compilers do on 64-bit machines: each field at a multiple of its
 * alignment, bitfields packed into units of their type.
 */
#include <string.h>

#include "base/bits.h"
#include "base/nearest.h"
#include "script/check.h"
#include "script/kernel.h"
#include "script/parse.h"

enum { MOST_ARRAY_BYTES = 1 << 24 };

static struct c_def *find_def(struct checker *c, enum c_tag tag, const char *name)
{
	for (struct item *item = c->script->items; item; item = item->next)
		if (item->kind == ITEM_C && item->c_def->tag == tag && item->c_def->name &&
		    (item->c_def->has_body || tag == TAG_TYPEDEF) &&
		    !strcmp(item->c_def->name, name))
			return item->c_def;
	return NULL;
}

/* --- constants ------------------------------------------------------------------------------- */

static struct expr *new_int(struct checker *c, uint64_t number, struct span span)
{
	struct expr *e = expr_new(c->arena, EXPR_INT, span);

	if (!e) {
		c->no_memory = true;
		return NULL;
	}
	e->number = number;
	return e;
}

static bool enumerator_in(struct checker *c, struct c_def *def, const char *name, uint64_t *ret)
{
	uint64_t value = 0;

	for (struct c_enumerator *v = def->enumerators; v; v = v->next, value++) {
		if (v->value) {
			(void)check_expr(c, v->value);
			if (!constant_value(v->value, &value))
				diag_error(c->diag, v->value->span,
					   "the value of an enum must be a constant");
		}
		if (name && !strcmp(v->name, name)) {
			*ret = value;
			return true;
		}
	}
	return false;
}

struct expr *find_constant(struct checker *c, const char *name, struct span span)
{
	struct c_macro *macro = c_macro_find(c->script, name);
	const struct type *type;
	struct expr *e;
	uint64_t value;

	if (macro && !macro->is_expanding) {
		if (macro->has_params) {
			diag_error(c->diag, span, "'%s' is a macro of C with parameters", name);
			diag_hint(c->diag, "write it as one of this language: macro %s(x) { ... }",
				  name);
			return NULL;
		}
		return parse_text(c->script, c->arena, c->diag, macro->text, span);
	}
	for (struct item *item = c->script->items; item; item = item->next)
		if (item->kind == ITEM_C && item->c_def->tag == TAG_ENUM &&
		    enumerator_in(c, item->c_def, name, &value))
			return new_int(c, value, span);
	if (included_is_first(c)) {
		e = included_constant(c, name, span);
		if (e)
			return e;
	}
	if (constant_find(name, &value) || kernel_find_enumerator(c->types, name, &value, &type))
		return new_int(c, value, span);
	return included_is_first(c) ? NULL : included_constant(c, name, span);
}

/* --- layout ---------------------------------------------------------------------------------- */

struct layout {
	uint64_t bits; /* so far */
	uint32_t align;
	uint32_t size; /* of unions */
};

/* A bitfield may not lie across a unit of its type. */
static void place_bits(struct layout *l, struct field *f, uint32_t bits)
{
	uint64_t unit = 8 * (uint64_t)f->type->size;

	if (bits == 0 || (unit && l->bits / unit != (l->bits + bits - 1) / unit))
		l->bits = align_up(l->bits, unit ? unit : 8);
	f->bit_offset = (uint32_t)l->bits;
	f->bit_count = bits;
	f->offset = unit ? (uint32_t)(l->bits / unit * f->type->size) : 0;
	l->bits += bits;
}

static void place(struct checker *c, struct layout *l, const struct c_def *def, struct c_member *m,
		  struct field *f)
{
	uint32_t align = def->is_packed ? 1 : type_align(f->type);
	uint64_t bits;

	l->align = align > l->align ? align : l->align;
	if (m->bits) {
		(void)check_expr(c, m->bits);
		if (!constant_value(m->bits, &bits) || bits > 8 * (uint64_t)f->type->size) {
			diag_error(c->diag, m->bits->span,
				   "the width of a bitfield is a constant, at most its type's");
			bits = 1;
		}
		place_bits(l, f, (uint32_t)bits);
	} else {
		l->bits = align_up(align_up(l->bits, 8), 8 * (size_t)align);
		f->offset = (uint32_t)(l->bits / 8);
		f->bit_offset = (uint32_t)l->bits;
		l->bits += 8 * (uint64_t)f->type->size;
	}
	if (def->tag == TAG_UNION) {
		uint32_t size = (uint32_t)((l->bits + 7) / 8);

		l->size = size > l->size ? size : l->size;
		l->bits = 0;
	}
}

static void fill_struct(struct checker *c, struct c_def *def, struct type *type)
{
	struct layout l = { .align = 1 };
	struct field *fields;
	uint32_t count = 0;

	for (struct c_member *m = def->members; m; m = m->next)
		count++;
	fields = arena_alloc_array(c->arena, count ? count : 1, sizeof *fields);
	if (!fields) {
		c->no_memory = true;
		return;
	}
	count = 0;
	for (struct c_member *m = def->members; m; m = m->next) {
		struct field *f = &fields[count++];

		f->name = m->name ? m->name : "";
		f->type = resolve_type(c, m->type_name);
		if (f->type->kind == TYPE_VOID || f->type->kind == TYPE_FUNCTION ||
		    (type_is_compound(f->type) && f->type->is_incomplete)) {
			diag_error(c->diag, m->span,
				   "a field cannot be of the type '%s', which has "
				   "no size",
				   check_name(c, f->type));
			f->type = none();
		}
		place(c, &l, def, m, f);
		if (l.bits > 8 * (uint64_t)MOST_ARRAY_BYTES) {
			diag_error(c->diag, m->span, "this is too large: the most is %d bytes",
				   MOST_ARRAY_BYTES);
			l.bits = 0;
		}
	}
	if (def->align && def->align <= 4096 && !(def->align & (def->align - 1)))
		l.align = def->align > l.align ? (uint32_t)def->align : l.align;
	type->fields = fields;
	type->field_count = count;
	type->has_fields = true;
	type->size = (uint32_t)align_up(def->tag == TAG_UNION ? l.size : (l.bits + 7) / 8, l.align);
}

/* The type that @def defines, made when it is first asked for. */
static const struct type *def_type(struct checker *c, struct c_def *def)
{
	static const char *const words[] = { "struct", "union", "enum" };
	static const enum type_kind kinds[] = { TYPE_STRUCT, TYPE_UNION, TYPE_ENUM };
	struct type *type;
	uint64_t value;

	if (def->type)
		return def->type;
	if (def->tag == TAG_TYPEDEF) {
		if (def->is_resolving)
			return none();
		def->is_resolving = true;
		def->type = resolve_type(c, def->type_name);
		def->is_resolving = false;
		return def->type;
	}
	type = type_new(c->types, kinds[def->tag],
			def->name ? arena_printf(c->arena, "%s %s", words[def->tag], def->name) :
				    "");
	if (!type || !type->name) {
		c->no_memory = true;
		return none();
	}
	/* A pointer to itself finds this, a field of its own type finds it incomplete. */
	type->is_incomplete = true;
	def->type = type;
	if (def->tag == TAG_ENUM) {
		type->size = 4;
		(void)enumerator_in(c, def, NULL, &value);
	} else {
		fill_struct(c, def, type);
	}
	type->is_incomplete = false;
	return type;
}

/* --- types as written ------------------------------------------------------------------------ */

/* Of the script's headers, and of the kernel. */
static const struct type *find_outside(struct checker *c, enum c_tag tag, const char *name)
{
	const struct type *type = included_is_first(c) ? included_find(c, tag, name) : NULL;

	if (!type)
		type = kernel_find(c->types, tag, name);
	return type || included_is_first(c) ? type : included_find(c, tag, name);
}

const struct type *find_tagged(struct checker *c, enum c_tag tag, const char *name)
{
	struct c_def *def = find_def(c, tag, name);

	return def ? def_type(c, def) : find_outside(c, tag, name);
}

const struct type *find_plain_type(struct checker *c, const char *name)
{
	struct c_def *def = find_def(c, TAG_TYPEDEF, name);
	const struct type *type;

	if (def)
		return def_type(c, def);
	type = type_word_find(name);
	if (type)
		return type;
	return find_outside(c, TAG_TYPEDEF, name);
}

static const struct type *refuse_name(struct checker *c, const struct type_name *name)
{
	static const char *const words[] = { "struct ", "union ", "enum ", "" };
	enum c_tag tag = name->kind == TYPE_NAME_PLAIN ? TAG_TYPEDEF : name->tag;
	struct nearest search = nearest_begin(name->name);

	if (!c->diag)
		return none();
	diag_error(c->diag, name->span, "there is no type '%s%s'", words[tag], name->name);
	if (tag == TAG_TYPEDEF && find_tagged(c, TAG_STRUCT, name->name)) {
		diag_hint(c->diag, "did you mean 'struct %s'?", name->name);
		return none();
	}
	if (tag == TAG_TYPEDEF)
		type_word_offer(&search);
	if (!search.best)
		kernel_offer(c->types->kernel, tag, &search);
	if (search.best)
		diag_hint(c->diag, "did you mean '%s%s'?", words[tag], search.best);
	else if (!kernel_has_types(c->types->kernel))
		diag_hint(c->diag,
			  "this kernel's types cannot be read (no BTF): define it in the script");
	(void)included_report(c);
	return none();
}

/* A pointer to a struct that nobody knows is still a pointer. */
static const struct type *opaque(struct checker *c, const struct type_name *name)
{
	struct type *type =
		type_new(c->types, name->tag == TAG_UNION ? TYPE_UNION : TYPE_STRUCT,
			 arena_printf(c->arena, "%s %s",
				      name->tag == TAG_UNION ? "union" : "struct", name->name));

	if (!type || !type->name) {
		c->no_memory = true;
		return none();
	}
	type->is_incomplete = true;
	return type;
}

static const struct type *resolve_array(struct checker *c, struct type_name *name)
{
	const struct type *of = resolve_type(c, name->inner);
	uint64_t count = 0;

	if (name->count) {
		(void)check_expr(c, name->count);
		if (!constant_value(name->count, &count) || count > MOST_ARRAY_BYTES) {
			diag_error(c->diag, name->count->span,
				   "a length is a constant, and at most %d", MOST_ARRAY_BYTES);
			return none();
		}
	}
	switch (of->kind) {
	case TYPE_NONE: return of;
	case TYPE_STRING:
		if (!of->size)
			return type_string(c->types, (uint32_t)count);
		break;
	case TYPE_BUFFER:
		if (!of->size)
			return type_buffer(c->types, (uint32_t)count);
		break;
	case TYPE_INET:
		if (!of->size)
			return type_inet(c->types, (uint32_t)count);
		break;
	default: break;
	}
	if (of->size && count > MOST_ARRAY_BYTES / of->size) {
		diag_error(c->diag, name->span, "this is too large: the most is %d bytes",
			   MOST_ARRAY_BYTES);
		return none();
	}
	return type_array(c->types, of, (uint32_t)count);
}

const struct type *resolve_type(struct checker *c, struct type_name *name)
{
	const struct type *type;

	switch (name->kind) {
	case TYPE_NAME_PLAIN:
		type = find_plain_type(c, name->name);
		return type ? type : refuse_name(c, name);
	case TYPE_NAME_TAG:
		if (name->def)
			return def_type(c, name->def);
		type = find_tagged(c, name->tag, name->name);
		return type ? type : refuse_name(c, name);
	case TYPE_NAME_POINTER:
		if (name->inner->kind == TYPE_NAME_TAG && !name->inner->def &&
		    name->inner->tag != TAG_ENUM &&
		    !find_tagged(c, name->inner->tag, name->inner->name) &&
		    !kernel_has_types(c->types->kernel))
			type = opaque(c, name->inner);
		else
			type = resolve_type(c, name->inner);
		return is_none(type) ? type : type_pointer(c->types, type, SPACE_NONE);
	case TYPE_NAME_ARRAY: return resolve_array(c, name);
	case TYPE_NAME_FUNCTION: return type_plain(TYPE_FUNCTION);
	case TYPE_NAME_TYPEOF:
		return name->inner ? resolve_type(c, name->inner) : check_expr(c, name->expr);
	}
	return none();
}

const struct type *resolve_type_quietly(struct checker *c, struct type_name *name)
{
	struct diag *diag = c->diag;
	const struct type *type;

	c->diag = NULL;
	type = resolve_type(c, name);
	c->diag = diag;
	return type;
}
