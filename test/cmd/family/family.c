/*
 * family.c - two commands of a family with options of every kind.
 *
 * The framework is built around them as the program is built around its own, so that what it
 * makes of the tables is tested on rows that stay as they are.
 */
#include "cmd/command.h"

#include <stdio.h>

/* clang-format off */
static const struct command_option dance_options[] = {
	{ 'n', "number", "N",    NULL,        "how often: it's a number [of times]" },
	{ 'f', "format", "WORD", "text|json", "how the dance is written down" },
	{ 'q', NULL,     NULL,   NULL,        "'buzz' is not said" },
	{ 0, "a-name-that-needs-a-line", "FILE", NULL,
	  "where the flowers are, in a description that is longer than what is left of a line" },
	{ 0 },
};
/* clang-format on */

static int run_dance(const struct command_args *args)
{
	const char *format = args_value(args, "format");
	bool failed = false;
	unsigned long number = args_number(args, "number", 1, 100, 7, &failed);

	if (failed)
		return EXIT_USAGE;
	printf("%lu %s %d %s\n", number, format ? format : "none", args_flag(args, "q"),
	       args_operand(args, 0));
	return EXIT_OK;
}

const struct command command_bee_dance = {
	.name = "bee dance",
	.operands = "PLACE [PLACE]",
	.summary = ".nectar: tell the others where it is",
	.details = "A first paragraph.  Its second sentence is long enough to go over the end of "
		   "the line that it began on.\n"
		   "\n"
		   "  .shown as it is\n"
		   "    also \\this\n"
		   "\n"
		   "'Quoted' at its beginning, the last paragraph.",
	.examples = "waggle bee dance meadow\n"
		    "waggle bee dance -n 5 tree",
	.options = dance_options,
	.least_operands = 1,
	.most_operands = 2,
	.run = run_dance,
};

static int run_list(const struct command_args *args)
{
	(void)args;
	return EXIT_OK;
}

const struct command command_bee_list = {
	.name = "bee list",
	.operands = "",
	.summary = "list all bees",
	.run = run_list,
};
