/*
 * known.h - what can be said of a value from its definition alone, and when two are the same.
 */
#ifndef WAGGLE_IR_KNOWN_H
#define WAGGLE_IR_KNOWN_H

#include "ir/ir.h"

/* The bits that may be set in @value; looks a few operations deep. */
uint64_t ir_possible_bits(const struct ir_value *value);
/* An upper bound (unsigned). */
uint64_t ir_most(const struct ir_value *value);

/* A number for each value, by its id, the same for values that are equal whenever both are known:
 * the same operation on the same operands.  The number is the id of one of them.  NULL without
 * memory, which is @arena's. */
uint32_t *ir_number_values(const struct ir_fn *fn, struct arena *arena);

/* For each block, by index: does it only compute and choose, so that a way on which its choice is known
 * can skip it?  Its packet loads matter unless @drop_traps.  NULL without memory. */
bool *ir_choosing_blocks(struct ir_fn *fn, bool drop_traps, struct arena *arena);

/* The same, and for itself: what it computes is used in it only. */
bool *ir_skippable_blocks(struct ir_fn *fn, bool drop_traps, struct arena *arena);

#endif
