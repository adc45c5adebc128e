/*
 * arm64_enc.c - the encodings that take thought: logical immediates, constants, branches.
 */
#include "kern/jit/arm64_enc.h"

#include <sys/auxv.h>

#ifndef HWCAP_ATOMICS
#define HWCAP_ATOMICS (1 << 8) /* asm/hwcap.h of arm64 */
#endif

static bool without_lse;

bool a64_has_lse(void)
{
	return !without_lse && (getauxval(AT_HWCAP) & HWCAP_ATOMICS);
}

void a64_forget_lse(bool forget)
{
	without_lse = forget;
}

/* Is @value one run of ones, not wrapped around? */
static bool is_run(uint64_t value)
{
	const uint64_t filled = value | (value - 1); /* ones below the run, too */

	return value && !(filled & (filled + 1));
}

/* The smallest power-of-two period of @value, in bits, from 2 to 64. */
static uint32_t period_of(uint64_t value)
{
	uint32_t period = 64;

	while (period > 2) {
		const uint32_t half = period / 2;
		const uint64_t mask = (1ull << half) - 1;

		if ((value & mask) != (value >> half & mask))
			break;
		period = half;
	}
	return period;
}

/* An element of 'period' bits is 'ones' ones, rotated right by 'rotate'.  imms holds the period
 * in its upper bits (as the complement of period * 2 - 1) and ones - 1 below; N is set for 64. */
bool a64_logical(bool x, uint64_t value, uint32_t *ret_bits)
{
	uint32_t period, ones, rotate;
	uint64_t mask, element;

	if (!x)
		value = (uint32_t)value | value << 32;
	if (!value || !~value)
		return false;
	period = period_of(value);
	mask = ~0ull >> (64 - period);
	element = value & mask;
	ones = (uint32_t)__builtin_popcountll(element);
	if (is_run(element)) {
		rotate = (period - (uint32_t)__builtin_ctzll(element)) & (period - 1);
	} else if (is_run(~element & mask)) { /* the run of ones wraps around the zeros */
		const uint32_t low_zero = (uint32_t)__builtin_ctzll(~element);

		rotate = ones - low_zero;
	} else {
		return false;
	}
	*ret_bits = (uint32_t)(period == 64) << 12 | rotate << 6 |
		    ((~(period * 2 - 1) & 0x3f) | (ones - 1));
	return true;
}

/* A constant as movz (or movn, of the complement) and a movk for each further 16 bits that are
 * not what the first one left there. */
static unsigned int mov_wide(bool x, uint32_t rd, uint64_t value, bool inverted, uint32_t *words)
{
	const uint32_t filler = inverted ? 0xffff : 0;
	unsigned int n = 0;

	for (uint32_t place = 0; place < (x ? 4u : 2u); place++) {
		const uint32_t part = value >> (16 * place) & 0xffff;

		if (part == filler)
			continue;
		words[n] = n ? a64_opm(A64_MOVK, x, rd, part, place) :
			       a64_opm(inverted ? A64_MOVN : A64_MOVZ, x, rd, part ^ filler, place);
		n++;
	}
	if (!n)
		words[n++] = a64_opm(inverted ? A64_MOVN : A64_MOVZ, x, rd, 0, 0);
	return n;
}

/* Where parts of 16 bits are 0 and where 0xffff decides; a repeating pattern is one orr. */
unsigned int a64_mov_imm(bool x, uint32_t rd, uint64_t value, uint32_t ret_words[4])
{
	unsigned int zeros = 0, ones = 0, parts;
	uint32_t bits;

	if (x && value <= UINT32_MAX)
		x = false; /* writing the low half clears the upper one */
	if (!x)
		value = (uint32_t)value;
	parts = x ? 4 : 2;
	for (unsigned int place = 0; place < parts; place++) {
		zeros += (value >> (16 * place) & 0xffff) == 0;
		ones += (value >> (16 * place) & 0xffff) == 0xffff;
	}
	if (zeros < parts - 1 && ones < parts - 1 && a64_logical(x, value, &bits)) {
		ret_words[0] = a64_opl(A64_ORR_IMM, x, rd, A64_ZR, bits);
		return 1;
	}
	return mov_wide(x, rd, value, ones > zeros, ret_words);
}

/* Bits of a branch's offset (in instructions), and where they begin in its word. */
struct branch_field {
	uint32_t bits;
	uint32_t shift;
};

static struct branch_field branch_field(uint32_t word)
{
	if ((word & 0x7c000000) == A64_B)
		return (struct branch_field){ 26, 0 };
	if ((word & 0x7e000000) == A64_TBZ)
		return (struct branch_field){ 14, 5 };
	return (struct branch_field){ 19, 5 };
}

static bool is_adr(uint32_t word)
{
	return (word & 0x9f000000) == A64_ADR;
}

uint32_t a64_reach(uint32_t word)
{
	return is_adr(word) ? 1u << 20 : 4u << (branch_field(word).bits - 1);
}

uint32_t a64_lead(uint32_t word, int64_t by)
{
	const struct branch_field field = branch_field(word);
	const uint32_t mask = (1u << field.bits) - 1;

	assert(by >= -(int64_t)a64_reach(word));
	assert(by < (int64_t)a64_reach(word));
	if (is_adr(word))
		return (word & 0x9f00001f) | ((uint32_t)by & 3) << 29 |
		       ((uint32_t)(by >> 2) & 0x7ffff) << 5;
	assert(!(by & 3));
	return (word & ~(mask << field.shift)) | ((uint32_t)(by >> 2) & mask) << field.shift;
}
