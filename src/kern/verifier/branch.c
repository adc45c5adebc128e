/*
 * branch.c - conditional jumps: which ways are open, and what is known on each.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "base/bits.h"
#include "kern/verifier/internal.h"

/* ------------------------------------------------------------ registers that learn together */

static void add_link(struct history *entry, struct reg *reg, uint32_t id, unsigned int frame,
		     bool is_slot, unsigned int i)
{
	if (reg->type != REG_SCALAR || reg->id != id)
		return;
	if (entry->link_count == ARRAY_LEN(entry->links)) {
		reg->id = 0; /* it learns nothing, so it is no longer one of them */
		return;
	}
	entry->links[entry->link_count++] =
		(struct history_link){ (uint8_t)frame, is_slot, (uint8_t)i };
}

static void find_links(const struct state *s, uint32_t id, struct history *entry)
{
	for (uint32_t f = s->depth + 1; f-- > 0;) {
		struct frame *frame = s->frames[f];

		for (unsigned int i = 0; i < ISA_REG_FP; i++)
			add_link(entry, &frame->regs[i], id, f, false, i);
		for (unsigned int i = 0; i < frame->slot_count; i++)
			if (slot_is_spill(&frame->slots[i]))
				add_link(entry, &frame->slots[i].reg, id, f, true, i);
	}
}

static struct reg *linked(const struct state *s, const struct history_link *link)
{
	struct frame *frame = s->frames[link->frame];

	return link->is_slot ? &frame->slots[link->index].reg : &frame->regs[link->index];
}

/* Tell the others of its family what is known of @known. */
static void tell_links(const struct state *s, const struct reg *known, const struct history *links)
{
	for (unsigned int i = 0; i < links->link_count; i++) {
		struct reg *reg = linked(s, &links->links[i]);
		struct range shift;
		struct reg was;

		if (reg == known || reg->type != REG_SCALAR || reg->id != known->id)
			continue;
		was = *reg;
		*reg = *known;
		if ((!was.is_shifted && !known->is_shifted) || was.off == known->off)
			continue;
		reg->is_shifted = was.is_shifted;
		reg->off = was.off;
		shift = range_const((uint64_t)((int64_t)was.off - known->off));
		range_alu(ISA_ADD64_REG, &reg->range, &shift);
	}
}

/* ------------------------------------------------------------ NULL */

void v_not_null(struct verifier *v, struct reg *reg)
{
	const struct verifier_map *map = reg->map;

	(void)v;
	if (reg->type != REG_MAP_VALUE) {
		reg->flags &= (uint16_t)~REG_MAYBE_NULL;
		return;
	}
	reg->flags = 0;
	if (map->inner) {
		reg->type = REG_CONST_MAP;
		reg->m.of = map->inner;
		reg->m.uid = reg->id;
	} else if (map->type == BPF_MAP_TYPE_XSKMAP) {
		reg->type = REG_XDP_SOCK;
		reg->raw[0] = reg->raw[1] = 0;
	} else if (map->type == BPF_MAP_TYPE_SOCKMAP || map->type == BPF_MAP_TYPE_SOCKHASH) {
		reg->type = REG_SOCKET;
		reg->raw[0] = reg->raw[1] = 0;
	}
}

static bool has_lock(const struct reg *reg)
{
	if (reg->type == REG_MAP_VALUE && reg->map)
		for (size_t i = 0; i < reg->map->special_count; i++)
			if (reg->map->special[i].kind == VERIFIER_SPIN_LOCK)
				return true;
	return reg->type == REG_BTF_ID && (reg->flags & REG_ALLOC);
}

/* All copies of the pointer in register @regno of the running frame are NULL, or none is. */
static void settle_null(struct verifier *v, struct state *s, int regno, bool is_null)
{
	const struct reg asked = state_frame(s)->regs[regno];
	struct reg *reg;

	if (asked.ref_id && asked.ref_id == asked.id && is_null)
		(void)state_give_up(s, asked.id);
	STATE_EACH_REG(s, reg)
	{
		if (!reg_maybe_null(reg) || reg->id != asked.id || reg->type != asked.type)
			continue;
		if (is_null) {
			reg_set_const(reg, 0);
			continue;
		}
		v_not_null(v, reg);
		if (!has_lock(reg))
			reg->id = 0;
	}
}

/* Pointers that cannot be NULL, so that comparing them with 0 decides. */
static bool is_never_null(const struct reg *reg)
{
	if (reg_maybe_null(reg))
		return false;
	switch (reg->type) {
	case REG_SOCKET:
	case REG_TCP_SOCK:
	case REG_MAP_VALUE:
	case REG_MAP_KEY:
	case REG_SOCK_COMMON:
	case REG_MEM:
	case REG_STACK:
	case REG_CTX:
	case REG_CONST_MAP: return !(reg->flags & REG_UNTRUSTED);
	case REG_BTF_ID: return reg->flags & (REG_TRUSTED | REG_RCU | REG_ALLOC);
	default: return false;
	}
}

/* A pointer that may be NULL is not, where it equals one that is not. */
static void settle_by_equal(struct verifier *v, struct state *s, const struct insn *insn)
{
	struct reg *regs = state_frame(s)->regs, *d = &regs[insn->dst], *r = &regs[insn->src];

	if (reg_maybe_null(r))
		v_not_null(v, r);
	else
		v_not_null(v, d);
}

/* ------------------------------------------------------------ packets */

static bool is_packet_start(const struct reg *reg)
{
	return reg->type == REG_PACKET && !reg->id && range_is(&reg->range, 0);
}

static bool is_packet_limit(const struct reg *limit, const struct reg *pointer)
{
	return (pointer->type == REG_PACKET && limit->type == REG_PACKET_END) ||
	       (pointer->type == REG_PACKET_META && is_packet_start(limit));
}

/* Where @pointer is at most its limit (below it, with @below), that many bytes may be accessed. */
static void widen_packet(struct state *s, const struct reg *pointer, bool below)
{
	const struct reg of = *pointer;
	int32_t bytes;
	struct reg *reg;

	if (of.off < 0 || (!of.off && below) || of.range.umax > REG_MOST_PACKET ||
	    of.range.umax + (uint64_t)of.off > REG_MOST_PACKET)
		return;
	bytes = of.off + below;
	STATE_EACH_REG(s, reg)
	if (reg->type == of.type && reg->id == of.id && reg->packet_bytes < bytes)
		reg->packet_bytes = bytes;
}

/* Where it is beyond the limit (at it or beyond, without @beyond), later comparisons are decided. */
static void mark_end(struct state *s, int regno, bool beyond)
{
	struct reg *reg = &state_frame(s)->regs[regno];

	if (reg->type == REG_PACKET)
		reg->packet_bytes = beyond ? REG_BEYOND_END : REG_AT_END;
}

static bool compare_packets(enum range_cond cond, const struct insn *insn, struct state *fall,
			    struct state *taken)
{
	struct reg *regs = state_frame(fall)->regs;
	const struct reg *d = &regs[insn->dst], *r = &regs[insn->src];
	int pointer = insn->dst;

	if (!is_packet_limit(r, d)) {
		if (!is_packet_limit(d, r))
			return false;
		pointer = insn->src;
		cond = range_cond_flip(cond);
	}
	switch (cond) {
	case RANGE_JGT:
		widen_packet(fall, &regs[pointer], false);
		mark_end(taken, pointer, true);
		return true;
	case RANGE_JLT:
		widen_packet(taken, &regs[pointer], true);
		mark_end(fall, pointer, false);
		return true;
	case RANGE_JGE:
		widen_packet(fall, &regs[pointer], true);
		mark_end(taken, pointer, false);
		return true;
	case RANGE_JLE:
		widen_packet(taken, &regs[pointer], false);
		mark_end(fall, pointer, true);
		return true;
	default: return false;
	}
}

static int decide_packets(const struct reg *d, const struct reg *s, enum range_cond cond)
{
	const struct reg *pointer = d;

	if (d->type == REG_PACKET_END) {
		pointer = s;
		cond = range_cond_flip(cond);
	} else if (s->type != REG_PACKET_END) {
		return -1;
	}
	if (!reg_is_packet(pointer) || pointer->packet_bytes >= 0)
		return -1;
	if (cond == RANGE_JGT || cond == RANGE_JLE)
		return pointer->packet_bytes == REG_BEYOND_END ? cond == RANGE_JGT : -1;
	if (cond == RANGE_JGE || cond == RANGE_JLT)
		return cond == RANGE_JGE;
	return -1;
}

/* ------------------------------------------------------------ deciding */

static bool is_any_packet(const struct reg *reg)
{
	return reg_is_packet(reg) || reg->type == REG_PACKET_END;
}

static int decide(const struct reg *d, const struct reg *s, enum range_cond cond, bool low)
{
	uint64_t value;

	if (is_any_packet(d) && is_any_packet(s) && !low)
		return decide_packets(d, s, cond);
	if (d->type == REG_SCALAR && s->type == REG_SCALAR)
		return range_decide(&d->range, &s->range, cond, low);
	if (low) /* the low half of an address may be anything */
		return -1;
	if (s->type != REG_SCALAR) {
		const struct reg *swap = d;

		d = s;
		s = swap;
		cond = range_cond_flip(cond);
	}
	if (s->type != REG_SCALAR || !range_const_value(&s->range, low, &value) || value ||
	    !is_never_null(d))
		return -1;
	return cond == RANGE_JEQ ? 0 : cond == RANGE_JNE ? 1 : -1;
}

static int may_goto(struct verifier *v, uint32_t *ret_next)
{
	struct state *last = v_last_visit(v, v->cur->parent, v->insn);
	struct state *next = v_push(v, v->insn + 1, v->insn);

	if (!next)
		return v->out->err;
	next->goto_depth++;
	if (last)
		(void)v_widen(v, last, next);
	*ret_next = (uint32_t)((int64_t)v->insn + 1 + v_at(v)->off);
	return 0;
}

static int note_operands(struct verifier *v, const struct reg *d, const struct reg *s)
{
	struct history *entry;
	int err;

	if (d->type != REG_STACK && s->type != REG_STACK)
		return 0;
	err = v_note_jump(v, &entry);
	if (err)
		return err;
	entry->dst_is_stack = d->type == REG_STACK;
	entry->src_is_stack = s->type == REG_STACK;
	return 0;
}

static int follow_one(struct verifier *v, bool is_reg, int decision, const struct reg *d,
		      const struct reg *s, uint32_t *ret_next)
{
	const struct insn *insn = v_at(v);
	int err = 0;

	v->out->facts[v->insn] |= decision ? VERIFIER_ALWAYS : VERIFIER_NEVER;
	if (d->type == REG_SCALAR)
		err = v_need_precise(v, insn->dst);
	if (!err && is_reg && s->type == REG_SCALAR)
		err = v_need_precise(v, insn->src);
	if (decision)
		*ret_next = (uint32_t)((int64_t)v->insn + 1 + insn->off);
	return err;
}

/* Both numbers, on either way. */
static void learn(struct state *s, const struct insn *insn, bool is_reg, struct reg *immediate,
		  enum range_cond cond, bool low)
{
	struct reg *regs = state_frame(s)->regs, *d = &regs[insn->dst];
	struct reg *r = is_reg ? &regs[insn->src] : immediate;

	if (d->type == REG_SCALAR && r->type == REG_SCALAR && d != r)
		range_refine(&d->range, &r->range, cond, low);
}

static int note_links(struct verifier *v, bool is_reg, struct reg *d, struct reg *s,
		      struct history *ret_links)
{
	struct history *entry;
	int err;

	if (is_reg && s->type == REG_SCALAR && s->id)
		find_links(v->cur, s->id, ret_links);
	if (d->type == REG_SCALAR && d->id && !(is_reg && s->type == REG_SCALAR && s->id == d->id))
		find_links(v->cur, d->id, ret_links);
	if (ret_links->link_count <= 1)
		return 0;
	err = v_note_jump(v, &entry);
	if (err)
		return err;
	entry->link_count = ret_links->link_count;
	memcpy(entry->links, ret_links->links, sizeof entry->links);
	return 0;
}

static void tell(struct state *s, const struct insn *insn, bool is_reg, const struct history *links)
{
	struct reg *regs = state_frame(s)->regs;

	if (is_reg && regs[insn->src].type == REG_SCALAR && regs[insn->src].id)
		tell_links(s, &regs[insn->src], links);
	if (regs[insn->dst].type == REG_SCALAR && regs[insn->dst].id)
		tell_links(s, &regs[insn->dst], links);
}

static void settle_pointers(struct verifier *v, enum isa_op op, bool is_reg, struct state *taken)
{
	const struct insn *insn = v_at(v);
	const enum range_cond cond = range_cond_of(op);
	const struct reg *d = &v_regs(v)[insn->dst], *s = &v_regs(v)[insn->src];

	if (!isa_ops[op].is64)
		return;
	if (is_reg && d->type != REG_SCALAR && s->type != REG_SCALAR &&
	    reg_maybe_null(d) != reg_maybe_null(s) && d->type != REG_BTF_ID &&
	    s->type != REG_BTF_ID && (cond == RANGE_JEQ || cond == RANGE_JNE))
		settle_by_equal(v, cond == RANGE_JEQ ? taken : v->cur, insn);
	if (!is_reg && !insn->imm && (cond == RANGE_JEQ || cond == RANGE_JNE) &&
	    reg_maybe_null(d)) {
		settle_null(v, v->cur, insn->dst, cond == RANGE_JNE);
		settle_null(v, taken, insn->dst, cond == RANGE_JEQ);
	} else if (is_reg) {
		(void)compare_packets(cond, insn, v->cur, taken);
	}
}

int v_branch(struct verifier *v, enum isa_op op, uint32_t *ret_next)
{
	const struct insn *insn = v_at(v);
	const bool is_reg = isa_ops[op].form == ISA_FORM_JMP_REG, low = !isa_ops[op].is64;
	const enum range_cond cond = range_cond_of(op);
	struct history links = { 0 };
	struct reg immediate[2], *d, *s;
	struct state *taken;
	int err, decision;

	if (op == ISA_MAY_GOTO)
		return may_goto(v, ret_next);
	err = v_need_read(v, insn->dst);
	if (!err && is_reg)
		err = v_need_read(v, insn->src);
	if (err)
		return err;
	reg_set_const(&immediate[0], (uint64_t)(int64_t)insn->imm);
	immediate[1] = immediate[0];
	d = &v_regs(v)[insn->dst];
	s = is_reg ? &v_regs(v)[insn->src] : &immediate[0];
	err = note_operands(v, d, s);
	if (err)
		return err;
	decision = decide(d, s, cond, low);
	if (decision >= 0)
		return follow_one(v, is_reg, decision, d, s, ret_next);
	err = note_links(v, is_reg, d, s, &links);
	if (err)
		return err;
	taken = v_push(v, (uint32_t)((int64_t)v->insn + 1 + insn->off), v->insn);
	if (!taken)
		return v->out->err;
	learn(taken, insn, is_reg, &immediate[0], cond, low);
	learn(v->cur, insn, is_reg, &immediate[1], range_cond_negate(cond), low);
	tell(v->cur, insn, is_reg, &links);
	tell(taken, insn, is_reg, &links);
	settle_pointers(v, op, is_reg, taken);
	return 0;
}
