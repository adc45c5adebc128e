/* format_test.c - printf: every conversion, flag and length. */
#include "fixture.h"

static const struct shape buffer = { .kind = SHAPE_BUFFER, .size = 8 };
static const struct shape ratio = {
	.kind = SHAPE_TUPLE,
	.size = 16,
	.count = 2,
	FIELDS(FIELD("", &shape_i64, 0), FIELD("", &shape_i64, 8)),
};

/* What printf(@format, ...) shows of a payload: an i64, a string, a buffer and a ratio. */
struct row {
	const char *format;
	int64_t number;
	const char *text;
};

/* The format's arguments are all of shape @shape. */
static void check_with(const struct row *row, const struct shape *shape, const void *bytes,
		       const char *text)
{
	struct shape_field fields[4] = { { 0 } };
	const struct shape payload = { .kind = SHAPE_TUPLE, .count = 4, .fields = fields };
	const struct bundle_action action = {
		.kind = ACTION_PRINTF,
		.format = row->format,
		.payload = &payload,
		.size = 8 + shape->size,
		.time_offset = BUNDLE_NONE,
	};
	const struct bundle bundle = {
		.actions = &action,
		.action_count = 1,
		.config = { .str_trunc_trailer = ".." },
	};
	uint8_t record[32] = { 0 };
	struct written written;

	for (int i = 0; i < 4; i++)
		fields[i] = (struct shape_field){ .shape = shape, .offset = 8 };
	memcpy(record + 8, bytes, shape->size);
	written_begin(&written, (struct out_options){ .bundle = &bundle });
	out_record(written.out, &action, record, action.size);
	assert_string_equal(written_text(&written), text);
	written_end(&written);
}

static void integers(void **state)
{
	const struct row rows[] = {
		/* clang-format off */
		{ "%d", -5, "-5" },
		{ "%i|%u", -1, "-1|4294967295" },
		{ "%d", 1ll << 40 | 7, "7" },
		{ "%ld|%lld|%jd|%zd|%td", 1ll << 40, "1099511627776|1099511627776|1099511627776|1099511627776|" },
		{ "%hd|%hhd|%hu|%hhu", 0x1ffff, "-1|-1|65535|255" },
		{ "%lu|%llu", -1, "18446744073709551615|18446744073709551615" },
		{ "%x|%X|%#x|%#X", 0xabc, "abc|ABC|0xabc|0XABC" },
		{ "%lx|%o|%#o|%lo", -1, "ffffffffffffffff|37777777777|037777777777|1777777777777777777777" },
		{ "[%5d|%-5d|%05d|%+d]", 42, "[   42|42   |00042|+42]" },
		{ "[%05d|%-05d|% d|%+5d]", -42, "[-0042|-42  |-42|  -42]" },
		{ "[%8x|%-8x|%08x|%#8x]", 255, "[      ff|ff      |000000ff|    0xff]" },
		{ "%.3d|%6.3d", 7, "007|   007" },
		{ "%c%c|%3c|%-3c", 'a', "aa|  a|a  " },
		{ "%p|%20p|%-8p|", 0xff, "0xff|                0xff|0xff    |" },
		{ "%p", 0, "0" },
		{ "%s|%5s|%-5s|", 12, "12|   12|12   |" },
		{ "100%% of %d%%", 7, "100% of 7%" },
		{ "%", 7, "%" },
		{ "%d%", 7, "7%" },
		{ "%y%d", 7, "%y7" },
		{ "no conversion\n", 7, "no conversion\n" },
		{ "", 7, "" },
		{ "%f|%.2f|%8.1f|%-8.1f|", 42, "42.000000|42.00|    42.0|42.0    |" },
		{ "%e|%.0f|%g|%+.1f", -1500, "-1.500000e+03|-1500|-1500|-1500.0" },
		{ "%gr|%gr", 0xcc0, "GFP_KERNEL|GFP_KERNEL" },
		{ "%gr", 0x822, "GFP_ATOMIC|__GFP_HIGHMEM" },
		{ "%gr|%30gr|", 0x80000100, "__GFP_ZERO|0x80000000|         __GFP_ZERO|0x80000000|" },
		{ "%gr", 0, "0" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check_with(&rows[i], &shape_i64, &rows[i].number, rows[i].text);
}

static void texts(void **state)
{
	const struct row rows[] = {
		/* clang-format off */
		{ "%s|%10s|%-10s|", 0, "abc|       abc|abc       |" },
		{ "%.2s|%5.2s|%-5.2s|", 0, "ab|   ab|ab   |" },
		{ "%r|%rx|%rh", 0, "abc|\\x61\\x62\\x63|61 62 63" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check_with(&rows[i], &shape_str8, "abc\0\0\0\0", rows[i].text);
}

static void buffers(void **state)
{
	const struct row rows[] = {
		/* clang-format off */
		{ "%r|%rx|%rh", 0, "a\\x00 |\\x61\\x00\\x20|61 00 20" },
		{ "%s|%10r|%-10rh|", 0, "a\\x00 |    a\\x00 |61 00 20  |" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check_with(&rows[i], &buffer, "\3\0\0\0a\0 ", rows[i].text);
}

static void ratios(void **state)
{
	const struct row rows[] = {
		/* clang-format off */
		{ "%f", 1, "0.333333" },
		{ "%.2f|%8.3f|%e", 2, "0.67|   0.667|6.666667e-01" },
		{ "%.1f%%", -7, "-2.3%" },
		/* clang-format on */
	};
	const int64_t by_zero[] = { 5, 0 };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check_with(&rows[i], &ratio, (const int64_t[]){ rows[i].number, 3 }, rows[i].text);
	check_with(&(struct row){ .format = "%.1f" }, &ratio, by_zero, "inf");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers),
		cmocka_unit_test(texts),
		cmocka_unit_test(buffers),
		cmocka_unit_test(ratios),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
