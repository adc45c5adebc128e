/*
 * flamegraph.c - stacks as a flame graph: an SVG that stands by itself.
 *
 * Every frame is as wide as what was counted in it and in what it called; callers stand below what they
 * call.  The script inside (flamegraph.js) zooms to the frame that is clicked and searches; without one, as
 * in a viewer of pictures, all is there but that.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/hash.h"
#include "out/internal.h"

enum {
	GRAPH_WIDTH = 1200, /* of the picture, pixels */
	GRAPH_MARGIN = 10,
	GRAPH_TOP = 58, /* title and search */
	GRAPH_BOTTOM = 34,
	FRAME_HEIGHT = 18,
	LETTER_TENTHS = 72, /* width of a letter, tenths of a pixel */
};

/* Frames that are narrower are not drawn, tenths of a pixel. */
enum { LEAST_TENTHS = 1 };

struct node {
	const char *name;
	enum frame_kind kind;
	uint64_t total; /* with all that it called */
	struct node *child, *sibling;
};

/* The paths of one table. */
struct root {
	struct arena arena; /* nodes and names: replaced together */
	const struct bundle_table *table;
	struct node top;
	struct root *next;
};

struct flamegraph {
	struct root *roots;
};

/* -- collecting -------------------------------------------------------------------------------- */

static struct root *root_of(struct flamegraph *graph, const struct bundle_table *table)
{
	struct root **at = &graph->roots;

	while (*at && (*at)->table != table)
		at = &(*at)->next;
	if (!*at) {
		*at = calloc(1, sizeof **at);
		if (*at)
			(*at)->table = table;
	}
	return *at;
}

/* The child called @name, made when there is none.  Children are in the order of their names, so that
 * equal functions stand beside each other in every picture. */
static struct node *child_of(struct arena *arena, struct node *parent,
			     const struct path_frame *frame)
{
	struct node **at = &parent->child;
	struct node *node;
	int order = 1;

	while (*at && (order = strcmp((*at)->name, frame->name)) < 0)
		at = &(*at)->sibling;
	if (*at && order == 0 && (*at)->kind == frame->kind)
		return *at;
	node = arena_alloc(arena, sizeof *node);
	if (!node)
		return NULL;
	node->name = arena_strndup(arena, frame->name, strlen(frame->name));
	if (!node->name)
		return NULL;
	node->kind = frame->kind;
	node->sibling = *at;
	*at = node;
	return node;
}

static int add_path(struct root *root, const struct path *path, uint64_t weight)
{
	struct node *node = &root->top;

	node->total += weight;
	for (size_t i = 0; i < path->count; i++) {
		node = child_of(&root->arena, node, &path->frames[i]);
		if (!node)
			return -ENOMEM;
		node->total += weight;
	}
	return 0;
}

int flamegraph_take(struct out *out, struct flamegraph **graph, const struct out_rows *rows)
{
	struct root *root;
	int err = 0;

	if (!*graph)
		*graph = calloc(1, sizeof **graph);
	root = *graph ? root_of(*graph, rows->table) : NULL;
	if (!root)
		return -ENOMEM;
	arena_release(&root->arena);
	root->top = (struct node){ .name = rows->table->name, .kind = FRAME_KEY };
	for (size_t i = 0; i < rows->count && !err; i++) {
		struct path path = { .count = 0 };
		uint64_t weight;

		if (!row_weight(rows->table->value, rows->rows[i].value, &weight) || !weight)
			continue;
		path_of(out, rows->table, &rows->rows[i], &path);
		err = add_path(root, &path, weight);
		path_release(&path);
	}
	return err;
}

void flamegraph_free(struct flamegraph *graph)
{
	if (!graph)
		return;
	for (struct root *root = graph->roots; root;) {
		struct root *next = root->next;

		arena_release(&root->arena);
		free(root);
		root = next;
	}
	free(graph);
}

/* -- drawing ----------------------------------------------------------------------------------- */

void xml_text(const char *text, struct strbuf *out)
{
	for (; *text; text++) {
		switch (*text) {
		case '&': strbuf_puts(out, "&amp;"); break;
		case '<': strbuf_puts(out, "&lt;"); break;
		case '>': strbuf_puts(out, "&gt;"); break;
		case '"': strbuf_puts(out, "&quot;"); break;
		default: strbuf_putc(out, *text >= ' ' && *text <= '~' ? *text : '?'); break;
		}
	}
}

struct drawing {
	struct strbuf *svg;
	uint64_t total;
	uint32_t depth, height;
};

static uint32_t depth_of(const struct node *node, uint64_t total)
{
	uint32_t deepest = 0;

	for (const struct node *child = node->child; child; child = child->sibling) {
		uint32_t depth = depth_of(child, total);

		if (depth > deepest)
			deepest = depth;
	}
	return deepest + 1;
}

/* Warm for users, golden for the kernel, green for what stood beside the stacks; a little different for
 * each name, and always the same for it. */
static void put_colour(const struct node *node, struct strbuf *out)
{
	static const struct {
		uint32_t hue, hues, strength, light;
	} palettes[] = {
		[FRAME_KEY] = { 130, 50, 38, 72 },
		[FRAME_USER] = { 2, 26, 78, 66 },
		[FRAME_KERNEL] = { 34, 20, 78, 64 },
	};
	uint32_t hash = hash_bytes(node->name, strlen(node->name));

	strbuf_printf(out, "hsl(%u,%u%%,%u%%)",
		      palettes[node->kind].hue + hash % palettes[node->kind].hues,
		      palettes[node->kind].strength + hash / 64 % 14,
		      palettes[node->kind].light + hash / 1024 % 9 - 4);
}

static void put_frame(const struct drawing *drawing, const struct node *node, uint64_t before,
		      uint32_t depth)
{
	double scale = (double)(GRAPH_WIDTH - 2 * GRAPH_MARGIN) / (double)drawing->total;
	double x = GRAPH_MARGIN + (double)before * scale, width = (double)node->total * scale;
	uint32_t y = drawing->height - GRAPH_BOTTOM - (depth + 1) * FRAME_HEIGHT;
	size_t letters = width > 10 ? (size_t)((width - 6) * 10 / LETTER_TENTHS) : 0;
	size_t len = strlen(node->name);
	struct strbuf *svg = drawing->svg;

	strbuf_puts(svg, "<g class=\"f\"><title>");
	xml_text(node->name, svg);
	strbuf_printf(svg,
		      " (%llu, %.2f%%)</title><rect x=\"%.1f\" y=\"%u\" width=\"%.1f\" "
		      "height=\"%u\" fill=\"",
		      (unsigned long long)node->total,
		      100 * (double)node->total / (double)drawing->total, x, y, width,
		      FRAME_HEIGHT - 1);
	put_colour(node, svg);
	strbuf_printf(svg, "\"/><text x=\"%.1f\" y=\"%u\">", x + 3, y + 13);
	if (letters >= 3 || letters >= len) {
		char shown[256];

		snprintf(shown, sizeof shown, "%.*s%s", (int)(len <= letters ? len : letters - 2),
			 node->name, len <= letters ? "" : "..");
		xml_text(shown, svg);
	}
	strbuf_puts(svg, "</text></g>\n");
}

static void put_node(const struct drawing *drawing, const struct node *node, uint64_t before,
		     uint32_t depth)
{
	if ((double)node->total * (GRAPH_WIDTH - 2 * GRAPH_MARGIN) * 10 <
	    (double)drawing->total * LEAST_TENTHS)
		return;
	put_frame(drawing, node, before, depth);
	for (const struct node *child = node->child; child; child = child->sibling) {
		put_node(drawing, child, before, depth + 1);
		before += child->total;
	}
}

static void put_head(const struct drawing *drawing, struct strbuf *svg)
{
	strbuf_printf(
		svg,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %u\" width=\"%d\" "
		"height=\"%u\" data-margin=\"%d\">\n"
		"<style>\n"
		"svg { background: #fff; font-family: 'DejaVu Sans Mono', Menlo, Consolas, "
		"monospace; font-size: 12px; }\n"
		".f { cursor: pointer; } .f text { pointer-events: none; fill: #1b1b1b; }\n"
		".f:hover rect { stroke: #333; stroke-width: 1; }\n"
		".faded { opacity: .45; } .hidden { display: none; }\n"
		".head { font-size: 17px; font-weight: bold; text-anchor: middle; }\n"
		".link { fill: #36c; cursor: pointer; }\n"
		"</style>\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
		"<text class=\"head\" x=\"%d\" y=\"26\">Flame graph</text>\n"
		"<text id=\"reset\" class=\"link hidden\" x=\"%d\" y=\"26\">reset zoom</text>\n"
		"<text id=\"search\" class=\"link\" x=\"%d\" y=\"26\" text-anchor=\"end\">search"
		"</text>\n"
		"<text id=\"found\" x=\"%d\" y=\"%u\" text-anchor=\"end\"></text>\n"
		"<text id=\"info\" x=\"%d\" y=\"%u\">%llu in all</text>\n<g id=\"frames\">\n",
		GRAPH_WIDTH, drawing->height, GRAPH_WIDTH, drawing->height, GRAPH_MARGIN,
		GRAPH_WIDTH / 2, GRAPH_MARGIN, GRAPH_WIDTH - GRAPH_MARGIN,
		GRAPH_WIDTH - GRAPH_MARGIN, drawing->height - 12, GRAPH_MARGIN,
		drawing->height - 12, (unsigned long long)drawing->total);
}

static const char script[] =
#include "out/flamegraph.js.h"
	;

void flamegraph_draw(const struct flamegraph *graph, struct strbuf *ret_svg)
{
	struct node all = { .name = "all", .kind = FRAME_KEY };
	struct drawing drawing = { .svg = ret_svg };

	for (struct root *root = graph ? graph->roots : NULL; root; root = root->next) {
		all.total += root->top.total;
		root->top.sibling = root->next ? &root->next->top : NULL;
	}
	if (graph && graph->roots && !graph->roots->next)
		all.child = graph->roots->top.child;
	else if (graph && graph->roots)
		all.child = &graph->roots->top;
	drawing.total = all.total;
	drawing.depth = depth_of(&all, all.total);
	drawing.height = GRAPH_TOP + GRAPH_BOTTOM + drawing.depth * FRAME_HEIGHT;
	put_head(&drawing, ret_svg);
	if (all.total)
		put_node(&drawing, &all, 0, 0);
	strbuf_puts(ret_svg, "</g>\n<script><![CDATA[\n");
	strbuf_puts(ret_svg, script);
	strbuf_puts(ret_svg, "]]></script>\n</svg>\n");
}
