/*
 * command.h - what a subcommand is: a row with its options and a function.
 *
 * The same tables make the parser, 'waggle help', the manual page's option lists and the shell
 * completions, so that they cannot disagree.  A new subcommand is one file in cmd/ that defines
 * a struct command, and one row in commands.def.
 *
 * Every command also takes -h and --help, which the framework answers.
 */
#ifndef WAGGLE_CMD_COMMAND_H
#define WAGGLE_CMD_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"

/* Exit statuses of every command. */
enum {
	EXIT_OK = 0,
	EXIT_FAILED = 1, /* the question was put and the answer is no, or the work failed */
	EXIT_USAGE = 2,  /* the question could not be put: options, unreadable input */
};

/* One option.  A table of them ends with a row of zeros. */
struct command_option {
	char letter;         /* for '-x', or 0 */
	const char *name;    /* for '--name', or NULL */
	const char *value;   /* what it takes, in capitals ("FILE", "N"), or NULL for a flag */
	const char *choices; /* the values it may take, separated by '|', or NULL for any */
	const char *help;    /* one sentence: lower case, no full stop */
};

struct command_args;

/* 'details' is paragraphs with an empty line between them.  They are wrapped to the width at
 * hand; a line that begins with a space is shown as it is. */
struct command {
	const char *name;     /* one word, or two for a family: "vm run" */
	const char *operands; /* "[FILE]", "PROG", "bash|zsh|fish", "" */
	const char *summary;  /* one line: lower case, no full stop */
	const char *details;  /* for 'waggle help NAME' and the manual page: see below */
	const char *examples; /* lines of shell, separated by '\n'; or NULL */
	const struct command_option *options; /* or NULL */
	unsigned int least_operands;
	unsigned int most_operands;
	int (*run)(const struct command_args *args); /* returns an exit status */
};

/* Every command: the row COMMAND(vm_run) of commands.def stands for command_vm_run. */
#define COMMAND(symbol) extern const struct command command_##symbol;
#include "cmd/commands.def"
#undef COMMAND

/* What the user gave, checked against the tables: unknown options, missing values, values
 * outside 'choices' and wrong numbers of operands never reach a command. */

/* Was the option given?  @name is its long name, or a one-letter string if it has none. */
bool args_flag(const struct command_args *args, const char *name);
/* How often: '-ddd' is three times '-d'. */
unsigned int args_flag_count(const struct command_args *args, const char *name);

/* The option's last value, or NULL when it was not given. */
const char *args_value(const struct command_args *args, const char *name);
/* Its values in their order, for an option that may be given several times: NULL beyond the last. */
const char *args_value_at(const struct command_args *args, const char *name, size_t i);

/* The option's value as a number within [@least, @most] (decimal, or hex with 0x), or @otherwise
 * when it was not given.  On a bad number prints what is wrong and sets *failed to true. */
unsigned long args_number(const struct command_args *args, const char *name, unsigned long least,
			  unsigned long most, unsigned long otherwise, bool *failed);

size_t args_operand_count(const struct command_args *args);
const char *args_operand(const struct command_args *args, size_t i); /* NULL beyond the last */

/* Print the messages of @diag on standard error. */
void command_report(const struct diag *diag);

#endif
