/*
 * tree.h - a tree that grows at its leaves, with nearest common ancestors in logarithmic time.
 *
 * Made for dominator trees, which are built from the root down while they are asked: a filter
 * for ten thousand hosts has chains of dominators as long, and walking them step by step would
 * be quadratic.  Every node also points to an ancestor farther away, such that any walk takes a
 * logarithmic number of steps (Myers, "An applicative random-access stack", 1983).
 *
 * Nodes are numbers below the size given at the start.
 */
#ifndef WAGGLE_IR_TREE_H
#define WAGGLE_IR_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

struct tree_node {
	uint32_t parent;
	uint32_t jump;
	uint32_t depth;
};

struct tree {
	struct tree_node *nodes;
};

/* False without memory. */
bool tree_init(struct tree *tree, struct arena *arena, uint32_t size);
void tree_add_root(struct tree *tree, uint32_t node);
void tree_add(struct tree *tree, uint32_t node, uint32_t parent);
uint32_t tree_common(const struct tree *tree, uint32_t a, uint32_t b);
/* Is @a an ancestor of @b, or @b itself? */
bool tree_is_above(const struct tree *tree, uint32_t a, uint32_t b);

#endif
