/*
 * filter_text.h - what commands that take a packet filter are told: its text, and the type of link.
 */
#ifndef WAGGLE_CMD_FILTER_TEXT_H
#define WAGGLE_CMD_FILTER_TEXT_H

#include "base/strbuf.h"
#include "cmd/command.h"

/* Append the text: the operands with spaces between them, or what the file of -F says, in which '#' begins a
 * comment.  0, or a negative errno with the reason in @diag. */
int filter_text_read(const struct command_args *args, struct diag *diag, struct strbuf *ret);

/* Its name for messages: the file's, or "<filter>". */
const char *filter_text_name(const struct command_args *args);

/* The link type of -y, or @otherwise.  0, or -EINVAL with the nearest name in @diag. */
int filter_text_link(const struct command_args *args, struct diag *diag, int otherwise,
		     int *ret_dlt);

#endif
