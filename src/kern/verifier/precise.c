/*
 * precise.c - which numbers matter.
 *
 * Two states are alike although a register holds different numbers in them, as long as nothing that follows
 * depends on the number.  So every number is imprecise until something does: it becomes an offset, decides a
 * jump, is a size.  Then we go back along the path, instruction by instruction, to find what the number was made
 * of, and mark that as precise in each kept state on the way, through to where it came from.
 *
 * 1. The set 'marks' has the registers and stack slots of each frame that matter before the instruction at which
 *    we stand.  An instruction that writes one of them puts what it reads in its place.
 * 2. The history of a state tells the jumps, and which instructions accessed which slot through a pointer.
 * 3. At the start of a state's part of the path, what is in the set is marked in the kept state before it; what
 *    was marked there already leaves the set, for its origin was found before.
 * 4. Where the way back cannot be found, everything on it is marked.
 */
#include <errno.h>
#include <string.h>

#include "kern/verifier/internal.h"

enum { ARGS = 0x3e };

static bool has_marks(const struct v_marks *marks)
{
	for (size_t f = 0; f < ISA_FRAMES; f++)
		if (marks->regs[f] || marks->slots[f])
			return true;
	return false;
}

static bool has_reg(const struct v_marks *marks, unsigned int reg)
{
	return marks->regs[marks->frame] & 1u << reg;
}

static void set_reg(struct v_marks *marks, unsigned int reg)
{
	if (reg != ISA_REG_FP)
		marks->regs[marks->frame] |= (uint16_t)(1u << reg);
}

static void clear_reg(struct v_marks *marks, unsigned int reg)
{
	marks->regs[marks->frame] &= (uint16_t) ~(1u << reg);
}

void v_all_precise(struct state *s)
{
	for (; s; s = s->parent) {
		struct reg *reg;

		STATE_EACH_REG(s, reg)
		if (reg->type == REG_SCALAR)
			reg->precise = true;
	}
}

/* The instruction before *insn on the way to where @s is; false when *insn is the first of the state. */
bool v_step_back(const struct state *s, int64_t *insn, uint32_t *history)
{
	const uint32_t count = *history;

	if (*insn == s->first_insn && (!count || (count == 1 && s->history[0].insn == *insn)))
		return false;
	if (count && s->history[count - 1].insn == *insn) {
		*insn = s->history[count - 1].prev;
		(*history)--;
	} else {
		(*insn)--;
	}
	return true;
}

static const struct history *entry_of(const struct state *s, uint32_t count, int64_t insn)
{
	return count && s->history[count - 1].insn == insn ? &s->history[count - 1] : NULL;
}

/* If one of those that learnt a range together matters, so do the others. */
static void spread(struct v_marks *marks, const struct history *entry)
{
	bool any = false;

	if (!entry)
		return;
	for (unsigned int i = 0; i < entry->link_count; i++) {
		const struct history_link *link = &entry->links[i];

		any |= (link->is_slot ? marks->slots[link->frame] :
					(uint64_t)marks->regs[link->frame]) >>
			       link->index &
		       1;
	}
	for (unsigned int i = 0; any && i < entry->link_count; i++) {
		const struct history_link *link = &entry->links[i];

		if (link->is_slot)
			marks->slots[link->frame] |= UINT64_C(1) << link->index;
		else
			marks->regs[link->frame] |= (uint16_t)(1u << link->index);
	}
}

static void back_over_alu(struct v_marks *marks, enum isa_op op, const struct insn *insn)
{
	if (!has_reg(marks, insn->dst))
		return;
	switch (isa_ops[op].form) {
	case ISA_FORM_ALU_REG:
		if ((isa_ops[op].code & 0xf0) == 0xb0)
			clear_reg(marks, insn->dst);
		set_reg(marks, insn->src);
		break;
	case ISA_FORM_MOVSX:
	case ISA_FORM_ADDR_CAST:
		clear_reg(marks, insn->dst);
		set_reg(marks, insn->src);
		break;
	case ISA_FORM_ALU_IMM:
		if ((isa_ops[op].code & 0xf0) == 0xb0)
			clear_reg(marks, insn->dst);
		break;
	default: break; /* of one operand: it stays */
	}
}

static void back_over_load(struct v_marks *marks, unsigned int dst, const struct history *entry)
{
	if (!has_reg(marks, dst))
		return;
	clear_reg(marks, dst);
	if (entry && entry->on_stack)
		marks->slots[entry->frame] |= UINT64_C(1) << entry->slot;
}

/* False: a number was used as an address, so the way is lost. */
static bool back_over_store(struct v_marks *marks, enum isa_op op, const struct insn *insn,
			    const struct history *entry)
{
	const uint64_t slot = entry ? UINT64_C(1) << entry->slot : 0;

	if (has_reg(marks, insn->dst))
		return false;
	if (!entry || !entry->on_stack || !(marks->slots[entry->frame] & slot))
		return true;
	marks->slots[entry->frame] &= ~slot;
	if (isa_ops[op].form != ISA_FORM_ST)
		set_reg(marks, insn->src);
	return true;
}

/* What memory held goes to a register; memory is any number afterwards. */
static bool back_over_atomic(struct v_marks *marks, enum isa_op op, const struct insn *insn,
			     const struct history *entry)
{
	const enum isa_fetch fetch = isa_atomic_fetch(op);

	if (fetch != ISA_FETCH_NONE)
		back_over_load(marks, fetch == ISA_FETCH_R0 ? 0 : insn->src, entry);
	return !has_reg(marks, insn->dst);
}

/* @next is the instruction that came after it on the path. */
static bool back_over_call(const struct verifier *v, struct v_marks *marks, enum isa_op op,
			   const struct insn *insn, int64_t at, int64_t next)
{
	const int callee = op == ISA_CALL_LOCAL ? v_func_at(v, (uint32_t)(at + 1 + insn->imm)) :
						  VERIFIER_NOWHERE;
	const bool enters = callee >= 0 && !v->funcs[callee].is_global && next != at + 1;
	const bool calls_back = v->info[at].calls_back && next != at + 1;

	if (enters || calls_back) {
		uint16_t passed;

		if (!marks->frame || marks->slots[marks->frame] ||
		    (marks->regs[marks->frame] & ~ARGS))
			return false;
		passed = marks->regs[marks->frame];
		marks->regs[marks->frame] = 0;
		marks->frame--;
		if (enters)
			marks->regs[marks->frame] |= passed & ARGS;
		return true;
	}
	clear_reg(marks, 0);
	return !(marks->regs[marks->frame] & ARGS) || v->info[at].calls_back;
}

static bool back_over_exit(const struct verifier *v, struct v_marks *marks, int64_t next)
{
	const bool is_return = next > 0 && v->info[next - 1].op == ISA_CALL_LOCAL;
	const bool is_callback = next >= 0 && v->info[next].calls_back;
	const bool result = is_return && !is_callback && has_reg(marks, 0);

	if (!is_callback && (marks->regs[marks->frame] & ARGS))
		return false;
	if (result)
		clear_reg(marks, 0);
	if (++marks->frame == ISA_FRAMES)
		return false;
	if (result)
		set_reg(marks, 0);
	return true;
}

static void back_over_jump(struct v_marks *marks, enum isa_op op, const struct insn *insn,
			   const struct history *entry)
{
	if (isa_ops[op].form != ISA_FORM_JMP_REG ||
	    (!has_reg(marks, insn->dst) && !has_reg(marks, insn->src)))
		return;
	if (!entry || !entry->dst_is_stack)
		set_reg(marks, insn->dst);
	if (!entry || !entry->src_is_stack)
		set_reg(marks, insn->src);
}

static bool back_over(const struct verifier *v, struct v_marks *marks, int64_t at, int64_t next,
		      const struct history *entry)
{
	const struct insn *insn = &v->insns[at];
	const int op = v->info[at].op;
	bool ok = true;

	if (v->info[at].is_second || op < 0)
		return true;
	spread(marks, entry);
	switch (isa_ops[op].form) {
	case ISA_FORM_ALU_IMM:
	case ISA_FORM_ALU_REG:
	case ISA_FORM_NEG:
	case ISA_FORM_MOVSX:
	case ISA_FORM_ADDR_CAST:
	case ISA_FORM_ENDIAN: back_over_alu(marks, (enum isa_op)op, insn); break;
	case ISA_FORM_JMP_IMM:
	case ISA_FORM_JMP_REG:
		back_over_jump(marks, (enum isa_op)op, insn, entry);
		spread(marks, entry);
		break;
	case ISA_FORM_JA:
	case ISA_FORM_JA32:
	case ISA_FORM_JAX:
	case ISA_FORM_MAY_GOTO: break;
	case ISA_FORM_CALL: ok = back_over_call(v, marks, (enum isa_op)op, insn, at, next); break;
	case ISA_FORM_CALLX: ok = false; break;
	case ISA_FORM_EXIT: ok = back_over_exit(v, marks, next); break;
	case ISA_FORM_LDDW: clear_reg(marks, insn->dst); break;
	case ISA_FORM_LDX:
	case ISA_FORM_LDXS:
	case ISA_FORM_LOAD_ACQ: back_over_load(marks, insn->dst, entry); break;
	case ISA_FORM_ST:
	case ISA_FORM_STX:
	case ISA_FORM_STORE_REL: ok = back_over_store(marks, (enum isa_op)op, insn, entry); break;
	case ISA_FORM_ATOMIC: ok = back_over_atomic(marks, (enum isa_op)op, insn, entry); break;
	case ISA_FORM_LD_ABS:
	case ISA_FORM_LD_IND: ok = !has_reg(marks, 0); break;
	}
	return ok;
}

/* Mark what matters in the kept state @s; forget what was marked there, and what is no number. */
static void mark_state(struct v_marks *marks, struct state *s)
{
	for (uint32_t f = 0; f <= s->depth; f++) {
		struct frame *frame = s->frames[f];

		for (unsigned int i = 0; i < ISA_REG_FP; i++) {
			const uint16_t bit = (uint16_t)(1u << i);

			if (!(marks->regs[f] & bit))
				continue;
			if (frame->regs[i].type != REG_SCALAR || frame->regs[i].precise)
				marks->regs[f] &= (uint16_t)~bit;
			else
				frame->regs[i].precise = true;
		}
		for (unsigned int i = 0; i < STATE_SLOTS; i++) {
			const uint64_t bit = UINT64_C(1) << i;

			if (!(marks->slots[f] & bit))
				continue;
			if (i >= frame->slot_count || !slot_is_scalar(&frame->slots[i]) ||
			    frame->slots[i].reg.precise)
				marks->slots[f] &= ~bit;
			else
				frame->slots[i].reg.precise = true;
		}
	}
}

/* Go back from @s, whose last instruction is at @last, until nothing is left in the set. */
static int go_back(struct verifier *v, struct state *s, int64_t last, bool skip_first)
{
	struct v_marks *marks = &v->marks;
	struct state *start = s;
	int64_t next = -1;

	marks->frame = s->depth;
	while (has_marks(marks)) {
		uint32_t history = s->history_count;
		int64_t at = last;

		if (last < 0) { /* the entry of a function verified alone: its arguments */
			if (s->depth || marks->slots[0] || (marks->regs[0] & ~ARGS))
				break;
			memset(marks, 0, sizeof *marks);
			return 0;
		}
		do {
			if (skip_first)
				skip_first = false;
			else if (!back_over(v, marks, at, next, entry_of(s, history, at)))
				goto lost;
			if (!has_marks(marks))
				return 0;
			next = at;
		} while (v_step_back(s, &at, &history));
		next = s->first_insn;
		s = s->parent;
		if (!s)
			break;
		mark_state(marks, s);
		last = s->last_insn;
	}
	if (!has_marks(marks))
		return 0;
lost:
	v_all_precise(start->parent);
	memset(marks, 0, sizeof *marks);
	return 0;
}

int v_need_precise(struct verifier *v, int reg)
{
	if (reg < 0 || v_regs(v)[reg].type != REG_SCALAR)
		return 0;
	memset(&v->marks, 0, sizeof v->marks);
	v->marks.regs[v->cur->depth] = (uint16_t)(1u << reg);
	return go_back(v, v->cur, v->insn, true);
}

int v_need_precise_slot(struct verifier *v, uint32_t frame, uint32_t slot)
{
	memset(&v->marks, 0, sizeof v->marks);
	v->marks.slots[frame] = UINT64_C(1) << slot;
	return go_back(v, v->cur, v->insn, true);
}

/* The present path goes on like @seen: what mattered there matters here. */
int v_precise_marks(struct verifier *v, struct state *seen)
{
	memset(&v->marks, 0, sizeof v->marks);
	for (uint32_t f = 0; f <= seen->depth; f++) {
		const struct frame *frame = seen->frames[f];

		for (unsigned int i = 0; i < ISA_REG_FP; i++)
			if (frame->regs[i].type == REG_SCALAR && frame->regs[i].precise)
				v->marks.regs[f] |= (uint16_t)(1u << i);
		for (unsigned int i = 0; i < frame->slot_count; i++)
			if (slot_is_scalar(&frame->slots[i]) && frame->slots[i].reg.precise)
				v->marks.slots[f] |= UINT64_C(1) << i;
	}
	if (!has_marks(&v->marks))
		return 0;
	return go_back(v, v->cur, v->insn, true);
}
