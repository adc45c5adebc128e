/*
 * trace.c - 'waggle trace': the front end of the tracing language.
 *
 * It reads, checks, shows and formats scripts.  What runs them is not there yet, and it says so.
 */
#include "cmd/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "script/kernel.h"
#include "script/script.h"

/* A script's text, and what is known besides. */
struct tracing {
	struct source source;
	char *data; /* of a file; or NULL */
	struct script_options options;
	const char **params;
	struct script_named *named;
	struct arena arena;
};

/* --- what the user gave ---------------------------------------------------------------------- */

/* '--name=value' behind '--' is a named parameter; anything else is one by its place. */
static int read_params(const struct command_args *args, size_t first, struct tracing *t)
{
	size_t count = args_operand_count(args);

	t->params = arena_alloc_array(&t->arena, count + 1, sizeof *t->params);
	t->named = arena_alloc_array(&t->arena, count + 1, sizeof *t->named);
	if (!t->params || !t->named)
		return -ENOMEM;
	t->options.params = t->params;
	t->options.named = t->named;
	for (size_t i = first; i < count; i++) {
		const char *word = args_operand(args, i), *equals = strchr(word, '=');
		struct script_named *named = &t->named[t->options.named_count];

		if (strncmp(word, "--", 2) != 0 || !word[2]) {
			t->params[t->options.param_count++] = word;
			continue;
		}
		named->name =
			arena_strndup(&t->arena, word + 2,
				      equals ? (size_t)(equals - word - 2) : strlen(word + 2));
		named->value = equals ? equals + 1 : NULL;
		if (!named->name)
			return -ENOMEM;
		t->options.named_count++;
	}
	return 0;
}

static int read_source(const struct command_args *args, struct diag *diag, struct tracing *t)
{
	const char *program = args_value(args, "e");
	const char *path = args_operand(args, 0);
	int err;

	if (program) {
		t->source = (struct source){ "<program>", program, strlen(program) };
		return read_params(args, 0, t);
	}
	if (!path) {
		diag_error(diag, SPAN_NONE, "no script was given");
		diag_hint(diag, "a file, '-' for standard input, or -e 'begin { ... }'");
		return -EINVAL;
	}
	err = file_read(path, diag, &t->data, &t->source.len);
	if (err)
		return err;
	t->source.name = file_name(path);
	t->source.text = t->data;
	return read_params(args, 1, t);
}

/* --- what to do ------------------------------------------------------------------------------ */

/* Is @stage among the words of -d?  An unknown one is an error. */
static bool wants(const struct command_args *args, const char *stage)
{
	const char *list = args_value(args, "d");
	size_t len = strlen(stage);

	while (list && *list) {
		size_t word = strcspn(list, ",");

		if (word == len && !memcmp(list, stage, len))
			return true;
		list += word + (list[word] == ',');
	}
	return false;
}

static int check_stages(const struct command_args *args, struct diag *diag)
{
	const char *list = args_value(args, "d");

	while (list && *list) {
		size_t word = strcspn(list, ",");

		if (!((word == 6 && !memcmp(list, "tokens", 6)) ||
		      (word == 3 && !memcmp(list, "ast", 3)) ||
		      (word == 5 && !memcmp(list, "types", 5)))) {
			diag_error(diag, SPAN_NONE, "-d has no stage '%.*s'", (int)word, list);
			diag_hint(diag, "stages are tokens, ast and types");
			return -EINVAL;
		}
		list += word + (list[word] == ',');
	}
	return 0;
}

static int process(const struct command_args *args, struct tracing *t, struct diag *diag,
		   struct strbuf *out)
{
	struct script *script = NULL;
	int err = script_parse(&t->source, &t->options, &t->arena, diag, &script);

	/* Errors of both kinds at once: who corrects the first need not come back for the others. */
	if (err == -EINVAL && script && !args_flag(args, "fmt"))
		(void)script_check(script, &t->options, &t->arena, diag);
	if (err)
		return err;
	if (args_flag(args, "fmt")) {
		script_format(script, out);
		return 0;
	}
	if (wants(args, "tokens"))
		script_print_tokens(script, out);
	if (wants(args, "ast"))
		script_print(script, out);
	if (args_value(args, "d") && !wants(args, "types"))
		return 0;
	err = script_check(script, &t->options, &t->arena, diag);
	if (err)
		return err;
	if (wants(args, "types")) {
		script_print(script, out);
		script_print_types(script, out);
	} else if (!args_flag(args, "dry-run")) {
		diag_error(diag, SPAN_NONE,
			   "the script is right, but running scripts is not there yet");
		diag_hint(diag,
			  "--dry-run checks, -d types shows what was understood, --fmt formats");
		return -ENOTSUP;
	}
	return 0;
}

static int run_trace(const struct command_args *args)
{
	struct tracing t = { .options.unsafe = args_flag(args, "unsafe") };
	struct diag diag = { .name = "waggle trace" };
	struct strbuf out = { 0 };
	int status = EXIT_USAGE, err = check_stages(args, &diag);

	t.options.kernel = kernel_new(getenv("BPFTRACE_BTF"));
	if (!err)
		err = t.options.kernel ? read_source(args, &diag, &t) : -ENOMEM;
	if (!err) {
		diag.source = &t.source;
		err = process(args, &t, &diag, &out);
		status = err ? EXIT_FAILED : EXIT_OK;
	}
	if (err == -ENOMEM || out.failed)
		diag_error(&diag, SPAN_NONE, "out of memory");
	command_report(&diag);
	if (!err)
		(void)fwrite(strbuf_text(&out), 1, out.len, stdout);
	diag_release(&diag);
	strbuf_release(&out);
	kernel_free(t.options.kernel);
	arena_release(&t.arena);
	free(t.data);
	return status;
}

/* clang-format off */
static const struct command_option options[] = {
	{ 'e', NULL,      "PROGRAM", NULL, "the script itself, instead of a file" },
	{ 0,   "dry-run", NULL,      NULL, "check the script, and do no more" },
	{ 'd', NULL,      "STAGES",  NULL, "print what was understood: tokens, ast, types; several with commas between" },
	{ 0,   "fmt",     NULL,      NULL, "print the script in the usual layout" },
	{ 0,   "unsafe",  NULL,      NULL, "allow functions that change the system" },
	{ 0 },
};
/* clang-format on */

const struct command command_trace = {
	.name = "trace",
	.operands = "[FILE] [PARAMETER]...",
	.summary = "check and format tracing scripts",
	.details =
		"The language is bpftrace's. So far scripts are read, checked and formatted; running "
		"them is not there yet, and without an option that says what else to do, 'trace' ends "
		"with an error that says so.\n"
		"\n"
		"Parameters behind the script are its $1, $2 ...; behind '--' they may have names: "
		"--name=value is what getopt(\"name\", ...) asks for.",
	.examples = "waggle trace --dry-run -e 'kprobe:vfs_read { @[comm] = count(); }'\n"
		    "waggle trace --fmt script.bt",
	.options = options,
	.least_operands = 0,
	.most_operands = 1000,
	.run = run_trace,
};
