/* reduce_test.c - from the values of all CPUs to one. */
#include "run/reduce.h"

#include "../cmocka_all.h"
#include "base/bits.h"

enum { CPUS = 3 };

struct row {
	struct shape shape;
	uint64_t values[CPUS][2]; /* of each CPU */
	bool is_set;
	uint64_t result[2];
};

static const struct row rows[] = {
	/* clang-format off */
	{ { .kind = SHAPE_COUNT, .size = 8, .is_signed = true }, { { 1 }, { 2 }, { 3 } }, true, { 6 } },
	{ { .kind = SHAPE_COUNT, .size = 8, .is_signed = true }, { { 0 }, { 0 }, { 0 } }, false, { 0 } },
	{ { .kind = SHAPE_SUM, .size = 8, .is_signed = true }, { { (uint64_t)-5 }, { 2 }, { 0 } }, true, { (uint64_t)-3 } },
	{ { .kind = SHAPE_MIN, .size = 16, .is_signed = true }, { { 7, 1 }, { (uint64_t)-2, 1 }, { (uint64_t)-9, 0 } }, true, { (uint64_t)-2 } },
	{ { .kind = SHAPE_MIN, .size = 16 }, { { 7, 1 }, { (uint64_t)-2, 1 }, { 0, 0 } }, true, { 7 } },
	{ { .kind = SHAPE_MAX, .size = 16, .is_signed = true }, { { 7, 1 }, { (uint64_t)-2, 1 }, { 9, 0 } }, true, { 7 } },
	{ { .kind = SHAPE_MAX, .size = 16 }, { { 7, 1 }, { (uint64_t)-2, 1 }, { 0, 0 } }, true, { (uint64_t)-2 } },
	{ { .kind = SHAPE_MAX, .size = 16, .is_signed = true }, { { 7, 0 }, { 8, 0 }, { 9, 0 } }, false, { 0 } },
	{ { .kind = SHAPE_AVG, .size = 16, .is_signed = true }, { { 10, 1 }, { 20, 3 }, { 0, 0 } }, true, { 30, 4 } },
	{ { .kind = SHAPE_STATS, .size = 16, .is_signed = true }, { { 0, 0 }, { 0, 2 }, { 0, 0 } }, true, { 0, 2 } },
	{ { .kind = SHAPE_INT, .size = 4 }, { { 1 }, { 2 }, { 4 } }, true, { 7 } },
	{ { .kind = SHAPE_POINTER, .size = 8 }, { { 0 }, { 0x77 }, { 0 } }, true, { 0x77 } },
	/* clang-format on */
};

static void values(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint64_t result[2] = { 0 };
		bool is_set = reduce_value(&rows[i].shape, (const uint8_t *)rows[i].values, CPUS,
					   16, (uint8_t *)result);

		assert_int_equal(is_set, rows[i].is_set);
		assert_int_equal(result[0], rows[i].result[0]);
		assert_int_equal(result[1], rows[i].result[1]);
	}
}

static void buckets(void **state)
{
	const struct shape shape = { .kind = SHAPE_HIST, .size = 8, .buckets = 4 };
	const uint64_t counts[CPUS] = { 1, 0, 5 };
	uint64_t result[4] = { 0 };

	(void)state;
	reduce_add_bucket(&shape, 2, (const uint8_t *)counts, CPUS, 8, (uint8_t *)result, NULL);
	reduce_add_bucket(&shape, 9, (const uint8_t *)counts, CPUS, 8, (uint8_t *)result, NULL);
	assert_int_equal(result[2], 6);
	assert_int_equal(result[3], 0);
}

/* Epochs are modulo the number of buckets; an old one may be left on a CPU. */
static void series(void **state)
{
	static const struct {
		enum shape_series kind;
		int64_t value;
	} kinds[] = { { SERIES_LAST, 30 },
		      { SERIES_AVG, 10 },
		      { SERIES_SUM, 40 },
		      { SERIES_MIN, 10 },
		      { SERIES_MAX, 30 } };
	/* epoch, value, count or when */
	static const uint64_t bucket1[CPUS][3] = { { 5, 10, 1 }, { 5, 30, 3 }, { 1, 99, 9 } };
	static const uint64_t bucket3[CPUS][3] = { { 3, 7, 1 }, { 0, 0, 0 }, { 0, 0, 0 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const struct shape shape = { .kind = SHAPE_TSERIES,
					     .size = 24,
					     .buckets = 4,
					     .is_signed = true,
					     .series = kinds[i].kind };
		struct reduce_point points[4] = { 0 };
		struct out_point result[4];

		reduce_add_bucket(&shape, 1, (const uint8_t *)bucket1, CPUS, 24, NULL, points);
		reduce_add_bucket(&shape, 3, (const uint8_t *)bucket3, CPUS, 24, NULL, points);
		reduce_finish_series(&shape, points, result);
		assert_int_equal(result[0].epoch, 2);
		assert_false(result[0].is_set);
		assert_true(result[1].is_set); /* 3 */
		assert_int_equal(result[1].value, 7);
		assert_false(result[2].is_set);
		assert_true(result[3].is_set); /* 5 */
		assert_int_equal(result[3].value, kinds[i].value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(buckets),
		cmocka_unit_test(series),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
