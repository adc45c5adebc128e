/*
 * range.h - what the verifier knows of a number: four intervals and its bits.
 *
 * A 64-bit number lies within its unsigned and its signed interval; its low half within two more; its bits
 * are those of a tnum.  Each of the five knows something that the others cannot say; range_sync lets them
 * learn from each other.
 *
 * These are the rules of Linux 6.18 (kernel/bpf/verifier.c): whoever knows more would accept programs that
 * Linux refuses, whoever knows less would refuse programs that it accepts.
 */
#ifndef WAGGLE_KERN_VERIFIER_RANGE_H
#define WAGGLE_KERN_VERIFIER_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "isa/insn.h"
#include "kern/verifier/tnum.h"

struct range {
	struct tnum bits;
	int64_t smin, smax;
	uint64_t umin, umax;
	int32_t smin32, smax32;
	uint32_t umin32, umax32;
};

/* What comparisons are between: the conditions of isa/jmp.def without width and kind of operand, and that of
 * JSET not being true. */
enum range_cond {
#define JMP_OP(name, code, text, condition, negated) RANGE_##name,
#include "isa/jmp.def"
	RANGE_JNSET,
};

struct range range_const(uint64_t value);
struct range range_unknown(void);

/* Forget the intervals; keep the bits. */
void range_forget(struct range *r);

bool range_is_unknown(const struct range *r);

static inline bool range_is_const(const struct range *r)
{
	return tnum_is_const(r->bits);
}

static inline bool range_is(const struct range *r, uint64_t value)
{
	return tnum_is(r->bits, value);
}

/* Is the number known, or with @low its low half?  *ret_value is it, as a number of that width. */
bool range_const_value(const struct range *r, bool low, uint64_t *ret_value);

/* How many bits the number needs at most. */
unsigned int range_width(const struct range *r);

/* Let intervals and bits learn from each other. */
void range_sync(struct range *r);

/* Intervals that contradict each other come from paths that no run takes: forget them. */
void range_mend(struct range *r);

/* *d = *d op *s for the operation (ISA_ADD64_IMM and so on; of either width and kind of operand). */
void range_alu(enum isa_op op, struct range *d, const struct range *s);
void range_negate(struct range *d, bool is64);
/* Exchange its bytes, or cut it off ('le'), as operations of form ENDIAN do. */
void range_endian(enum isa_op op, struct range *d);

/* Keep the low @bytes bytes (1, 2, 4), zero- or sign-extended to 64 bits; or sign-extended to 32. */
void range_truncate(struct range *r, unsigned int bytes);
void range_sign_extend(struct range *r, unsigned int bytes);
void range_sign_extend32(struct range *r, unsigned int bytes);
void range_zero_extend32(struct range *r); /* after an operation on the low half */

/* Is @a cond @b always true (1), never (0) or sometimes (-1)?  With @low, of their low halves. */
int range_decide(const struct range *a, const struct range *b, enum range_cond cond, bool low);

/* @a cond @b is true: what follows for both. */
void range_refine(struct range *a, struct range *b, enum range_cond cond, bool low);

enum range_cond range_cond_of(enum isa_op op);           /* of a conditional jump */
enum range_cond range_cond_negate(enum range_cond cond); /* when it is not true */
enum range_cond range_cond_flip(enum range_cond cond);   /* with its operands exchanged */

/* Is each number within @b also within @a? */
bool range_contains(const struct range *a, const struct range *b);

bool range_equal(const struct range *a, const struct range *b);

#endif
