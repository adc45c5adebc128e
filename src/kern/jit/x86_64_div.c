/*
 * x86_64_div.c - division.
 *
 * The processor divides RDX:RAX and traps on zero and on overflow; BPF divides any register and
 * defines both (RFC 9669, section 4.1).  So the general case is a test, and moves around a 'div'.
 *
 * Division by a constant is a multiplication by its reciprocal, scaled to an integer and rounded
 * up: n / d = (n * m) >> (N + s), with N the width, s = ceil(log2 d) and m = ceil(2^(N+s) / d), which
 * has up to N + 1 bits.  (Granlund and Montgomery, "Division by Invariant Integers using
 * Multiplication", 1994, figure 4.1; one bit less suffices for many d, section 4.)
 */
#include "kern/jit/x86_64.h"

#include <assert.h>

typedef unsigned __int128 u128;

/* n / d = (n * multiplier) >> (width + shift), and, if 'wide', with 2^width added to the multiplier. */
struct reciprocal {
	uint64_t multiplier;
	unsigned int shift;
	bool wide;
};

/* Of @d, which is neither zero nor a power of two. */
static struct reciprocal reciprocal_of(uint64_t d, unsigned int width)
{
	const unsigned int log = 64 - (unsigned int)__builtin_clzll(d); /* ceil(log2 d) */
	/* The quotient of 2^(width + log) by d, less 2^width: it has 'width' bits. */
	const u128 one = (u128)1 << width;
	const u128 high = ((u128)1 << log) - d;
	u128 low = (high << width) / d;
	u128 up = ((high << width) + ((u128)1 << log)) / d;
	unsigned int shift = log;

	/* All numbers between these two bounds serve; take one with fewer bits if there is. */
	low += one;
	up += one;
	while (low >> 1 < up >> 1 && shift > 0) {
		low >>= 1;
		up >>= 1;
		shift--;
	}
	return (struct reciprocal){
		.multiplier = (uint64_t)(up - (up >= one ? one : 0)),
		.shift = shift,
		.wide = up >= one,
	};
}

static unsigned int width_flag(bool is64)
{
	return is64 ? X86_W : 0;
}

/* mov that, for 32 bits, clears the upper half also of a register moved to itself. */
static void move(struct trans *t, bool is64, unsigned int to, unsigned int from)
{
	if (to != from || !is64)
		x86_rr(&t->e, X86_LOAD | width_flag(is64), to, from);
}

/* The same, when @s is not zero and does not make it overflow.  Uses REG_TMP and REG_TMP2 for what RAX and
 * RDX held, if that is still wanted, and REG_CONST for the divisor when it is one of them. */
static void divide(struct trans *t, const struct division *v)
{
	const bool keep_rax = v->d != X86_RAX && !x86_is_free(t, 0);
	const bool keep_rdx = v->d != X86_RDX && !x86_is_free(t, 3);
	const unsigned int w = width_flag(v->is64);
	struct x86_enc *e = &t->e;
	unsigned int s = v->s;

	if (s == X86_RAX || s == X86_RDX) {
		x86_mov(e, REG_CONST, s);
		s = REG_CONST;
	}
	if (keep_rax)
		x86_mov(e, REG_TMP, X86_RAX);
	if (keep_rdx)
		x86_mov(e, REG_TMP2, X86_RDX);
	move(t, true, X86_RAX, v->d);
	if (v->is_signed) {
		if (w)
			x86_u8(e, 0x48);
		x86_u8(e, 0x99); /* cqo, cdq */
		x86_rr(e, w | X86_GROUP3, X86_IDIV, s);
	} else {
		x86_rr(e, X86_XOR, X86_RDX, X86_RDX);
		x86_rr(e, w | X86_GROUP3, X86_DIV, s);
	}
	move(t, true, v->d, v->is_mod ? X86_RDX : X86_RAX);
	if (keep_rax)
		x86_mov(e, X86_RAX, REG_TMP);
	if (keep_rdx)
		x86_mov(e, X86_RDX, REG_TMP2);
}

/* What division by zero gives. */
static void divide_by_zero(struct trans *t, const struct division *v)
{
	if (v->is_mod)
		move(t, v->is64, v->d, v->d);
	else
		x86_rr(&t->e, X86_XOR, v->d, v->d);
}

/* What signed division by -1 gives. */
static void divide_by_minus_one(struct trans *t, const struct division *v)
{
	if (v->is_mod)
		x86_rr(&t->e, X86_XOR, v->d, v->d);
	else
		x86_rr(&t->e, X86_GROUP3 | width_flag(v->is64), X86_NEG, v->d);
}

void x86_divide_slowly(struct trans *t, const struct division *v)
{
	const unsigned int w = width_flag(v->is64);
	struct x86_enc *e = &t->e;

	if (!v->is_signed) {
		divide_by_zero(t, v);
	} else if (!v->is_mod) {
		x86_rr(e, w | X86_IMUL, v->d, v->s); /* by 0 or -1: times that */
	} else {
		x86_mov(e, REG_TMP, v->s); /* by 0: all of it; by -1: nothing */
		x86_rr(e, X86_W | X86_GROUP3, X86_NOT, REG_TMP);
		x86_rr(e, w | X86_AND, v->d, REG_TMP);
	}
}

void x86_divide(struct trans *t, const struct division *v)
{
	const unsigned int w = width_flag(v->is64);
	struct slow *slow = x86_add_slow(t, SLOW_DIVIDE);
	struct x86_enc *e = &t->e;

	slow->division = *v;
	if (v->is_signed) {
		x86_rm(e, w ? X86_LEA : X86_LEA & ~(unsigned int)X86_W, REG_TMP, x86_at(v->s, 1));
		x86_alu_imm(e, w, X86_ALU_CMP, REG_TMP, 1);
		x86_jcc(e, &t->link, X86_BE, slow->label);
	} else {
		x86_rr(e, w | X86_TEST, v->s, v->s);
		x86_jcc(e, &t->link, X86_E, slow->label);
	}
	divide(t, v);
	x86_end_slow(t, slow);
}

/* @d = @d - REG_TMP2 * @imm: the remainder, when REG_TMP2 holds the quotient. */
static void remainder_of(struct trans *t, bool is64, unsigned int d, int32_t imm)
{
	x86_imul_imm(&t->e, width_flag(is64), REG_TMP2, REG_TMP2, imm);
	x86_rr(&t->e, width_flag(is64) | X86_SUB, d, REG_TMP2);
}

/* REG_TMP2 = (@d * @multiplier) >> (32 + @shift), of 32-bit numbers.  Uses REG_TMP. */
static void multiply_high32(struct trans *t, unsigned int d, uint64_t multiplier,
			    unsigned int shift)
{
	struct x86_enc *e = &t->e;

	x86_rr(e, X86_LOAD, REG_TMP2, d);
	if (multiplier <= INT32_MAX) {
		x86_imul_imm(e, X86_W, REG_TMP2, REG_TMP2, (int32_t)multiplier);
	} else {
		x86_mov_imm(e, REG_TMP, multiplier);
		x86_rr(e, X86_IMUL | X86_W, REG_TMP2, REG_TMP);
	}
	x86_shift_imm(e, X86_W, X86_SHR, REG_TMP2, 32 + shift);
}

/* REG_TMP2 = (@d * @multiplier) >> 64.  Uses REG_TMP and REG_CONST. */
static void multiply_high64(struct trans *t, unsigned int d, uint64_t multiplier)
{
	struct x86_enc *e = &t->e;

	if (t->cpu->bmi2) {
		/* RDX is one factor, whatever the other. */
		if (d == X86_RDX) {
			x86_mov_imm(e, REG_TMP, multiplier);
			x86_vex(e, X86_W, X86_MULX, REG_TMP2, REG_TMP, REG_CONST);
			return;
		}
		x86_mov(e, REG_TMP, X86_RDX);
		x86_mov_imm(e, X86_RDX, multiplier);
		x86_vex(e, X86_W, X86_MULX, REG_TMP2, d, REG_CONST);
		x86_mov(e, X86_RDX, REG_TMP);
	} else {
		x86_mov(e, REG_TMP, X86_RAX);
		x86_mov(e, REG_CONST, X86_RDX);
		x86_mov_imm(e, REG_TMP2, multiplier);
		if (d != X86_RAX)
			x86_mov(e, X86_RAX, d);
		x86_rr(e, X86_GROUP3 | X86_W, X86_MUL, REG_TMP2);
		x86_mov(e, REG_TMP2, X86_RDX);
		x86_mov(e, X86_RDX, REG_CONST);
		x86_mov(e, X86_RAX, REG_TMP);
	}
}

/* REG_TMP2 = @d / @imm, unsigned. */
static void quotient(struct trans *t, bool is64, unsigned int d, uint64_t divisor)
{
	const struct reciprocal r = reciprocal_of(divisor, is64 ? 64 : 32);
	const unsigned int w = width_flag(is64);
	struct x86_enc *e = &t->e;

	if (is64)
		multiply_high64(t, d, r.multiplier);
	else
		multiply_high32(t, d, r.multiplier, r.wide ? 0 : r.shift);
	if (r.wide) {
		/* (n * (2^N + m)) >> (N + s): the sum has a bit too many, its half does not. */
		assert(r.shift > 0);
		move(t, is64, REG_TMP, d);
		x86_rr(e, w | X86_SUB, REG_TMP, REG_TMP2);
		x86_shift_imm(e, w, X86_SHR, REG_TMP, 1);
		x86_rr(e, w | X86_ADD, REG_TMP2, REG_TMP);
		if (r.shift > 1)
			x86_shift_imm(e, w, X86_SHR, REG_TMP2, r.shift - 1);
	} else if (is64 && r.shift) {
		x86_shift_imm(e, w, X86_SHR, REG_TMP2, r.shift);
	}
}

static void divide_by_power(struct trans *t, const struct division *v, uint64_t divisor)
{
	const unsigned int log = (unsigned int)__builtin_ctzll(divisor);

	/* The mask is not negative, so that its upper half is zero. */
	if (v->is_mod)
		x86_alu_imm(&t->e, 0, X86_ALU_AND, v->d, (int32_t)(divisor - 1));
	else if (log)
		x86_shift_imm(&t->e, width_flag(v->is64), X86_SHR, v->d, log);
	else
		move(t, v->is64, v->d, v->d);
}

/* Divide by @value as if it were in a register; it is neither 0 nor -1. */
static void divide_by_const(struct trans *t, const struct division *division, uint64_t value)
{
	struct division v = *division;

	v.s = REG_CONST;
	x86_mov_imm(&t->e, REG_CONST, value);
	divide(t, &v);
}

static void divide_unsigned_imm(struct trans *t, const struct division *v, int32_t imm)
{
	const uint64_t divisor = v->is64 ? (uint64_t)(int64_t)imm : (uint32_t)imm;

	if (imm > 0 && !(divisor & (divisor - 1))) {
		divide_by_power(t, v, divisor);
	} else if (imm < 0) {
		divide_by_const(t, v, divisor); /* huge numbers: too rare to be clever about */
	} else {
		quotient(t, v->is64, v->d, divisor);
		if (v->is_mod)
			remainder_of(t, v->is64, v->d, imm);
		else
			move(t, true, v->d, REG_TMP2);
	}
}

void x86_divide_imm(struct trans *t, const struct division *v, int32_t imm)
{
	if (imm == 0)
		divide_by_zero(t, v);
	else if (!v->is_signed)
		divide_unsigned_imm(t, v, imm);
	else if (imm == -1)
		divide_by_minus_one(t, v);
	else
		divide_by_const(t, v, (uint64_t)(int64_t)imm);
}
