/*
 * range_cond.c - comparisons of ranges: which are decided already, and what is learnt from the others.
 */
#include "kern/verifier/range.h"

#define LESS(a, b)    ((a) < (b) ? (a) : (b))
#define GREATER(a, b) ((a) > (b) ? (a) : (b))

/* clang-format off */
enum range_cond range_cond_of(enum isa_op op)
{
	switch (isa_ops[op].code & 0xf0) {
#define JMP_OP(name, code, text, condition, negated) case code: return RANGE_##name;
#include "isa/jmp.def"
	default: return RANGE_JEQ;
	}
}

enum range_cond range_cond_negate(enum range_cond cond)
{
	if (cond == RANGE_JSET)
		return RANGE_JNSET;
	switch (cond) {
#define JMP_OP(name, code, text, condition, negated) case RANGE_##name: return RANGE_##negated;
#include "isa/jmp.def"
	case RANGE_JNSET: break;
	}
	return RANGE_JSET;
}
/* clang-format on */

enum range_cond range_cond_flip(enum range_cond cond)
{
	switch (cond) {
	case RANGE_JGT: return RANGE_JLT;
	case RANGE_JGE: return RANGE_JLE;
	case RANGE_JLT: return RANGE_JGT;
	case RANGE_JLE: return RANGE_JGE;
	case RANGE_JSGT: return RANGE_JSLT;
	case RANGE_JSGE: return RANGE_JSLE;
	case RANGE_JSLT: return RANGE_JSGT;
	case RANGE_JSLE: return RANGE_JSGE;
	case RANGE_JEQ:
	case RANGE_JNE:
	case RANGE_JSET:
	case RANGE_JNSET: break;
	}
	return cond;
}

/* The intervals of one width, as the comparisons want them. */
struct ends {
	struct tnum bits;
	uint64_t umin, umax;
	int64_t smin, smax;
};

static struct ends ends_of(const struct range *r, bool low)
{
	if (low)
		return (struct ends){ tnum_low(r->bits), r->umin32, r->umax32, r->smin32,
				      r->smax32 };
	return (struct ends){ r->bits, r->umin, r->umax, r->smin, r->smax };
}

static bool never_equal(const struct range *ra, const struct range *rb, bool low)
{
	const struct ends a = ends_of(ra, low), b = ends_of(rb, low);

	if (!tnum_overlap(a.bits, b.bits) || a.umin > b.umax || a.umax < b.umin ||
	    a.smin > b.smax || a.smax < b.smin)
		return true;
	return !low && never_equal(ra, rb, true);
}

static int decide_bits(const struct ends *a, const struct ends *b)
{
	if (!tnum_is_const(b->bits))
		return tnum_is_const(a->bits) ? decide_bits(b, a) : -1;
	if (a->bits.value & b->bits.value)
		return 1;
	return (a->bits.value | a->bits.mask) & b->bits.value ? -1 : 0;
}

static int decide_equal(const struct range *ra, const struct range *rb, bool low)
{
	const struct ends a = ends_of(ra, low), b = ends_of(rb, low);

	if (tnum_is_const(a.bits) && tnum_is_const(b.bits))
		return a.bits.value == b.bits.value;
	return never_equal(ra, rb, low) ? 0 : -1;
}

static int negated(int decision)
{
	return decision < 0 ? -1 : !decision;
}

static int decide_less(uint64_t amin, uint64_t amax, uint64_t bmin, uint64_t bmax)
{
	return amax < bmin ? 1 : amin >= bmax ? 0 : -1;
}

static int decide_less_signed(int64_t amin, int64_t amax, int64_t bmin, int64_t bmax)
{
	return amax < bmin ? 1 : amin >= bmax ? 0 : -1;
}

int range_decide(const struct range *ra, const struct range *rb, enum range_cond cond, bool low)
{
	const struct ends a = ends_of(ra, low), b = ends_of(rb, low);

	switch (cond) {
	case RANGE_JEQ: return decide_equal(ra, rb, low);
	case RANGE_JNE: return negated(decide_equal(ra, rb, low));
	case RANGE_JSET: return decide_bits(&a, &b);
	case RANGE_JNSET: return negated(decide_bits(&a, &b));
	case RANGE_JLT: return decide_less(a.umin, a.umax, b.umin, b.umax);
	case RANGE_JGE: return negated(decide_less(a.umin, a.umax, b.umin, b.umax));
	case RANGE_JGT: return decide_less(b.umin, b.umax, a.umin, a.umax);
	case RANGE_JLE: return negated(decide_less(b.umin, b.umax, a.umin, a.umax));
	case RANGE_JSLT: return decide_less_signed(a.smin, a.smax, b.smin, b.smax);
	case RANGE_JSGE: return negated(decide_less_signed(a.smin, a.smax, b.smin, b.smax));
	case RANGE_JSGT: return decide_less_signed(b.smin, b.smax, a.smin, a.smax);
	case RANGE_JSLE: return negated(decide_less_signed(b.smin, b.smax, a.smin, a.smax));
	}
	return -1;
}

static void refine_equal(struct range *a, struct range *b, bool low)
{
	if (low) {
		const struct tnum bits = tnum_intersect(tnum_low(a->bits), tnum_low(b->bits));

		a->umin32 = b->umin32 = GREATER(a->umin32, b->umin32);
		a->umax32 = b->umax32 = LESS(a->umax32, b->umax32);
		a->smin32 = b->smin32 = GREATER(a->smin32, b->smin32);
		a->smax32 = b->smax32 = LESS(a->smax32, b->smax32);
		a->bits = tnum_with_low(a->bits, bits);
		b->bits = tnum_with_low(b->bits, bits);
		return;
	}
	a->umin = b->umin = GREATER(a->umin, b->umin);
	a->umax = b->umax = LESS(a->umax, b->umax);
	a->smin = b->smin = GREATER(a->smin, b->smin);
	a->smax = b->smax = LESS(a->smax, b->smax);
	a->bits = b->bits = tnum_intersect(a->bits, b->bits);
}

/* A known number that is an end of the interval, and is not it, moves that end. */
static void refine_unequal(struct range *a, uint64_t value, bool low)
{
	if (low) {
		a->umin32 += a->umin32 == (uint32_t)value;
		a->umax32 -= a->umax32 == (uint32_t)value;
		if (a->smin32 == (int32_t)value)
			a->smin32 = (int32_t)((uint32_t)a->smin32 + 1);
		if (a->smax32 == (int32_t)value)
			a->smax32 = (int32_t)((uint32_t)a->smax32 - 1);
		return;
	}
	a->umin += a->umin == value;
	a->umax -= a->umax == value;
	if (a->smin == (int64_t)value)
		a->smin = (int64_t)((uint64_t)a->smin + 1);
	if (a->smax == (int64_t)value)
		a->smax = (int64_t)((uint64_t)a->smax - 1);
}

/* One bit tested is known afterwards; of several it is not known which was set. */
static void refine_bits_set(struct range *a, uint64_t value, bool low)
{
	if (!value || (value & (value - 1)))
		return;
	if (low)
		a->bits = tnum_with_low(a->bits, tnum_or(tnum_low(a->bits), tnum_const(value)));
	else
		a->bits = tnum_or(a->bits, tnum_const(value));
}

/* The intervals are forgotten: on a path that no run takes they would contradict the bits. */
static void refine_bits_clear(struct range *a, uint64_t value, bool low)
{
	range_forget(a);
	if (low)
		a->bits = tnum_with_low(a->bits, tnum_and(tnum_low(a->bits), tnum_const(~value)));
	else
		a->bits = tnum_and(a->bits, tnum_const(~value));
}

/* a < b, or with @plus 0 a <= b. */
static void refine_less(struct range *a, struct range *b, bool low, unsigned int plus)
{
	if (low) {
		a->umax32 = LESS(a->umax32, b->umax32 - plus);
		b->umin32 = GREATER(a->umin32 + plus, b->umin32);
		return;
	}
	a->umax = LESS(a->umax, b->umax - plus);
	b->umin = GREATER(a->umin + plus, b->umin);
}

static void refine_less_signed(struct range *a, struct range *b, bool low, unsigned int plus)
{
	if (low) {
		const int32_t most = (int32_t)((uint32_t)b->smax32 - plus);
		const int32_t least = (int32_t)((uint32_t)a->smin32 + plus);

		a->smax32 = LESS(a->smax32, most);
		b->smin32 = GREATER(least, b->smin32);
	} else {
		const int64_t most = (int64_t)((uint64_t)b->smax - plus);
		const int64_t least = (int64_t)((uint64_t)a->smin + plus);

		a->smax = LESS(a->smax, most);
		b->smin = GREATER(least, b->smin);
	}
}

void range_refine(struct range *a, struct range *b, enum range_cond cond, bool low)
{
	struct range *unknown = a;
	uint64_t value;
	bool is_known = range_const_value(b, low, &value);

	if (!is_known) {
		is_known = range_const_value(a, low, &value);
		unknown = b;
	}
	switch (cond) {
	case RANGE_JEQ: refine_equal(a, b, low); break;
	case RANGE_JNE:
		if (is_known)
			refine_unequal(unknown, value, low);
		break;
	case RANGE_JSET:
		if (is_known)
			refine_bits_set(unknown, value, low);
		break;
	case RANGE_JNSET:
		if (is_known)
			refine_bits_clear(unknown, value, low);
		break;
	case RANGE_JLE: refine_less(a, b, low, 0); break;
	case RANGE_JLT: refine_less(a, b, low, 1); break;
	case RANGE_JGE: refine_less(b, a, low, 0); break;
	case RANGE_JGT: refine_less(b, a, low, 1); break;
	case RANGE_JSLE: refine_less_signed(a, b, low, 0); break;
	case RANGE_JSLT: refine_less_signed(a, b, low, 1); break;
	case RANGE_JSGE: refine_less_signed(b, a, low, 0); break;
	case RANGE_JSGT: refine_less_signed(b, a, low, 1); break;
	}
	range_sync(a);
	range_sync(b);
	range_mend(a);
	range_mend(b);
}
