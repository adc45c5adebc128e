/*
 * tree.c - going through a tree.
 */
#include "script/tree.h"

static void visit_type(struct type_name *name, tree_visit_fn *visit, void *data)
{
	for (; name; name = name->inner) {
		tree_visit_expr(name->count, visit, data);
		tree_visit_expr(name->expr, visit, data);
	}
}

void tree_visit_expr(struct expr *e, tree_visit_fn *visit, void *data)
{
	if (!e || !visit(data, e))
		return;
	tree_visit_expr(e->a, visit, data);
	tree_visit_expr(e->b, visit, data);
	tree_visit_expr(e->c, visit, data);
	for (struct expr *arg = e->args; arg; arg = arg->next)
		tree_visit_expr(arg, visit, data);
	visit_type(e->type_name, visit, data);
	tree_visit_block(e->block, visit, data);
	tree_visit_block(e->other, visit, data);
}

void tree_visit_block(struct block *block, tree_visit_fn *visit, void *data)
{
	if (!block)
		return;
	for (struct stmt *s = block->first; s; s = s->next) {
		tree_visit_expr(s->target, visit, data);
		tree_visit_expr(s->value, visit, data);
		tree_visit_expr(s->end, visit, data);
		visit_type(s->type_name, visit, data);
		tree_visit_block(s->block, visit, data);
	}
	tree_visit_expr(block->value, visit, data);
}
