/*
 * range_alu.c - arithmetic with ranges.
 *
 * Of additions, subtractions and multiplications the low halves' interval is computed beside the whole
 * one.  Shifts and others that carry bits across the halves forget one of them and learn it anew from the
 * bits.  What divides, and shifts by an unknown number, gives any number.
 */
#include "kern/verifier/range.h"

#define LESS(a, b)    ((a) < (b) ? (a) : (b))
#define GREATER(a, b) ((a) > (b) ? (a) : (b))

/* One set of functions for whole numbers, one for low halves; the second works on the fields of 32 bits. */
#define FOR_WIDTH(n, U, S, UMAX, SMIN, SMAX, umin, umax, smin, smax, low)                   \
	static void forget_signed##n(struct range *d)                                       \
	{                                                                                   \
		d->smin = SMIN;                                                             \
		d->smax = SMAX;                                                             \
	}                                                                                   \
	static void forget_unsigned##n(struct range *d)                                     \
	{                                                                                   \
		d->umin = 0;                                                                \
		d->umax = UMAX;                                                             \
	}                                                                                   \
	/* Either no sum wraps around or all do: else any number. */                        \
	static void add##n(struct range *d, const struct range *s)                          \
	{                                                                                   \
		const bool min_wraps = __builtin_add_overflow(d->umin, s->umin, &d->umin);  \
		const bool max_wraps = __builtin_add_overflow(d->umax, s->umax, &d->umax);  \
		const bool smin_wraps = __builtin_add_overflow(d->smin, s->smin, &d->smin); \
		const bool smax_wraps = __builtin_add_overflow(d->smax, s->smax, &d->smax); \
		if (smin_wraps || smax_wraps)                                               \
			forget_signed##n(d);                                                \
		if (!min_wraps && max_wraps)                                                \
			forget_unsigned##n(d);                                              \
	}                                                                                   \
	static void sub##n(struct range *d, const struct range *s)                          \
	{                                                                                   \
		const bool min_wraps = __builtin_sub_overflow(d->umin, s->umax, &d->umin);  \
		const bool max_wraps = __builtin_sub_overflow(d->umax, s->umin, &d->umax);  \
		const bool smin_wraps = __builtin_sub_overflow(d->smin, s->smax, &d->smin); \
		const bool smax_wraps = __builtin_sub_overflow(d->smax, s->smin, &d->smax); \
		if (smin_wraps || smax_wraps)                                               \
			forget_signed##n(d);                                                \
		if (min_wraps && !max_wraps)                                                \
			forget_unsigned##n(d);                                              \
	}                                                                                   \
	static void mul##n(struct range *d, const struct range *s)                          \
	{                                                                                   \
		const bool max_wraps = __builtin_mul_overflow(d->umax, s->umax, &d->umax);  \
		const bool min_wraps = __builtin_mul_overflow(d->umin, s->umin, &d->umin);  \
		S p[4];                                                                     \
		if (max_wraps || min_wraps)                                                 \
			forget_unsigned##n(d);                                              \
		if (__builtin_mul_overflow(d->smin, s->smin, &p[0]) ||                      \
		    __builtin_mul_overflow(d->smin, s->smax, &p[1]) ||                      \
		    __builtin_mul_overflow(d->smax, s->smin, &p[2]) ||                      \
		    __builtin_mul_overflow(d->smax, s->smax, &p[3])) {                      \
			forget_signed##n(d);                                                \
			return;                                                             \
		}                                                                           \
		d->smin = LESS(LESS(p[0], p[1]), LESS(p[2], p[3]));                         \
		d->smax = GREATER(GREATER(p[0], p[1]), GREATER(p[2], p[3]));                \
	}                                                                                   \
	static void signed_from_unsigned##n(struct range *d)                                \
	{                                                                                   \
		forget_signed##n(d);                                                        \
		if ((S)d->umin <= (S)d->umax) {                                             \
			d->smin = (S)d->umin;                                               \
			d->smax = (S)d->umax;                                               \
		}                                                                           \
	}                                                                                   \
	/* The bits of the result are in d->bits already. */                                \
	static void and##n(struct range *d, const struct range *s)                          \
	{                                                                                   \
		d->umin = (U)low(d->bits).value;                                            \
		d->umax = LESS(d->umax, s->umax);                                           \
		signed_from_unsigned##n(d);                                                 \
	}                                                                                   \
	static void or ##n(struct range *d, const struct range *s)                          \
	{                                                                                   \
		const struct tnum bits = low(d->bits);                                      \
		d->umin = GREATER(d->umin, s->umin);                                        \
		d->umax = (U)(bits.value | bits.mask);                                      \
		signed_from_unsigned##n(d);                                                 \
	}                                                                                   \
	static void xor ##n(struct range *d)                                                \
	{                                                                                   \
		const struct tnum bits = low(d->bits);                                      \
		d->umin = (U)bits.value;                                                    \
		d->umax = (U)(bits.value | bits.mask);                                      \
		signed_from_unsigned##n(d);                                                 \
	}

#define WHOLE(bits) (bits)
FOR_WIDTH(64, uint64_t, int64_t, UINT64_MAX, INT64_MIN, INT64_MAX, umin, umax, smin, smax, WHOLE)
FOR_WIDTH(32, uint32_t, int32_t, UINT32_MAX, INT32_MIN, INT32_MAX, umin32, umax32, smin32, smax32,
	  tnum_low)

static void forget64(struct range *d)
{
	forget_signed64(d);
	forget_unsigned64(d);
}

static void forget32(struct range *d)
{
	forget_signed32(d);
	forget_unsigned32(d);
}

/* If both are constants the result is one of which the bits know all. */
static void bitwise(struct range *d, const struct range *s,
		    void (*narrow32)(struct range *, const struct range *),
		    void (*narrow64)(struct range *, const struct range *))
{
	if (tnum_is_const(tnum_low(d->bits)) && tnum_is_const(tnum_low(s->bits))) {
		d->umin32 = d->umax32 = (uint32_t)d->bits.value;
		d->smin32 = d->smax32 = (int32_t)d->bits.value;
	} else {
		narrow32(d, s);
	}
	if (tnum_is_const(d->bits))
		*d = range_const(d->bits.value);
	else
		narrow64(d, s);
}

static void xor32_of(struct range *d, const struct range *s)
{
	(void)s;
	xor32(d);
}

static void xor64_of(struct range *d, const struct range *s)
{
	(void)s;
	xor64(d);
}

static void shift_left32(struct range *d, unsigned int by)
{
	forget_signed32(d);
	if (by > 31 || d->umax32 > UINT64_C(1) << (31 - by)) {
		forget_unsigned32(d);
		return;
	}
	d->umin32 <<= by;
	d->umax32 <<= by;
}

static void shift_left(struct range *d, unsigned int by, bool is64)
{
	if (!is64) {
		shift_left32(d, by);
		d->bits = tnum_low(tnum_shl(tnum_low(d->bits), by));
		forget64(d);
		return;
	}
	if (by == 32) { /* half of a sign extension */
		d->smin = (int64_t)((uint64_t)d->smin32 << 32);
		d->smax = (int64_t)((uint64_t)d->smax32 << 32);
	} else {
		forget_signed64(d);
	}
	if (d->umax > UINT64_C(1) << (63 - by)) {
		forget_unsigned64(d);
	} else {
		d->umin <<= by;
		d->umax <<= by;
	}
	shift_left32(d, by);
	d->bits = tnum_shl(d->bits, by);
}

static void shift_right(struct range *d, unsigned int by, bool is64)
{
	if (is64) {
		forget_signed64(d);
		d->bits = tnum_shr(d->bits, by);
		d->umin >>= by;
		d->umax >>= by;
		forget32(d);
	} else {
		forget_signed32(d);
		d->bits = tnum_shr(tnum_low(d->bits), by);
		d->umin32 >>= by;
		d->umax32 >>= by;
		forget64(d);
	}
}

static void shift_right_signed(struct range *d, unsigned int by, bool is64)
{
	if (is64) {
		d->smin >>= by;
		d->smax >>= by;
		d->bits = tnum_sar(d->bits, by, 64);
		forget_unsigned64(d);
		forget32(d);
	} else {
		d->smin32 >>= by;
		d->smax32 >>= by;
		d->bits = tnum_sar(tnum_low(d->bits), by, 32);
		forget_unsigned32(d);
		forget64(d);
	}
}

/* The number of places to shift by, if it is known and makes sense. */
static bool is_shift(const struct range *s, bool is64, unsigned int *ret_by)
{
	uint64_t by;

	if (!range_const_value(s, !is64, &by) || s->umax >= (is64 ? 64 : 32))
		return false;
	*ret_by = (unsigned int)by;
	return true;
}

enum {
	CODE_ADD = 0x00,
	CODE_SUB = 0x10,
	CODE_MUL = 0x20,
	CODE_OR = 0x40,
	CODE_AND = 0x50,
	CODE_LSH = 0x60,
	CODE_RSH = 0x70,
	CODE_XOR = 0xa0,
	CODE_ARSH = 0xc0,
};

void range_alu(enum isa_op op, struct range *d, const struct range *source)
{
	const struct range copy = *source, *s = &copy; /* it may be d */
	const bool is64 = isa_ops[op].is64;
	unsigned int by = 0;

	switch (isa_ops[op].code & 0xf0) {
	case CODE_ADD:
		add32(d, s);
		add64(d, s);
		d->bits = tnum_add(d->bits, s->bits);
		break;
	case CODE_SUB:
		sub32(d, s);
		sub64(d, s);
		d->bits = tnum_sub(d->bits, s->bits);
		break;
	case CODE_MUL:
		d->bits = tnum_mul(d->bits, s->bits);
		mul32(d, s);
		mul64(d, s);
		break;
	case CODE_AND:
		d->bits = tnum_and(d->bits, s->bits);
		bitwise(d, s, and32, and64);
		break;
	case CODE_OR:
		d->bits = tnum_or(d->bits, s->bits);
		bitwise(d, s, or32, or64);
		break;
	case CODE_XOR:
		d->bits = tnum_xor(d->bits, s->bits);
		bitwise(d, s, xor32_of, xor64_of);
		break;
	case CODE_LSH:
		if (!is_shift(s, is64, &by))
			goto unknown;
		shift_left(d, by, is64);
		break;
	case CODE_RSH:
		if (!is_shift(s, is64, &by))
			goto unknown;
		shift_right(d, by, is64);
		break;
	case CODE_ARSH:
		if (!is_shift(s, is64, &by))
			goto unknown;
		shift_right_signed(d, by, is64);
		break;
	default: goto unknown;
	}
	if (!is64)
		range_zero_extend32(d);
	range_sync(d);
	return;

unknown:
	*d = range_unknown(); /* of low halves, too: so it is in Linux */
}

void range_negate(struct range *d, bool is64)
{
	const struct range from = *d;

	*d = range_const(0);
	range_alu(is64 ? ISA_SUB64_REG : ISA_SUB32_REG, d, &from);
}

/* The intervals say nothing of a number whose bytes are exchanged; the bits do. */
void range_endian(enum isa_op op, struct range *d)
{
	const unsigned int width = (unsigned int)isa_ops[op].sel_value;
	const bool cuts_off = op == ISA_LE16 || op == ISA_LE32 || op == ISA_LE64;

	if (!cuts_off) {
		d->bits.value = __builtin_bswap64(d->bits.value) >> (64 - width);
		d->bits.mask = __builtin_bswap64(d->bits.mask) >> (64 - width);
		range_forget(d);
	}
	if (width < 64)
		range_truncate(d, width / 8);
	range_sync(d);
}
