/*
 * combine.c - read neighbouring fields at once.
 *
 * Needs: fold; spread, or blocks cannot be left out.  Keeps: results and traps.  Breaks: use counts.
 *
 * Of an IPv4 header a filter for ports asks the protocol, in byte 9, and that the fragment's offset in
 * bytes 6 and 7 is zero.  Both lie in one word, so one load, one mask and one comparison do.
 * The same goes for a VLAN's type and number, or the end of an MPLS stack and the version behind it.
 *
 * The first test may be a list, 'is it 6 or 17 or 132'; then each member compares the word.  In
 * terms of blocks: some test one field for equality, one after another; where it holds all go to one
 * block, which tests the other field; where neither holds both go to the same place.
 *
 * The wider load may reach beyond the first field only if a packet too short for it is rejected anyhow.
 */
#include "ir/ir_pass.h"

#include "ir/known.h"

enum {
	MOST_BYTES = 4,
	MOST_ROUNDS = 4, /* of combining what was combined */
	NEAR = 1 << 30,  /* offsets and bases below do not wrap */
};

/* A branch that goes over edge 'hit' if (field & mask) == value. */
struct probe {
	const struct ir_value *load;
	uint64_t mask, value;
	uint32_t hit;
};

struct combine {
	struct ir_fn *fn;
	struct arena arena;
	const uint32_t *numbers;
	uint32_t numbered; /* values that were there when they were numbered */
	const bool *skippable;
	bool changed;
};

static bool has_phis(const struct ir_block *b)
{
	return b->first && b->first->op == IR_PHI;
}

/* Read the branch of @b as a probe; @hit says which edge is to be the hit. */
static bool read_probe(const struct ir_block *b, uint32_t hit, struct probe *ret)
{
	const struct ir_value *v = b->operands[0];
	uint64_t c;

	if (b->end != IR_END_BRANCH || b->to[0] == b->to[1] || !ir_is_const(b->operands[1]))
		return false;
	c = (uint64_t)b->operands[1]->imm;
	*ret = (struct probe){ .mask = UINT64_MAX, .value = c, .hit = hit };
	if (v->op == IR_AND && ir_is_const(v->args[1])) {
		ret->mask = (uint64_t)v->args[1]->imm;
		v = v->args[0];
	}
	if (v->op != IR_PACKET || v->type != IR_I32 || (uint64_t)v->imm >= NEAR ||
	    (v->args[0] && ir_most(v->args[0]) >= NEAR))
		return false;
	ret->load = v;
	ret->mask &= UINT64_MAX >> (64 - 8 * v->bytes);
	if (b->cond == IR_EQ)
		return hit == 0 && !(c & ~ret->mask);
	if (b->cond != IR_SET)
		return false;
	ret->mask &= c;
	ret->value = hit == 0 ? ret->mask : 0;
	return hit == 1 || !(c & (c - 1)); /* of several bits 'set' says little */
}

/* A value made meanwhile is only like itself. */
static uint32_t number_of(const struct combine *c, const struct ir_value *v)
{
	return !v ? UINT32_MAX : v->id < c->numbered ? c->numbers[v->id] : v->id;
}

/* Does the branch of @b look at the load @v? */
static bool looks_at(const struct combine *c, const struct ir_block *b, const struct ir_value *v)
{
	const struct ir_value *x = b->operands[0];

	if (b->end != IR_END_BRANCH)
		return false;
	while (x && x->op != IR_PACKET && ir_ops[x->op].args == 2 && ir_is_const(x->args[1]))
		x = x->args[0];
	return x && x->op == IR_PACKET && number_of(c, x) == number_of(c, v);
}

/* The word that covers both fields. */
struct word {
	uint32_t at, bytes;
};

static bool find_word(const struct combine *c, const struct ir_value *a, const struct ir_value *b,
		      bool may_reach, struct word *ret)
{
	uint32_t a_at = (uint32_t)a->imm, b_at = (uint32_t)b->imm;
	uint32_t a_end = a_at + a->bytes, b_end = b_at + b->bytes;
	uint32_t end = a_end > b_end ? a_end : b_end;

	if (number_of(c, a->args[0]) != number_of(c, b->args[0]) || (b_end > a_end && !may_reach))
		return false;
	ret->at = a_at < b_at ? a_at : b_at;
	ret->bytes = end - ret->at;
	if (ret->bytes == 3 && ret->at > 0) { /* one byte more before, where a packet has it */
		ret->at--;
		ret->bytes++;
	}
	return ret->bytes == 1 || ret->bytes == 2 || ret->bytes == MOST_BYTES;
}

/* Bits of @load's field in @word. */
static uint64_t place_bits(uint64_t bits, const struct ir_value *load, const struct word *word)
{
	return bits << (8 * (word->at + word->bytes - (uint32_t)load->imm - load->bytes));
}

static bool is_reject(const struct ir_block *b)
{
	return b->end == IR_END_RETURN && !b->first && ir_is_const(b->operands[0]) &&
	       b->operands[0]->imm == 0;
}

/* The first of the blocks that lead to @second, each the next one's miss, the last one's being @miss.  NULL if
 * that is not so. */
static struct ir_block *find_list(const struct combine *c, const struct ir_block *second,
				  const struct ir_block *miss, struct probe *ret_first)
{
	struct ir_block *last = NULL, *b;
	struct probe probe;

	for (uint32_t i = 0; i < second->pred_count; i++) {
		b = second->preds[i].from;
		if (b->index >= second->index)
			return NULL; /* a loop */
		if (!read_probe(b, second->preds[i].out, &probe))
			return NULL;
		if (i == 0)
			*ret_first = probe;
		else if (number_of(c, probe.load) != number_of(c, ret_first->load) ||
			 probe.mask != ret_first->mask)
			return NULL;
		if (b->to[!probe.hit] == miss) {
			if (last)
				return NULL;
			last = b;
		}
	}
	b = last;
	for (uint32_t left = second->pred_count; b && --left > 0;) {
		if (b->pred_count != 1 || !c->skippable[b->index] || has_phis(b))
			return NULL;
		b = b->preds[0].from;
		if (b->end != IR_END_BRANCH || (b->to[0] != second && b->to[1] != second))
			return NULL;
	}
	return b;
}

/* Is the register that holds a field before or after of more use than one load less? */
static bool is_of_use(const struct combine *c, const struct ir_block *head,
		      const struct ir_block *second, const struct probe *a, const struct probe *b)
{
	for (uint32_t i = 0; i < head->pred_count; i++)
		if (looks_at(c, head->preds[i].from, a->load))
			return true;
	for (uint32_t i = 0; i < 2; i++)
		if (looks_at(c, second->to[i], a->load) || looks_at(c, second->to[i], b->load))
			return true;
	return false;
}

static struct ir_value *append_word(struct combine *c, struct ir_block *b,
				    const struct ir_value *like, const struct word *word,
				    uint64_t mask)
{
	struct ir_value *v = ir_append(c->fn, b,
				       &(struct ir_value){
					       .op = IR_PACKET,
					       .type = IR_I32,
					       .bytes = (uint8_t)word->bytes,
					       .args = { like->args[0] },
					       .imm = word->at,
					       .span = like->span,
				       });

	if (mask == UINT64_MAX >> (64 - 8 * word->bytes))
		return v;
	return ir_append(c->fn, b,
			 &(struct ir_value){ .op = IR_AND,
					     .type = IR_I32,
					     .args = { v, ir_const(c->fn, IR_I32, mask) },
					     .span = like->span });
}

/* Let every block before @second ask what @second asks too. */
static void merge(struct combine *c, struct ir_block *second, const struct probe *b,
		  const struct word *word)
{
	struct ir_block *yes = second->to[b->hit];

	while (second->pred_count && !c->fn->failed) {
		struct ir_pred pred = second->preds[second->pred_count - 1];
		struct ir_block *first = pred.from, *miss = first->to[!pred.out];
		struct probe a;
		struct ir_value *v;
		uint64_t mask, value;

		(void)read_probe(first, pred.out, &a);
		mask = place_bits(a.mask, a.load, word) | place_bits(b->mask, b->load, word);
		value = place_bits(a.value, a.load, word) | place_bits(b->value, b->load, word);
		v = append_word(c, first, a.load, word, mask);
		ir_end_drop(c->fn, first);
		ir_end_branch(c->fn, first, IR_EQ, v, ir_const(c->fn, IR_I32, value), yes, miss);
	}
	c->changed = true;
}

static void try_block(struct combine *c, struct ir_block *second)
{
	for (uint32_t hit = 0; hit < 2; hit++) {
		struct ir_block *head;
		struct probe a = { 0 }, b;
		struct word word;
		const struct ir_block *miss;

		if (!read_probe(second, hit, &b))
			continue;
		miss = second->to[!hit];
		head = find_list(c, second, miss, &a);
		if (!head || has_phis(second->to[hit]) || has_phis(miss) ||
		    !find_word(c, a.load, b.load, is_reject(miss), &word) ||
		    place_bits(a.mask, a.load, &word) & place_bits(b.mask, b.load, &word) ||
		    is_of_use(c, head, second, &a, &b))
			continue;
		merge(c, second, &b, &word);
		return;
	}
}

static bool run(struct ir_fn *fn, const struct ir_options *options)
{
	struct combine c = { .fn = fn, .numbered = fn->value_count };
	uint32_t blocks;

	if (!ir_order(fn))
		return false;
	blocks = fn->order_count;
	c.numbers = ir_number_values(fn, &c.arena);
	c.skippable = ir_skippable_blocks(fn, options->drop_traps, &c.arena);
	if (!c.numbers || !c.skippable)
		fn->failed = true;
	for (uint32_t i = 1; i < blocks && !fn->failed; i++) {
		struct ir_block *b = fn->order[i];

		if (b->pred_count && c.skippable[i] && !has_phis(b))
			try_block(&c, b);
	}
	arena_release(&c.arena);
	(void)ir_order(fn);
	return c.changed;
}

bool ir_combine(struct ir_fn *fn, const struct ir_options *options)
{
	bool changed = false;

	for (unsigned int i = 0; i < MOST_ROUNDS && !fn->failed && run(fn, options); i++)
		changed = true;
	return changed;
}
