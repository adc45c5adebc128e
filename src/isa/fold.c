/*
 * fold.c - the value of operations on constants: alu.def, jmp.def and unary.def as
 * functions.
 *
 * Optimisers and tests use these; the interpreter has handlers made from the same tables.
 */
#include "isa/insn.h"

#include <assert.h>

#include "base/bits.h"

uint64_t isa_fold_alu(enum isa_op op, uint64_t d64, uint64_t s64)
{
	switch (op) {
#define ALU_CASE(name, width, value)                              \
	case ISA_##name##width##_IMM:                             \
	case ISA_##name##width##_REG: {                           \
		typedef uint##width##_t U;                        \
		typedef int##width##_t S __attribute__((unused)); \
		enum { MASK = width - 1 };                        \
		U d = (U)d64, s = (U)s64;                         \
		(void)d;                                          \
		return (U)(value);                                \
	}
#define ALU_OP(name, code, off, group, text, value) \
	ALU_CASE(name, 64, value)                   \
	ALU_CASE(name, 32, value)
#include "isa/alu.def"
	default: assert(!"not a two-operand operation"); return 0;
	}
}

bool isa_fold_jmp(enum isa_op op, uint64_t d64, uint64_t s64)
{
	switch (op) {
#define JMP_CASE(name, width, condition)                          \
	case ISA_##name##width##_IMM:                             \
	case ISA_##name##width##_REG: {                           \
		typedef uint##width##_t U;                        \
		typedef int##width##_t S __attribute__((unused)); \
		U d = (U)d64, s = (U)s64;                         \
		return condition;                                 \
	}
#define JMP_OP(name, code, text, condition, negated) \
	JMP_CASE(name, 64, condition)                \
	JMP_CASE(name, 32, condition)
#include "isa/jmp.def"
	default: assert(!"not a condition"); return false;
	}
}

uint64_t isa_fold_unary(enum isa_op op, uint64_t s)
{
	switch (op) {
		/* clang-format off */
#define UNARY_OP(name, from, value) case ISA_##name: return value;
#include "isa/unary.def"
		/* clang-format on */
	default: assert(!"not a one-operand operation"); return 0;
	}
}
