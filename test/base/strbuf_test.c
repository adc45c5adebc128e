/* strbuf_test.c - strings that grow. */
#include "base/strbuf.h"

#include <string.h>

#include "../cmocka_all.h"

static void an_empty_buffer_is_an_empty_string(void **state)
{
	struct strbuf buf = { 0 };

	(void)state;
	assert_string_equal(strbuf_text(&buf), "");
	strbuf_add(&buf, NULL, 0);
	assert_string_equal(strbuf_text(&buf), "");
	strbuf_release(&buf);
}

static void growth_keeps_what_was_added(void **state)
{
	struct strbuf buf = { 0 };

	(void)state;
	for (int i = 0; i < 10000; i++)
		strbuf_putc(&buf, (char)('a' + i % 26));
	assert_int_equal(buf.len, 10000);
	assert_int_equal(strlen(strbuf_text(&buf)), 10000);
	for (int i = 0; i < 10000; i++)
		assert_int_equal(buf.data[i], 'a' + i % 26);
	strbuf_release(&buf);
}

static void bytes_may_be_zero(void **state)
{
	struct strbuf buf = { 0 };

	(void)state;
	strbuf_add(&buf, "a\0b", 3);
	assert_int_equal(buf.len, 3);
	assert_memory_equal(buf.data, "a\0b", 4);
	strbuf_release(&buf);
}

static void formats_longer_than_the_room(void **state)
{
	struct strbuf buf = { 0 };

	(void)state;
	strbuf_printf(&buf, "%d", 1);
	strbuf_printf(&buf, "%200s|", "x");
	assert_int_equal(buf.len, 202);
	assert_string_equal(strbuf_text(&buf) + 200, "x|");
	strbuf_release(&buf);
}

static void padding_counts_from_the_line(void **state)
{
	struct strbuf buf = { 0 };

	(void)state;
	strbuf_puts(&buf, "first line\nab");
	strbuf_pad(&buf, 4);
	strbuf_puts(&buf, "c");
	strbuf_pad(&buf, 3); /* already past: nothing */
	strbuf_puts(&buf, "d");
	assert_string_equal(strbuf_text(&buf), "first line\nab  cd");
	strbuf_release(&buf);
}

static void reset_keeps_the_memory(void **state)
{
	struct strbuf buf = { 0 };
	size_t size;

	(void)state;
	strbuf_puts(&buf, "something");
	size = buf.size;
	strbuf_reset(&buf);
	assert_string_equal(strbuf_text(&buf), "");
	assert_int_equal(buf.size, size);
	strbuf_release(&buf);
	assert_null(buf.data);
}

static void a_failure_is_remembered(void **state)
{
	struct strbuf buf = { 0 };
	volatile size_t too_many = SIZE_MAX; /* volatile: the compiler shall not see it coming */

	(void)state;
	strbuf_puts(&buf, "kept");
	strbuf_add(&buf, "x", too_many);
	assert_true(buf.failed);
	strbuf_puts(&buf, "ignored");
	assert_string_equal(strbuf_text(&buf), "kept");
	strbuf_release(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_buffer_is_an_empty_string),
		cmocka_unit_test(growth_keeps_what_was_added),
		cmocka_unit_test(bytes_may_be_zero),
		cmocka_unit_test(formats_longer_than_the_room),
		cmocka_unit_test(padding_counts_from_the_line),
		cmocka_unit_test(reset_keeps_the_memory),
		cmocka_unit_test(a_failure_is_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
