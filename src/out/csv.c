/*
 * csv.c - tables as comma-separated values (RFC 4180, with newlines only): a row of names, then the rows.
 *
 * Each table that is printed is a block of its own, with an empty line between blocks.  The elements of tuples
 * and the fields of structs have a column each; so have the parts of an aggregate.  A histogram has a row
 * for each bucket, a time series one for each epoch.
 */
#include "base/bits.h"
#include "out/internal.h"

static void put_cell(struct strbuf *out, const char *text, size_t len)
{
	bool is_plain = !memchr(text, '"', len) && !memchr(text, ',', len) &&
			!memchr(text, '\n', len) && !memchr(text, '\r', len) &&
			(!len || (text[0] != ' ' && text[len - 1] != ' '));

	if (is_plain) {
		strbuf_add(out, text, len);
		return;
	}
	strbuf_putc(out, '"');
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"')
			strbuf_putc(out, '"');
		strbuf_putc(out, text[i]);
	}
	strbuf_putc(out, '"');
}

static void put_separator(struct strbuf *out, bool *is_first)
{
	if (!*is_first)
		strbuf_putc(out, ',');
	*is_first = false;
}

static void put_name(struct strbuf *out, const char *name, uint32_t number, bool *is_first)
{
	struct strbuf text = { 0 };

	put_separator(out, is_first);
	strbuf_puts(&text, name);
	if (number)
		text_unsigned(&text, number);
	put_cell(out, strbuf_text(&text), text.len);
	strbuf_release(&text);
}

static bool has_columns(const struct shape *shape)
{
	return shape->kind == SHAPE_TUPLE || shape->kind == SHAPE_RECORD ||
	       shape->kind == SHAPE_STRUCT || shape->kind == SHAPE_UNION;
}

/* -- names of columns -------------------------------------------------------------------------- */

/* Stacks are named after what they are, the only of its kind in most keys. */
static const char *stack_name(const struct shape *shape)
{
	return shape->kind == SHAPE_KSTACK ? "kstack" : "ustack";
}

static void put_value_names(struct strbuf *out, const struct shape *shape, const char *name,
			    bool *is_first)
{
	for (uint32_t i = 0; has_columns(shape) && i < shape->count; i++) {
		const char *field = shape->fields[i].name;

		if (field && *field)
			put_name(out, field, 0, is_first);
		else if (is_stack(shape->fields[i].shape))
			put_name(out, stack_name(shape->fields[i].shape), 0, is_first);
		else
			put_name(out, name, i + 1, is_first);
	}
	if (!has_columns(shape))
		put_name(out, is_stack(shape) ? stack_name(shape) : name, 0, is_first);
}

static void put_names(struct strbuf *out, const struct bundle_table *table)
{
	static const char *const names[][4] = {
		[SHAPE_STATS] = { "count", "average", "total" },
		[SHAPE_HIST] = { "min", "max", "count" },
		[SHAPE_LHIST] = { "min", "max", "count" },
		[SHAPE_TSERIES] = { "time", "value" },
	};
	enum shape_kind kind = table->value->kind;
	bool is_first = true;

	if (table->key)
		put_value_names(out, table->key, "key", &is_first);
	if (kind < ARRAY_LEN(names) && names[kind][0])
		for (size_t i = 0; names[kind][i]; i++)
			put_name(out, names[kind][i], 0, &is_first);
	else
		put_value_names(out, table->value, table->name, &is_first);
	strbuf_putc(out, '\n');
}

/* -- cells ------------------------------------------------------------------------------------- */

static void put_value(struct out *out, const struct shape *shape, const uint8_t *value,
		      bool *is_first)
{
	put_separator(&out->text, is_first);
	strbuf_reset(&out->scratch);
	if (is_stack(shape))
		folded_stack(out, shape, value, &out->scratch);
	else
		text_value(out, shape, value, &out->scratch);
	put_cell(&out->text, strbuf_text(&out->scratch), out->scratch.len);
}

static void put_values(struct out *out, const struct shape *shape, const uint8_t *value,
		       bool *is_first)
{
	uint8_t unpacked[16];

	if (!has_columns(shape)) {
		put_value(out, shape, value, is_first);
		return;
	}
	for (uint32_t i = 0; i < shape->count; i++)
		put_value(out, shape->fields[i].shape,
			  field_value(&shape->fields[i], value, unpacked), is_first);
}

static void put_number(struct strbuf *out, struct number number, bool *is_first)
{
	put_separator(out, is_first);
	text_number(out, number);
}

/* -- rows -------------------------------------------------------------------------------------- */

struct csv_row {
	struct out *out;
	const struct bundle_table *table;
	const struct out_row *row;
};

static bool put_row_key(const struct csv_row *row)
{
	bool is_first = true;

	if (row->table->key)
		put_values(row->out, row->table->key, row->row->key, &is_first);
	return is_first;
}

static void put_bucket(void *data, const struct bucket *bucket)
{
	const struct csv_row *row = data;
	struct strbuf *text = &row->out->text;
	bool is_first = put_row_key(row);

	put_separator(text, &is_first);
	if (bucket->has_min)
		text_number(text, (struct number){ (uint64_t)bucket->min, bucket->is_signed });
	put_separator(text, &is_first);
	if (bucket->has_max)
		text_number(text, (struct number){ bucket->max - 1, bucket->is_signed });
	put_number(text, (struct number){ bucket->count, false }, &is_first);
	strbuf_putc(text, '\n');
}

static void put_points(const struct csv_row *row, const struct series_range *range)
{
	const struct shape *shape = row->table->value;
	const struct out_point *points = (const void *)row->row->value;
	struct strbuf *text = &row->out->text;

	for (uint32_t i = 0; !range->is_empty && i < shape->buckets; i++) {
		bool is_first;

		if (!points[i].is_set || points[i].epoch < range->first)
			continue;
		is_first = put_row_key(row);
		put_separator(text, &is_first);
		text_utc(time_wall(row->out, shape->clock, points[i].epoch * shape->step), 'T',
			 text);
		strbuf_putc(text, 'Z');
		put_number(text, (struct number){ (uint64_t)points[i].value, shape->is_signed },
			   &is_first);
		strbuf_putc(text, '\n');
	}
}

static void put_row(struct csv_row *row, uint64_t divisor, const struct series_range *range)
{
	const struct shape *shape = row->table->value;
	const uint8_t *value = row->row->value;
	struct strbuf *text = &row->out->text;
	struct number number;
	bool is_first;

	switch (shape->kind) {
	case SHAPE_HIST:
	case SHAPE_LHIST: hist_walk(shape, (const void *)value, divisor, put_bucket, row); return;
	case SHAPE_TSERIES: put_points(row, range); return;
	default: break;
	}
	is_first = put_row_key(row);
	if (shape->kind == SHAPE_STATS) {
		put_number(text, (struct number){ load_u64(value + 8), false }, &is_first);
		put_number(text, number_divide(row_average(shape, value), divisor), &is_first);
		put_number(text, (struct number){ load_u64(value), shape->is_signed }, &is_first);
	} else if (divisor > 1 && shape->kind != SHAPE_BOOL && shape->kind != SHAPE_ENUM &&
		   shape->size <= 16 && number_of(shape, value, &number)) {
		put_number(text, number_divide(number, divisor), &is_first);
	} else {
		put_values(row->out, shape, value, &is_first);
	}
	strbuf_putc(text, '\n');
}

void csv_value(struct out *out, const struct shape *shape, const uint8_t *value)
{
	bool is_first = true;

	put_values(out, shape, value, &is_first);
	strbuf_putc(&out->text, '\n');
}

void csv_rows(struct out *out, const struct out_rows *rows, uint64_t divisor)
{
	struct series_range range = { .is_empty = true };

	if (!rows->count)
		return;
	if (rows->table->value->kind == SHAPE_TSERIES)
		range = series_range_of(rows);
	if (out->has_block)
		strbuf_putc(&out->text, '\n');
	out->has_block = true;
	put_names(&out->text, rows->table);
	for (size_t i = 0; i < rows->count; i++) {
		struct csv_row row = { out, rows->table, &rows->rows[i] };

		put_row(&row, divisor, &range);
	}
}
