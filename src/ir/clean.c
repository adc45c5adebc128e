/*
 * clean.c - fewer blocks: skip empty ones, join those in a row, share equal ones.
 *
 * Needs: nothing.  Keeps: values, their order and traps.  Breaks: use counts, layout.
 *
 * Equal blocks are found by hashing, successors first, so that whole tails fall together in one pass:
 * when two blocks are compared, their equal successors are one already.  Values are compared by
 * their place in the block, or, from outside of it, by identity; a block whose values are used
 * elsewhere is left alone, as is one with phis.
 */
#include "ir/ir_pass.h"

#include <assert.h>

struct clean {
	struct ir_fn *fn;
	struct arena arena;
	bool changed;
	bool *escapes; /* of each block, by index: a value of it is used elsewhere */
	struct ir_block **table;
	uint32_t mask;
};

static bool has_phis(const struct ir_block *b)
{
	return b->first && b->first->op == IR_PHI;
}

/* Do the phis of @to get the same over edges @i and @j? */
static bool same_on_edges(const struct ir_block *to, uint32_t i, uint32_t j)
{
	for (const struct ir_value *phi = to->first; phi && phi->op == IR_PHI; phi = phi->next)
		if (phi->list[i] != phi->list[j])
			return false;
	return true;
}

/*
 * Ends that need not choose, blocks that do nothing, blocks in a row
 */

static void decide_equal(struct clean *c, struct ir_block *b)
{
	if (b->end == IR_END_SWITCH && b->range_count == 1) {
		ir_end_decide(c->fn, b, 0);
		c->changed = true;
	}
	if (b->end == IR_END_BRANCH && b->to[0] == b->to[1] &&
	    same_on_edges(b->to[0], b->slot[0], b->slot[1])) {
		ir_end_decide(c->fn, b, 0);
		c->changed = true;
	}
}

/* Ranges whose neighbour now has the same target. */
static void join_ranges(struct clean *c, struct ir_block *b)
{
	struct ir_value *value = b->operands[0];
	struct ir_range *ranges = b->ranges;
	uint32_t count = b->range_count;
	bool found = false;

	for (uint32_t i = 1; i < count; i++)
		if (ranges[i].to == ranges[i - 1].to)
			found |= !has_phis(ranges[i].to);
	if (!found)
		return;
	for (uint32_t i = 0; i < count; i++)
		if (has_phis(ranges[i].to))
			return;
	ir_end_drop(c->fn, b);
	ir_end_switch(c->fn, b, value, ranges, count);
	c->changed = true;
}

static void skip_empty(struct clean *c, struct ir_block *b)
{
	if (b->first || b->end != IR_END_JUMP || b == c->fn->entry || b->to[0] == b)
		return;
	while (b->pred_count) {
		struct ir_pred pred = b->preds[b->pred_count - 1];

		ir_bypass(c->fn, pred.from, pred.out, 0);
		c->changed = true;
		if (c->fn->failed)
			return;
	}
	ir_end_drop(c->fn, b); /* ir_order removes it */
}

/* Append to @b what follows it in a row. */
static void join_next(struct clean *c, struct ir_block *b)
{
	struct ir_block *next = b->to[0];

	for (struct ir_value *v = next->first, *after; v; v = after) {
		after = v->next;
		if (v->op == IR_PHI) {
			struct ir_value *by = ir_resolve(v->list[0]);

			/* itself: in a loop that is not entered any more */
			ir_replace(v, by == v ? ir_const(c->fn, v->type, 0) : by);
			continue;
		}
		ir_remove(v);
		ir_insert(b, NULL, v);
	}
	ir_end_drop(c->fn, b);
	ir_end_take(b, next);
	c->changed = true;
}

static void simplify(struct clean *c, struct ir_block *b)
{
	decide_equal(c, b);
	if (b->end == IR_END_SWITCH)
		join_ranges(c, b);
	while (b->end == IR_END_JUMP && b->to[0]->pred_count == 1 && b->to[0] != b &&
	       b->to[0] != c->fn->entry && !c->fn->failed) {
		join_next(c, b);
		decide_equal(c, b);
	}
	skip_empty(c, b);
}

/*
 * Equal blocks
 */

static void find_escapes(struct clean *c)
{
	for (struct ir_block *b = c->fn->entry; b; b = b->next) {
		for (struct ir_value *v = b->first; v; v = v->next) {
			uint32_t count;
			struct ir_value **args = ir_operands(v, &count);

			for (uint32_t i = 0; i < count; i++)
				if (args[i] && args[i]->block &&
				    (args[i]->block != b || v->op == IR_PHI))
					c->escapes[args[i]->block->index] = true;
		}
		for (unsigned int i = 0; i < ir_end_operands(b); i++)
			if (b->operands[i]->block && b->operands[i]->block != b)
				c->escapes[b->operands[i]->block->index] = true;
	}
}

static uint64_t mix(uint64_t hash, uint64_t with)
{
	hash = (hash ^ with) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 29;
}

/* A number for operand @v of something in @b: its place there, or who it is. */
static uint64_t operand_number(const struct ir_block *b, const struct ir_value *v)
{
	if (!v)
		return 0;
	return v->block == b ? (uintptr_t)v->note : (uint64_t)v->id + UINT32_MAX;
}

static uint32_t hash_block(struct ir_block *b)
{
	uint64_t hash = mix(b->end, b->cond);
	uintptr_t place = 1;

	for (struct ir_value *v = b->first; v; v = v->next) {
		uint32_t count;
		struct ir_value **args = ir_operands(v, &count);

		v->note = (void *)place++;
		hash = mix(hash, (uint64_t)v->op << 8 ^ (uint64_t)v->imm);
		for (uint32_t i = 0; i < count; i++)
			hash = mix(hash, operand_number(b, args[i]));
	}
	for (unsigned int i = 0; i < ir_end_operands(b); i++)
		hash = mix(hash, operand_number(b, b->operands[i]));
	for (uint32_t i = 0; i < ir_succ_count(b); i++)
		hash = mix(hash, ir_succ(b, i)->id);
	return (uint32_t)(hash >> 32);
}

static bool same_value(struct ir_block *a, struct ir_block *b, struct ir_value *x,
		       struct ir_value *y)
{
	uint32_t count, other_count;
	struct ir_value **args = ir_operands(x, &count);
	struct ir_value **other = ir_operands(y, &other_count);

	if (x->op != y->op || x->type != y->type || x->imm != y->imm || x->bytes != y->bytes ||
	    count != other_count)
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (operand_number(a, args[i]) != operand_number(b, other[i]))
			return false;
	return true;
}

static bool same_end(const struct ir_block *a, const struct ir_block *b)
{
	uint32_t count = ir_succ_count(a);

	if (a->end != b->end || (a->end == IR_END_BRANCH && a->cond != b->cond) ||
	    count != ir_succ_count(b))
		return false;
	for (unsigned int i = 0; i < ir_end_operands(a); i++)
		if (operand_number(a, a->operands[i]) != operand_number(b, b->operands[i]))
			return false;
	for (uint32_t i = 0; i < count; i++) {
		const struct ir_block *to = ir_succ(a, i);

		if (to != ir_succ(b, i) ||
		    !same_on_edges(to, ir_succ_slot(a, i), ir_succ_slot(b, i)))
			return false;
		if (a->end == IR_END_SWITCH && (a->ranges[i].low != b->ranges[i].low ||
						a->ranges[i].high != b->ranges[i].high))
			return false;
	}
	return true;
}

static bool same_block(struct ir_block *a, struct ir_block *b)
{
	struct ir_value *x = a->first, *y = b->first;

	for (; x && y; x = x->next, y = y->next)
		if (!same_value(a, b, x, y))
			return false;
	return !x && !y && same_end(a, b);
}

static void share_block(struct clean *c, struct ir_block *b)
{
	uint32_t at;

	decide_equal(c, b);
	if (has_phis(b) || c->escapes[b->index] || b == c->fn->entry)
		return;
	for (at = hash_block(b) & c->mask; c->table[at]; at = (at + 1) & c->mask) {
		struct ir_block *same = c->table[at];

		if (!same_block(same, b))
			continue;
		while (b->pred_count) {
			struct ir_pred pred = b->preds[b->pred_count - 1];

			ir_redirect(c->fn, pred.from, pred.out, same);
		}
		c->changed = true;
		return;
	}
	c->table[at] = b;
}

static void share_equal(struct clean *c)
{
	uint32_t size = 64;

	while (size < c->fn->order_count * 2)
		size *= 2;
	c->mask = size - 1;
	c->table = arena_alloc_array(&c->arena, size, sizeof *c->table);
	c->escapes = arena_alloc_array(&c->arena, c->fn->order_count, sizeof *c->escapes);
	if (!c->table || !c->escapes) {
		c->fn->failed = true;
		return;
	}
	find_escapes(c);
	for (uint32_t i = c->fn->order_count; i-- > 0 && !c->fn->failed;)
		share_block(c, c->fn->order[i]);
}

bool ir_clean(struct ir_fn *fn, const struct ir_options *options)
{
	struct clean c = { .fn = fn };

	(void)options;
	if (!ir_order(fn))
		return false;
	for (uint32_t i = fn->order_count; i-- > 0 && !fn->failed;)
		simplify(&c, fn->order[i]);
	ir_settle(fn);
	if (ir_order(fn))
		share_equal(&c);
	(void)ir_order(fn);
	arena_release(&c.arena);
	return c.changed;
}
