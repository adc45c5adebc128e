/*
 * pieces.h - sets of numbers as intervals, split and united in logarithmic time.
 *
 * A treap (Seidel and Aragon, "Randomized search trees", 1996) of disjoint intervals; NULL is the
 * empty set.  Operations consume their arguments.
 */
#ifndef WAGGLE_IR_PIECES_H
#define WAGGLE_IR_PIECES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

struct piece {
	uint64_t low, high;
	uint32_t priority;
	struct piece *left, *right;
};

struct pieces_pool {
	struct arena *arena;
	uint32_t random;
	bool failed; /* memory ran out: results are wrong */
};

struct piece *pieces_new(struct pieces_pool *pool, uint64_t low, uint64_t high);
/* What is below @at, and the rest. */
void pieces_split(struct pieces_pool *pool, struct piece *set, uint64_t at,
		  struct piece **ret_below, struct piece **ret_rest);
/* The union of disjoint sets. */
struct piece *pieces_unite(struct pieces_pool *pool, struct piece *a, struct piece *b);

#endif
