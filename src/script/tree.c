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

struct stmt_visit {
	tree_visit_stmt_fn *visit;
	void *data;
};

/* Statements within expressions: of their own blocks, the rest is gone through as always. */
static bool visit_expr_stmts(void *data, struct expr *e)
{
	const struct stmt_visit *v = data;

	if (!e->block && !e->other)
		return true;
	tree_visit_expr(e->a, visit_expr_stmts, data);
	tree_visit_stmts(e->block, v->visit, v->data);
	tree_visit_stmts(e->other, v->visit, v->data);
	return false;
}

void tree_visit_stmts(struct block *block, tree_visit_stmt_fn *visit, void *data)
{
	struct stmt_visit v = { visit, data };

	if (!block)
		return;
	for (struct stmt *s = block->first; s; s = s->next) {
		visit(data, s);
		tree_visit_expr(s->target, visit_expr_stmts, &v);
		tree_visit_expr(s->value, visit_expr_stmts, &v);
		tree_visit_expr(s->end, visit_expr_stmts, &v);
		tree_visit_stmts(s->block, visit, data);
	}
	tree_visit_expr(block->value, visit_expr_stmts, &v);
}
