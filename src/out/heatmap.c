/*
 * heatmap.c - histograms over time: a column for each moment, a row for each bucket, the darker the more
 * fell into it.
 *
 * Histograms grow, so that a column shows by how much since the moment before; one that was cleared
 * meanwhile begins anew.  The rows of a table with keys are added up.
 */
#include <errno.h>
#include <stdlib.h>

#include "out/internal.h"

enum {
	MAP_WIDTH = 1200,
	MAP_LEFT = 130, /* labels of buckets */
	MAP_RIGHT = 20,
	MAP_TOP = 60,
	MAP_BOTTOM = 50,
	MAP_GAP = 70, /* between tables */
	CELL_HEIGHT = 18,
	CELL_MOST_WIDTH = 40,
	TICK_PIXELS = 90,
	MAP_MOST_COLUMNS = 1070, /* one pixel each: then pairs are joined */
};

struct column {
	uint64_t wall_ns;
	uint64_t *counts; /* what was added */
};

struct panel {
	const struct bundle_table *table;
	uint64_t *last; /* what the histogram held at the last moment */
	struct column *columns;
	uint32_t count, room;
	struct panel *next;
};

struct heatmap {
	struct panel *panels;
};

/* -- collecting -------------------------------------------------------------------------------- */

static struct panel *panel_of(struct heatmap *map, const struct bundle_table *table)
{
	struct panel **at = &map->panels;

	while (*at && (*at)->table != table)
		at = &(*at)->next;
	if (*at)
		return *at;
	*at = calloc(1, sizeof **at);
	if (!*at)
		return NULL;
	(*at)->table = table;
	(*at)->last = calloc(table->value->buckets, sizeof(uint64_t));
	return *at;
}

/* Join neighbours, so that a long run keeps its whole time. */
static void halve(struct panel *panel)
{
	uint32_t kept = panel->count / 2;

	for (uint32_t i = 0; i < kept; i++) {
		struct column *a = &panel->columns[2 * (size_t)i];
		struct column *b = &panel->columns[2 * (size_t)i + 1];

		for (uint32_t j = 0; j < panel->table->value->buckets; j++)
			b->counts[j] += a->counts[j];
		free(a->counts);
		panel->columns[i] = *b;
	}
	if (panel->count % 2)
		panel->columns[kept++] = panel->columns[panel->count - 1];
	panel->count = kept;
}

static int add_column(struct panel *panel, uint64_t wall_ns, uint64_t *counts)
{
	if (panel->count == MAP_MOST_COLUMNS)
		halve(panel);
	if (panel->count == panel->room) {
		uint32_t room = panel->room ? 2 * panel->room : 64;
		struct column *columns = realloc(panel->columns, room * sizeof *columns);

		if (!columns)
			return -ENOMEM;
		panel->columns = columns;
		panel->room = room;
	}
	panel->columns[panel->count++] = (struct column){ wall_ns, counts };
	return 0;
}

/* @counts become what was added since the last moment. */
static void subtract_last(struct panel *panel, uint64_t *counts)
{
	uint32_t buckets = panel->table->value->buckets;
	bool is_new = false;

	for (uint32_t i = 0; i < buckets; i++)
		is_new |= counts[i] < panel->last[i];
	for (uint32_t i = 0; i < buckets; i++) {
		uint64_t now = counts[i];

		if (!is_new)
			counts[i] -= panel->last[i];
		panel->last[i] = now;
	}
}

int heatmap_take(struct out *out, struct heatmap **map, const struct out_rows *rows)
{
	const struct shape *shape = rows->table->value;
	struct panel *panel;
	uint64_t *counts;
	int err;

	if (!*map)
		*map = calloc(1, sizeof **map);
	panel = *map ? panel_of(*map, rows->table) : NULL;
	counts = calloc(shape->buckets, sizeof *counts);
	if (!panel || !panel->last || !counts) {
		free(counts);
		return -ENOMEM;
	}
	for (size_t i = 0; i < rows->count; i++) {
		const uint64_t *row = (const void *)rows->rows[i].value;

		for (uint32_t j = 0; j < shape->buckets; j++)
			counts[j] += row[j];
	}
	subtract_last(panel, counts);
	err = add_column(panel, time_now(out), counts);
	if (err)
		free(counts);
	return err;
}

void heatmap_free(struct heatmap *map)
{
	if (!map)
		return;
	for (struct panel *panel = map->panels; panel;) {
		struct panel *next = panel->next;

		for (uint32_t i = 0; i < panel->count; i++)
			free(panel->columns[i].counts);
		free(panel->columns);
		free(panel->last);
		free(panel);
		panel = next;
	}
	free(map);
}

/* -- drawing ----------------------------------------------------------------------------------- */

/* The rows that hold something, and what the largest cell holds. */
struct extent {
	uint32_t first, end;
	uint64_t most;
};

static struct extent extent_of(const struct panel *panel)
{
	uint32_t buckets = panel->table->value->buckets;
	struct extent extent = { buckets, 0, 0 };

	for (uint32_t i = 0; i < panel->count; i++) {
		for (uint32_t j = 0; j < buckets; j++) {
			uint64_t count = panel->columns[i].counts[j];

			if (!count)
				continue;
			if (j < extent.first)
				extent.first = j;
			if (j >= extent.end)
				extent.end = j + 1;
			if (count > extent.most)
				extent.most = count;
		}
	}
	return extent;
}

/* The logarithm to base 2 of @n and its inverse, between powers of two as if it were a straight line: near
 * enough for colours. */
static double log_of(uint64_t n)
{
	int power = 63 - __builtin_clzll(n | 1);

	return power + ((double)n / (double)(1ull << power) - 1);
}

static uint64_t power_of(double log)
{
	int power = (int)log;

	return (uint64_t)((1 + (log - power)) * (double)(1ull << power));
}

/* Few are pale yellow, many dark red: through the logarithm, as counts differ by magnitudes. */
static void put_colour(uint64_t count, uint64_t most, struct strbuf *svg)
{
	static const struct {
		uint8_t red, green, blue;
	} stops[] = {
		{ 255, 247, 188 }, { 254, 196, 79 }, { 240, 100, 40 },
		{ 189, 0, 38 },    { 74, 0, 20 },
	};
	enum { LAST = sizeof stops / sizeof stops[0] - 1 };
	double at = most > 1 ? log_of(count) / log_of(most) * LAST : LAST;
	int from = at >= LAST ? LAST - 1 : (int)at;
	double part = at - from;

	strbuf_printf(
		svg, "#%02x%02x%02x",
		(unsigned int)(stops[from].red + part * (stops[from + 1].red - stops[from].red)),
		(unsigned int)(stops[from].green +
			       part * (stops[from + 1].green - stops[from].green)),
		(unsigned int)(stops[from].blue +
			       part * (stops[from + 1].blue - stops[from].blue)));
}

struct labels {
	char (*texts)[64]; /* of the buckets of the extent */
	uint32_t count, most;
};

static void take_label(void *data, const struct bucket *bucket)
{
	struct labels *labels = data;

	if (labels->count < labels->most)
		memcpy(labels->texts[labels->count++], bucket->label, sizeof bucket->label);
}

/* What hist_walk calls the buckets from extent->first on. */
static struct labels labels_of(const struct shape *shape, const struct extent *extent)
{
	struct labels labels = { .most = extent->end - extent->first };
	uint64_t *counts = calloc(shape->buckets, sizeof *counts);

	labels.texts = calloc(labels.most, sizeof *labels.texts);
	if (!labels.texts)
		labels.most = 0;
	if (counts) {
		for (uint32_t i = extent->first; i < extent->end; i++)
			counts[i] = 1;
		hist_walk(shape, counts, 1, take_label, &labels);
	}
	free(counts);
	return labels;
}

static double cell_width(const struct panel *panel)
{
	double width = (double)(MAP_WIDTH - MAP_LEFT - MAP_RIGHT) / panel->count;

	return width < CELL_MOST_WIDTH ? width : CELL_MOST_WIDTH;
}

static void put_ticks(const struct panel *panel, uint32_t y, struct strbuf *svg)
{
	double width = cell_width(panel), last = -TICK_PIXELS;

	for (uint32_t i = 0; i < panel->count; i++) {
		double x = MAP_LEFT + i * width;

		if (x < last + TICK_PIXELS)
			continue;
		last = x;
		strbuf_printf(svg,
			      "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%u\" y2=\"%u\" "
			      "stroke=\"#888\"/><text x=\"%.1f\" y=\"%u\" text-anchor=\"middle\">",
			      x + width / 2, x + width / 2, y, y + 5, x + width / 2, y + 18);
		text_time("%H:%M:%S", panel->columns[i].wall_ns, svg);
		strbuf_puts(svg, "</text>\n");
	}
}

static void put_cell(const struct panel *panel, uint32_t column, double y, uint64_t count,
		     const struct extent *extent, const char *label, struct strbuf *svg)
{
	double width = cell_width(panel);

	strbuf_printf(svg, "<rect x=\"%.2f\" y=\"%.0f\" width=\"%.2f\" height=\"%d\" fill=\"",
		      MAP_LEFT + column * width, y, width > 3 ? width - 1 : width, CELL_HEIGHT - 1);
	put_colour(count, extent->most, svg);
	strbuf_puts(svg, "\"><title>");
	text_time("%H:%M:%S", panel->columns[column].wall_ns, svg);
	strbuf_putc(svg, ' ');
	xml_text(label, svg);
	strbuf_printf(svg, ": %llu</title></rect>\n", (unsigned long long)count);
}

static void put_legend(const struct extent *extent, uint32_t y, struct strbuf *svg)
{
	enum { STEPS = 24, STEP_WIDTH = 5 };
	uint32_t x = MAP_WIDTH - MAP_RIGHT - STEPS * STEP_WIDTH - 60;

	strbuf_printf(svg, "<text x=\"%u\" y=\"%u\" text-anchor=\"end\">1</text>\n", x - 6, y + 10);
	for (uint32_t i = 0; i < STEPS; i++) {
		strbuf_printf(svg, "<rect x=\"%u\" y=\"%u\" width=\"%d\" height=\"12\" fill=\"",
			      x + i * STEP_WIDTH, y, STEP_WIDTH);
		put_colour(power_of(log_of(extent->most) * i / (STEPS - 1)), extent->most, svg);
		strbuf_puts(svg, "\"/>\n");
	}
	strbuf_printf(svg, "<text x=\"%u\" y=\"%u\">%llu</text>\n", x + STEPS * STEP_WIDTH + 6,
		      y + 10, (unsigned long long)extent->most);
}

static void put_panel(const struct panel *panel, const struct extent *extent, uint32_t top,
		      struct strbuf *svg)
{
	struct labels labels = labels_of(panel->table->value, extent);
	uint32_t rows = extent->end - extent->first;

	strbuf_printf(svg, "<text class=\"head\" x=\"%d\" y=\"%u\">", MAP_LEFT, top - 12);
	xml_text(panel->table->name, svg);
	strbuf_puts(svg, "</text>\n");
	put_legend(extent, top - 24, svg);
	for (uint32_t j = 0; j < labels.count; j++) {
		double y = top + (double)(rows - 1 - j) * CELL_HEIGHT;

		strbuf_printf(svg, "<text x=\"%d\" y=\"%.0f\" text-anchor=\"end\">", MAP_LEFT - 8,
			      y + 13);
		xml_text(labels.texts[j], svg);
		strbuf_puts(svg, "</text>\n");
		for (uint32_t i = 0; i < panel->count; i++) {
			uint64_t count = panel->columns[i].counts[extent->first + j];

			if (count)
				put_cell(panel, i, y, count, extent, labels.texts[j], svg);
		}
	}
	strbuf_printf(svg, "<line x1=\"%d\" x2=\"%d\" y1=\"%u\" y2=\"%u\" stroke=\"#888\"/>\n",
		      MAP_LEFT, MAP_WIDTH - MAP_RIGHT, top + rows * CELL_HEIGHT,
		      top + rows * CELL_HEIGHT);
	put_ticks(panel, top + rows * CELL_HEIGHT, svg);
	free(labels.texts);
}

static uint32_t map_height(const struct heatmap *map)
{
	uint32_t height = MAP_TOP + MAP_BOTTOM;

	for (const struct panel *panel = map ? map->panels : NULL; panel; panel = panel->next) {
		struct extent extent = extent_of(panel);

		if (extent.end)
			height += (extent.end - extent.first) * CELL_HEIGHT + MAP_GAP;
	}
	return height;
}

void heatmap_draw(const struct heatmap *map, struct strbuf *ret_svg)
{
	uint32_t height = map_height(map), top = MAP_TOP;

	strbuf_printf(ret_svg,
		      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %u\" "
		      "width=\"%d\" height=\"%u\">\n"
		      "<style>text { font: 12px 'DejaVu Sans Mono', Menlo, Consolas, monospace; "
		      "fill: #222; } .head { font-size: 16px; font-weight: bold; } "
		      "rect:hover { stroke: #222; }</style>\n"
		      "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
		      MAP_WIDTH, height, MAP_WIDTH, height);
	for (const struct panel *panel = map ? map->panels : NULL; panel; panel = panel->next) {
		struct extent extent = extent_of(panel);

		if (!extent.end)
			continue;
		put_panel(panel, &extent, top, ret_svg);
		top += (extent.end - extent.first) * CELL_HEIGHT + MAP_GAP;
	}
	if (top == MAP_TOP)
		strbuf_printf(ret_svg, "<text x=\"%d\" y=\"%d\">no histogram was filled</text>\n",
			      MAP_LEFT, MAP_TOP);
	strbuf_puts(ret_svg, "</svg>\n");
}
