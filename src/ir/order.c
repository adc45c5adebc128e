/*
 * order.c - the order of blocks, and who dominates whom.
 *
 * Without loops, one pass in topological order finds all dominators: a block's is the nearest common
 * ancestor of its predecessors' places in the tree.  Edges back to a block that dominates their
 * start change nothing.  What remains are loops with two entrances, which none of our
 * languages can write but a text can; those take the iteration of Cooper, Harvey and Kennedy ("A
 * Simple, Fast Dominance Algorithm", 2001).
 */
#include "ir/ir.h"

#include "ir/tree.h"

/* A block on the way of the depth-first search, and its next successor to look at. */
struct step {
	struct ir_block *block;
	uint32_t left;
};

enum { UNSEEN = UINT32_MAX, ON_THE_WAY = UINT32_MAX - 1 };

/* Number of blocks in fn->order, filled from its end; the search visits the last successor first,
 * so that the first comes right behind its block. */
static uint32_t search(struct ir_fn *fn, struct step *steps, uint32_t size)
{
	uint32_t at = size, depth = 0;

	steps[depth++] = (struct step){ fn->entry, ir_succ_count(fn->entry) };
	fn->entry->index = ON_THE_WAY;
	while (depth) {
		struct step *step = &steps[depth - 1];
		struct ir_block *to;

		if (!step->left) {
			step->block->index = --at;
			fn->order[at] = step->block;
			depth--;
			continue;
		}
		to = ir_succ(step->block, --step->left);
		if (to->index == ON_THE_WAY)
			fn->has_loops = true;
		if (to->index != UNSEEN)
			continue;
		to->index = ON_THE_WAY;
		steps[depth++] = (struct step){ to, ir_succ_count(to) };
	}
	return size - at;
}

static void remove_unreachable(struct ir_fn *fn)
{
	for (struct ir_block *b = fn->entry; b; b = b->next)
		if (b->index == UNSEEN)
			ir_end_drop(fn, b);
	for (struct ir_block *b = fn->entry, *next; b; b = next) {
		next = b->next;
		if (b->index == UNSEEN)
			ir_block_remove(fn, b);
	}
}

bool ir_order(struct ir_fn *fn)
{
	struct arena arena = { 0 };
	uint32_t size = 0;
	struct step *steps;

	if (fn->failed)
		return false;
	if (fn->is_ordered)
		return true;
	for (struct ir_block *b = fn->entry; b; b = b->next) {
		b->index = UNSEEN;
		size++;
	}
	steps = arena_alloc_array(&arena, size, sizeof *steps);
	if (size > fn->order_count || !fn->order)
		fn->order = arena_alloc_array(fn->arena, size, sizeof(struct ir_block *));
	if (!steps || !fn->order) {
		fn->failed = true;
		arena_release(&arena);
		return false;
	}
	fn->has_loops = false;
	fn->order_count = search(fn, steps, size);
	arena_release(&arena);
	for (uint32_t i = 0; i < fn->order_count; i++) {
		fn->order[i] = fn->order[size - fn->order_count + i];
		fn->order[i]->index = i;
	}
	if (fn->order_count < size)
		remove_unreachable(fn);
	fn->is_ordered = true;
	return true;
}

/* The nearest block above both. */
static struct ir_block *walk_common(struct ir_block *a, struct ir_block *b)
{
	while (a != b) {
		while (a->index > b->index)
			a = a->dominator;
		while (b->index > a->index)
			b = b->dominator;
	}
	return a;
}

static void iterate(struct ir_fn *fn)
{
	bool changed;

	for (uint32_t i = 0; i < fn->order_count; i++)
		fn->order[i]->dominator = NULL;
	do {
		changed = false;
		for (uint32_t i = 1; i < fn->order_count; i++) {
			struct ir_block *b = fn->order[i], *above = NULL;

			for (uint32_t p = 0; p < b->pred_count; p++) {
				struct ir_block *from = b->preds[p].from;

				if (from->index && !from->dominator)
					continue;
				above = above ? walk_common(above, from) : from;
			}
			changed |= above != b->dominator;
			b->dominator = above;
		}
	} while (changed);
}

/* True unless there is a loop with two entrances. */
static bool find_by_tree(struct ir_fn *fn, struct tree *tree)
{
	tree_add_root(tree, 0);
	fn->entry->dominator = NULL;
	for (uint32_t i = 1; i < fn->order_count; i++) {
		struct ir_block *b = fn->order[i];
		uint32_t above = UINT32_MAX;

		for (uint32_t p = 0; p < b->pred_count; p++) {
			uint32_t from = b->preds[p].from->index;

			if (from < i)
				above = above == UINT32_MAX ? from : tree_common(tree, above, from);
		}
		tree_add(tree, i, above);
		b->dominator = fn->order[above];
	}
	if (!fn->has_loops)
		return true;
	for (uint32_t i = 0; i < fn->order_count; i++)
		for (uint32_t p = 0; p < fn->order[i]->pred_count; p++) {
			uint32_t from = fn->order[i]->preds[p].from->index;

			if (from >= i && !tree_is_above(tree, i, from))
				return false;
		}
	return true;
}

/* Number the tree such that a block's dom_first to dom_last are those below it.  Sizes are summed
 * up from the leaves; then each block takes the next free stretch of its dominator's. */
static void number_tree(struct ir_fn *fn, uint32_t *next)
{
	for (uint32_t i = 0; i < fn->order_count; i++)
		fn->order[i]->dom_last = 1;
	for (uint32_t i = fn->order_count; i-- > 1;)
		fn->order[i]->dominator->dom_last += fn->order[i]->dom_last;
	for (uint32_t i = 0; i < fn->order_count; i++) {
		struct ir_block *b = fn->order[i];
		uint32_t size = b->dom_last;

		b->dom_first = 0;
		if (b->dominator) {
			b->dom_first = next[b->dominator->index];
			next[b->dominator->index] += size;
		}
		b->dom_last = b->dom_first + size - 1;
		next[i] = b->dom_first + 1;
	}
}

bool ir_dominators(struct ir_fn *fn)
{
	struct arena arena = { 0 };
	struct tree tree;
	uint32_t *next;

	if (!ir_order(fn))
		return false;
	next = arena_alloc_array(&arena, fn->order_count, sizeof *next);
	if (!next || !tree_init(&tree, &arena, fn->order_count)) {
		fn->failed = true;
		arena_release(&arena);
		return false;
	}
	if (!find_by_tree(fn, &tree))
		iterate(fn);
	number_tree(fn, next);
	arena_release(&arena);
	return true;
}
