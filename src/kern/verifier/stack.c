/*
 * stack.c - reading and writing the stack: registers spilled there come back as they were.
 *
 * At an offset that is known, a store of a register keeps all that is known of it; at one that is not, each
 * slot in reach holds bytes afterwards.  Programs that are loaded with CAP_PERFMON, which are the ones this
 * verifier judges, may read what they never wrote: it is any number.
 */
#include <errno.h>
#include <string.h>

#include "kern/verifier/internal.h"

/* Where byte @off below the frame pointer lies. */
static uint32_t slot_of(int64_t off)
{
	return (uint32_t)((-off - 1) / SLOT_BYTES);
}

static unsigned int byte_of(int64_t off)
{
	return (unsigned int)(off + (int64_t)(slot_of(off) + 1) * SLOT_BYTES);
}

struct frame *v_frame_of(const struct verifier *v, const struct reg *reg)
{
	return v->cur->frames[reg->frame];
}

static int grow(struct verifier *v, struct frame *frame, int64_t least)
{
	const uint32_t slots = slot_of(least) + 1;

	if (!frame_grow(frame, slots))
		return -ENOMEM;
	if (v->funcs[frame->func].stack_bytes < slots * SLOT_BYTES)
		v->funcs[frame->func].stack_bytes = slots * SLOT_BYTES;
	return 0;
}

int v_stack_bounds(struct verifier *v, const struct v_access *access)
{
	const struct reg *reg = &v_regs(v)[access->reg];
	const char *kind = access->by_helper ? (access->is_write ? " indirect write to" :
								   " indirect read from") :
			   access->is_write  ? " write to" :
					       " read from";
	const int64_t off = (int64_t)reg->off + access->off;
	const bool is_known = range_is_const(&reg->range);
	int64_t least, most;

	if (!is_known &&
	    (reg->range.smax >= REG_MOST_OFFSET || reg->range.smin <= -REG_MOST_OFFSET))
		return v_refuse(v, VERIFIER_RULE_STACK, access->reg,
				"invalid unbounded variable-offset%s stack R%d", kind, access->reg);
	least = (is_known ? (int64_t)reg->range.bits.value : reg->range.smin) + off;
	most = (is_known ? (int64_t)reg->range.bits.value : reg->range.smax) + off +
	       (int64_t)access->bytes;
	if (least < -ISA_STACK_BYTES || least >= 0 || most > 0)
		return v_refuse_access(
			v,
			least < -ISA_STACK_BYTES || least >= 0 ? VERIFIER_RULE_STACK :
								 VERIFIER_RULE_STACK_END,
			access->reg, off, access->bytes, ISA_STACK_BYTES,
			is_known ? "invalid%s stack R%d off=%lld size=%u" :
				   "invalid variable-offset%s stack R%d off=%lld size=%u",
			kind, access->reg, (long long)off, access->bytes);
	return grow(v, v_frame_of(v, reg), least);
}

/* ------------------------------------------------------------ what slots hold */

static bool is_special(const struct slot *slot)
{
	return slot->kind[0] == SLOT_DYNPTR || slot->kind[0] == SLOT_ITER ||
	       slot->kind[0] == SLOT_IRQ;
}

/* A byte of which nothing is known any more. */
static void make_misc(uint8_t *kind)
{
	if (*kind != SLOT_MISC && *kind != SLOT_INVALID)
		*kind = SLOT_MISC;
}

/* The dynptr in slot @i, if there is one, is gone: both its slots, and what was made of it. */
int v_forget_dynptr(struct verifier *v, struct frame *frame, uint32_t i)
{
	struct slot *slot = &frame->slots[i];
	uint32_t first, id;
	struct reg *reg;

	if (slot->kind[0] != SLOT_DYNPTR)
		return 0;
	first = slot->reg.dynptr.is_first ? i : i + 1;
	if (slot->reg.ref_id)
		return v_refuse(v, VERIFIER_RULE_ARG_VALUE, VERIFIER_NOWHERE,
				"cannot overwrite referenced dynptr");
	id = slot->reg.id;
	for (uint32_t k = first - 1; k <= first; k++) {
		memset(frame->slots[k].kind, SLOT_INVALID, SLOT_BYTES);
		reg_set_none(&frame->slots[k].reg);
	}
	STATE_EACH_REG(v->cur, reg)
	if (reg->type == REG_MEM && reg->dynptr.id == id && id)
		reg_set_unknown(reg);
	return 0;
}

static int note_stack(struct verifier *v, const struct frame *frame, uint32_t slot)
{
	struct history *entry;
	int err = v_note_jump(v, &entry);

	if (err)
		return err;
	entry->on_stack = true;
	entry->frame = frame->index;
	entry->slot = (uint8_t)slot;
	return 0;
}

static void spill(struct slot *slot, const struct reg *reg, unsigned int bytes)
{
	slot->reg = *reg;
	for (unsigned int i = 0; i < SLOT_BYTES; i++) {
		if (i < bytes)
			slot->kind[i] = SLOT_SPILL;
		else if (slot->kind[i] != SLOT_ZERO && slot->kind[i] != SLOT_INVALID)
			slot->kind[i] = SLOT_MISC;
	}
}

/* ------------------------------------------------------------ writing */

static bool writes_zero(const struct verifier *v, const struct reg *value)
{
	return value ? reg_is_null(value) :
		       v->info[v->insn].op >= 0 &&
			       isa_ops[v->info[v->insn].op].form == ISA_FORM_ST && !v_at(v)->imm;
}

/* Bytes that are no spilled register.  Zeroes stay known, so what made them zero matters. */
static int write_bytes(struct verifier *v, struct slot *slot, const struct v_access *access,
		       const struct reg *value, int64_t off)
{
	enum slot_kind kind = SLOT_MISC;
	int err = 0;

	if (slot_is_spill(slot) || is_special(slot))
		for (unsigned int i = 0; i < SLOT_BYTES; i++)
			make_misc(&slot->kind[i]);
	reg_set_none(&slot->reg);
	if (writes_zero(v, value)) {
		if (value)
			err = v_need_precise(v, access->value);
		kind = SLOT_ZERO;
	}
	for (unsigned int i = 0; i < access->bytes; i++)
		slot->kind[byte_of(off + i)] = (uint8_t)kind;
	return err;
}

static int write_register(struct verifier *v, struct frame *frame, struct slot *slot,
			  const struct v_access *access, struct reg *value)
{
	if (value->type == REG_SCALAR) {
		const bool fits = range_width(&value->range) <= 8 * access->bytes;

		if (fits)
			v_link_before_copy(v, value);
		spill(slot, value, access->bytes);
		if (!fits)
			slot->reg.id = 0;
		return 0;
	}
	if (access->bytes != SLOT_BYTES)
		return v_refuse(v, VERIFIER_RULE_STACK_READ, access->value,
				"invalid size of register spill");
	if (frame != state_frame(v->cur) && value->type == REG_STACK)
		return v_refuse(v, VERIFIER_RULE_SPILL, access->value,
				"cannot spill pointers to stack into stack frame of the caller");
	spill(slot, value, access->bytes);
	return 0;
}

static int write_fixed(struct verifier *v, struct frame *frame, const struct v_access *access,
		       int64_t off)
{
	const uint32_t i = slot_of(off);
	struct slot *slot = &frame->slots[i];
	struct reg *value = access->value >= 0 ? &v_regs(v)[access->value] : NULL;
	const bool at_start = !(off % SLOT_BYTES);
	const bool is_st = v->info[v->insn].op >= 0 &&
			   isa_ops[v->info[v->insn].op].form == ISA_FORM_ST && !access->by_helper;
	int err = v_forget_dynptr(v, frame, i);

	if (err)
		return err;
	if (access->bytes == SLOT_BYTES)
		v_mark_written(v, frame->index, i);
	if (value && (value->type == REG_SCALAR ? at_start : true)) {
		err = write_register(v, frame, slot, access, value);
	} else if (!value && at_start && is_st) {
		struct reg constant;

		reg_set_const(&constant, (uint64_t)(int64_t)v_at(v)->imm);
		spill(slot, &constant, access->bytes);
	} else {
		return write_bytes(v, slot, access, value, off);
	}
	return err ? err : note_stack(v, frame, i);
}

/* Any byte from @least to before @beyond may have been written. */
static int write_anywhere(struct verifier *v, struct frame *frame, const struct v_access *access,
			  int64_t least, int64_t beyond)
{
	const struct reg *value = access->value >= 0 ? &v_regs(v)[access->value] : NULL;
	const bool is_zero = writes_zero(v, value);
	bool zero_used = false;

	for (int64_t off = least; off < beyond; off++) {
		int err = v_forget_dynptr(v, frame, slot_of(off));

		if (err)
			return err;
	}
	for (int64_t off = least; off < beyond; off++) {
		struct slot *slot = &frame->slots[slot_of(off)];
		uint8_t *kind = &slot->kind[byte_of(off)];

		if (is_zero && *kind == SLOT_SPILL && slot_is_scalar(slot) &&
		    range_is(&slot->reg.range, 0)) {
			zero_used = true;
			continue;
		}
		if (is_special(slot) && slot->kind[0] != SLOT_DYNPTR)
			return v_refuse(v, VERIFIER_RULE_STACK_READ, access->reg,
					"write at an unknown offset may hit an iterator");
		if (slot_is_spill(slot))
			for (unsigned int i = 0; i < SLOT_BYTES; i++)
				make_misc(&slot->kind[i]);
		reg_set_none(&slot->reg);
		zero_used |= is_zero && *kind == SLOT_ZERO;
		if (!is_zero || *kind != SLOT_ZERO)
			*kind = SLOT_MISC;
	}
	return zero_used && value ? v_need_precise(v, access->value) : 0;
}

int v_stack_write(struct verifier *v, const struct v_access *access)
{
	const struct reg *reg = &v_regs(v)[access->reg];
	struct frame *frame = v_frame_of(v, reg);
	const int64_t off = (int64_t)reg->off + access->off;

	if (range_is_const(&reg->range))
		return write_fixed(v, frame, access, off + (int64_t)reg->range.bits.value);
	return write_anywhere(v, frame, access, reg->range.smin + off,
			      reg->range.smax + off + (int64_t)access->bytes);
}

/* ------------------------------------------------------------ reading */

static int refuse_read(struct verifier *v, const struct v_access *access, int64_t off,
		       unsigned int i)
{
	return v_refuse_access(v, VERIFIER_RULE_STACK_READ, access->reg, off, access->bytes,
			       ISA_STACK_BYTES, "invalid read from stack off %lld+%u size %u",
			       (long long)off, i, access->bytes);
}

/* Bytes that are no register as a whole: zero if all are zero. */
static int read_bytes(struct verifier *v, const struct frame *frame, const struct v_access *access,
		      int64_t least, int64_t beyond)
{
	bool all_zero = true;

	for (int64_t off = least; off < beyond; off++) {
		const uint8_t kind = frame->slots[slot_of(off)].kind[byte_of(off)];

		if (kind != SLOT_ZERO)
			all_zero = false;
	}
	if (access->value < 0)
		return 0;
	if (all_zero)
		reg_set_const(&v_regs(v)[access->value], 0);
	else
		reg_set_unknown(&v_regs(v)[access->value]);
	return 0;
}

/* Part of a spilled number, or all of one that was spilled in part. */
static int read_part(struct verifier *v, struct frame *frame, struct slot *slot,
		     const struct v_access *access, int64_t off)
{
	struct reg *value = access->value >= 0 ? &v_regs(v)[access->value] : NULL;
	unsigned int spilled = 0, zeroes = 0, width = 0;

	if (slot->reg.type != REG_SCALAR)
		return v_refuse(v, VERIFIER_RULE_STACK_READ, access->reg,
				"invalid size of register fill");
	if (!value)
		return 0;
	while (width < SLOT_BYTES && slot->kind[width] == SLOT_SPILL)
		width++;
	if (!(off % SLOT_BYTES) && access->bytes <= width) {
		if (access->bytes == 4 && width == 4 && range_width(&slot->reg.range) <= 32)
			v_link_before_copy(v, &slot->reg);
		*value = slot->reg;
		if (range_width(&value->range) > 8 * access->bytes)
			value->id = 0;
		return note_stack(v, frame, slot_of(off));
	}
	for (unsigned int i = 0; i < access->bytes; i++) {
		const uint8_t kind = slot->kind[byte_of(off + i)];

		spilled += kind == SLOT_SPILL;
		zeroes += kind == SLOT_ZERO;
		if (kind != SLOT_SPILL && kind != SLOT_ZERO && kind != SLOT_MISC &&
		    kind != SLOT_INVALID)
			return refuse_read(v, access, off, i);
	}
	if ((spilled == access->bytes && range_is(&slot->reg.range, 0)) || zeroes == access->bytes)
		reg_set_const(value, 0);
	else
		reg_set_unknown(value);
	return 0;
}

static int read_fixed(struct verifier *v, struct frame *frame, const struct v_access *access,
		      int64_t off)
{
	const uint32_t at = slot_of(off);
	struct slot *slot = &frame->slots[at];

	v_mark_read(v, frame->index, at);
	if (slot_is_spill(slot)) {
		bool is_whole = access->bytes == SLOT_BYTES;

		for (unsigned int i = 0; i < SLOT_BYTES; i++)
			is_whole &= slot->kind[i] == SLOT_SPILL;
		if (!is_whole)
			return read_part(v, frame, slot, access, off);
		if (access->value < 0)
			return 0;
		v_link_before_copy(v, &slot->reg);
		v_regs(v)[access->value] = slot->reg;
		return note_stack(v, frame, at);
	}
	for (unsigned int i = 0; i < access->bytes; i++) {
		const uint8_t kind = slot->kind[byte_of(off + i)];

		if (kind != SLOT_MISC && kind != SLOT_ZERO && kind != SLOT_INVALID)
			return refuse_read(v, access, off, i);
	}
	return read_bytes(v, frame, access, off, off + access->bytes);
}

/* May all these bytes be read by a helper?  What it writes there is not known afterwards. */
static int read_range(struct verifier *v, int reg, struct frame *frame, int64_t least,
		      int64_t beyond, bool is_write)
{
	for (int64_t off = least; off < beyond; off++) {
		struct slot *slot = &frame->slots[slot_of(off)];
		uint8_t *kind = &slot->kind[byte_of(off)];

		v_mark_read(v, frame->index, slot_of(off));
		if (slot_is_spill(slot)) {
			if (!is_write)
				continue;
			reg_set_unknown(&slot->reg);
			for (unsigned int i = 0; i < SLOT_BYTES; i++)
				make_misc(&slot->kind[i]);
		} else if (*kind == SLOT_ZERO || *kind == SLOT_INVALID) {
			if (is_write)
				*kind = SLOT_MISC;
		} else if (*kind != SLOT_MISC) {
			return v_refuse(v, VERIFIER_RULE_STACK_READ, reg,
					"invalid read from stack R%d off %lld+%lld size %lld", reg,
					(long long)least, (long long)(off - least),
					(long long)(beyond - least));
		}
	}
	return 0;
}

int v_stack_read(struct verifier *v, const struct v_access *access)
{
	const struct reg *reg = &v_regs(v)[access->reg];
	struct frame *frame = v_frame_of(v, reg);
	const int64_t off = (int64_t)reg->off + access->off;
	const int64_t least = reg->range.smin + off, beyond = reg->range.smax + off + access->bytes;
	int err;

	if (range_is_const(&reg->range))
		return read_fixed(v, frame, access, off + (int64_t)reg->range.bits.value);
	if (access->value < 0)
		return v_refuse(
			v, VERIFIER_RULE_STACK_READ, access->reg,
			"variable offset stack pointer cannot be passed into helper function");
	err = read_range(v, access->reg, frame, least, beyond, false);
	return err ? err : read_bytes(v, frame, access, least, beyond);
}

int v_stack_range(struct verifier *v, int regno, int64_t bytes, bool zero_ok, bool is_write,
		  bool is_raw, int64_t *ret_raw_bytes)
{
	const struct reg *reg = &v_regs(v)[regno];
	struct frame *frame = v_frame_of(v, reg);
	const struct v_access access = { .reg = regno,
					 .bytes = (uint32_t)bytes,
					 .is_write = is_write,
					 .value = VERIFIER_NOWHERE,
					 .by_helper = true };
	const bool is_known = range_is_const(&reg->range);
	int64_t least, beyond;
	int err;

	*ret_raw_bytes = 0;
	if (!bytes && !zero_ok)
		return v_refuse(v, VERIFIER_RULE_ARG, regno, "invalid zero-sized read");
	err = v_stack_bounds(v, &access);
	if (err)
		return err;
	least = reg->off + (is_known ? (int64_t)reg->range.bits.value : reg->range.smin);
	beyond = reg->off + (is_known ? (int64_t)reg->range.bits.value : reg->range.smax) + bytes;
	if (!is_raw || !is_known)
		return read_range(v, regno, frame, least, beyond, is_write);
	for (int64_t off = least; off < beyond; off++)
		if (is_special(&frame->slots[slot_of(off)]))
			return v_refuse(v, VERIFIER_RULE_ARG, regno,
					"potential write to dynptr at off=%lld disallowed",
					(long long)off);
	*ret_raw_bytes = bytes;
	return 0;
}
