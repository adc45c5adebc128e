/*
 * range.c - intervals and bits of a number: how they learn from each other, what conversions do to them.
 */
#include "kern/verifier/range.h"

#include <string.h>

#define LESS(a, b)    ((a) < (b) ? (a) : (b))
#define GREATER(a, b) ((a) > (b) ? (a) : (b))

static const uint64_t HIGH = ~(uint64_t)UINT32_MAX;

struct range range_const(uint64_t value)
{
	return (struct range){
		.bits = tnum_const(value),
		.smin = (int64_t)value,
		.smax = (int64_t)value,
		.umin = value,
		.umax = value,
		.smin32 = (int32_t)value,
		.smax32 = (int32_t)value,
		.umin32 = (uint32_t)value,
		.umax32 = (uint32_t)value,
	};
}

static void forget64(struct range *r)
{
	r->smin = INT64_MIN;
	r->smax = INT64_MAX;
	r->umin = 0;
	r->umax = UINT64_MAX;
}

static void forget32(struct range *r)
{
	r->smin32 = INT32_MIN;
	r->smax32 = INT32_MAX;
	r->umin32 = 0;
	r->umax32 = UINT32_MAX;
}

void range_forget(struct range *r)
{
	forget64(r);
	forget32(r);
}

struct range range_unknown(void)
{
	struct range r = { .bits = TNUM_UNKNOWN };

	range_forget(&r);
	return r;
}

bool range_equal(const struct range *a, const struct range *b)
{
	return !memcmp(a, b, sizeof *a); /* there is no padding */
}

bool range_is_unknown(const struct range *r)
{
	const struct range unknown = range_unknown();

	return range_equal(r, &unknown);
}

bool range_const_value(const struct range *r, bool low, uint64_t *ret_value)
{
	const struct tnum bits = low ? tnum_low(r->bits) : r->bits;

	*ret_value = bits.value;
	return tnum_is_const(bits);
}

unsigned int range_width(const struct range *r)
{
	return r->umax ? 64 - (unsigned int)__builtin_clzll(r->umax) : 0;
}

bool range_contains(const struct range *a, const struct range *b)
{
	return a->umin <= b->umin && a->umax >= b->umax && a->smin <= b->smin &&
	       a->smax >= b->smax && a->umin32 <= b->umin32 && a->umax32 >= b->umax32 &&
	       a->smin32 <= b->smin32 && a->smax32 >= b->smax32 && tnum_in(a->bits, b->bits);
}

/* ------------------------------------------------------------ learning from each other */

static void learn_from_bits(struct range *r)
{
	const struct tnum low = tnum_low(r->bits), all = r->bits;
	const uint32_t low_value = (uint32_t)low.value, low_mask = (uint32_t)low.mask;
	const uint32_t sign32 = UINT32_C(1) << 31;
	const uint64_t sign64 = UINT64_C(1) << 63;

	r->smin32 = GREATER(r->smin32, (int32_t)(low_value | (low_mask & sign32)));
	r->smax32 = LESS(r->smax32, (int32_t)(low_value | (low_mask & ~sign32)));
	r->umin32 = GREATER(r->umin32, low_value);
	r->umax32 = LESS(r->umax32, low_value | low_mask);
	r->smin = GREATER(r->smin, (int64_t)(all.value | (all.mask & sign64)));
	r->smax = LESS(r->smax, (int64_t)(all.value | (all.mask & ~sign64)));
	r->umin = GREATER(r->umin, all.value);
	r->umax = LESS(r->umax, all.value | all.mask);
}

static void raise32(struct range *r, uint32_t umin, uint32_t umax)
{
	r->umin32 = GREATER(r->umin32, umin);
	r->umax32 = LESS(r->umax32, umax);
}

static void raise_signed32(struct range *r, int32_t smin, int32_t smax)
{
	r->smin32 = GREATER(r->smin32, smin);
	r->smax32 = LESS(r->smax32, smax);
}

/* An interval of 64-bit numbers whose ends have the same high half is one of low halves, too. */
static void narrow32_by_unsigned(struct range *r)
{
	const int32_t least = (int32_t)r->umin, most = (int32_t)r->umax;

	if (r->umin >> 32 == r->umax >> 32) {
		raise32(r, (uint32_t)r->umin, (uint32_t)r->umax);
		if (least <= most)
			raise_signed32(r, least, most);
	}
}

static void narrow32_by_signed(struct range *r)
{
	const uint32_t uleast = (uint32_t)r->smin, umost = (uint32_t)r->smax;
	const int32_t least = (int32_t)r->smin, most = (int32_t)r->smax;

	if (r->smin >> 32 != r->smax >> 32)
		return;
	if (uleast <= umost)
		raise32(r, uleast, umost);
	if (least <= most)
		raise_signed32(r, least, most);
}

/* Where the high half steps by one, the low halves run from negative ones to others. */
static void narrow32_across_zero(struct range *r, uint64_t min, uint64_t max)
{
	const int32_t least = (int32_t)min, most = (int32_t)max;

	if ((uint32_t)(min >> 32) + 1 == (uint32_t)(max >> 32) && least < 0 && most >= 0)
		raise_signed32(r, least, most);
}

static void narrow32(struct range *r)
{
	narrow32_by_unsigned(r);
	narrow32_by_signed(r);
	narrow32_across_zero(r, r->umin, r->umax);
	narrow32_across_zero(r, (uint64_t)r->smin, (uint64_t)r->smax);
	if ((int32_t)r->umin32 <= (int32_t)r->umax32)
		raise_signed32(r, (int32_t)r->umin32, (int32_t)r->umax32);
	if ((uint32_t)r->smin32 <= (uint32_t)r->smax32)
		raise32(r, (uint32_t)r->smin32, (uint32_t)r->smax32);
}

/* Signed and unsigned interval of all 64 bits.  A signed interval around zero is two unsigned ones; when
 * only one of the two overlaps with what is known, it is that one. */
static void narrow64(struct range *r)
{
	if ((int64_t)r->umin <= (int64_t)r->umax) {
		r->smin = GREATER(r->smin, (int64_t)r->umin);
		r->smax = LESS(r->smax, (int64_t)r->umax);
	}
	if ((uint64_t)r->smin <= (uint64_t)r->smax) {
		r->umin = GREATER(r->umin, (uint64_t)r->smin);
		r->umax = LESS(r->umax, (uint64_t)r->smax);
	} else if (r->umax < (uint64_t)r->smin) {
		r->smin = (int64_t)r->umin;
		r->umax = LESS(r->umax, (uint64_t)r->smax);
	} else if ((uint64_t)r->smax < r->umin) {
		r->smax = (int64_t)r->umax;
		r->umin = GREATER(r->umin, (uint64_t)r->smin);
	}
}

/* The low halves' interval put under the high halves of the ends. */
static void narrow64_by_32(struct range *r)
{
	const uint64_t umin = (r->umin & HIGH) | r->umin32, umax = (r->umax & HIGH) | r->umax32;
	const int64_t smin = (int64_t)(((uint64_t)r->smin & HIGH) | r->umin32);
	const int64_t smax = (int64_t)(((uint64_t)r->smax & HIGH) | r->umax32);

	r->umin = GREATER(r->umin, umin);
	r->umax = LESS(r->umax, umax);
	r->smin = GREATER(r->smin, smin);
	r->smax = LESS(r->smax, smax);
	/* A sign-extended low half that is not negative is the whole number. */
	if (r->smin32 >= 0 && r->smin >= INT32_MIN && r->smax <= INT32_MAX) {
		r->smin = r->smin32;
		r->smax = r->smax32;
		r->umin = (uint64_t)r->smin;
		r->umax = (uint64_t)r->smax;
		r->bits = tnum_intersect(r->bits, tnum_range(r->umin, r->umax));
	}
}

static void learn_bits(struct range *r)
{
	const struct tnum all = tnum_intersect(r->bits, tnum_range(r->umin, r->umax));
	const struct tnum low = tnum_intersect(tnum_low(all), tnum_range(r->umin32, r->umax32));

	r->bits = tnum_or(tnum_high(all), low);
}

void range_sync(struct range *r)
{
	learn_from_bits(r);
	for (int round = 0; round < 3; round++) {
		narrow32(r);
		narrow64(r);
		narrow64_by_32(r);
	}
	learn_bits(r);
	learn_from_bits(r);
}

static bool is_consistent(const struct range *r)
{
	const struct tnum low = tnum_low(r->bits);

	if (r->umin > r->umax || r->smin > r->smax || r->umin32 > r->umax32 ||
	    r->smin32 > r->smax32)
		return false;
	if (tnum_is_const(r->bits) &&
	    (r->umin != r->bits.value || r->umax != r->bits.value ||
	     r->smin != (int64_t)r->bits.value || r->smax != (int64_t)r->bits.value))
		return false;
	return !tnum_is_const(low) ||
	       (r->umin32 == low.value && r->umax32 == low.value &&
		r->smin32 == (int32_t)low.value && r->smax32 == (int32_t)low.value);
}

void range_mend(struct range *r)
{
	if (!is_consistent(r))
		range_forget(r);
}

/* ------------------------------------------------------------ conversions */

void range_zero_extend32(struct range *r)
{
	r->bits = tnum_low(r->bits);
	r->umin = r->umin32;
	r->umax = r->umax32;
	if (r->smin32 >= 0 && r->smax32 >= 0) {
		r->smin = r->smin32;
		r->smax = r->smax32;
	} else {
		r->smin = 0;
		r->smax = UINT32_MAX;
	}
}

void range_truncate(struct range *r, unsigned int bytes)
{
	const uint64_t keep = (UINT64_C(1) << (bytes * 8)) - 1;

	r->bits = tnum_cast(r->bits, bytes);
	if ((r->umin & ~keep) == (r->umax & ~keep)) {
		r->umin &= keep;
		r->umax &= keep;
	} else {
		r->umin = 0;
		r->umax = keep;
	}
	r->smin = (int64_t)r->umin;
	r->smax = (int64_t)r->umax;
	if (bytes < 4)
		forget32(r);
	range_sync(r);
}

static int64_t extended(uint64_t value, unsigned int bytes)
{
	const unsigned int unused = 64 - bytes * 8;

	return (int64_t)(value << unused) >> unused;
}

void range_sign_extend(struct range *r, unsigned int bytes)
{
	const unsigned int width = bytes * 8;
	int64_t a, b;

	if (tnum_is_const(r->bits)) {
		*r = range_const((uint64_t)extended(r->bits.value, bytes));
		return;
	}
	a = extended((uint64_t)r->smin, bytes);
	b = extended((uint64_t)r->smax, bytes);
	if ((uint64_t)r->smin >> width == (uint64_t)r->smax >> width && (a >= 0) == (b >= 0)) {
		r->smin = LESS(a, b);
		r->smax = GREATER(a, b);
		r->smin32 = (int32_t)r->smin;
		r->smax32 = (int32_t)r->smax;
		r->umin = (uint64_t)r->smin;
		r->umax = (uint64_t)r->smax;
		r->umin32 = (uint32_t)r->smin;
		r->umax32 = (uint32_t)r->smax;
		r->bits = tnum_range(r->umin, r->umax);
		return;
	}
	*r = range_unknown();
	r->smax = (int64_t)((UINT64_C(1) << (width - 1)) - 1);
	r->smin = -r->smax - 1;
	r->smin32 = (int32_t)r->smin;
	r->smax32 = (int32_t)r->smax;
}

void range_sign_extend32(struct range *r, unsigned int bytes)
{
	const unsigned int width = bytes * 8;
	int32_t a, b;

	if (tnum_is_const(r->bits)) {
		const uint32_t value = (uint32_t)extended(r->bits.value, bytes);

		r->bits = tnum_const(value);
		r->umin32 = r->umax32 = value;
		r->smin32 = r->smax32 = (int32_t)value;
		return;
	}
	a = (int32_t)extended((uint32_t)r->smin32, bytes);
	b = (int32_t)extended((uint32_t)r->smax32, bytes);
	if ((uint32_t)r->smin32 >> width == (uint32_t)r->smax32 >> width && (a >= 0) == (b >= 0)) {
		r->smin32 = LESS(a, b);
		r->smax32 = GREATER(a, b);
		r->umin32 = (uint32_t)r->smin32;
		r->umax32 = (uint32_t)r->smax32;
		r->bits = tnum_low(
			tnum_range((uint64_t)(int64_t)r->smin32, (uint64_t)(int64_t)r->smax32));
		return;
	}
	forget32(r);
	r->smax32 = (int32_t)((UINT32_C(1) << (width - 1)) - 1);
	r->smin32 = -r->smax32 - 1;
	r->bits = tnum_low(TNUM_UNKNOWN);
}
