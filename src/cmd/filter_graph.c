/*
 * filter_graph.c - a function as a drawing: by Graphviz, or by ourselves as SVG.
 *
 * Our drawing is in layers, after Sugiyama, Tagawa and Toda ("Methods for visual understanding of
 * hierarchical system structures", 1981):
 *
 *  1. A block's layer is the longest way to it, so that all ways lead down (but those back in loops).
 *  2. A way over several layers is given a bend in each between, which takes part in all that follows.
 *  3. Within layers, boxes are sorted by the middle of their neighbours above, then below, by turns.
 *  4. Boxes then move towards their neighbours as far as those beside them let them.
 *
 * Most ways in a filter end in one of two returns.  Drawn as they are, they would hide the rest; so each
 * way to a return of a constant has a small box of its own.  So has one that would be very long: its box has the
 * name of the block where it leads.
 */
#include "cmd/filter_graph.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* --- Graphviz --------------------------------------------------------------------------------- */

/* The text of a block for a label in Graphviz's language. */
static void add_dot_label(const struct ir_block *block, struct strbuf *out)
{
	struct strbuf text = { 0 };

	ir_print_block(block, &text);
	for (const char *p = strbuf_text(&text); *p; p++) {
		if (*p == '\n')
			strbuf_puts(out, "\\l");
		else if (*p == '\t')
			strbuf_puts(out, "  ");
		else if (*p == '"' || *p == '\\')
			strbuf_printf(out, "\\%c", *p);
		else
			strbuf_putc(out, *p);
	}
	strbuf_release(&text);
}

void filter_graph_dot(const struct ir_fn *fn, struct strbuf *out)
{
	strbuf_puts(out, "digraph filter {\n\tnode [shape=box, fontname=monospace];\n");
	for (const struct ir_block *block = fn->entry; block; block = block->next) {
		strbuf_printf(out, "\tb%u [label=\"", block->id);
		add_dot_label(block, out);
		strbuf_puts(out, "\"];\n");
		for (uint32_t i = 0; i < ir_succ_count(block); i++)
			strbuf_printf(out, "\tb%u -> b%u%s;\n", block->id, ir_succ(block, i)->id,
				      block->end != IR_END_BRANCH ? "" :
				      i == 0                      ? " [label=yes]" :
								    " [label=no]");
	}
	strbuf_puts(out, "}\n");
}

/* --- the layers ------------------------------------------------------------------------------- */

/* In pixels. */
enum {
	LINE = 16,
	CHAR = 7, /* of the font at its size, and a bit */
	MARGIN = 8,
	BESIDE = 24, /* between boxes */
	BELOW = 46,  /* between layers */
	EDGE = 20,   /* around the whole */
};

enum {
	SWEEPS = 12,
	MOST_LAYERS = 24, /* that one way is drawn over */
};

/* A box, or a bend. */
struct node {
	char *text;        /* NULL: a bend */
	const char *class; /* how it looks */
	uint32_t layer;
	double x, y; /* of the middle of its top */
	double width, height;
	double wish; /* where it would like to be: the middle of its neighbours' places */
	uint32_t neighbours;
};

/* From a node to one of the next layer (or of the same or an earlier one: 'is_back'). */
struct link {
	uint32_t from, to;
	const struct ir_block *block; /* whose edge number 'out' it is part of */
	uint32_t out;
	bool is_first, is_last; /* of its way */
	bool is_back;
};

struct drawing {
	struct ir_fn *fn;
	struct arena arena;
	struct node *nodes;
	uint32_t node_count, node_size;
	struct link *links;
	uint32_t link_count, link_size;
	uint32_t *order;       /* nodes, layer by layer */
	uint32_t *layer_start; /* in 'order'; one more than there are layers */
	uint32_t layer_count;
	uint32_t *link_order; /* links, by the layer that they come from */
	uint32_t *link_start;
	double width, height;
	bool failed;
};

static void *grow(struct drawing *d, void *list, uint32_t count, uint32_t *size, size_t bytes)
{
	void *more;

	if (count < *size)
		return list;
	*size = *size * 2 + 64;
	more = arena_alloc_array(&d->arena, *size, bytes);
	if (!more)
		d->failed = true;
	else if (count)
		memcpy(more, list, count * bytes);
	return more ? more : list;
}

static uint32_t add_node(struct drawing *d, const struct node *node)
{
	d->nodes = grow(d, d->nodes, d->node_count, &d->node_size, sizeof *d->nodes);
	if (d->failed)
		return 0;
	d->nodes[d->node_count] = *node;
	return d->node_count++;
}

static void add_link(struct drawing *d, const struct link *link)
{
	d->links = grow(d, d->links, d->link_count, &d->link_size, sizeof *d->links);
	if (!d->failed)
		d->links[d->link_count++] = *link;
}

/* A box large enough for @text, which ends in a newline. */
static struct node box(struct drawing *d, const struct strbuf *text, uint32_t layer)
{
	struct node n = { .layer = layer, .height = 2 * MARGIN };
	size_t column = 0, widest = 0;

	n.text = arena_strndup(&d->arena, strbuf_text(text), text->len);
	if (!n.text)
		d->failed = true;
	for (const char *p = strbuf_text(text); *p; p++) {
		if (*p == '\n') {
			n.height += LINE;
			column = 0;
		} else {
			column += *p == '\t' ? 2 : 1;
		}
		widest = column > widest ? column : widest;
	}
	n.width = (double)(widest * CHAR + 2 * MARGIN);
	return n;
}

static bool is_constant_return(const struct ir_block *b)
{
	return b->end == IR_END_RETURN && !b->first && ir_is_const(b->operands[0]);
}

static uint32_t add_block(struct drawing *d, const struct ir_block *b, uint32_t layer)
{
	struct strbuf text = { 0 };
	struct node n;

	ir_print_block(b, &text);
	n = box(d, &text, layer);
	n.class = "block";
	strbuf_release(&text);
	return add_node(d, &n);
}

/* A small box that stands for @b. */
static uint32_t add_end(struct drawing *d, const struct ir_block *b, uint32_t layer)
{
	struct strbuf text = { 0 };
	struct node n;

	if (is_constant_return(b))
		strbuf_printf(&text, "return %" PRId64 "\n", b->operands[0]->imm);
	else
		strbuf_printf(&text, "to b%u\n", b->id);
	n = box(d, &text, layer);
	n.class = !is_constant_return(b) ? "far" : b->operands[0]->imm ? "accept" : "reject";
	strbuf_release(&text);
	return add_node(d, &n);
}

/* Edge @out of @b, from node @from to @to: links, with a bend in each layer between. */
static void add_way(struct drawing *d, const struct ir_block *b, uint32_t out, uint32_t from,
		    uint32_t to)
{
	struct link link = { .block = b, .out = out, .from = from, .is_first = true };
	uint32_t last = d->nodes[to].layer;

	link.is_back = d->nodes[from].layer >= last;
	for (uint32_t layer = d->nodes[from].layer + 1; layer < last && !d->failed; layer++) {
		link.to = add_node(d, &(struct node){ .layer = layer });
		add_link(d, &link);
		link.from = link.to;
		link.is_first = false;
	}
	link.to = to;
	link.is_last = true;
	add_link(d, &link);
}

/* Is the way from layer @from to @to, which is at layer @layer, drawn as a way? */
static bool is_drawn(const struct ir_block *to, uint32_t from, uint32_t layer)
{
	return !is_constant_return(to) && layer <= from + MOST_LAYERS &&
	       from <= layer + MOST_LAYERS;
}

/* Boxes and ways; the layers of blocks are in @layers, by their index. */
static void add_all(struct drawing *d, const uint32_t *layers)
{
	uint32_t *node_of = arena_alloc_array(&d->arena, d->fn->order_count, sizeof *node_of);

	if (!node_of) {
		d->failed = true;
		return;
	}
	for (uint32_t i = 0; i < d->fn->order_count && !d->failed; i++)
		if (i == 0 || !is_constant_return(d->fn->order[i]))
			node_of[i] = add_block(d, d->fn->order[i], layers[i]);
	for (uint32_t i = 0; i < d->fn->order_count; i++) {
		const struct ir_block *b = d->fn->order[i];

		for (uint32_t out = 0; out < ir_succ_count(b) && !d->failed; out++) {
			const struct ir_block *to = ir_succ(b, out);

			add_way(d, b, out, node_of[i],
				is_drawn(to, layers[i], layers[to->index]) ?
					node_of[to->index] :
					add_end(d, to, layers[i] + 1));
		}
	}
}

static void find_layers(struct drawing *d)
{
	uint32_t *layers = arena_alloc_array(&d->arena, d->fn->order_count, sizeof *layers);

	if (!layers) {
		d->failed = true;
		return;
	}
	for (uint32_t i = 0; i < d->fn->order_count; i++)
		for (uint32_t out = 0; out < ir_succ_count(d->fn->order[i]); out++) {
			uint32_t to = ir_succ(d->fn->order[i], out)->index;

			if (to > i && layers[to] < layers[i] + 1)
				layers[to] = layers[i] + 1;
		}
	add_all(d, layers);
}

/* Counts in @at, by layer and shifted by two, become starts, shifted by one: each is where the next of the
 * layer goes, and at the end where the following layer begins. */
static void sum_up(uint32_t *at, uint32_t layers)
{
	for (uint32_t i = 0; i < layers; i++)
		at[i + 1] += at[i];
}

/* Sort nodes and links by layers. */
static void sort_layers(struct drawing *d)
{
	for (uint32_t i = 0; i < d->node_count; i++)
		if (d->nodes[i].layer >= d->layer_count)
			d->layer_count = d->nodes[i].layer + 1;
	d->order = arena_alloc_array(&d->arena, d->node_count, sizeof *d->order);
	d->layer_start = arena_alloc_array(&d->arena, d->layer_count + 2, sizeof *d->layer_start);
	d->link_order = arena_alloc_array(&d->arena, d->link_count + 1, sizeof *d->link_order);
	d->link_start = arena_alloc_array(&d->arena, d->layer_count + 2, sizeof *d->link_start);
	if (!d->order || !d->layer_start || !d->link_order || !d->link_start) {
		d->failed = true;
		return;
	}
	for (uint32_t i = 0; i < d->node_count; i++)
		d->layer_start[d->nodes[i].layer + 2]++;
	for (uint32_t i = 0; i < d->link_count; i++)
		d->link_start[d->nodes[d->links[i].from].layer + 2]++;
	sum_up(d->layer_start + 1, d->layer_count);
	sum_up(d->link_start + 1, d->layer_count);
	for (uint32_t i = 0; i < d->node_count; i++)
		d->order[d->layer_start[d->nodes[i].layer + 1]++] = i;
	for (uint32_t i = 0; i < d->link_count; i++)
		d->link_order[d->link_start[d->nodes[d->links[i].from].layer + 1]++] = i;
}

/* --- places ----------------------------------------------------------------------------------- */

struct place {
	double wish;
	uint32_t node;
};

static int compare_places(const void *pa, const void *pb)
{
	const struct place *a = pa, *b = pb;

	if (a->wish < b->wish || a->wish > b->wish)
		return a->wish < b->wish ? -1 : 1;
	return a->node < b->node ? -1 : a->node > b->node;
}

/* Where the nodes of @layer would be between their neighbours above (or below). */
static void wish(struct drawing *d, uint32_t layer, bool above)
{
	bool is_top = above && layer == 0;
	uint32_t links = above && !is_top ? layer - 1 : layer; /* those that come from there */

	for (uint32_t i = d->layer_start[layer]; i < d->layer_start[layer + 1]; i++) {
		d->nodes[d->order[i]].wish = 0;
		d->nodes[d->order[i]].neighbours = 0;
	}
	for (uint32_t i = d->link_start[links]; !is_top && i < d->link_start[links + 1]; i++) {
		const struct link *l = &d->links[d->link_order[i]];
		struct node *n = &d->nodes[above ? l->to : l->from];
		const struct node *other = &d->nodes[above ? l->from : l->to];

		if (l->is_back)
			continue;
		/* the ways out of a box keep their order below it */
		n->wish += other->x + (above && l->is_first ? ((double)l->out - 0.5) * BESIDE : 0);
		n->neighbours++;
	}
	for (uint32_t i = d->layer_start[layer]; i < d->layer_start[layer + 1]; i++) {
		struct node *n = &d->nodes[d->order[i]];

		n->wish = n->neighbours ? n->wish / n->neighbours : n->x;
	}
}

static double apart(const struct drawing *d, uint32_t a, uint32_t b)
{
	return (d->nodes[a].width + d->nodes[b].width) / 2 + BESIDE;
}

/* Give the @count nodes of a layer places near their wishes, in their order: the middle of what pushing
 * from the left and from the right comes to. */
static void put_layer(struct drawing *d, const uint32_t *row, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct node *n = &d->nodes[row[i]];

		n->x = n->wish;
		if (i > 0 && n->x < d->nodes[row[i - 1]].x + apart(d, row[i - 1], row[i]))
			n->x = d->nodes[row[i - 1]].x + apart(d, row[i - 1], row[i]);
	}
	for (uint32_t i = count, next = 0; i-- > 0; next = row[i]) {
		struct node *n = &d->nodes[row[i]];

		if (i + 1 < count && n->wish > d->nodes[next].wish - apart(d, row[i], next))
			n->wish = d->nodes[next].wish - apart(d, row[i], next);
	}
	for (uint32_t i = 0; i < count; i++)
		d->nodes[row[i]].x = (d->nodes[row[i]].x + d->nodes[row[i]].wish) / 2;
}

static void sort_layer(struct drawing *d, uint32_t *row, uint32_t count, struct place *places)
{
	for (uint32_t i = 0; i < count; i++)
		places[i] = (struct place){ d->nodes[row[i]].wish, row[i] };
	qsort(places, count, sizeof *places, compare_places);
	for (uint32_t i = 0; i < count; i++)
		row[i] = places[i].node;
}

static void find_places(struct drawing *d)
{
	struct place *places = arena_alloc_array(&d->arena, d->node_count, sizeof *places);

	if (!places) {
		d->failed = true;
		return;
	}
	for (unsigned int sweep = 0; sweep < SWEEPS; sweep++) {
		bool down = sweep % 2 == 0;

		for (uint32_t i = 0; i < d->layer_count; i++) {
			uint32_t layer = down ? i : d->layer_count - 1 - i;
			uint32_t start = d->layer_start[layer];
			uint32_t count = d->layer_start[layer + 1] - start;

			wish(d, layer, down);
			if (sweep < SWEEPS / 2)
				sort_layer(d, d->order + start, count, places);
			put_layer(d, d->order + start, count);
		}
	}
}

/* Layers below each other, and everything at positive coordinates. */
static void find_heights(struct drawing *d)
{
	double y = EDGE, left = 0, right = 0;

	for (uint32_t layer = 0; layer < d->layer_count; layer++) {
		double height = 0;

		for (uint32_t i = d->layer_start[layer]; i < d->layer_start[layer + 1]; i++) {
			struct node *n = &d->nodes[d->order[i]];

			n->y = y;
			height = n->height > height ? n->height : height;
			left = n->x - n->width / 2 < left ? n->x - n->width / 2 : left;
			right = n->x + n->width / 2 > right ? n->x + n->width / 2 : right;
		}
		for (uint32_t i = d->layer_start[layer]; i < d->layer_start[layer + 1]; i++)
			if (!d->nodes[d->order[i]].text)
				d->nodes[d->order[i]].height = height;
		y += height + BELOW;
	}
	for (uint32_t i = 0; i < d->node_count; i++)
		d->nodes[i].x += EDGE - left;
	d->width = right - left + 2 * EDGE;
	d->height = y - BELOW + EDGE;
}

/* --- the picture ------------------------------------------------------------------------------ */

static void add_escaped(struct strbuf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		switch (text[i]) {
		case '<': strbuf_puts(out, "&lt;"); break;
		case '>': strbuf_puts(out, "&gt;"); break;
		case '&': strbuf_puts(out, "&amp;"); break;
		case '\t': strbuf_puts(out, "&#160;&#160;"); break;
		case ' ': strbuf_puts(out, "&#160;"); break;
		default: strbuf_putc(out, text[i]); break;
		}
}

static void add_box(struct strbuf *out, const struct node *n)
{
	double left = n->x - n->width / 2, y = n->y + MARGIN + LINE * 0.75;

	strbuf_printf(out,
		      "<rect class=\"%s\" x=\"%.0f\" y=\"%.0f\" width=\"%.0f\" height=\"%.0f\" "
		      "rx=\"%d\"/>\n",
		      n->class, left, n->y, n->width, n->height, *n->class == 'b' ? 3 : 12);
	for (const char *line = n->text; *line; y += LINE) {
		size_t len = strcspn(line, "\n");

		strbuf_printf(out, "<text x=\"%.0f\" y=\"%.0f\">", left + MARGIN, y);
		add_escaped(out, line, len);
		strbuf_puts(out, "</text>\n");
		line += len + (line[len] == '\n');
	}
}

/* Where edge @out of @count leaves the box. */
static double port(const struct node *n, uint32_t out, uint32_t count)
{
	return n->x + n->width * ((double)(out + 1) / (count + 1) - 0.5) * 0.6;
}

/* Say when edge @edge of @b, which begins at (@x, @y), is taken; on the side to which it does not turn. */
static void add_label(struct strbuf *out, const struct ir_block *b, uint32_t edge, double x,
		      double y, bool turns_right)
{
	if (b->end == IR_END_JUMP)
		return;
	strbuf_printf(out, "<text class=\"label\" x=\"%.0f\" y=\"%.0f\" text-anchor=\"%s\">",
		      turns_right ? x - 4 : x + 4, y + 13, turns_right ? "end" : "start");
	if (b->end == IR_END_BRANCH)
		strbuf_puts(out, edge == 0 ? "yes" : "no");
	else if (b->ranges[edge].low == b->ranges[edge].high)
		strbuf_printf(out, "%#" PRIx64, b->ranges[edge].low);
	else
		strbuf_printf(out, "%#" PRIx64 "..%#" PRIx64, b->ranges[edge].low,
			      b->ranges[edge].high);
	strbuf_puts(out, "</text>\n");
}

static void add_curve(struct strbuf *out, double x, double y, double to_x, double to_y)
{
	double middle = (y + to_y) / 2;

	strbuf_printf(out, "C%.0f %.0f %.0f %.0f %.0f %.0f ", x, middle, to_x, middle, to_x, to_y);
}

/* The way that begins with link @i; the links of a way follow each other. */
static void add_path(const struct drawing *d, uint32_t i, struct strbuf *out)
{
	const struct link *l = &d->links[i];
	const struct node *from = &d->nodes[l->from];
	double x = port(from, l->out, ir_succ_count(l->block)), y = from->y + from->height;

	add_label(out, l->block, l->out, x, y, d->nodes[l->to].x > x);
	strbuf_printf(out, "<path class=\"%s\" d=\"M%.0f %.0f ", l->is_back ? "back" : "way", x, y);
	for (;; l++) {
		const struct node *to = &d->nodes[l->to];

		add_curve(out, x, y, to->x, to->y);
		x = to->x;
		y = to->y + to->height;
		if (l->is_last)
			break;
		strbuf_printf(out, "L%.0f %.0f ", x, y);
	}
	strbuf_puts(out, "\" marker-end=\"url(#arrow)\"/>\n");
}

static void add_picture(const struct drawing *d, struct strbuf *out)
{
	strbuf_printf(out,
		      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
		      "viewBox=\"0 0 %.0f %.0f\">\n",
		      d->width, d->height, d->width, d->height);
	strbuf_puts(out, "<style>\n"
			 "text { font: 11px monospace; fill: #222 }\n"
			 ".label { fill: #777 }\n"
			 "rect { fill: #fff; stroke: #555 }\n"
			 ".accept { fill: #dff2df; stroke: #4a4 }\n"
			 ".reject { fill: #f7e0e0; stroke: #c66 }\n"
			 ".far { fill: #eef; stroke: #88b }\n"
			 ".way, .back { fill: none; stroke: #777 }\n"
			 ".back { stroke-dasharray: 4 3 }\n"
			 "</style>\n"
			 "<defs><marker id=\"arrow\" viewBox=\"0 0 10 10\" refX=\"10\" refY=\"5\" "
			 "markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\">"
			 "<path d=\"M0 0 L10 5 L0 10 z\" fill=\"#777\"/></marker></defs>\n"
			 "<rect width=\"100%\" height=\"100%\" style=\"stroke: none\"/>\n");
	for (uint32_t i = 0; i < d->link_count; i++)
		if (d->links[i].is_first)
			add_path(d, i, out);
	for (uint32_t i = 0; i < d->node_count; i++)
		if (d->nodes[i].text)
			add_box(out, &d->nodes[i]);
	strbuf_puts(out, "</svg>\n");
}

int filter_graph_svg(struct ir_fn *fn, struct strbuf *out)
{
	struct drawing d = { .fn = fn };

	d.failed = !ir_order(fn);
	if (!d.failed)
		find_layers(&d);
	if (!d.failed)
		sort_layers(&d);
	if (!d.failed)
		find_places(&d);
	if (!d.failed) {
		find_heights(&d);
		add_picture(&d, out);
	}
	arena_release(&d.arena);
	return d.failed || out->failed ? -ENOMEM : 0;
}
