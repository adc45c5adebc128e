/*
 * json.c - what is shown as JSON, one object a line, with the keys and the blanks of bpftrace.
 *
 * Integers that a double cannot hold are strings (RFC 8259, 6); bytes that are no UTF-8 become U+FFFD.  Enums
 * and pointers are numbers.  Keys of tables are always strings: those of tuples are joined by ','.
 */
#include <math.h>

#include "base/bits.h"
#include "base/json.h"
#include "out/internal.h"

/* Can a double hold this integer? */
static bool is_exact(uint64_t magnitude)
{
	if (!magnitude)
		return true;
	magnitude >>= __builtin_ctzll(magnitude);
	return magnitude < 1ull << 53;
}

static void put_number(struct number number, struct strbuf *out)
{
	bool is_negative = number.is_signed && (int64_t)number.value < 0;
	bool is_quoted = !is_exact(is_negative ? -number.value : number.value);

	if (is_quoted)
		strbuf_putc(out, '"');
	text_number(out, number);
	if (is_quoted)
		strbuf_putc(out, '"');
}

void json_text(const char *text, size_t len, struct strbuf *out)
{
	strbuf_putc(out, '"');
	json_escape(out, text, len);
	strbuf_putc(out, '"');
}

/* -- values ------------------------------------------------------------------------------------ */

static void put_as_text(struct out *out, const struct shape *shape, const uint8_t *value,
			struct strbuf *ret_text)
{
	struct strbuf text = { 0 };

	text_value(out, shape, value, &text);
	json_text(strbuf_text(&text), text.len, ret_text);
	strbuf_release(&text);
}

static void put_bytes(const struct shape *shape, const uint8_t *value, struct strbuf *out)
{
	size_t len;
	const uint8_t *bytes = buffer_of(shape, value, &len);

	strbuf_putc(out, '[');
	for (size_t i = 0; i < len; i++) {
		if (i)
			strbuf_putc(out, ',');
		text_unsigned(out, bytes[i]);
	}
	strbuf_putc(out, ']');
}

static void put_array(struct out *out, const struct shape *shape, const uint8_t *value,
		      struct strbuf *ret_text)
{
	strbuf_putc(ret_text, '[');
	for (uint32_t i = 0; i < shape->count; i++) {
		if (i)
			strbuf_putc(ret_text, ',');
		json_value(out, shape->of, value + (size_t)i * shape->of->size, ret_text);
	}
	strbuf_putc(ret_text, ']');
}

static void put_tuple(struct out *out, const struct shape *shape, const uint8_t *value,
		      struct strbuf *ret_text)
{
	strbuf_putc(ret_text, '[');
	for (uint32_t i = 0; i < shape->count; i++) {
		if (i)
			strbuf_putc(ret_text, ',');
		json_value(out, shape->fields[i].shape, value + shape->fields[i].offset, ret_text);
	}
	strbuf_putc(ret_text, ']');
}

/* Members without a name show their own: whether anything was written. */
static bool put_fields(struct out *out, const struct shape *shape, const uint8_t *value,
		       bool is_first, struct strbuf *ret_text)
{
	uint8_t unpacked[16];

	for (uint32_t i = 0; i < shape->count; i++) {
		const struct shape_field *field = &shape->fields[i];
		const uint8_t *bytes = field_value(field, value, unpacked);
		bool is_nameless = !field->name || !*field->name;

		if (is_nameless &&
		    (field->shape->kind == SHAPE_STRUCT || field->shape->kind == SHAPE_UNION)) {
			is_first &= !put_fields(out, field->shape, bytes, is_first, ret_text);
			continue;
		}
		if (!is_first)
			strbuf_puts(ret_text, ", ");
		is_first = false;
		json_text(field->name ? field->name : "", field->name ? strlen(field->name) : 0,
			  ret_text);
		strbuf_puts(ret_text, ": ");
		json_value(out, field->shape, bytes, ret_text);
	}
	return !is_first;
}

/* JSON has neither infinity nor 'not a number': they are strings. */
static void put_float(struct out *out, const struct shape *shape, const uint8_t *value,
		      struct strbuf *ret_text)
{
	if (isfinite(load_float(shape, value)))
		text_value(out, shape, value, ret_text);
	else
		put_as_text(out, shape, value, ret_text);
}

void json_value(struct out *out, const struct shape *shape, const uint8_t *value,
		struct strbuf *ret_text)
{
	struct number number;

	switch (shape->kind) {
	case SHAPE_BOOL: strbuf_puts(ret_text, *value ? "true" : "false"); return;
	case SHAPE_INT:
		if (shape->size == 16) {
			put_as_text(out, shape, value, ret_text);
			return;
		}
		__attribute__((fallthrough));
	case SHAPE_ENUM:
	case SHAPE_POINTER:
	case SHAPE_COUNT:
	case SHAPE_SUM:
	case SHAPE_MIN:
	case SHAPE_MAX:
	case SHAPE_AVG:
		if (number_of(shape, value, &number))
			put_number(number, ret_text);
		return;
	case SHAPE_FLOAT: put_float(out, shape, value, ret_text); return;
	case SHAPE_BUFFER: put_bytes(shape, value, ret_text); return;
	case SHAPE_ARRAY: put_array(out, shape, value, ret_text); return;
	case SHAPE_TUPLE: put_tuple(out, shape, value, ret_text); return;
	case SHAPE_RECORD:
	case SHAPE_STRUCT:
	case SHAPE_UNION:
		strbuf_putc(ret_text, '{');
		(void)put_fields(out, shape, value, true, ret_text);
		strbuf_putc(ret_text, '}');
		return;
	case SHAPE_STRING:
	case SHAPE_INET:
	case SHAPE_MAC:
	case SHAPE_KSTACK:
	case SHAPE_USTACK:
	case SHAPE_KSYM:
	case SHAPE_USYM:
	case SHAPE_TIMESTAMP:
	case SHAPE_CGROUP_PATH:
	case SHAPE_USERNAME:
	case SHAPE_PROBE: put_as_text(out, shape, value, ret_text); return;
	case SHAPE_STATS:
	case SHAPE_HIST:
	case SHAPE_LHIST:
	case SHAPE_TSERIES: return; /* only rows have these */
	}
}

/* -- rows -------------------------------------------------------------------------------------- */

/* Blanks of structs and of the frames of stacks are left out of keys; those of strings stay. */
static void put_key(struct out *out, const struct shape *shape, const uint8_t *value,
		    struct strbuf *key)
{
	size_t start = key->len, end;

	if (shape->kind == SHAPE_TUPLE) {
		for (uint32_t i = 0; i < shape->count; i++) {
			const struct shape_field *field = &shape->fields[i];
			bool is_nested = field->shape->kind == SHAPE_TUPLE;

			strbuf_puts(key, i && is_nested ? ",(" : i ? "," : is_nested ? "(" : "");
			put_key(out, field->shape, value + field->offset, key);
			strbuf_puts(key, is_nested ? ")" : "");
		}
		return;
	}
	text_value(out, shape, value, key);
	if (key->failed || (shape->kind != SHAPE_STRUCT && shape->kind != SHAPE_RECORD &&
			    shape->kind != SHAPE_UNION && !is_stack(shape)))
		return;
	end = start;
	for (size_t i = start; i < key->len; i++)
		if (key->data[i] != ' ')
			key->data[end++] = key->data[i];
	key->len = end;
	key->data[end] = '\0';
}

static void put_bucket(void *data, const struct bucket *bucket)
{
	struct strbuf *out = data;

	if (out->len && out->data[out->len - 1] == '}')
		strbuf_putc(out, ',');
	strbuf_putc(out, '{');
	if (bucket->has_min) {
		strbuf_puts(out, "\"min\": ");
		put_number((struct number){ (uint64_t)bucket->min, bucket->is_signed }, out);
		strbuf_puts(out, ", ");
	}
	if (bucket->has_max) {
		strbuf_puts(out, "\"max\": ");
		put_number((struct number){ bucket->max - 1, bucket->is_signed }, out);
		strbuf_puts(out, ", ");
	}
	strbuf_puts(out, "\"count\": ");
	text_unsigned(out, bucket->count);
	strbuf_putc(out, '}');
}

static void put_stats(const struct shape *shape, const uint8_t *value, uint64_t divisor,
		      struct strbuf *out)
{
	strbuf_puts(out, "{\"count\": ");
	put_number((struct number){ load_u64(value + 8), false }, out);
	strbuf_puts(out, ", \"average\": ");
	put_number(number_divide(row_average(shape, value), divisor), out);
	strbuf_puts(out, ", \"total\": ");
	put_number((struct number){ load_u64(value), shape->is_signed }, out);
	strbuf_putc(out, '}');
}

static void put_series(struct out *out, const struct shape *shape, const struct out_point *points,
		       const struct series_range *range, struct strbuf *ret_text)
{
	bool is_first = true;

	strbuf_putc(ret_text, '[');
	for (uint32_t i = 0; !range->is_empty && i < shape->buckets; i++) {
		if (!points[i].is_set || points[i].epoch < range->first)
			continue;
		strbuf_puts(ret_text, is_first ? "" : ",");
		is_first = false;
		strbuf_puts(ret_text, "{\"interval_start\":\"");
		text_utc(time_wall(out, shape->clock, points[i].epoch * shape->step), ' ',
			 ret_text);
		strbuf_puts(ret_text, "\",\"value\":");
		put_number((struct number){ (uint64_t)points[i].value, shape->is_signed },
			   ret_text);
		strbuf_putc(ret_text, '}');
	}
	strbuf_putc(ret_text, ']');
}

static void put_row_value(struct out *out, const struct shape *shape, const uint8_t *value,
			  uint64_t divisor, const struct series_range *range)
{
	struct strbuf *text = &out->text;
	struct number number;

	switch (shape->kind) {
	case SHAPE_STATS: put_stats(shape, value, divisor, text); return;
	case SHAPE_HIST:
	case SHAPE_LHIST:
		strbuf_putc(text, '[');
		hist_walk(shape, (const void *)value, divisor, put_bucket, text);
		strbuf_putc(text, ']');
		return;
	case SHAPE_TSERIES: put_series(out, shape, (const void *)value, range, text); return;
	case SHAPE_INT:
		if (shape->size > 8)
			break;
		__attribute__((fallthrough));
	case SHAPE_COUNT:
	case SHAPE_SUM:
	case SHAPE_MIN:
	case SHAPE_MAX:
	case SHAPE_AVG:
		if (number_of(shape, value, &number))
			put_number(number_divide(number, divisor), text);
		return;
	default: break;
	}
	json_value(out, shape, value, text);
}

static const char *rows_type(const struct shape *value)
{
	switch (value->kind) {
	case SHAPE_AVG:
	case SHAPE_STATS: return "stats";
	case SHAPE_HIST:
	case SHAPE_LHIST: return "hist";
	case SHAPE_TSERIES: return "tseries";
	default: return "map";
	}
}

/* -- objects ----------------------------------------------------------------------------------- */

static void json_begin(struct out *out, const char *type)
{
	strbuf_printf(&out->text, "{\"type\": \"%s\"", type);
	if (out->options.format != OUT_JSONL)
		return;
	strbuf_puts(&out->text, ", \"time\": \"");
	text_utc(time_now(out), 'T', &out->text);
	strbuf_puts(&out->text, "Z\"");
}

void json_data_text(struct out *out, const char *type, const char *text, size_t len)
{
	json_begin(out, type);
	strbuf_puts(&out->text, ", \"data\": ");
	json_text(text, len, &out->text);
	strbuf_puts(&out->text, "}\n");
}

void json_data_value(struct out *out, const struct shape *shape, const uint8_t *value)
{
	json_begin(out, "value");
	strbuf_puts(&out->text, ", \"data\": ");
	json_value(out, shape, value, &out->text);
	strbuf_puts(&out->text, "}\n");
}

void json_count(struct out *out, const char *type, const char *member, uint64_t count)
{
	json_begin(out, type);
	strbuf_printf(&out->text, ", \"count\": %llu, \"data\": {\"%s\": %llu}}\n",
		      (unsigned long long)count, member, (unsigned long long)count);
}

/* 'msg' and what names its place. */
void json_message(struct out *out, const char *type, const struct span *span, const char *text,
		  const char *helper, int retcode)
{
	const struct source *source = out->options.bundle->source;
	unsigned int line, column;

	json_begin(out, type);
	strbuf_puts(&out->text, ", \"msg\": ");
	json_text(text, strlen(text), &out->text);
	if (helper) {
		strbuf_puts(&out->text, ", \"helper\": ");
		json_text(helper, strlen(helper), &out->text);
		strbuf_printf(&out->text, ", \"retcode\": %d", retcode);
	}
	if (source && span && span->offset <= source->len) {
		source_position(source, span->offset, &line, &column);
		strbuf_puts(&out->text, ", \"filename\": ");
		json_text(place_name(source, span->offset),
			  strlen(place_name(source, span->offset)), &out->text);
		strbuf_printf(&out->text, ", \"line\": %u, \"col\": %u", line, column);
	}
	strbuf_puts(&out->text, "}\n");
}

void json_rows(struct out *out, const struct out_rows *rows, uint64_t divisor)
{
	const struct bundle_table *table = rows->table;
	struct series_range range = { .is_empty = true };

	if (!rows->count)
		return;
	if (table->value->kind == SHAPE_TSERIES)
		range = series_range_of(rows);
	json_begin(out, rows_type(table->value));
	strbuf_puts(&out->text, ", \"data\": {");
	json_text(table->name, strlen(table->name), &out->text);
	strbuf_puts(&out->text, table->key ? ": {" : ": ");
	for (size_t i = 0; i < rows->count; i++) {
		if (i)
			strbuf_puts(&out->text, ", ");
		if (table->key) {
			strbuf_reset(&out->key);
			put_key(out, table->key, rows->rows[i].key, &out->key);
			json_text(strbuf_text(&out->key), out->key.len, &out->text);
			strbuf_puts(&out->text, ": ");
		}
		put_row_value(out, table->value, rows->rows[i].value, divisor, &range);
	}
	strbuf_puts(&out->text, table->key ? "}}}\n" : "}}\n");
}
