/*
 * spread.c - give each block its own copy of the pure values it uses from branching blocks.
 *
 * Needs: fold is welcome.  Keeps: blocks, results.  Breaks: gvn's work, and use counts.
 *
 * A branch can be skipped on a way where its outcome is known (thread.c) only if nothing that its
 * block computes is used further on.  In filters that is a few loads and masks, which are computed
 * again where they are used; gvn then merges whatever is still repeated.  Copies are made where the
 * original was computed on every way, so no load is made on a way that had none; but the
 * original may then be skipped together with its trap, so loads are spread under options.drop_traps
 * only.
 */
#include "ir/ir_pass.h"

enum { MOST_COPIED = 8 }; /* values to compute one: beyond that a register is cheaper */

struct spread {
	struct ir_fn *fn;
	const struct ir_options *options;
	struct ir_value **copies; /* of each value, by id: the last copy made */
	uint32_t original_count;
	bool changed;
};

static bool may_copy(const struct spread *s, const struct ir_value *v)
{
	enum ir_effect effect = ir_effect(v);

	if (v->op == IR_PHI || v->op == IR_PARAM || v->op == IR_SLOT || v->op == IR_HIDE ||
	    (v->op >= IR_MAP && v->op <= IR_FUNCTION))
		return false;
	return effect == IR_PURE || (effect == IR_TRAPS && s->options->drop_traps);
}

/* Is everything in @b pure, and does it end in a choice? */
static bool may_be_skipped(const struct ir_block *b)
{
	if (b->end != IR_END_BRANCH)
		return false;
	for (const struct ir_value *v = b->first; v; v = v->next)
		if (ir_effect(v) == IR_READS || ir_effect(v) == IR_WRITES)
			return false;
	return true;
}

/* How many values must be computed for @v; MOST_COPIED + 1: too many, or not possible. */
static unsigned int cost(const struct spread *s, const struct ir_value *v, unsigned int depth)
{
	unsigned int sum = 1;

	if (!v || ir_is_const(v))
		return 0;
	if (!may_copy(s, v)) /* it is used as it is */
		return 0;
	for (unsigned int i = 0; i < ir_ops[v->op].args && sum <= MOST_COPIED; i++)
		sum += depth > MOST_COPIED ? MOST_COPIED : cost(s, v->args[i], depth + 1);
	return sum;
}

/* A copy of @v in @b before @place, with whatever it needs. */
static struct ir_value *copy(struct spread *s, struct ir_block *b, struct ir_value *place,
			     struct ir_value *v)
{
	struct ir_value *made;

	if (!v || ir_is_const(v) || v->block == b || !may_copy(s, v))
		return v;
	made = v->id < s->original_count ? s->copies[v->id] : NULL;
	if (made && made->block == b)
		return made;
	made = ir_value_new(s->fn, v);
	if (s->fn->failed)
		return v;
	for (unsigned int i = 0; i < ir_ops[v->op].args; i++)
		made->args[i] = copy(s, b, place, v->args[i]);
	ir_insert(b, place, made);
	if (v->id < s->original_count)
		s->copies[v->id] = made;
	s->changed = true;
	return made;
}

/* @v, used in @b at @place: a copy of it if its own block might be skipped. */
static struct ir_value *use(struct spread *s, struct ir_block *b, struct ir_value *place,
			    struct ir_value *v)
{
	if (!v || ir_is_const(v) || v->block == b || !may_copy(s, v) || !v->block->note ||
	    cost(s, v, 0) > MOST_COPIED)
		return v;
	return copy(s, b, place, v);
}

static void spread_phis(struct spread *s, struct ir_block *b)
{
	for (struct ir_value *phi = b->first; phi && phi->op == IR_PHI; phi = phi->next)
		for (uint32_t i = 0; i < phi->list_count; i++)
			phi->list[i] = use(s, b->preds[i].from, NULL, phi->list[i]);
}

static void spread_block(struct spread *s, struct ir_block *b)
{
	for (struct ir_value *v = b->first; v; v = v->next) {
		uint32_t count;
		struct ir_value **args = ir_operands(v, &count);

		for (uint32_t i = 0; i < count && v->op != IR_PHI; i++)
			args[i] = use(s, b, v, args[i]);
	}
	for (unsigned int i = 0; i < ir_end_operands(b); i++)
		b->operands[i] = use(s, b, NULL, b->operands[i]);
}

bool ir_spread(struct ir_fn *fn, const struct ir_options *options)
{
	struct spread s = { .fn = fn, .options = options, .original_count = fn->value_count };
	struct arena arena = { 0 };

	if (!ir_order(fn))
		return false;
	s.copies = arena_alloc_array(&arena, fn->value_count, sizeof *s.copies);
	if (!s.copies) {
		fn->failed = true;
		return false;
	}
	for (struct ir_block *b = fn->entry; b; b = b->next)
		b->note = may_be_skipped(b) ? b : NULL;
	for (uint32_t i = 0; i < fn->order_count && !fn->failed; i++)
		spread_block(&s, fn->order[i]);
	for (uint32_t i = 0; i < fn->order_count && !fn->failed; i++)
		spread_phis(&s, fn->order[i]);
	arena_release(&arena);
	return s.changed;
}
