/*
 * stmt.c - statements and variables.
 */
#include "lower/bytes.h"

/* --- variables ------------------------------------------------------------------------------- */

struct binding *lower_bind(struct lowering *l, const struct variable *variable,
			   const struct type *type, bool in_memory)
{
	static struct binding spare;
	struct binding *binding = lower_alloc(l, 1, sizeof *binding);

	if (!binding)
		binding = &spare;
	*binding = (struct binding){ .variable = variable,
				     .type = type,
				     .in_memory = in_memory ||
						  (variable && variable->is_pointed_at) ||
						  !lower_is_scalar(type),
				     .next = l->f->bindings };
	if (binding->in_memory)
		binding->place = lower_memory(l, lower_size(l, type), true);
	else
		binding->var = ir_build_var(&l->b, lower_ir_type(type));
	if (binding != &spare)
		l->f->bindings = binding;
	if (variable && variable->is_measured)
		binding->length = lower_bind(l, NULL, type_int(8, true), false);
	return binding;
}

struct binding *lower_binding(struct lowering *l, const struct variable *variable)
{
	for (struct binding *b = l->f->bindings; b; b = b->next)
		if (b->variable == variable)
			return b;
	return lower_bind(l, variable, variable->type, false);
}

struct value lower_variable(struct lowering *l, struct binding *binding)
{
	if (binding->in_memory)
		return value_memory(binding->type, binding->place);
	return value_reg(binding->type, ir_build_get(&l->b, binding->var));
}

void lower_set_variable(struct lowering *l, struct binding *binding, struct value value)
{
	if (binding->in_memory)
		lower_store(l, value, binding->type, binding->place);
	else
		ir_build_set(&l->b, binding->var, lower_scalar_as(l, value, binding->type));
}

/* $x = e.  Bytes are made somewhere else first: the old ones may be a part of the new. */
static void assign_variable(struct lowering *l, const struct stmt *s)
{
	struct binding *binding = lower_binding(l, s->target->var);
	struct ir_value *x, *y;
	bool is_signed = binding->type->is_signed;

	if (s->op == OP_NONE) {
		if (binding->length)
			lower_set_length(l, binding, s->value);
		if (lower_is_scalar(binding->type) && s->value->is_constant && !s->value->text)
			lower_set_variable(l, binding,
					   value_reg(binding->type,
						     lower_expr_as(l, s->value, binding->type)));
		else
			lower_set_variable(l, binding, lower_expr(l, s->value, NULL));
		return;
	}
	x = lower_scalar_as(l, lower_variable(l, binding), type_int(8, is_signed));
	y = lower_expr_as(l, s->value, type_int(8, is_signed));
	if (binding->type->kind == TYPE_POINTER && binding->type->of->size > 1)
		y = ir_build_op2(&l->b, IR_MUL, y, lower_const(l, IR_I64, binding->type->of->size));
	lower_set_variable(l, binding,
			   value_reg(type_int(8, is_signed),
				     lower_arithmetic(l, s->op, is_signed, x, y)));
}

static void let(struct lowering *l, const struct stmt *s)
{
	struct binding *binding;

	if (!s->target->var || s->target->var->type->kind == TYPE_NONE)
		return; /* never given a value: nobody can ask for it */
	binding = lower_binding(l, s->target->var);
	if (s->value) {
		assign_variable(l, s);
	} else if (binding->in_memory) {
		lower_zero(l, binding->place, lower_size(l, binding->type));
	} else {
		ir_build_set(&l->b, binding->var, lower_const(l, lower_ir_type(binding->type), 0));
	}
	if (binding->length && !s->value)
		ir_build_set(&l->b, binding->length->var, lower_const(l, IR_I64, 0));
}

/* --- control --------------------------------------------------------------------------------- */

void lower_unreachable(struct lowering *l)
{
	if (!l->b.block)
		ir_build_at(&l->b, ir_build_block(&l->b));
}

void lower_return(struct lowering *l, struct ir_value *value)
{
	for (const struct looping *loop = l->f->loop; loop; loop = loop->outer)
		if (loop->rounds)
			rounds_leave(l, loop->rounds);
	if (l->f->returning.block)
		ir_build_jump(&l->b, l->f->returning.block);
	else
		ir_build_return(&l->b, value ? value : lower_const(l, IR_I32, 0));
	lower_unreachable(l);
}

static void return_stmt(struct lowering *l, const struct stmt *s)
{
	struct ir_value *value = NULL;

	if (s->value && l->f->returning.block) {
		if (l->f->returning.result)
			lower_set_variable(l, l->f->returning.result,
					   lower_expr(l, s->value, NULL));
	} else if (s->value) {
		struct value result = lower_expr(l, s->value, NULL);

		if (lower_is_scalar(result.type))
			value = lower_scalar_as(l, result, type_int(8, true));
	}
	lower_return(l, value);
}

static void statement(struct lowering *l, const struct stmt *s)
{
	switch (s->kind) {
	case STMT_EXPR:
		if (s->value->kind == EXPR_STEP && s->value->a->kind != EXPR_VAR)
			(void)lower_map_step(l, s->value, false);
		else if (s->value->kind != EXPR_CALL || s->value->builtin ||
			 !lower_action(l, s->value))
			(void)lower_expr(l, s->value, NULL);
		break;
	case STMT_ASSIGN:
		if (s->target->kind == EXPR_VAR)
			assign_variable(l, s);
		else
			lower_map_assign(l, s);
		break;
	case STMT_DISCARD: (void)lower_expr(l, s->value, NULL); break;
	case STMT_LET: let(l, s); break;
	case STMT_RETURN: return_stmt(l, s); break;
	case STMT_WHILE:
	case STMT_FOR_MAP:
	case STMT_FOR_RANGE:
	case STMT_UNROLL:
	case STMT_BREAK:
	case STMT_CONTINUE: lower_loop(l, s); break;
	case STMT_IMPORT: lower_refuse(l, s->span, "this cannot be compiled yet"); break;
	}
}

struct value lower_block(struct lowering *l, const struct block *block, const struct place *want)
{
	for (const struct stmt *s = block->first; s; s = s->next) {
		uint32_t mark = lower_mark(l);

		l->b.span = s->span;
		statement(l, s);
		lower_release(l, mark);
	}
	if (!block->value)
		return (struct value){ .type = type_plain(TYPE_VOID) };
	if (block->value->kind == EXPR_CALL && !block->value->builtin &&
	    lower_action(l, block->value))
		return (struct value){ .type = type_plain(TYPE_VOID) };
	return lower_expr(l, block->value, want);
}
