/*
 * mdoc.c - the commands as a section of the manual page, in mdoc(7).
 *
 * The page itself is doc/waggle.1.in; the build puts this where it says @COMMANDS@.
 */
#include "cmd/help.h"

#include <ctype.h>
#include <string.h>

#include "cmd/args.h"
#include "cmd/registry.h"

/* @text such that mdoc shows it as it is: a backslash begins an escape, and a dot or a quote at
 * the beginning of a line begins a request. */
static void add_text(struct strbuf *out, const char *text, size_t len)
{
	bool line_start = true;

	for (size_t i = 0; i < len; i++) {
		if (line_start && (text[i] == '.' || text[i] == '\''))
			strbuf_puts(out, "\\&");
		if (text[i] == '\\')
			strbuf_puts(out, "\\e");
		else
			strbuf_putc(out, text[i]);
		line_start = text[i] == '\n';
	}
}

/* Words behind a macro: a word that is itself the name of a macro must not act as one. */
static void add_words(struct strbuf *out, const char *text)
{
	bool word_start = true;

	for (; *text; text++) {
		if (word_start)
			strbuf_puts(out, "\\&");
		add_text(out, text, 1);
		word_start = *text == ' ';
	}
}

/* A phrase of ours as a sentence of the manual. */
static void add_sentence(struct strbuf *out, const char *phrase)
{
	const char first = (char)toupper((unsigned char)*phrase);

	add_text(out, &first, 1);
	add_text(out, phrase + 1, strlen(phrase + 1));
	strbuf_puts(out, ".\n");
}

static void add_literal(struct strbuf *out, const char *text, size_t len)
{
	strbuf_puts(out, ".Bd -literal -offset indent\n");
	add_text(out, text, len);
	strbuf_puts(out, "\n.Ed\n");
}

/* Prose: mdoc wants each sentence to begin on a line of its own, ours may follow on the same. */
static void add_prose(struct strbuf *out, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		const char *stop = text;
		size_t blanks = 0;

		while (stop < end && !blanks)
			if (strchr(".?!", *stop++))
				blanks = strspn(stop, " ");
		add_text(out, text, (size_t)(stop - text));
		strbuf_putc(out, '\n');
		text = stop + blanks + (stop < end && *stop == '\n');
	}
}

/* The bytes of the first block of @text: lines that all begin with a space, or that all do not;
 * an empty line ends it. */
static size_t block_len(const char *text)
{
	size_t len = strcspn(text, "\n");

	while (text[len] && text[len + 1] != '\n' && (text[len + 1] == ' ') == (*text == ' '))
		len += 1 + strcspn(text + len + 1, "\n");
	return len;
}

static void add_details(struct strbuf *out, const char *text)
{
	while (*text) {
		size_t len = *text == '\n' ? 0 : block_len(text);

		if (len && *text == ' ') {
			add_literal(out, text, len);
		} else if (len) {
			strbuf_puts(out, ".Pp\n");
			add_prose(out, text, len);
		}
		text += len + (text[len] != '\0');
	}
}

static void add_option(struct strbuf *out, const struct command_option *option)
{
	strbuf_puts(out, ".It");
	if (option->letter)
		strbuf_printf(out, " Fl %c", option->letter);
	if (option->letter && option->name)
		strbuf_puts(out, " ,");
	if (option->name)
		strbuf_printf(out, " Fl \\-%s", option->name);
	if (option->value) {
		strbuf_puts(out, " Ar ");
		add_words(out, option->value);
	}
	strbuf_putc(out, '\n');
	add_sentence(out, option->help);
	if (!option->choices)
		return;
	strbuf_puts(out, "One of:\n");
	for (const char *c = option->choices; c; c = choice_after(c)) {
		strbuf_puts(out, ".Cm \\&");
		add_text(out, c, choice_len(c));
		strbuf_puts(out, choice_after(c) ? " ,\n" : " .\n");
	}
}

static void add_command(struct strbuf *out, const struct command *command)
{
	const struct command_option *option;

	strbuf_printf(out, ".Ss waggle %s\n.Nm Cm ", command->name);
	add_words(out, command->name);
	strbuf_puts(out, " Oo Ar option Oc Ns No ...");
	if (*command->operands) {
		strbuf_puts(out, " Ar ");
		add_words(out, command->operands);
	}
	strbuf_puts(out, "\n.Pp\n");
	add_sentence(out, command->summary);
	if (command->details)
		add_details(out, command->details);
	strbuf_puts(out, ".Bl -tag -width Ds\n");
	for (option = NULL; (option = option_next(command, option));)
		add_option(out, option);
	strbuf_puts(out, ".El\n");
	if (!command->examples)
		return;
	strbuf_puts(out, ".Pp\nExamples:\n");
	add_literal(out, command->examples, strlen(command->examples));
}

void help_mdoc(struct strbuf *out)
{
	const struct command *command;

	for (size_t i = 0; (command = registry_at(i)); i++)
		add_command(out, command);
}
