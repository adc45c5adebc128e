/*
 * args.c - the option parser.
 *
 * It is our own because getopt_long knows neither choices nor numbers of operands, prints by
 * itself, and accepts any unambiguous beginning of a name, which makes every new option a
 * possible break of somebody's script.
 */
#include "cmd/args.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"

static const struct command_option common_options[] = {
	{ 'h', "help", NULL, NULL, "show this help" },
};

struct parser {
	struct command_args *args;
	struct diag *diag;
	const char *const *next; /* the first word not yet looked at */
};

size_t choice_len(const char *choices)
{
	return strcspn(choices, "|");
}

const char *choice_after(const char *choices)
{
	const char *bar = strchr(choices, '|');

	return bar ? bar + 1 : NULL;
}

const struct command_option *option_next(const struct command *command,
					 const struct command_option *option)
{
	if (option == common_options)
		return NULL;
	option = option ? option + 1 : command->options;
	return option && (option->letter || option->name) ? option : common_options;
}

void option_label(const struct command_option *option, struct strbuf *out)
{
	if (option->name)
		strbuf_printf(out, "--%s", option->name);
	else
		strbuf_printf(out, "-%c", option->letter);
}

void usage_line(const struct command *command, struct strbuf *out)
{
	strbuf_printf(out, "waggle %s", command->name);
	if (command->options)
		strbuf_puts(out, " [OPTION]...");
	if (*command->operands)
		strbuf_printf(out, " %s", command->operands);
}

static void hint_usage(struct parser *p)
{
	struct strbuf usage = { 0 };

	usage_line(p->args->command, &usage);
	diag_hint(p->diag, "usage: %s", strbuf_text(&usage));
	strbuf_release(&usage);
}

static const struct command_option *find_letter(const struct command *command, char letter)
{
	const struct command_option *option;

	for (option = NULL; (option = option_next(command, option));)
		if (option->letter == letter)
			return option;
	return NULL;
}

static const struct command_option *find_name(const struct command *command, const char *name,
					      size_t len)
{
	const struct command_option *option;

	for (option = NULL; (option = option_next(command, option));)
		if (option->name && strlen(option->name) == len &&
		    memcmp(option->name, name, len) == 0)
			return option;
	return NULL;
}

/* Say that no option is called @word (without its value, with its dashes). */
static int unknown_option(struct parser *p, const char *word, const char *name)
{
	const struct command *command = p->args->command;
	struct nearest search = nearest_begin(name);
	const struct command_option *option;

	for (option = NULL; (option = option_next(command, option));)
		if (option->name)
			nearest_offer(&search, option->name);
	diag_error(p->diag, SPAN_NONE, "unknown option '%s'", word);
	if (search.best)
		diag_hint(p->diag, "did you mean '--%s'?  see: waggle %s --help", search.best,
			  command->name);
	else
		diag_hint(p->diag, "see: waggle %s --help", command->name);
	return -EINVAL;
}

static bool is_choice(const char *choices, const char *value)
{
	for (const char *c = choices; c; c = choice_after(c))
		if (strlen(value) == choice_len(c) && memcmp(c, value, choice_len(c)) == 0)
			return true;
	return false;
}

/* Say that @option cannot be @value, and what it can be. */
static int bad_choice(struct parser *p, const struct command_option *option, const char *value)
{
	struct nearest search = nearest_begin(value);
	struct strbuf label = { 0 }, list = { 0 };

	for (const char *c = option->choices; c; c = choice_after(c)) {
		const char *word = arena_strndup(&p->args->arena, c, choice_len(c));

		if (!word)
			continue;
		nearest_offer(&search, word);
		strbuf_printf(&list, "%s%s", list.len ? ", " : "", word);
	}
	option_label(option, &label);
	diag_error(p->diag, SPAN_NONE, "option '%s' cannot be '%s'", strbuf_text(&label), value);
	if (search.best)
		diag_hint(p->diag, "did you mean '%s'?  it takes one of: %s", search.best,
			  strbuf_text(&list));
	else
		diag_hint(p->diag, "it takes one of: %s", strbuf_text(&list));
	strbuf_release(&label);
	strbuf_release(&list);
	return -EINVAL;
}

static int add_given(struct parser *p, const struct command_option *option, const char *value)
{
	struct command_args *args = p->args;

	if (value && option->choices && !is_choice(option->choices, value))
		return bad_choice(p, option, value);
	if (option->name && strcmp(option->name, "help") == 0)
		args->help_wanted = true;
	args->given[args->given_count++] = (struct given){ option, value };
	return 0;
}

/* Take the next word as the value of @option. */
static int add_with_next(struct parser *p, const struct command_option *option)
{
	struct strbuf label = { 0 };

	if (*p->next)
		return add_given(p, option, *p->next++);
	option_label(option, &label);
	diag_error(p->diag, SPAN_NONE, "option '%s' needs a value: %s", strbuf_text(&label),
		   option->value);
	strbuf_release(&label);
	hint_usage(p);
	return -EINVAL;
}

/* @word begins with two dashes. */
static int parse_long(struct parser *p, const char *word)
{
	const char *name = word + 2;
	size_t len = strcspn(name, "=");
	const char *value = name[len] ? name + len + 1 : NULL;
	const struct command_option *option = find_name(p->args->command, name, len);

	if (!option) {
		char *shown = arena_strndup(&p->args->arena, word, len + 2);

		return shown ? unknown_option(p, shown, shown + 2) : -ENOMEM;
	}
	if (option->value)
		return value ? add_given(p, option, value) : add_with_next(p, option);
	if (value) {
		diag_error(p->diag, SPAN_NONE, "option '--%s' takes no value", option->name);
		hint_usage(p);
		return -EINVAL;
	}
	return add_given(p, option, NULL);
}

/* @word is a dash and letters: flags, of which the last may take the rest as its value. */
static int parse_letters(struct parser *p, const char *word)
{
	for (const char *letter = word + 1; *letter; letter++) {
		const struct command_option *option = find_letter(p->args->command, *letter);
		int err;

		if (!option && letter == word + 1)
			return unknown_option(p, word, word + 1);
		if (!option) {
			const char shown[] = { '-', *letter, '\0' };

			return unknown_option(p, shown, shown + 1);
		}
		if (option->value && letter[1])
			return add_given(p, option, letter + 1);
		if (option->value)
			return add_with_next(p, option);
		err = add_given(p, option, NULL);
		if (err)
			return err;
	}
	return 0;
}

static bool is_operand(const struct command *command, const char *word)
{
	bool digit = word[0] == '-' && word[1] >= '0' && word[1] <= '9';

	return word[0] != '-' || word[1] == '\0' || (digit && !find_letter(command, word[1]));
}

/* Copy the @i-th word of the operands' description ("PROG [FILE]") for a message. */
static const char *operand_name(struct parser *p, size_t i)
{
	const char *name = p->args->command->operands;

	while (i-- > 0 && name[strcspn(name, " ")])
		name += strcspn(name, " ") + 1;
	return arena_strndup(&p->args->arena, name, strcspn(name, " "));
}

static int check_operands(struct parser *p)
{
	const struct command_args *args = p->args;
	const struct command *command = args->command;
	const char *name;

	if (args->operand_count < command->least_operands) {
		name = operand_name(p, args->operand_count);
		if (!name)
			return -ENOMEM;
		diag_error(p->diag, SPAN_NONE, "an operand is missing: %s", name);
	} else if (args->operand_count > command->most_operands) {
		diag_error(p->diag, SPAN_NONE, "unexpected operand '%s'",
			   args->operands[command->most_operands]);
	} else {
		return 0;
	}
	hint_usage(p);
	return -EINVAL;
}

/* Room for as many options and operands as there can be: a bundle has one to each letter. */
static int reserve(struct command_args *args, const char *const words[])
{
	size_t operands = 0, options = 0;

	for (; words[operands]; operands++)
		options += strlen(words[operands]);
	args->given = arena_alloc_array(&args->arena, options, sizeof *args->given);
	args->operands = arena_alloc_array(&args->arena, operands, sizeof *args->operands);
	return args->given && args->operands ? 0 : -ENOMEM;
}

int args_parse(const struct command *command, const char *const words[], struct diag *diag,
	       struct command_args *ret_args)
{
	struct parser p = { .args = ret_args, .diag = diag, .next = words };
	bool operands_only = false;
	int err;

	*ret_args = (struct command_args){ .command = command };
	err = reserve(ret_args, words);
	while (!err && !ret_args->help_wanted && *p.next) {
		const char *word = *p.next++;

		if (operands_only || is_operand(command, word))
			ret_args->operands[ret_args->operand_count++] = word;
		else if (strcmp(word, "--") == 0)
			operands_only = true;
		else if (word[1] == '-')
			err = parse_long(&p, word);
		else
			err = parse_letters(&p, word);
	}
	if (err || ret_args->help_wanted)
		return err;
	return check_operands(&p);
}

void args_release(struct command_args *args)
{
	arena_release(&args->arena);
}

/* The option that a command asks for; it asks only for those in its own table. */
static const struct command_option *find_option(const struct command_args *args, const char *name)
{
	const struct command_option *option = find_name(args->command, name, strlen(name));

	if (!option && name[0] && !name[1])
		option = find_letter(args->command, name[0]);
	assert(option);
	return option;
}

static const struct given *find_given(const struct command_args *args, const char *name)
{
	const struct command_option *option = find_option(args, name);

	for (size_t i = args->given_count; i-- > 0;)
		if (args->given[i].option == option)
			return &args->given[i];
	return NULL;
}

bool args_flag(const struct command_args *args, const char *name)
{
	return find_given(args, name) != NULL;
}

unsigned int args_flag_count(const struct command_args *args, const char *name)
{
	const struct command_option *option = find_option(args, name);
	unsigned int count = 0;

	for (size_t i = 0; i < args->given_count; i++)
		count += args->given[i].option == option;
	return count;
}

const char *args_value(const struct command_args *args, const char *name)
{
	const struct given *given = find_given(args, name);

	return given ? given->value : NULL;
}

const char *args_value_at(const struct command_args *args, const char *name, size_t i)
{
	const struct command_option *option = find_option(args, name);

	for (size_t j = 0; j < args->given_count; j++)
		if (args->given[j].option == option && i-- == 0)
			return args->given[j].value;
	return NULL;
}

/* All of @text as an unsigned number: strtoul alone would take signs, blanks and octal. */
static bool parse_number(const char *text, unsigned long *ret_number)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	const char *digits = hex ? text + 2 : text;
	char *end;

	if (!*digits ||
	    strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789") != strlen(digits))
		return false;
	errno = 0;
	*ret_number = strtoul(digits, &end, hex ? 16 : 10);
	return errno == 0;
}

unsigned long args_number(const struct command_args *args, const char *name, unsigned long least,
			  unsigned long most, unsigned long otherwise, bool *failed)
{
	const struct given *given = find_given(args, name);
	struct strbuf label = { 0 };
	struct diag diag = { 0 };
	unsigned long number;

	if (!given)
		return otherwise;
	if (parse_number(given->value, &number) && number >= least && number <= most)
		return number;
	diag.name = arena_printf(&diag.arena, "waggle %s", args->command->name);
	option_label(given->option, &label);
	diag_error(&diag, SPAN_NONE, "option '%s' takes a number from %lu to %lu, not '%s'",
		   strbuf_text(&label), least, most, given->value);
	command_report(&diag);
	strbuf_release(&label);
	diag_release(&diag);
	*failed = true;
	return otherwise;
}

size_t args_operand_count(const struct command_args *args)
{
	return args->operand_count;
}

const char *args_operand(const struct command_args *args, size_t i)
{
	return i < args->operand_count ? args->operands[i] : NULL;
}

void command_report(const struct diag *diag)
{
	struct strbuf text = { 0 };

	diag_render(diag, &text);
	(void)fflush(stdout); /* so that messages stand where they arose */
	(void)fputs(strbuf_text(&text), stderr);
	strbuf_release(&text);
}
