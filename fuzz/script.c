/*
 * script.c - tracing scripts of any text: checked or refused with a message, for libFuzzer.
 *
 * What parses is formatted; the result must parse to the same tree, and formatting it again must
 * change nothing.
 */
#include "script/script.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
	if (!good)
		abort();
}

static const char *const params[] = { "5", "text" };
static const struct script_named named[] = { { "name", "7" } };

static const struct script_options options = {
	.params = params,
	.param_count = 2,
	.named = named,
	.named_count = 1,
};

/* Format and show @text; false when it does not parse. */
static bool format(const char *text, size_t len, struct strbuf *ret_text, struct strbuf *ret_tree)
{
	const struct source source = { .name = "<script>", .text = text, .len = len };
	struct diag diag = { .source = &source };
	struct arena arena = { 0 };
	struct script *script;
	bool good = script_parse(&source, &options, &arena, &diag, &script) == 0;

	if (good) {
		script_format(script, ret_text);
		script_print(script, ret_tree);
	}
	diag_release(&diag);
	arena_release(&arena);
	return good;
}

static void check_format(const char *text, size_t len)
{
	struct strbuf once = { 0 }, twice = { 0 }, tree = { 0 }, tree_again = { 0 };

	if (format(text, len, &once, &tree)) {
		must(format(strbuf_text(&once), once.len, &twice, &tree_again));
		must(!strcmp(strbuf_text(&tree), strbuf_text(&tree_again)));
		must(!strcmp(strbuf_text(&once), strbuf_text(&twice)));
	}
	strbuf_release(&once);
	strbuf_release(&twice);
	strbuf_release(&tree);
	strbuf_release(&tree_again);
}

static void check_all(const char *text, size_t len)
{
	const struct source source = { .name = "<script>", .text = text, .len = len };
	struct diag diag = { .source = &source };
	struct arena arena = { 0 };
	struct strbuf out = { 0 };
	struct script *script;
	int err = script_parse(&source, &options, &arena, &diag, &script);

	must(err == 0 || err == -EINVAL);
	if (!err) {
		err = script_check(script, &options, &arena, &diag);
		must(err == 0 || err == -EINVAL);
		script_print(script, &out);
		script_print_types(script, &out);
		script_print_tokens(script, &out);
	}
	must((err == 0) == (diag.error_count == 0));
	diag_render(&diag, &out);
	strbuf_release(&out);
	diag_release(&diag);
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size > 4096 || memchr(data, 0, size))
		return 0;
	text = malloc(size + 1);
	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	check_all(text, size);
	check_format(text, size);
	free(text);
	return 0;
}
