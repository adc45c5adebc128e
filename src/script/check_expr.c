/*
 * check_expr.c - the types of expressions.
 *
 * Integers compute in 64 bits: unsigned if both sides are, else signed.  A literal has the smallest
 * signed type that holds it, and a positive one goes with unsigned values as well.
 */
#include <string.h>

#include "base/bits.h"
#include "base/nearest.h"
#include "script/check.h"
#include "script/config.h"
#include "script/kernel.h"
#include "script/parse.h"

const struct type *none(void)
{
	return type_plain(TYPE_NONE);
}

bool is_none(const struct type *type)
{
	return type->kind == TYPE_NONE;
}

const char *check_name(struct checker *c, const struct type *type)
{
	return c->diag ? type_name(c->arena, type) : "";
}

bool is_literal(const struct expr *e)
{
	return e->kind == EXPR_INT || e->kind == EXPR_BOOL || e->kind == EXPR_STRING ||
	       (e->kind == EXPR_UNARY && e->op == OP_NEGATE && e->a->kind == EXPR_INT);
}

/* A literal that is not negative goes with unsigned values. */
static bool adapts(const struct expr *e)
{
	return e->is_constant && e->type &&
	       (e->type->kind != TYPE_INT || !e->type->is_signed || (int64_t)e->value >= 0);
}

static const struct type *literal_type(uint64_t number)
{
	if (number > INT64_MAX)
		return type_int(8, false);
	return type_int(number <= INT8_MAX  ? 1 :
			number <= INT16_MAX ? 2 :
			number <= INT32_MAX ? 4 :
					      8,
			true);
}

static const struct type *set_int(struct expr *e, uint64_t number, const struct type *type)
{
	e->is_constant = true;
	e->value = number;
	return type;
}

static const struct type *set_text(struct checker *c, struct expr *e, const char *text, size_t len)
{
	e->is_constant = true;
	e->text = text;
	e->text_len = len;
	return type_string(c->types, (uint32_t)len + 1);
}

/* --- names ----------------------------------------------------------------------------------- */

struct variable *find_variable(struct checker *c, const char *name)
{
	for (struct scope *scope = c->scope; scope; scope = scope->outer)
		for (struct variable *v = scope->variables; v; v = v->next)
			if (!strcmp(v->name, name))
				return v;
	return NULL;
}

/* Before bpftrace 0.22 a variable that was set in a block was there behind it, too.  If that is meant,
 * declare it in front of everything: the next round finds it there. */
static bool hoist(struct checker *c, const struct expr *e)
{
	const struct variable *v = c->probe ? c->probe->inner : NULL;
	struct stmt *let;

	while (v && strcmp(v->name, e->name) != 0)
		v = v->next;
	if (!v || v->is_read_only || v->is_declared_type)
		return false;
	let = stmt_new(c->arena, STMT_LET, v->span);
	if (let)
		let->target = expr_new(c->arena, EXPR_VAR, v->span);
	if (!let || !let->target) {
		c->no_memory = true;
		return false;
	}
	let->target->name = e->name;
	let->next = c->probe->body->first;
	c->probe->body->first = let;
	c->changed = true;
	return true;
}

static const struct type *check_variable(struct checker *c, struct expr *e)
{
	struct variable *v = find_variable(c, e->name);
	struct nearest search = nearest_begin(e->name);

	if (v) {
		e->var = v;
		v->is_used = true;
		return v->type;
	}
	if (hoist(c, e))
		return none();
	diag_error(c->diag, e->span, "variable '%s' was not set before this", e->name);
	for (struct scope *scope = c->scope; scope; scope = scope->outer)
		for (v = scope->variables; v; v = v->next)
			nearest_offer(&search, v->name);
	if (search.best)
		diag_hint(c->diag, "did you mean '%s'?", search.best);
	else
		diag_hint(c->diag,
			  "a variable set in a block is gone behind it: put 'let %s;' before "
			  "the block",
			  e->name);
	return none();
}

static const struct type *check_parameter(struct checker *c, struct expr *e)
{
	const char *text;
	uint64_t number;

	if (e->number > c->options->param_count)
		return set_int(e, 0, type_int(8, true));
	text = c->options->params[e->number - 1];
	if (lex_number(text, strlen(text), &number) == 0)
		return set_int(e, number,
			       number > INT64_MAX ? type_int(8, false) : type_int(8, true));
	if (text[0] == '-' && lex_number(text + 1, strlen(text + 1), &number) == 0)
		return set_int(e, -number, type_int(8, true));
	return set_text(c, e, text, strlen(text));
}

static const struct type *check_name_expr(struct checker *c, struct expr *e)
{
	uint64_t number = 0;
	const struct builtin *builtin = builtin_find(e->name, &number);
	struct expr *constant;
	struct c_macro *macro;
	const struct type *type;

	if (builtin)
		return check_builtin(c, e, builtin, number);
	constant = find_constant(c, e->name, e->span);
	if (!constant) {
		macro = c_macro_find(c->script, e->name);
		if (!macro)
			check_unknown_name(c, e, false);
		else if (macro->is_expanding)
			diag_error(c->diag, e->span, "'%s' is defined by itself", e->name);
		else if (!macro->has_params)
			diag_error(c->diag, e->span, "'%s' is defined as nothing", e->name);
		return none();
	}
	macro = c_macro_find(c->script, e->name);
	if (macro)
		macro->is_expanding = true;
	type = check_expr(c, constant);
	if (macro)
		macro->is_expanding = false;
	if (constant->is_constant) {
		e->is_constant = true;
		e->value = constant->value;
		e->text = constant->text;
		e->text_len = constant->text_len;
	} else {
		e->a = constant;
	}
	return type;
}

/* --- maps, indices, fields ------------------------------------------------------------------- */

const struct type *check_key(struct checker *c, struct expr *args, uint32_t count)
{
	struct field *fields;
	uint32_t i = 0;

	if (count == 1)
		return check_expr(c, args);
	fields = arena_alloc_array(c->arena, count ? count : 1, sizeof *fields);
	if (!fields) {
		c->no_memory = true;
		return none();
	}
	for (struct expr *arg = args; arg && i < count; arg = arg->next, i++)
		fields[i] = (struct field){ .name = "", .type = check_expr(c, arg) };
	return type_tuple(c->types, TYPE_TUPLE, fields, count);
}

static const struct type *map_value(struct map *map)
{
	return map->value ? map->value : none();
}

static const struct type *check_map_expr(struct checker *c, struct expr *e)
{
	e->map = check_map(c, e->name, e->span);
	if (!e->map)
		return none();
	check_map_key(c, e->map, type_plain(TYPE_VOID), e->span);
	return map_value(e->map);
}

static const struct type *check_index(struct checker *c, struct expr *e)
{
	const struct type *a, *index;
	uint64_t number;

	if (e->a->kind == EXPR_MAP) {
		e->a->map = check_map(c, e->a->name, e->a->span);
		if (!e->a->map)
			return none();
		check_map_key(c, e->a->map, check_key(c, e->args, e->arg_count), e->args->span);
		return map_value(e->a->map);
	}
	a = check_expr(c, e->a);
	index = check_expr(c, e->args);
	if (e->arg_count > 1)
		diag_error(c->diag, e->args->next->span, "only maps have keys of several parts");
	if (is_none(a) || is_none(index))
		return none();
	if (!type_is_int(index)) {
		diag_error(c->diag, e->args->span, "an index is an integer, this is '%s'",
			   check_name(c, index));
		return none();
	}
	switch (a->kind) {
	case TYPE_ARRAY:
		if (constant_value(e->args, &number) && a->count && number >= a->count)
			diag_error(c->diag, e->args->span, "the array has %u elements, 0 to %u",
				   a->count, a->count - 1);
		return a->of;
	case TYPE_POINTER: return a->of;
	case TYPE_STRING: return type_int(1, true);
	case TYPE_BUFFER: return type_int(1, false);
	case TYPE_TUPLE:
		if (constant_value(e->args, &number) && number < a->field_count)
			return a->fields[number].type;
		diag_error(c->diag, e->args->span, "an index into a tuple is a constant below %u",
			   a->field_count);
		return none();
	default: break;
	}
	diag_error(c->diag, e->a->span, "'%s' has no elements", check_name(c, a));
	return none();
}

/* Fields of the kernel that go by another name today. */
static bool hint_renamed(struct checker *c, const struct type *type, const char *name)
{
	static const struct {
		const char *type, *old, *now, *since;
	} renamed[] = {
#define RENAMED_FIELD(type, old, now, since) { type, old, now, since },
#include "script/renamed_field.def"
	};

	for (size_t i = 0; i < ARRAY_LEN(renamed); i++) {
		if (strcmp(renamed[i].type, type->name) != 0 || strcmp(renamed[i].old, name) != 0)
			continue;
		diag_hint(c->diag, "since Linux %s it is '%s'", renamed[i].since, renamed[i].now);
		return true;
	}
	return false;
}

/* Does a wildcard lead to 'args' without the field? */
static bool is_args_of_many(const struct checker *c, const struct expr *e)
{
	return c->probe && c->probe->is_copied && e->kind == EXPR_FIELD && e->a->builtin &&
	       e->a->builtin->id == BUILTIN_ARGS;
}

static void refuse_field(struct checker *c, const struct expr *e, const struct type *type)
{
	struct nearest search = nearest_begin(e->name);
	uint32_t count;
	const struct field *fields = type_fields(c->types, type, &count);

	if (!c->diag)
		return;
	if (type->is_incomplete) {
		diag_error(c->diag, e->name_span, "the fields of '%s' are not known",
			   check_name(c, type));
		diag_hint(c->diag, "define it in the script: %s { ... }", check_name(c, type));
		return;
	}
	diag_error(c->diag, e->name_span, "'%s' has no field '%s'", check_name(c, type), e->name);
	for (uint32_t i = 0; i < count; i++)
		if (fields[i].name[0])
			nearest_offer(&search, fields[i].name);
	if (hint_renamed(c, type, e->name))
		return;
	if (search.best)
		diag_hint(c->diag, "did you mean '%s'?", search.best);
	if (is_args_of_many(c, e))
		diag_hint(c->diag,
			  "the probe stands for several: if (has_field(args, %s)) { ... } "
			  "leaves out those without",
			  e->name);
}

/* What is asked of a type is known. */
static const struct type *typeinfo_field(struct checker *c, struct expr *e,
					 const struct field *field)
{
	const struct type *asked = e->a->asked;
	const char *text = !strcmp(field->name, "base_type") ? type_kind_text(asked->kind) :
							       type_name(c->arena, asked);

	if (field->type->kind == TYPE_INT)
		return set_int(e, asked->btf_id, field->type);
	return set_text(c, e, text, strlen(text));
}

void check_lack(struct checker *c, const struct expr *e)
{
	const struct lack *lack = e->field->lack;

	if (!lack)
		return;
	diag_error(c->diag, e->span, "'%s' %s", e->name, lack->why);
	diag_hint(c->diag, "%s", lack->hint);
}

static const struct type *check_field(struct checker *c, struct expr *e)
{
	const struct type *a = check_expr(c, e->a), *of = a->kind == TYPE_POINTER ? a->of : a;
	struct field found, *kept;

	if (is_none(of))
		return none();
	if (!type_is_compound(of) && of->kind != TYPE_RECORD) {
		diag_error(c->diag, e->name_span, "'%s' has no fields", check_name(c, a));
		if (type_is_int(a))
			diag_hint(c->diag, "an address needs a type first: ((struct name *)x).%s",
				  e->name);
		return none();
	}
	if (!type_find_field(c->types, of, e->name, &found)) {
		refuse_field(c, e, of);
		return none();
	}
	if (e->a->kind == EXPR_TYPEINFO)
		return typeinfo_field(c, e, &found);
	kept = arena_alloc(c->arena, sizeof *kept);
	if (!kept) {
		c->no_memory = true;
		return none();
	}
	*kept = found;
	e->field = kept;
	check_lack(c, e);
	/* Arrays of characters are read as strings. */
	if (found.type->kind == TYPE_ARRAY && found.type->of->kind == TYPE_INT &&
	    found.type->of->size == 1 && found.type->of->is_signed && found.type->count)
		return type_string(c->types, found.type->count);
	return found.type;
}

static const struct type *check_element(struct checker *c, struct expr *e)
{
	const struct type *a = check_expr(c, e->a);

	if (is_none(a))
		return a;
	if (a->kind != TYPE_TUPLE) {
		diag_error(c->diag, e->name_span, "'%s' is not a tuple", check_name(c, a));
		return none();
	}
	if (e->number >= a->field_count) {
		diag_error(c->diag, e->name_span, "the tuple has %u elements, counted from 0",
			   a->field_count);
		return none();
	}
	return a->fields[e->number].type;
}

/* --- operators ------------------------------------------------------------------------------- */

static bool has_truth(const struct type *type)
{
	return is_none(type) || type_class(type) == CLASS_SCALAR || type->kind == TYPE_STRING ||
	       type_is_castable_aggregate(type);
}

void check_condition(struct checker *c, struct expr *e, const char *what)
{
	const struct type *type = check_expr(c, e);

	if (!has_truth(type))
		diag_error(c->diag, e->span, "%s cannot be of the type '%s'", what,
			   check_name(c, type));
}

static bool is_number(const struct type *type)
{
	return type_is_int(type) || type_is_castable_aggregate(type);
}

static const struct type *refuse_operands(struct checker *c, struct expr *e)
{
	diag_error(c->diag, e->span, "'%s' does not go with '%s' and '%s'", op_text(e->op),
		   check_name(c, e->a->type), check_name(c, e->b->type));
	return none();
}

static bool is_unsigned_operand(const struct expr *e)
{
	return !e->type->is_signed || adapts(e);
}

/* Beyond 2^63 - 1, a number without a sign would be taken for a negative one. */
static void warn_of_signs(struct checker *c, const struct expr *e)
{
	const struct expr *u = e->a->type->is_signed ? e->b : e->a;
	const struct expr *s = e->a->type->is_signed ? e->a : e->b;

	if (u->type->kind != TYPE_INT || s->type->kind != TYPE_INT || u->type->is_signed ||
	    !s->type->is_signed || u->type->size < 8 || adapts(s))
		return;
	diag_warning(c->diag, e->span, "'%s' of '%s' and '%s': both are taken to have a sign",
		     op_text(e->op), check_name(c, e->a->type), check_name(c, e->b->type));
	diag_hint(c->diag, "a cast says what is meant: (int64)x, (uint64)x");
}

static const struct type *check_arithmetic(struct checker *c, struct expr *e)
{
	const struct type *a = e->a->type, *b = e->b->type;
	bool is_unsigned;

	if (a->kind == TYPE_POINTER && is_number(b) && (e->op == OP_ADD || e->op == OP_SUB))
		return a;
	if (b->kind == TYPE_POINTER && is_number(a) && e->op == OP_ADD)
		return b;
	if (a->kind == TYPE_POINTER && b->kind == TYPE_POINTER && e->op == OP_SUB)
		return type_int(8, true);
	if (!is_number(a) || !is_number(b)) {
		if (a->kind == TYPE_POINTER && is_number(b))
			return type_int(8, false); /* bits of an address */
		return refuse_operands(c, e);
	}
	if (e->op == OP_DIV || e->op == OP_MOD)
		warn_of_signs(c, e);
	is_unsigned = is_unsigned_operand(e->a) && is_unsigned_operand(e->b) &&
		      (!a->is_signed || !b->is_signed);
	return type_int(8, !is_unsigned || e->op == OP_SUB);
}

static bool is_known_text(const struct expr *e)
{
	return e->is_constant && (e->type->kind == TYPE_STRING || e->type->kind == TYPE_PROBE);
}

static const struct type *check_comparison(struct checker *c, struct expr *e)
{
	const struct type *a = e->a->type, *b = e->b->type;
	bool is_equality = e->op == OP_EQ || e->op == OP_NE;
	bool scalars = (is_number(a) || a->kind == TYPE_POINTER) &&
		       (is_number(b) || b->kind == TYPE_POINTER);

	if (scalars) {
		if (!is_equality)
			warn_of_signs(c, e);
		return type_plain(TYPE_BOOL);
	}
	/* the name of a probe goes with a name that is known */
	if (is_equality && ((a->kind == TYPE_PROBE && is_known_text(e->b)) ||
			    (b->kind == TYPE_PROBE && is_known_text(e->a))))
		return type_plain(TYPE_BOOL);
	if (is_equality && a->kind == b->kind &&
	    (a->kind == TYPE_STRING || a->kind == TYPE_BUFFER || a->kind == TYPE_MAC ||
	     a->kind == TYPE_INET || check_merge(c, a, b)))
		return type_plain(TYPE_BOOL);
	if (!is_equality && a->kind == TYPE_STRING && b->kind == TYPE_STRING) {
		diag_error(c->diag, e->span, "strings are compared with '==' and '!=' only");
		return none();
	}
	if (is_equality &&
	    ((a->kind == TYPE_ARRAY && is_number(b)) || (b->kind == TYPE_ARRAY && is_number(a)))) {
		diag_error(c->diag, e->span, "an array and an integer cannot be compared");
		diag_hint(c->diag, "a cast makes one of the other: (uint32)x, (uint8[4])x");
		return none();
	}
	return refuse_operands(c, e);
}

static const struct type *check_binary(struct checker *c, struct expr *e)
{
	const struct type *a = check_expr(c, e->a), *b = check_expr(c, e->b);

	switch (e->op) {
	case OP_LOGICAL_AND:
	case OP_LOGICAL_OR:
		if (!has_truth(a) || !has_truth(b))
			return refuse_operands(c, e);
		return type_plain(TYPE_BOOL);
	case OP_LESS:
	case OP_LE:
	case OP_GREATER:
	case OP_GE:
	case OP_EQ:
	case OP_NE:
		return is_none(a) || is_none(b) ? type_plain(TYPE_BOOL) : check_comparison(c, e);
	default: return is_none(a) || is_none(b) ? none() : check_arithmetic(c, e);
	}
}

static const struct type *check_unary(struct checker *c, struct expr *e)
{
	const struct type *a;

	if (e->op == OP_NEGATE && e->a->kind == EXPR_INT) {
		uint64_t n = e->a->number;

		(void)check_expr(c, e->a);
		if (n > (uint64_t)INT64_MAX + 1)
			diag_error(c->diag, e->span, "this is below the least 64-bit integer");
		return set_int(e, -n, n <= 128 ? type_int(1, true) : literal_type(n - 1));
	}
	a = check_expr(c, e->a);
	if (is_none(a))
		return a;
	switch (e->op) {
	case OP_NOT:
		if (has_truth(a))
			return type_plain(TYPE_BOOL);
		break;
	case OP_DEREFERENCE:
		if (a->kind == TYPE_POINTER && a->of->kind == TYPE_VOID) {
			diag_error(c->diag, e->span,
				   "a 'void *' points at nothing that has a type");
			diag_hint(c->diag, "a cast says what: *(uint32 *)x");
			return none();
		}
		if (a->kind == TYPE_POINTER)
			return a->of;
		if (type_is_int(a))
			return type_int(8, true);
		break;
	case OP_ADDRESS:
		if (e->a->kind == EXPR_VAR && e->a->var)
			e->a->var->is_pointed_at = true;
		if (e->a->kind == EXPR_VAR || e->a->kind == EXPR_MAP || e->a->kind == EXPR_INDEX ||
		    e->a->kind == EXPR_FIELD)
			return type_pointer(c->types, a, SPACE_BPF);
		diag_error(c->diag, e->a->span, "this has no address");
		return none();
	default:
		if (is_number(a))
			return type_int(8, e->op == OP_NEGATE || a->is_signed);
		break;
	}
	diag_error(c->diag, e->span, "'%s' does not go with '%s'", op_text(e->op),
		   check_name(c, a));
	return none();
}

static const struct type *check_step(struct checker *c, struct expr *e)
{
	const struct type *type;

	if (e->a->kind == EXPR_VAR && !find_variable(c, e->a->name)) {
		diag_error(c->diag, e->a->span, "variable '%s' was not set before this",
			   e->a->name);
		diag_hint(c->diag, "set it first: %s = 0;", e->a->name);
		return none();
	}
	type = check_expr(c, e->a);
	if (e->a->kind == EXPR_MAP || e->a->kind == EXPR_INDEX) {
		struct map *map = e->a->kind == EXPR_MAP ? e->a->map : e->a->a->map;

		if (map) {
			/* Who counts gets beyond what the first number needs. */
			if (is_none(type) || type->kind == TYPE_INT)
				type = type_int(8, is_none(type) || type->is_signed);
			check_map_value(c, map, type, e);
			type = map_value(map);
		}
	}
	if (is_none(type) || type->kind == TYPE_POINTER)
		return type;
	if (type->kind != TYPE_INT) {
		diag_error(c->diag, e->span, "'%s%s' does not go with '%s'", op_text(e->op),
			   op_text(e->op), check_name(c, type));
		return none();
	}
	if (e->a->var && !e->a->var->is_declared_type && type->size < 8) {
		e->a->var->type = type_int(8, type->is_signed);
		c->changed = true;
	}
	return type_int(8, type->is_signed);
}

/* Two values of which one is taken. */
static const struct type *check_either(struct checker *c, struct expr *e, const struct type *a,
				       const struct type *b)
{
	const struct type *type;

	if (a->kind == TYPE_VOID && b->kind == TYPE_VOID)
		return a;
	type = check_merge(c, a, b);
	if (type)
		return type;
	diag_error(c->diag, e->span, "this is either '%s' or '%s', which have no type in common",
		   check_name(c, a), check_name(c, b));
	return none();
}

static bool asks_for_field(const struct expr *e)
{
	if (e->kind == EXPR_UNARY && e->op == OP_NOT)
		e = e->a;
	return e->kind == EXPR_CALL && e->func && e->func->id == FUNC_HAS_FIELD;
}

static const struct type *check_if(struct checker *c, struct expr *e)
{
	const struct type *then, *other;
	uint64_t value;

	check_condition(c, e->a, "a condition");
	/* whether there is a field is asked to leave the rest out */
	e->is_comptime |= asks_for_field(e->a);
	if (e->is_comptime && !e->a->is_constant && e->a->kind != EXPR_INT &&
	    e->a->kind != EXPR_BOOL && !is_none(e->a->type))
		diag_error(c->diag, e->a->span, "this is not known before the script runs");
	/* What is known not to happen is not looked at: its types may not even fit. */
	if (e->is_comptime && constant_value(e->a, &value)) {
		if (value)
			return check_block_value(c, e->block);
		return e->other ? check_block_value(c, e->other) : type_plain(TYPE_VOID);
	}
	then = check_block_value(c, e->block);
	other = e->other ? check_block_value(c, e->other) : type_plain(TYPE_VOID);
	if (then->kind == TYPE_VOID || other->kind == TYPE_VOID)
		return type_plain(TYPE_VOID);
	return check_either(c, e, then, other);
}

/* --- casts and what is asked of types -------------------------------------------------------- */

static const struct type *refuse_cast(struct checker *c, struct expr *e, const struct type *to)
{
	diag_error(c->diag, e->span, "'%s' cannot be made a '%s'", check_name(c, e->a->type),
		   check_name(c, to));
	return none();
}

static const struct type *cast_to_array(struct checker *c, struct expr *e, const struct type *to)
{
	const struct type *from = e->a->type;

	if (!type_is_int(from) && from->kind != TYPE_ARRAY && from->kind != TYPE_STRING)
		return refuse_cast(c, e, to);
	if (to->count == 0 && to->of->size)
		return type_array(c->types, to->of, from->size / to->of->size);
	if (from->kind == TYPE_INT && e->a->is_constant)
		return to; /* as wide as is asked for */
	if (to->size != from->size && !(type_is_int(from) && to->size <= 8)) {
		diag_error(c->diag, e->span, "'%s' has %u bytes and '%s' %u", check_name(c, from),
			   from->size, check_name(c, to), to->size);
		return none();
	}
	return to;
}

static const struct type *check_cast(struct checker *c, struct expr *e)
{
	const struct type *to = resolve_type(c, e->type_name), *from = check_expr(c, e->a);

	if (is_none(to) || is_none(from))
		return to;
	switch (to->kind) {
	case TYPE_INT:
	case TYPE_BOOL:
	case TYPE_ENUM:
		if (type_class(from) == CLASS_SCALAR || type_is_castable_aggregate(from) ||
		    (from->kind == TYPE_ARRAY && from->size <= 8) || from->kind == TYPE_KSYM ||
		    from->kind == TYPE_USYM)
			return to;
		if (from->kind == TYPE_INET || from->kind == TYPE_TIMESTAMP)
			return to;
		break;
	case TYPE_POINTER:
		if (type_is_int(from) || from->kind == TYPE_POINTER)
			return type_pointer(c->types, to->of,
					    from->kind == TYPE_POINTER ? from->space : SPACE_NONE);
		if (from->kind == TYPE_ARRAY || from->kind == TYPE_STRING || type_is_compound(from))
			return to;
		break;
	case TYPE_ARRAY: return cast_to_array(c, e, to);
	case TYPE_STRING:
	case TYPE_BUFFER:
		if (from->kind == to->kind || from->kind == TYPE_ARRAY)
			return to->size ? to : from;
		break;
	case TYPE_STRUCT:
	case TYPE_UNION:
		if (type_is_int(from) || from->kind == TYPE_POINTER) {
			diag_error(c->diag, e->span, "an address becomes a pointer, not a '%s'",
				   check_name(c, to));
			diag_hint(c->diag, "did you mean '(%s *)'?", check_name(c, to));
			return none();
		}
		break;
	default:
		if (type_equal(to, from))
			return to;
		break;
	}
	return refuse_cast(c, e, to);
}

/* The type that 'sizeof' and its kin are asked about. */
static const struct type *type_asked(struct checker *c, struct expr *e)
{
	uint64_t number;

	e->asked = NULL;
	if (e->type_name)
		e->asked = resolve_type(c, e->type_name);
	else if (e->a->kind == EXPR_NAME && !builtin_find(e->a->name, &number))
		e->asked = e->a->type = find_plain_type(c, e->a->name);
	if (!e->asked)
		e->asked = check_expr(c, e->a);
	return e->asked;
}

static const struct type *check_sizeof(struct checker *c, struct expr *e)
{
	const struct type *type = type_asked(c, e);

	return is_none(type) ? type_int(8, false) : set_int(e, type->size, type_int(8, false));
}

static const struct type *check_offsetof(struct checker *c, struct expr *e)
{
	const struct type *type = type_asked(c, e);
	uint64_t offset = 0;
	struct field field;

	if (type->kind == TYPE_POINTER)
		type = type->of;
	for (struct expr *arg = e->args; arg && !is_none(type); arg = arg->next) {
		if (!type_is_compound(type)) {
			diag_error(c->diag, arg->span, "'%s' has no fields", check_name(c, type));
			return none();
		}
		if (!type_find_field(c->types, type, arg->name, &field)) {
			refuse_field(c, arg, type);
			return none();
		}
		offset += field.offset;
		type = field.type;
	}
	return set_int(e, offset, type_int(8, false));
}

/* A record: { base_type, full_type, btf_id }. */
static const struct type *check_typeinfo(struct checker *c, struct expr *e)
{
	const struct type *type = type_asked(c, e);
	struct field *fields = arena_alloc_array(c->arena, 3, sizeof *fields);
	uint32_t len = (uint32_t)strlen(type_name(c->arena, type)) + 1;

	(void)config_allows(c->script, CONFIG_ID_UNSTABLE_TYPEINFO, e->span, "'typeinfo'", c->diag);
	if (!fields) {
		c->no_memory = true;
		return none();
	}
	fields[0] = (struct field){ .name = "btf_id", .type = type_int(8, false) };
	fields[1] = (struct field){ .name = "base_type", .type = type_string(c->types, 16) };
	fields[2] = (struct field){ .name = "full_type", .type = type_string(c->types, len) };
	return type_tuple(c->types, TYPE_RECORD, fields, 3);
}

static const struct type *check_elements(struct checker *c, struct expr *e, enum type_kind kind)
{
	struct field *fields =
		arena_alloc_array(c->arena, e->arg_count ? e->arg_count : 1, sizeof *fields);
	uint32_t i = 0;

	if (!fields) {
		c->no_memory = true;
		return none();
	}
	for (struct expr *arg = e->args; arg; arg = arg->next, i++) {
		const struct type *type = check_expr(c, arg);

		if (type->kind == TYPE_VOID || type_class(type) == CLASS_AGGREGATE) {
			if (!type_is_castable_aggregate(type))
				diag_error(c->diag, arg->span, "'%s' cannot be a part of a %s",
					   check_name(c, type),
					   kind == TYPE_TUPLE ? "tuple" : "record");
			type = type_is_castable_aggregate(type) ? type_int(8, true) : none();
		}
		fields[i] = (struct field){ .name = arg->label ? arg->label : "", .type = type };
	}
	return type_tuple(c->types, kind, fields, e->arg_count);
}

/* --- all ------------------------------------------------------------------------------------- */

static const struct type *type_of(struct checker *c, struct expr *e)
{
	const struct type *a, *b;

	switch (e->kind) {
	case EXPR_INT: return set_int(e, e->number, literal_type(e->number));
	case EXPR_STRING: return set_text(c, e, e->text, e->text_len);
	case EXPR_BOOL: return set_int(e, e->number, type_plain(TYPE_BOOL));
	case EXPR_PARAM: return check_parameter(c, e);
	case EXPR_PARAM_COUNT: return set_int(e, c->options->param_count, type_int(8, true));
	case EXPR_NAME: return check_name_expr(c, e);
	case EXPR_VAR: return check_variable(c, e);
	case EXPR_MAP: return check_map_expr(c, e);
	case EXPR_INDEX: return check_index(c, e);
	case EXPR_FIELD: return check_field(c, e);
	case EXPR_ELEMENT: return check_element(c, e);
	case EXPR_UNARY: return check_unary(c, e);
	case EXPR_STEP: return check_step(c, e);
	case EXPR_BINARY: return check_binary(c, e);
	case EXPR_TERNARY:
		check_condition(c, e->a, "a condition");
		a = e->b ? check_expr(c, e->b) : e->a->type;
		b = check_expr(c, e->c);
		return check_either(c, e, a, b);
	case EXPR_IF: return check_if(c, e);
	case EXPR_BLOCK: return check_block_value(c, e->block);
	case EXPR_CAST: return check_cast(c, e);
	case EXPR_CALL: return check_call(c, e);
	case EXPR_TUPLE: return check_elements(c, e, TYPE_TUPLE);
	case EXPR_RECORD: return check_elements(c, e, TYPE_RECORD);
	case EXPR_SIZEOF: return check_sizeof(c, e);
	case EXPR_OFFSETOF: return check_offsetof(c, e);
	case EXPR_TYPEINFO: return check_typeinfo(c, e);
	case EXPR_COMPTIME:
		a = check_expr(c, e->a);
		if (!e->a->is_constant && !is_none(a))
			diag_error(c->diag, e->a->span, "this is not known before the script runs");
		return a;
	case EXPR_TYPE: return resolve_type(c, e->type_name);
	case EXPR_BAD: return none();
	}
	return none();
}

const struct type *check_expr(struct checker *c, struct expr *e)
{
	e->is_constant = false;
	e->type = type_of(c, e);
	fold(e);
	return e->type;
}
