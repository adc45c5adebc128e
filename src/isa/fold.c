/*
 * fold.c - the value of operations on constants: alu.def and jmp.def as functions.
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
	case ISA_NEG64: return 0 - s;
	case ISA_NEG32: return (uint32_t)(0 - s);
	case ISA_MOVSX64_8: return (uint64_t)(int8_t)s;
	case ISA_MOVSX64_16: return (uint64_t)(int16_t)s;
	case ISA_MOVSX64_32: return (uint64_t)(int32_t)s;
	case ISA_MOVSX32_8: return (uint64_t)(int8_t)s & UINT32_MAX;
	case ISA_MOVSX32_16: return (uint64_t)(int16_t)s & UINT32_MAX;
	case ISA_LE16: return (uint16_t)s;
	case ISA_LE32: return (uint32_t)s;
	case ISA_LE64: return s;
	case ISA_BE16: return (uint64_t)__builtin_bswap16((uint16_t)s);
	case ISA_BE32: return __builtin_bswap32((uint32_t)s);
	case ISA_BE64: return __builtin_bswap64(s);
	case ISA_BSWAP16: return (uint64_t)__builtin_bswap16((uint16_t)s);
	case ISA_BSWAP32: return __builtin_bswap32((uint32_t)s);
	case ISA_BSWAP64: return __builtin_bswap64(s);
	default: assert(!"not a one-operand operation"); return 0;
	}
}
