/*
 * completion.c - 'waggle completion SHELL': what a shell needs to complete our command lines.
 *
 * The three scripts are made from the tables by the same walk; what differs is how a shell says
 * it.  What a value or an operand can be is read from its description: "bash|zsh|fish" and an
 * option's choices are those words, COMMAND the names of commands, and FILE and every other
 * operand the name of a file.
 */
#include "cmd/command.h"

#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "cmd/args.h"
#include "cmd/registry.h"

enum expected {
	EXPECT_NOTHING, /* a number, say */
	EXPECT_FILE,
	EXPECT_CHOICE,
	EXPECT_COMMAND,
};

static enum expected option_expects(const struct command_option *option)
{
	if (option->choices)
		return EXPECT_CHOICE;
	return option->value && strstr(option->value, "FILE") ? EXPECT_FILE : EXPECT_NOTHING;
}

static enum expected operands_expect(const struct command *command)
{
	if (command->most_operands == 0)
		return EXPECT_NOTHING;
	if (strchr(command->operands, '|'))
		return EXPECT_CHOICE;
	return strstr(command->operands, "COMMAND") ? EXPECT_COMMAND : EXPECT_FILE;
}

/* The words of "text|json" with spaces between them. */
static void add_choices(struct strbuf *out, const char *choices)
{
	for (const char *c = choices; c; c = choice_after(c)) {
		strbuf_add(out, c, choice_len(c));
		if (choice_after(c))
			strbuf_putc(out, ' ');
	}
}

static size_t family_len(const struct command *command)
{
	return strcspn(command->name, " ");
}

/* Is it the first of its family, or alone? */
static bool is_first_of_family(size_t i)
{
	const struct command *command = registry_at(i);

	for (size_t j = 0; j < i; j++)
		if (family_len(registry_at(j)) == family_len(command) &&
		    memcmp(registry_at(j)->name, command->name, family_len(command)) == 0)
			return false;
	return true;
}

/* The first words of all commands, each once. */
static void add_first_words(struct strbuf *out)
{
	const struct command *command;

	for (size_t i = 0; (command = registry_at(i)); i++) {
		if (!is_first_of_family(i))
			continue;
		if (i > 0)
			strbuf_putc(out, ' ');
		strbuf_add(out, command->name, family_len(command));
	}
}

/* The second words of the family whose first command is @first. */
static void add_second_words(struct strbuf *out, const struct command *first)
{
	const struct command *command;
	const char *space = "";

	for (size_t i = 0; (command = registry_at(i)); i++) {
		size_t len = family_len(command);

		if (len != family_len(first) || memcmp(command->name, first->name, len) != 0 ||
		    !command->name[len])
			continue;
		strbuf_printf(out, "%s%s", space, command->name + len + 1);
		space = " ";
	}
}

/* @text within single quotes, where a shell's only trouble is the quote itself. */
static void add_quoted(struct strbuf *out, const char *text)
{
	strbuf_putc(out, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			strbuf_puts(out, "'\\''");
		else
			strbuf_putc(out, *text);
	}
	strbuf_putc(out, '\'');
}

static void bash_option_value(struct strbuf *out, const struct command_option *option)
{
	strbuf_puts(out, "\t\t");
	if (option->letter)
		strbuf_printf(out, "-%c%s", option->letter, option->name ? "|" : "");
	if (option->name)
		strbuf_printf(out, "--%s", option->name);
	strbuf_puts(out, ") ");
	switch (option_expects(option)) {
	case EXPECT_FILE: strbuf_puts(out, "_waggle_files; "); break;
	case EXPECT_CHOICE:
		strbuf_puts(out, "_waggle_words '");
		add_choices(out, option->choices);
		strbuf_puts(out, "'; ");
		break;
	case EXPECT_NOTHING:
	case EXPECT_COMMAND: break;
	}
	strbuf_puts(out, "return ;;\n");
}

static void bash_operands(struct strbuf *out, const struct command *command)
{
	strbuf_puts(out, "\t\t");
	switch (operands_expect(command)) {
	case EXPECT_FILE: strbuf_puts(out, "_waggle_files"); break;
	case EXPECT_CHOICE:
		strbuf_puts(out, "_waggle_words '");
		add_choices(out, command->operands);
		strbuf_putc(out, '\'');
		break;
	case EXPECT_COMMAND:
		strbuf_puts(out, "_waggle_words '");
		add_first_words(out);
		strbuf_putc(out, '\'');
		break;
	case EXPECT_NOTHING: strbuf_putc(out, ':'); break;
	}
	strbuf_puts(out, "\n\t\t;;\n");
}

static void bash_command(struct strbuf *out, const struct command *command)
{
	const struct command_option *option;
	const char *space = "";

	strbuf_printf(out, "\t'%s%s)\n", command->name, strchr(command->name, ' ') ? "'" : " '*");
	strbuf_puts(out, "\t\tcase \"$prev\" in\n");
	for (option = NULL; (option = option_next(command, option));)
		if (option->value)
			bash_option_value(out, option);
	strbuf_puts(out, "\t\tesac\n\t\t[[ $cur == -* ]] && { _waggle_words '");
	for (option = NULL; (option = option_next(command, option));) {
		strbuf_puts(out, space);
		option_label(option, out);
		space = " ";
	}
	strbuf_puts(out, "'; return; }\n");
	bash_operands(out, command);
}

static void add_bash(struct strbuf *out)
{
	const struct command *command;

	strbuf_puts(out,
		    "# bash completion for waggle; made by: waggle completion bash\n"
		    "_waggle_words() { mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$cur\"); }\n"
		    "_waggle_files() { compopt -o filenames 2>/dev/null\n"
		    "\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); }\n"
		    "_waggle() {\n"
		    "\tlocal cur=\"${COMP_WORDS[COMP_CWORD]}\" "
		    "prev=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
		    "\t# bash takes '--name=value' for three words\n"
		    "\tif [[ $cur == = ]]; then cur=''\n"
		    "\telif [[ $prev == = ]]; then prev=\"${COMP_WORDS[COMP_CWORD-2]}\"; fi\n"
		    "\tcase \"$COMP_CWORD:${COMP_WORDS[1]}\" in\n"
		    "\t1:*) _waggle_words '");
	add_first_words(out);
	strbuf_puts(out, "'; return ;;\n");
	for (size_t i = 0; (command = registry_at(i)); i++) {
		if (!strchr(command->name, ' ') || !is_first_of_family(i))
			continue;
		strbuf_printf(out, "\t2:%.*s) _waggle_words '", (int)family_len(command),
			      command->name);
		add_second_words(out, command);
		strbuf_puts(out, "'; return ;;\n");
	}
	strbuf_puts(out, "\tesac\n\tcase \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n");
	for (size_t i = 0; (command = registry_at(i)); i++)
		bash_command(out, command);
	strbuf_puts(out, "\tesac\n}\ncomplete -F _waggle waggle\n");
}

/* What zsh is to offer, as the last part of a specification for _arguments. */
static void zsh_action(struct strbuf *out, enum expected expected, const char *choices)
{
	switch (expected) {
	case EXPECT_FILE: strbuf_puts(out, "_files"); break;
	case EXPECT_CHOICE:
		strbuf_putc(out, '(');
		add_choices(out, choices);
		strbuf_putc(out, ')');
		break;
	case EXPECT_COMMAND:
		strbuf_putc(out, '(');
		add_first_words(out);
		strbuf_putc(out, ')');
		break;
	case EXPECT_NOTHING: strbuf_putc(out, ' '); break;
	}
}

/* The help of an option within a specification, where brackets and colons have a meaning. */
static void zsh_help(struct strbuf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'') {
			strbuf_puts(out, "'\\''");
			continue;
		}
		if (strchr("[]:\\", *text))
			strbuf_putc(out, '\\');
		strbuf_putc(out, *text);
	}
}

static void zsh_option(struct strbuf *out, const struct command_option *option)
{
	strbuf_puts(out, " \\\n\t\t\t");
	if (option->letter && option->name)
		strbuf_printf(out, "'(-%c --%s)'{-%c,--%s}'", option->letter, option->name,
			      option->letter, option->name);
	else if (option->name)
		strbuf_printf(out, "'--%s", option->name);
	else
		strbuf_printf(out, "'-%c", option->letter);
	strbuf_putc(out, '[');
	zsh_help(out, option->help);
	strbuf_putc(out, ']');
	if (option->value) {
		strbuf_printf(out, ":%s:", option->value);
		zsh_action(out, option_expects(option), option->choices);
	}
	strbuf_putc(out, '\'');
}

static void zsh_command(struct strbuf *out, const struct command *command)
{
	bool two = strchr(command->name, ' ') != NULL;
	const struct command_option *option;

	strbuf_printf(out, "\t'%s%s)\n", command->name, two ? "'" : " '*");
	strbuf_printf(out, "\t\tshift %d words; (( CURRENT -= %d ))\n", two + 1, two + 1);
	strbuf_puts(out, "\t\t_arguments -s -S");
	for (option = NULL; (option = option_next(command, option));)
		zsh_option(out, option);
	if (command->most_operands) {
		strbuf_puts(out, " \\\n\t\t\t'*:operand:");
		zsh_action(out, operands_expect(command), command->operands);
		strbuf_putc(out, '\'');
	}
	strbuf_puts(out, "\n\t\t;;\n");
}

static void add_zsh(struct strbuf *out)
{
	const struct command *command;

	strbuf_puts(out, "#compdef waggle\n"
			 "# zsh completion for waggle; made by: waggle completion zsh\n"
			 "_waggle() {\n"
			 "\tif (( CURRENT == 2 )); then compadd -- ");
	add_first_words(out);
	strbuf_puts(out, "; return; fi\n");
	for (size_t i = 0; (command = registry_at(i)); i++) {
		if (!strchr(command->name, ' ') || !is_first_of_family(i))
			continue;
		strbuf_printf(out,
			      "\tif (( CURRENT == 3 )) && [[ $words[2] == %.*s ]]; then "
			      "compadd -- ",
			      (int)family_len(command), command->name);
		add_second_words(out, command);
		strbuf_puts(out, "; return; fi\n");
	}
	strbuf_puts(out, "\tcase \"$words[2] $words[3]\" in\n");
	for (size_t i = 0; (command = registry_at(i)); i++)
		zsh_command(out, command);
	strbuf_puts(out, "\tesac\n}\nif [[ $funcstack[1] == _waggle ]]; then _waggle \"$@\"\n"
			 "else compdef _waggle waggle; fi\n");
}

/* "complete -c waggle" for what comes after the name of @command. */
static void fish_begin(struct strbuf *out, const struct command *command)
{
	strbuf_printf(out, "complete -c waggle -n '__waggle_at %s'", command->name);
}

static void fish_action(struct strbuf *out, enum expected expected, const char *choices)
{
	switch (expected) {
	case EXPECT_FILE: strbuf_puts(out, " -r -F"); break;
	case EXPECT_CHOICE:
		strbuf_puts(out, " -x -a '");
		add_choices(out, choices);
		strbuf_putc(out, '\'');
		break;
	case EXPECT_COMMAND:
		strbuf_puts(out, " -x -a '");
		add_first_words(out);
		strbuf_putc(out, '\'');
		break;
	case EXPECT_NOTHING: strbuf_puts(out, " -x"); break;
	}
}

static void fish_command(struct strbuf *out, const struct command *command)
{
	const struct command_option *option;

	for (option = NULL; (option = option_next(command, option));) {
		fish_begin(out, command);
		if (option->letter)
			strbuf_printf(out, option->letter == '#' ? " -s '%c'" : " -s %c",
				      option->letter);
		if (option->name)
			strbuf_printf(out, " -l %s", option->name);
		if (option->value)
			fish_action(out, option_expects(option), option->choices);
		strbuf_puts(out, " -d ");
		add_quoted(out, option->help);
		strbuf_putc(out, '\n');
	}
	if (operands_expect(command) == EXPECT_NOTHING)
		return;
	fish_begin(out, command);
	if (operands_expect(command) == EXPECT_FILE)
		strbuf_puts(out, " -F");
	else
		fish_action(out, operands_expect(command), command->operands);
	strbuf_putc(out, '\n');
}

/* How fish finds the words that can follow those of the names typed so far. */
static void fish_names(struct strbuf *out, size_t i)
{
	const struct command *command = registry_at(i);
	int len = (int)family_len(command);
	const char *second = strchr(command->name, ' ');

	if (is_first_of_family(i)) {
		strbuf_printf(out, "complete -c waggle -n __fish_use_subcommand -a %.*s -d ", len,
			      command->name);
		add_quoted(out, second ? "a family of commands" : command->summary);
		strbuf_putc(out, '\n');
	}
	if (!second)
		return;
	strbuf_printf(out, "complete -c waggle -n '__waggle_only %.*s' -a %s -d ", len,
		      command->name, second + 1);
	add_quoted(out, command->summary);
	strbuf_putc(out, '\n');
}

static void add_fish(struct strbuf *out)
{
	const struct command *command;

	strbuf_puts(out, "# fish completion for waggle; made by: waggle completion fish\n"
			 "function __waggle_at\n"
			 "\tset -l typed (commandline -opc)\n"
			 "\tset -l last (math (count $argv) + 1)\n"
			 "\ttest (count $typed) -ge $last; and "
			 "test \"$typed[2..$last]\" = \"$argv\"\n"
			 "end\n"
			 "function __waggle_only\n"
			 "\ttest (count (commandline -opc)) -eq 2; and __waggle_at $argv\n"
			 "end\n"
			 "complete -c waggle -f\n");
	for (size_t i = 0; registry_at(i); i++)
		fish_names(out, i);
	for (size_t i = 0; (command = registry_at(i)); i++)
		fish_command(out, command);
}

static const struct {
	const char *shell;
	void (*add)(struct strbuf *out);
} shells[] = {
	/* clang-format off */
	{ "bash", add_bash },
	{ "zsh",  add_zsh  },
	{ "fish", add_fish },
	/* clang-format on */
};

static int run_completion(const struct command_args *args)
{
	const char *shell = args_operand(args, 0);
	struct diag diag = { .name = "waggle completion" };
	struct strbuf out = { 0 };

	for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
		if (strcmp(shells[i].shell, shell) != 0)
			continue;
		shells[i].add(&out);
		(void)fputs(strbuf_text(&out), stdout);
		strbuf_release(&out);
		return EXIT_OK;
	}
	diag_error(&diag, SPAN_NONE, "no completion for the shell '%s'", shell);
	diag_hint(&diag, "there is one for each of: bash, zsh, fish");
	command_report(&diag);
	diag_release(&diag);
	return EXIT_USAGE;
}

const struct command command_completion = {
	.name = "completion",
	.operands = "bash|zsh|fish",
	.summary = "print a script that lets a shell complete waggle's command lines",
	.details = "The packages install the scripts where the shells look for them.  Without "
		   "one, source the script from the shell's start file.",
	.examples = "source <(waggle completion bash)\n"
		    "waggle completion fish > ~/.config/fish/completions/waggle.fish",
	.least_operands = 1,
	.most_operands = 1,
	.run = run_completion,
};
