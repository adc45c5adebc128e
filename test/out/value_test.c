/* value_test.c - single values as text and as JSON. */
#include <sys/socket.h>

#include "fixture.h"

static const struct shape boolean = { .kind = SHAPE_BOOL, .size = 1 };
static const struct shape pointer = { .kind = SHAPE_POINTER, .size = 8 };
static const struct shape buffer = { .kind = SHAPE_BUFFER, .size = 12 };
static const struct shape inet = { .kind = SHAPE_INET, .size = 20 };
static const struct shape mac = { .kind = SHAPE_MAC, .size = 6 };
static const struct shape array = { .kind = SHAPE_ARRAY, .size = 12, .count = 3, .of = &shape_i32 };
static const struct shape wide = { .kind = SHAPE_INT, .size = 16, .is_signed = true };
static const struct shape moment = {
	.kind = SHAPE_TIMESTAMP,
	.size = 8,
	.text = "%F %T.%f %%f",
	.clock = CLOCK_REAL,
};

static const struct shape_enumerator colours[] = { { "RED", 1 }, { "NONE", UINT64_MAX } };
static const struct shape colour = {
	.kind = SHAPE_ENUM,
	.size = 4,
	.is_signed = true,
	.count = 2,
	.enumerators = colours,
};

static const struct shape pair = {
	.kind = SHAPE_TUPLE,
	.size = 16,
	.count = 2,
	FIELDS(FIELD("", &shape_i64, 0), FIELD("", &shape_str8, 8)),
};
static const struct shape inner = {
	.kind = SHAPE_STRUCT,
	.size = 8,
	.count = 2,
	FIELDS(FIELD("x", &shape_i32, 0), FIELD("y", &shape_i32, 4)),
};
static const struct shape nothing = { .kind = SHAPE_STRUCT };
static const struct shape outer = {
	.kind = SHAPE_STRUCT,
	.size = 24,
	.count = 3,
	FIELDS(FIELD("", &inner, 0), FIELD("name", &shape_str8, 8), FIELD("in", &inner, 16)),
};
static const struct shape bits = {
	.kind = SHAPE_STRUCT,
	.size = 4,
	.count = 3,
	FIELDS({ .name = "low", .shape = &shape_u32, .bit_offset = 0, .bit_count = 3 },
	       { .name = "mid", .shape = &shape_i32, .bit_offset = 3, .bit_count = 7 },
	       { .name = "top", .shape = &shape_u32, .bit_offset = 10, .bit_count = 22 }),
};

struct row {
	const struct shape *shape;
	const void *bytes;
	const char *text;
	const char *json;
};

#define BYTES(...) ((const uint8_t[40]){ __VA_ARGS__ })
#define I32(...)   ((const int32_t[10]){ __VA_ARGS__ })
#define U64(...)   ((const uint64_t[5]){ __VA_ARGS__ })
#define TEXT(text) ((const char[40]){ text })

static void check(const struct row *row)
{
	const struct shape_field field = { .shape = row->shape, .offset = 4 };
	const struct shape payload = { .kind = SHAPE_TUPLE, .count = 1, .fields = &field };
	const struct bundle_action action = {
		.kind = ACTION_PRINT_VALUE,
		.payload = &payload,
		.size = 4 + row->shape->size,
		.time_offset = BUNDLE_NONE,
	};
	const char *expected[] = { row->text, row->json };
	uint8_t record[64] = { 0 };

	memcpy(record + 4, row->bytes, row->shape->size);
	for (int i = 0; i < 2; i++) {
		struct written written;
		char full[256];

		written_begin(&written, (struct out_options){ .format = i ? OUT_JSON : OUT_TEXT });
		out_record(written.out, &action, record, action.size - 1); /* cut: not shown */
		out_record(written.out, &action, record, action.size);
		if (i)
			snprintf(full, sizeof full, "{\"type\": \"value\", \"data\": %s}\n",
				 expected[i]);
		else
			snprintf(full, sizeof full, "%s\n", expected[i]);
		assert_string_equal(written_text(&written), full);
		written_end(&written);
	}
}

static void values(void **state)
{
	const struct row rows[] = {
		/* clang-format off */
		{ &shape_i8, BYTES(0xff), "-1", "-1" },
		{ &shape_u32, I32(-1), "4294967295", "4294967295" },
		{ &shape_i64, U64(1ull << 63), "-9223372036854775808", "-9223372036854775808" },
		{ &shape_u64, U64(UINT64_MAX), "18446744073709551615", "\"18446744073709551615\"" },
		{ &shape_u64, U64((1ull << 53) + 1), "9007199254740993", "\"9007199254740993\"" },
		{ &wide, U64(0, 1), "18446744073709551616", "\"18446744073709551616\"" },
		{ &boolean, BYTES(1), "true", "true" },
		{ &boolean, BYTES(0), "false", "false" },
		{ &colour, I32(1), "RED", "1" },
		{ &colour, I32(-1), "NONE", "-1" },
		{ &colour, I32(7), "7", "7" },
		{ &pointer, U64(0xdeadbeef), "0xdeadbeef", "3735928559" },
		{ &pointer, U64(0), "0x0", "0" },
		{ &shape_str8, TEXT("ab\0xxxxx"), "ab", "\"ab\"" },
		{ &shape_str8, TEXT("12345678"), "12345678..", "\"12345678..\"" },
		{ &shape_str8, TEXT("a\"\\\n\t\xff"), "a\"\\\n\t\xff", "\"a\\\"\\\\\\n\\t\\ufffd\"" },
		{ &buffer, BYTES(3, 0, 0, 0, 'a', 0, 0xff), "a\\x00\\xff", "[97,0,255]" },
		{ &buffer, BYTES(9, 0, 0, 0, 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'b'),
		  "aaaaaaaa", "[97,97,97,97,97,97,97,97]" },
		{ &inet, BYTES(AF_INET, 0, 0, 0, 127, 0, 0, 1), "127.0.0.1", "\"127.0.0.1\"" },
		{ &inet, BYTES(AF_INET6, 0, 0, 0, [19] = 1), "::1", "\"::1\"" },
		{ &inet, BYTES(99, 0, 0, 0, 127, 0, 0, 1), "", "\"\"" },
		{ &mac, BYTES(0xde, 0xad, 0, 1, 2, 3), "DE:AD:00:01:02:03", "\"DE:AD:00:01:02:03\"" },
		{ &array, I32(1, -2, 3), "[1,-2,3]", "[1,-2,3]" },
		{ &pair, TEXT("\x01\0\0\0\0\0\0\0q\0\0\0\0\0\0"), "(1, q)", "[1,\"q\"]" },
		{ &nothing, TEXT(""), "{}", "{}" },
		{ &inner, I32(1, 2), "{ .x = 1, .y = 2 }", "{\"x\": 1, \"y\": 2}" },
		{ &outer, TEXT("\1\0\0\0\2\0\0\0me\0\0\0\0\0\0\3\0\0\0\4\0\0"),
		  "{ .x = 1, .y = 2, .name = me, .in = { .x = 3, .y = 4 } }",
		  "{\"x\": 1, \"y\": 2, \"name\": \"me\", \"in\": {\"x\": 3, \"y\": 4}}" },
		{ &bits, I32((int32_t)(5 | 0x7f << 3 | 1u << 31)), "{ .low = 5, .mid = -1, .top = 2097152 }",
		  "{\"low\": 5, \"mid\": -1, \"top\": 2097152}" },
		{ &moment, U64(1600000000123456789), "2020-09-13 12:26:40.123456 %f",
		  "\"2020-09-13 12:26:40.123456 %f\"" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check(&rows[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(values) };

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
