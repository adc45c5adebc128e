/* diag_test.c - how messages look. */
#include "base/diag.h"

#include <string.h>

#include "../cmocka_all.h"

/* Render @diag, compare and release it. */
static void expect_text(struct diag *diag, const char *expected)
{
	struct strbuf text = { 0 };

	diag_render(diag, &text);
	assert_string_equal(strbuf_text(&text), expected);
	strbuf_release(&text);
	diag_release(diag);
}

/* What a message about @len bytes at @offset of @text looks like. */
static void expect_place(const char *text, uint32_t offset, uint32_t len, const char *expected)
{
	struct source source = { .name = "a.s", .text = text, .len = strlen(text) };
	struct diag diag = { .source = &source };

	diag_error(&diag, (struct span){ offset, len }, "no");
	expect_text(&diag, expected);
}

static void the_caret_stands_under_its_place(void **state)
{
	(void)state;
	expect_place("one\ntwo three\n", 8, 5,
		     "a.s:2:5: error: no\n"
		     "    2 | two three\n"
		     "      |     ^~~~~\n");
	expect_place("one", 0, 0,
		     "a.s:1:1: error: no\n"
		     "    1 | one\n"
		     "      | ^\n");
	/* at the end of the text, and beyond it */
	expect_place("one\n", 4, 1,
		     "a.s:2:1: error: no\n"
		     "    2 | \n"
		     "      | ^\n");
	expect_place("one", 99, 9,
		     "a.s:1:4: error: no\n"
		     "    1 | one\n"
		     "      |    ^\n");
	/* a span over several lines is marked up to the end of its first */
	expect_place("ab\ncd", 1, 4,
		     "a.s:1:2: error: no\n"
		     "    1 | ab\n"
		     "      |  ^\n");
}

static void tabs_and_characters_keep_the_column(void **state)
{
	(void)state;
	expect_place("\tr0 = x", 6, 1,
		     "a.s:1:7: error: no\n"
		     "    1 | \tr0 = x\n"
		     "      | \t     ^\n");
	expect_place("\xc3\xa9\xe2\x82\xac x", 6, 1,
		     "a.s:1:7: error: no\n"
		     "    1 | \xc3\xa9\xe2\x82\xac x\n"
		     "      |    ^\n");
}

static void nothing_disturbs_the_terminal(void **state)
{
	struct source source = { .name = "\033[2J.s", .text = "\033[31m\177", .len = 6 };
	struct diag diag = { .source = &source };

	(void)state;
	diag_error(&diag, (struct span){ 5, 1 }, "bad '%s'", "\033]0;");
	diag_hint(&diag, "not\b%c", 7);
	expect_text(&diag, "?[2J.s:1:6: error: bad '?]0;'\n"
			   "    1 | ?[31m?\n"
			   "      |      ^\n"
			   "      = not??\n");
}

static void a_long_line_is_cut_around_its_place(void **state)
{
	char line[5000];
	struct source source = { .name = "long", .text = line, .len = sizeof line };
	struct diag diag = { .source = &source };
	struct strbuf text = { 0 };
	const char *excerpt, *caret;

	(void)state;
	memset(line, 'x', sizeof line);
	line[3000] = '!';
	diag_error(&diag, (struct span){ 3000, 1 }, "no");
	diag_render(&diag, &text);
	assert_true(text.len < 1000);
	excerpt = strstr(strbuf_text(&text), "    1 | ");
	assert_non_null(excerpt);
	caret = strstr(excerpt, "      | ");
	assert_non_null(caret);
	assert_int_equal(strchr(caret, '^') - caret, strchr(excerpt, '!') - excerpt);
	strbuf_release(&text);
	diag_release(&diag);
}

static void messages_without_a_place(void **state)
{
	struct source source = { .name = "a.s", .text = "x", .len = 1 };
	struct diag named = { .name = "file.o" }, bare = { 0 }, sourced = { .source = &source };

	(void)state;
	diag_error(&named, SPAN_NONE, "it is %d", 5);
	diag_hint(&named, "first");
	diag_hint(&named, "second");
	diag_warning(&named, SPAN_NONE, "but");
	assert_int_equal(named.error_count, 1);
	assert_int_equal(named.warning_count, 1);
	expect_text(&named, "file.o: error: it is 5\n"
			    "      = first\n"
			    "      = second\n"
			    "file.o: warning: but\n");
	diag_error(&bare, (struct span){ 0, 1 }, "no source");
	expect_text(&bare, "error: no source\n");
	diag_error(&sourced, SPAN_NONE, "the whole");
	expect_text(&sourced, "a.s: error: the whole\n");
}

static void echoes_are_counted_not_shown(void **state)
{
	struct diag diag = { 0 };

	(void)state;
	for (int i = 1; i <= 7; i++) {
		diag_error(&diag, SPAN_NONE, "%d", i);
		diag_hint(&diag, "hint %d", i);
	}
	assert_int_equal(diag.error_count, 7);
	expect_text(&diag, "error: 1\n      = hint 1\n"
			   "error: 2\n      = hint 2\n"
			   "error: 3\n      = hint 3\n"
			   "error: 4\n      = hint 4\n"
			   "error: 5\n      = hint 5\n"
			   "and 2 more errors\n");
}

static void so_are_warnings(void **state)
{
	struct diag diag = { 0 };

	(void)state;
	for (int i = 1; i <= 6; i++) {
		diag_warning(&diag, SPAN_NONE, "%d", i);
		diag_hint(&diag, "hint %d", i);
	}
	diag_error(&diag, SPAN_NONE, "still kept");
	diag_hint(&diag, "its hint too");
	assert_int_equal(diag.warning_count, 6);
	expect_text(&diag, "warning: 1\n      = hint 1\n"
			   "warning: 2\n      = hint 2\n"
			   "warning: 3\n      = hint 3\n"
			   "warning: 4\n      = hint 4\n"
			   "warning: 5\n      = hint 5\n"
			   "error: still kept\n      = its hint too\n"
			   "and 1 more warning\n");
}

static void nobody_may_listen(void **state)
{
	struct diag silent = { 0 };

	(void)state;
	diag_error(NULL, SPAN_NONE, "x");
	diag_warning(NULL, SPAN_NONE, "x");
	diag_hint(NULL, "x");
	diag_hint(&silent, "a hint to nothing");
	expect_text(&silent, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_caret_stands_under_its_place),
		cmocka_unit_test(tabs_and_characters_keep_the_column),
		cmocka_unit_test(nothing_disturbs_the_terminal),
		cmocka_unit_test(a_long_line_is_cut_around_its_place),
		cmocka_unit_test(messages_without_a_place),
		cmocka_unit_test(echoes_are_counted_not_shown),
		cmocka_unit_test(so_are_warnings),
		cmocka_unit_test(nobody_may_listen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
