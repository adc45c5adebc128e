/*
 * args.h - from the words of a command line to what a command asks for by name.
 *
 * The inside of the framework: commands include command.h, which has the questions that they
 * may ask of the result.
 */
#ifndef WAGGLE_CMD_ARGS_H
#define WAGGLE_CMD_ARGS_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/strbuf.h"
#include "cmd/command.h"

/* One use of an option. */
struct given {
	const struct command_option *option;
	const char *value; /* NULL for a flag */
};

struct command_args {
	const struct command *command;
	struct given *given; /* in the user's order */
	size_t given_count;
	const char **operands;
	size_t operand_count;
	bool help_wanted; /* -h or --help: nothing else was checked */
	struct arena arena;
};

/* The words after a command's name, up to NULL, by its tables.  Accepted are '-x', '-xVALUE',
 * '-x VALUE', '-abc' for flags, '--name', '--name=VALUE' and '--name VALUE', before, between
 * and after the operands; '--' makes operands of all that follows.  A word such as '-5' is an
 * operand unless an option has that digit.
 * Returns 0, -EINVAL with the reason in @diag, or -ENOMEM.  The result points into @words and
 * is to be released with args_release, also after a failure. */
int args_parse(const struct command *command, const char *const words[], struct diag *diag,
	       struct command_args *ret_args);
void args_release(struct command_args *args);

/* "waggle vm run [OPTION]... PROG [FILE]" */
void usage_line(const struct command *command, struct strbuf *out);

/* "--name", or "-x" for an option without a name. */
void option_label(const struct command_option *option, struct strbuf *out);

/* The option of a command behind @option (NULL: the first), then the common one (-h), then NULL. */
const struct command_option *option_next(const struct command *command,
					 const struct command_option *option);

/* Walk a list like "text|json": the length of its first word, and the list after it or NULL.
 *	for (const char *c = choices; c; c = choice_after(c)) use(c, choice_len(c)); */
size_t choice_len(const char *choices);
const char *choice_after(const char *choices);

#endif
