/*
 * expr.c - expressions: constants, operators, choices, casts.
 *
 * Arithmetic is done in 64 bits, as the checker says.  Comparisons are done in the width of their
 * operands when these agree, which saves extending them.
 */
#include "lower/bytes.h"

#include <string.h>

#include "probe/features.h"

enum { MOST_COMPARED = 64 }; /* bytes, with a load and a branch for each chunk */

/* --- constants ------------------------------------------------------------------------------- */

static struct value constant(struct lowering *l, const struct expr *e)
{
	if (e->type->kind == TYPE_STRING)
		return (struct value){
			.type = e->type, .at = AT_TEXT, .text = e->text, .text_len = e->text_len
		};
	if (e->type->kind == TYPE_PROBE)
		return value_reg(e->type, lower_const(l, IR_I32, lower_name(l, e->text)));
	return value_reg(e->type, lower_const(l, lower_ir_type(e->type), e->value));
}

/* --- arithmetic ------------------------------------------------------------------------------ */

static const struct type *wide(bool is_signed)
{
	return type_int(8, is_signed);
}

static struct ir_value *negated_if(struct lowering *l, struct ir_value *x, struct ir_value *mask)
{
	return ir_build_op2(&l->b, IR_SUB, ir_build_op2(&l->b, IR_XOR, x, mask), mask);
}

/* Older kernels divide unsigned numbers only.  A sign is a mask of 64 bits here: all of them are set below
 * zero.  The quotient's is that of both numbers, the remainder's that of the dividend. */
struct ir_value *lower_quotient(struct lowering *l, enum ir_op op, struct ir_value *x,
				struct ir_value *y)
{
	struct ir_value *last_bit = lower_const(l, IR_I64, 63), *x_sign, *y_sign, *result;

	if ((op != IR_SDIV && op != IR_SMOD) || lower_has(l, FEATURE_SIGNED_DIV) ||
	    (ir_is_const(x) && ir_is_const(y)))
		return ir_build_op2(&l->b, op, x, y);
	x_sign = ir_build_op2(&l->b, IR_SAR, x, last_bit);
	y_sign = ir_build_op2(&l->b, IR_SAR, y, last_bit);
	result = ir_build_op2(&l->b, op == IR_SDIV ? IR_DIV : IR_MOD, negated_if(l, x, x_sign),
			      negated_if(l, y, y_sign));
	if (op == IR_SDIV)
		x_sign = ir_build_op2(&l->b, IR_XOR, x_sign, y_sign);
	return negated_if(l, result, x_sign);
}

/* Division by zero gives 1, and is counted. */
static struct ir_value *divide(struct lowering *l, enum ir_op op, struct ir_value *x,
			       struct ir_value *y)
{
	struct ir_value *one = lower_const(l, IR_I64, 1);
	struct ir_block *zero, *other, *done;
	uint32_t var;

	if (ir_is_const(y))
		return y->imm ? lower_quotient(l, op, x, y) : one;
	var = ir_build_var(&l->b, IR_I64);
	zero = ir_build_block(&l->b);
	other = ir_build_block(&l->b);
	done = ir_build_block(&l->b);
	ir_build_branch(&l->b, IR_EQ, lower_aside(l, y), lower_const(l, IR_I64, 0), zero, other);
	ir_build_at(&l->b, zero);
	ir_build_set(&l->b, var, one);
	lower_count_error(l, "division by zero");
	ir_build_jump(&l->b, done);
	ir_build_at(&l->b, other);
	ir_build_set(&l->b, var, lower_quotient(l, op, x, y));
	ir_build_jump(&l->b, done);
	ir_build_at(&l->b, done);
	return ir_build_get(&l->b, var);
}

struct ir_value *lower_arithmetic(struct lowering *l, enum op op, bool is_signed,
				  struct ir_value *x, struct ir_value *y)
{
	switch (op) {
	case OP_ADD: return ir_build_op2(&l->b, IR_ADD, x, y);
	case OP_SUB: return ir_build_op2(&l->b, IR_SUB, x, y);
	case OP_MUL: return ir_build_op2(&l->b, IR_MUL, x, y);
	case OP_DIV: return divide(l, is_signed ? IR_SDIV : IR_DIV, x, y);
	case OP_MOD: return divide(l, is_signed ? IR_SMOD : IR_MOD, x, y);
	case OP_SHL: return ir_build_op2(&l->b, IR_SHL, x, y);
	case OP_SHR: return ir_build_op2(&l->b, is_signed ? IR_SAR : IR_SHR, x, y);
	case OP_AND: return ir_build_op2(&l->b, IR_AND, x, y);
	case OP_OR: return ir_build_op2(&l->b, IR_OR, x, y);
	case OP_XOR: return ir_build_op2(&l->b, IR_XOR, x, y);
	default: return x;
	}
}

/* pointer +- number * size of what it points at */
static struct value move_pointer(struct lowering *l, const struct expr *e)
{
	const struct expr *pointer = e->a->type->kind == TYPE_POINTER ? e->a : e->b;
	const struct expr *number = pointer == e->a ? e->b : e->a;
	uint32_t size = pointer->type->of->size;
	struct ir_value *p = lower_scalar(l, lower_expr(l, pointer, NULL));
	struct ir_value *n = lower_expr_as(l, number, wide(true));

	if (size > 1)
		n = ir_build_op2(&l->b, IR_MUL, n, lower_const(l, IR_I64, size));
	return value_reg(e->type, ir_build_op2(&l->b, e->op == OP_SUB ? IR_SUB : IR_ADD, p, n));
}

/* Is @e a constant whose bits are all among those of @other, so that signs do not matter? */
static bool is_mask(const struct expr *e, const struct expr *other)
{
	return e->is_constant && type_is_int(other->type) && other->type->size < 8 &&
	       e->value >> (8 * other->type->size) == 0;
}

static struct ir_value *zero_extended(struct lowering *l, const struct expr *e)
{
	struct ir_value *x;

	if (e->is_constant)
		return lower_const(l, IR_I64, e->value);
	x = lower_scalar(l, lower_expr(l, e, NULL));
	return x->type == IR_I64 ? x : ir_build_op1(&l->b, IR_ZEXT, IR_I64, x);
}

static struct value arithmetic(struct lowering *l, const struct expr *e)
{
	struct ir_value *x, *y;

	if (e->type->kind == TYPE_POINTER)
		return move_pointer(l, e);
	if (e->op == OP_AND && (is_mask(e->a, e->b) || is_mask(e->b, e->a))) {
		x = zero_extended(l, e->a);
		y = zero_extended(l, e->b);
		return value_reg(e->type, ir_build_op2(&l->b, IR_AND, x, y));
	}
	x = lower_expr_as(l, e->a, wide(e->type->is_signed));
	y = lower_expr_as(l, e->b, wide(e->type->is_signed));
	return value_reg(e->type, lower_arithmetic(l, e->op, e->type->is_signed, x, y));
}

/* --- comparison ------------------------------------------------------------------------------ */

static bool is_number(const struct type *type)
{
	return type_is_int(type) || type->kind == TYPE_POINTER || type_is_castable_aggregate(type);
}

static bool is_unsigned(const struct expr *e)
{
	if (e->type->kind != TYPE_INT && e->type->kind != TYPE_ENUM)
		return !type_is_castable_aggregate(e->type);
	return !e->type->is_signed || (e->is_constant && (int64_t)e->value >= 0);
}

/* Does the constant @e fit the integer @type? */
static bool fits(const struct expr *e, const struct type *type)
{
	uint64_t bits = type->size * 8u;

	if (!e->is_constant || bits >= 64)
		return false;
	if (type->is_signed)
		return (int64_t)e->value >= -(int64_t)(1ull << (bits - 1)) &&
		       (int64_t)e->value < (int64_t)(1ull << (bits - 1));
	return e->value < 1ull << bits;
}

static bool is_narrow(const struct type *type)
{
	return (type->kind == TYPE_INT || type->kind == TYPE_BOOL || type->kind == TYPE_ENUM) &&
	       type->size <= 4 && type->size;
}

/* The type in which @a and @b are compared. */
static const struct type *compared_type(const struct expr *a, const struct expr *b)
{
	bool u = is_unsigned(a) && is_unsigned(b) &&
		 (!a->type->is_signed || !b->type->is_signed || a->is_constant || b->is_constant);

	if (is_narrow(a->type) && fits(b, a->type))
		return type_int(a->type->size, a->type->is_signed);
	if (is_narrow(b->type) && fits(a, b->type))
		return type_int(b->type->size, b->type->is_signed);
	if (is_narrow(a->type) && is_narrow(b->type) && a->type->is_signed == b->type->is_signed)
		return type_int(a->type->size > b->type->size ? a->type->size : b->type->size,
				a->type->is_signed);
	if (u && a->type->is_signed && b->type->is_signed)
		u = false;
	return wide(!u);
}

static enum ir_cond condition_of(enum op op, bool is_signed)
{
	switch (op) {
	case OP_EQ: return IR_EQ;
	case OP_NE: return IR_NE;
	case OP_LESS: return is_signed ? IR_SLT : IR_LT;
	case OP_LE: return is_signed ? IR_SLE : IR_LE;
	case OP_GREATER: return is_signed ? IR_SGT : IR_GT;
	default: return is_signed ? IR_SGE : IR_GE;
	}
}

static void compare_numbers(struct lowering *l, const struct expr *e, struct ir_block *yes,
			    struct ir_block *no)
{
	const struct type *type = compared_type(e->a, e->b);
	struct ir_value *x = lower_expr_as(l, e->a, type), *y = lower_expr_as(l, e->b, type);

	if (x != y) {
		x = lower_aside(l, x);
		y = lower_aside(l, y);
	}
	ir_build_branch(&l->b, condition_of(e->op, type->is_signed), x, y, yes, no);
}

/* Equality of what is bytes. */
static void compare_bytes(struct lowering *l, const struct expr *e, struct ir_block *yes,
			  struct ir_block *no)
{
	struct value x = lower_compared(l, e->a), y = lower_compared(l, e->b);

	lower_equal_values(l, x, y, e->op == OP_EQ ? yes : no, e->op == OP_EQ ? no : yes);
}

/* --- truth ----------------------------------------------------------------------------------- */

static void is_not_zero(struct lowering *l, const struct expr *e, struct ir_block *yes,
			struct ir_block *no)
{
	struct value value = lower_expr(l, e, NULL);
	struct ir_value *x;

	if (value.at == AT_TEXT) {
		ir_build_jump(&l->b, value.text_len ? yes : no);
		return;
	}
	if (value.type->kind == TYPE_STRING) {
		value = lower_in_memory(l, value, value.type);
		x = ir_build_load(&l->b, IR_I8, value.ir, value.offset, 1);
	} else {
		x = lower_scalar(l, value);
	}
	ir_build_branch(&l->b, IR_NE, lower_aside(l, x), lower_const(l, x->type, 0), yes, no);
}

static void logical(struct lowering *l, const struct expr *e, struct ir_block *yes,
		    struct ir_block *no)
{
	struct ir_block *rest = ir_build_block(&l->b);
	bool in_chain = l->f->in_chain;
	struct cache cache;

	l->f->in_chain = in_chain && e->op == OP_LOGICAL_AND;
	lower_condition(l, e->a, e->op == OP_LOGICAL_AND ? rest : yes,
			e->op == OP_LOGICAL_AND ? no : rest);
	ir_build_at(&l->b, rest);
	if (e->op == OP_LOGICAL_AND && in_chain) {
		l->f->in_chain = true;
		lower_condition(l, e->b, yes, no);
		return;
	}
	cache = l->f->cache;
	lower_condition(l, e->b, yes, no);
	l->f->cache = cache;
}

void lower_condition(struct lowering *l, const struct expr *e, struct ir_block *yes,
		     struct ir_block *no)
{
	struct span span = l->b.span;
	bool in_chain = l->f->in_chain;

	l->b.span = e->span;
	l->f->in_chain = in_chain && e->kind == EXPR_BINARY && e->op == OP_LOGICAL_AND;
	if (e->is_constant && e->type->kind != TYPE_STRING)
		ir_build_jump(&l->b, e->value ? yes : no);
	else if (e->kind == EXPR_UNARY && e->op == OP_NOT)
		lower_condition(l, e->a, no, yes);
	else if (e->kind == EXPR_BINARY && (e->op == OP_LOGICAL_AND || e->op == OP_LOGICAL_OR))
		logical(l, e, yes, no);
	else if (e->kind == EXPR_BINARY && e->type->kind == TYPE_BOOL && is_number(e->a->type) &&
		 is_number(e->b->type))
		compare_numbers(l, e, yes, no);
	else if (e->kind == EXPR_BINARY && e->type->kind == TYPE_BOOL)
		compare_bytes(l, e, yes, no);
	else
		is_not_zero(l, e, yes, no);
	l->b.span = span;
}

struct ir_value *lower_bool(struct lowering *l, struct ir_block *yes, struct ir_block *no)
{
	struct ir_block *join = ir_build_block(&l->b);
	uint32_t var = ir_build_var(&l->b, IR_I8);

	ir_build_at(&l->b, yes);
	ir_build_set(&l->b, var, lower_const(l, IR_I8, 1));
	ir_build_jump(&l->b, join);
	ir_build_at(&l->b, no);
	ir_build_set(&l->b, var, lower_const(l, IR_I8, 0));
	ir_build_jump(&l->b, join);
	ir_build_at(&l->b, join);
	return ir_build_get(&l->b, var);
}

static struct value truth_value(struct lowering *l, const struct expr *e)
{
	struct ir_block *yes = ir_build_block(&l->b), *no = ir_build_block(&l->b);

	lower_condition(l, e, yes, no);
	return value_reg(e->type, lower_bool(l, yes, no));
}

/* --- choices --------------------------------------------------------------------------------- */

/* Where the values of several ways meet. */
struct meeting {
	const struct type *type;
	struct ir_block *join;
	uint32_t var;       /* scalars */
	struct place place; /* others */
};

static struct meeting begin_meeting(struct lowering *l, const struct type *type,
				    const struct place *want)
{
	struct meeting m = { .type = type, .join = ir_build_block(&l->b) };

	if (type_is_castable_aggregate(type))
		m.type = wide(true);
	if (lower_is_scalar(m.type))
		m.var = ir_build_var(&l->b, lower_ir_type(m.type));
	else if (m.type->kind != TYPE_VOID)
		m.place = want ? *want : lower_memory(l, lower_size(l, m.type), false);
	return m;
}

/* This way has the value @value. */
static void meet(struct lowering *l, struct meeting *m, struct value value)
{
	if (m->type->kind != TYPE_VOID && value.at != AT_NOWHERE) {
		if (lower_is_scalar(m->type))
			ir_build_set(&l->b, m->var, lower_scalar_as(l, value, m->type));
		else
			lower_store(l, value, m->type, m->place);
	}
	ir_build_jump(&l->b, m->join);
}

static struct value end_meeting(struct lowering *l, struct meeting *m)
{
	ir_build_at(&l->b, m->join);
	if (m->type->kind == TYPE_VOID)
		return (struct value){ .type = m->type };
	if (lower_is_scalar(m->type))
		return value_reg(m->type, ir_build_get(&l->b, m->var));
	return value_memory(m->type, m->place);
}

static struct value ternary(struct lowering *l, const struct expr *e, const struct place *want)
{
	struct ir_block *yes = ir_build_block(&l->b), *no = ir_build_block(&l->b);
	struct meeting m = begin_meeting(l, e->type, want);
	const struct place *place = lower_is_scalar(m.type) ? NULL : &m.place;
	struct value value = { .type = e->type };
	struct cache cache;

	if (e->b) {
		lower_condition(l, e->a, yes, no);
	} else {
		struct ir_value *x;

		value = lower_expr(l, e->a, NULL); /* a ?: c */
		x = lower_scalar(l, value);
		ir_build_branch(&l->b, IR_NE, lower_aside(l, x), lower_const(l, x->type, 0), yes,
				no);
		value = value_reg(value.type, x);
	}
	cache = l->f->cache;
	ir_build_at(&l->b, yes);
	meet(l, &m, e->b ? lower_expr(l, e->b, place) : value);
	l->f->cache = cache;
	ir_build_at(&l->b, no);
	meet(l, &m, lower_expr(l, e->c, place));
	l->f->cache = cache;
	return end_meeting(l, &m);
}

static struct value if_expr(struct lowering *l, const struct expr *e, const struct place *want)
{
	struct ir_block *yes, *no;
	const struct place *place;
	struct cache cache;
	struct meeting m;

	if (e->a->is_constant && e->a->type->kind != TYPE_STRING) {
		const struct block *block = e->a->value ? e->block : e->other;

		return block ? lower_block(l, block, want) :
			       (struct value){ .type = type_plain(TYPE_VOID) };
	}
	yes = ir_build_block(&l->b);
	no = ir_build_block(&l->b);
	m = begin_meeting(l, e->type, want);
	place = lower_is_scalar(m.type) || m.type->kind == TYPE_VOID ? NULL : &m.place;
	lower_condition(l, e->a, yes, e->other ? no : m.join);
	cache = l->f->cache;
	ir_build_at(&l->b, yes);
	meet(l, &m, lower_block(l, e->block, place));
	l->f->cache = cache;
	ir_build_at(&l->b, no);
	if (e->other)
		meet(l, &m, lower_block(l, e->other, place));
	else
		ir_build_jump(&l->b, m.join);
	l->f->cache = cache;
	return end_meeting(l, &m);
}

/* --- casts ----------------------------------------------------------------------------------- */

/* Up to 8 bytes of memory as a number. */
static struct value number_of_bytes(struct lowering *l, struct value value, const struct type *to)
{
	uint32_t have = lower_size(l, value.type);
	const struct type *as = type_int(have >= 8 ? 8 : have >= 4 ? 4 : have >= 2 ? 2 : 1, false);
	struct ir_value *x;

	value = lower_in_memory(l, value, value.type);
	value.type = as;
	x = lower_scalar(l, value);
	return value_reg(to, lower_convert(l, x, as, to));
}

static struct value cast_to_array(struct lowering *l, const struct expr *e, struct value value,
				  const struct place *want)
{
	struct place place;
	uint32_t bytes = lower_size(l, e->type);

	if (!lower_is_scalar(value.type)) {
		value.type = e->type;
		return value;
	}
	if (e->type->of->kind == TYPE_BOOL) {
		lower_refuse(l, e->span, "an integer cannot be made an array of bool");
		return lower_nothing(l, e->type);
	}
	place = want ? *want : lower_memory(l, bytes < 8 ? 8 : bytes, false);
	if (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8)
		lower_zero(l, place, bytes);
	lower_store(l, value,
		    type_int(bytes >= 8 ? 8 :
			     bytes >= 4 ? 4 :
			     bytes >= 2 ? 2 :
					  1,
			     false),
		    place);
	return value_memory(e->type, place);
}

static struct value cast(struct lowering *l, const struct expr *e, const struct place *want)
{
	struct value value = lower_expr(l, e->a, NULL);

	switch (e->type->kind) {
	case TYPE_INT:
	case TYPE_BOOL:
	case TYPE_ENUM:
		if (!lower_is_scalar(value.type))
			return number_of_bytes(l, value, e->type);
		return value_reg(e->type, lower_scalar_as(l, value, e->type));
	case TYPE_POINTER:
		if (value.at == AT_REG && value.type->kind == TYPE_POINTER) {
			value.is_typed &= type_equal(value.type, e->type);
			if (!value.is_typed)
				value = value_reg(e->type, lower_scalar(l, value));
			value.type = e->type;
			return value;
		}
		if (value.at == AT_POINTED &&
		    !lower_is_scalar(value.type)) { /* the address of it */
			struct ir_value *base =
				value.ir->type == IR_PTR ?
					ir_build_op1(&l->b, IR_CAST, IR_I64, value.ir) :
					value.ir;

			return value_reg(e->type, lower_address(l, base, value.offset));
		}
		if (value.at == AT_MEMORY && !lower_is_scalar(value.type)) {
			struct ir_value *p = lower_address(l, value.ir, value.offset);

			return value_reg(e->type, ir_build_op1(&l->b, IR_CAST, IR_I64, p));
		}
		return value_reg(e->type, lower_scalar_as(l, value, e->type));
	case TYPE_ARRAY: return cast_to_array(l, e, value, want);
	case TYPE_STRING:
	case TYPE_BUFFER:
		if (!type_equal(value.type, e->type) && value.type->kind == e->type->kind) {
			struct place place = want ? *want :
						    lower_memory(l, lower_size(l, e->type), false);

			lower_store(l, value, e->type, place);
			return value_memory(e->type, place);
		}
		value.type = e->type;
		return value;
	default: value.type = e->type; return value;
	}
}

/* --- the rest -------------------------------------------------------------------------------- */

/* '&$x', '&@x': entries of maps can be deleted, and what is read from elsewhere is a copy. */
static struct value address_of(struct lowering *l, const struct expr *e)
{
	const struct table *t = e->a->kind == EXPR_MAP ? lower_table(l, e->a->map) : NULL;
	struct place place;

	if (e->a->kind == EXPR_VAR) {
		place = lower_binding(l, e->a->var)->place;
	} else if (t && !t->key && !t->out.is_percpu) {
		place = lower_global(l, t);
	} else {
		lower_refuse(l, e->span,
			     "only variables and plain maps without key have an address");
		return lower_nothing(l, e->type);
	}
	return value_reg(e->type,
			 ir_build_op1(&l->b, IR_CAST, IR_I64, lower_place_address(l, place)));
}

static struct value unary(struct lowering *l, const struct expr *e)
{
	struct ir_value *x;

	switch (e->op) {
	case OP_DEREFERENCE: return lower_dereference(l, e);
	case OP_ADDRESS: return address_of(l, e);
	case OP_NEGATE:
		x = lower_expr_as(l, e->a, wide(true));
		return value_reg(e->type, ir_build_op1(&l->b, IR_NEG, IR_I64, x));
	case OP_COMPLEMENT:
		x = lower_expr_as(l, e->a, wide(e->type->is_signed));
		return value_reg(e->type, ir_build_op2(&l->b, IR_XOR, x,
						       lower_const(l, IR_I64, UINT64_MAX)));
	default: return value_reg(e->type, lower_expr_as(l, e->a, e->type));
	}
}

/* '++' and '--' of variables. */
static struct value step(struct lowering *l, const struct expr *e)
{
	struct binding *binding;
	struct ir_value *old, *next, *by;
	const struct type *type;

	if (e->a->kind != EXPR_VAR)
		return lower_map_step(l, e, true);
	binding = lower_binding(l, e->a->var);
	type = binding->type;
	old = lower_scalar(l, lower_variable(l, binding));
	by = lower_const(l, old->type,
			 type->kind == TYPE_POINTER && type->of->size ? type->of->size : 1);
	next = ir_build_op2(&l->b, e->op == OP_SUB ? IR_SUB : IR_ADD, old, by);
	lower_set_variable(l, binding, value_reg(type, next));
	return value_reg(type, e->is_prefix ? next : old);
}

static struct value tuple(struct lowering *l, const struct expr *e, const struct place *want)
{
	struct place place = want ? *want : lower_memory(l, lower_size(l, e->type), false);

	lower_expr_into(l, e, e->type, place);
	return value_memory(e->type, place);
}

static struct value typeinfo(struct lowering *l, const struct expr *e, const struct place *want)
{
	const struct type *asked = e->asked;
	struct place place = want ? *want : lower_memory(l, lower_size(l, e->type), false);
	const struct shape *shape = lower_shape(l, e->type, NULL);

	for (uint32_t i = 0; i < e->type->field_count; i++) {
		const struct field *f = &e->type->fields[i];
		const char *text = type_name(l->arena, asked);
		struct value value = { .type = f->type, .at = AT_TEXT };

		if (f->type->kind == TYPE_INT) {
			value = value_reg(f->type, lower_const(l, IR_I64, asked->btf_id));
		} else {
			if (!strcmp(f->name, "base_type"))
				text = type_kind_text(asked->kind);
			value.text = text;
			value.text_len = strlen(text);
		}
		lower_store(l, value, f->type, place_at(place, shape->fields[i].offset));
	}
	return value_memory(e->type, place);
}

static struct value expr(struct lowering *l, const struct expr *e, const struct place *want)
{
	if (e->is_constant)
		return constant(l, e);
	switch (e->kind) {
	case EXPR_NAME: return e->builtin ? lower_builtin(l, e, want) : lower_expr(l, e->a, want);
	case EXPR_VAR: return lower_variable(l, lower_binding(l, e->var));
	case EXPR_MAP: return lower_map_read(l, e, want);
	case EXPR_INDEX:
		return e->a->kind == EXPR_MAP ? lower_map_read(l, e, want) :
						lower_index(l, e, want);
	case EXPR_FIELD: return lower_field(l, e, want);
	case EXPR_ELEMENT: return lower_element(l, e, want);
	case EXPR_UNARY: return e->op == OP_NOT ? truth_value(l, e) : unary(l, e);
	case EXPR_STEP: return step(l, e);
	case EXPR_BINARY: return e->type->kind == TYPE_BOOL ? truth_value(l, e) : arithmetic(l, e);
	case EXPR_TERNARY: return ternary(l, e, want);
	case EXPR_IF: return if_expr(l, e, want);
	case EXPR_BLOCK: return lower_block(l, e->block, want);
	case EXPR_CAST: return cast(l, e, want);
	case EXPR_CALL: return e->builtin ? lower_builtin(l, e, want) : lower_function(l, e, want);
	case EXPR_TUPLE:
	case EXPR_RECORD: return tuple(l, e, want);
	case EXPR_TYPEINFO: return typeinfo(l, e, want);
	case EXPR_COMPTIME: return lower_expr(l, e->a, want);
	default: break;
	}
	lower_refuse(l, e->span, "this has no value that a program can compute");
	return lower_nothing(l, e->type);
}

struct value lower_expr(struct lowering *l, const struct expr *e, const struct place *want)
{
	struct span span = l->b.span;
	struct value value;

	l->b.span = e->span;
	value = expr(l, e, want);
	l->b.span = span;
	return value;
}

struct ir_value *lower_expr_as(struct lowering *l, const struct expr *e, const struct type *type)
{
	struct value value;

	if (e->is_constant && !e->text && lower_is_scalar(type) && type->kind != TYPE_BOOL)
		return lower_const(l, lower_ir_type(type), e->value);
	value = lower_expr(l, e, NULL);
	if (!lower_is_scalar(value.type))
		return lower_scalar(l, number_of_bytes(l, value, type));
	return lower_scalar_as(l, value, type);
}

/* The type of part @i of @type that the element @arg of @e goes to. */
static uint32_t part_of(const struct type *type, const struct expr *arg, uint32_t i)
{
	if (type->kind == TYPE_RECORD)
		for (uint32_t k = 0; k < type->field_count; k++)
			if (arg->label && !strcmp(type->fields[k].name, arg->label))
				return k;
	return i;
}

void lower_expr_into(struct lowering *l, const struct expr *e, const struct type *type,
		     struct place to)
{
	const struct shape *shape;
	uint32_t i = 0, bytes = 0;

	if (e->is_constant || (e->kind != EXPR_TUPLE && e->kind != EXPR_RECORD) ||
	    (type->kind != TYPE_TUPLE && type->kind != TYPE_RECORD)) {
		bool has_room = !lower_is_scalar(type) && e->type->kind == type->kind &&
				lower_size(l, e->type) <= lower_size(l, type);

		lower_store(l, lower_expr(l, e, has_room ? &to : NULL), type, to);
		return;
	}
	shape = lower_shape(l, type, NULL);
	for (uint32_t k = 0; k < shape->count; k++)
		bytes += shape->fields[k].shape->size;
	if (to.is_padded && bytes < shape->size) /* the gaps of keys are zero */
		lower_zero(l, to, shape->size);
	for (const struct expr *arg = e->args; arg; arg = arg->next, i++) {
		uint32_t part = part_of(type, arg, i);

		if (part < shape->count)
			lower_expr_into(l, arg, type->fields[part].type,
					place_at(to, shape->fields[part].offset));
	}
}
