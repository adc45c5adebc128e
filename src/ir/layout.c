/*
 * layout.c - the order in which blocks are written.
 *
 * Needs: nothing.  Keeps: everything else.
 *
 * In topological order (reverse postorder where there are loops), since classic BPF jumps forward
 * only; so that a block that jumps is followed by its target when it can be.  A block becomes ready
 * when all its predecessors are placed.  Next comes, if ready, a successor of the block placed last:
 * the target of its jump, or what a branch leads to when its condition does not hold; otherwise the
 * block that became ready last, which keeps what belongs together together.
 */
#include "ir/ir_pass.h"

struct layout {
	struct ir_fn *fn;
	uint32_t *waiting_for; /* by index: predecessors not yet placed, edges back apart */
	struct ir_block **ready;
	uint32_t ready_count;
};

static bool is_back_edge(const struct ir_block *from, const struct ir_block *to)
{
	return from->index >= to->index;
}

/* Ready or not, each block is on the stack once for each edge; those placed are skipped. */
static struct ir_block *take_ready(struct layout *l)
{
	while (l->ready_count) {
		struct ir_block *b = l->ready[--l->ready_count];

		if (b->note)
			return b;
	}
	return NULL;
}

static void place(struct layout *l, struct ir_block *b)
{
	b->note = NULL;
	/* Pushed last is taken first: branches continue on their second target. */
	for (uint32_t i = 0; i < ir_succ_count(b); i++) {
		struct ir_block *to = ir_succ(b, i);

		if (!is_back_edge(b, to) && --l->waiting_for[to->index] == 0)
			l->ready[l->ready_count++] = to;
	}
}

bool ir_layout(struct ir_fn *fn, const struct ir_options *options)
{
	struct layout l = { .fn = fn };
	struct arena arena = { 0 };
	struct ir_block *last = NULL, *b;

	(void)options;
	if (!ir_order(fn))
		return false;
	l.waiting_for = arena_alloc_array(&arena, fn->order_count, sizeof *l.waiting_for);
	l.ready = arena_alloc_array(&arena, fn->order_count, sizeof *l.ready);
	if (!l.waiting_for || !l.ready) {
		fn->failed = true;
		arena_release(&arena);
		return false;
	}
	for (uint32_t i = 0; i < fn->order_count; i++) {
		b = fn->order[i];
		b->note = b;
		for (uint32_t p = 0; p < b->pred_count; p++)
			l.waiting_for[i] += !is_back_edge(b->preds[p].from, b);
	}
	l.ready[l.ready_count++] = fn->entry;
	while ((b = take_ready(&l))) {
		if (last && last->next != b)
			ir_block_move_after(fn, b, last);
		place(&l, b);
		last = b;
	}
	arena_release(&arena);
	return false; /* order is no change that another pass would see */
}
