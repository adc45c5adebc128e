/*
 * x86_64_enc.h - machine instructions of x86-64 as bytes.
 *
 * An instruction is one of a few shapes around an 'operation': its opcode together with the
 * prefixes it needs.  The caller guarantees room (X86_MOST_BYTES each); nothing here looks back at
 * what was written, and nothing knows of BPF.
 *
 * The source of every encoding is volume 2 of Intel's "Software Developer's Manual".
 */
#ifndef WAGGLE_KERN_JIT_X86_64_ENC_H
#define WAGGLE_KERN_JIT_X86_64_ENC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bits.h"

enum { X86_MOST_BYTES = 15 };

/* clang-format off */
enum x86_reg {
	X86_RAX, X86_RCX, X86_RDX, X86_RBX, X86_RSP, X86_RBP, X86_RSI, X86_RDI,
	X86_R8, X86_R9, X86_R10, X86_R11, X86_R12, X86_R13, X86_R14, X86_R15,
	X86_NONE, /* no base, no index */
};
/* clang-format on */

/* A place in memory: base + (index << shift) + disp. */
struct x86_mem {
	uint8_t base;  /* or X86_NONE */
	uint8_t index; /* or X86_NONE; not RSP */
	uint8_t shift;
	int32_t disp;
};

/* Operations: the opcode byte, its map and its prefixes. */
enum x86_op {
	X86_W = 1 << 8,     /* 64-bit operands */
	X86_0F = 1 << 9,    /* opcodes after 0f */
	X86_0F38 = 1 << 10, /* opcodes after 0f 38 */
	X86_16 = 1 << 11,   /* 16-bit operands */
	X86_BYTE = 1 << 12, /* the register is a byte: needs a prefix to be SIL or DIL */
	X86_LOCK = 1 << 13, /* atomic */

	/* reg, r/m */
	X86_ADD = 0x03,
	X86_OR = 0x0b,
	X86_AND = 0x23,
	X86_SUB = 0x2b,
	X86_XOR = 0x33,
	X86_CMP = 0x3b,
	X86_MOVSXD = 0x63 | X86_W,
	X86_TEST = 0x85,
	X86_XCHG = 0x87,
	X86_LOAD = 0x8b, /* also: mov reg, reg */
	X86_LEA = 0x8d | X86_W,
	X86_IMUL = 0xaf | X86_0F,
	X86_MOVZX8 = 0xb6 | X86_0F,
	X86_MOVZX16 = 0xb7 | X86_0F,
	X86_MOVSX8 = 0xbe | X86_0F,
	X86_MOVSX16 = 0xbf | X86_0F,
	X86_MOVBE = 0xf0 | X86_0F38,

	/* r/m, reg */
	X86_STORE8 = 0x88 | X86_BYTE,
	X86_STORE16 = 0x89 | X86_16,
	X86_STORE = 0x89,
	X86_ADD_TO = 0x01,
	X86_OR_TO = 0x09,
	X86_AND_TO = 0x21,
	X86_XOR_TO = 0x31,
	X86_XADD = 0xc1 | X86_0F,
	X86_CMPXCHG = 0xb1 | X86_0F,

	/* r/m alone: the reg field extends the opcode (enum x86_ext) */
	X86_GROUP3 = 0xf7,
	X86_GROUP5 = 0xff,
	X86_SHIFT_CL = 0xd3,
};

/* Numbers in the reg field of X86_GROUP3, X86_GROUP5 and X86_SHIFT_CL. */
enum x86_ext {
	X86_NOT = 2,
	X86_NEG = 3,
	X86_MUL = 4,
	X86_DIV = 6,
	X86_IDIV = 7,

	X86_DEC = 1,
	X86_CALL = 2,
	X86_JMP = 4,

	X86_ROL = 0,
	X86_SHL = 4,
	X86_SHR = 5,
	X86_SAR = 7,
};

/* The numbers of two-operand arithmetic with an immediate. */
enum x86_alu {
	X86_ALU_ADD = 0,
	X86_ALU_OR = 1,
	X86_ALU_AND = 4,
	X86_ALU_SUB = 5,
	X86_ALU_XOR = 6,
	X86_ALU_CMP = 7,
};

/* Conditions; the lowest bit negates. */
enum x86_cond {
	X86_B = 2,
	X86_AE = 3,
	X86_E = 4,
	X86_NE = 5,
	X86_BE = 6,
	X86_A = 7,
	X86_S = 8,
	X86_NS = 9,
	X86_L = 12,
	X86_GE = 13,
	X86_LE = 14,
	X86_G = 15,
};

/* Operations of BMI2 with three registers: opcode, and the prefix as VEX has it. */
enum x86_vex {
	X86_SHLX = 0x1f7,
	X86_SARX = 0x2f7,
	X86_SHRX = 0x3f7,
	X86_MULX = 0x3f6, /* reg (high) and vvvv (low) = RDX * r/m */
};

/* What the processor has beyond the baseline. */
struct x86_features {
	bool bmi2;
	bool movbe;
};
const struct x86_features *x86_features(void);

/* For tests: do without what @allowed does not have, from the next compilation on. */
void x86_features_restrict(const struct x86_features *allowed);

struct x86_enc {
	uint8_t *p; /* where the next byte goes */
};

static inline void x86_u8(struct x86_enc *e, unsigned int byte)
{
	*e->p++ = (uint8_t)byte;
}

static inline void x86_u32(struct x86_enc *e, uint32_t v)
{
	store_u32(e->p, v);
	e->p += 4;
}

static inline void x86_u64(struct x86_enc *e, uint64_t v)
{
	store_u64(e->p, v);
	e->p += 8;
}

static inline bool x86_is8(int64_t v)
{
	return v == (int8_t)v;
}

static inline bool x86_is32(int64_t v)
{
	return v == (int32_t)v;
}

/* Everything before the operand byte.  @rex: R, X and B bits. */
static inline uint8_t *x86_opcode(uint8_t *p, unsigned int op, unsigned int rex, bool force_rex)
{
	rex |= op & X86_W ? 0x48 : 0x40;
	if (op & X86_LOCK)
		*p++ = 0xf0;
	if (op & X86_16)
		*p++ = 0x66;
	*p = (uint8_t)rex;
	p += rex != 0x40 || force_rex;
	if (op & (X86_0F | X86_0F38))
		*p++ = 0x0f;
	if (op & X86_0F38)
		*p++ = 0x38;
	*p++ = (uint8_t)op;
	return p;
}

/* @op with registers: @reg is the operand of the reg field, @rm that of r/m. */
static inline void x86_rr(struct x86_enc *e, unsigned int op, unsigned int reg, unsigned int rm)
{
	const bool byte = op == X86_MOVZX8 || (op | X86_W) == (X86_MOVSX8 | X86_W);
	uint8_t *p = x86_opcode(e->p, op, reg >> 3 << 2 | rm >> 3, byte && rm >= X86_RSP);

	*p++ = (uint8_t)(0xc0 | (reg & 7) << 3 | (rm & 7));
	e->p = p;
}

/* The operand bytes of memory. */
static inline uint8_t *x86_operand(uint8_t *p, unsigned int reg, struct x86_mem mem)
{
	const unsigned int base = mem.base & 7u, field = (reg & 7) << 3;
	unsigned int mod = 0x80;

	if (mem.base == X86_NONE) { /* index and 32-bit displacement */
		*p++ = (uint8_t)(field | 4);
		*p++ = (uint8_t)((unsigned int)mem.shift << 6 | (mem.index & 7u) << 3 | 5);
		store_u32(p, (uint32_t)mem.disp);
		return p + 4;
	}
	if (mem.disp == 0 && base != X86_RBP)
		mod = 0;
	else if (x86_is8(mem.disp))
		mod = 0x40;
	if (mem.index != X86_NONE || base == X86_RSP) {
		const unsigned int index = mem.index == X86_NONE ? X86_RSP : mem.index & 7u;

		*p++ = (uint8_t)(mod | field | 4);
		*p++ = (uint8_t)((unsigned int)mem.shift << 6 | index << 3 | base);
	} else {
		*p++ = (uint8_t)(mod | field | base);
	}
	store_u32(p, (uint32_t)mem.disp);
	return p + (mod == 0x80 ? 4 : mod >> 6);
}

/* @op with memory. */
static inline void x86_rm(struct x86_enc *e, unsigned int op, unsigned int reg, struct x86_mem mem)
{
	const unsigned int rex = reg >> 3 << 2 | (mem.index >> 3 & 1u) << 1 | (mem.base >> 3 & 1u);
	uint8_t *p = x86_opcode(e->p, op, rex, (op & X86_BYTE) && reg >= X86_RSP);

	e->p = x86_operand(p, reg, mem);
}

/* The second operand of a memory form with immediate and without a register. */
static inline struct x86_mem x86_at(unsigned int base, int32_t disp)
{
	return (struct x86_mem){ .base = (uint8_t)base, .index = X86_NONE, .disp = disp };
}

/* Arithmetic with an immediate; @w is X86_W or 0. */
static inline void x86_alu_imm(struct x86_enc *e, unsigned int w, enum x86_alu alu, unsigned int rm,
			       int32_t imm)
{
	const bool short_imm = x86_is8(imm);

	if (rm == X86_RAX && !short_imm) {
		e->p = x86_opcode(e->p, w | alu << 3 | 5, 0, false);
		x86_u32(e, (uint32_t)imm);
		return;
	}
	x86_rr(e, w | (short_imm ? 0x83u : 0x81u), alu, rm);
	store_u32(e->p, (uint32_t)imm);
	e->p += short_imm ? 1 : 4;
}

static inline void x86_alu_mem_imm(struct x86_enc *e, unsigned int w, enum x86_alu alu,
				   struct x86_mem mem, int32_t imm)
{
	const bool short_imm = x86_is8(imm);

	x86_rm(e, w | (short_imm ? 0x83u : 0x81u), alu, mem);
	store_u32(e->p, (uint32_t)imm);
	e->p += short_imm ? 1 : 4;
}

static inline void x86_shift_imm(struct x86_enc *e, unsigned int w, enum x86_ext shift,
				 unsigned int rm, unsigned int count)
{
	x86_rr(e, w | 0xc1, shift, rm);
	x86_u8(e, count);
}

static inline void x86_imul_imm(struct x86_enc *e, unsigned int w, unsigned int reg,
				unsigned int rm, int32_t imm)
{
	const bool short_imm = x86_is8(imm);

	x86_rr(e, w | (short_imm ? 0x6bu : 0x69u), reg, rm);
	store_u32(e->p, (uint32_t)imm);
	e->p += short_imm ? 1 : 4;
}

static inline void x86_test_imm(struct x86_enc *e, unsigned int w, unsigned int rm, int32_t imm)
{
	x86_rr(e, w | X86_GROUP3, 0, rm);
	x86_u32(e, (uint32_t)imm);
}

static inline void x86_mov(struct x86_enc *e, unsigned int to, unsigned int from)
{
	x86_rr(e, X86_LOAD | X86_W, to, from);
}

static inline void x86_push(struct x86_enc *e, unsigned int reg)
{
	if (reg >= X86_R8)
		x86_u8(e, 0x41);
	x86_u8(e, 0x50 | (reg & 7));
}

static inline void x86_pop(struct x86_enc *e, unsigned int reg)
{
	if (reg >= X86_R8)
		x86_u8(e, 0x41);
	x86_u8(e, 0x58 | (reg & 7));
}

static inline void x86_ret(struct x86_enc *e)
{
	x86_u8(e, 0xc3);
}

/* @reg = @v by the shortest instruction; the flags are lost. */
void x86_mov_imm(struct x86_enc *e, unsigned int reg, uint64_t v);

/* bswap @reg. */
void x86_bswap(struct x86_enc *e, unsigned int w, unsigned int reg);

/* @reg = @rm shifted by @vvvv, or X86_MULX. */
void x86_vex(struct x86_enc *e, unsigned int w, enum x86_vex op, unsigned int reg, unsigned int rm,
	     unsigned int vvvv);

/* Store an immediate of @bytes (1, 2, 4, or 8: sign-extended from 32 bits). */
void x86_store_imm(struct x86_enc *e, unsigned int bytes, struct x86_mem mem, int32_t imm);

/* @reg = the 32-bit word at @offset from the thread pointer. */
void x86_load_thread_u32(struct x86_enc *e, unsigned int reg, int32_t offset);

#endif
