/* args_test.c - what a command line means, by a table with one option of each kind. */
#include "cmd/args.h"

#include <errno.h>
#include <string.h>

#include "../cmocka_all.h"

/* clang-format off */
static const struct command_option options[] = {
	{ 'n', "number", "N",    NULL,            "a number" },
	{ 'f', "format", "WORD", "text|json|c",   "a choice" },
	{ 'q', "quiet",  NULL,   NULL,            "a flag" },
	{ 'v', NULL,     NULL,   NULL,            "a flag without a name" },
	{ 0,   "input",  "FILE", NULL,            "a name without a letter" },
	{ 0 },
};
/* clang-format on */

static const struct command command = {
	.name = "vm run",
	.operands = "PROG [INPUT]",
	.options = options,
	.least_operands = 1,
	.most_operands = 2,
};

enum { MOST_WORDS = 8 };

/* Parse the words of @line, which may not hold blanks themselves. */
static int parse(char *line, struct diag *diag, struct command_args *args)
{
	const char *words[MOST_WORDS + 1] = { NULL };
	size_t count = 0;

	for (char *word = strtok(line, " "); word; word = strtok(NULL, " ")) {
		assert_true(count < MOST_WORDS);
		words[count++] = word;
	}
	return args_parse(&command, words, diag, args);
}

/* What is said of @line, or "" when it is accepted. */
static void expect_message(const char *line, const char *expected)
{
	struct command_args args;
	struct diag diag = { .name = "t" };
	struct strbuf text = { 0 };
	char copy[100];

	assert_true(strlen(line) < sizeof copy);
	strcpy(copy, line);
	assert_int_equal(parse(copy, &diag, &args), *expected ? -EINVAL : 0);
	diag_render(&diag, &text);
	assert_string_equal(strbuf_text(&text), expected);
	strbuf_release(&text);
	args_release(&args);
	diag_release(&diag);
}

/* The values that @line gives; "-" stands for none. */
static void expect_values(const char *line, const char *number, const char *format, bool quiet,
			  const char *operand)
{
	struct command_args args;
	char copy[100];

	assert_true(strlen(line) < sizeof copy);
	strcpy(copy, line);
	assert_int_equal(parse(copy, NULL, &args), 0);
	assert_string_equal(args_value(&args, "number") ? args_value(&args, "number") : "-",
			    number);
	assert_string_equal(args_value(&args, "format") ? args_value(&args, "format") : "-",
			    format);
	assert_int_equal(args_flag(&args, "quiet"), quiet);
	assert_string_equal(args_operand(&args, 0), operand);
	args_release(&args);
}

static void all_ways_to_give_a_value(void **state)
{
	(void)state;
	expect_values("prog", "-", "-", false, "prog");
	expect_values("-n 5 prog", "5", "-", false, "prog");
	expect_values("-n5 prog", "5", "-", false, "prog");
	expect_values("--number 5 prog", "5", "-", false, "prog");
	expect_values("--number=5 prog", "5", "-", false, "prog");
	expect_values("--number= prog", "", "-", false, "prog");
	expect_values("--number=a=b prog", "a=b", "-", false, "prog");
	expect_values("--number -5 prog", "-5", "-", false, "prog");
	expect_values("-n -- prog", "--", "-", false, "prog");
}

static void flags_share_a_word_and_a_value_ends_it(void **state)
{
	(void)state;
	expect_values("-qv prog", "-", "-", true, "prog");
	expect_values("-vqn5 prog", "5", "-", true, "prog");
	expect_values("-qn 5 prog", "5", "-", true, "prog");
	expect_values("-nq prog", "q", "-", false, "prog");
}

static void options_stand_anywhere_and_the_last_one_counts(void **state)
{
	(void)state;
	expect_values("prog -n5 in -q", "5", "-", true, "prog");
	expect_values("-n5 prog -n6", "6", "-", false, "prog");
	expect_values("-ftext prog --format json", "-", "json", false, "prog");
}

static void what_looks_like_an_option_and_is_none(void **state)
{
	(void)state;
	expect_values("-5", "-", "-", false, "-5");
	expect_values("-0x10", "-", "-", false, "-0x10");
	expect_values("-", "-", "-", false, "-");
	expect_values("-q -- -q", "-", "-", true, "-q");
	expect_values("-- --", "-", "-", false, "--");
}

static void mistakes_are_explained(void **state)
{
	(void)state;
	expect_message("--nmuber 5 p",
		       "t: error: unknown option '--nmuber'\n"
		       "      = did you mean '--number'?  see: waggle vm run --help\n");
	expect_message("--=x p", "t: error: unknown option '--'\n"
				 "      = see: waggle vm run --help\n");
	expect_message("-number p -x", "t: error: unknown option '-x'\n"
				       "      = see: waggle vm run --help\n");
	expect_message("-input p", "t: error: unknown option '-input'\n"
				   "      = did you mean '--input'?  see: waggle vm run --help\n");
	expect_message("-qx p", "t: error: unknown option '-x'\n"
				"      = see: waggle vm run --help\n");
	expect_message("-f jsno p",
		       "t: error: option '--format' cannot be 'jsno'\n"
		       "      = did you mean 'json'?  it takes one of: text, json, c\n");
	expect_message("-f= p", "t: error: option '--format' cannot be '='\n"
				"      = it takes one of: text, json, c\n");
	expect_message("p -n", "t: error: option '--number' needs a value: N\n"
			       "      = usage: waggle vm run [OPTION]... PROG [INPUT]\n");
	expect_message("--quiet=1 p", "t: error: option '--quiet' takes no value\n"
				      "      = usage: waggle vm run [OPTION]... PROG [INPUT]\n");
	expect_message("", "t: error: an operand is missing: PROG\n"
			   "      = usage: waggle vm run [OPTION]... PROG [INPUT]\n");
	expect_message("a b c", "t: error: unexpected operand 'c'\n"
				"      = usage: waggle vm run [OPTION]... PROG [INPUT]\n");
}

static void help_goes_before_mistakes_that_follow(void **state)
{
	static const char *const lines[] = { "-h", "--help", "-qh", "-h --nonsense", "a b c -h" };

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		struct command_args args;
		char copy[100];

		strcpy(copy, lines[i]);
		assert_int_equal(parse(copy, NULL, &args), 0);
		assert_true(args.help_wanted);
		args_release(&args);
	}
}

/* The number that @text gives within 5 to 70, where 6 is the default; 0 when it is refused. */
static unsigned long number(const char *text)
{
	const char *words[] = { "prog", "-n", text, NULL };
	struct command_args args;
	unsigned long result;
	bool failed = false;

	assert_int_equal(args_parse(&command, words, NULL, &args), 0);
	result = args_number(&args, "number", 5, 70, 6, &failed);
	args_release(&args);
	return failed ? 0 : result;
}

static void numbers_are_checked(void **state)
{
	static const char *const bad[] = {
		"",
		"x",
		"-7",
		"+7",
		" 7",
		"7 ",
		"7x",
		"0x",
		"0xg",
		"4",
		"71",
		"0x47",
		"18446744073709551623",
		"1e1",
		"7.0",
		"--",
	};

	(void)state;
	assert_int_equal(number("5"), 5);
	assert_int_equal(number("70"), 70);
	assert_int_equal(number("0x10"), 16);
	assert_int_equal(number("0X1f"), 31);
	assert_int_equal(number("010"), 10); /* not octal */
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(number(bad[i]), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_ways_to_give_a_value),
		cmocka_unit_test(flags_share_a_word_and_a_value_ends_it),
		cmocka_unit_test(options_stand_anywhere_and_the_last_one_counts),
		cmocka_unit_test(what_looks_like_an_option_and_is_none),
		cmocka_unit_test(mistakes_are_explained),
		cmocka_unit_test(help_goes_before_mistakes_that_follow),
		cmocka_unit_test(numbers_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
