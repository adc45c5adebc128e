/*
 * test.c - from branches to sets of values.
 */
#include "ir/test.h"

#include "ir/known.h"

static bool begin(const struct ir_block *b, struct test *t)
{
	uint64_t c, mask;

	if (b->end != IR_END_BRANCH || !ir_is_const(b->operands[1]) || ir_is_const(b->operands[0]))
		return false;
	c = (uint64_t)b->operands[1]->imm;
	mask = ir_type_mask(b->operands[0]->type);
	t->value = b->operands[0];
	t->count = 1;
	switch (b->cond) {
	case IR_EQ: t->pieces[0] = (struct test_piece){ c, c }; return true;
	case IR_LT: t->pieces[0] = (struct test_piece){ 0, c - 1 }; return c != 0;
	case IR_SET: /* of the highest bits: not less than the lowest of them */
		t->pieces[0] = (struct test_piece){ c & (0 - c), mask };
		return c && (ir_possible_bits(t->value) & ~c) == (c & (0 - c)) - 1;
	default: return false;
	}
}

/* value & mask in pieces: what does it say of value? */
static bool through_and(struct test *t, const struct ir_value *inner, uint64_t mask)
{
	uint64_t possible = ir_possible_bits(inner), rest = possible & ~mask;

	if (rest & (rest + 1) || possible & (possible + 1)) /* each a run of low bits */
		return false;
	for (unsigned int i = 0; i < t->count; i++) {
		if (t->pieces[i].low & rest)
			return false;
		t->pieces[i].high |= rest;
	}
	return true;
}

static void through_add(struct test *t, uint64_t c, uint64_t mask)
{
	struct test_piece *p = &t->pieces[0];

	p->low = (p->low - c) & mask;
	p->high = (p->high - c) & mask;
	if (p->low <= p->high)
		return;
	t->pieces[1] = (struct test_piece){ p->low, mask }; /* it goes around the end */
	p->low = 0;
	t->count = 2;
}

/* One operation further inside; false if there is none, or it would not be a set of pieces. */
static bool go_inside(struct test *t)
{
	struct ir_value *v = t->value, *inner = v->args[0];
	uint64_t c;

	if (v->op == IR_ZEXT) {
		uint64_t mask = ir_type_mask(inner->type);

		if (t->pieces[0].low > mask || t->count > 1)
			return false;
		if (t->pieces[0].high > mask)
			t->pieces[0].high = mask;
		t->value = inner;
		return true;
	}
	if (ir_ops[v->op].args != 2 || !inner || ir_is_const(inner) || !ir_is_const(v->args[1]))
		return false;
	c = (uint64_t)v->args[1]->imm;
	switch (v->op) {
	case IR_AND:
		if (t->count > 1 || !through_and(t, inner, c))
			return false;
		break;
	case IR_ADD:
		if (t->count > 1)
			return false;
		through_add(t, c, ir_type_mask(v->type));
		break;
	case IR_SHR:
		for (unsigned int i = 0; i < t->count; i++) {
			if (t->pieces[i].high > ir_type_mask(v->type) >> c)
				return false;
			t->pieces[i].low <<= c;
			t->pieces[i].high = t->pieces[i].high << c | (((uint64_t)1 << c) - 1);
		}
		break;
	default: return false;
	}
	t->value = inner;
	return true;
}

bool test_of_branch(const struct ir_block *b, struct test *ret_test)
{
	struct test t;

	if (!begin(b, &t))
		return false;
	while (go_inside(&t))
		continue;
	*ret_test = t;
	return true;
}
