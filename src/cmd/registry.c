/*
 * registry.c - the table of commands.
 */
#include "cmd/registry.h"

#include <string.h>

#include "base/bits.h"
#include "base/nearest.h"

static const struct command *const commands[] = {
#define COMMAND(symbol) &command_##symbol,
#include "cmd/commands.def"
#undef COMMAND
};

const struct command *registry_at(size_t i)
{
	return i < ARRAY_LEN(commands) ? commands[i] : NULL;
}

/* Is @name made of the first one or two of @words?  Returns how many, or 0. */
static size_t name_matches(const char *name, const char *const words[])
{
	size_t len = strcspn(name, " ");

	if (strlen(words[0]) != len || memcmp(words[0], name, len) != 0)
		return 0;
	if (!name[len])
		return 1;
	return words[1] && strcmp(words[1], name + len + 1) == 0 ? 2 : 0;
}

const struct command *registry_find(const char *const words[], size_t *ret_name_words)
{
	const struct command *found = NULL;
	size_t most = 0;

	for (size_t i = 0; words[0] && i < ARRAY_LEN(commands); i++) {
		size_t matched = name_matches(commands[i]->name, words);

		if (matched > most) {
			found = commands[i];
			most = matched;
		}
	}
	if (found)
		*ret_name_words = most;
	return found;
}

bool registry_in_family(const struct command *command, const char *family)
{
	size_t len = strlen(family);

	return strncmp(command->name, family, len) == 0 && command->name[len] == ' ';
}

bool registry_is_family(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (registry_in_family(commands[i], word))
			return true;
	return false;
}

/* The command whose whole name, or whose name's one word, is nearest to what was typed. */
static const char *nearest_command(const char *typed, const char *first_word)
{
	struct nearest search = nearest_begin(typed);
	struct nearest first = nearest_begin(first_word);

	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		nearest_offer(&search, commands[i]->name);
		if (!strchr(commands[i]->name, ' '))
			nearest_offer(&first, commands[i]->name);
	}
	return search.best ? search.best : first.best;
}

void registry_report_unknown(const char *const words[], struct diag *diag)
{
	bool two = words[1] && words[1][0] != '-';
	const char *typed = words[0];
	const char *near;

	if (two)
		typed = arena_printf(&diag->arena, "%s %s", words[0], words[1]);
	if (!typed)
		return;
	near = nearest_command(typed, words[0]);
	if (registry_is_family(words[0])) {
		diag_error(diag, SPAN_NONE, "unknown command '%s'", typed);
		if (near)
			diag_hint(diag, "did you mean '%s'?  list them with: waggle help %s", near,
				  words[0]);
		else
			diag_hint(diag, "list them with: waggle help %s", words[0]);
		return;
	}
	diag_error(diag, SPAN_NONE, "unknown command '%s'", words[0]);
	if (near)
		diag_hint(diag, "did you mean '%s'?  list all with: waggle help", near);
	else
		diag_hint(diag, "list all with: waggle help");
}
