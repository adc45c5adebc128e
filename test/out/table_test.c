/* table_test.c - tables: order, cutting, and every kind of value, as text and as JSON. */
#include "fixture.h"

static const struct shape count = { .kind = SHAPE_COUNT, .size = 8, .is_signed = true };
static const struct shape avg = { .kind = SHAPE_AVG, .size = 16, .is_signed = true };
static const struct shape stats = { .kind = SHAPE_STATS, .size = 16, .is_signed = true };
static const struct shape hist = { .kind = SHAPE_HIST, .size = 8, .buckets = 66 };
static const struct shape fine = { .kind = SHAPE_HIST, .size = 8, .buckets = 65 * 4, .bits = 2 };
static const struct shape lhist = {
	.kind = SHAPE_LHIST,
	.size = 8,
	.buckets = 12,
	.min = 0,
	.max = 100,
	.step = 10,
};
static const struct shape kilo = {
	.kind = SHAPE_LHIST,
	.size = 8,
	.buckets = 4,
	.min = -1024,
	.max = 2 << 20,
	.step = 1 << 20,
};
static const struct shape key = {
	.kind = SHAPE_TUPLE,
	.size = 16,
	.count = 2,
	FIELDS(FIELD("", &shape_str8, 0), FIELD("", &shape_i64, 8)),
};

#define BAR_52 "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@"
#define BAR_26 "@@@@@@@@@@@@@@@@@@@@@@@@@@                          "
#define BAR_0  "                                                    "

static void expect(const struct out_rows *rows, enum out_format format, uint64_t top,
		   uint64_t divisor, const char *sort, const char *text)
{
	struct out_row copy[16];
	struct out_rows some = { rows->table, copy, rows->count };
	struct written written;

	memcpy(copy, rows->rows, rows->count * sizeof copy[0]);
	written_begin(&written, (struct out_options){ .format = format });
	out_table(written.out, &some, top, divisor, sort);
	assert_string_equal(written_text(&written), text);
	written_end(&written);
}

static void scalars(void **state)
{
	const int64_t number = -5, pair[] = { -7, 2 };
	struct bundle_table table = { .name = "@x" };
	struct out_row row = { .value = (const uint8_t *)&number };
	struct out_rows rows = { &table, &row, 1 };

	(void)state;
	table.value = &shape_i64;
	expect(&rows, OUT_TEXT, 0, 0, NULL, "@x: -5\n");
	expect(&rows, OUT_TEXT, 0, 2, NULL, "@x: -2\n");
	expect(&rows, OUT_JSON, 0, 0, NULL, "{\"type\": \"map\", \"data\": {\"@x\": -5}}\n");
	table.value = &count;
	expect(&rows, OUT_TEXT, 0, 0, NULL, "@x: -5\n");
	row.value = (const uint8_t *)pair;
	table.value = &avg;
	expect(&rows, OUT_TEXT, 0, 0, NULL, "@x: -3\n");
	expect(&rows, OUT_JSON, 0, 0, NULL, "{\"type\": \"stats\", \"data\": {\"@x\": -3}}\n");
	table.value = &stats;
	expect(&rows, OUT_TEXT, 0, 0, NULL, "@x: { .count = 2, .average = -3, .total = -7 }\n");
	expect(&rows, OUT_JSON, 0, 3, NULL,
	       "{\"type\": \"stats\", \"data\": {\"@x\": "
	       "{\"count\": 2, \"average\": -1, \"total\": -7}}}\n");
	rows.count = 0;
	expect(&rows, OUT_TEXT, 0, 0, NULL, "");
	expect(&rows, OUT_JSON, 0, 0, NULL, "");
}

static void order(void **state)
{
	const int64_t keys[] = { 3, -1, 2, 10 };
	const int64_t values[] = { 7, 9, -8, 7 };
	struct bundle_table table = { .name = "@", .key = &shape_i64, .value = &count };
	struct out_row row[4];
	struct out_rows rows = { &table, row, 4 };

	(void)state;
	for (size_t i = 0; i < 4; i++)
		row[i] = (struct out_row){ (const uint8_t *)&keys[i], (const uint8_t *)&values[i] };
	expect(&rows, OUT_TEXT, 0, 0, NULL, "@[2]: -8\n@[3]: 7\n@[10]: 7\n@[-1]: 9\n");
	expect(&rows, OUT_TEXT, 2, 0, NULL, "@[10]: 7\n@[-1]: 9\n");
	expect(&rows, OUT_TEXT, 2, 2, "-value", "@[-1]: 4\n@[10]: 3\n");
	expect(&rows, OUT_TEXT, 0, 0, "key", "@[-1]: 9\n@[2]: -8\n@[3]: 7\n@[10]: 7\n");
	expect(&rows, OUT_TEXT, 1, 0, "-key", "@[10]: 7\n");
	expect(&rows, OUT_JSON, 2, 0, NULL,
	       "{\"type\": \"map\", \"data\": {\"@\": {\"10\": 7, \"-1\": 9}}}\n");
	table.value = &shape_i64; /* integers too are in the order of their values */
	expect(&rows, OUT_TEXT, 1, 0, NULL, "@[-1]: 9\n");
}

static void tuples(void **state)
{
	const char *const keys[] = { "b\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0",
				     "b\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0",
				     "a c\0\0\0\0\0\3\0\0\0\0\0\0\0" };
	struct bundle_table table = { .name = "@t", .key = &key, .value = &shape_str8 };
	struct out_row row[3];
	struct out_rows rows = { &table, row, 3 };

	(void)state;
	for (size_t i = 0; i < 3; i++)
		row[i] = (struct out_row){ (const uint8_t *)keys[i],
					   (const uint8_t *)"v\0\0\0\0\0\0" };
	expect(&rows, OUT_TEXT, 0, 0, NULL, "@t[a c, 3]: v\n@t[b, 1]: v\n@t[b, 2]: v\n");
	expect(&rows, OUT_JSON, 0, 0, NULL,
	       "{\"type\": \"map\", \"data\": {\"@t\": "
	       "{\"a c,3\": \"v\", \"b,1\": \"v\", \"b,2\": \"v\"}}}\n");
}

static void one_hist(const struct shape *shape, const uint64_t *counts, uint64_t divisor,
		     const char *text, const char *json)
{
	struct bundle_table table = { .name = "@h", .value = shape };
	struct out_row row = { .value = (const uint8_t *)counts };
	struct out_rows rows = { &table, &row, 1 };

	expect(&rows, OUT_TEXT, 0, divisor, NULL, text);
	expect(&rows, OUT_JSON, 0, divisor, NULL, json);
}

static void histograms(void **state)
{
	uint64_t counts[65 * 4] = { [0] = 1, [1] = 2, [3] = 1 };

	(void)state;
	one_hist(&hist, counts, 0,
		 "@h:\n"
		 "(..., 0)               1 |" BAR_26 "|\n"
		 "[0]                    2 |" BAR_52 "|\n"
		 "[1]                    0 |" BAR_0 "|\n"
		 "[2, 4)                 1 |" BAR_26 "|\n\n",
		 "{\"type\": \"hist\", \"data\": {\"@h\": [{\"max\": -1, \"count\": 1},"
		 "{\"min\": 0, \"max\": 0, \"count\": 2},{\"min\": 1, \"max\": 1, \"count\": 0},"
		 "{\"min\": 2, \"max\": 3, \"count\": 1}]}}\n");
	memset(counts, 0, sizeof counts);
	counts[10] = 4;
	counts[11] = 2;
	one_hist(&hist, counts, 2,
		 "@h:\n"
		 "[256, 512)             2 |" BAR_52 "|\n"
		 "[512, 1K)              1 |" BAR_26 "|\n\n",
		 "{\"type\": \"hist\", \"data\": {\"@h\": "
		 "[{\"min\": 256, \"max\": 511, \"count\": 2},"
		 "{\"min\": 512, \"max\": 1023, \"count\": 1}]}}\n");
	memset(counts, 0, sizeof counts);
	counts[64] = counts[65] = 1;
	one_hist(&hist, counts, 0,
		 "@h:\n"
		 "[4E, 8E)               1 |" BAR_52 "|\n"
		 "[8E, 16E)              1 |" BAR_52 "|\n\n",
		 "{\"type\": \"hist\", \"data\": {\"@h\": "
		 "[{\"min\": 4611686018427387904, \"max\": \"9223372036854775807\", \"count\": 1},"
		 "{\"min\": 9223372036854775808, \"max\": \"18446744073709551615\", "
		 "\"count\": 1}]}}\n");
	memset(counts, 0, sizeof counts);
	one_hist(&hist, counts, 0, "@h:\n\n", "{\"type\": \"hist\", \"data\": {\"@h\": []}}\n");
	counts[8] = counts[9] = 1;
	one_hist(&fine, counts, 0,
		 "@h:\n"
		 "[7]                    1 |" BAR_52 "|\n"
		 "[8, 10)                1 |" BAR_52 "|\n\n",
		 "{\"type\": \"hist\", \"data\": {\"@h\": "
		 "[{\"min\": 7, \"max\": 7, \"count\": 1},"
		 "{\"min\": 8, \"max\": 9, \"count\": 1}]}}\n");
}

static void linear(void **state)
{
	const uint64_t counts[12] = { [0] = 1, [1] = 2, [2] = 1 };
	const uint64_t above[12] = { [10] = 4, [11] = 2 };
	const uint64_t kilos[4] = { 0, 2, 1, 1 };

	(void)state;
	one_hist(&lhist, counts, 7,
		 "@h:\n"
		 "(..., 0)               1 |" BAR_26 "|\n"
		 "[0, 10)                2 |" BAR_52 "|\n"
		 "[10, 20)               1 |" BAR_26 "|\n\n",
		 "{\"type\": \"hist\", \"data\": {\"@h\": [{\"max\": -1, \"count\": 1},"
		 "{\"min\": 0, \"max\": 9, \"count\": 2},"
		 "{\"min\": 10, \"max\": 19, \"count\": 1}]}}\n");
	one_hist(&lhist, above, 0,
		 "@h:\n"
		 "[90, 100)              4 |" BAR_52 "|\n"
		 "[100, ...)             2 |" BAR_26 "|\n\n",
		 "{\"type\": \"hist\", \"data\": {\"@h\": "
		 "[{\"min\": 90, \"max\": 99, \"count\": 4},{\"min\": 100, \"count\": 2}]}}\n");
	one_hist(&kilo, kilos, 0,
		 "@h:\n"
		 "[-1K, 1023K)           2 |" BAR_52 "|\n"
		 "[1023K, 2047K)         1 |" BAR_26 "|\n"
		 "[2047K, ...)           1 |" BAR_26 "|\n\n",
		 "{\"type\": \"hist\", \"data\": {\"@h\": "
		 "[{\"min\": -1024, \"max\": 1047551, \"count\": 2},"
		 "{\"min\": 1047552, \"max\": 2096127, \"count\": 1},"
		 "{\"min\": 2096128, \"count\": 1}]}}\n");
}

static void keyed_histograms(void **state)
{
	const uint64_t few[12] = { [1] = 2 }, many[12] = { [1] = 3 };
	const int64_t keys[] = { 1, 2 };
	const struct bundle_table table = { .name = "@h", .key = &shape_i64, .value = &lhist };
	struct out_row row[] = {
		{ (const uint8_t *)&keys[0], (const uint8_t *)many },
		{ (const uint8_t *)&keys[1], (const uint8_t *)few },
	};
	struct out_rows rows = { &table, row, 2 };

	(void)state;
	expect(&rows, OUT_TEXT, 0, 0, NULL,
	       "@h[2]:\n[0, 10)                2 |" BAR_52 "|\n\n"
	       "@h[1]:\n[0, 10)                3 |" BAR_52 "|\n\n");
	expect(&rows, OUT_JSON, 0, 0, NULL,
	       "{\"type\": \"hist\", \"data\": {\"@h\": "
	       "{\"2\": [{\"min\": 0, \"max\": 9, \"count\": 2}], "
	       "\"1\": [{\"min\": 0, \"max\": 9, \"count\": 3}]}}}\n");
}

#define SERIES(n)                                                                     \
	{                                                                             \
		.kind = SHAPE_TSERIES, .size = 24, .is_signed = true, .buckets = (n), \
		.step = 100000000, .clock = CLOCK_REAL                                \
	}

static void series(void **state)
{
	static const struct shape shape = SERIES(4);
	const struct out_point points[4] = {
		{ .epoch = 6, .value = 1 }, /* not set */
		{ .epoch = 7, .value = -5, .is_set = true },
		{ .epoch = 8, .value = 0, .is_set = true },
		{ .epoch = 10, .value = 5, .is_set = true },
	};
	const struct bundle_table table = { .name = "@", .value = &shape };
	struct out_row row = { .value = (const uint8_t *)points };
	struct out_rows rows = { &table, &row, 1 };

	(void)state;
	expect(&rows, OUT_TEXT, 0, 0, NULL,
	       "@:\n"
	       "             -5                                                  5\n"
	       "hh:mm:ss.ms  |___________________________________________________|\n"
	       "00:00:00.700 *                         .                         | -5\n"
	       "00:00:00.800 |                         *                         | 0\n"
	       "00:00:00.900 |                         .                         | -\n"
	       "00:00:01.000 |                         .                         * 5\n"
	       "             v___________________________________________________v\n"
	       "             -5                                                  5\n\n");
	expect(&rows, OUT_JSON, 0, 0, NULL,
	       "{\"type\": \"tseries\", \"data\": {\"@\": ["
	       "{\"interval_start\":\"1970-01-01 00:00:00.700000000\",\"value\":-5},"
	       "{\"interval_start\":\"1970-01-01 00:00:00.800000000\",\"value\":0},"
	       "{\"interval_start\":\"1970-01-01 00:00:01.000000000\",\"value\":5}]}}\n");
}

static void flat_series(void **state)
{
	static const struct shape shape = SERIES(2);
	const struct out_point points[2] = {
		{ .epoch = 1, .value = 3, .is_set = true },
		{ .epoch = 2, .value = 3, .is_set = true },
	};
	const struct out_point nothing[2] = { { 0 } };
	const struct bundle_table table = { .name = "@a", .value = &shape };
	struct out_row row = { .value = (const uint8_t *)points };
	struct out_rows rows = { &table, &row, 1 };

	(void)state;
	expect(&rows, OUT_TEXT, 0, 0, NULL,
	       "@a:\n"
	       "             2                                                   4\n"
	       "hh:mm:ss.ms  |___________________________________________________|\n"
	       "00:00:00.100 |                         *                         | 3\n"
	       "00:00:00.200 |                         *                         | 3\n"
	       "             v___________________________________________________v\n"
	       "             2                                                   4\n\n");
	row.value = (const uint8_t *)nothing;
	expect(&rows, OUT_TEXT, 0, 0, NULL, "@a:\n<no data>\n");
}

static void messages(void **state)
{
	struct written written;

	(void)state;
	written_begin(&written, (struct out_options){ .bundle = &bundle_source });
	out_attached(written.out, 1);
	out_attached(written.out, 2);
	out_lost(written.out, 7);
	out_warning(written.out, &(struct span){ 8, 5 }, "%d is too few", 3);
	out_end(written.out);
	assert_string_equal(written_text(&written), "\n\n");
	assert_string_equal(written_messages(&written),
			    "Attached 1 probe\nAttached 2 probes\nLost 7 events\n"
			    "stdin:1:9-14: WARNING: 3 is too few\n"
			    "begin { @x[1] = 2; }\n        ~~~~~\n");
	written_end(&written);

	written_begin(&written,
		      (struct out_options){ .bundle = &bundle_source, .format = OUT_JSON });
	out_attached(written.out, 1);
	out_lost(written.out, 7);
	out_warning(written.out, &(struct span){ 8, 5 }, "x");
	out_end(written.out);
	assert_string_equal(
		written_text(&written),
		"{\"type\": \"attached_probes\", \"count\": 1, \"data\": {\"probes\": 1}}\n"
		"{\"type\": \"lost_events\", \"count\": 7, \"data\": {\"events\": 7}}\n"
		"{\"type\": \"warning\", \"msg\": \"x\", \"filename\": \"stdin\", \"line\": 1, "
		"\"col\": 9}\n");
	written_end(&written);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scalars),  cmocka_unit_test(order),
		cmocka_unit_test(tuples),   cmocka_unit_test(histograms),
		cmocka_unit_test(linear),   cmocka_unit_test(keyed_histograms),
		cmocka_unit_test(series),   cmocka_unit_test(flat_series),
		cmocka_unit_test(messages),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
