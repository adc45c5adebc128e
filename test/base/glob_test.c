/*
 * glob_test.c - patterns of names.
 */
#include "base/glob.h"

#include "test/cmocka_all.h"

static void test_matches(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool matches;
	} cases[] = {
		/* clang-format off */
		{ "", "", true },             { "", "a", false },
		{ "vfs_read", "vfs_read", true }, { "vfs_read", "vfs_reads", false },
		{ "vfs_*", "vfs_", true },    { "*", "", true },
		{ "*_read*", "vfs_readv", true }, { "a*b*c", "aXbXbc", true },
		{ "a*b*c", "aXbXb", false },  { "?", "", false },
		{ "??", "ab", true },         { "[ab]x", "bx", true },
		{ "[ab]x", "cx", false },     { "[a-c]*", "bold", true },
		{ "[!a-c]*", "bold", false }, { "[^a-c]*", "gold", true },
		{ "[]]", "]", true },         { "[a-]", "-", true },
		{ "a[", "a[", true },         { "a[b", "a[b", true },
		{ "a[b", "ab", false },       { "*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaa", false },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (glob_matches(cases[i].pattern, cases[i].text) != cases[i].matches)
			fail_msg("'%s' and '%s'", cases[i].pattern, cases[i].text);
}

static void test_plain(void **state)
{
	(void)state;
	assert_true(glob_is_plain("vfs_read"));
	assert_false(glob_is_plain("vfs_*"));
	assert_false(glob_is_plain("vfs_rea?"));
	assert_false(glob_is_plain("vfs_rea[d]"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matches),
		cmocka_unit_test(test_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
