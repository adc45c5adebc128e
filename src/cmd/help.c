/*
 * help.c - 'waggle help': the tables, laid out for a terminal of 80 columns.
 */
#include "cmd/help.h"

#include <stdio.h>
#include <string.h>

#include "cmd/args.h"
#include "cmd/registry.h"

enum {
	HELP_COLUMNS = 80,
	HELP_INDENT = 2,
	HELP_MOST_LABEL = 28, /* a longer label gets a line of its own */
};

/* The number of bytes since the last newline of @out. */
static size_t column_of(const struct strbuf *out)
{
	const char *text = strbuf_text(out);
	const char *newline = out->len ? memrchr(text, '\n', out->len) : NULL;

	return newline ? (size_t)(text + out->len - newline - 1) : out->len;
}

/* Append the @len bytes at @text as words, broken so that each line begins at @indent and ends
 * before HELP_COLUMNS; the first word stands wherever @out is. */
static void wrap(struct strbuf *out, const char *text, size_t len, size_t indent)
{
	const char *end = text + len;
	bool first = true;

	while (text < end) {
		size_t word = strcspn(text, " \n");

		if (word > (size_t)(end - text))
			word = (size_t)(end - text);
		if (word) {
			if (!first && column_of(out) + 1 + word > HELP_COLUMNS - 1) {
				strbuf_putc(out, '\n');
				strbuf_pad(out, indent);
			} else if (!first) {
				strbuf_putc(out, ' ');
			}
			strbuf_add(out, text, word);
			first = false;
		}
		text += word + (text + word < end);
	}
	strbuf_putc(out, '\n');
}

/* Paragraphs: runs of lines up to an empty line or one that begins with a space, which is
 * copied as it is. */
static void add_details(struct strbuf *out, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		if (*text == ' ' || len == 0) {
			strbuf_add(out, text, len);
			strbuf_putc(out, '\n');
		} else {
			while (text[len] && text[len + 1] && text[len + 1] != ' ' &&
			       text[len + 1] != '\n')
				len += 1 + strcspn(text + len + 1, "\n");
			wrap(out, text, len, 0);
		}
		text += len + (text[len] != '\0');
	}
}

/* "  -x, --name VALUE" */
static void option_forms(const struct command_option *option, struct strbuf *out)
{
	strbuf_pad(out, HELP_INDENT);
	if (option->letter)
		strbuf_printf(out, "-%c%s", option->letter, option->name ? ", " : "");
	else
		strbuf_puts(out, "    ");
	if (option->name)
		strbuf_printf(out, "--%s", option->name);
	if (option->value)
		strbuf_printf(out, " %s", option->value);
}

static size_t options_width(const struct command *command)
{
	const struct command_option *option;
	struct strbuf forms = { 0 };
	size_t width = 0;

	for (option = NULL; (option = option_next(command, option));) {
		strbuf_reset(&forms);
		option_forms(option, &forms);
		if (forms.len > width && forms.len <= HELP_MOST_LABEL)
			width = forms.len;
	}
	strbuf_release(&forms);
	return width + 2;
}

static void add_option(const struct command_option *option, size_t width, struct strbuf *out)
{
	struct strbuf help = { 0 };

	option_forms(option, out);
	if (column_of(out) + 2 > width)
		strbuf_putc(out, '\n');
	strbuf_pad(out, width);
	strbuf_puts(&help, option->help);
	if (option->choices)
		strbuf_puts(&help, ": ");
	for (const char *c = option->choices; c; c = choice_after(c)) {
		strbuf_add(&help, c, choice_len(c));
		strbuf_puts(&help, choice_after(c) ? ", " : "");
	}
	wrap(out, strbuf_text(&help), help.len, width);
	strbuf_release(&help);
}

void help_command(const struct command *command, struct strbuf *out)
{
	const struct command_option *option;
	size_t width = options_width(command);

	strbuf_puts(out, "usage: ");
	usage_line(command, out);
	strbuf_printf(out, "\n\n%s\n", command->summary);
	if (command->details) {
		strbuf_putc(out, '\n');
		add_details(out, command->details);
	}
	strbuf_puts(out, "\noptions:\n");
	for (option = NULL; (option = option_next(command, option));)
		add_option(option, width, out);
	if (!command->examples)
		return;
	strbuf_puts(out, "\nexamples:\n");
	for (const char *line = command->examples; *line;) {
		size_t len = strcspn(line, "\n");

		strbuf_pad(out, len ? HELP_INDENT : 0);
		strbuf_add(out, line, len);
		strbuf_putc(out, '\n');
		line += len + (line[len] != '\0');
	}
}

void help_overview(const char *family, struct strbuf *out)
{
	const struct command *command;
	size_t width = 0;

	for (size_t i = 0; (command = registry_at(i)); i++)
		if (strlen(command->name) > width)
			width = strlen(command->name);
	width += HELP_INDENT + 2;
	if (family)
		strbuf_printf(out, "usage: waggle %s COMMAND [OPTION]... [OPERAND]...\n", family);
	else
		strbuf_puts(out, "usage: waggle COMMAND [OPTION]... [OPERAND]...\n");
	strbuf_puts(out, "\ncommands:\n");
	for (size_t i = 0; (command = registry_at(i)); i++) {
		if (family && !registry_in_family(command, family))
			continue;
		strbuf_pad(out, HELP_INDENT);
		strbuf_puts(out, command->name);
		strbuf_pad(out, width);
		wrap(out, command->summary, strlen(command->summary), width);
	}
	strbuf_puts(out, "\n'waggle help COMMAND' tells all about one of them.\n");
}

static int run_help(const struct command_args *args)
{
	const char *words[3] = { NULL };
	const struct command *command;
	struct strbuf out = { 0 };
	struct diag diag = { .name = "waggle help" };
	size_t count = args_operand_count(args), used = 0;
	int status = EXIT_OK;

	for (size_t i = 0; i < count; i++)
		words[i] = args_operand(args, i);
	command = registry_find((const char *const *)words, &used);
	if (args_flag(args, "mdoc"))
		help_mdoc(&out);
	else if (count == 0)
		help_overview(NULL, &out);
	else if (command && used == count)
		help_command(command, &out);
	else if (count == 1 && registry_is_family(words[0]))
		help_overview(words[0], &out);
	else
		registry_report_unknown((const char *const *)words, &diag);
	if (diag.error_count) {
		command_report(&diag);
		status = EXIT_USAGE;
	}
	(void)fputs(strbuf_text(&out), stdout);
	strbuf_release(&out);
	diag_release(&diag);
	return status;
}

/* clang-format off */
static const struct command_option options[] = {
	{ 0, "mdoc", NULL, NULL, "print what all commands do in the language of manual pages" },
	{ 0 },
};
/* clang-format on */

const struct command command_help = {
	.name = "help",
	.operands = "[COMMAND]...",
	.summary = "show all commands, or everything about one",
	.details = "Without operands, lists the commands.  With the name of a command, which may "
		   "be of two words, shows its options and examples.",
	.examples = "waggle help\n"
		    "waggle help completion",
	.options = options,
	.most_operands = 2,
	.run = run_help,
};
