/*
 * arm64_alu.c - arithmetic: the cheapest instructions for each operation and operand.
 *
 * Everything has a destination of its own, so that "r1 = r2; r1 += 8" is one instruction
 * (arm64_fuse.c).  Divisions need no checks: the processor's own give zero for a zero divisor and
 * INT_MIN for INT_MIN / -1, and the remainder d - (d / s) * s is d and zero then, as alu.def says.
 */
#include "kern/jit/arm64.h"

/* The operations of alu.def, without width and kind of operand. */
enum alu {
#define ALU_OP(name, ...) ALU_##name,
#include "isa/alu.def"
};

static enum alu alu_of(enum isa_op op)
{
	switch (op) {
/* clang-format off */
#define ALU_OP(name, ...) \
	case ISA_##name##64_IMM: \
	case ISA_##name##64_REG: \
	case ISA_##name##32_IMM: \
	case ISA_##name##32_REG: return ALU_##name;
#include "isa/alu.def"
		/* clang-format on */
	default: assert(!"not a two-operand operation"); return ALU_MOV;
	}
}

static void move(struct trans *t, bool x, uint32_t rd, uint32_t rn)
{
	if (rd != rn || !x)
		emit(t, a64_mov(x, rd, rn));
}

static uint32_t power_of_two(uint64_t value)
{
	return (uint32_t)__builtin_ctzll(value);
}

static bool is_power_of_two(uint64_t value)
{
	return value && !(value & (value - 1));
}

/* rd = rn op value, where that has an instruction (rd may be rn); false: it has none. */
static bool logical(struct trans *t, enum a64_opl op, bool x, uint32_t rd, uint32_t rn,
		    uint64_t value)
{
	uint32_t bits;

	if (!a64_logical(x, value, &bits))
		return false;
	emit(t, a64_opl(op, x, rd, rn, bits));
	return true;
}

static bool multiply(struct trans *t, bool x, uint32_t rd, uint32_t rn, uint64_t value)
{
	if (is_power_of_two(value))
		emit(t, a64_lsl(x, rd, rn, power_of_two(value)));
	else if (is_power_of_two(value - 1)) /* 3, 5, 9 ... */
		emit(t, a64_ops(A64_ADD, x, rd, rn, rn, A64_LSL, power_of_two(value - 1)));
	else
		return false;
	return true;
}

static void divide(struct trans *t, enum a64_op3 op, bool x, uint32_t rd, uint32_t rn, uint32_t rs)
{
	emit(t, a64_op3(op, x, rd, rn, rs));
}

static void modulo(struct trans *t, enum a64_op3 op, bool x, uint32_t rd, uint32_t rn, uint32_t rs)
{
	emit(t, a64_op3(op, x, REG_TMP2, rn, rs));
	emit(t, a64_op4(A64_MSUB, x, rd, REG_TMP2, rs, rn));
}

/* rd = rn op value for operands that need no register of their own.  @value is of the
 * operation's width. */
static bool alu_const(struct trans *t, enum alu op, bool x, uint32_t rd, uint32_t rn,
		      uint64_t value)
{
	const uint64_t ones = x ? UINT64_MAX : UINT32_MAX;
	const uint32_t by = (uint32_t)value & (x ? 63 : 31);

	switch (op) {
	case ALU_MOV: arm64_mov_imm(t, x, rd, value); return true;
	case ALU_LSH: emit(t, a64_lsl(x, rd, rn, by)); return true;
	case ALU_RSH: emit(t, a64_lsr(x, rd, rn, by)); return true;
	case ALU_ARSH: emit(t, a64_opb(A64_SBFM, x, rd, rn, by, x ? 63 : 31)); return true;
	case ALU_AND: return logical(t, A64_AND_IMM, x, rd, rn, value);
	case ALU_OR: return logical(t, A64_ORR_IMM, x, rd, rn, value);
	case ALU_XOR:
		if (value == ones)
			emit(t, a64_opr(A64_ORN, x, rd, A64_ZR, rn));
		return value == ones || logical(t, A64_EOR_IMM, x, rd, rn, value);
	case ALU_MUL: return multiply(t, x, rd, rn, value);
	case ALU_DIV:
		if (!is_power_of_two(value))
			return false;
		emit(t, a64_lsr(x, rd, rn, power_of_two(value)));
		return true;
	case ALU_MOD:
		if (value == 1)
			arm64_mov_imm(t, x, rd, 0);
		return value == 1 ||
		       (is_power_of_two(value) && logical(t, A64_AND_IMM, x, rd, rn, value - 1));
	default: return false;
	}
}

void arm64_alu_imm(struct trans *t, enum isa_op op, uint32_t rd, uint32_t rn, int32_t imm)
{
	const bool x = isa_ops[op].is64, blind = t->prog->options.blind;
	const enum alu alu = alu_of(op);
	const uint64_t value = x ? (uint64_t)imm : (uint32_t)imm;

	if (blind && alu == ALU_MOV) {
		arm64_mov_chosen(t, x, rd, value);
		return;
	}
	if (!blind && alu == ALU_ADD) {
		arm64_add(t, x, rd, rn, imm);
		return;
	}
	if (!blind && alu == ALU_SUB) {
		arm64_add(t, x, rd, rn, -(int64_t)imm);
		return;
	}
	if (!blind && alu_const(t, alu, x, rd, rn, value))
		return;
	arm64_mov_chosen(t, x, REG_CONST, value);
	arm64_alu_reg(t, op, rd, rn, REG_CONST);
}

void arm64_alu_reg(struct trans *t, enum isa_op op, uint32_t rd, uint32_t rn, uint32_t rs)
{
	const bool x = isa_ops[op].is64;

	switch (alu_of(op)) {
	case ALU_ADD: emit(t, a64_opr(A64_ADD, x, rd, rn, rs)); break;
	case ALU_SUB: emit(t, a64_opr(A64_SUB, x, rd, rn, rs)); break;
	case ALU_MUL: emit(t, a64_op4(A64_MADD, x, rd, rn, rs, A64_ZR)); break;
	case ALU_DIV: divide(t, A64_UDIV, x, rd, rn, rs); break;
	case ALU_SDIV: divide(t, A64_SDIV, x, rd, rn, rs); break;
	case ALU_OR: emit(t, a64_opr(A64_ORR, x, rd, rn, rs)); break;
	case ALU_AND: emit(t, a64_opr(A64_AND, x, rd, rn, rs)); break;
	case ALU_LSH: emit(t, a64_op3(A64_LSLV, x, rd, rn, rs)); break;
	case ALU_RSH: emit(t, a64_op3(A64_LSRV, x, rd, rn, rs)); break;
	case ALU_MOD: modulo(t, A64_UDIV, x, rd, rn, rs); break;
	case ALU_SMOD: modulo(t, A64_SDIV, x, rd, rn, rs); break;
	case ALU_XOR: emit(t, a64_opr(A64_EOR, x, rd, rn, rs)); break;
	case ALU_MOV: move(t, x, rd, rs); break;
	case ALU_ARSH: emit(t, a64_op3(A64_ASRV, x, rd, rn, rs)); break;
	}
}

static void swap16(struct trans *t, uint32_t rd, uint32_t rn)
{
	emit(t, a64_rev16(rd, rn));
	emit(t, a64_zext(rd, rd, 16));
}

void arm64_unary(struct trans *t, enum isa_op op, uint32_t rd, uint32_t rn)
{
	switch (op) {
	case ISA_NEG64: emit(t, a64_opr(A64_SUB, true, rd, A64_ZR, rn)); break;
	case ISA_NEG32: emit(t, a64_opr(A64_SUB, false, rd, A64_ZR, rn)); break;
	case ISA_MOVSX64_8: emit(t, a64_sext(true, rd, rn, 8)); break;
	case ISA_MOVSX64_16: emit(t, a64_sext(true, rd, rn, 16)); break;
	case ISA_MOVSX64_32: emit(t, a64_sext(true, rd, rn, 32)); break;
	case ISA_MOVSX32_8: emit(t, a64_sext(false, rd, rn, 8)); break;
	case ISA_MOVSX32_16: emit(t, a64_sext(false, rd, rn, 16)); break;
	case ISA_LE16: emit(t, a64_zext(rd, rn, 16)); break;
	case ISA_LE32: emit(t, a64_mov(false, rd, rn)); break;
	case ISA_LE64: move(t, true, rd, rn); break;
	case ISA_BE16:
	case ISA_BSWAP16: swap16(t, rd, rn); break;
	case ISA_BE32:
	case ISA_BSWAP32: emit(t, a64_rev(false, rd, rn)); break;
	case ISA_BE64:
	case ISA_BSWAP64: emit(t, a64_rev(true, rd, rn)); break;
	default: assert(!"not a one-operand operation"); break;
	}
}
