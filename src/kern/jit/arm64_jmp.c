/*
 * arm64_jmp.c - conditional jumps: comparisons that the flags, or a branch alone, decide.
 */
#include "kern/jit/arm64.h"

/* The operations of jmp.def, without width and kind of operand. */
enum jmp {
#define JMP_OP(name, ...) JMP_##name,
#include "isa/jmp.def"
};

static enum jmp jmp_of(enum isa_op op)
{
	switch (op) {
/* clang-format off */
#define JMP_OP(name, ...) \
	case ISA_##name##64_IMM: \
	case ISA_##name##64_REG: \
	case ISA_##name##32_IMM: \
	case ISA_##name##32_REG: return JMP_##name;
#include "isa/jmp.def"
		/* clang-format on */
	default: assert(!"not a conditional jump"); return JMP_JEQ;
	}
}

/* After cmp (or, for JSET, tst). */
static enum a64_cond cond_of(enum jmp jmp)
{
	switch (jmp) {
	case JMP_JEQ: return A64_EQ;
	case JMP_JGT: return A64_HI;
	case JMP_JGE: return A64_HS;
	case JMP_JSET:
	case JMP_JNE: return A64_NE;
	case JMP_JSGT: return A64_GT;
	case JMP_JSGE: return A64_GE;
	case JMP_JLT: return A64_LO;
	case JMP_JLE: return A64_LS;
	case JMP_JSLT: return A64_LT;
	case JMP_JSLE: return A64_LE;
	}
	return A64_EQ;
}

static void jmp_reg(struct trans *t, enum jmp jmp, bool x, uint32_t rn, uint32_t rs, label to)
{
	emit(t, a64_opr(jmp == JMP_JSET ? A64_ANDS : A64_SUBS, x, A64_ZR, rn, rs));
	arm64_branch(t, a64_b_cond(cond_of(jmp)), to);
}

void arm64_jmp_mask(struct trans *t, bool x, uint32_t rn, uint64_t mask, bool not_zero, label to)
{
	uint32_t bits;

	if (!x)
		mask = (uint32_t)mask;
	if (mask && !(mask & (mask - 1))) {
		arm64_branch(t,
			     a64_tb(not_zero ? A64_TBNZ : A64_TBZ, rn,
				    (uint32_t)__builtin_ctzll(mask)),
			     to);
		return;
	}
	if (a64_logical(x, mask, &bits)) {
		emit(t, a64_opl(A64_ANDS_IMM, x, A64_ZR, rn, bits));
	} else {
		arm64_mov_chosen(t, x, REG_CONST, mask);
		emit(t, a64_opr(A64_ANDS, x, A64_ZR, rn, REG_CONST));
	}
	arm64_branch(t, a64_b_cond(not_zero ? A64_NE : A64_EQ), to);
}

/* Comparisons with constants that one branch decides by itself. */
static bool jmp_branch(struct trans *t, enum jmp jmp, bool x, uint32_t rn, int32_t imm, label to)
{
	const uint32_t sign = x ? 63 : 31;

	if ((imm == 0 && (jmp == JMP_JEQ || jmp == JMP_JLE)) || (imm == 1 && jmp == JMP_JLT))
		arm64_branch(t, a64_cb(A64_CBZ, x, rn), to);
	else if ((imm == 0 && (jmp == JMP_JNE || jmp == JMP_JGT)) || (imm == 1 && jmp == JMP_JGE))
		arm64_branch(t, a64_cb(A64_CBNZ, x, rn), to);
	else if ((imm == 0 && jmp == JMP_JSLT) || (imm == -1 && jmp == JMP_JSLE))
		arm64_branch(t, a64_tb(A64_TBNZ, rn, sign), to);
	else if ((imm == 0 && jmp == JMP_JSGE) || (imm == -1 && jmp == JMP_JSGT))
		arm64_branch(t, a64_tb(A64_TBZ, rn, sign), to);
	else
		return false;
	return true;
}

/* A comparison with a constant that fits an instruction. */
static bool compare_imm(struct trans *t, bool x, uint32_t rn, int64_t imm)
{
	if (imm >= 0 && a64_imm12_fits((uint64_t)imm))
		emit(t, a64_opi(A64_SUBS_IMM, x, A64_ZR, rn, (uint32_t)imm));
	else if (imm < 0 && a64_imm12_fits((uint64_t)-imm))
		emit(t, a64_opi(A64_ADDS_IMM, x, A64_ZR, rn, (uint32_t)-imm));
	else
		return false;
	return true;
}

static void jmp_imm(struct trans *t, enum jmp jmp, bool x, uint32_t rn, int32_t imm, label to)
{
	if (!t->prog->options.blind) {
		if (jmp == JMP_JSET) {
			arm64_jmp_mask(t, x, rn, (uint64_t)imm, true, to);
			return;
		}
		if (jmp_branch(t, jmp, x, rn, imm, to))
			return;
		if (compare_imm(t, x, rn, imm)) {
			arm64_branch(t, a64_b_cond(cond_of(jmp)), to);
			return;
		}
	}
	arm64_mov_chosen(t, x, REG_CONST, x ? (uint64_t)imm : (uint32_t)imm);
	jmp_reg(t, jmp, x, rn, REG_CONST, to);
}

void arm64_jmp(struct trans *t, enum isa_op op, label to)
{
	const struct insn *insn = t->insn;
	const bool x = isa_ops[op].is64;
	const uint32_t rn = arm64_use(t, insn->dst, REG_TMP);

	if (isa_ops[op].form == ISA_FORM_JMP_IMM)
		jmp_imm(t, jmp_of(op), x, rn, insn->imm, to);
	else
		jmp_reg(t, jmp_of(op), x, rn, arm64_use(t, insn->src, REG_TMP2), to);
}

void arm64_may_goto(struct trans *t, label to)
{
	const int64_t left = offsetof(struct vm_run, may_gotos);

	emit(t, a64_mem(A64_LDR, 2, REG_TMP, REG_RUN, left));
	arm64_branch(t, a64_cb(A64_CBZ, false, REG_TMP), to);
	emit(t, a64_opi(A64_SUB_IMM, false, REG_TMP, REG_TMP, 1));
	emit(t, a64_mem(A64_STR, 2, REG_TMP, REG_RUN, left));
}
