/*
 * facts.c - ranges and known bits, and what conditions say about them.
 *
 * Only fold's canonical conditions are understood: eq, lt, slt and set with a constant on the right.
 * Searches look at a limited number of facts and operations, so a question costs a constant; missing
 * a fact is harmless.
 */
#include "ir/facts.h"

enum {
	MOST_FACTS = 48, /* looked at for one value */
	MOST_DEPTH = 6,  /* of operations */
};

static uint64_t fill(uint64_t bits)
{
	return bits ? UINT64_MAX >> __builtin_clzll(bits) : 0;
}

static uint64_t max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Let range and bits of @k tell each other what they know. */
static struct known settle(struct known k, uint64_t mask)
{
	uint64_t differ;

	k.zeros |= ~mask;
	k.low = max_u64(k.low, k.ones);
	k.high = min_u64(k.high, ~k.zeros);
	if (k.low > k.high)
		return k; /* cannot happen on this way; any answer is right */
	differ = fill(k.low ^ k.high);
	k.ones |= k.low & ~differ;
	k.zeros |= ~k.low & ~differ;
	return k;
}

static struct known exactly(uint64_t value)
{
	return (struct known){ value, value, ~value, value };
}

static struct known both(struct known a, struct known b)
{
	return (struct known){ max_u64(a.low, b.low), min_u64(a.high, b.high), a.zeros | b.zeros,
			       a.ones | b.ones };
}

static struct known either(struct known a, struct known b)
{
	return (struct known){ min_u64(a.low, b.low), max_u64(a.high, b.high), a.zeros & b.zeros,
			       a.ones & b.ones };
}

static struct known look(const struct facts *f, const struct fact *list, const struct ir_value *v,
			 unsigned int depth);

static struct known look_binary(const struct facts *f, const struct fact *list,
				const struct ir_value *v, unsigned int depth)
{
	uint64_t mask = ir_type_mask(v->type);
	struct known all = { 0, mask, ~mask, 0 }, a = look(f, list, v->args[0], depth + 1), b;
	unsigned int n;

	b = look(f, list, v->args[1], depth + 1);
	n = (unsigned int)b.low & (ir_type_bits(v->type) - 1);
	switch (v->op) {
	case IR_AND:
		return (struct known){ 0, min_u64(a.high, b.high), a.zeros | b.zeros,
				       a.ones & b.ones };
	case IR_OR:
		return (struct known){ max_u64(a.low, b.low), fill(a.high | b.high),
				       a.zeros & b.zeros, a.ones | b.ones };
	case IR_XOR:
		return (struct known){ 0, fill(a.high | b.high),
				       (a.zeros & b.zeros) | (a.ones & b.ones),
				       (a.zeros & b.ones) | (a.ones & b.zeros) };
	case IR_ADD:
		if (a.high + b.high < a.high || a.high + b.high > mask)
			return all;
		return (struct known){ a.low + b.low, a.high + b.high, ~fill(a.high + b.high), 0 };
	case IR_SHR:
		if (b.low != b.high)
			return (struct known){ 0, a.high, ~fill(a.high), 0 };
		return (struct known){ a.low >> n, a.high >> n, ~(~a.zeros >> n), a.ones >> n };
	case IR_SHL:
		if (b.low != b.high || a.high > mask >> n)
			return all;
		return (struct known){ a.low << n, a.high << n, ~(~a.zeros << n), a.ones << n };
	case IR_DIV:
	case IR_DIV_OR_END:
	case IR_MOD:
	case IR_MOD_OR_END: return (struct known){ 0, a.high, ~fill(a.high), 0 };
	default: return all;
	}
}

static struct known look_phi(const struct facts *f, const struct fact *list,
			     const struct ir_value *v, unsigned int depth)
{
	struct known all;

	if (v->block == f->block)
		return look(f, list, v->list[f->slot], depth + 1);
	/* elsewhere, only constants: the facts of this way say nothing about the operands then */
	for (uint32_t i = 0; i < v->list_count; i++)
		if (!ir_is_const(v->list[i]) || i > MOST_FACTS) {
			all = (struct known){ 0, ir_type_mask(v->type), ~ir_type_mask(v->type), 0 };
			return all;
		}
	all = exactly((uint64_t)v->list[0]->imm);
	for (uint32_t i = 1; i < v->list_count; i++)
		all = either(all, exactly((uint64_t)v->list[i]->imm));
	return all;
}

static struct known look_inside(const struct facts *f, const struct fact *list,
				const struct ir_value *v, unsigned int depth)
{
	uint64_t mask = ir_type_mask(v->type);

	switch (v->op) {
	case IR_PHI: return look_phi(f, list, v, depth);
	case IR_PACKET:
	case IR_CONTEXT:
	case IR_LOAD: mask = UINT64_MAX >> (64 - 8 * v->bytes); break;
	case IR_ZEXT:
	case IR_COPY: return look(f, list, v->args[0], depth + 1);
	case IR_ADD:
	case IR_AND:
	case IR_OR:
	case IR_XOR:
	case IR_SHL:
	case IR_SHR:
	case IR_DIV:
	case IR_MOD:
	case IR_DIV_OR_END:
	case IR_MOD_OR_END: return look_binary(f, list, v, depth);
	default: break;
	}
	return (struct known){ 0, mask, ~mask, 0 };
}

const struct fact *facts_find(const struct fact *list, uint32_t number)
{
	for (unsigned int i = 0; list && i < MOST_FACTS; list = list->before, i++)
		if (list->number == number)
			return list;
	return NULL;
}

static struct known look(const struct facts *f, const struct fact *list, const struct ir_value *v,
			 unsigned int depth)
{
	uint64_t mask = ir_type_mask(v->type);
	struct known known = { 0, mask, ~mask, 0 };
	const struct fact *fact;

	if (ir_is_const(v))
		return exactly((uint64_t)v->imm);
	if (depth < MOST_DEPTH)
		known = look_inside(f, list, v, depth);
	fact = facts_find(list, f->numbers[v->id]);
	return settle(fact ? both(known, fact->known) : known, mask);
}

struct known facts_of(const struct facts *f, const struct fact *list, const struct ir_value *v)
{
	return look(f, list, v, 0);
}

/*
 * Conditions
 */

static enum truth decide_slt(struct known a, struct known b, uint64_t sign)
{
	/* exchanging the signs makes it unsigned, if each range is on one side of zero */
	if ((a.low ^ a.high) & sign || (b.low ^ b.high) & sign)
		return TRUTH_UNKNOWN;
	if ((a.high ^ sign) < (b.low ^ sign))
		return TRUTH_YES;
	return (a.low ^ sign) >= (b.high ^ sign) ? TRUTH_NO : TRUTH_UNKNOWN;
}

enum truth facts_decide(const struct facts *f, const struct fact *list, enum ir_cond cond,
			const struct ir_value *a, const struct ir_value *b)
{
	struct known x = facts_of(f, list, a), y = facts_of(f, list, b);

	if (x.low > x.high || y.low > y.high)
		return TRUTH_UNKNOWN;
	switch (cond) {
	case IR_EQ:
		if (x.high < y.low || y.high < x.low || x.zeros & y.ones || x.ones & y.zeros)
			return TRUTH_NO;
		return x.low == x.high && y.low == y.high ? TRUTH_YES : TRUTH_UNKNOWN;
	case IR_LT:
		if (x.high < y.low)
			return TRUTH_YES;
		return x.low >= y.high ? TRUTH_NO : TRUTH_UNKNOWN;
	case IR_SET:
		if (x.ones & y.ones)
			return TRUTH_YES;
		return (x.zeros | y.zeros) == UINT64_MAX ? TRUTH_NO : TRUTH_UNKNOWN;
	case IR_SLT: return decide_slt(x, y, (uint64_t)1 << (ir_type_bits(a->type) - 1));
	default: return TRUTH_UNKNOWN;
	}
}

/* @list and @more about @v, unless that is nothing new. */
static const struct fact *push(const struct facts *f, const struct fact *list,
			       const struct ir_value *v, struct known more)
{
	const struct fact *older;
	struct known before, now;
	struct fact *fact;

	if (ir_is_const(v))
		return list;
	older = facts_find(list, f->numbers[v->id]);
	before = facts_of(f, list, v);
	now = settle(both(before, more), ir_type_mask(v->type));
	if (now.low == before.low && now.high == before.high && now.zeros == before.zeros &&
	    now.ones == before.ones)
		return list;
	fact = arena_alloc(f->arena, sizeof *fact);
	if (!fact)
		return list;
	*fact = (struct fact){ .number = f->numbers[v->id], .known = now, .before = list };
	if (older) { /* those that are not possible any more do no harm */
		fact->value_count = older->value_count;
		fact->values = older->values;
	}
	return fact;
}

const struct fact *facts_assume_values(const struct facts *f, const struct fact *list,
				       const struct ir_value *v, const uint64_t *values,
				       uint32_t count)
{
	struct known all = exactly(values[0]);
	struct fact *fact = arena_alloc(f->arena, sizeof *fact);
	uint64_t *copy = arena_alloc_array(f->arena, count, sizeof *copy);

	if (!fact || !copy)
		return list;
	for (uint32_t i = 0; i < count; i++) {
		copy[i] = values[i];
		all = either(all, exactly(values[i]));
	}
	*fact = (struct fact){
		.number = f->numbers[v->id],
		.known = both(all, facts_of(f, list, v)),
		.value_count = count,
		.values = copy,
		.before = list,
	};
	return fact;
}

static bool has_const(const struct ir_value *v)
{
	return ir_ops[v->op].args == 2 && v->args[1] && ir_is_const(v->args[1]);
}

/* @more is known of @v: what does it say about what @v was made from? */
static const struct fact *push_inside(const struct facts *f, const struct fact *list,
				      const struct ir_value *v, struct known more)
{
	uint64_t mask = ir_type_mask(v->type), c, n;
	struct known inner = { 0, UINT64_MAX, 0, 0 };

	for (unsigned int i = 0; i < MOST_DEPTH; i++) {
		list = push(f, list, v, more);
		if (v->op == IR_ZEXT) {
			v = v->args[0];
			continue;
		}
		if (!has_const(v))
			return list;
		c = (uint64_t)v->args[1]->imm;
		n = c & (ir_type_bits(v->type) - 1);
		switch (v->op) {
		case IR_AND:
			inner.zeros = more.zeros & c;
			inner.ones = more.ones & c;
			break;
		case IR_SHR:
			inner.low = more.low << n;
			inner.high = more.high << n | (((uint64_t)1 << n) - 1);
			break;
		case IR_ADD: /* a + c in [low, high]: a in [low - c, high - c], if that is one piece */
			inner.low = (more.low - c) & mask;
			inner.high = (more.high - c) & mask;
			if (inner.low > inner.high)
				return list;
			break;
		default: return list;
		}
		v = v->args[0];
		more = settle(inner, mask);
		inner = (struct known){ 0, UINT64_MAX, 0, 0 };
	}
	return list;
}

const struct fact *facts_assume_range(const struct facts *f, const struct fact *list,
				      const struct ir_value *v, uint64_t low, uint64_t high)
{
	struct known k = { low, high, 0, 0 };

	return push_inside(f, list, v,
			   settle(both(facts_of(f, list, v), k), ir_type_mask(v->type)));
}

const struct fact *facts_assume(const struct facts *f, const struct fact *list, enum ir_cond cond,
				const struct ir_value *a, const struct ir_value *b, bool holds)
{
	uint64_t c = (uint64_t)b->imm, mask = ir_type_mask(a->type);
	struct known k = facts_of(f, list, a);

	if (!ir_is_const(b))
		return list;
	switch (cond) {
	case IR_EQ:
		if (holds)
			k = exactly(c);
		else if (k.low == c)
			k.low++;
		else if (k.high == c)
			k.high--;
		break;
	case IR_LT:
		if (holds)
			k.high = min_u64(k.high, c - 1);
		else
			k.low = max_u64(k.low, c);
		break;
	case IR_SET:
		if (!holds)
			k.zeros |= c;
		else if (!(c & (c - 1)))
			k.ones |= c;
		break;
	default: return list;
	}
	if (k.low > k.high)
		return list;
	return push_inside(f, list, a, settle(k, mask));
}
