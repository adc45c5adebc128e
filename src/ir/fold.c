/*
 * fold.c - constants and algebra: each value and each branch in its simplest form.
 *
 * Needs: nothing.  Keeps: the blocks; what can no longer be reached stays until ir_order.  Breaks:
 * use counts.
 *
 * What later passes and emitters may rely on afterwards:
 *  - constants are right operands, where operands may be exchanged, and of every comparison;
 *  - branches compare by eq, lt, slt or set only, the others being their negations or exchanges;
 *  - there is no subtraction, multiplication, division or remainder by a constant where addition, shift
 *    or mask do; a packet load's base is neither a constant nor a sum with one;
 *  - 'and' with a constant clears at least one bit that might be set.
 */
#include "ir/ir_pass.h"

#include <assert.h>

#include "ir/known.h"

struct fold {
	struct ir_fn *fn;
	bool changed;
};

static bool is_power_of_2(uint64_t n)
{
	return n && !(n & (n - 1));
}

static uint64_t log_2(uint64_t n)
{
	return (uint64_t)__builtin_ctzll(n);
}

static uint64_t imm_of(const struct ir_value *value)
{
	return (uint64_t)value->imm;
}

/* Is @v the operation @op with a constant on the right? */
static bool is_op_const(const struct ir_value *v, enum ir_op op)
{
	return v->op == op && ir_is_const(v->args[1]);
}

/* Change @v in place to @op of @a and the constant @b. */
static void become(struct fold *f, struct ir_value *v, enum ir_op op, struct ir_value *a,
		   uint64_t b)
{
	v->op = op;
	v->args[0] = a;
	v->args[1] = ir_const(f->fn, v->type, b);
	f->changed = true;
}

/*
 * Values.  These return what stands for the value, or NULL if it stays, perhaps changed in place.
 */

static struct ir_value *fold_constants(struct fold *f, const struct ir_value *v)
{
	uint64_t a, b;

	if (!ir_can_fold(v->op) || !ir_is_const(v->args[0]))
		return NULL;
	a = imm_of(v->args[0]);
	if (v->op == IR_ZEXT || v->op == IR_SEXT || v->op == IR_TRUNC)
		return ir_const(f->fn, v->type, ir_fold_cast(v->op, v->type, v->args[0]->type, a));
	if (ir_ops[v->op].args == 1)
		return ir_const(f->fn, v->type, ir_fold_op(v->op, v->type, a, 0));
	if (!ir_is_const(v->args[1]))
		return NULL;
	b = imm_of(v->args[1]);
	if (!b && (v->op == IR_DIV_OR_END || v->op == IR_MOD_OR_END))
		return NULL;
	return ir_const(f->fn, v->type, ir_fold_op(v->op, v->type, a, b));
}

static struct ir_value *fold_shift(struct fold *f, struct ir_value *v, uint64_t count)
{
	unsigned int bits = ir_type_bits(v->type);
	struct ir_value *a = v->args[0];

	count &= bits - 1;
	if (!count)
		return a;
	if (count != imm_of(v->args[1]))
		become(f, v, v->op, a, count);
	if (v->op == IR_SAR || !is_op_const(a, v->op))
		return NULL;
	count += imm_of(a->args[1]) & (bits - 1);
	if (count >= bits)
		return ir_const(f->fn, v->type, 0);
	become(f, v, v->op, a->args[0], count);
	return NULL;
}

static struct ir_value *fold_and(struct fold *f, struct ir_value *v, uint64_t mask)
{
	struct ir_value *a = v->args[0];

	mask &= ir_possible_bits(a);
	if (!mask)
		return ir_const(f->fn, v->type, 0);
	if (mask == ir_possible_bits(a))
		return a;
	if (is_op_const(a, IR_AND))
		become(f, v, IR_AND, a->args[0], mask & imm_of(a->args[1]));
	return NULL;
}

/* @v is an operation with the constant @c on its right. */
static struct ir_value *fold_with_constant(struct fold *f, struct ir_value *v, uint64_t c)
{
	struct ir_value *a = v->args[0];
	uint64_t mask = ir_type_mask(v->type);

	switch (v->op) {
	case IR_SUB: become(f, v, IR_ADD, a, 0 - c); return c ? NULL : a;
	case IR_ADD:
	case IR_XOR:
		if (!c)
			return a;
		if (is_op_const(a, v->op))
			become(f, v, v->op, a->args[0],
			       ir_fold_op(v->op, v->type, imm_of(a->args[1]), c));
		return NULL;
	case IR_OR:
		if (c == mask)
			return v->args[1];
		return c ? NULL : a;
	case IR_AND: return fold_and(f, v, c);
	case IR_MUL:
		if (!c)
			return v->args[1];
		if (is_power_of_2(c))
			become(f, v, IR_SHL, a, log_2(c));
		return c == 1 ? a : NULL;
	case IR_DIV_OR_END:
	case IR_DIV:
		if (is_power_of_2(c))
			become(f, v, IR_SHR, a, log_2(c));
		else if (c)
			v->op = IR_DIV;
		else if (v->op == IR_DIV)
			return v->args[1];
		return c == 1 ? a : NULL;
	case IR_MOD_OR_END:
	case IR_MOD:
		if (is_power_of_2(c))
			become(f, v, IR_AND, a, c - 1);
		else if (c)
			v->op = IR_MOD;
		else if (v->op == IR_MOD)
			return a;
		return NULL;
	case IR_SHL:
	case IR_SHR:
	case IR_SAR: return fold_shift(f, v, c);
	default: return NULL;
	}
}

static struct ir_value *fold_same_operands(struct fold *f, const struct ir_value *v)
{
	if (ir_ops[v->op].args != 2 || v->args[0] != v->args[1])
		return NULL;
	switch (v->op) {
	case IR_SUB:
	case IR_XOR: return ir_const(f->fn, v->type, 0);
	case IR_AND:
	case IR_OR: return v->args[0];
	default: return NULL;
	}
}

static struct ir_value *fold_cast(struct fold *f, struct ir_value *v)
{
	struct ir_value *a = v->args[0];

	if (v->op == IR_TRUNC && (a->op == IR_ZEXT || a->op == IR_SEXT)) {
		enum ir_type inner = a->args[0]->type;

		if (inner == v->type)
			return a->args[0];
		if (ir_type_bits(inner) < ir_type_bits(v->type))
			v->op = a->op; /* narrower still: extend by less */
		v->args[0] = a->args[0];
		f->changed = true;
	} else if (a->op == v->op) {
		v->args[0] = a->args[0];
		f->changed = true;
	}
	return NULL;
}

static void fold_packet(struct fold *f, struct ir_value *v)
{
	struct ir_value *base = v->args[0];

	if (!base)
		return;
	if (ir_is_const(base)) {
		v->imm = (uint32_t)(imm_of(base) + (uint64_t)v->imm);
		v->args[0] = NULL;
		f->changed = true;
	} else if (is_op_const(base, IR_ADD)) {
		v->imm = (uint32_t)(imm_of(base->args[1]) + (uint64_t)v->imm);
		v->args[0] = base->args[0];
		f->changed = true;
	}
}

/* pointer + a + b */
static struct ir_value *fold_ptr_add(struct fold *f, struct ir_value *v)
{
	struct ir_value *ptr = v->args[0];

	if (!ir_is_const(v->args[1]))
		return NULL;
	if (!v->args[1]->imm)
		return ptr;
	if (is_op_const(ptr, IR_PTR_ADD)) {
		v->args[1] = ir_const(f->fn, IR_I64, imm_of(v->args[1]) + imm_of(ptr->args[1]));
		v->args[0] = ptr->args[0];
		f->changed = true;
	}
	return NULL;
}

/* Constants added to an address go into the displacement. */
static void fold_address(struct fold *f, struct ir_value *v)
{
	struct ir_value *ptr = v->args[0];
	int64_t at;

	if (!is_op_const(ptr, IR_PTR_ADD) ||
	    __builtin_add_overflow(v->imm, ptr->args[1]->imm, &at) || at < INT16_MIN ||
	    at > INT16_MAX)
		return;
	v->imm = at;
	v->args[0] = ptr->args[0];
	f->changed = true;
}

static struct ir_value *fold_value(struct fold *f, struct ir_value *v)
{
	const struct ir_op_info *info = &ir_ops[v->op];
	struct ir_value *folded;

	switch (v->op) {
	case IR_PHI: return ir_phi_only(v);
	case IR_PACKET: fold_packet(f, v); return NULL;
	case IR_COPY: return v->args[0];
	case IR_SELECT:
		if (v->args[1] == v->args[2])
			return v->args[1];
		return ir_is_const(v->args[0]) ? v->args[v->args[0]->imm ? 1 : 2] : NULL;
	case IR_PTR_ADD: return fold_ptr_add(f, v);
	case IR_LOAD:
	case IR_STORE:
	case IR_ATOMIC_ADD:
	case IR_ATOMIC_XCHG:
	case IR_ATOMIC_CMPXCHG: fold_address(f, v); return NULL;
	case IR_HIDE: return NULL;
	default: break;
	}
	if (info->effect == IR_READS || info->effect == IR_WRITES)
		return NULL;
	if (info->commutes && ir_is_const(v->args[0]) && !ir_is_const(v->args[1])) {
		struct ir_value *a = v->args[0];

		v->args[0] = v->args[1];
		v->args[1] = a;
		f->changed = true;
	}
	if (info->args == 0)
		return NULL;
	folded = fold_constants(f, v);
	if (!folded)
		folded = fold_same_operands(f, v);
	if (folded)
		return folded;
	if (v->op == IR_NEG)
		return v->args[0]->op == IR_NEG ? v->args[0]->args[0] : NULL;
	if (v->op == IR_ZEXT || v->op == IR_SEXT || v->op == IR_TRUNC)
		return fold_cast(f, v);
	if (info->args == 2 && v->op == IR_SUB && ir_is_const(v->args[0]) && !v->args[0]->imm) {
		v->op = IR_NEG;
		v->args[0] = v->args[1];
		v->args[1] = NULL;
		f->changed = true;
		return NULL;
	}
	if (info->args == 2 && ir_is_const(v->args[1]))
		return fold_with_constant(f, v, imm_of(v->args[1]));
	return NULL;
}

/* Does @v end the program whenever it is reached? */
static bool always_ends(const struct ir_value *v)
{
	if (v->op == IR_PACKET)
		return !v->args[0] && v->imm > INT32_MAX - v->bytes;
	return (v->op == IR_DIV_OR_END || v->op == IR_MOD_OR_END) && ir_is_const(v->args[1]) &&
	       !v->args[1]->imm;
}

/* The program ends at @v: nothing that follows is reached. */
static void end_at(struct fold *f, struct ir_block *b, struct ir_value *v)
{
	ir_end_drop(f->fn, b);
	for (struct ir_value *next; v; v = next) {
		next = v->next;
		ir_remove(v);
	}
	ir_end_return(f->fn, b, ir_const(f->fn, IR_I32, 0));
	f->changed = true;
}

/*
 * Branches
 */

static void negate(struct ir_block *b, enum ir_cond cond)
{
	b->cond = cond;
	ir_end_swap(b);
}

static void exchange(struct ir_block *b, enum ir_cond cond)
{
	struct ir_value *a = b->operands[0];

	b->cond = cond;
	b->operands[0] = b->operands[1];
	b->operands[1] = a;
}

/* Leave only eq, lt, slt and set, with a constant on the right if there is one. */
static void make_canonical(struct fold *f, struct ir_block *b)
{
	if (ir_is_const(b->operands[0]) && !ir_is_const(b->operands[1])) {
		exchange(b, ir_conds[b->cond].swapped);
		f->changed = true;
	}
	switch (b->cond) {
	case IR_NE: negate(b, IR_EQ); break;
	case IR_GE: negate(b, IR_LT); break;
	case IR_SGE: negate(b, IR_SLT); break;
	case IR_CLEAR: negate(b, IR_SET); break;
	case IR_LE:
	case IR_SLE:
	case IR_GT:
	case IR_SGT: {
		bool is_signed = b->cond == IR_SLE || b->cond == IR_SGT;
		enum ir_cond less = is_signed ? IR_SLT : IR_LT;
		bool was_greater = b->cond == IR_GT || b->cond == IR_SGT;
		uint64_t most = ir_type_mask(b->operands[1]->type) >> is_signed;

		if (!ir_is_const(b->operands[1])) { /* a <= b is not b < a */
			if (!was_greater)
				ir_end_swap(b);
			exchange(b, less);
			break;
		}
		if (imm_of(b->operands[1]) == most) { /* a <= most */
			ir_end_decide(f->fn, b, was_greater ? 1 : 0);
			break;
		}
		if (was_greater)
			ir_end_swap(b);
		b->cond = less;
		b->operands[1] = ir_const(f->fn, b->operands[1]->type, imm_of(b->operands[1]) + 1);
		break;
	}
	default: return;
	}
	f->changed = true;
}

static void set_branch(struct fold *f, struct ir_block *b, enum ir_cond cond, struct ir_value *a,
		       uint64_t c)
{
	b->cond = cond;
	b->operands[0] = a;
	b->operands[1] = ir_const(f->fn, a->type, c);
	f->changed = true;
}

static void decide(struct fold *f, struct ir_block *b, bool holds)
{
	ir_end_decide(f->fn, b, holds ? 0 : 1);
	f->changed = true;
}

/* a == c */
static bool fold_eq(struct fold *f, struct ir_block *b, struct ir_value *a, uint64_t c)
{
	uint64_t k = a->op != IR_CONST && ir_ops[a->op].args == 2 && a->args[1] &&
				     ir_is_const(a->args[1]) ?
			     imm_of(a->args[1]) :
			     0;
	uint64_t mask = ir_type_mask(a->type);

	if (c & ~ir_possible_bits(a)) {
		decide(f, b, false);
		return true;
	}
	if (is_op_const(a, IR_AND) && (!c || (c == k && is_power_of_2(k)))) {
		set_branch(f, b, IR_SET, a->args[0], k);
		if (!c)
			ir_end_swap(b);
		return true;
	}
	switch (a->op) {
	case IR_ADD:
		if (!ir_is_const(a->args[1]))
			return false;
		set_branch(f, b, IR_EQ, a->args[0], (c - k) & mask);
		return true;
	case IR_XOR:
		if (!ir_is_const(a->args[1]) && c)
			return false;
		if (ir_is_const(a->args[1])) {
			set_branch(f, b, IR_EQ, a->args[0], c ^ k);
			return true;
		}
		break;
	case IR_SUB:
		if (c)
			return false;
		break;
	case IR_NEG: set_branch(f, b, IR_EQ, a->args[0], (0 - c) & mask); return true;
	case IR_ZEXT: set_branch(f, b, IR_EQ, a->args[0], c); return true;
	case IR_SHR:
		if (!ir_is_const(a->args[1]) || c)
			return false;
		set_branch(f, b, IR_LT, a->args[0], (uint64_t)1 << k);
		return true;
	default: return false;
	}
	b->operands[0] = a->args[0]; /* x - y == 0, x ^ y == 0 */
	b->operands[1] = a->args[1];
	f->changed = true;
	return true;
}

/* a < c */
static bool fold_lt(struct fold *f, struct ir_block *b, struct ir_value *a, uint64_t c)
{
	uint64_t mask = ir_type_mask(a->type), most = ir_most(a);

	if (!c || c > most) {
		decide(f, b, c != 0);
		return true;
	}
	if (c == 1) {
		set_branch(f, b, IR_EQ, a, 0);
		return true;
	}
	if (c == mask) {
		set_branch(f, b, IR_EQ, a, c);
		ir_end_swap(b);
		return true;
	}
	if (a->op == IR_ZEXT) {
		set_branch(f, b, IR_LT, a->args[0], c);
		return true;
	}
	if (is_op_const(a, IR_SHR)) { /* c <= most, so nothing is lost at the top */
		set_branch(f, b, IR_LT, a->args[0], c << imm_of(a->args[1]));
		return true;
	}
	return false;
}

/* (a & c) != 0 */
static bool fold_set(struct fold *f, struct ir_block *b, struct ir_value *a, uint64_t c)
{
	uint64_t possible = ir_possible_bits(a);

	if (!(c & possible)) {
		decide(f, b, false);
		return true;
	}
	if (c == ir_type_mask(a->type)) {
		set_branch(f, b, IR_EQ, a, 0);
		ir_end_swap(b);
		return true;
	}
	if (is_op_const(a, IR_AND)) {
		set_branch(f, b, IR_SET, a->args[0], c & imm_of(a->args[1]));
		return true;
	}
	return false;
}

/* a < c, signed */
static bool fold_slt(struct fold *f, struct ir_block *b, struct ir_value *a, uint64_t c)
{
	uint64_t sign = (uint64_t)1 << (ir_type_bits(a->type) - 1);

	if (c == sign) { /* nothing is less than the least */
		decide(f, b, false);
		return true;
	}
	if (ir_possible_bits(a) & sign)
		return false;
	if (c & sign) {
		decide(f, b, false);
		return true;
	}
	set_branch(f, b, IR_LT, a, c);
	return true;
}

/* One step of simplification; false when there is none left. */
static bool fold_branch(struct fold *f, struct ir_block *b)
{
	struct ir_value *x = b->operands[0], *y = b->operands[1];

	if (ir_is_const(x) && ir_is_const(y)) {
		decide(f, b, ir_fold_cond(b->cond, x->type, imm_of(x), imm_of(y)));
		return true;
	}
	make_canonical(f, b);
	if (b->end != IR_END_BRANCH)
		return true;
	x = b->operands[0];
	y = b->operands[1];
	if (x == y && b->cond != IR_SET) {
		decide(f, b, b->cond == IR_EQ);
		return true;
	}
	if (x == y) {
		set_branch(f, b, IR_EQ, x, 0);
		ir_end_swap(b);
		return true;
	}
	if (b->cond == IR_EQ && y->op == IR_CONST)
		return fold_eq(f, b, x, imm_of(y));
	if (b->cond == IR_LT && y->op == IR_CONST)
		return fold_lt(f, b, x, imm_of(y));
	if (b->cond == IR_SET && y->op == IR_CONST)
		return fold_set(f, b, x, imm_of(y));
	if (b->cond == IR_SLT && y->op == IR_CONST)
		return fold_slt(f, b, x, imm_of(y));
	return false;
}

static void fold_switch(struct fold *f, struct ir_block *b)
{
	uint64_t c = imm_of(b->operands[0]);

	if (!ir_is_const(b->operands[0]))
		return;
	for (uint32_t i = 0; i < b->range_count; i++)
		if (c >= b->ranges[i].low && c <= b->ranges[i].high) {
			ir_end_decide(f->fn, b, i);
			break;
		}
	f->changed = true;
}

static void fold_block(struct fold *f, struct ir_block *b)
{
	for (struct ir_value *v = b->first, *next; v; v = next) {
		struct ir_value *by;
		uint32_t count;
		struct ir_value **args = ir_operands(v, &count);

		next = v->next;
		for (uint32_t i = 0; i < count; i++)
			args[i] = ir_resolve(args[i]);
		by = fold_value(f, v);
		if (by && by != v) { /* itself: in a loop that is not entered any more */
			ir_replace(v, by);
			f->changed = true;
		} else if (always_ends(v)) {
			end_at(f, b, v);
			return;
		}
	}
	for (unsigned int i = 0; i < ir_end_operands(b); i++)
		b->operands[i] = ir_resolve(b->operands[i]);
	while (b->end == IR_END_BRANCH && !f->fn->failed && fold_branch(f, b))
		continue;
	if (b->end == IR_END_SWITCH)
		fold_switch(f, b);
}

bool ir_fold(struct ir_fn *fn, const struct ir_options *options)
{
	struct fold f = { .fn = fn };

	(void)options;
	if (!ir_order(fn))
		return false;
	for (uint32_t i = 0; i < fn->order_count && !fn->failed; i++)
		fold_block(&f, fn->order[i]);
	ir_settle(fn);
	return f.changed;
}
