/*
 * registry.h - all the commands, and how a user's words find one.
 */
#ifndef WAGGLE_CMD_REGISTRY_H
#define WAGGLE_CMD_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "cmd/command.h"

/* The command at place @i of commands.def, or NULL beyond the last. */
const struct command *registry_at(size_t i);

/* The command that @words (ended by NULL) begin with, and how many of them name it; a name of
 * two words goes before one of one.  NULL: there is none. */
const struct command *registry_find(const char *const words[], size_t *ret_name_words);

/* Does a family such as "vm" of "vm run" have this name? */
bool registry_is_family(const char *word);

/* Is @command called "FAMILY something"? */
bool registry_in_family(const struct command *command, const char *family);

/* Say in @diag that no command is called as @words begin, and which ones are near. */
void registry_report_unknown(const char *const words[], struct diag *diag);

#endif
