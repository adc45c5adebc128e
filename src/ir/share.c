/*
 * share.c - let two tails that ask the same, only of other fields, be one.
 *
 * Needs: fold, spread (blocks stand for themselves), clean.  Keeps: results.  Breaks: use counts;
 * leaves phis of packet offsets and fields.  Works under options.drop_traps, and for classic BPF, which counts
 * instructions and has an index register for exactly this.
 *
 * 'tcp port 22' reads the ports at 54 and 56 if it is IPv6 and at x + 14 and x + 16 if it is IPv4, and
 * else does the same with them.  So the IPv6 way sets x to 40 and goes on in the other's
 * tail.  A tail may have two such bases.  X begins as 0, so a base of 0 costs nothing.
 *
 * What is tested first may be any two values, which are then brought to A on the ways to the tail: 'is it 6
 * or 17' is asked of byte 23 if it is IPv4, of 20 if it is IPv6, of 54 if that has a fragment header.  It
 * must be done with before the tail tests anything else.  A base that is not constant is then
 * computed before that test; so it must not read further than the test does, or it would reject.
 *
 * Tails that could match are found by hashing: the hash of a block leaves out where it reads, and
 * includes those of its successors.  Longer tails come before their ends, because blocks are tried in
 * topological order.  Then both are walked together: blocks, ends and operands must be the
 * same, successors the same block or in turn a pair, and loads a fixed distance from one of the bases.
 */
#include "ir/ir_pass.h"

#include "base/bits.h"
#include "ir/known.h"

enum {
	BASES = 2,
	MOST_TRIES = 4, /* for one hash */
	MOST_DEPTH = 6, /* of operands */
	MOST_ROUNDS = 4,
	STEPS_PER_BLOCK = 16,
};

/* Where a tail reads: 'value' (NULL: 0) + 'at'. */
struct base {
	struct ir_value *value;
	uint32_t at;
};

/* Two tails: 'gone' is to go on in the one that 'stays'.  If 'open', they first test other values. */
struct match {
	struct ir_block *gone, *stays;
	bool open;
};

/* A load in the tail that stays, to become one at bases[base] + distance; base is BASES if both tails
 * read the same. */
struct reader {
	struct ir_value *load;
	unsigned int base;
	uint32_t distance;
};

struct share {
	struct ir_fn *fn;
	struct arena arena;
	const uint32_t *numbers;
	uint32_t numbered; /* values that have one */
	const bool *skippable;
	bool uses_x;             /* something reads at a place that is not constant, or may */
	uint64_t *hashes;        /* by block index */
	uint64_t *open_hashes;   /* the same, whatever value the block tests */
	uint32_t *sizes;         /* by block index: instructions, about */
	struct ir_block **table; /* of blocks by open hash, the latest first ... */
	struct ir_block **chain; /* ... by block index */
	uint32_t mask;
	bool *is_done; /* by index: part of a tail that was shared */

	/* the pair of tails at hand: 'gone' and 'stays' */
	struct ir_value *gone_head,
		*stays_head; /* the values tested first, if they differ; or NULL */
	struct base gone[BASES], stays[BASES];
	unsigned int base_count;
	struct ir_block **pair; /* by index of a block that stays: its partner */
	bool *is_gone;          /* by index: it is a partner */
	struct ir_block **tail; /* blocks that stay */
	uint32_t tail_count;
	struct reader *readers;
	uint32_t reader_count;
	uint64_t steps_left;
	bool changed;
};

static bool has_phis(const struct ir_block *b)
{
	return b->first && b->first->op == IR_PHI;
}

/*
 * Hashes
 */

static uint64_t mix(uint64_t hash, uint64_t with)
{
	hash = (hash ^ with) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 29;
}

static uint64_t hash_operand(const struct ir_value *v, unsigned int depth, uint32_t *size)
{
	uint64_t hash = mix(v->op, v->bytes);

	if (ir_is_const(v))
		return mix(hash, (uint64_t)v->imm);
	++*size;
	if (v->op == IR_PACKET || depth > MOST_DEPTH)
		return hash;
	hash = mix(hash, (uint64_t)v->imm);
	if (ir_ops[v->op].args == IR_ARGS_LIST)
		return mix(hash, v->id);
	for (unsigned int i = 0; i < ir_ops[v->op].args; i++)
		hash = mix(hash, v->args[i] ? hash_operand(v->args[i], depth + 1, size) : 0);
	return hash;
}

/* Values made by this pass are only like themselves. */
static uint32_t number_of(const struct share *s, const struct ir_value *v)
{
	return v->id < s->numbered ? s->numbers[v->id] : v->id;
}

static bool same_value(const struct share *s, const struct ir_value *a, const struct ir_value *b)
{
	if (!a || !b)
		return a == b;
	return number_of(s, a) == number_of(s, b);
}

static bool chooses(const struct ir_block *b)
{
	return b->end == IR_END_BRANCH || b->end == IR_END_SWITCH;
}

/* How @b chooses, apart from what it looks at. */
static uint64_t hash_end(const struct ir_block *b, uint32_t *size)
{
	uint64_t hash = mix(b->end, b->cond);

	*size = 1;
	if (b->end == IR_END_BRANCH)
		return mix(hash, hash_operand(b->operands[1], 0, size));
	for (uint32_t i = 0; i < b->range_count && b->end == IR_END_SWITCH; i++)
		hash = mix(mix(hash, b->ranges[i].low), b->ranges[i].high);
	if (b->end == IR_END_SWITCH)
		*size = b->range_count;
	return hash;
}

static void hash_block(struct share *s, struct ir_block *b)
{
	uint32_t size;
	uint64_t open = hash_end(b, &size), hash = open;

	if (!chooses(b)) { /* only itself is like it */
		s->hashes[b->index] = s->open_hashes[b->index] = mix(hash, b->id);
		return;
	}
	hash = mix(hash, hash_operand(b->operands[0], 0, &size));
	for (uint32_t i = 0; i < ir_succ_count(b); i++) {
		const struct ir_block *to = ir_succ(b, i);
		bool goes_on = chooses(to) && same_value(s, to->operands[0], b->operands[0]);

		hash = mix(hash, s->hashes[to->index]);
		open = mix(open, goes_on ? s->open_hashes[to->index] : s->hashes[to->index]);
	}
	s->hashes[b->index] = hash;
	s->open_hashes[b->index] = open;
	s->sizes[b->index] = size;
}

/*
 * Comparing
 */

/* Note how @load of the tail that stays was matched; it may be so in one way only. */
static bool add_reader(struct share *s, struct ir_value *load, unsigned int base, uint32_t distance)
{
	for (uint32_t i = s->reader_count; i-- > 0;) {
		const struct reader *r = &s->readers[i];

		if (r->load->block != load->block)
			break;
		if (r->load == load)
			return r->base == base && r->distance == distance;
	}
	s->readers[s->reader_count++] = (struct reader){ load, base, distance };
	return true;
}

/* Few enough operations to compute @v anew. */
static bool is_small(const struct ir_value *v, unsigned int depth)
{
	enum { SMALL = 3 };

	if (!v || ir_is_const(v) || v->op == IR_PHI)
		return true;
	for (unsigned int i = 0; i < ir_ops[v->op].args; i++)
		if (depth == SMALL || !is_small(v->args[i], depth + 1))
			return false;
	return true;
}

/* Where the furthest packet load with a constant place that is part of @v ends; 0: there is none.
 * *ret_fixed: all its loads are such. */
static uint32_t extent(const struct ir_value *v, unsigned int depth, bool *ret_fixed)
{
	uint32_t most = 0;

	if (!v || ir_is_const(v))
		return 0;
	if (v->op == IR_PACKET && !v->args[0] && (uint32_t)v->imm <= INT32_MAX)
		return (uint32_t)v->imm + v->bytes;
	if (v->op == IR_PACKET || ir_ops[v->op].args == IR_ARGS_LIST || depth > MOST_DEPTH) {
		*ret_fixed = false;
		return 0;
	}
	for (unsigned int i = 0; i < ir_ops[v->op].args; i++) {
		uint32_t end = extent(v->args[i], depth + 1, ret_fixed);

		most = end > most ? end : most;
	}
	return most;
}

/* May @base be computed where @head is?  It must not end the program where that does not. */
static bool may_come_early(const struct ir_value *base, const struct ir_value *head)
{
	bool fixed = true, head_fixed = true;
	uint32_t end = extent(base, 0, &fixed);

	return head && fixed && end <= extent(head, 0, &head_fixed);
}

/* Let the loads be at a new base.  One that is not constant is computed where the tail begins, so it
 * must be used there, or do no harm. */
static bool add_base(struct share *s, const struct ir_value *gone, const struct ir_value *stays)
{
	bool is_variable = gone->args[0] || stays->args[0];
	uint32_t gone_at = (uint32_t)gone->imm, stays_at = (uint32_t)stays->imm;
	uint32_t at = stays->args[0]     ? stays_at :
		      gone->args[0]      ? gone_at :
		      gone_at < stays_at ? gone_at :
					   stays_at;

	if (s->base_count == BASES)
		return false;
	if (is_variable &&
	    (!is_small(gone->args[0], 0) || !is_small(stays->args[0], 0) ||
	     (stays->block != s->tail[0] && (!may_come_early(gone->args[0], s->gone_head) ||
					     !may_come_early(stays->args[0], s->stays_head)))))
		return false;
	/* variable bases are taken as they are, and constants do not become negative */
	if (gone->args[0] ? gone_at != at : gone_at < at)
		return false;
	if (stays->args[0] ? stays_at != at : stays_at < at)
		return false;
	s->gone[s->base_count] = (struct base){ gone->args[0], gone_at - at };
	s->stays[s->base_count] = (struct base){ stays->args[0], stays_at - at };
	s->base_count++;
	return true;
}

static bool match_load(struct share *s, const struct ir_value *gone, struct ir_value *stays)
{
	unsigned int i;

	if (same_value(s, gone, stays))
		return add_reader(s, stays, BASES, 0);
	for (i = 0; i < s->base_count; i++)
		if (same_value(s, gone->args[0], s->gone[i].value) &&
		    same_value(s, stays->args[0], s->stays[i].value) &&
		    (uint32_t)gone->imm - s->gone[i].at == (uint32_t)stays->imm - s->stays[i].at &&
		    (uint32_t)stays->imm >= s->stays[i].at)
			break;
	if (i == s->base_count && !add_base(s, gone, stays))
		return false;
	return add_reader(s, stays, i, (uint32_t)stays->imm - s->stays[i].at);
}

static bool match_operand(struct share *s, const struct ir_value *gone, struct ir_value *stays,
			  unsigned int depth)
{
	if (gone == stays)
		return true;
	if (gone->op != stays->op || gone->type != stays->type || gone->bytes != stays->bytes ||
	    ir_is_const(gone) || gone->op == IR_PHI || depth > MOST_DEPTH)
		return false;
	if (gone->op == IR_PACKET)
		return match_load(s, gone, stays);
	if (gone->imm != stays->imm)
		return false;
	for (unsigned int i = 0; i < ir_ops[gone->op].args; i++)
		if (!match_operand(s, gone->args[i], stays->args[i], depth + 1))
			return false;
	return true;
}

/* Does @stays, as @gone does, test the value tested first? */
static bool tests_head(const struct share *s, const struct ir_block *gone,
		       const struct ir_block *stays)
{
	return s->stays_head && same_value(s, stays->operands[0], s->stays_head) &&
	       same_value(s, gone->operands[0], s->gone_head);
}

static bool match_end(const struct ir_block *gone, const struct ir_block *stays)
{
	if (!chooses(gone) || gone->end != stays->end ||
	    ir_succ_count(gone) != ir_succ_count(stays))
		return false;
	if (gone->end == IR_END_BRANCH)
		return gone->cond == stays->cond;
	for (uint32_t i = 0; i < gone->range_count; i++)
		if (gone->ranges[i].low != stays->ranges[i].low ||
		    gone->ranges[i].high != stays->ranges[i].high)
			return false;
	return true;
}

static bool match_block(struct share *s, const struct ir_block *gone, const struct ir_block *stays)
{
	if (!match_end(gone, stays) || !s->skippable[gone->index] || !s->skippable[stays->index] ||
	    has_phis(gone) || has_phis(stays))
		return false;
	if (!tests_head(s, gone, stays) &&
	    !match_operand(s, gone->operands[0], stays->operands[0], 0))
		return false;
	return gone->end == IR_END_SWITCH ||
	       match_operand(s, gone->operands[1], stays->operands[1], 0);
}

/* Made by this pass? */
static bool is_new(const struct ir_block *b)
{
	return b->index == UINT32_MAX;
}

static void add_pair(struct share *s, struct ir_block *gone, struct ir_block *stays)
{
	s->pair[stays->index] = gone;
	s->is_gone[gone->index] = true;
	s->tail[s->tail_count++] = stays;
}

static void drop_pairs(struct share *s)
{
	for (uint32_t i = 0; i < s->tail_count; i++) {
		uint32_t index = s->tail[i]->index;

		s->is_gone[s->pair[index]->index] = false;
		s->pair[index] = NULL;
	}
	s->tail_count = 0;
}

/* Successors of a pair must be one block, or a pair too. */
static bool match_successors(struct share *s, struct ir_block *gone, struct ir_block *stays)
{
	for (uint32_t i = 0; i < ir_succ_count(gone); i++) {
		struct ir_block *a = ir_succ(gone, i), *b = ir_succ(stays, i);

		if (a == b) {
			if (has_phis(a))
				return false;
			continue;
		}
		if (is_new(a) || is_new(b))
			return false;
		if (s->pair[b->index] == a)
			continue;
		if (s->pair[b->index] || s->is_done[a->index] || s->is_done[b->index])
			return false;
		add_pair(s, a, b);
	}
	return true;
}

/* Is each of the tails' blocks but the first reached through its tail only, and in one tail only? */
static bool is_closed(const struct share *s)
{
	for (uint32_t i = 0; i < s->tail_count; i++) {
		const struct ir_block *b = s->tail[i], *a = s->pair[b->index];

		if (s->is_gone[b->index])
			return false;
		for (uint32_t p = 0; i > 0 && p < b->pred_count; p++)
			if (is_new(b->preds[p].from) || !s->pair[b->preds[p].from->index])
				return false;
		for (uint32_t p = 0; i > 0 && p < a->pred_count; p++)
			if (is_new(a->preds[p].from) || !s->is_gone[a->preds[p].from->index])
				return false;
	}
	return true;
}

/* The value tested first is in a register, which holds it until something else is tested. */
static bool is_head_first(const struct share *s)
{
	for (uint32_t i = 1; i < s->tail_count && s->stays_head; i++) {
		const struct ir_block *b = s->tail[i];

		if (!tests_head(s, s->pair[b->index], b))
			continue;
		for (uint32_t p = 0; p < b->pred_count; p++)
			if (!same_value(s, b->preds[p].from->operands[0], s->stays_head))
				return false;
	}
	return true;
}

/* Does every way to @b come from a test of @v, which is thus in the register? */
static bool is_at_hand(const struct share *s, const struct ir_block *b, const struct ir_value *v)
{
	for (uint32_t i = 0; i < b->pred_count; i++)
		if (!chooses(b->preds[i].from) || !same_value(s, b->preds[i].from->operands[0], v))
			return false;
	return true;
}

/* Instructions to set base number @i. */
static int cost_of_base(const struct share *s, unsigned int i)
{
	bool is_zero = !s->gone[i].value && !s->stays[i].value && !s->uses_x &&
		       (s->gone[i].at == 0 || s->stays[i].at == 0);

	/* the index register begins as 0; a second base lives in a cell */
	return (s->stays[i].value || is_zero ? 1 : 2) + (i > 0 ? 5 : 0);
}

/* How often the index register changes from one base to the other. */
static int count_changes(const struct share *s)
{
	int count = 0;

	for (uint32_t i = 1; i < s->reader_count && s->base_count > 1; i++)
		count += s->readers[i].base != s->readers[i - 1].base;
	return count;
}

/* Instructions saved, less those to set bases and to jump. */
static int gain_of(const struct share *s)
{
	const struct ir_block *gone = s->pair[s->tail[0]->index];
	int gain = 0;

	if (!s->base_count && !s->stays_head)
		return 0;
	for (uint32_t i = 0; i < s->tail_count; i++) {
		const struct ir_block *b = s->tail[i];
		bool is_there = tests_head(s, s->pair[b->index], b);

		is_there |= i > 0 && is_at_hand(s, b, b->operands[0]);
		gain += is_there && b->end == IR_END_BRANCH ? 1 : (int)s->sizes[b->index];
	}
	if (s->base_count || !s->gone_head || !is_at_hand(s, gone, s->gone_head))
		gain--;
	for (unsigned int i = 0; i < s->base_count; i++)
		gain -= cost_of_base(s, i);
	return gain - count_changes(s);
}

/* Can @v be brought to the accumulator without the index register, which holds a base? */
static bool needs_no_x(const struct ir_value *v, unsigned int depth)
{
	if (ir_is_const(v) || v->op == IR_PHI)
		return true;
	if (v->op == IR_PACKET)
		return !v->args[0];
	if (ir_ops[v->op].args == 1 && v->args[0])
		return depth < MOST_DEPTH && needs_no_x(v->args[0], depth + 1);
	return ir_ops[v->op].args == 0 || (ir_ops[v->op].args == 2 && ir_is_const(v->args[1]) &&
					   depth < MOST_DEPTH && needs_no_x(v->args[0], depth + 1));
}

/* The values that @gone and @stays test become one, set on the ways to them. */
static bool open_heads(struct share *s, const struct ir_block *gone, const struct ir_block *stays)
{
	s->gone_head = gone->operands[0];
	s->stays_head = stays->operands[0];
	return chooses(gone) && chooses(stays) && s->gone_head->type == IR_I32 &&
	       s->stays_head->type == IR_I32 && !same_value(s, s->gone_head, s->stays_head) &&
	       !ir_is_const(s->gone_head) && !ir_is_const(s->stays_head) &&
	       is_small(s->gone_head, 0) && is_small(s->stays_head, 0) &&
	       needs_no_x(s->gone_head, 0) && needs_no_x(s->stays_head, 0);
}

/* What @m gains; leaves the pairs in place if that is more than nothing. */
static int match(struct share *s, const struct match *m)
{
	bool ok = true;
	int gain = 0;

	s->base_count = s->reader_count = 0;
	s->gone_head = s->stays_head = NULL;
	if (m->open && !open_heads(s, m->gone, m->stays))
		return 0;
	add_pair(s, m->gone, m->stays);
	for (uint32_t i = 0; i < s->tail_count && ok; i++) {
		struct ir_block *b = s->tail[i], *a = s->pair[b->index];

		ok = s->steps_left > 0 && match_block(s, a, b) && match_successors(s, a, b);
		s->steps_left -= s->steps_left > 0;
	}
	if (ok && is_closed(s) && is_head_first(s))
		gain = gain_of(s);
	if (gain <= 0)
		drop_pairs(s);
	return gain;
}

/*
 * Sharing
 */

/* A copy of @v and what it is made from, at the end of @b. */
static struct ir_value *copy(struct share *s, struct ir_block *b, struct ir_value *v)
{
	struct ir_value *made;

	if (!v || ir_is_const(v) || v->op == IR_PHI)
		return v;
	made = ir_value_new(s->fn, v);
	if (s->fn->failed)
		return v;
	for (unsigned int i = 0; i < ir_ops[v->op].args; i++)
		made->args[i] = copy(s, b, v->args[i]);
	ir_insert(b, NULL, made);
	return made;
}

static struct ir_value *put_base(struct share *s, struct ir_block *b, const struct base *base)
{
	return base->value ? copy(s, b, base->value) : ir_const(s->fn, IR_I32, base->at);
}

/* All ways to @from lead to a new block, which goes to @to. */
static struct ir_block *enter(struct share *s, struct ir_block *from, struct ir_block *to)
{
	struct ir_block *b = ir_block_new(s->fn);

	if (!b)
		return NULL;
	while (from->pred_count && !s->fn->failed) {
		struct ir_pred pred = from->preds[from->pred_count - 1];

		ir_redirect(s->fn, pred.from, pred.out, b);
	}
	ir_end_jump(s->fn, b, to);
	return b;
}

static struct ir_value *new_phi(struct share *s, struct ir_block *b)
{
	return ir_append(s->fn, b,
			 &(struct ir_value){ .op = IR_PHI, .type = IR_I32, .span = SPAN_NONE });
}

/* Let the tail that stays work with @phis instead of bases, and with @head. */
static void use_phis(struct share *s, struct ir_value *const phis[BASES], struct ir_value *head)
{
	for (uint32_t i = 0; i < s->tail_count && head; i++) {
		struct ir_block *b = s->tail[i];

		b->note = tests_head(s, s->pair[b->index], b) ? b : NULL;
	}
	for (uint32_t i = 0; i < s->tail_count && head; i++)
		if (s->tail[i]->note)
			s->tail[i]->operands[0] = head;
	for (uint32_t i = 0; i < s->reader_count; i++) {
		const struct reader *r = &s->readers[i];

		if (r->base == BASES)
			continue;
		r->load->args[0] = phis[r->base];
		r->load->imm = r->distance;
	}
}

/* Phis are set in their order: first the index register, and of the bases that first which stays in
 * it last; then the accumulator, which bases may need on their way. */
static void share(struct share *s, const struct match *m)
{
	struct ir_block *join = ir_block_new(s->fn), *gone, *stays;
	struct ir_value *phis[BASES], *head = NULL;

	if (!join)
		return;
	for (unsigned int i = s->base_count; i-- > 0;)
		phis[i] = new_phi(s, join);
	if (s->stays_head)
		head = new_phi(s, join);
	gone = enter(s, m->gone, join);
	stays = enter(s, m->stays, join);
	for (unsigned int i = 0; i < s->base_count && !s->fn->failed; i++) {
		phis[i]->list[gone->slot[0]] = put_base(s, gone, &s->gone[i]);
		phis[i]->list[stays->slot[0]] = put_base(s, stays, &s->stays[i]);
	}
	if (head && !s->fn->failed) {
		head->list[gone->slot[0]] = copy(s, gone, s->gone_head);
		head->list[stays->slot[0]] = copy(s, stays, s->stays_head);
	}
	if (s->fn->failed)
		return;
	ir_end_jump(s->fn, join, m->stays);
	use_phis(s, phis, head);
	for (uint32_t i = 0; i < s->tail_count; i++) {
		s->is_done[s->tail[i]->index] = true;
		s->is_done[s->pair[s->tail[i]->index]->index] = true;
	}
	drop_pairs(s);
	s->changed = true;
}

/* Make @b and @other, or what follows them, one, in the way that gains most. */
static bool try_pair(struct share *s, struct ir_block *b, struct ir_block *other)
{
	const struct match ways[] = {
		{ other, b, true },
		{ b, other, true },
		{ other, b, false },
		{ b, other, false },
	};
	const struct match *best = NULL;
	int most = 0;

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		int gain;

		if (!ways[i].open && s->hashes[b->index] != s->hashes[other->index])
			continue;
		gain = 2 * match(s, &ways[i]);
		/* what reads at a variable base stays: its base costs least */
		gain += gain > 0 && s->base_count && s->stays[0].value;
		if (gain > most) {
			most = gain;
			best = &ways[i];
		}
		drop_pairs(s);
	}
	if (!best || match(s, best) <= 0)
		return false;
	share(s, best);
	return true;
}

/* Look for a tail like the one that begins with @b, and make them one. */
static void try_block(struct share *s, struct ir_block *b)
{
	struct ir_block **link = &s->table[s->open_hashes[b->index] & s->mask];
	unsigned int tries = 0;

	if (!chooses(b) || b == s->fn->entry)
		return;
	for (struct ir_block *other = *link; other && tries < MOST_TRIES && !s->is_done[b->index];
	     other = s->chain[other->index]) {
		if (s->open_hashes[other->index] != s->open_hashes[b->index] ||
		    s->is_done[other->index])
			continue;
		tries++;
		if (try_pair(s, b, other))
			return;
	}
	s->chain[b->index] = *link;
	*link = b;
}

static bool allocate(struct share *s)
{
	uint32_t blocks = s->fn->order_count, size = 64;

	while (size < blocks)
		size *= 2;
	s->mask = size - 1;
	s->steps_left = (uint64_t)blocks * STEPS_PER_BLOCK;
	s->numbered = s->fn->value_count;
	s->numbers = ir_number_values(s->fn, &s->arena);
	s->skippable = ir_skippable_blocks(s->fn, true, &s->arena);
	s->is_gone = arena_alloc_array(&s->arena, blocks, sizeof *s->is_gone);
	s->hashes = arena_alloc_array(&s->arena, blocks, sizeof *s->hashes);
	s->open_hashes = arena_alloc_array(&s->arena, blocks, sizeof *s->open_hashes);
	s->sizes = arena_alloc_array(&s->arena, blocks, sizeof *s->sizes);
	s->table = arena_alloc_array(&s->arena, size, sizeof *s->table);
	s->chain = arena_alloc_array(&s->arena, blocks, sizeof *s->chain);
	s->is_done = arena_alloc_array(&s->arena, blocks, sizeof *s->is_done);
	s->pair = arena_alloc_array(&s->arena, blocks, sizeof *s->pair);
	s->tail = arena_alloc_array(&s->arena, blocks + 2, sizeof *s->tail);
	s->readers = arena_alloc_array(&s->arena, s->fn->value_count + 1, sizeof *s->readers);
	return s->numbers && s->skippable && s->is_gone && s->hashes && s->open_hashes &&
	       s->sizes && s->table && s->chain && s->is_done && s->pair && s->tail && s->readers;
}

static bool reads_at_base(const struct ir_block *b)
{
	for (const struct ir_value *v = b->first; v; v = v->next)
		if (v->op == IR_PACKET && v->args[0])
			return true;
	return false;
}

static bool run(struct ir_fn *fn)
{
	struct share s = { .fn = fn };
	uint32_t count;

	if (!ir_order(fn) || fn->has_loops)
		return false;
	count = fn->order_count;
	if (!allocate(&s)) {
		fn->failed = true;
		count = 0;
	}
	for (uint32_t i = count; i-- > 0;) {
		hash_block(&s, fn->order[i]);
		s.uses_x |= reads_at_base(fn->order[i]);
	}
	for (uint32_t i = 0; i < count && !fn->failed; i++)
		try_block(&s, fn->order[i]);
	arena_release(&s.arena);
	return s.changed;
}

/* A tail takes in one other a round. */
bool ir_share(struct ir_fn *fn, const struct ir_options *options)
{
	unsigned int rounds = 0;

	if (options->target != IR_TARGET_CBPF || !options->drop_traps)
		return false;
	while (rounds < MOST_ROUNDS && run(fn))
		rounds++;
	(void)ir_order(fn);
	return rounds > 0;
}
