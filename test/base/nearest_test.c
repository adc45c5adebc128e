/* nearest_test.c - 'did you mean ...?' */
#include "base/nearest.h"

#include "../cmocka_all.h"

static void distances(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned int distance;
	} rows[] = {
		/* clang-format off */
		{ "",       "",        0 },
		{ "",       "abc",     3 },
		{ "same",   "same",    0 },
		{ "insert", "inserts", 1 },
		{ "delete", "delet",   1 },
		{ "change", "chance",  1 },
		{ "swap",   "sawp",    1 },
		{ "kitten", "sitting", 3 },
		{ "ca",     "abc",     3 }, /* a swap is not edited again: 3, not 2 */
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(edit_distance(rows[i].a, rows[i].b), rows[i].distance);
		assert_int_equal(edit_distance(rows[i].b, rows[i].a), rows[i].distance);
	}
}

static void long_names_are_cut(void **state)
{
	char a[200], b[200];

	(void)state;
	for (size_t i = 0; i < sizeof a; i++) {
		a[i] = 'x';
		b[i] = i < 63 ? 'x' : 'y';
	}
	a[sizeof a - 1] = b[sizeof b - 1] = '\0';
	assert_int_equal(edit_distance(a, b), 0);
	assert_int_equal(edit_distance(a, ""), 63);
}

static const char *search(const char *word)
{
	static const char *const names[] = { "map", "program", "link", "btf", "c" };
	struct nearest search = nearest_begin(word);

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		nearest_offer(&search, names[i]);
	return search.best;
}

static void only_near_names_are_offered(void **state)
{
	(void)state;
	assert_string_equal(search("progarm"), "program");
	assert_string_equal(search("lnik"), "link");
	assert_string_equal(search("mpa"), "map");
	assert_null(search("something else"));
	assert_null(search("x")); /* one edit from any other letter */
	assert_null(search(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distances),
		cmocka_unit_test(long_names_are_cut),
		cmocka_unit_test(only_near_names_are_offered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
