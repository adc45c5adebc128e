/*
 * table.c - the order of the rows of a table.
 *
 * As bpftrace has it: numbers, counts and sums by value; averages and histograms by their average and total;
 * all others by key.  Rows that are equal so are in the order of their keys, which bpftrace leaves to chance,
 * as it does with keys that are neither integers nor strings.
 */
#include <math.h>
#include <stdlib.h>

#include "base/bits.h"
#include "out/internal.h"

static int compare_unsigned(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_numbers(struct number a, struct number b)
{
	if (a.is_signed && b.is_signed) {
		int64_t x = (int64_t)a.value, y = (int64_t)b.value;

		return x < y ? -1 : x > y;
	}
	return compare_unsigned(a.value, b.value);
}

/* What is no number is behind all that are. */
static int compare_floats(long double a, long double b)
{
	if (isnan(a) || isnan(b))
		return !!isnan(a) - !!isnan(b);
	return (a > b) - (a < b);
}

static int compare_bytes(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	size_t len = a_len < b_len ? a_len : b_len;
	int order = len ? memcmp(a, b, len) : 0;

	return order ? order : compare_unsigned(a_len, b_len);
}

static int compare_buffers(const struct shape *shape, const uint8_t *a, const uint8_t *b)
{
	size_t a_len, b_len;
	const uint8_t *a_bytes = buffer_of(shape, a, &a_len);
	const uint8_t *b_bytes = buffer_of(shape, b, &b_len);

	return compare_bytes(a_bytes, a_len, b_bytes, b_len);
}

static int compare_strings(const struct shape *shape, const uint8_t *a, const uint8_t *b)
{
	bool is_cut;

	return compare_bytes(a, string_len(shape, a, &is_cut), b, string_len(shape, b, &is_cut));
}

/* By their names, not by where they stand in the script. */
static int compare_probes(const struct bundle *bundle, const uint8_t *a, const uint8_t *b)
{
	uint32_t x = load_u32(a), y = load_u32(b);

	if (x >= bundle->name_count || y >= bundle->name_count)
		return compare_unsigned(x, y);
	return strcmp(bundle->names[x], bundle->names[y]);
}

static int compare_fields(const struct bundle *bundle, const struct shape *shape, const uint8_t *a,
			  const uint8_t *b)
{
	uint8_t a_unpacked[16], b_unpacked[16];

	for (uint32_t i = 0; i < shape->count; i++) {
		const struct shape_field *field = &shape->fields[i];
		int order = shape_compare(bundle, field->shape, field_value(field, a, a_unpacked),
					  field_value(field, b, b_unpacked));

		if (order)
			return order;
	}
	return 0;
}

static int compare_elements(const struct bundle *bundle, const struct shape *shape,
			    const uint8_t *a, const uint8_t *b)
{
	for (uint32_t i = 0; i < shape->count; i++) {
		size_t offset = (size_t)i * shape->of->size;
		int order = shape_compare(bundle, shape->of, a + offset, b + offset);

		if (order)
			return order;
	}
	return 0;
}

int shape_compare(const struct bundle *bundle, const struct shape *shape, const uint8_t *a,
		  const uint8_t *b)
{
	struct number x, y;

	switch (shape->kind) {
	case SHAPE_STRING: return compare_strings(shape, a, b);
	case SHAPE_BUFFER: return compare_buffers(shape, a, b);
	case SHAPE_PROBE: return compare_probes(bundle, a, b);
	case SHAPE_FLOAT: return compare_floats(load_float(shape, a), load_float(shape, b));
	case SHAPE_TUPLE:
	case SHAPE_RECORD:
	case SHAPE_STRUCT:
	case SHAPE_UNION: return compare_fields(bundle, shape, a, b);
	case SHAPE_ARRAY: return compare_elements(bundle, shape, a, b);
	default:
		if (shape->size <= 8 && number_of(shape, a, &x) && number_of(shape, b, &y))
			return compare_numbers(x, y);
		return memcmp(a, b, shape->size);
	}
}

/* -- rows -------------------------------------------------------------------------------------- */

struct order {
	const struct bundle *bundle;
	const struct bundle_table *table;
	bool by_key, is_reverse;
};

static int compare_values(const struct bundle *bundle, const struct shape *shape, const uint8_t *a,
			  const uint8_t *b)
{
	switch (shape->kind) {
	case SHAPE_COUNT:
	case SHAPE_SUM:
	case SHAPE_MIN:
	case SHAPE_MAX:
	case SHAPE_AVG:
	case SHAPE_STATS: return compare_numbers(row_number(shape, a), row_number(shape, b));
	case SHAPE_HIST:
	case SHAPE_LHIST:
		return compare_unsigned(hist_total(shape, (const void *)a),
					hist_total(shape, (const void *)b));
	case SHAPE_TSERIES: return 0;
	default: return shape_compare(bundle, shape, a, b);
	}
}

static int compare_rows(const void *left, const void *right, void *data)
{
	const struct out_row *a = left, *b = right;
	const struct order *order = data;
	int result = 0;

	if (!order->by_key)
		result = compare_values(order->bundle, order->table->value, a->value, b->value);
	if (!result && order->table->key)
		result = shape_compare(order->bundle, order->table->key, a->key, b->key);
	return order->is_reverse ? -result : result;
}

static bool is_usually_by_value(const struct shape *value)
{
	return value->kind == SHAPE_INT || value->kind == SHAPE_ENUM ||
	       (value->kind >= SHAPE_COUNT && value->kind != SHAPE_TSERIES);
}

void rows_sort(const struct bundle *bundle, struct out_rows *rows, const char *sort)
{
	struct order order = { .bundle = bundle, .table = rows->table };
	const char *by = sort && *sort == '-' ? sort + 1 : sort;

	if (rows->count < 2)
		return;
	order.is_reverse = by != sort;
	order.by_key = by ? strcmp(by, "key") == 0 : !is_usually_by_value(rows->table->value);
	qsort_r(rows->rows, rows->count, sizeof rows->rows[0], compare_rows, &order);
}

/* -- text -------------------------------------------------------------------------------------- */

static void text_row(struct out *out, const struct bundle_table *table, const struct out_row *row,
		     uint64_t divisor, const struct series_range *range)
{
	const struct shape *shape = table->value;
	struct strbuf *text = &out->text;

	strbuf_puts(text, table->name);
	if (table->key) {
		strbuf_putc(text, '[');
		text_key(out, table->key, row->key, text);
		strbuf_putc(text, ']');
	}
	strbuf_putc(text, ':');
	switch (shape->kind) {
	case SHAPE_HIST:
	case SHAPE_LHIST:
		strbuf_putc(text, '\n');
		text_hist(shape, (const void *)row->value, divisor, text);
		break;
	case SHAPE_TSERIES:
		strbuf_putc(text, '\n');
		text_series(out, shape, (const void *)row->value, range, text);
		break;
	default:
		strbuf_putc(text, ' ');
		text_row_value(out, shape, row->value, divisor, text);
		break;
	}
	strbuf_putc(text, '\n');
}

void text_rows(struct out *out, const struct out_rows *rows, uint64_t divisor)
{
	struct series_range range = { .is_empty = true };

	if (rows->table->value->kind == SHAPE_TSERIES)
		range = series_range_of(rows);
	for (size_t i = 0; i < rows->count; i++)
		text_row(out, rows->table, &rows->rows[i], divisor, &range);
}
