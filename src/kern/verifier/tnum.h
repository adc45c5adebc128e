/*
 * tnum.h - what is known of each bit of a number.
 *
 * A bit whose mask is 1 is unknown, its value 0; else it is what 'value' says.  Arithmetic follows "Sound,
 * Precise, and Fast Abstract Interpretation with Tristate Numbers" (Vishwanathan et al., CGO 2022): the
 * result knows no bit that some pair of operands gets wrong.
 */
#ifndef WAGGLE_KERN_VERIFIER_TNUM_H
#define WAGGLE_KERN_VERIFIER_TNUM_H

#include <stdbool.h>
#include <stdint.h>

struct tnum {
	uint64_t value;
	uint64_t mask;
};

#define TNUM_UNKNOWN ((struct tnum){ 0, UINT64_MAX })

static inline struct tnum tnum_const(uint64_t value)
{
	return (struct tnum){ value, 0 };
}

static inline bool tnum_is_const(struct tnum a)
{
	return !a.mask;
}

static inline bool tnum_is(struct tnum a, uint64_t value)
{
	return !a.mask && a.value == value;
}

static inline struct tnum tnum_shl(struct tnum a, unsigned int by)
{
	return (struct tnum){ a.value << by, a.mask << by };
}

static inline struct tnum tnum_shr(struct tnum a, unsigned int by)
{
	return (struct tnum){ a.value >> by, a.mask >> by };
}

/* The low 32 bits, and everything else. */
static inline struct tnum tnum_low(struct tnum a)
{
	return (struct tnum){ (uint32_t)a.value, (uint32_t)a.mask };
}

static inline struct tnum tnum_high(struct tnum a)
{
	return (struct tnum){ a.value >> 32 << 32, a.mask >> 32 << 32 };
}

/* The bits that all numbers from @least to @most have in common. */
struct tnum tnum_range(uint64_t least, uint64_t most);

struct tnum tnum_add(struct tnum a, struct tnum b);
struct tnum tnum_sub(struct tnum a, struct tnum b);
struct tnum tnum_mul(struct tnum a, struct tnum b);
struct tnum tnum_and(struct tnum a, struct tnum b);
struct tnum tnum_or(struct tnum a, struct tnum b);
struct tnum tnum_xor(struct tnum a, struct tnum b);
struct tnum tnum_sar(struct tnum a, unsigned int by, unsigned int width); /* width 32 or 64 */

/* What is known of a number that is both @a and @b; and of one that is @a or @b. */
struct tnum tnum_intersect(struct tnum a, struct tnum b);
struct tnum tnum_union(struct tnum a, struct tnum b);

/* Is there a number that is both? */
bool tnum_overlap(struct tnum a, struct tnum b);

/* Is each number that @b may be one that @a may be? */
bool tnum_in(struct tnum a, struct tnum b);

/* @a with its low 32 bits from @low. */
struct tnum tnum_with_low(struct tnum a, struct tnum low);

/* The low @bytes bytes of @a, zero-extended. */
struct tnum tnum_cast(struct tnum a, unsigned int bytes);

#endif
