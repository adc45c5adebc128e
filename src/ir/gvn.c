/*
 * gvn.c - global value numbering: what was computed on every way here is not computed again.
 *
 * Needs: nothing.  Keeps: blocks.  Breaks: use counts.
 *
 * Blocks are visited in preorder of the dominator tree, so what a hash chain holds of a part of the
 * tree that was left can never be of use again and is unlinked when it is met.  A packet load
 * dominated by an equal one cannot trap any more, so merging keeps the traps.  Loads from memory are
 * merged within a block, and not across a write.
 */
#include "ir/ir_pass.h"

struct gvn {
	struct ir_fn *fn;
	struct ir_value **table; /* linked by 'chain' */
	uint32_t mask;
	uintptr_t epoch; /* in 'note' of loads: equal if memory is */
	bool changed;
};

static uint32_t hash_value(const struct ir_value *v)
{
	uint64_t hash = (uint64_t)v->op << 8 ^ v->type ^ (uint64_t)v->bytes << 16;

	for (unsigned int i = 0; i < ir_ops[v->op].args; i++)
		hash = (hash ^ (v->args[i] ? v->args[i]->id : 0)) * 0x9e3779b97f4a7c15u;
	hash = (hash ^ (uint64_t)v->imm) * 0x9e3779b97f4a7c15u;
	return (uint32_t)(hash >> 32);
}

static bool is_same(const struct ir_value *a, const struct ir_value *b)
{
	return a->op == b->op && a->type == b->type && a->bytes == b->bytes && a->imm == b->imm &&
	       a->args[0] == b->args[0] && a->args[1] == b->args[1] && a->args[2] == b->args[2] &&
	       a->note == b->note;
}

static bool is_same_phi(const struct ir_value *a, const struct ir_value *b)
{
	if (a->type != b->type)
		return false;
	for (uint32_t i = 0; i < a->list_count; i++)
		if (ir_resolve(a->list[i]) != ir_resolve(b->list[i]))
			return false;
	return true;
}

/* The value that @v repeats, or NULL; then it is what later ones repeat. */
static struct ir_value *find(struct gvn *g, struct ir_value *v)
{
	struct ir_value **link = &g->table[hash_value(v) & g->mask];

	while (*link) {
		struct ir_value *other = *link;

		if (!other->block || !ir_dominates(other->block, v->block)) {
			*link = other->chain;
			continue;
		}
		if (is_same(other, v))
			return other;
		link = &other->chain;
	}
	v->chain = NULL;
	*link = v;
	return NULL;
}

static struct ir_value *find_phi(struct ir_value *phi)
{
	for (struct ir_value *other = phi->block->first; other != phi; other = other->next)
		if (is_same_phi(other, phi))
			return other;
	return NULL;
}

static void visit(struct gvn *g, struct ir_value *v)
{
	struct ir_value *same = NULL;
	uint32_t count;
	struct ir_value **args = ir_operands(v, &count);

	for (uint32_t i = 0; i < count; i++)
		args[i] = ir_resolve(args[i]);
	v->note = NULL;
	if (ir_ops[v->op].commutes && args[0]->id > args[1]->id && !ir_is_const(args[1])) {
		struct ir_value *a = args[0];

		args[0] = args[1];
		args[1] = a;
	}
	switch (ir_effect(v)) {
	case IR_WRITES: g->epoch++; return;
	case IR_READS:
		if (v->op != IR_LOAD)
			return; /* random numbers */
		v->note = (void *)g->epoch;
		break;
	case IR_PURE:
	case IR_TRAPS: break;
	}
	if (v->op == IR_SLOT || v->op == IR_HIDE)
		return;
	same = v->op == IR_PHI ? find_phi(v) : find(g, v);
	if (same) {
		ir_replace(v, same);
		g->changed = true;
	}
}

static void visit_block(struct gvn *g, struct ir_block *b)
{
	g->epoch++;
	for (struct ir_value *v = b->first, *next; v; v = next) {
		next = v->next;
		visit(g, v);
	}
}

bool ir_gvn(struct ir_fn *fn, const struct ir_options *options)
{
	struct gvn g = { .fn = fn };
	struct arena arena = { 0 };
	struct ir_block **preorder;
	uint32_t size = 64;

	(void)options;
	if (!ir_dominators(fn))
		return false;
	while (size < fn->value_count)
		size *= 2;
	g.mask = size - 1;
	g.table = arena_alloc_array(&arena, size, sizeof *g.table);
	preorder = arena_alloc_array(&arena, fn->order_count, sizeof *preorder);
	if (!g.table || !preorder) {
		fn->failed = true;
		arena_release(&arena);
		return false;
	}
	for (uint32_t i = 0; i < fn->order_count; i++)
		preorder[fn->order[i]->dom_first] = fn->order[i];
	for (uint32_t i = 0; i < fn->order_count; i++)
		visit_block(&g, preorder[i]);
	arena_release(&arena);
	ir_settle(fn);
	return g.changed;
}
