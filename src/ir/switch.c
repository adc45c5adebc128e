/*
 * switch.c - make switches of blocks that choose by one value.
 *
 * Needs: fold (its canonical branches); spread, thread and group find it more to work on.  Keeps:
 * traps.  Breaks: use counts.
 *
 * A region is a block and all that can be reached through it only, as long as each block tests the same
 * value against constants and does nothing else.  The set of values that reach each block is found by
 * handing sets down, predecessors first: a test splits a set in two.  With sets as treaps, that
 * is logarithmic for each test, whether it takes one value out of ten thousand or halves them.  What
 * leaves the region is the switch.
 */
#include "ir/ir_pass.h"

#include <stdlib.h>

#include "ir/known.h"
#include "ir/pieces.h"
#include "ir/test.h"

struct node {
	struct test test; /* if 'is_test' */
	bool is_test;
	bool is_exit;      /* of the region at hand: already listed */
	uint32_t region;   /* the index of its first block */
	struct piece *set; /* of the values that get here */
};

struct maker {
	struct ir_fn *fn;
	const struct ir_options *options;
	struct arena arena;
	struct node *nodes; /* by block index */
	const uint32_t *numbers;
	const bool *skippable;
	struct ir_block **exits;
	uint32_t exit_count;
	struct ir_range *ranges;
	uint32_t range_count;
	uint32_t range_size;
	struct pieces_pool pool;
	bool changed;
};

static bool has_phis(const struct ir_block *b)
{
	return b->first && b->first->op == IR_PHI;
}

/* Phis beyond the region would need to know which way was taken: a block of its own shows it. */
static void split_edges(struct maker *m)
{
	for (uint32_t i = 0; i < m->fn->order_count; i++) {
		struct ir_block *b = m->fn->order[i];

		for (uint32_t out = 0; b->end == IR_END_BRANCH && out < 2; out++)
			if (has_phis(b->to[out]))
				ir_split_edge(m->fn, b, out);
	}
}

/* Does @b continue the region of all its predecessors? */
static bool joins(const struct maker *m, const struct ir_block *b, uint32_t *ret_region)
{
	const struct node *node = &m->nodes[b->index];
	uint32_t region = UINT32_MAX, number = m->numbers[node->test.value->id];

	if (!m->skippable[b->index] || has_phis(b) || !b->pred_count)
		return false;
	for (uint32_t i = 0; i < b->pred_count; i++) {
		uint32_t from = b->preds[i].from->index;
		const struct node *before = &m->nodes[from];

		if (from >= b->index || !before->is_test ||
		    m->numbers[before->test.value->id] != number)
			return false;
		if (region != UINT32_MAX && before->region != region)
			return false;
		region = before->region;
	}
	*ret_region = region;
	return true;
}

/* Values @set arrive at @to. */
static void arrive(struct maker *m, uint32_t region, struct ir_block *to, struct piece *set)
{
	struct node *node = &m->nodes[to->index];

	if (!set)
		return;
	node->set = pieces_unite(&m->pool, node->set, set);
	if ((node->is_test && node->region == region && to->index != region) || node->is_exit)
		return;
	node->is_exit = true;
	m->exits[m->exit_count++] = to;
}

static void hand_down(struct maker *m, uint32_t region, const struct ir_block *b)
{
	struct node *node = &m->nodes[b->index];
	struct piece *yes = NULL, *no = node->set, *below, *above, *inside;

	node->set = NULL;
	for (unsigned int i = 0; i < node->test.count; i++) {
		const struct test_piece *p = &node->test.pieces[i];

		pieces_split(&m->pool, no, p->low, &below, &inside);
		above = NULL;
		if (p->high != UINT64_MAX)
			pieces_split(&m->pool, inside, p->high + 1, &inside, &above);
		yes = pieces_unite(&m->pool, yes, inside);
		no = pieces_unite(&m->pool, below, above);
	}
	arrive(m, region, b->to[0], yes);
	arrive(m, region, b->to[1], no);
}

static void add_ranges(struct maker *m, const struct piece *set, struct ir_block *to)
{
	if (!set)
		return;
	add_ranges(m, set->left, to);
	if (m->range_count == m->range_size) {
		uint32_t size = m->range_size * 2 + 64;
		struct ir_range *ranges = arena_alloc_array(&m->arena, size, sizeof *ranges);

		if (!ranges) {
			m->pool.failed = true;
			return;
		}
		for (uint32_t i = 0; i < m->range_count; i++)
			ranges[i] = m->ranges[i];
		m->ranges = ranges;
		m->range_size = size;
	}
	m->ranges[m->range_count++] = (struct ir_range){ set->low, set->high, to, 0 };
	add_ranges(m, set->right, to);
}

static int compare_ranges(const void *a, const void *b)
{
	const struct ir_range *x = a, *y = b;

	return x->low < y->low ? -1 : x->low > y->low;
}

/* The region from @first on, of which order[i], i < end, may be part, becomes a switch. */
static void make(struct maker *m, uint32_t first, const uint32_t *members, uint32_t count)
{
	struct ir_block *b = m->fn->order[first];
	struct ir_value *value = m->nodes[first].test.value;

	m->exit_count = m->range_count = 0;
	m->nodes[first].set = pieces_new(&m->pool, 0, ir_type_mask(value->type));
	for (uint32_t i = 0; i < count; i++)
		hand_down(m, first, m->fn->order[members[i]]);
	for (uint32_t i = 0; i < m->exit_count; i++) {
		struct node *node = &m->nodes[m->exits[i]->index];

		add_ranges(m, node->set, m->exits[i]);
		node->set = NULL;
		node->is_exit = false;
	}
	if (m->pool.failed) {
		m->fn->failed = true;
		return;
	}
	qsort(m->ranges, m->range_count, sizeof *m->ranges, compare_ranges);
	ir_end_drop(m->fn, b);
	ir_end_switch(m->fn, b, value, m->ranges, m->range_count);
	m->changed = true;
}

/* Sort the members by their regions, keeping their order, and make a switch of each region that is
 * worth it. */
static void make_all(struct maker *m, uint32_t *counts, uint32_t *members)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < m->fn->order_count; i++) { /* counts become places */
		uint32_t count = counts[i];

		counts[i] = at;
		at += count;
	}
	for (uint32_t i = 0; i < m->fn->order_count; i++)
		if (m->nodes[i].is_test)
			members[counts[m->nodes[i].region]++] = i;
	for (uint32_t i = 0, end; i < at && !m->fn->failed; i = end) {
		uint32_t region = m->nodes[members[i]].region;

		end = counts[region];
		if (end - i > 1)
			make(m, region, members + i, end - i);
	}
}

static void find_regions(struct maker *m, uint32_t *counts)
{
	for (uint32_t i = 0; i < m->fn->order_count; i++) {
		struct node *node = &m->nodes[i];

		node->is_test = test_of_branch(m->fn->order[i], &node->test);
		if (!node->is_test)
			continue;
		if (!joins(m, m->fn->order[i], &node->region))
			node->region = i;
		counts[node->region]++;
	}
}

bool ir_switch(struct ir_fn *fn, const struct ir_options *options)
{
	struct maker m = { .fn = fn, .options = options };
	uint32_t *counts, *members;

	m.pool.arena = &m.arena;
	if (!ir_order(fn))
		return false;
	split_edges(&m);
	if (!ir_order(fn))
		return false;
	m.nodes = arena_alloc_array(&m.arena, fn->order_count, sizeof *m.nodes);
	m.exits = arena_alloc_array(&m.arena, fn->order_count, sizeof *m.exits);
	counts = arena_alloc_array(&m.arena, fn->order_count, sizeof *counts);
	members = arena_alloc_array(&m.arena, fn->order_count, sizeof *members);
	m.numbers = ir_number_values(fn, &m.arena);
	m.skippable = ir_skippable_blocks(fn, options->drop_traps, &m.arena);
	if (!m.nodes || !m.exits || !counts || !members || !m.numbers || !m.skippable) {
		fn->failed = true;
	} else {
		find_regions(&m, counts);
		make_all(&m, counts, members);
		(void)ir_order(fn);
	}
	arena_release(&m.arena);
	return m.changed;
}
