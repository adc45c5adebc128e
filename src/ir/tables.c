/*
 * tables.c - large sets as hash maps: one lookup in place of a tree of comparisons.
 *
 * Needs: switch.  Keeps: values and traps.  Breaks: use counts, layout.
 *
 * A tree of comparisons over random values is mispredicted at every second level: 64 scattered
 * values cost 17 ns, a thousand 28, ten thousand 48, and a hash lookup 6 to 12 at any size
 * (measured on x86-64, half of the packets matching).  A set of networks of one size is a set too, of
 * what is left after a shift.  Networks of many sizes stay a tree: Linux's LPM trie walks bit by
 * bit, and costs more than the comparisons do.
 *
 * Of a switch, the largest set that pays becomes a table; what is left is a smaller switch, and looked
 * at again.
 */
#include "ir/ir_pass.h"

#include <stdlib.h>

enum {
	LEAST_RANGES = 32,   /* that a table replaces: five comparisons one after the other */
	MOST_KEYS = 1 << 20, /* in one table */
	LOOKUP = 1,          /* bpf_map_lookup_elem */
};

/* The ranges of one switch that lead to one block. */
struct set {
	struct ir_block *to;
	uint32_t range_count;
	unsigned int shift; /* the ranges begin and end at multiples of 1 << shift */
	uint64_t key_count; /* after shifting */
};

struct maker {
	struct ir_fn *fn;
	struct ir_block *block; /* whose end is a switch */
	struct ir_value *value;
	unsigned int bits; /* of the value */
};

static unsigned int trailing_zeros(uint64_t x, unsigned int bits)
{
	return x ? (unsigned int)__builtin_ctzll(x) : bits;
}

static struct set measure(const struct maker *m, struct ir_block *to)
{
	struct set set = { .to = to, .shift = m->bits - 1 };
	const struct ir_range *end = m->block->ranges + m->block->range_count;
	uint64_t mask = ir_type_mask(m->value->type);

	for (const struct ir_range *r = m->block->ranges; r < end; r++) {
		unsigned int low = trailing_zeros(r->low, m->bits);
		unsigned int high = trailing_zeros((r->high + 1) & mask, m->bits);

		if (r->to != to)
			continue;
		set.range_count++;
		set.shift = low < set.shift ? low : set.shift;
		set.shift = high < set.shift ? high : set.shift;
	}
	for (const struct ir_range *r = m->block->ranges; r < end; r++)
		if (r->to == to)
			set.key_count += ((r->high - r->low) >> set.shift) + 1;
	return set;
}

static bool pays(const struct set *set)
{
	return set->range_count >= LEAST_RANGES && set->key_count <= MOST_KEYS &&
	       set->key_count / 2 <= set->range_count &&
	       !(set->to->first && set->to->first->op == IR_PHI);
}

static int compare_targets(const void *a, const void *b)
{
	const struct ir_block *x = *(struct ir_block *const *)a, *y = *(struct ir_block *const *)b;

	return (x->id > y->id) - (x->id < y->id);
}

/* The set that replaces the most ranges; its block is NULL when none pays. */
static struct set find_set(struct maker *m)
{
	struct set best = { 0 };
	uint32_t count = m->block->range_count;
	struct ir_block **targets = arena_alloc_array(m->fn->arena, count, sizeof(*targets));

	if (!targets) {
		m->fn->failed = true;
		return best;
	}
	for (uint32_t i = 0; i < count; i++)
		targets[i] = m->block->ranges[i].to;
	qsort(targets, count, sizeof(*targets), compare_targets);
	for (uint32_t i = 0, next; i < count; i = next) {
		struct set set;

		for (next = i + 1; next < count && targets[next] == targets[i]; next++)
			;
		if (next - i < LEAST_RANGES || next - i <= best.range_count)
			continue;
		set = measure(m, targets[i]);
		if (pays(&set))
			best = set;
	}
	return best;
}

/* The numbers of @set, in order. */
static struct ir_table *make_table(struct maker *m, const struct set *set)
{
	struct ir_fn *fn = m->fn;
	struct ir_table *table = arena_alloc(fn->arena, sizeof(*table)), **end = &fn->tables;

	if (!table)
		return NULL;
	table->keys = arena_alloc_array(fn->arena, set->key_count, sizeof(*table->keys));
	if (!table->keys)
		return NULL;
	table->key_bytes = m->bits / 8;
	for (uint32_t i = 0; i < m->block->range_count; i++) {
		const struct ir_range *r = &m->block->ranges[i];

		if (r->to != set->to)
			continue;
		for (uint64_t n = 0; n <= (r->high - r->low) >> set->shift; n++)
			table->keys[table->count++] = (r->low >> set->shift) + n;
	}
	table->map = fn->map_count++;
	while (*end)
		end = &(*end)->next;
	*end = table;
	return table;
}

static struct ir_value *add(struct ir_fn *fn, struct ir_block *b, struct ir_value what)
{
	what.span = SPAN_NONE;
	return ir_append(fn, b, &what);
}

/* At the end of @b, which has none: is the value in @table? */
static void add_lookup(struct maker *m, struct ir_block *b, const struct ir_table *table,
		       const struct set *set, struct ir_block *no)
{
	struct ir_fn *fn = m->fn;
	struct ir_value *key = m->value, *slot, *map, *found;
	enum ir_type type = m->value->type;

	if (set->shift > 0)
		key = add(fn, b,
			  (struct ir_value){ .op = IR_SHR,
					     .type = type,
					     .args = { key, ir_const(fn, type, set->shift) } });
	slot = add(fn, b, (struct ir_value){ .op = IR_SLOT, .type = IR_PTR, .imm = 8 });
	add(fn, b,
	    (struct ir_value){
		    .op = IR_STORE, .bytes = (uint8_t)table->key_bytes, .args = { slot, key } });
	map = add(fn, b, (struct ir_value){ .op = IR_MAP, .type = IR_PTR, .imm = table->map });
	found = add(fn, b,
		    (struct ir_value){ .op = IR_CALL,
				       .type = IR_PTR,
				       .imm = LOOKUP,
				       .list = (struct ir_value *[]){ map, slot },
				       .list_count = 2 });
	ir_end_branch(fn, b, IR_NE, found, ir_const(fn, IR_PTR, 0), set->to, no);
}

/* The switch that is left when no value of @set comes any more: those belong to their neighbours. */
static void end_rest(struct maker *m, struct ir_block *rest, const struct ir_range *old,
		     uint32_t count, const struct set *set)
{
	struct ir_range *ranges = arena_alloc_array(m->fn->arena, count, sizeof(*ranges));
	uint32_t filled = 0;
	uint64_t low = 0;

	if (!ranges) {
		m->fn->failed = true;
		return;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (old[i].to != set->to) {
			if (filled > 0 && ranges[filled - 1].to == old[i].to)
				filled--, low = ranges[filled].low;
			ranges[filled++] = (struct ir_range){ low, old[i].high, old[i].to, 0 };
		} else if (filled > 0) {
			ranges[filled - 1].high = old[i].high;
		}
		low = filled > 0 ? ranges[filled - 1].high + 1 : 0;
	}
	if (filled == 0) /* every value was in the set */
		ir_end_jump(m->fn, rest, set->to);
	else if (filled == 1)
		ir_end_jump(m->fn, rest, ranges[0].to);
	else
		ir_end_switch(m->fn, rest, m->value, ranges, filled);
}

/* Take one table out of the switch; false when none pays. */
static bool take_table(struct maker *m)
{
	struct ir_fn *fn = m->fn;
	struct set set = find_set(m);
	struct ir_table *table = set.to ? make_table(m, &set) : NULL;
	struct ir_block *rest = table ? ir_block_new(fn) : NULL, *b = m->block;
	const struct ir_range *old = b->ranges;
	uint32_t count = b->range_count;

	if (!rest) {
		fn->failed |= set.to != NULL;
		return false;
	}
	ir_block_move_after(fn, rest, b);
	ir_end_drop(fn, b);
	add_lookup(m, b, table, &set, rest);
	end_rest(m, rest, old, count, &set);
	m->block = rest;
	return true;
}

bool ir_tables(struct ir_fn *fn, const struct ir_options *options)
{
	bool changed = false;

	if (!options->tables)
		return false;
	for (struct ir_block *b = fn->entry; b && !fn->failed; b = b->next) {
		struct maker m = { .fn = fn, .block = b };

		if (b->end != IR_END_SWITCH)
			continue;
		m.value = b->operands[0];
		m.bits = ir_type_bits(m.value->type);
		while (m.block->end == IR_END_SWITCH && m.bits >= 32 && take_table(&m))
			changed = true;
	}
	return changed;
}
