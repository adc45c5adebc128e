/*
 * bytes.h - the part of the lowering that works on bytes: rounds of a loop, strings, comparisons,
 * stacks.  See lowering.h for the rest.
 */
#ifndef WAGGLE_LOWER_BYTES_H
#define WAGGLE_LOWER_BYTES_H

#include "lower/lowering.h"

/* --- rounds.c -------------------------------------------------------------------------- */

/*
 * Rounds of a loop:
 *
 *	rounds_begin(l, &r, 100, NULL);
 *	... the body, with r.index from 0 to 99; from anywhere in it: jump to r.next, or to r.after
 *	rounds_end(l, &r);
 *
 * Few rounds are a loop that the verifier walks through; for many it is asked by an iterator of the kernel,
 * where it has such, so that it looks at the body twice only.  What the rounds change must be variables of the
 * builder; rounds_carry lets the verifier forget what it knows of one, without which it would walk through
 * all rounds all the same.
 */
struct rounds {
	struct ir_value *index; /* i64, below 'most' as the verifier can tell */
	struct ir_block *next;
	struct ir_block *after;
	struct ir_block *head;
	uint32_t var;
	struct ir_value *iterator; /* a slot; or NULL */
};

enum { ROUNDS_PLAIN = 32 }; /* rounds that are cheaper to walk through than to ask for */

/* At most @most rounds, and at most @count if that is not NULL (an i64 that is not negative). */
void rounds_begin(struct lowering *l, struct rounds *r, uint32_t most, struct ir_value *count);
/* The same, walked through up to @plain rounds: few, when the body is not of our making. */
void rounds_begin_if(struct lowering *l, struct rounds *r, uint32_t most, struct ir_value *count,
		     uint32_t plain);
void rounds_end(struct lowering *l, struct rounds *r);
/* The way out for code that leaves the body for good: what a 'return' has to do. */
void rounds_leave(struct lowering *l, const struct rounds *r);
/* Forget what is known of variable @var of the builder (an integer); in the body, before it is used. */
void rounds_carry(struct lowering *l, const struct rounds *r, uint32_t var);
/* @x (an integer), of which the verifier knows nothing any more.  What came out of many ways with a bound of its
 * own for each is that many states to it, which it follows one by one through all that comes behind. */
struct ir_value *lower_forget(struct lowering *l, struct ir_value *x);
/* Are there iterators, so that many rounds cost the verifier no time? */
bool rounds_are_asked(const struct lowering *l);

/* --- compare.c ------------------------------------------------------------------------- */

/* Go to @yes when values that are bytes (strings, tuples, arrays ...) are equal, else to @no. */
void lower_equal_values(struct lowering *l, struct value x, struct value y, struct ir_block *yes,
			struct ir_block *no);
/* The same of the first @bytes; @as_strings: what is behind a NUL does not matter. */
void lower_equal_bytes(struct lowering *l, struct value x, struct value y, uint32_t bytes,
		       bool as_strings, struct ir_block *yes, struct ir_block *no);

/* --- string.c -------------------------------------------------------------------------- */

/* The functions of strings; false: @e is none of them. */
bool lower_string_call(struct lowering *l, const struct expr *e, const struct place *want,
		       struct value *ret_value);
/* How many bytes of @value, a string, stand before its NUL: an i64. */
struct ir_value *lower_strlen(struct lowering *l, struct value value);
/* The number of the byte (0 to 7) in which the lowest bit of @word, which is not zero, stands: an i64. */
struct ir_value *lower_first_byte(struct lowering *l, struct ir_value *word);
/* Bit 7 of bytes of @word (an i64) is set in the first byte that is zero, and no bit is below: 0 if none is. */
struct ir_value *lower_zero_bytes(struct lowering *l, struct ir_value *word);

/* Go on if x op y, else to @otherwise. */
void lower_must(struct lowering *l, enum ir_cond cond, struct ir_value *x, struct ir_value *y,
		struct ir_block *otherwise);
/* @index, of which the verifier then knows that it is at most @most; else to @otherwise. */
struct ir_value *lower_bounded(struct lowering *l, struct ir_value *index, uint64_t most,
			       struct ir_block *otherwise);
/* lower_expr for what is only looked at: strings need no zeroes behind their NUL. */
struct value lower_compared(struct lowering *l, const struct expr *e);
/* The same, in memory or a text. */
struct value lower_string_of(struct lowering *l, const struct expr *e);
/* The byte (an i8) at @index + @at of what is in memory. */
struct ir_value *lower_byte_at(struct lowering *l, struct value value, struct ir_value *index,
			       uint32_t at);

/* --- glob.c ---------------------------------------------------------------------------- */

/* globmatch(s, "pattern") */
struct value lower_globmatch(struct lowering *l, const struct expr *e);

/* --- names.c --------------------------------------------------------------------------- */

/* strerror, signal_name, syscall_name; ntop, pton. */
bool lower_name_call(struct lowering *l, const struct expr *e, const struct place *want,
		     struct value *ret_value);

/* --- stack.c --------------------------------------------------------------------------- */

/* kstack and ustack: the builtins and the functions. */
struct value lower_stack(struct lowering *l, const struct expr *e, bool is_user,
			 const struct place *want);
/* Fill in what the shape of a stack says besides its size; @from: the expression it comes from, or NULL. */
void lower_stack_shape(struct lowering *l, struct shape *shape, const struct type *type);
/* Mark the variables of @probe whose length is asked for: len($stack). */
void lower_mark_measured(const struct probe *probe);
/* $stack = @e: keep the length of a variable that is measured. */
void lower_set_length(struct lowering *l, struct binding *binding, const struct expr *e);
/* len(kstack), len($stack) */
struct value lower_stack_len(struct lowering *l, const struct expr *e, const struct expr *stack);

/* --- unwound.c ------------------------------------------------------------------------- */

/* dw_ustack: 16 bytes at @to. */
void lower_unwound(struct lowering *l, const struct expr *e, uint32_t depth, struct place to);

/* --- loop.c ---------------------------------------------------------------------------- */

/* WHILE, FOR_MAP, FOR_RANGE, UNROLL, BREAK, CONTINUE. */
void lower_loop(struct lowering *l, const struct stmt *s);

#endif
