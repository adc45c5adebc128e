/*
 * x86_64_alu.c - arithmetic.
 *
 * Operations with an immediate take their first operand from any register, since a copy that
 * was only made to be operated on is often still lazy.
 */
#include "kern/jit/x86_64.h"

unsigned int x86_blind_const(struct trans *t, int32_t imm)
{
	const int32_t key = (int32_t)jit_random();

	x86_rr(&t->e, 0xc7 | X86_W, 0, REG_CONST);
	x86_u32(&t->e, (uint32_t)(imm ^ key));
	x86_alu_imm(&t->e, X86_W, X86_ALU_XOR, REG_CONST, key);
	return REG_CONST;
}

static enum x86_ext shift_ext(unsigned int code)
{
	switch (code) {
	case ALU_LSH: return X86_SHL;
	case ALU_RSH: return X86_SHR;
	default: return X86_SAR;
	}
}

static enum x86_vex shift_vex(unsigned int code)
{
	switch (code) {
	case ALU_LSH: return X86_SHLX;
	case ALU_RSH: return X86_SHRX;
	default: return X86_SARX;
	}
}

/* Without BMI2 the count must be in CL. */
static void shift_by_cl(struct trans *t, unsigned int w, enum x86_ext ext, unsigned int d,
			unsigned int s)
{
	struct x86_enc *e = &t->e;

	if (s == X86_RCX && d != X86_RCX) {
		x86_rr(e, w | X86_SHIFT_CL, ext, d);
		return;
	}
	x86_mov(e, REG_TMP, X86_RCX);
	if (s != X86_RCX)
		x86_mov(e, X86_RCX, s);
	if (d != X86_RCX) {
		x86_rr(e, w | X86_SHIFT_CL, ext, d);
		x86_mov(e, X86_RCX, REG_TMP);
	} else {
		x86_rr(e, w | X86_SHIFT_CL, ext, REG_TMP);
		x86_mov(e, X86_RCX, REG_TMP);
	}
}

static void copy_to(struct trans *t, unsigned int d, unsigned int s)
{
	if (d != s)
		x86_mov(&t->e, d, s);
}

static struct division division_of(const struct isa_op_info *info, unsigned int d, unsigned int s)
{
	return (struct division){
		.d = (uint8_t)d,
		.s = (uint8_t)s,
		.is64 = info->is64,
		.is_signed = info->sel_value == 1,
		.is_mod = (info->code & CODE_MASK) == ALU_MOD,
	};
}

static void alu_reg(struct trans *t, const struct isa_op_info *info, unsigned int d, unsigned int s)
{
	const unsigned int w = info->is64 ? X86_W : 0, code = info->code & CODE_MASK;
	const struct division division = division_of(info, d, s);
	struct x86_enc *e = &t->e;

	switch (code) {
	case ALU_ADD: x86_rr(e, w | X86_ADD, d, s); break;
	case ALU_SUB: x86_rr(e, w | X86_SUB, d, s); break;
	case ALU_OR: x86_rr(e, w | X86_OR, d, s); break;
	case ALU_AND: x86_rr(e, w | X86_AND, d, s); break;
	case ALU_XOR: x86_rr(e, w | X86_XOR, d, s); break;
	case ALU_MUL: x86_rr(e, w | X86_IMUL, d, s); return;
	case ALU_MOV: x86_rr(e, w | X86_LOAD, d, s); return;
	case ALU_DIV:
	case ALU_MOD: x86_divide(t, &division); return;
	case ALU_LSH:
	case ALU_RSH:
	case ALU_ARSH:
		if (t->cpu->bmi2)
			x86_vex(e, w, shift_vex(code), d, d, s);
		else
			shift_by_cl(t, w, shift_ext(code), d, s);
		return;
	default: return;
	}
	flags_tell(t, d, w);
}

unsigned int x86_emit_alu_reg(struct trans *t, enum isa_op op)
{
	const struct isa_op_info *info = &isa_ops[op];
	const unsigned int dst = t->insn->dst, src = t->insn->src;

	/* The same in 32 bits is faster. */
	if ((op == ISA_DIV64_REG || op == ISA_MOD64_REG) && is_low32(t, dst) && is_low32(t, src))
		info = &isa_ops[op == ISA_DIV64_REG ? ISA_DIV32_REG : ISA_MOD32_REG];
	if (op == ISA_MOV32_REG && dst == src && is_low32(t, src)) {
		x86_settle(t, bit(dst));
		return 1;
	}
	alu_reg(t, info, x86_reg_of[dst], x86_operand_of(t, src));
	set_low32(t, dst, !info->is64);
	return 1;
}

/* @d = @s & @imm, by the shortest instruction that does it. */
static void and_imm(struct trans *t, unsigned int w, unsigned int d, unsigned int s, int32_t imm)
{
	if (imm == 0xff) {
		x86_rr(&t->e, X86_MOVZX8, d, s);
	} else if (imm == 0xffff) {
		x86_rr(&t->e, X86_MOVZX16, d, s);
	} else {
		copy_to(t, d, s);
		x86_alu_imm(&t->e, imm < 0 ? w : 0, X86_ALU_AND, d, imm);
		flags_tell(t, d, imm < 0 && w);
	}
}

/* @d = @s shifted. */
static void shift_imm(struct trans *t, unsigned int w, unsigned int code, unsigned int d,
		      unsigned int s, int32_t imm)
{
	const unsigned int count = (unsigned int)imm & (w ? 63 : 31);

	if (count || s != d)
		copy_to(t, d, s);
	if (count)
		x86_shift_imm(&t->e, w, shift_ext(code), d, count);
	else if (!w)
		x86_rr(&t->e, X86_LOAD, d, d);
}

/* @d = @s * @imm.  A multiplication takes three cycles, and one of each of these one or none. */
static void mul_imm(struct trans *t, unsigned int w, unsigned int d, unsigned int s, int32_t imm)
{
	const uint32_t m = (uint32_t)imm;
	struct x86_enc *e = &t->e;

	if (imm <= 1) {
		x86_imul_imm(e, w, d, s, imm);
	} else if (imm == 3 || imm == 5 || imm == 9) {
		x86_rm(e, w | (X86_LEA & 0xff), d,
		       (struct x86_mem){ (uint8_t)s, (uint8_t)s, (uint8_t)__builtin_ctz(m - 1),
					 0 });
	} else if (!(m & (m - 1))) {
		copy_to(t, d, s);
		x86_shift_imm(e, w, X86_SHL, d, (unsigned int)__builtin_ctz(m));
	} else if (!((m - 1) & (m - 2))) {
		x86_mov(e, REG_TMP, s);
		x86_shift_imm(e, w, X86_SHL, REG_TMP, (unsigned int)__builtin_ctz(m - 1));
		copy_to(t, d, s);
		x86_rr(e, w | X86_ADD, d, REG_TMP);
	} else if (!((m + 1) & m)) {
		x86_mov(e, REG_TMP, s);
		copy_to(t, d, s);
		x86_shift_imm(e, w, X86_SHL, d, (unsigned int)__builtin_ctz(m + 1));
		x86_rr(e, w | X86_SUB, d, REG_TMP);
	} else {
		x86_imul_imm(e, w, d, s, imm);
	}
}

/* Addition, subtraction, and the like. */
static void simple_imm(struct trans *t, unsigned int w, unsigned int code, unsigned int d,
		       int32_t imm)
{
	struct x86_enc *e = &t->e;

	switch (code) {
	case ALU_ADD:
		if (imm == 128)
			x86_alu_imm(e, w, X86_ALU_SUB, d, -128);
		else
			x86_alu_imm(e, w, X86_ALU_ADD, d, imm);
		break;
	case ALU_SUB: x86_alu_imm(e, w, X86_ALU_SUB, d, imm); break;
	case ALU_OR: x86_alu_imm(e, w, X86_ALU_OR, d, imm); break;
	default: x86_alu_imm(e, w, X86_ALU_XOR, d, imm); break;
	}
	flags_tell(t, d, w);
}

/* @d = @s and @imm, operated on. */
static void alu_imm(struct trans *t, const struct isa_op_info *info, unsigned int d, unsigned int s,
		    int32_t imm)
{
	const unsigned int w = info->is64 ? X86_W : 0, code = info->code & CODE_MASK;
	struct division division = division_of(info, d, X86_NONE);

	switch (code) {
	case ALU_AND: and_imm(t, w, d, s, imm); break;
	case ALU_MUL: mul_imm(t, w, d, s, imm); break;
	case ALU_MOV: x86_mov_imm(&t->e, d, w ? (uint64_t)(int64_t)imm : (uint32_t)imm); break;
	case ALU_DIV:
	case ALU_MOD:
		copy_to(t, d, s);
		x86_divide_imm(t, &division, imm);
		break;
	case ALU_LSH:
	case ALU_RSH:
	case ALU_ARSH: shift_imm(t, w, code, d, s, imm); break;
	default:
		copy_to(t, d, s);
		simple_imm(t, w, code, d, imm);
		break;
	}
}

static bool is_shift(unsigned int code)
{
	return code == ALU_LSH || code == ALU_RSH || code == ALU_ARSH;
}

/* Does the instruction leave the upper half of its result zero? */
static bool imm_result_is_low32(const struct isa_op_info *info, int32_t imm)
{
	if (!info->is64)
		return true;
	switch (info->code & CODE_MASK) {
	case ALU_AND:
	case ALU_MOV: return imm >= 0;
	case ALU_RSH: return (imm & 63) >= 32;
	default: return false;
	}
}

/* r <<= n; r >>= n, or s>>=: an extension of its low bits, and then perhaps a shift left. */
static bool emit_shift_pair(struct trans *t, enum isa_op op)
{
	const unsigned int d = dst_reg(t), s = x86_operand_of(t, t->insn->dst);
	const unsigned int left = (unsigned int)t->insn->imm & 63;
	const bool is_signed = next_is(t, ISA_ARSH64_IMM);
	struct x86_enc *e = &t->e;
	unsigned int right;

	if (op != ISA_LSH64_IMM || !(is_signed || next_is(t, ISA_RSH64_IMM)) ||
	    t->insn[1].dst != t->insn->dst)
		return false;
	right = (unsigned int)t->insn[1].imm & 63;
	if (right > left || (left != 32 && right != left))
		return false;
	if (left == 32)
		x86_rr(e, is_signed ? X86_MOVSXD : X86_LOAD, d, s);
	else if (left == 48)
		x86_rr(e, is_signed ? X86_MOVSX16 | X86_W : X86_MOVZX16, d, s);
	else if (left == 56)
		x86_rr(e, is_signed ? X86_MOVSX8 | X86_W : X86_MOVZX8, d, s);
	else
		return false;
	if (left > right)
		x86_shift_imm(e, X86_W, X86_SHL, d, left - right);
	set_low32(t, t->insn->dst, !is_signed && left == right);
	return true;
}

unsigned int x86_emit_alu_imm(struct trans *t, enum isa_op op)
{
	const struct isa_op_info *info = &isa_ops[op];
	const unsigned int d = dst_reg(t), s = x86_operand_of(t, t->insn->dst);

	if (emit_shift_pair(t, op))
		return 2;
	if (t->prog->options.blind && !is_shift(info->code & CODE_MASK)) {
		if ((info->code & CODE_MASK) != ALU_MOV)
			copy_to(t, d, s);
		alu_reg(t, info, d, x86_blind_const(t, t->insn->imm));
		set_low32(t, t->insn->dst, !info->is64);
		return 1;
	}
	alu_imm(t, info, d, s, t->insn->imm);
	set_low32(t, t->insn->dst, imm_result_is_low32(info, t->insn->imm));
	return 1;
}

unsigned int x86_emit_neg(struct trans *t, enum isa_op op)
{
	const unsigned int w = op == ISA_NEG64 ? X86_W : 0;

	x86_rr(&t->e, w | X86_GROUP3, X86_NEG, dst_reg(t));
	flags_tell(t, dst_reg(t), w);
	set_low32(t, t->insn->dst, !w);
	return 1;
}

unsigned int x86_emit_movsx(struct trans *t, enum isa_op op)
{
	const unsigned int d = dst_reg(t), s = x86_operand_of(t, t->insn->src);

	switch (op) {
	case ISA_MOVSX64_8: x86_rr(&t->e, X86_MOVSX8 | X86_W, d, s); break;
	case ISA_MOVSX64_16: x86_rr(&t->e, X86_MOVSX16 | X86_W, d, s); break;
	case ISA_MOVSX64_32: x86_rr(&t->e, X86_MOVSXD, d, s); break;
	case ISA_MOVSX32_8: x86_rr(&t->e, X86_MOVSX8, d, s); break;
	default: x86_rr(&t->e, X86_MOVSX16, d, s); break;
	}
	set_low32(t, t->insn->dst, !isa_ops[op].is64);
	return 1;
}

unsigned int x86_emit_endian(struct trans *t, enum isa_op op)
{
	const unsigned int d = dst_reg(t);

	switch (op) {
	case ISA_LE16: x86_rr(&t->e, X86_MOVZX16, d, d); break;
	case ISA_LE32: x86_rr(&t->e, X86_LOAD, d, d); break;
	case ISA_LE64: return 1;
	case ISA_BE16:
	case ISA_BSWAP16:
		x86_shift_imm(&t->e, X86_16, X86_ROL, d, 8);
		x86_rr(&t->e, X86_MOVZX16, d, d);
		break;
	case ISA_BE32:
	case ISA_BSWAP32: x86_bswap(&t->e, 0, d); break;
	default: x86_bswap(&t->e, X86_W, d); break;
	}
	set_low32(t, t->insn->dst, op != ISA_BE64 && op != ISA_BSWAP64);
	return 1;
}

/* The function that the instruction names by an offset in 'imm'. */
const struct vm_func *x86_named_func(const struct trans *t)
{
	return vm_prog_func_at(t->prog, (uint32_t)((int64_t)t->pc + 1 + t->insn->imm));
}

unsigned int x86_emit_lddw(struct trans *t, enum isa_op op)
{
	const unsigned int d = dst_reg(t);
	uint64_t v = isa_wide_imm(t->insn), key;

	if (op == ISA_LD_FUNC)
		v = (uint64_t)(uintptr_t)x86_named_func(t);
	set_low32(t, t->insn->dst, v <= UINT32_MAX);
	if (op == ISA_LDDW && t->prog->options.blind) {
		key = jit_random();
		x86_mov_imm(&t->e, d, v ^ key);
		x86_mov_imm(&t->e, REG_CONST, key);
		x86_rr(&t->e, X86_XOR | X86_W, d, REG_CONST);
	} else {
		x86_mov_imm(&t->e, d, v);
	}
	return 2;
}
