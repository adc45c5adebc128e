/*
 * eval.c - the value of operations on constants.
 *
 * The tables of src/isa say what eBPF computes for 32 and 64 bits; here the narrower types are
 * brought to 32 bits and back.  A value of 8 or 16 bits is zero-extended, as everywhere.
 */
#include "ir/ir.h"

#include <assert.h>

#include "isa/insn.h"

static uint64_t sign_extend(uint64_t value, unsigned int bits)
{
	uint64_t sign = (uint64_t)1 << (bits - 1);

	return (value ^ sign) - sign;
}

bool ir_can_fold(enum ir_op op)
{
	return (op >= IR_ADD && op <= IR_COPY);
}

/* eBPF's operation for @op, of 64 or 32 bits. */
#define ISA_OF(name) (wide ? ISA_##name##64_REG : ISA_##name##32_REG)

static enum isa_op isa_of(enum ir_op op, bool wide)
{
	switch (op) {
	case IR_ADD:
	case IR_PTR_ADD: return ISA_OF(ADD);
	case IR_SUB: return ISA_OF(SUB);
	case IR_MUL: return ISA_OF(MUL);
	case IR_DIV:
	case IR_DIV_OR_END: return ISA_OF(DIV);
	case IR_MOD:
	case IR_MOD_OR_END: return ISA_OF(MOD);
	case IR_SDIV: return ISA_OF(SDIV);
	case IR_SMOD: return ISA_OF(SMOD);
	case IR_AND: return ISA_OF(AND);
	case IR_OR: return ISA_OF(OR);
	case IR_XOR: return ISA_OF(XOR);
	case IR_SHL: return ISA_OF(LSH);
	case IR_SHR: return ISA_OF(RSH);
	case IR_SAR: return ISA_OF(ARSH);
	default: assert(!"not a two-operand operation"); return ISA_OF(ADD);
	}
}

uint64_t ir_fold_op(enum ir_op op, enum ir_type type, uint64_t a, uint64_t b)
{
	unsigned int bits = ir_type_bits(type);
	bool is_signed = op == IR_SDIV || op == IR_SMOD || op == IR_SAR;

	switch (op) {
	case IR_NEG: return (0 - a) & ir_type_mask(type);
	case IR_COPY: return a;
	case IR_BSWAP:
		return isa_fold_unary(bits == 64 ? ISA_BSWAP64 :
				      bits == 32 ? ISA_BSWAP32 :
						   ISA_BSWAP16,
				      a);
	case IR_SHL:
	case IR_SHR:
	case IR_SAR: b &= bits - 1; break;
	default: break;
	}
	if (is_signed && bits < 32) {
		a = sign_extend(a, bits);
		b = op == IR_SAR ? b : sign_extend(b, bits);
	}
	return isa_fold_alu(isa_of(op, bits == 64), a, b) & ir_type_mask(type);
}

uint64_t ir_fold_cast(enum ir_op op, enum ir_type type, enum ir_type from, uint64_t a)
{
	if (op == IR_SEXT)
		a = sign_extend(a, ir_type_bits(from));
	return a & ir_type_mask(type);
}

bool ir_fold_cond(enum ir_cond cond, enum ir_type type, uint64_t a, uint64_t b)
{
	unsigned int bits = ir_type_bits(type);

	if (cond >= IR_SLT && cond <= IR_SGE) {
		a = sign_extend(a, bits);
		b = sign_extend(b, bits);
	}
	switch (cond) {
#define IR_COND(name, text, negated, swapped, jmp) \
	case IR_##name:                            \
		return isa_fold_jmp(ISA_##jmp##64_REG, a, b) != (IR_##name == IR_CLEAR);
#include "ir/cond.def"
	case IR_COND_COUNT: break;
	}
	assert(!"not a condition");
	return false;
}
