/* file_test.c - reading whole files, and what is said of those that cannot be read. */
#include "base/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../cmocka_all.h"

/* Expect that @path cannot be read, for this reason. */
static void expect_refusal(const char *path, int err, const char *message)
{
	struct diag diag = { 0 };
	struct strbuf text = { 0 };
	char *data = (char *)&text; /* anything but NULL */
	size_t len = 12345;

	assert_int_equal(file_read(path, &diag, &data, &len), err);
	diag_render(&diag, &text);
	assert_string_equal(strbuf_text(&text), message);
	assert_ptr_equal(data, &text); /* outputs are written on success only */
	assert_int_equal(len, 12345);
	strbuf_release(&text);
	diag_release(&diag);
	assert_int_equal(file_read(path, NULL, &data, &len), err); /* nobody wants to know why */
}

static void refusals_say_why(void **state)
{
	(void)state;
	expect_refusal("/nonexistent/file", -ENOENT,
		       "error: cannot open '/nonexistent/file': No such file or directory\n");
	expect_refusal("/tmp", -EISDIR, "error: cannot read '/tmp': Is a directory\n");
	expect_refusal("/dev/zero", -EFBIG, "error: '/dev/zero' is larger than 256 MiB\n");
}

/* A file that holds @len bytes; its name is in @path. */
static void make_file(char path[], const char *data, size_t len)
{
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	assert_int_equal(close(fd), 0);
}

static void every_size_is_read_whole(void **state)
{
	static const size_t sizes[] = { 0, 1, 16382, 16383, 16384, 16385, 100000 };
	struct diag diag = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		char path[] = "/tmp/waggle-file-test-XXXXXX";
		char *written = calloc(1, sizes[i] + 1), *data;
		size_t len;

		assert_non_null(written);
		for (size_t j = 0; j < sizes[i]; j++)
			written[j] = (char)(j * 7);
		make_file(path, written, sizes[i]);
		assert_int_equal(file_read(path, &diag, &data, &len), 0);
		assert_int_equal(len, sizes[i]);
		assert_memory_equal(data, written, sizes[i] + 1); /* with the NUL */
		free(data);
		free(written);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(diag.error_count, 0);
}

static void a_dash_is_standard_input(void **state)
{
	char *data;
	size_t len;
	int ends[2], old = dup(STDIN_FILENO);

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "piped", 5), 5);
	assert_int_equal(close(ends[1]), 0);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(file_read("-", NULL, &data, &len), 0);
	assert_string_equal(data, "piped");
	assert_int_equal(len, 5);
	free(data);
	assert_int_equal(dup2(old, STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(close(old), 0);
	assert_int_equal(close(ends[0]), 0);
	assert_string_equal(file_name("-"), "<stdin>");
	assert_string_equal(file_name("prog.s"), "prog.s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refusals_say_why),
		cmocka_unit_test(every_size_is_read_whole),
		cmocka_unit_test(a_dash_is_standard_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
