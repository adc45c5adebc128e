/*
 * tnum.c - arithmetic with bits that may be unknown.
 */
#include "kern/verifier/tnum.h"

struct tnum tnum_range(uint64_t least, uint64_t most)
{
	const uint64_t differ = least ^ most;
	uint64_t mask;

	if (differ >> 63)
		return TNUM_UNKNOWN;
	mask = differ ? (UINT64_C(2) << (63 - __builtin_clzll(differ))) - 1 : 0;
	return (struct tnum){ least & ~mask, mask };
}

/* A carry is unknown where the least and the greatest sum differ. */
struct tnum tnum_add(struct tnum a, struct tnum b)
{
	const uint64_t least = a.value + b.value;
	const uint64_t most = least + (a.mask + b.mask);
	const uint64_t unknown = (least ^ most) | a.mask | b.mask;

	return (struct tnum){ least & ~unknown, unknown };
}

struct tnum tnum_sub(struct tnum a, struct tnum b)
{
	const uint64_t difference = a.value - b.value;
	const uint64_t unknown = ((difference + a.mask) ^ (difference - b.mask)) | a.mask | b.mask;

	return (struct tnum){ difference & ~unknown, unknown };
}

struct tnum tnum_and(struct tnum a, struct tnum b)
{
	const uint64_t value = a.value & b.value;

	return (struct tnum){ value, (a.value | a.mask) & (b.value | b.mask) & ~value };
}

struct tnum tnum_or(struct tnum a, struct tnum b)
{
	const uint64_t value = a.value | b.value;

	return (struct tnum){ value, (a.mask | b.mask) & ~value };
}

struct tnum tnum_xor(struct tnum a, struct tnum b)
{
	const uint64_t unknown = a.mask | b.mask;

	return (struct tnum){ (a.value ^ b.value) & ~unknown, unknown };
}

struct tnum tnum_sar(struct tnum a, unsigned int by, unsigned int width)
{
	if (width == 32)
		return (struct tnum){ (uint32_t)((int32_t)a.value >> by),
				      (uint32_t)((int32_t)a.mask >> by) };
	return (struct tnum){ (uint64_t)((int64_t)a.value >> by),
			      (uint64_t)((int64_t)a.mask >> by) };
}

/* By hand, bit for bit: where a bit of @a is unknown, the sum is that with @b or that without. */
struct tnum tnum_mul(struct tnum a, struct tnum b)
{
	struct tnum sum = tnum_const(0);

	for (; a.value || a.mask; a = tnum_shr(a, 1), b = tnum_shl(b, 1)) {
		if (a.value & 1)
			sum = tnum_add(sum, b);
		else if (a.mask & 1)
			sum = tnum_union(sum, tnum_add(sum, b));
	}
	return sum;
}

struct tnum tnum_intersect(struct tnum a, struct tnum b)
{
	const uint64_t mask = a.mask & b.mask;

	return (struct tnum){ (a.value | b.value) & ~mask, mask };
}

struct tnum tnum_union(struct tnum a, struct tnum b)
{
	const uint64_t mask = (a.value ^ b.value) | a.mask | b.mask;

	return (struct tnum){ a.value & b.value & ~mask, mask };
}

bool tnum_overlap(struct tnum a, struct tnum b)
{
	const uint64_t known = ~a.mask & ~b.mask;

	return (a.value & known) == (b.value & known);
}

bool tnum_in(struct tnum a, struct tnum b)
{
	return !(b.mask & ~a.mask) && a.value == (b.value & ~a.mask);
}

struct tnum tnum_with_low(struct tnum a, struct tnum low)
{
	return tnum_or(tnum_high(a), tnum_low(low));
}

struct tnum tnum_cast(struct tnum a, unsigned int bytes)
{
	const uint64_t keep = bytes >= 8 ? UINT64_MAX : (UINT64_C(1) << (bytes * 8)) - 1;

	return (struct tnum){ a.value & keep, a.mask & keep };
}
