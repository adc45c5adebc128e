/*
 * alu.c - arithmetic: of numbers, and of addresses, to which only numbers can be added.
 *
 * What is added to an address and known goes to its offset; what is not known, to its range.  A packet pointer
 * to which an unknown number was added is a new pointer: what was compared with data_end says nothing of it.
 */
#include "kern/verifier/internal.h"

enum { CODE_MASK = 0xf0, CODE_ADD = 0x00, CODE_SUB = 0x10, CODE_MOV = 0xb0 };

static bool is_div(enum isa_op op)
{
	const unsigned int code = isa_ops[op].code & CODE_MASK;

	return code == 0x30 || code == 0x90;
}

static bool is_shift(enum isa_op op)
{
	const unsigned int code = isa_ops[op].code & CODE_MASK;

	return code == 0x60 || code == 0x70 || code == 0xc0;
}

/* ------------------------------------------------------------ addresses */

/* Offsets stay so small that sums of a few never wrap around. */
static int check_sane(struct verifier *v, int regno, const struct reg *reg,
		      const struct reg *pointer)
{
	const int64_t value = (int64_t)reg->range.bits.value, least = reg->range.smin;
	char name[64];

	reg_type_name(pointer, name, sizeof name);
	if (range_is_const(&reg->range) && (value >= REG_MOST_OFFSET || value <= -REG_MOST_OFFSET))
		return v_refuse(v, VERIFIER_RULE_POINTER_BOUND, regno,
				"math between %s pointer and %lld is not allowed", name,
				(long long)value);
	if (reg->type != REG_SCALAR &&
	    (reg->off >= REG_MOST_OFFSET || reg->off <= -REG_MOST_OFFSET))
		return v_refuse(v, VERIFIER_RULE_POINTER_BOUND, regno,
				"%s pointer offset %d is not allowed", name, reg->off);
	if (least == INT64_MIN)
		return v_refuse(
			v, VERIFIER_RULE_POINTER_BOUND, regno,
			"math between %s pointer and register with unbounded min value is not allowed",
			name);
	if (least >= REG_MOST_OFFSET || least <= -REG_MOST_OFFSET)
		return v_refuse(v, VERIFIER_RULE_POINTER_BOUND, regno,
				"value %lld makes %s pointer be out of bounds", (long long)least,
				name);
	return 0;
}

/* May anything be added to such a pointer? */
static int check_movable(struct verifier *v, int regno, const struct reg *pointer,
			 const struct reg *number, bool is_add)
{
	const bool is_known = range_is_const(&number->range);
	char name[64];

	switch (pointer->type) {
	case REG_FLOW_KEYS:
		if (is_known)
			return 0;
		break;
	case REG_CONST_MAP:
		if (is_known && !number->range.smin && is_add)
			return 0;
		break;
	case REG_CTX:
	case REG_MAP_VALUE:
	case REG_MAP_KEY:
	case REG_STACK:
	case REG_PACKET_META:
	case REG_PACKET:
	case REG_TP_BUFFER:
	case REG_BTF_ID:
	case REG_MEM:
	case REG_BUF:
	case REG_FUNC:
	case REG_DYNPTR: return 0;
	default: break;
	}
	return v_refuse(v, VERIFIER_RULE_POINTER_MATH, regno,
			"R%d pointer arithmetic on %s prohibited", regno,
			reg_type_name(pointer, name, sizeof name));
}

static void add_range(struct reg *d, const struct reg *pointer, const struct reg *number)
{
	const struct range *p = &pointer->range, *n = &number->range;

	d->range.bits = tnum_add(p->bits, n->bits);
	if (__builtin_add_overflow(p->smin, n->smin, &d->range.smin) ||
	    __builtin_add_overflow(p->smax, n->smax, &d->range.smax)) {
		d->range.smin = INT64_MIN;
		d->range.smax = INT64_MAX;
	}
	if (__builtin_add_overflow(p->umin, n->umin, &d->range.umin) ||
	    __builtin_add_overflow(p->umax, n->umax, &d->range.umax)) {
		d->range.umin = 0;
		d->range.umax = UINT64_MAX;
	}
}

static void sub_range(struct reg *d, const struct reg *pointer, const struct reg *number)
{
	const struct range *p = &pointer->range, *n = &number->range;

	d->range.bits = tnum_sub(p->bits, n->bits);
	if (__builtin_sub_overflow(p->smin, n->smax, &d->range.smin) ||
	    __builtin_sub_overflow(p->smax, n->smin, &d->range.smax)) {
		d->range.smin = INT64_MIN;
		d->range.smax = INT64_MAX;
	}
	if (p->umin < n->umax) {
		d->range.umin = 0;
		d->range.umax = UINT64_MAX;
	} else {
		d->range.umin = p->umin - n->umax;
		d->range.umax = p->umax - n->umin;
	}
}

static void forget_low(struct range *r)
{
	r->smin32 = INT32_MIN;
	r->smax32 = INT32_MAX;
	r->umin32 = 0;
	r->umax32 = UINT32_MAX;
}

/* @pointer and @number are copies; @dst is one of the two. */
static int move_pointer(struct verifier *v, enum isa_op op, int dst, const struct reg *pointer,
			const struct reg *number)
{
	struct reg *d = &v_regs(v)[dst];
	const unsigned int code = isa_ops[op].code & CODE_MASK;
	const int64_t by = code == CODE_SUB ? -number->range.smin : number->range.smin;
	const int64_t off = pointer->off + by;
	const bool is_known = range_is_const(&number->range);

	*d = *pointer;
	forget_low(&d->range);
	if (is_known && off >= INT32_MIN && off <= INT32_MAX) {
		d->off = (int32_t)off;
	} else {
		if (code == CODE_ADD)
			add_range(d, pointer, number);
		else
			sub_range(d, pointer, number);
		if (reg_is_packet(pointer)) {
			d->id = ++v->ids;
			if (code == CODE_ADD || number->range.smin < 0)
				d->packet_bytes = 0;
		}
	}
	if (check_sane(v, dst, d, pointer))
		return v->out->err;
	range_sync(&d->range);
	range_mend(&d->range);
	return 0;
}

static bool is_contradiction(const struct range *r)
{
	return (range_is_const(r) && (r->smin != r->smax || r->umin != r->umax)) ||
	       r->smin > r->smax || r->umin > r->umax;
}

static int pointer_math(struct verifier *v, enum isa_op op, bool pointer_is_dst, struct reg pointer,
			struct reg number)
{
	const struct insn *insn = v_at(v);
	const int dst = insn->dst, regno = pointer_is_dst ? insn->dst : insn->src;
	const unsigned int code = isa_ops[op].code & CODE_MASK;
	char name[64];
	int err;

	if (is_contradiction(&number.range)) {
		reg_set_unknown(&v_regs(v)[dst]);
		return 0;
	}
	if (!isa_ops[op].is64) {
		if (code == CODE_SUB) {
			reg_set_unknown(&v_regs(v)[dst]);
			return 0;
		}
		return v_refuse(v, VERIFIER_RULE_POINTER_MATH, regno,
				"R%d 32-bit pointer arithmetic prohibited", dst);
	}
	if (reg_maybe_null(&pointer))
		return v_refuse(v, VERIFIER_RULE_NULL, regno,
				"R%d pointer arithmetic on %s prohibited, null-check it first",
				regno, reg_type_name(&pointer, name, sizeof name));
	err = check_movable(v, regno, &pointer, &number, code == CODE_ADD);
	err = err ? err : check_sane(v, pointer_is_dst ? insn->src : dst, &number, &pointer);
	err = err ? err : check_sane(v, regno, &pointer, &pointer);
	if (err)
		return err;
	if (code == CODE_SUB && !pointer_is_dst)
		return v_refuse(v, VERIFIER_RULE_POINTER_MATH, regno,
				"R%d tried to subtract pointer from scalar", dst);
	if (code == CODE_SUB && pointer.type == REG_STACK)
		return v_refuse(v, VERIFIER_RULE_POINTER_MATH, regno,
				"R%d subtraction from stack pointer prohibited", dst);
	if (code != CODE_ADD && code != CODE_SUB)
		return v_refuse(v, VERIFIER_RULE_POINTER_MATH, regno,
				"R%d pointer arithmetic with %s operator prohibited", dst,
				isa_ops[op].text);
	return move_pointer(v, op, dst, &pointer, &number);
}

/* ------------------------------------------------------------ numbers */

/* After r1 = r2; r1 += 3 a comparison of either tells of both. */
static void keep_link(struct reg *d, const struct reg *s, enum isa_op op)
{
	const uint64_t by = s->range.bits.value;

	if (isa_ops[op].is64 && (isa_ops[op].code & CODE_MASK) == CODE_ADD && d->id &&
	    range_is_const(&s->range) && !d->is_shifted && by <= INT32_MAX) {
		d->is_shifted = true;
		d->off = (int32_t)by;
		return;
	}
	d->id = 0;
	d->off = 0;
	d->is_shifted = false;
}

static int two_operands(struct verifier *v, enum isa_op op)
{
	const struct insn *insn = v_at(v);
	struct reg *d = &v_regs(v)[insn->dst];
	const bool is_reg = isa_ops[op].form == ISA_FORM_ALU_REG;
	struct reg s;
	int err;

	if (is_reg)
		s = v_regs(v)[insn->src];
	else
		reg_set_const(&s, (uint64_t)(int64_t)insn->imm);
	if (d->type != REG_SCALAR && s.type != REG_SCALAR) {
		if ((isa_ops[op].code & CODE_MASK) == CODE_SUB) {
			reg_set_unknown(d);
			return 0;
		}
		return v_refuse(v, VERIFIER_RULE_POINTER_MATH, insn->dst,
				"R%d pointer %s pointer prohibited", insn->dst, isa_ops[op].text);
	}
	if (s.type != REG_SCALAR) {
		err = v_need_precise(v, insn->dst);
		return err ? err : pointer_math(v, op, false, s, *d);
	}
	if (d->type != REG_SCALAR || (is_reg && d->precise)) {
		err = is_reg ? v_need_precise(v, insn->src) : 0;
		if (err || d->type != REG_SCALAR)
			return err ? err : pointer_math(v, op, true, *d, s);
	}
	range_alu(op, &d->range, &s.range);
	range_mend(&d->range);
	keep_link(d, &s, op);
	return 0;
}

/* ------------------------------------------------------------ copies */

void v_link_before_copy(struct verifier *v, struct reg *reg)
{
	if (reg->type != REG_SCALAR)
		return;
	if (reg->is_shifted) { /* a copy of a shifted one begins a family of its own */
		reg->id = 0;
		reg->off = 0;
		reg->is_shifted = false;
	}
	if (!reg->id && !range_is_const(&reg->range))
		reg->id = ++v->ids;
}

static int copy_low(struct verifier *v, struct reg *d, struct reg *s)
{
	const bool fits = range_width(&s->range) <= 32;

	if (s->type != REG_SCALAR) {
		reg_set_unknown(d);
		range_truncate(&d->range, 4);
		return 0;
	}
	if (fits)
		v_link_before_copy(v, s);
	*d = *s;
	if (!fits) {
		d->id = 0;
		d->is_shifted = false;
	}
	range_zero_extend32(&d->range);
	range_sync(&d->range);
	return 0;
}

static int extend_sign(struct verifier *v, enum isa_op op, struct reg *d, struct reg *s)
{
	const unsigned int bytes = (unsigned int)(isa_ops[op].sel_value / 8);
	bool is_same;

	if (s->type != REG_SCALAR) {
		reg_set_unknown(d);
		if (!isa_ops[op].is64)
			range_truncate(&d->range, 4);
		return 0;
	}
	is_same = s->range.umax < UINT64_C(1) << (bytes * 8 - 1);
	if (is_same)
		v_link_before_copy(v, s);
	*d = *s;
	if (!is_same) {
		d->id = 0;
		d->is_shifted = false;
	}
	if (isa_ops[op].is64) {
		range_sign_extend(&d->range, bytes);
		return 0;
	}
	range_sign_extend32(&d->range, bytes);
	range_zero_extend32(&d->range);
	range_sync(&d->range);
	return 0;
}

static int move(struct verifier *v, enum isa_op op)
{
	const struct insn *insn = v_at(v);
	struct reg *d = &v_regs(v)[insn->dst], *s = &v_regs(v)[insn->src];

	if (isa_ops[op].form == ISA_FORM_ALU_IMM) {
		reg_set_const(d, isa_ops[op].is64 ? (uint64_t)(int64_t)insn->imm :
						    (uint32_t)insn->imm);
		return 0;
	}
	if (isa_ops[op].is64) {
		v_link_before_copy(v, s);
		*d = *s;
		return 0;
	}
	return copy_low(v, d, s);
}

static int one_operand(struct verifier *v, enum isa_op op)
{
	struct reg *d = &v_regs(v)[v_at(v)->dst];

	if (d->type != REG_SCALAR) {
		reg_set_unknown(d);
		return 0;
	}
	if (isa_ops[op].form == ISA_FORM_NEG)
		range_negate(&d->range, isa_ops[op].is64);
	else
		range_endian(op, &d->range);
	range_mend(&d->range);
	d->id = 0;
	d->off = 0;
	d->is_shifted = false;
	return 0;
}

static int check_operands(struct verifier *v, enum isa_op op)
{
	const struct insn *insn = v_at(v);
	const bool is_move = (isa_ops[op].code & CODE_MASK) == CODE_MOV &&
			     isa_ops[op].form != ISA_FORM_NEG &&
			     isa_ops[op].form != ISA_FORM_ENDIAN;
	int err = 0;

	if (isa_ops[op].form == ISA_FORM_ALU_REG || isa_ops[op].form == ISA_FORM_MOVSX)
		err = v_need_read(v, insn->src);
	if (!err && !is_move)
		err = v_need_read(v, insn->dst);
	if (!err && isa_ops[op].form == ISA_FORM_ALU_IMM && is_div(op) && !insn->imm)
		err = v_refuse(v, VERIFIER_RULE_MATH, insn->dst, "div by zero");
	if (!err && isa_ops[op].form == ISA_FORM_ALU_IMM && is_shift(op) &&
	    (insn->imm < 0 || insn->imm >= (isa_ops[op].is64 ? 64 : 32)))
		err = v_refuse(v, VERIFIER_RULE_MATH, insn->dst, "invalid shift %d", insn->imm);
	return err ? err : v_need_write(v, insn->dst);
}

int v_alu(struct verifier *v, enum isa_op op)
{
	const struct insn *insn = v_at(v);
	int err;

	if (isa_ops[op].form == ISA_FORM_ADDR_CAST)
		return v_refuse(
			v, VERIFIER_RULE_FORM, VERIFIER_NOWHERE,
			"addr_space_cast insn can only be used in a program that has an associated arena");
	err = check_operands(v, op);
	if (err)
		return err;
	switch (isa_ops[op].form) {
	case ISA_FORM_NEG:
	case ISA_FORM_ENDIAN: return one_operand(v, op);
	case ISA_FORM_MOVSX:
		return extend_sign(v, op, &v_regs(v)[insn->dst], &v_regs(v)[insn->src]);
	default: break;
	}
	return (isa_ops[op].code & CODE_MASK) == CODE_MOV ? move(v, op) : two_operands(v, op);
}
