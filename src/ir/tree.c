/*
 * tree.c - nearest common ancestors by jump pointers.
 */
#include "ir/tree.h"

bool tree_init(struct tree *tree, struct arena *arena, uint32_t size)
{
	tree->nodes = arena_alloc_array(arena, size, sizeof *tree->nodes);
	return tree->nodes != NULL;
}

void tree_add_root(struct tree *tree, uint32_t node)
{
	tree->nodes[node] = (struct tree_node){ node, node, 0 };
}

void tree_add(struct tree *tree, uint32_t node, uint32_t parent)
{
	const struct tree_node *n = tree->nodes;
	uint32_t near = n[parent].jump, far = n[near].jump;
	bool same = n[parent].depth - n[near].depth == n[near].depth - n[far].depth;

	tree->nodes[node] = (struct tree_node){ parent, same ? far : parent, n[parent].depth + 1 };
}

static uint32_t ancestor_at(const struct tree *tree, uint32_t node, uint32_t depth)
{
	const struct tree_node *n = tree->nodes;

	while (n[node].depth > depth)
		node = n[n[node].jump].depth >= depth ? n[node].jump : n[node].parent;
	return node;
}

uint32_t tree_common(const struct tree *tree, uint32_t a, uint32_t b)
{
	const struct tree_node *n = tree->nodes;

	a = ancestor_at(tree, a, n[b].depth);
	b = ancestor_at(tree, b, n[a].depth);
	while (a != b) { /* at one depth, so the jumps are of one length */
		bool far = n[a].jump != n[b].jump;

		a = far ? n[a].jump : n[a].parent;
		b = far ? n[b].jump : n[b].parent;
	}
	return a;
}

bool tree_is_above(const struct tree *tree, uint32_t a, uint32_t b)
{
	return tree->nodes[b].depth >= tree->nodes[a].depth &&
	       ancestor_at(tree, b, tree->nodes[a].depth) == a;
}
