/*
 * pieces.c - a treap of intervals.
 */
#include "ir/pieces.h"

#include <stddef.h>

struct piece *pieces_new(struct pieces_pool *pool, uint64_t low, uint64_t high)
{
	struct piece *p = arena_alloc(pool->arena, sizeof *p);

	if (!p) {
		pool->failed = true;
		return NULL;
	}
	pool->random = pool->random * 1664525 + 1013904223;
	*p = (struct piece){ .low = low, .high = high, .priority = pool->random };
	return p;
}

void pieces_split(struct pieces_pool *pool, struct piece *set, uint64_t at,
		  struct piece **ret_below, struct piece **ret_rest)
{
	struct piece *middle;

	if (!set) {
		*ret_below = *ret_rest = NULL;
	} else if (at <= set->low) {
		pieces_split(pool, set->left, at, ret_below, &set->left);
		*ret_rest = set;
	} else if (at > set->high) {
		pieces_split(pool, set->right, at, &set->right, ret_rest);
		*ret_below = set;
	} else { /* through this one */
		middle = pieces_new(pool, at, set->high);
		set->high = at - 1;
		*ret_rest = pieces_unite(pool, middle, set->right);
		set->right = NULL;
		*ret_below = set;
	}
}

struct piece *pieces_unite(struct pieces_pool *pool, struct piece *a, struct piece *b)
{
	struct piece *below, *above;

	if (!a || !b)
		return a ? a : b;
	if (a->priority < b->priority) {
		struct piece *c = a;

		a = b;
		b = c;
	}
	pieces_split(pool, b, a->low, &below, &above);
	a->left = pieces_unite(pool, a->left, below);
	a->right = pieces_unite(pool, a->right, above);
	return a;
}
