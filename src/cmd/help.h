/*
 * help.h - what the tables say, as text for a terminal and as a manual page.
 */
#ifndef WAGGLE_CMD_HELP_H
#define WAGGLE_CMD_HELP_H

#include "base/strbuf.h"
#include "cmd/command.h"

/* All commands with their summaries; only those of @family unless it is NULL. */
void help_overview(const char *family, struct strbuf *out);

/* Everything about one command. */
void help_command(const struct command *command, struct strbuf *out);

/* The section about every command in mdoc(7), for the manual page. */
void help_mdoc(struct strbuf *out);

#endif
