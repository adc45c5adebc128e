/*
 * arm64_enc.h - arm64 machine instructions as numbers.
 *
 * Each function makes the word of one instruction; the caller sees to it that operands fit (the
 * *_fits functions and asserts say when they do).  The rows of the enums are opcodes with all
 * operand fields zero, grouped by the layout of those fields, as in the "A64 instruction set"
 * chapter of the Arm Architecture Reference Manual (DDI 0487).
 *
 * 'x' chooses between whole registers (true: x0) and their low halves (false: w0), whose upper
 * halves become zero when written.  'size' of an access is log2 of its bytes.
 */
#ifndef WAGGLE_KERN_JIT_ARM64_ENC_H
#define WAGGLE_KERN_JIT_ARM64_ENC_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "kern/jit/arch.h"

enum a64_reg {
	A64_FP = 29, /* frame record of the procedure call standard */
	A64_LR = 30, /* return address */
	A64_ZR = 31, /* reads as zero, where an instruction does not mean SP by 31 */
	A64_SP = 31, /* in addresses, and in add and sub with an immediate */
};

/* clang-format off */
enum a64_cond {
	A64_EQ, A64_NE, A64_HS, A64_LO, A64_MI, A64_PL, A64_VS, A64_VC,
	A64_HI, A64_LS, A64_GE, A64_LT, A64_GT, A64_LE,
};
/* clang-format on */

/* The condition that holds exactly when @cond does not. */
static inline enum a64_cond a64_invert(enum a64_cond cond)
{
	return (enum a64_cond)(cond ^ 1);
}

/* Three registers: rd = rn op rm. */
enum a64_op3 {
	A64_UDIV = 0x1ac00800, /* by zero: zero */
	A64_SDIV = 0x1ac00c00,
	A64_LSLV = 0x1ac02000, /* by rm modulo the width */
	A64_LSRV = 0x1ac02400,
	A64_ASRV = 0x1ac02800,
};

/* Three registers, the last one shifted: rd = rn op (rm shift n). */
enum a64_ops {
	A64_AND = 0x0a000000,
	A64_BIC = 0x0a200000, /* and not */
	A64_ORR = 0x2a000000,
	A64_ORN = 0x2a200000,
	A64_EOR = 0x4a000000,
	A64_ANDS = 0x6a000000, /* to ZR: tst */
	A64_ADD = 0x0b000000,
	A64_ADDS = 0x2b000000, /* to ZR: cmn */
	A64_SUB = 0x4b000000,
	A64_SUBS = 0x6b000000, /* to ZR: cmp */
};
enum a64_shift { A64_LSL, A64_LSR, A64_ASR };

/* How a register is made 64 bits wide where it is an index. */
enum a64_extend {
	A64_UXTW = 2, /* its low half, zero-extended */
	A64_UXTX = 3, /* all of it */
	A64_SXTW = 6, /* its low half, sign-extended */
};

/* Four registers: rd = ra op rn * rm. */
enum a64_op4 {
	A64_MADD = 0x1b000000,
	A64_MSUB = 0x1b008000, /* ra - rn * rm */
};

/* Two registers. */
enum a64_op2 {
	A64_REV16 = 0x5ac00400, /* swap the bytes of each half word */
	A64_REV = 0x5ac00800,   /* of the register: a64_rev */
};

/* rd = rn op imm, of 12 bits, perhaps shifted left by 12. */
enum a64_opi {
	A64_ADD_IMM = 0x11000000,
	A64_ADDS_IMM = 0x31000000,
	A64_SUB_IMM = 0x51000000,
	A64_SUBS_IMM = 0x71000000,
};

/* rd = rn op imm, a logical immediate (a64_logical). */
enum a64_opl {
	A64_AND_IMM = 0x12000000,
	A64_ORR_IMM = 0x32000000,
	A64_EOR_IMM = 0x52000000,
	A64_ANDS_IMM = 0x72000000,
};

/* rd = 16 bits at one of four places: all else zero, all else ones, all else kept. */
enum a64_opm {
	A64_MOVZ = 0x52800000,
	A64_MOVN = 0x12800000, /* the complement of movz */
	A64_MOVK = 0x72800000,
};

/* Bit fields: signed or unsigned. */
enum a64_opb {
	A64_SBFM = 0x13000000,
	A64_UBFM = 0x53000000,
};

/* Loads and stores, with the size in bits 31:30 left zero. */
enum a64_mem {
	A64_STR = 0x00000000,
	A64_LDR = 0x00400000,  /* upper bits become zero */
	A64_LDRS = 0x00800000, /* sign-extended to a whole register */
};

/* Atomics of FEAT_LSE: rt receives what memory held.  Acquiring and releasing (AL), or in no
 * order at all, which to ZR is what stadd and its like are. */
enum a64_memop {
	A64_LDADD = 0x38200000,
	A64_LDCLR = 0x38201000, /* memory and not rs */
	A64_LDEOR = 0x38202000,
	A64_LDSET = 0x38203000,
	A64_SWP = 0x38208000,
	A64_MEMOP_AL = 0x00c00000, /* added to one of these */
	A64_CASAL = 0x08e0fc00,    /* rs: compared and result, rt: new */
};

/* Ordered and exclusive accesses, in the layout of cas. */
enum a64_exclusive {
	A64_LDAR = 0x08dffc00,
	A64_STLR = 0x089ffc00,
	A64_LDXR = 0x085f7c00,
	A64_STXR = 0x08007c00,
	A64_STLXR = 0x0800fc00,
};

enum a64_branch {
	A64_B = 0x14000000,
	A64_BL = 0x94000000,
	A64_B_COND = 0x54000000,
	A64_CBZ = 0x34000000,
	A64_CBNZ = 0x35000000,
	A64_TBZ = 0x36000000,
	A64_TBNZ = 0x37000000,
	A64_BR = 0xd61f0000,
	A64_BLR = 0xd63f0000,
	A64_ADR = 0x10000000, /* not a branch, but patched like one */
};

#define A64_RET     0xd65f03c0u
#define A64_NOP     0xd503201fu
#define A64_DMB_ISH 0xd5033bbfu

/* Append an instruction. */
static inline void a64_put(struct jit_buf *buf, uint32_t word)
{
	if (buf->len + sizeof word <= buf->size)
		memcpy(buf->bytes + buf->len, &word, sizeof word);
	buf->len += sizeof word;
}

static inline uint32_t a64_op3(enum a64_op3 op, bool x, uint32_t rd, uint32_t rn, uint32_t rm)
{
	return op | (uint32_t)x << 31 | rm << 16 | rn << 5 | rd;
}

static inline uint32_t a64_ops(enum a64_ops op, bool x, uint32_t rd, uint32_t rn, uint32_t rm,
			       enum a64_shift shift, uint32_t by)
{
	assert(by < (x ? 64u : 32u));
	return op | (uint32_t)x << 31 | (uint32_t)shift << 22 | rm << 16 | by << 10 | rn << 5 | rd;
}

/* The same without a shift. */
static inline uint32_t a64_opr(enum a64_ops op, bool x, uint32_t rd, uint32_t rn, uint32_t rm)
{
	return a64_ops(op, x, rd, rn, rm, A64_LSL, 0);
}

/* rd = rn + (rm extended << by), on whole registers. */
static inline uint32_t a64_add_index(uint32_t rd, uint32_t rn, uint32_t rm, enum a64_extend extend,
				     uint32_t by)
{
	if (extend == A64_UXTX)
		return a64_ops(A64_ADD, true, rd, rn, rm, A64_LSL, by);
	assert(by <= 4);
	return 0x8b200000u | rm << 16 | (uint32_t)extend << 13 | by << 10 | rn << 5 | rd;
}

static inline uint32_t a64_mov(bool x, uint32_t rd, uint32_t rm)
{
	return a64_opr(A64_ORR, x, rd, A64_ZR, rm);
}

static inline uint32_t a64_op4(enum a64_op4 op, bool x, uint32_t rd, uint32_t rn, uint32_t rm,
			       uint32_t ra)
{
	return op | (uint32_t)x << 31 | rm << 16 | ra << 10 | rn << 5 | rd;
}

/* Does @imm fit the 12 bits (shifted or not) of an enum a64_opi? */
static inline bool a64_imm12_fits(uint64_t imm)
{
	return !(imm & ~0xfffull) || !(imm & ~0xfff000ull);
}

static inline uint32_t a64_opi(enum a64_opi op, bool x, uint32_t rd, uint32_t rn, uint32_t imm)
{
	const bool shifted = imm > 0xfff;

	assert(a64_imm12_fits(imm));
	return op | (uint32_t)x << 31 | (uint32_t)shifted << 22 |
	       (shifted ? imm >> 12 : imm) << 10 | rn << 5 | rd;
}

/* The 13 bits (N, immr, imms) that stand for @value in an enum a64_opl.  Returns false when none
 * do: neither for zero nor for all ones, nor for anything but a rotated run of ones,
 * repeated every 2, 4, 8, 16, 32 or 64 bits. */
bool a64_logical(bool x, uint64_t value, uint32_t *ret_bits);

static inline uint32_t a64_opl(enum a64_opl op, bool x, uint32_t rd, uint32_t rn, uint32_t bits)
{
	return op | (uint32_t)x << 31 | bits << 10 | rn << 5 | rd;
}

static inline uint32_t a64_opm(enum a64_opm op, bool x, uint32_t rd, uint32_t imm16, uint32_t place)
{
	assert(imm16 <= 0xffff && place < (x ? 4u : 2u));
	return op | (uint32_t)x << 31 | place << 21 | imm16 << 5 | rd;
}

/* imms >= immr: bits immr to imms of rn, moved down to bit 0.
 * imms < immr: bits 0 to imms of rn, moved up to bit (width - immr). */
static inline uint32_t a64_opb(enum a64_opb op, bool x, uint32_t rd, uint32_t rn, uint32_t immr,
			       uint32_t imms)
{
	assert(immr < (x ? 64u : 32u) && imms < (x ? 64u : 32u));
	return op | (uint32_t)x << 31 | (uint32_t)x << 22 | immr << 16 | imms << 10 | rn << 5 | rd;
}

/* Shifts by constants. */
static inline uint32_t a64_lsl(bool x, uint32_t rd, uint32_t rn, uint32_t by)
{
	const uint32_t last = x ? 63 : 31;

	return a64_opb(A64_UBFM, x, rd, rn, (0 - by) & last, last - by);
}
static inline uint32_t a64_lsr(bool x, uint32_t rd, uint32_t rn, uint32_t by)
{
	return a64_opb(A64_UBFM, x, rd, rn, by, x ? 63 : 31);
}

/* rd = rn rotated right by a constant. */
static inline uint32_t a64_ror(bool x, uint32_t rd, uint32_t rn, uint32_t by)
{
	return 0x13800000u | (uint32_t)x << 31 | (uint32_t)x << 22 | rn << 16 | by << 10 | rn << 5 |
	       rd;
}

/* The low @bits of rn, zero-extended or sign-extended. */
static inline uint32_t a64_zext(uint32_t rd, uint32_t rn, uint32_t bits)
{
	return a64_opb(A64_UBFM, false, rd, rn, 0, bits - 1);
}
static inline uint32_t a64_sext(bool x, uint32_t rd, uint32_t rn, uint32_t bits)
{
	return a64_opb(A64_SBFM, x, rd, rn, 0, bits - 1);
}

static inline uint32_t a64_rev(bool x, uint32_t rd, uint32_t rn)
{
	return A64_REV | (x ? 0x80000400u : 0) | rn << 5 | rd;
}
static inline uint32_t a64_rev16(uint32_t rd, uint32_t rn)
{
	return A64_REV16 | rn << 5 | rd;
}

/* rd = cond ? rn : rm */
static inline uint32_t a64_csel(bool x, uint32_t rd, uint32_t rn, uint32_t rm, enum a64_cond cond)
{
	return 0x1a800000u | (uint32_t)x << 31 | rm << 16 | (uint32_t)cond << 12 | rn << 5 | rd;
}

/* Can @offset be part of an access: scaled (a multiple of the size up to 4095 times it) or
 * unscaled (-256 to 255)? */
static inline bool a64_offset_fits(uint32_t size, int64_t offset)
{
	return (offset >= -256 && offset < 256) ||
	       (offset >= 0 && !(offset & ((1 << size) - 1)) && offset >> size < 4096);
}

/* rt from or to [rn, offset]. */
static inline uint32_t a64_mem(enum a64_mem op, uint32_t size, uint32_t rt, uint32_t rn,
			       int64_t offset)
{
	assert(a64_offset_fits(size, offset));
	if (offset >= 0 && !(offset & ((1 << size) - 1)))
		return 0x39000000u | op | size << 30 | (uint32_t)(offset >> size) << 10 | rn << 5 |
		       rt;
	return 0x38000000u | op | size << 30 | ((uint32_t)offset & 0x1ff) << 12 | rn << 5 | rt;
}

/* rt from or to [rn, rm extended], or with rm shifted left by the size if @scaled. */
static inline uint32_t a64_mem_index(enum a64_mem op, uint32_t size, uint32_t rt, uint32_t rn,
				     uint32_t rm, enum a64_extend extend, bool scaled)
{
	return 0x38200800u | op | size << 30 | rm << 16 | (uint32_t)extend << 13 |
	       (uint32_t)scaled << 12 | rn << 5 | rt;
}

/* Pairs of registers, from or to [rn, offset], and with rn changed before or after. */
enum a64_pair {
	A64_STP = 0x29000000,
	A64_LDP = 0x29400000,
	A64_STP_PRE = 0x29800000,
	A64_LDP_POST = 0x28c00000,
};
static inline bool a64_pair_fits(bool x, int64_t offset)
{
	const int64_t bytes = x ? 8 : 4;

	return offset % bytes == 0 && offset / bytes >= -64 && offset / bytes < 64;
}
static inline uint32_t a64_pair(enum a64_pair op, bool x, uint32_t rt, uint32_t rt2, uint32_t rn,
				int32_t offset)
{
	assert(a64_pair_fits(x, offset));
	return op | (uint32_t)x << 31 | ((uint32_t)(offset / (x ? 8 : 4)) & 0x7f) << 15 |
	       rt2 << 10 | rn << 5 | rt;
}

static inline uint32_t a64_atomic(uint32_t op, uint32_t size, uint32_t rs, uint32_t rt, uint32_t rn)
{
	return op | size << 30 | rs << 16 | rn << 5 | rt;
}

/* @rs is where stores report success (zero); ZR for the others. */
static inline uint32_t a64_exclusive(enum a64_exclusive op, uint32_t size, uint32_t rs, uint32_t rt,
				     uint32_t rn)
{
	return op | size << 30 | rs << 16 | rn << 5 | rt;
}

/* Branches, leading to themselves: see a64_lead. */
static inline uint32_t a64_b_cond(enum a64_cond cond)
{
	return A64_B_COND | (uint32_t)cond;
}
static inline uint32_t a64_cb(enum a64_branch op, bool x, uint32_t rt)
{
	return op | (uint32_t)x << 31 | rt;
}
static inline uint32_t a64_tb(enum a64_branch op, uint32_t rt, uint32_t bit)
{
	return op | bit >> 5 << 31 | (bit & 31) << 19 | rt;
}
static inline uint32_t a64_br(enum a64_branch op, uint32_t rn)
{
	return op | rn << 5;
}

/* Bytes that the branch (or adr) @word can lead backward, and a little less forward. */
uint32_t a64_reach(uint32_t word);

/* The branch (or adr) @word, leading @by bytes on from itself: must be within its reach. */
uint32_t a64_lead(uint32_t word, int64_t by);

/* rd = value, in the fewest of movz, movn, movk and orr: 1 to 4 instructions at @ret_words; their
 * number is returned. */
unsigned int a64_mov_imm(bool x, uint32_t rd, uint64_t value, uint32_t ret_words[4]);

/* Does the processor have the atomic operations of FEAT_LSE?  Tests may pretend that it does
 * not. */
bool a64_has_lse(void);
void a64_forget_lse(bool forget);

#endif
