/*
 * filter_graph.h - a function as a drawing of its blocks.
 */
#ifndef WAGGLE_CMD_FILTER_GRAPH_H
#define WAGGLE_CMD_FILTER_GRAPH_H

#include "base/strbuf.h"
#include "ir/ir.h"

/* In Graphviz's language. */
void filter_graph_dot(const struct ir_fn *fn, struct strbuf *out);

/* As an SVG picture.  0 or -ENOMEM. */
int filter_graph_svg(struct ir_fn *fn, struct strbuf *out);

#endif
