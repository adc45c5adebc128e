/*
 * thread.c - decide branches whose outcome is known, here or on the way here.
 *
 * Needs: fold (its canonical branches); spread makes more blocks skippable.  Keeps: values, traps
 * (a block whose loads may trap is skipped only under options.drop_traps).  Breaks: use counts, and
 * what cannot be reached any more stays until ir_order.
 *
 * For each edge we walk: as long as it leads to a block that only computes and branches, and what is
 * known on this edge decides that branch, the edge is led past the block.  This is done twice.
 *
 * Once from the last block to the first, with what is known in the graph as it was.  Later edges have
 * been led on before, so that a step over a block goes as far as all who come through it go: in a
 * list of ten thousand ranges, each edge takes a few steps although it ends far away.  That the graph
 * changes meanwhile is no contradiction: a fact is true whenever its block is reached, and what runs
 * afterwards reaches the same blocks as before, in the same state, less some that only choose.
 *
 * Then from the first to the last, with what is known in the graph as it becomes: when a block's turn
 * comes all edges into it are final, so its nearest dominator is found on the fly.  Blocks that
 * lost predecessors know more now, and in a list of ten thousand hosts the whole list falls into its
 * order at once.  What has no predecessors left is dropped.
 *
 * Sources of truth: ranges and bits (facts.h), and equal conditions that were decided by an edge above
 * (found by hashing).  Where ways meet, those of one value that is tested there are remembered if
 * they are few: behind 'is it 6 or 17 or 132', a second such list is led past as a whole.
 *
 * In loops, an edge back has not been seen when its target is entered; nothing is assumed there, and no
 * edge is led on to an earlier block.
 */
#include "ir/ir_pass.h"

#include "ir/facts.h"
#include "ir/known.h"
#include "ir/tree.h"

/* A condition that holds, or does not, in @block and below. */
struct decided {
	uint32_t a, b; /* numbers; for b a constant: its id */
	enum ir_cond cond;
	bool holds;
	uint32_t block; /* index */
	struct decided *chain;
};

struct thread {
	struct ir_fn *fn;
	const struct ir_options *options;
	struct arena arena;
	struct facts facts;
	struct tree tree;
	const struct fact **known; /* at each block's start, by index */
	bool *skippable;           /* by index */
	bool *choosing;            /* by index */
	struct decided **table;
	uint32_t mask;
	uint64_t steps_left;
	bool changed;
};

enum {
	MOST_DECIDED = 32, /* entries looked at for one condition */
	STEPS_PER_EDGE = 64,
	SMALL = 64,        /* blocks, of which one way is enough */
	MOST_AT_ONCE = 32, /* blocks skipped as one */
};

/*
 * Equal conditions
 */

static uint32_t number_of(const struct thread *t, const struct ir_value *v)
{
	return t->facts.numbers[v->id];
}

static uint32_t bucket_of(const struct thread *t, enum ir_cond cond, uint32_t a, uint32_t b)
{
	uint64_t hash = ((uint64_t)a << 32 ^ b ^ (uint64_t)cond << 24) * 0x9e3779b97f4a7c15u;

	return (uint32_t)(hash >> 32) & t->mask;
}

static void note_decided(struct thread *t, const struct ir_block *from, bool holds,
			 const struct ir_block *block)
{
	uint32_t a = number_of(t, from->operands[0]), b = number_of(t, from->operands[1]);
	uint32_t at = bucket_of(t, from->cond, a, b);
	struct decided *d = arena_alloc(&t->arena, sizeof *d);

	if (!d)
		return;
	*d = (struct decided){ a, b, from->cond, holds, block->index, t->table[at] };
	t->table[at] = d;
}

/* Was the branch of @b decided at block number @above or on the way to it? */
static enum truth find_decided(const struct thread *t, const struct ir_block *b, uint32_t above)
{
	uint32_t x = number_of(t, b->operands[0]), y = number_of(t, b->operands[1]);
	struct decided *d = t->table[bucket_of(t, b->cond, x, y)];

	for (unsigned int i = 0; d && i < MOST_DECIDED; d = d->chain, i++)
		if (d->a == x && d->b == y && d->cond == b->cond &&
		    tree_is_above(&t->tree, d->block, above))
			return d->holds ? TRUTH_YES : TRUTH_NO;
	return TRUTH_UNKNOWN;
}

/*
 * Walking
 */

/* What is known on edge @out of @b, of which @known is known at its end. */
static const struct fact *facts_on_edge(const struct thread *t, const struct ir_block *b,
					uint32_t out, const struct fact *known)
{
	const struct ir_range *r;

	if (b->end == IR_END_BRANCH && b->to[0] != b->to[1])
		return facts_assume(&t->facts, known, b->cond, b->operands[0], b->operands[1],
				    out == 0);
	if (b->end != IR_END_SWITCH)
		return known;
	r = &b->ranges[out];
	return facts_assume_range(&t->facts, known, b->operands[0], r->low, r->high);
}

/* The successor of @to that edge @out of @from leads on to for certain, or UINT32_MAX. */
static uint32_t outcome(struct thread *t, const struct ir_block *from, uint32_t out,
			const struct ir_block *to, const struct fact *known)
{
	enum truth truth;
	struct known k;

	if (to->end == IR_END_JUMP)
		return 0; /* it was decided */
	if (to->end == IR_END_SWITCH) {
		k = facts_of(&t->facts, known, to->operands[0]);
		for (uint32_t i = 0; i < to->range_count && k.low <= k.high; i++)
			if (k.low >= to->ranges[i].low && k.low <= to->ranges[i].high)
				return k.high <= to->ranges[i].high ? i : UINT32_MAX;
		return UINT32_MAX;
	}
	truth = facts_decide(&t->facts, known, to->cond, to->operands[0], to->operands[1]);
	if (truth == TRUTH_UNKNOWN)
		truth = find_decided(t, to, from->index);
	if (truth == TRUTH_UNKNOWN && from != to && from->end == IR_END_BRANCH &&
	    from->cond == to->cond && from->to[0] != from->to[1] &&
	    number_of(t, from->operands[0]) == number_of(t, to->operands[0]) &&
	    number_of(t, from->operands[1]) == number_of(t, to->operands[1]))
		truth = out == 0 ? TRUTH_YES : TRUTH_NO;
	return truth == TRUTH_UNKNOWN ? UINT32_MAX : truth == TRUTH_YES ? 0 : 1;
}

/* A way on from an edge: the choice of each block on it. */
struct way {
	uint32_t over[MOST_AT_ONCE];
	uint32_t count;
	struct ir_block *end;
};

/* Let edge @out of @b go along @way. */
static void go(struct thread *t, struct ir_block *b, uint32_t out, const struct way *way)
{
	for (uint32_t i = 0; i < way->count && !t->fn->failed; i++)
		ir_bypass(t->fn, b, out, way->over[i]);
	t->changed = true;
}

static bool is_constant_return(const struct ir_block *b)
{
	return b->end == IR_END_RETURN && !b->first && ir_is_const(b->operands[0]);
}

/* Values of a block can be used elsewhere, and still a way past it to the end of the program
 * is none past which they are missed. */
static void walk_to_return(struct thread *t, struct ir_block *b, uint32_t out,
			   const struct fact *known)
{
	struct way way = { .end = ir_succ(b, out) };

	t->facts.slot = ir_succ_slot(b, out);
	while (!is_constant_return(way.end)) {
		uint32_t over = UINT32_MAX;

		t->facts.block = way.end;
		if (t->steps_left && way.count < MOST_AT_ONCE && way.end->index > b->index &&
		    t->choosing[way.end->index])
			over = outcome(t, b, out, way.end, known);
		if (over == UINT32_MAX)
			return;
		t->steps_left--;
		t->facts.slot = ir_succ_slot(way.end, over);
		way.over[way.count++] = over;
		way.end = ir_succ(way.end, over);
	}
	go(t, b, out, &way);
}

/* Does @b choose by the value with @number? */
static bool chooses_by(const struct thread *t, const struct ir_block *b, uint32_t number)
{
	if (!t->skippable[b->index] || number_of(t, b->operands[0]) != number)
		return false;
	return b->end == IR_END_SWITCH || (b->end == IR_END_BRANCH && ir_is_const(b->operands[1]));
}

static uint32_t choice_for(const struct ir_block *b, uint64_t value)
{
	uint32_t first = 0, last = b->range_count - 1;

	if (b->end == IR_END_BRANCH)
		return !ir_fold_cond(b->cond, b->operands[0]->type, value,
				     (uint64_t)b->operands[1]->imm);
	while (first < last) {
		uint32_t middle = first + (last - first) / 2;

		if (value > b->ranges[middle].high)
			first = middle + 1;
		else
			last = middle;
	}
	return first;
}

/* Where @value leads from @from on, as long as blocks choose by the value with @number. */
static bool follow_value(const struct thread *t, struct ir_block *from, uint32_t number,
			 uint64_t value, struct way *ret)
{
	*ret = (struct way){ .end = from };
	while (ret->count < MOST_AT_ONCE && chooses_by(t, ret->end, number)) {
		uint32_t over = choice_for(ret->end, value);

		ret->over[ret->count++] = over;
		ret->end = ir_succ(ret->end, over);
	}
	return ret->count > 0;
}

/* If one of few values decides where edge @out of @b leads, and all lead to one place, go there. */
static bool walk_by_values(struct thread *t, struct ir_block *b, uint32_t out,
			   const struct fact *known)
{
	struct ir_block *to = ir_succ(b, out);
	const struct fact *fact;
	struct way way, other;

	if (to->end != IR_END_BRANCH && to->end != IR_END_SWITCH)
		return false;
	fact = facts_find(known, number_of(t, to->operands[0]));
	if (!fact || !fact->value_count ||
	    !follow_value(t, to, fact->number, fact->values[0], &way))
		return false;
	for (uint32_t i = 1; i < fact->value_count; i++)
		if (!follow_value(t, to, fact->number, fact->values[i], &other) ||
		    other.end != way.end)
			return false;
	if (way.end->index <= b->index)
		return false;
	go(t, b, out, &way);
	return true;
}

/* Lead edge @out of @b as far as it is known to go. */
static void walk(struct thread *t, struct ir_block *b, uint32_t out, const struct fact *known)
{
	while (t->steps_left && !t->fn->failed) {
		struct ir_block *to = ir_succ(b, out);
		uint32_t over;

		t->steps_left--;
		if (to->index <= b->index)
			break;
		if (!t->skippable[to->index]) {
			walk_to_return(t, b, out, known);
			break;
		}
		t->facts.block = to;
		t->facts.slot = ir_succ_slot(b, out);
		over = outcome(t, b, out, to, known);
		if (over == UINT32_MAX && walk_by_values(t, b, out, known))
			continue;
		if (over == UINT32_MAX || ir_succ(to, over)->index <= b->index)
			break;
		ir_bypass(t->fn, b, out, over);
		t->changed = true;
	}
	t->facts.block = NULL;
}

/* Add what edge @pred leaves possible for @v to @values.  False if that is too much. */
static bool add_values(const struct thread *t, const struct ir_pred *pred, const struct ir_value *v,
		       uint64_t *values, uint32_t *count)
{
	const struct fact *list =
		facts_on_edge(t, pred->from, pred->out, t->known[pred->from->index]);
	const struct known k = facts_of(&t->facts, list, v);
	const struct fact *fact = facts_find(list, number_of(t, v));
	uint32_t more = k.low == k.high ? 1 : fact ? fact->value_count : 0;

	if (!more || *count + more > FACT_VALUES)
		return false;
	for (uint32_t i = 0; i < more; i++)
		values[(*count)++] = k.low == k.high ? k.low : fact->values[i];
	return true;
}

/* @list, and that @b is reached with few values of what one of its predecessors tests. */
static const struct fact *assume_joined(const struct thread *t, const struct ir_block *b,
					const struct fact *list)
{
	const struct ir_block *from = b->preds[0].from;
	uint64_t values[FACT_VALUES];
	uint32_t count = 0;

	if ((from->end != IR_END_BRANCH && from->end != IR_END_SWITCH) ||
	    ir_is_const(from->operands[0]) || b->pred_count > FACT_VALUES)
		return list;
	for (uint32_t i = 0; i < b->pred_count; i++)
		if (!add_values(t, &b->preds[i], from->operands[0], values, &count))
			return list;
	return facts_assume_values(&t->facts, list, from->operands[0], values, count);
}

/* Place @b in the tree, and find what is known at its start. */
static void enter(struct thread *t, struct ir_block *b)
{
	uint32_t above = UINT32_MAX;
	const struct ir_pred *pred = b->preds;
	bool is_complete = true;

	if (b == t->fn->entry) {
		tree_add_root(&t->tree, b->index);
		return;
	}
	if (!b->pred_count)
		return; /* not any more */
	for (uint32_t i = 0; i < b->pred_count; i++) {
		uint32_t from = pred[i].from->index;

		if (from >= b->index)
			is_complete = false;
		else
			above = above == UINT32_MAX ? from : tree_common(&t->tree, above, from);
	}
	if (!is_complete || above == UINT32_MAX)
		above = 0;
	tree_add(&t->tree, b->index, above);
	t->known[b->index] = is_complete ? t->known[above] : NULL;
	if (!is_complete)
		return;
	if (b->pred_count > 1) {
		t->known[b->index] = assume_joined(t, b, t->known[b->index]);
		return;
	}
	t->known[b->index] = facts_on_edge(t, pred->from, pred->out, t->known[above]);
	if (pred->from->end == IR_END_BRANCH)
		note_decided(t, pred->from, pred->out == 0, b);
}

static void lead_on(struct thread *t, struct ir_block *b)
{
	const struct fact *known;

	if (!b->pred_count && b != t->fn->entry) {
		ir_end_drop(t->fn, b);
		return;
	}
	known = t->known[b->index];

	if (b->end == IR_END_BRANCH || b->end == IR_END_SWITCH) {
		uint32_t out = outcome(t, b, UINT32_MAX, b, known);

		if (out != UINT32_MAX) {
			ir_end_decide(t->fn, b, out);
			t->changed = true;
		}
	}
	for (uint32_t out = 0; out < ir_succ_count(b) && !t->fn->failed; out++)
		if (t->choosing[ir_succ(b, out)->index]) /* else there is nothing to skip */
			walk(t, b, out, facts_on_edge(t, b, out, known));
}

static bool begin(struct thread *t)
{
	struct ir_fn *fn = t->fn;
	uint32_t size = 64;

	if (!ir_order(fn))
		return false;
	while (size < fn->order_count)
		size *= 2;
	t->mask = size - 1;
	t->table = arena_alloc_array(&t->arena, size, sizeof *t->table);
	t->known = arena_alloc_array(&t->arena, fn->order_count, sizeof *t->known);
	t->skippable = ir_skippable_blocks(fn, t->options->drop_traps, &t->arena);
	t->choosing = ir_choosing_blocks(fn, t->options->drop_traps, &t->arena);
	t->facts.arena = &t->arena;
	t->facts.numbers = ir_number_values(fn, &t->arena);
	for (uint32_t i = 0; i < fn->order_count; i++)
		t->steps_left += (uint64_t)ir_succ_count(fn->order[i]) * STEPS_PER_EDGE;
	if (t->table && t->known && t->skippable && t->choosing && t->facts.numbers &&
	    tree_init(&t->tree, &t->arena, fn->order_count))
		return true;
	fn->failed = true;
	return false;
}

/* One of the two ways; see above. */
static bool run(struct ir_fn *fn, const struct ir_options *options, bool is_forward)
{
	struct thread t = { .fn = fn, .options = options };

	if (begin(&t)) {
		for (uint32_t i = 0; i < fn->order_count && !is_forward; i++)
			enter(&t, fn->order[i]);
		for (uint32_t i = fn->order_count; i-- > 0 && !is_forward && !fn->failed;)
			lead_on(&t, fn->order[i]);
		for (uint32_t i = 0; i < fn->order_count && is_forward && !fn->failed; i++) {
			enter(&t, fn->order[i]);
			lead_on(&t, fn->order[i]);
		}
		(void)ir_order(fn);
	}
	arena_release(&t.arena);
	return t.changed;
}

bool ir_thread(struct ir_fn *fn, const struct ir_options *options)
{
	bool changed = ir_order(fn) && fn->order_count > SMALL && run(fn, options, false);

	return run(fn, options, true) || changed;
}
