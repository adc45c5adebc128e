/*
 * share.c - let two tails that differ only in where they read the packet be one.
 *
 * Needs: fold, spread (blocks stand for themselves), clean.  Keeps: results.  Breaks: use counts;
 * leaves phis of packet offsets.  Works under options.drop_traps, and for classic BPF, which counts
 * instructions and has an index register for exactly this.
 *
 * 'tcp port 22' reads the ports at 54 and 56 if it is IPv6 and at x + 14 and x + 16 if it is IPv4, and
 * else does the same with them.  So the IPv6 way sets x to 40 and goes on in the other's
 * tail.  A tail may have two such bases: addresses of IP are at 26 and 30, those of ARP at 28 and 38.
 *
 * Tails that could match are found by hashing: the hash of a block leaves out where it reads, and
 * includes those of its successors.  Longer tails come before their ends, because blocks are tried in
 * topological order.  Then both are walked together: blocks, ends and operands must be the
 * same, successors the same block or in turn a pair, and loads a fixed distance from one of the bases.
 */
#include "ir/ir_pass.h"

#include "ir/known.h"

enum {
	BASES = 2,
	MOST_TRIES = 4, /* for one hash */
	MOST_DEPTH = 6, /* of operands */
	STEPS_PER_BLOCK = 16,
};

/* Where a tail reads: 'value' (NULL: 0) + 'at'. */
struct base {
	struct ir_value *value;
	uint32_t at;
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
	const bool *skippable;
	uint32_t *hashes;        /* by block index */
	uint32_t *sizes;         /* by block index: instructions, about */
	struct ir_block **table; /* of blocks by hash, the latest first ... */
	struct ir_block **chain; /* ... by block index */
	uint32_t mask;
	bool *is_done; /* by index: part of a tail that was shared */

	/* the pair of tails at hand: 'gone' and 'stays' */
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

static void hash_block(struct share *s, struct ir_block *b)
{
	uint64_t hash = mix(b->end, b->cond);
	uint32_t size = 1;

	for (unsigned int i = 0; i < ir_end_operands(b); i++)
		hash = mix(hash, hash_operand(b->operands[i], 0, &size));
	for (uint32_t i = 0; i < ir_succ_count(b) && b->end == IR_END_BRANCH; i++)
		hash = mix(hash, s->hashes[ir_succ(b, i)->index]);
	if (b->end == IR_END_RETURN || b->end == IR_END_JUMP) /* only itself is like it */
		hash = mix(hash, b->id);
	s->hashes[b->index] = (uint32_t)(hash >> 32);
	s->sizes[b->index] = size;
}

/*
 * Comparing
 */

static bool same_value(const struct share *s, const struct ir_value *a, const struct ir_value *b)
{
	if (!a || !b)
		return a == b;
	return s->numbers[a->id] == s->numbers[b->id];
}

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

/* Let the loads be at a new base.  One that is not constant is computed where the tail begins, so it
 * must be used there. */
static bool add_base(struct share *s, const struct ir_value *gone, const struct ir_value *stays)
{
	bool is_variable = gone->args[0] || stays->args[0];
	uint32_t at = stays->args[0] ? (uint32_t)stays->imm :
		      gone->args[0]  ? (uint32_t)gone->imm :
				       0;

	if (s->base_count == BASES)
		return false;
	if (is_variable && (stays->block != s->tail[0] || !is_small(gone->args[0], 0) ||
			    !is_small(stays->args[0], 0)))
		return false;
	/* variable bases are taken as they are, and constants do not become negative */
	if (gone->args[0] ? (uint32_t)gone->imm != at : (uint32_t)gone->imm < at)
		return false;
	if (stays->args[0] ? (uint32_t)stays->imm != at : (uint32_t)stays->imm < at)
		return false;
	s->gone[s->base_count] = (struct base){ gone->args[0], (uint32_t)gone->imm - at };
	s->stays[s->base_count] = (struct base){ stays->args[0], (uint32_t)stays->imm - at };
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
		    (uint32_t)gone->imm - s->gone[i].at == (uint32_t)stays->imm - s->stays[i].at)
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

static bool match_block(struct share *s, const struct ir_block *gone, const struct ir_block *stays)
{
	if (gone->end != IR_END_BRANCH || stays->end != IR_END_BRANCH ||
	    gone->cond != stays->cond || !s->skippable[gone->index] ||
	    !s->skippable[stays->index] || has_phis(gone) || has_phis(stays))
		return false;
	for (unsigned int i = 0; i < 2; i++)
		if (!match_operand(s, gone->operands[i], stays->operands[i], 0))
			return false;
	return true;
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
	for (unsigned int i = 0; i < 2; i++) {
		struct ir_block *a = gone->to[i], *b = stays->to[i];

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

/* Instructions saved, less those to set the bases. */
static bool is_worth_it(const struct share *s)
{
	uint32_t size = 0, cost = 1; /* a jump */

	for (uint32_t i = 0; i < s->tail_count; i++)
		size += s->sizes[s->tail[i]->index];
	for (unsigned int i = 0; i < s->base_count; i++)
		cost += (s->stays[i].value ? 1u : 2u) + (i > 0 ? 3u : 0u);
	return s->base_count && size > cost;
}

static bool match(struct share *s, struct ir_block *gone, struct ir_block *stays)
{
	bool ok = true;

	s->base_count = s->reader_count = 0;
	add_pair(s, gone, stays);
	for (uint32_t i = 0; i < s->tail_count && ok; i++) {
		struct ir_block *b = s->tail[i], *a = s->pair[b->index];

		if (!s->steps_left) {
			ok = false;
			break;
		}
		s->steps_left--;
		ok = match_block(s, a, b) && match_successors(s, a, b);
	}
	ok = ok && is_closed(s) && is_worth_it(s);
	if (!ok)
		drop_pairs(s);
	return ok;
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

/* All ways to @from lead to a new block, which sets @bases and goes to @to. */
static void enter(struct share *s, struct ir_block *from, const struct base *bases,
		  struct ir_block *to, struct ir_value **phis)
{
	struct ir_block *b = ir_block_new(s->fn);
	struct ir_value *values[BASES];

	if (!b)
		return;
	while (from->pred_count) {
		struct ir_pred pred = from->preds[from->pred_count - 1];

		ir_redirect(s->fn, pred.from, pred.out, b);
	}
	for (unsigned int i = 0; i < s->base_count; i++)
		values[i] = put_base(s, b, &bases[i]);
	ir_end_jump(s->fn, b, to);
	for (unsigned int i = 0; i < s->base_count && !s->fn->failed; i++)
		phis[i]->list[b->slot[0]] = values[i];
}

static void share(struct share *s, struct ir_block *gone, struct ir_block *stays)
{
	struct ir_block *join = ir_block_new(s->fn);
	struct ir_value *phis[BASES];

	if (!join)
		return;
	for (unsigned int i = s->base_count; i-- > 0;) /* the first stays in X, being set last */
		phis[i] = ir_append(
			s->fn, join,
			&(struct ir_value){ .op = IR_PHI, .type = IR_I32, .span = SPAN_NONE });
	enter(s, gone, s->gone, join, phis);
	enter(s, stays, s->stays, join, phis);
	if (s->fn->failed)
		return;
	ir_end_jump(s->fn, join, stays);
	for (uint32_t i = 0; i < s->reader_count; i++) {
		const struct reader *r = &s->readers[i];

		if (r->base == BASES)
			continue;
		r->load->args[0] = phis[r->base];
		r->load->imm = r->distance;
	}
	for (uint32_t i = 0; i < s->tail_count; i++) {
		s->is_done[s->tail[i]->index] = true;
		s->is_done[s->pair[s->tail[i]->index]->index] = true;
	}
	drop_pairs(s);
	s->changed = true;
}

/* Look for a tail like the one that begins with @b, and make them one. */
static void try_block(struct share *s, struct ir_block *b)
{
	struct ir_block **link = &s->table[s->hashes[b->index] & s->mask];
	unsigned int tries = 0;

	if (b->end != IR_END_BRANCH || b == s->fn->entry)
		return;
	for (struct ir_block *other = *link; other && tries < MOST_TRIES && !s->is_done[b->index];
	     other = s->chain[other->index]) {
		bool b_stays;

		if (s->hashes[other->index] != s->hashes[b->index] || s->is_done[other->index])
			continue;
		tries++;
		/* what reads at a variable base stays: its base costs least */
		b_stays = match(s, other, b);
		if (b_stays && s->stays[0].value) {
			share(s, other, b);
			return;
		}
		drop_pairs(s);
		if (match(s, b, other))
			share(s, b, other);
		else if (b_stays && match(s, other, b))
			share(s, other, b);
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
	s->numbers = ir_number_values(s->fn, &s->arena);
	s->skippable = ir_skippable_blocks(s->fn, true, &s->arena);
	s->is_gone = arena_alloc_array(&s->arena, blocks, sizeof *s->is_gone);
	s->hashes = arena_alloc_array(&s->arena, blocks, sizeof *s->hashes);
	s->sizes = arena_alloc_array(&s->arena, blocks, sizeof *s->sizes);
	s->table = arena_alloc_array(&s->arena, size, sizeof *s->table);
	s->chain = arena_alloc_array(&s->arena, blocks, sizeof *s->chain);
	s->is_done = arena_alloc_array(&s->arena, blocks, sizeof *s->is_done);
	s->pair = arena_alloc_array(&s->arena, blocks, sizeof *s->pair);
	s->tail = arena_alloc_array(&s->arena, blocks + 2, sizeof *s->tail);
	s->readers = arena_alloc_array(&s->arena, s->fn->value_count + 1, sizeof *s->readers);
	return s->numbers && s->skippable && s->is_gone && s->hashes && s->sizes && s->table &&
	       s->chain && s->is_done && s->pair && s->tail && s->readers;
}

bool ir_share(struct ir_fn *fn, const struct ir_options *options)
{
	struct share s = { .fn = fn };

	if (options->target != IR_TARGET_CBPF || !options->drop_traps || !ir_order(fn) ||
	    fn->has_loops)
		return false;
	if (!allocate(&s)) {
		fn->failed = true;
	} else {
		uint32_t count = fn->order_count;

		for (uint32_t i = count; i-- > 0;)
			hash_block(&s, fn->order[i]);
		for (uint32_t i = 0; i < count && !fn->failed; i++)
			try_block(&s, fn->order[i]);
		(void)ir_order(fn);
	}
	arena_release(&s.arena);
	return s.changed;
}
