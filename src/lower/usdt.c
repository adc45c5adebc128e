/*
 * usdt.c - arguments of USDT probes: wherever the program has them when it gets there.
 */
#include "probe/catalog.h"
#include "lower/lowering.h"

enum { NO_INDEX = UINT16_MAX };

static struct ir_value *register_at(struct lowering *l, uint16_t offset)
{
	return ir_build_context(&l->b, IR_I64, offset, 8);
}

/* base + index * scale + displacement */
static struct ir_value *address_of(struct lowering *l, const struct catalog_usdt_arg *arg)
{
	struct ir_value *address = register_at(l, arg->reg), *index;

	if (arg->index != NO_INDEX) {
		index = ir_build_op2(&l->b, IR_MUL, register_at(l, arg->index),
				     lower_const(l, IR_I64, arg->scale));
		address = ir_build_op2(&l->b, IR_ADD, address, index);
	}
	return ir_build_op2(&l->b, IR_ADD, address, lower_const(l, IR_I64, (uint64_t)arg->value));
}

/* The argument as an integer of its own width. */
static struct ir_value *argument(struct lowering *l, const struct catalog_usdt_arg *arg,
				 const struct type *type)
{
	struct ir_value *wide;

	if (arg->place == USDT_MEMORY)
		return lower_read(l, SPACE_USER, type, address_of(l, arg));
	wide = arg->place == USDT_CONSTANT ? lower_const(l, IR_I64, (uint64_t)arg->value) :
					     register_at(l, arg->reg);
	return lower_convert(l, wide, type_int(8, false), type);
}

struct value lower_usdt_arg(struct lowering *l, const struct expr *e)
{
	const struct attach *attach = l->group->first;
	const struct catalog_usdt_arg *arg;
	const struct type *type;

	if (e->number >= attach->usdt_arg_count) {
		lower_refuse(l, e->span, "'%s' has no 'arg%llu': it was built with %u argument%s",
			     attach->full_name, (unsigned long long)e->number,
			     attach->usdt_arg_count, attach->usdt_arg_count == 1 ? "" : "s");
		return lower_nothing(l, e->type);
	}
	arg = &attach->usdt_args[e->number];
	if (arg->place == USDT_UNKNOWN) {
		lower_refuse(l, e->span, "'arg%llu' of '%s' is where programs cannot read it: %s",
			     (unsigned long long)e->number, attach->full_name, arg->text);
		return lower_nothing(l, e->type);
	}
	type = type_int(arg->bytes, arg->is_signed);
	return value_reg(e->type, lower_convert(l, argument(l, arg, type), type, e->type));
}
