/*
 * group.c - bring tests of one value together.
 *
 * Needs: fold; spread, or the tests depend on each other's blocks.  Keeps: results, but for packets
 * on which a load traps that is now reached later or not at all, so it works only under
 * options.drop_traps.  Breaks: use counts.
 *
 * 'host a or host b' asks src a, dst a, src b, dst b.  All go to one place when they hold, and do nothing
 * else, so their order does not matter; sorted by value they become two switches.  The order of first
 * mention is kept, so that no load comes earlier than it did; but a value that was tested right before
 * comes first, while a register holds it.
 */
#include "ir/ir_pass.h"

#include "ir/known.h"
#include "ir/test.h"

/* A block of a chain: it goes to the chain's target over edge 'hit', else on over the other. */
struct link {
	struct ir_block *block;
	uint32_t number; /* of the value tested */
	uint32_t hit;
	uint32_t next; /* of this number, in the chain's array; UINT32_MAX: none */
};

struct group {
	struct ir_fn *fn;
	struct arena arena;
	const uint32_t *numbers;
	const bool *skippable;
	struct link *chain;
	uint32_t count;
	uint32_t *last; /* by number: 1 + the last link with it, or 0 */
	bool *done;     /* by index */
	bool changed;
};

static bool has_phis(const struct ir_block *b)
{
	return b->first && b->first->op == IR_PHI;
}

/* The successor of @b to which @next, its other successor, leads too; NULL if there is none. */
static struct ir_block *shared_target(const struct ir_block *b, const struct ir_block *next)
{
	struct ir_block *other = b->to[b->to[0] == next];

	if (next->end != IR_END_BRANCH || other == next)
		return NULL;
	return next->to[0] == other || next->to[1] == other ? other : NULL;
}

/* May @b follow in a chain to @target? */
static bool may_follow(const struct group *g, const struct ir_block *b,
		       const struct ir_block *target, struct test *test)
{
	return b != target && b->pred_count == 1 && g->skippable[b->index] && !has_phis(b) &&
	       !g->done[b->index] && test_of_branch(b, test) && b->to[0] != b->to[1] &&
	       (b->to[0] == target || b->to[1] == target);
}

static void add_link(struct group *g, struct ir_block *b, const struct ir_block *target,
		     const struct test *test)
{
	g->done[b->index] = true;
	g->chain[g->count++] = (struct link){
		.block = b,
		.number = g->numbers[test->value->id],
		.hit = b->to[0] == target ? 0 : 1,
		.next = UINT32_MAX,
	};
}

/* Collect the chain that begins with @b. */
static void find_chain(struct group *g, struct ir_block *b)
{
	struct ir_block *target = NULL;
	struct test test;

	g->count = 0;
	if (g->done[b->index] || !test_of_branch(b, &test))
		return;
	for (unsigned int i = 0; i < 2 && !target; i++)
		if (b->to[i]->pred_count == 1)
			target = shared_target(b, b->to[i]);
	if (!target || has_phis(target))
		return;
	do {
		add_link(g, b, target, &test);
		b = b->to[1 - g->chain[g->count - 1].hit];
	} while (may_follow(g, b, target, &test));
}

/* The link to come first: of the value that the branch before the chain tested, else the first.  Only
 * if there is one way to the chain, which relink can lead elsewhere. */
static uint32_t first_link(const struct group *g)
{
	const struct ir_block *head = g->chain[0].block, *from;
	struct test test;

	if (head->pred_count != 1)
		return 0;
	from = head->preds[0].from;
	if (from->end != IR_END_BRANCH || from->to[0] == from->to[1] ||
	    !test_of_branch(from, &test))
		return 0;
	for (uint32_t i = 1; i < g->count; i++)
		if (g->chain[i].number == g->numbers[test.value->id])
			return g->chain[0].number == g->chain[i].number ? 0 : i;
	return 0;
}

/* Link the chain's blocks in the order of their groups. */
static void relink(struct group *g)
{
	struct ir_block *exit = NULL, *before = NULL, *head = g->chain[0].block;
	uint32_t before_miss = 0, start = first_link(g);
	const struct link *end = &g->chain[g->count - 1];

	exit = end->block->to[1 - end->hit];
	if (start) { /* the only edge into the chain */
		before = head->preds[0].from;
		before_miss = head->preds[0].out;
	}
	for (uint32_t i = 0; i < g->count; i++) {
		struct link *l = &g->chain[i];
		uint32_t *last = &g->last[l->number];

		if (*last)
			g->chain[*last - 1].next = i;
		*last = i + 1;
	}
	for (uint32_t k = 0; k <= g->count; k++) {
		uint32_t i = k ? k - 1 : start;

		if (!g->last[g->chain[i].number])
			continue; /* of a group that was linked */
		g->last[g->chain[i].number] = 0;
		for (uint32_t j = i; j != UINT32_MAX; j = g->chain[j].next) {
			const struct link *l = &g->chain[j];

			if (before && before->to[before_miss] != l->block) {
				ir_redirect(g->fn, before, before_miss, l->block);
				g->changed = true;
			}
			before = l->block;
			before_miss = 1 - l->hit;
		}
	}
	if (before->to[before_miss] != exit)
		ir_redirect(g->fn, before, before_miss, exit);
}

bool ir_group(struct ir_fn *fn, const struct ir_options *options)
{
	struct group g = { .fn = fn };

	if (!options->drop_traps || !ir_order(fn))
		return false;
	g.numbers = ir_number_values(fn, &g.arena);
	g.skippable = ir_skippable_blocks(fn, true, &g.arena);
	g.chain = arena_alloc_array(&g.arena, fn->order_count, sizeof *g.chain);
	g.last = arena_alloc_array(&g.arena, fn->value_count + 1, sizeof *g.last);
	g.done = arena_alloc_array(&g.arena, fn->order_count, sizeof *g.done);
	if (!g.numbers || !g.skippable || !g.chain || !g.last || !g.done) {
		fn->failed = true;
	} else {
		for (uint32_t i = 0; i < fn->order_count && !fn->failed; i++) {
			struct ir_block *b = fn->order[i];

			find_chain(&g, b);
			if (g.count > 1 &&
			    !has_phis(g.chain[g.count - 1].block->to[1 - g.chain[g.count - 1].hit]))
				relink(&g);
		}
	}
	arena_release(&g.arena);
	return g.changed;
}
