/*
 * prune.c - ending paths that go on like one seen before.
 *
 * At instructions where paths may meet the state is kept.  A path that comes there later with a state that
 * allows no more than a kept one does (whose paths all ended well) need not be followed: each register that is
 * read later holds what the kept one held, or, if its number does not matter, any number.
 *
 * 1. 'branches' of a kept state counts the paths from it that are not done.  While there are any, what follows
 *    from it is not fully known: which slots are read, which numbers matter.
 * 2. A path that comes back to a kept state that is not done is in a loop.  If its state is exactly the same, it
 *    will never end, unless something outside bounds the loop: an iterator, may_goto, bpf_loop.  Those loops end
 *    by themselves, so coming back with a state within the kept one is the proof that nothing new happens.
 * 3. Of a path that ends in such a proof we do not know yet what its numbers matter for.  So all states it went
 *    through are compared as they are from then on: every number matters, every slot is read.
 * 4. A state that keeps failing to match is dropped.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kern/verifier/internal.h"

enum exactness {
	BY_NEED, /* numbers that do not matter may differ */
	WITHIN,  /* all numbers within the kept ones */
	SAME,    /* all equal */
};

enum {
	LEAST_JUMPS = 2, /* between states that are kept */
	LEAST_STEPS = 8,
	LOOP_JUMPS = 20,
	LOOP_STEPS = 100,
	MOST_HISTORY = 40,
};

/* ------------------------------------------------------------ which slots are read */

/* A slot is read by the present path: so it is by what follows from each kept state on it, back to where it was
 * written. */
void v_mark_read(struct verifier *v, uint32_t frame, uint32_t slot)
{
	const uint64_t bit = UINT64_C(1) << slot;

	for (struct state *s = v->cur; s->parent; s = s->parent) {
		if (s->frames[frame]->written & bit)
			return;
		if (frame > s->parent->depth || (s->parent->frames[frame]->read & bit))
			return;
		s->parent->frames[frame]->read |= bit;
	}
}

/* Between the last kept state and here. */
void v_mark_written(struct verifier *v, uint32_t frame, uint32_t slot)
{
	v->cur->frames[frame]->written |= UINT64_C(1) << slot;
}

static void mark_all_read(struct state *s)
{
	for (uint32_t f = 0; f <= s->depth; f++)
		s->frames[f]->read = UINT64_MAX;
}

/* What was read after the kept state is read after the present one. */
static void pass_reads(struct verifier *v, const struct state *seen)
{
	for (uint32_t f = 0; f <= seen->depth; f++)
		for (uint32_t i = 0; i < seen->frames[f]->slot_count; i++)
			if (seen->frames[f]->read >> i & 1)
				v_mark_read(v, f, i);
}

/* ------------------------------------------------------------ comparing */

/* Registers of one id in the kept state are of one in the new one. */
static bool same_id(struct verifier *v, uint32_t old, uint32_t new)
{
	struct v_id_map *map = &v->id_map;

	if (!old != !new)
		return false;
	if (!old)
		return true;
	for (uint32_t i = 0; i < map->count; i++) {
		if (map->pairs[i].old == old)
			return map->pairs[i].new == new;
		if (map->pairs[i].new == new)
			return false;
	}
	if (map->count == sizeof map->pairs / sizeof map->pairs[0])
		return false;
	map->pairs[map->count].old = old;
	map->pairs[map->count++].new = new;
	return true;
}

/* Numbers without one are each their own. */
static bool same_scalar_id(struct verifier *v, uint32_t old, uint32_t new)
{
	old = old ? old : ++v->id_map.next;
	new = new ? new : ++v->id_map.next;
	return same_id(v, old, new);
}

static bool same_kind(const struct reg *old, const struct reg *new)
{
	return old->type == new->type && old->flags == new->flags && old->off == new->off &&
	       old->raw[0] == new->raw[0] && old->raw[1] == new->raw[1];
}

static bool same_reg(struct verifier *v, const struct reg *old, const struct reg *new)
{
	return same_kind(old, new) &&
	       old->is_shifted == new->is_shifted &&range_equal(&old->range, &new->range) &&
	       same_id(v, old->id, new->id) && same_id(v, old->ref_id, new->ref_id);
}

static bool scalar_fits(struct verifier *v, const struct reg *old, const struct reg *new,
			enum exactness exact)
{
	if (!old->precise && exact == BY_NEED)
		return true;
	if (old->is_shifted != new->is_shifted || (old->is_shifted && old->off != new->off))
		return false;
	return same_scalar_id(v, old->id, new->id) && range_contains(&old->range, &new->range);
}

static bool reg_fits(struct verifier *v, const struct reg *old, const struct reg *new,
		     enum exactness exact)
{
	if (exact == SAME)
		return same_reg(v, old, new);
	if (old->type == REG_NONE)
		return true;
	if (old->type != new->type || old->flags != new->flags)
		return false;
	switch (old->type) {
	case REG_SCALAR: return scalar_fits(v, old, new, exact);
	case REG_MAP_KEY:
	case REG_MAP_VALUE:
	case REG_MEM:
	case REG_BUF:
	case REG_TP_BUFFER:
		return same_kind(old, new) && range_contains(&old->range, &new->range) &&
		       same_id(v, old->id, new->id) && same_id(v, old->ref_id, new->ref_id);
	case REG_PACKET:
	case REG_PACKET_META:
		return old->packet_bytes <= new->packet_bytes &&
		       old->off == new->off &&same_id(v, old->id, new->id) &&
		       range_contains(&old->range, &new->range);
	case REG_STACK: return same_reg(v, old, new) && old->frame == new->frame;
	default: return same_reg(v, old, new);
	}
}

static bool is_all_misc(const struct slot *slot)
{
	for (unsigned int i = 0; i < SLOT_BYTES; i++)
		if (slot->kind[i] != SLOT_MISC && slot->kind[i] != SLOT_INVALID)
			return false;
	return true;
}

/* A slot of any bytes is as one that holds any number. */
static const struct reg *slot_scalar(const struct slot *slot, struct reg *any)
{
	bool whole = slot_is_scalar(slot);

	for (unsigned int i = 0; whole && i < SLOT_BYTES; i++)
		whole = slot->kind[i] == SLOT_SPILL;
	if (whole)
		return &slot->reg;
	if (!is_all_misc(slot))
		return NULL;
	reg_set_unknown(any);
	return any;
}

static bool special_fits(struct verifier *v, const struct reg *old, const struct reg *new,
			 uint8_t kind)
{
	if (kind == SLOT_DYNPTR)
		return old->dynptr.kind == new->dynptr.kind &&
		       old->dynptr.is_first ==
			       new->dynptr.is_first &&same_id(v, old->ref_id, new->ref_id);
	if (kind == SLOT_ITER)
		return old->iter.btf_id == new->iter.btf_id && old->iter.state == new->iter.state &&
		       old->iter.kind == new->iter.kind &&same_id(v, old->ref_id, new->ref_id);
	return same_id(v, old->ref_id, new->ref_id);
}

static bool slot_fits(struct verifier *v, const struct slot *old, const struct slot *new,
		      enum exactness exact)
{
	struct reg any_old, any_new;
	const struct reg *a, *b;

	if (exact == SAME && memcmp(old->kind, new->kind, SLOT_BYTES) != 0)
		return false;
	if (exact != SAME && is_all_misc(old) && !memchr(new->kind, SLOT_DYNPTR, SLOT_BYTES) &&
	    !memchr(new->kind, SLOT_ITER, SLOT_BYTES) && !memchr(new->kind, SLOT_IRQ, SLOT_BYTES) &&
	    (!slot_is_spill(new) || slot_is_scalar(new)))
		return true;
	a = slot_scalar(old, &any_old);
	b = slot_scalar(new, &any_new);
	if (a && b)
		return reg_fits(v, a, b, exact);
	for (unsigned int i = 0; i < SLOT_BYTES; i++) {
		if (old->kind[i] == SLOT_INVALID ||
		    (old->kind[i] == SLOT_MISC &&
		     (new->kind[i] == SLOT_ZERO || new->kind[i] == SLOT_MISC ||
		      new->kind[i] == SLOT_INVALID)))
			continue;
		if (old->kind[i] != new->kind[i])
			return false;
	}
	if (slot_is_spill(old))
		return reg_fits(v, &old->reg, &new->reg, exact);
	if (old->kind[0] == SLOT_DYNPTR || old->kind[0] == SLOT_ITER || old->kind[0] == SLOT_IRQ)
		return special_fits(v, &old->reg, &new->reg, old->kind[0]);
	return true;
}

static bool frame_fits(struct verifier *v, const struct frame *old, const struct frame *new,
		       uint32_t insn, enum exactness exact)
{
	static const struct slot none = { .kind = { SLOT_INVALID } };

	if (old->callsite != new->callsite || old->callback_depth > new->callback_depth)
		return false;
	for (unsigned int i = 0; i < ISA_REGS; i++)
		if (v->info[insn].live >> i & 1 &&
		    !reg_fits(v, &old->regs[i], &new->regs[i], exact))
			return false;
	for (uint32_t i = 0; i < old->slot_count; i++) {
		const struct slot *slot = i < new->slot_count ? &new->slots[i] : &none;

		if (exact == SAME && i >= new->slot_count)
			return false;
		if (exact == BY_NEED && !(old->read >> i & 1))
			continue;
		if (!slot_fits(v, &old->slots[i], slot, exact))
			return false;
	}
	return true;
}

static bool refs_fit(struct verifier *v, const struct state *old, const struct state *new)
{
	if (old->ref_count != new->ref_count || old->lock_count != new->lock_count ||
	    old->rcu_count != new->rcu_count || old->preempt_count != new->preempt_count ||
	    old->in_sleepable != new->in_sleepable)
		return false;
	for (uint32_t i = 0; i < old->ref_count; i++)
		if (!same_id(v, old->refs[i].id, new->refs[i].id) ||
		    old->refs[i].kind != new->refs[i].kind || old->refs[i].of != new->refs[i].of)
			return false;
	return true;
}

static bool same_calls(const struct state *a, const struct state *b)
{
	if (a->depth != b->depth)
		return false;
	for (uint32_t f = 0; f <= a->depth; f++)
		if (a->frames[f]->callsite != b->frames[f]->callsite ||
		    a->frames[f]->func != b->frames[f]->func ||
		    a->frames[f]->in_async != b->frames[f]->in_async)
			return false;
	return true;
}

static bool state_fits(struct verifier *v, const struct state *old, const struct state *new,
		       enum exactness exact)
{
	if (!same_calls(old, new))
		return false;
	v->id_map.count = 0;
	v->id_map.next = v->ids;
	if (!refs_fit(v, old, new))
		return false;
	for (uint32_t f = 0; f <= old->depth; f++) {
		const uint32_t insn = f == old->depth ? (uint32_t)old->insn :
							(uint32_t)old->frames[f + 1]->callsite;

		if (!frame_fits(v, old->frames[f], new->frames[f], insn, exact))
			return false;
	}
	return true;
}

/* ------------------------------------------------------------ loops */

/* An iterator that is in another round is not in the same state. */
static bool rounds_differ(const struct state *old, const struct state *new)
{
	for (uint32_t f = 0; f <= old->depth; f++) {
		const struct frame *a = old->frames[f], *b = new->frames[f];

		for (uint32_t i = 0; i < a->slot_count && i < b->slot_count; i++)
			if (a->slots[i].kind[0] == SLOT_ITER && b->slots[i].kind[0] == SLOT_ITER &&
			    a->slots[i].reg.iter.depth != b->slots[i].reg.iter.depth)
				return true;
	}
	return old->goto_depth != new->goto_depth || old->callback_depth != new->callback_depth;
}

static bool iter_is_active(const struct verifier *v)
{
	const struct reg *reg = &v_regs(v)[1];
	const struct frame *frame;
	int64_t off;

	if (reg->type != REG_STACK || !range_is_const(&reg->range))
		return false;
	frame = v_frame_of(v, reg);
	off = -(reg->off + (int64_t)reg->range.bits.value) - 1;
	return off >= 0 && off / SLOT_BYTES < frame->slot_count &&
	       frame->slots[off / SLOT_BYTES].kind[0] == SLOT_ITER &&
	       frame->slots[off / SLOT_BYTES].reg.iter.state == 1;
}

/* 1: the loop does nothing new; 0: it may; negative: it never ends. */
static int check_loop(struct verifier *v, const struct state *old)
{
	const struct v_insn *info = &v->info[v->insn];
	const struct state *cur = v->cur;
	const struct frame *top = old->frames[old->depth];

	if (!same_calls(old, cur))
		return 0;
	if (top->in_async && state_frame(cur)->in_async &&
	    top->callback_depth != state_frame(cur)->callback_depth)
		return 0;
	if (info->is_iter_next)
		return state_fits(v, old, cur, WITHIN) && iter_is_active(v);
	if (info->op == ISA_MAY_GOTO && old->goto_depth != cur->goto_depth &&
	    state_fits(v, old, cur, WITHIN))
		return 1;
	if (info->calls_back)
		return state_fits(v, old, cur, WITHIN);
	if (!rounds_differ(old, cur) && state_fits(v, old, cur, SAME))
		return v_refuse(v, VERIFIER_RULE_LOOP, VERIFIER_NOWHERE,
				"infinite loop detected at insn %u", v->insn);
	return 0;
}

/* All kept states that the present path went through are in a loop now. */
static void mark_loop(struct verifier *v)
{
	v_all_precise(v->cur->parent);
	for (struct state *s = v->cur->parent; s; s = s->parent) {
		mark_all_read(s);
		s->in_loop = true;
	}
}

struct state *v_last_visit(struct verifier *v, struct state *from, uint32_t insn)
{
	struct state *s = from;

	while (s && (s->insn != insn || !same_calls(s, v->cur)))
		s = s->parent;
	return s;
}

static void widen_reg(struct verifier *v, struct reg *old, struct reg *new)
{
	if (old->type != REG_SCALAR || new->type != REG_SCALAR || old->precise || new->precise)
		return;
	v->id_map.count = 0;
	if (!same_reg(v, old, new))
		reg_set_unknown(new);
}

/* Numbers that changed since the last round and do not matter so far become any number, so that rounds come to
 * be alike. */
bool v_widen(struct verifier *v, struct state *old, struct state *new)
{
	for (uint32_t f = 0; f <= old->depth && f <= new->depth; f++) {
		struct frame *a = old->frames[f], *b = new->frames[f];

		for (unsigned int i = 0; i < ISA_REG_FP; i++)
			widen_reg(v, &a->regs[i], &b->regs[i]);
		for (uint32_t i = 0; i < a->slot_count && i < b->slot_count; i++)
			if (slot_is_spill(&a->slots[i]) && slot_is_spill(&b->slots[i]))
				widen_reg(v, &a->slots[i].reg, &b->slots[i].reg);
	}
	return true;
}

/* ------------------------------------------------------------ keeping */

static void free_kept(struct verifier *v, struct state *s)
{
	v->kept_count--;
	if (s->is_dropped) {
		struct state **link = &v->dropped;

		while (*link != s)
			link = &(*link)->next;
		*link = s->next;
	}
	state_free(s);
}

/* Take it off its list: it is freed now, or when the paths from it are done. */
static void drop(struct verifier *v, struct state **link)
{
	struct state *s = *link;

	*link = s->next;
	if (s->branches) {
		s->is_dropped = true;
		s->next = v->dropped;
		v->dropped = s;
		return;
	}
	free_kept(v, s);
}

static void begin_part(struct state *s, struct state *parent, uint32_t insn)
{
	s->parent = parent;
	s->first_insn = insn;
	s->history_count = 0;
	for (uint32_t f = 0; f <= s->depth; f++)
		s->frames[f]->written = 0;
}

static void forget_precision(struct state *s)
{
	struct reg *reg;

	STATE_EACH_REG(s, reg)
	reg->precise = false;
}

static int keep(struct verifier *v)
{
	struct state *s;

	forget_precision(v->cur);
	s = state_copy(v->cur);
	if (!s)
		return -ENOMEM;
	s->branches = 1;
	for (uint32_t f = 0; f <= s->depth; f++)
		s->frames[f]->read = 0;
	s->insn = v->insn;
	s->next = v->kept[v->insn];
	v->kept[v->insn] = s;
	v->out->states_total++;
	if (++v->kept_count > v->out->states_peak)
		v->out->states_peak = v->kept_count;
	v->kept_jumps = v->jumps;
	v->kept_steps = v->steps;
	begin_part(v->cur, s, v->insn);
	v->entry = NULL;
	return 0;
}

static int end_like(struct verifier *v, struct state *seen, bool is_loop)
{
	int err = 0;

	seen->hits++;
	if (v->info[v->insn].is_jump_target)
		err = v_note_jump(v, NULL);
	pass_reads(v, seen);
	err = err ? err : v_precise_marks(v, seen);
	if (is_loop)
		mark_loop(v);
	v_log(v, 2, "%u: safe\n", v->insn);
	return err ? err : 1;
}

int v_visit(struct verifier *v)
{
	const bool force = v->info[v->insn].is_checkpoint || v->cur->history_count > MOST_HISTORY;
	bool add = force || (v->jumps - v->kept_jumps >= LEAST_JUMPS &&
			     v->steps - v->kept_steps >= LEAST_STEPS);
	struct state **link = &v->kept[v->insn];
	uint64_t count = 0;

	while (*link) {
		struct state *s = *link;

		count++;
		if (s->branches) {
			const int loop = check_loop(v, s);

			if (loop)
				return loop < 0 ? loop : end_like(v, s, true);
			if (!force && v->jumps - v->kept_jumps < LOOP_JUMPS &&
			    v->steps - v->kept_steps < LOOP_STEPS)
				add = false;
		} else if (state_fits(v, s, v->cur, s->in_loop ? WITHIN : BY_NEED)) {
			return end_like(v, s, false);
		}
		s->misses += add;
		if (s->misses >
		    s->hits * (force && s->branches ? 64 : 3) + (force && s->branches ? 64 : 3))
			drop(v, link);
		else
			link = &s->next;
	}
	if (v->out->states_most < count)
		v->out->states_most = count;
	return add ? keep(v) : 0;
}

/* A path ended: the kept states that it was the last of are done. */
int v_done(struct verifier *v, struct state *s)
{
	struct state *parent = s->parent;

	while (parent) {
		struct state *next = parent->parent;

		if (--parent->branches)
			return 0;
		if (parent->is_dropped)
			free_kept(v, parent);
		parent = next;
	}
	return 0;
}
