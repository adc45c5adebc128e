/*
 * tree.h - going through a tree.
 */
#ifndef WAGGLE_SCRIPT_TREE_H
#define WAGGLE_SCRIPT_TREE_H

#include "script/ast.h"

/* Called with every expression, those around it before those within; false: what is within is left
 * out. */
typedef bool tree_visit_fn(void *data, struct expr *e);

void tree_visit_expr(struct expr *e, tree_visit_fn *visit, void *data); /* NULL is fine */
void tree_visit_block(struct block *block, tree_visit_fn *visit, void *data);

/* Called with every statement of @block and of the blocks within. */
typedef void tree_visit_stmt_fn(void *data, struct stmt *s);
void tree_visit_stmts(struct block *block, tree_visit_stmt_fn *visit, void *data);

#endif
