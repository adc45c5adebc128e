/*
 * args.c - command lines of any words: the parser must refuse or accept, and never fall over.
 *
 * The input is the words, each ended by a newline.
 */
#include "cmd/args.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* clang-format off */
static const struct command_option options[] = {
	{ 'n', "number", "N",    NULL,        "a number" },
	{ 'f', "format", "WORD", "text|json", "a choice" },
	{ 'q', "quiet",  NULL,   NULL,        "a flag" },
	{ '4', NULL,     NULL,   NULL,        "a digit without a name" },
	{ 0,   "long",   "FILE", NULL,        "a name without a letter" },
	{ 0 },
};
/* clang-format on */

static const struct command command = {
	.name = "vm run",
	.operands = "PROG [INPUT]",
	.options = options,
	.least_operands = 1,
	.most_operands = 2,
};

enum { MOST_WORDS = 64 };

/* An assertion that no build leaves out. */
static void require(bool truth)
{
	if (!truth)
		abort();
}

/* Split @text in place; the words end with NULL. */
static void split(char *text, const char *words[MOST_WORDS + 1])
{
	size_t count = 0;

	for (char *word = strtok(text, "\n"); word && count < MOST_WORDS; word = strtok(NULL, "\n"))
		words[count++] = word;
	words[count] = NULL;
}

static void check_accepted(const struct command_args *args)
{
	const char *format = args_value(args, "format");
	bool failed = false;

	require(args_operand_count(args) >= command.least_operands);
	require(args_operand_count(args) <= command.most_operands);
	require(args_operand(args, args_operand_count(args)) == NULL);
	require(!format || strcmp(format, "text") == 0 || strcmp(format, "json") == 0);
	require(args_flag(args, "number") == (args_value(args, "number") != NULL));
	require(args_number(args, "number", 5, 70, 6, &failed) >= 5);
	require(!failed || args_flag(args, "number"));
	(void)args_flag(args, "4");
	(void)args_flag(args, "quiet");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *words[MOST_WORDS + 1];
	struct command_args args;
	struct diag diag = { 0 };
	struct strbuf messages = { 0 };
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	split(text, words);
	if (args_parse(&command, words, &diag, &args) == 0) {
		require(diag.error_count == 0);
		if (!args.help_wanted)
			check_accepted(&args);
	} else {
		require(diag.error_count == 1);
	}
	diag_render(&diag, &messages);
	strbuf_release(&messages);
	args_release(&args);
	diag_release(&diag);
	free(text);
	return 0;
}
