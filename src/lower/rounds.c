/*
 * rounds.c - loops that end, in the eyes of the kernel's verifier too.
 *
 * A plain loop is walked through round by round, which costs its time for every instruction of every
 * round.  With bpf_iter_num (Linux 6.4) it knows that there will be an end, and stops as soon as a round
 * begins in a state that it has seen.  Scalars are compared by the ranges they can have, so a counter
 * that goes up by one would make every state a new one; adding a zero of which it does not know that
 * it is one makes it 'any number' at once.
 */
#include "lower/bytes.h"

enum {
	MOST_ROUNDS = 8 << 20, /* of an iterator: BPF_MAX_LOOPS */
};

static struct ir_value *call_iterator(struct lowering *l, const char *kfunc, enum ir_type type,
				      struct ir_value *const *args, uint32_t count)
{
	return ir_build_kfunc(&l->b, type, kernel_find_id(l->types->kernel, BTF_FUNC, kfunc), args,
			      count);
}

bool rounds_are_asked(const struct lowering *l)
{
	return l->types->kernel && kernel_find_id(l->types->kernel, BTF_FUNC, "bpf_iter_num_new");
}

/* The lesser of @count and @most, as an i32. */
static struct ir_value *rounds_count(struct lowering *l, uint32_t most, struct ir_value *count)
{
	struct ir_block *many, *join;
	uint32_t var;

	if (!count)
		return lower_const(l, IR_I32, most);
	many = ir_build_block(&l->b);
	join = ir_build_block(&l->b);
	var = ir_build_var(&l->b, IR_I64);
	ir_build_set(&l->b, var, count);
	ir_build_branch(&l->b, IR_GT, count, lower_const(l, IR_I64, most), many, join);
	ir_build_at(&l->b, many);
	ir_build_set(&l->b, var, lower_const(l, IR_I64, most));
	ir_build_jump(&l->b, join);
	ir_build_at(&l->b, join);
	return ir_build_op1(&l->b, IR_TRUNC, IR_I32, ir_build_get(&l->b, var));
}

static void begin_iterator(struct lowering *l, struct rounds *r, uint32_t most,
			   struct ir_value *count)
{
	struct ir_block *body = ir_build_block(&l->b), *good = ir_build_block(&l->b);
	struct ir_value *number, *args[3];

	args[2] = rounds_count(l, most, count);
	args[1] = lower_const(l, IR_I32, 0);
	args[0] = r->iterator = ir_build_imm(&l->b, IR_SLOT, IR_PTR, 8);
	(void)call_iterator(l, "bpf_iter_num_new", IR_VOID, args, 3);
	ir_build_jump(&l->b, r->head);
	ir_build_at(&l->b, r->head);
	number = call_iterator(l, "bpf_iter_num_next", IR_PTR, &r->iterator, 1);
	ir_build_branch(&l->b, IR_EQ, number, lower_const(l, IR_PTR, 0), r->after, body);
	ir_build_at(&l->b, body);
	number = ir_build_load(&l->b, IR_I32, number, 0, 4);
	r->index =
		ir_build_op1(&l->b, IR_HIDE, IR_I64, ir_build_op1(&l->b, IR_ZEXT, IR_I64, number));
	ir_build_branch(&l->b, IR_LT, r->index, lower_const(l, IR_I64, most), good, r->after);
	ir_build_at(&l->b, good);
}

static void begin_plain(struct lowering *l, struct rounds *r, uint32_t most, struct ir_value *count)
{
	struct ir_block *body = ir_build_block(&l->b), *rest;

	r->var = ir_build_var(&l->b, IR_I64);
	ir_build_set(&l->b, r->var, lower_const(l, IR_I64, 0));
	ir_build_jump(&l->b, r->head);
	ir_build_at(&l->b, r->head);
	r->index = ir_build_get(&l->b, r->var);
	ir_build_branch(&l->b, IR_LT, r->index, lower_const(l, IR_I64, most), body, r->after);
	ir_build_at(&l->b, body);
	if (!count)
		return;
	rest = ir_build_block(&l->b);
	ir_build_branch(&l->b, IR_LT, r->index, count, rest, r->after);
	ir_build_at(&l->b, rest);
}

void rounds_begin_if(struct lowering *l, struct rounds *r, uint32_t most, struct ir_value *count,
		     uint32_t plain)
{
	*r = (struct rounds){
		.head = ir_build_block(&l->b),
		.next = ir_build_block(&l->b),
		.after = ir_build_block(&l->b),
	};
	if (most > MOST_ROUNDS)
		most = MOST_ROUNDS;
	if (most > plain && rounds_are_asked(l))
		begin_iterator(l, r, most, count);
	else
		begin_plain(l, r, most, count);
}

void rounds_begin(struct lowering *l, struct rounds *r, uint32_t most, struct ir_value *count)
{
	rounds_begin_if(l, r, most, count, ROUNDS_PLAIN);
}

void rounds_leave(struct lowering *l, const struct rounds *r)
{
	if (r->iterator)
		(void)call_iterator(l, "bpf_iter_num_destroy", IR_VOID, &r->iterator, 1);
}

void rounds_end(struct lowering *l, struct rounds *r)
{
	struct ir_value *next;

	if (l->b.block)
		ir_build_jump(&l->b, r->next);
	ir_build_at(&l->b, r->next);
	if (!r->iterator) {
		next = ir_build_op2(&l->b, IR_ADD, ir_build_get(&l->b, r->var),
				    lower_const(l, IR_I64, 1));
		ir_build_set(&l->b, r->var, next);
	}
	ir_build_jump(&l->b, r->head);
	ir_build_at(&l->b, r->after);
	rounds_leave(l, r);
}

struct ir_value *lower_forget(struct lowering *l, struct ir_value *x)
{
	struct ir_value *zero =
		ir_build_load(&l->b, x->type, lower_unknown_zero(l), 0, ir_type_bits(x->type) / 8);

	return ir_build_op2(&l->b, IR_ADD, x, zero);
}

struct ir_value *lower_aside(struct lowering *l, struct ir_value *x)
{
	bool is_number = !ir_is_const(x) && x->type != IR_PTR;

	return l->group && l->group->is_branchy && is_number ? lower_forget(l, x) : x;
}

void rounds_carry(struct lowering *l, const struct rounds *r, uint32_t var)
{
	if (r->iterator)
		ir_build_set(&l->b, var, lower_forget(l, ir_build_get(&l->b, var)));
}
