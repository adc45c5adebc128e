/*
 * format.c - fuzzing of printf's formats, for libFuzzer: any text is a format, any bytes are a record.
 *
 * The first byte is the number of values, then comes one byte for each that chooses its shape, then the
 * format up to a NUL, then the record; what is missing of it is zero.  What is printed must be the
 * same each time, and the format itself where it has no '%'.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "out/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	MOST_VALUES = 16,
	MOST_TEXT = 512, /* every conversion may fill 64 KiB */
};

static const struct shape u8 = { .kind = SHAPE_INT, .size = 1 };
static const struct shape u64 = { .kind = SHAPE_INT, .size = 8 };
static const struct shape i32 = { .kind = SHAPE_INT, .size = 4, .is_signed = true };
static const struct shape_field quotient_fields[] = {
	{ .name = "", .shape = &i32, .offset = 0 },
	{ .name = "", .shape = &u64, .offset = 8 },
};
static const struct shape quotient = { .kind = SHAPE_TUPLE,
				       .size = 16,
				       .fields = quotient_fields,
				       .count = 2 };
static const struct shape_field nested_fields[] = {
	{ .name = "", .shape = &quotient, .offset = 0 },
	{ .name = "", .shape = &quotient, .offset = 16 },
};
static const struct shape_field member_fields[] = {
	{ .name = "low", .shape = &i32, .bit_offset = 0, .bit_count = 5 },
	{ .name = "high", .shape = &u64, .bit_offset = 5, .bit_count = 59 },
	{ .name = "", .shape = &quotient, .offset = 8 },
};
static const struct shape_enumerator enumerators[] = { { "NONE", 0 }, { "ONE", 1 } };

static const struct shape shapes[] = {
	{ .kind = SHAPE_INT, .size = 1, .is_signed = true },
	{ .kind = SHAPE_INT, .size = 2 },
	{ .kind = SHAPE_INT, .size = 4, .is_signed = true },
	{ .kind = SHAPE_INT, .size = 8 },
	{ .kind = SHAPE_INT, .size = 16, .is_signed = true },
	{ .kind = SHAPE_BOOL, .size = 1 },
	{ .kind = SHAPE_ENUM, .size = 4, .enumerators = enumerators, .count = 2 },
	{ .kind = SHAPE_FLOAT, .size = 4 },
	{ .kind = SHAPE_FLOAT, .size = 8 },
	{ .kind = SHAPE_FLOAT, .size = 16 },
	{ .kind = SHAPE_POINTER, .size = 8 },
	{ .kind = SHAPE_STRING, .size = 12 },
	{ .kind = SHAPE_STRING, .size = 0 },
	{ .kind = SHAPE_BUFFER, .size = 20 },
	{ .kind = SHAPE_INET, .size = 20 },
	{ .kind = SHAPE_MAC, .size = 6 },
	{ .kind = SHAPE_ARRAY, .size = 5, .of = &u8, .count = 5 },
	{ .kind = SHAPE_TUPLE, .size = 16, .fields = quotient_fields, .count = 2 },
	{ .kind = SHAPE_TUPLE, .size = 32, .fields = nested_fields, .count = 2 },
	{ .kind = SHAPE_STRUCT, .size = 24, .fields = member_fields, .count = 3 },
	{ .kind = SHAPE_TIMESTAMP, .size = 8, .clock = CLOCK_REAL },
	{ .kind = SHAPE_PROBE, .size = 4 },
};

static void must(bool good)
{
	if (!good)
		abort();
}

/* The bytes of @in, of which some are taken. */
struct input {
	const uint8_t *bytes;
	size_t left;
};

static uint8_t take(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->bytes++;
}

/* The text up to a NUL, of which there is exactly one allocation: reads behind it are seen. */
static char *take_text(struct input *in)
{
	size_t len = strnlen((const char *)in->bytes, in->left);
	char *text;

	if (len > MOST_TEXT)
		len = MOST_TEXT;
	text = strndup((const char *)in->bytes, len);
	in->bytes += len;
	in->left -= len;
	(void)take(in);
	return text;
}

static void choose_fields(struct input *in, struct shape *payload, struct shape_field *fields)
{
	payload->count = take(in) % (MOST_VALUES + 1);
	payload->fields = fields;
	for (uint32_t i = 0; i < payload->count; i++) {
		const struct shape *shape = &shapes[take(in) % ARRAY_LEN(shapes)];

		fields[i] =
			(struct shape_field){ .name = "", .shape = shape, .offset = payload->size };
		payload->size += (uint32_t)align_up(shape->size, 8);
	}
}

static void print(struct out *out, const char *text, const struct shape *payload,
		  const uint8_t *record)
{
	struct strbuf once = { 0 }, again = { 0 };
	struct arena arena = { 0 };
	const struct text_format *format = text_format_parse(&arena, text);

	if (format) {
		text_format_print(out, format, payload, record, &once);
		text_format_print(out, format, payload, record, &again);
		must(once.len == again.len);
		must(!once.len || !memcmp(once.data, again.data, once.len));
		must(strchr(text, '%') || !strcmp(strbuf_text(&once), text));
	}
	strbuf_release(&once);
	strbuf_release(&again);
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "begin", "end" };
	static const struct bundle bundle = { .names = names,
					      .name_count = 2,
					      .config = { .str_trunc_trailer = ".." } };
	struct shape payload = { .kind = SHAPE_TUPLE };
	struct shape_field fields[MOST_VALUES];
	struct input in = { data, size };
	struct out *out = out_new(&(struct out_options){ .file = stdout, .bundle = &bundle });
	uint8_t *record;
	char *text;

	choose_fields(&in, &payload, fields);
	text = take_text(&in);
	record = calloc(1, payload.size ? payload.size : 1);
	if (out && text && record) {
		for (uint32_t i = 0; i < payload.size; i++)
			record[i] = take(&in);
		print(out, text, &payload, record);
	}
	free(record);
	free(text);
	out_free(out);
	return 0;
}
