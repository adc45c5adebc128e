/* nearest_test.c - 'did you mean ...?' */
#include "base/nearest.h"

#include <stdint.h>
#include <string.h>

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

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* As it is defined, the whole matrix. */
static unsigned int plain_distance(const char *a, const char *b)
{
	unsigned int d[65][65];
	const size_t a_len = strnlen(a, 63), b_len = strnlen(b, 63);

	for (size_t i = 0; i <= a_len; i++)
		for (size_t j = 0; j <= b_len; j++) {
			if (!i || !j) {
				d[i][j] = (unsigned int)(i + j);
				continue;
			}
			d[i][j] = least(least(d[i - 1][j], d[i][j - 1]) + 1,
					d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	return d[a_len][b_len];
}

static uint32_t random_word(uint32_t state, char *ret_word)
{
	const size_t len = (state >> 8) % 70;

	for (size_t i = 0; i < len; i++) {
		state = state * 1664525 + 1013904223;
		ret_word[i] = (char)('a' + (state >> 16) % 3);
	}
	ret_word[len] = '\0';
	return state * 1664525 + 1013904223;
}

/* Short words of few letters have every kind of edit; long ones use the last bit. */
static void distances_are_those_of_the_matrix(void **state)
{
	uint32_t random = 1;
	char a[71], b[71];

	(void)state;
	for (int i = 0; i < 3000; i++) {
		struct nearest search;
		unsigned int distance, most;

		random = random_word(i % 2 ? random : random & 0x7ff, a);
		random = random_word(i % 3 ? random : random & 0x7ff, b);
		distance = plain_distance(a, b);
		assert_int_equal(edit_distance(a, b), distance);
		search = nearest_begin(a);
		nearest_limit(&search, random >> 20 & 15);
		most = search.distance;
		nearest_offer(&search, b);
		assert_ptr_equal(search.best, distance < most ? b : NULL);
		assert_int_equal(search.distance, distance < most ? distance : most);
	}
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
		cmocka_unit_test(distances_are_those_of_the_matrix),
		cmocka_unit_test(only_near_names_are_offered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
