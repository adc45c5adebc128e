/*
 * facts.h - what is known of values on a way through the function, from the branches taken.
 *
 * A fact says: this value lies in [low, high], these bits of it are zero, those are one.  Facts are
 * linked lists that share their tails: a block begins with the list of its dominator, and an edge
 * puts more in front.  A newer fact about a value includes the older ones.
 *
 * Values are known by their numbers (known.h), so a fact about a packet load holds for every equal
 * load.
 */
#ifndef WAGGLE_IR_FACTS_H
#define WAGGLE_IR_FACTS_H

#include "ir/ir.h"

struct known {
	uint64_t low, high; /* unsigned, inclusive */
	uint64_t zeros, ones;
};

enum { FACT_VALUES = 8 };

struct fact {
	uint32_t number;
	struct known known;
	uint32_t value_count; /* the value is one of these; 0: not known to be one of so few */
	const uint64_t *values;
	const struct fact *before;
};

/* What a search works with. */
struct facts {
	struct arena *arena;
	const uint32_t *numbers; /* of values, by id */

	/* While asking about an edge: phis of this block have their operand on this edge. */
	const struct ir_block *block;
	uint32_t slot;
};

enum truth {
	TRUTH_NO,
	TRUTH_YES,
	TRUTH_UNKNOWN,
};

struct known facts_of(const struct facts *f, const struct fact *list, const struct ir_value *v);

/* What is known of the condition given @list. */
enum truth facts_decide(const struct facts *f, const struct fact *list, enum ir_cond cond,
			const struct ir_value *a, const struct ir_value *b);

/* @list and what follows from the condition being true or not; @list itself without memory. */
const struct fact *facts_assume(const struct facts *f, const struct fact *list, enum ir_cond cond,
				const struct ir_value *a, const struct ir_value *b, bool holds);
/* @list and @v being in [low, high]. */
const struct fact *facts_assume_range(const struct facts *f, const struct fact *list,
				      const struct ir_value *v, uint64_t low, uint64_t high);

/* The newest fact about the value with @number, or NULL. */
const struct fact *facts_find(const struct fact *list, uint32_t number);
/* @list and @v being one of @values: at least 1 and at most FACT_VALUES. */
const struct fact *facts_assume_values(const struct facts *f, const struct fact *list,
				       const struct ir_value *v, const uint64_t *values,
				       uint32_t count);

#endif
