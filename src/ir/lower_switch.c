/*
 * lower_switch.c - switches as trees of branches.
 *
 * Needs: nothing.  Keeps: values and traps.  Breaks: use counts, layout.
 *
 * The ranges of a switch are cut into halves by 'lt' until few enough tests are left to make them one
 * after the other: one 'eq' for a single value, one 'lt' for a range at the border, two for any other.
 * A thousand scattered values then take eleven comparisons.  Where many small ranges lie close
 * together and have two targets only, a constant with one bit for each value is cheaper: after
 * subtracting the first, one shift and one test.
 *
 * Classic BPF counts instructions (a program is refused beyond 4,096), so it gets longer rows than
 * eBPF; and its constants have 32 bits.
 */
#include "ir/ir_pass.h"

struct lower {
	struct ir_fn *fn;
	struct ir_value *value;
	struct ir_block *before; /* new blocks come behind this one */
	unsigned int row;        /* tests made one after the other, at most */
	unsigned int window;     /* values that a bit set covers */
};

enum {
	ROW_CBPF = 6,
	ROW_EBPF = 2,
	ROW_ALONE_CBPF = 6, /* a whole switch as small as this is one row */
	BITS_TESTS = 8,     /* a bit set must replace this many */
};

/* How many tests make [from, to) of @ranges when all else goes to @rest. */
static unsigned int row_cost(const struct ir_range *from, const struct ir_range *to,
			     const struct ir_block *rest, unsigned int most)
{
	unsigned int cost = 0;

	for (const struct ir_range *r = from; r < to && cost <= most; r++)
		if (r->to != rest)
			cost += r->low == r->high || r == from || r == to - 1 ? 1 : 2;
	return cost;
}

/* The target that leaves the fewest tests for a row, or NULL if a row would be too long. */
static struct ir_block *row_rest(const struct ir_range *from, const struct ir_range *to,
				 unsigned int most)
{
	struct ir_block *best = NULL;
	unsigned int best_cost = most + 1;

	if (to - from > 2 * (ptrdiff_t)most + 1)
		return NULL;
	for (const struct ir_range *r = from; r < to; r++) {
		unsigned int cost = row_cost(from, to, r->to, most);

		if (cost < best_cost) {
			best_cost = cost;
			best = r->to;
		}
	}
	return best;
}

static struct ir_block *new_block(struct lower *l)
{
	struct ir_block *b = ir_block_new(l->fn);

	if (!b)
		return l->before; /* fn->failed: nothing matters */
	ir_block_move_after(l->fn, b, l->before);
	l->before = b;
	return b;
}

static void branch(struct lower *l, struct ir_block *b, enum ir_cond cond, uint64_t c,
		   struct ir_block *yes, struct ir_block *no)
{
	ir_end_branch(l->fn, b, cond, l->value, ir_const(l->fn, l->value->type, c), yes, no);
}

static void lower_row(struct lower *l, struct ir_block *b, const struct ir_range *from,
		      const struct ir_range *to, struct ir_block *rest)
{
	const struct ir_range *last = to - 1;
	uint64_t low = from->low; /* the value is not below */

	while (last > from && last->to == rest)
		last--;
	for (const struct ir_range *r = from; r <= last && !l->fn->failed; r++) {
		struct ir_block *next;

		if (r->to == rest)
			continue;
		if (r == to - 1 && r->low == low) {
			ir_end_jump(l->fn, b, r->to); /* nothing else is left */
			return;
		}
		if (r == to - 1 && r->low != r->high) {
			branch(l, b, IR_LT, r->low, rest, r->to);
			return;
		}
		if (r->low != low && r->low != r->high) {
			next = new_block(l);
			branch(l, b, IR_LT, r->low, rest, next);
			b = next;
			low = r->low;
		}
		next = r == last ? rest : new_block(l);
		if (r->low == r->high)
			branch(l, b, IR_EQ, r->low, r->to, next);
		else
			branch(l, b, IR_LT, r->high + 1, r->to, next);
		if (r->low == low)
			low = r->high + 1;
		b = next;
	}
	if (last->to == rest)
		ir_end_jump(l->fn, b, rest);
}

/* Can [from, to), whose borders go to the same target, be one set of bits? */
static bool is_bit_set(const struct lower *l, const struct ir_range *from,
		       const struct ir_range *to)
{
	const struct ir_block *rest = from->to, *member;
	unsigned int tests = 0;

	if (to - from < 2 * BITS_TESTS + 1 || (to - 1)->to != rest)
		return false;
	member = from[1].to;
	if ((to - 2)->high - from[1].low >= l->window)
		return false;
	for (const struct ir_range *r = from; r < to; r++) {
		if (r->to != rest && r->to != member)
			return false;
		tests += r->to == member;
	}
	return tests >= BITS_TESTS;
}

static struct ir_value *compute(struct lower *l, struct ir_block *b, enum ir_op op,
				struct ir_value *x, struct ir_value *y)
{
	return ir_append(l->fn, b,
			 &(struct ir_value){
				 .op = op, .type = x->type, .args = { x, y }, .span = SPAN_NONE });
}

static void lower_bits(struct lower *l, struct ir_block *b, const struct ir_range *from,
		       const struct ir_range *to)
{
	enum ir_type type = l->value->type;
	uint64_t first = from[1].low, count = (to - 2)->high - first + 1, bits = 0;
	struct ir_block *rest = from->to, *inside = new_block(l);
	struct ir_value *at, *shifted;

	for (const struct ir_range *r = from; r < to; r++)
		for (uint64_t v = r->low; r->to != rest; v++) {
			bits |= (uint64_t)1 << (v - first);
			if (v == r->high)
				break;
		}
	at = compute(l, b, IR_ADD, l->value, ir_const(l->fn, type, 0 - first));
	ir_end_branch(l->fn, b, IR_LT, at, ir_const(l->fn, type, count), inside, rest);
	if (l->window == 64 && ir_type_bits(type) < 64) {
		at = ir_append(
			l->fn, inside,
			&(struct ir_value){
				.op = IR_ZEXT, .type = IR_I64, .args = { at }, .span = SPAN_NONE });
		type = IR_I64;
	}
	shifted = compute(l, inside, IR_SHR, ir_const(l->fn, type, bits), at);
	ir_end_branch(l->fn, inside, IR_SET, shifted, ir_const(l->fn, type, 1), from[1].to, rest);
}

/* Ranges [from, to) decide at the end of @b, which has none. */
static void lower_slice(struct lower *l, struct ir_block *b, const struct ir_range *from,
			const struct ir_range *to, unsigned int row)
{
	struct ir_block *rest, *low, *high;
	const struct ir_range *middle;

	if (l->fn->failed)
		return;
	rest = row_rest(from, to, row);
	if (rest) {
		lower_row(l, b, from, to, rest);
		return;
	}
	if (is_bit_set(l, from, to)) {
		lower_bits(l, b, from, to);
		return;
	}
	middle = from + (to - from) / 2;
	low = new_block(l);
	high = new_block(l);
	branch(l, b, IR_LT, middle->low, low, high);
	lower_slice(l, low, from, middle, l->row);
	lower_slice(l, high, middle, to, l->row);
}

/* How many low bits no border between the ranges has. */
static unsigned int common_shift(const struct ir_range *from, const struct ir_range *to)
{
	uint64_t bits = 0;

	for (const struct ir_range *r = from + 1; r < to; r++)
		bits |= r->low;
	return bits ? (unsigned int)__builtin_ctzll(bits) : 0;
}

/* If ranges become single values by dropping low bits, and enough of them, do so. */
static void drop_low_bits(struct lower *l, struct ir_block *b, struct ir_range *from,
			  struct ir_range *to)
{
	unsigned int shift = common_shift(from, to), gain = 0;

	for (const struct ir_range *r = from + 1; r < to - 1; r++)
		gain += r->high - r->low + 1 == (uint64_t)1 << shift;
	if (!shift || gain < 2)
		return;
	for (struct ir_range *r = from; r < to; r++) {
		r->low >>= shift;
		r->high >>= shift;
	}
	l->value = compute(l, b, IR_SHR, l->value, ir_const(l->fn, l->value->type, shift));
}

/* An edge to a block with phis comes from many places of the tree: give it a block of its own. */
static void split_edges(struct ir_fn *fn, struct ir_block *b)
{
	for (uint32_t i = 0; i < b->range_count && !fn->failed; i++) {
		const struct ir_block *to = b->ranges[i].to;

		if (to->first && to->first->op == IR_PHI)
			ir_split_edge(fn, b, i);
	}
}

bool ir_lower_switch(struct ir_fn *fn, const struct ir_options *options)
{
	bool changed = false, is_cbpf = options->target == IR_TARGET_CBPF;

	for (struct ir_block *b = fn->entry, *next; b && !fn->failed; b = next) {
		struct lower l = {
			.fn = fn,
			.before = b,
			.row = is_cbpf ? ROW_CBPF : ROW_EBPF,
			.window = is_cbpf ? 32 : 64,
		};
		uint32_t count;
		struct ir_range *ranges;

		next = b->next;
		if (b->end != IR_END_SWITCH)
			continue;
		split_edges(fn, b);
		ranges = b->ranges;
		count = b->range_count;
		l.value = b->operands[0];
		ir_end_drop(fn, b);
		drop_low_bits(&l, b, ranges, ranges + count);
		lower_slice(&l, b, ranges, ranges + count, is_cbpf ? ROW_ALONE_CBPF : l.row);
		changed = true;
	}
	return changed;
}
