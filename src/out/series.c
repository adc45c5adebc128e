/*
 * series.c - time series drawn as charts: one line for each epoch, one column for each 52nd of the range.
 */
#include <stdio.h>

#include "out/internal.h"

enum {
	CHART_COLUMNS = 53,
	CHART_LEFT_LABEL = 21,
	NS_PER_S = 1000000000,
};

/* How times are written: by how far the epochs are from each other. */
static const struct {
	uint64_t least_ns;
	const char *unit;
	uint32_t digits, ns_per_digit;
} resolutions[] = {
	/* clang-format off */
	{ NS_PER_S, "",    0, NS_PER_S },
	{ 1000000,  ".ms", 3, 1000000 },
	{ 1000,     ".µs", 6, 1000 },
	{ 0,        ".ns", 9, 1 },
	/* clang-format on */
};

struct series_range series_range_of(const struct out_rows *rows)
{
	const struct shape *shape = rows->table->value;
	struct series_range range = { .is_empty = true };

	for (size_t i = 0; i < rows->count; i++) {
		const struct out_point *points = (const void *)rows->rows[i].value;

		for (uint32_t j = 0; j < shape->buckets; j++) {
			if (!points[j].is_set || points[j].epoch < range.last)
				continue;
			range.last = points[j].epoch;
			range.is_empty = false;
		}
	}
	if (range.last >= shape->buckets)
		range.first = range.last - shape->buckets + 1;
	return range;
}

uint32_t series_begin(const struct shape *shape, const struct out_point *points,
		      const struct series_range *range)
{
	uint32_t i = 0;

	while (i < shape->buckets && (!points[i].is_set || points[i].epoch < range->first))
		i++;
	return i;
}

struct chart {
	const struct shape *shape;
	int64_t low, high; /* of the values, as signed or unsigned */
	size_t resolution;
};

static bool is_less(const struct chart *chart, int64_t a, int64_t b)
{
	return chart->shape->is_signed ? a < b : (uint64_t)a < (uint64_t)b;
}

/* How far @to is from @from, as bpftrace rounds it. */
static float distance(int64_t from, int64_t to)
{
	return (float)(int64_t)((uint64_t)from - (uint64_t)to);
}

/* Room beside a line of equal values, where there are numbers beyond. */
static void widen(struct chart *chart)
{
	int64_t least = chart->shape->is_signed ? INT64_MIN : 0;
	int64_t most = chart->shape->is_signed ? INT64_MAX : -1;

	if (chart->low != chart->high)
		return;
	if (chart->low != least)
		chart->low--;
	if (chart->high != most)
		chart->high++;
}

static struct chart chart_of(const struct shape *shape, const struct out_point *points,
			     uint32_t first, uint64_t epochs)
{
	struct chart chart = { shape, points[first].value, points[first].value, 0 };
	/* A single point has no distance to another: bpftrace shows its nanoseconds. */
	uint64_t step = epochs > 1 ? shape->step : 0;

	for (uint32_t i = first; i < shape->buckets; i++) {
		if (!points[i].is_set)
			continue;
		if (is_less(&chart, points[i].value, chart.low))
			chart.low = points[i].value;
		if (is_less(&chart, chart.high, points[i].value))
			chart.high = points[i].value;
	}
	widen(&chart);
	while (step < resolutions[chart.resolution].least_ns)
		chart.resolution++;
	return chart;
}

static size_t time_columns(const struct chart *chart)
{
	uint32_t digits = resolutions[chart->resolution].digits;

	return digits ? 9 + digits : 8;
}

static void put_value(const struct chart *chart, int64_t value, struct strbuf *out)
{
	text_number(out, (struct number){ (uint64_t)value, chart->shape->is_signed });
}

/* The least value on the left, the greatest on the right. */
static void put_bounds(const struct chart *chart, struct strbuf *out)
{
	struct strbuf low = { 0 }, high = { 0 };

	put_value(chart, chart->low, &low);
	put_value(chart, chart->high, &high);
	strbuf_printf(out, "%*s%-*s%*s\n", (int)time_columns(chart) + 1, "", CHART_LEFT_LABEL,
		      strbuf_text(&low), CHART_COLUMNS - CHART_LEFT_LABEL, strbuf_text(&high));
	strbuf_release(&low);
	strbuf_release(&high);
}

static void put_rule(const struct chart *chart, bool is_top, struct strbuf *out)
{
	char rule[CHART_COLUMNS];
	const char *unit = resolutions[chart->resolution].unit;
	size_t columns = 0;

	memset(rule, '_', sizeof rule);
	rule[0] = rule[sizeof rule - 1] = is_top ? '|' : 'v';
	if (is_top) {
		strbuf_printf(out, "hh:mm:ss%s", unit);
		columns = *unit ? 11 : 8;
	}
	strbuf_printf(out, "%*s", (int)(time_columns(chart) + 1 - columns), "");
	strbuf_add(out, rule, sizeof rule);
	strbuf_putc(out, '\n');
}

static void put_time(struct out *out, const struct chart *chart, uint64_t epoch,
		     struct strbuf *ret_text)
{
	uint64_t wall = time_wall(out, chart->shape->clock, epoch * chart->shape->step);
	uint32_t digits = resolutions[chart->resolution].digits;

	text_time("%H:%M:%S", wall, ret_text);
	if (digits)
		strbuf_printf(ret_text, ".%0*u", (int)digits,
			      (unsigned int)(wall % NS_PER_S) /
				      resolutions[chart->resolution].ns_per_digit);
	strbuf_putc(ret_text, ' ');
}

static int zero_column(const struct chart *chart)
{
	if (!chart->shape->is_signed || chart->low >= 0 || chart->high <= 0)
		return 0;
	return (int)(CHART_COLUMNS * distance(chart->low, 0) / distance(chart->low, chart->high));
}

static int value_column(const struct chart *chart, int64_t value)
{
	int column = CHART_COLUMNS / 2;

	if (chart->low != chart->high)
		column = (int)((CHART_COLUMNS - 1) * distance(chart->low, value) /
			       distance(chart->low, chart->high));
	return column < 0 ? 0 : column >= CHART_COLUMNS ? CHART_COLUMNS - 1 : column;
}

/* The line of an epoch; @point is NULL when nothing happened in it. */
static void put_line(const struct chart *chart, const struct out_point *point, struct strbuf *out)
{
	char line[CHART_COLUMNS];
	int zero = zero_column(chart);

	memset(line, ' ', sizeof line);
	line[0] = line[sizeof line - 1] = '|';
	if (zero > 0 && zero < CHART_COLUMNS)
		line[zero] = '.';
	if (point)
		line[value_column(chart, point->value)] = '*';
	strbuf_add(out, line, sizeof line);
	strbuf_putc(out, ' ');
	if (point)
		put_value(chart, point->value, out);
	else
		strbuf_putc(out, '-');
	strbuf_putc(out, '\n');
}

void text_series(struct out *out, const struct shape *shape, const struct out_point *points,
		 const struct series_range *range, struct strbuf *ret_text)
{
	uint32_t at = range->is_empty ? shape->buckets : series_begin(shape, points, range);
	struct chart chart;
	uint64_t first, epochs;

	if (at == shape->buckets) {
		strbuf_puts(ret_text, "<no data>");
		return;
	}
	first = points[at].epoch;
	epochs = range->last - first + 1;
	chart = chart_of(shape, points, at, epochs);
	put_bounds(&chart, ret_text);
	put_rule(&chart, true, ret_text);
	for (uint64_t i = 0; i < epochs; i++) {
		uint64_t epoch = first + i;

		while (at < shape->buckets && (!points[at].is_set || points[at].epoch < epoch))
			at++;
		put_time(out, &chart, epoch, ret_text);
		put_line(&chart,
			 at < shape->buckets && points[at].epoch == epoch ? &points[at] : NULL,
			 ret_text);
	}
	put_rule(&chart, false, ret_text);
	put_bounds(&chart, ret_text);
}
