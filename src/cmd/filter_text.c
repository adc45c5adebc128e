/*
 * filter_text.c - a filter from operands or a file, and its link type.
 */
#include "cmd/filter_text.h"

#include <errno.h>
#include <stdlib.h>

#include "abi/link.h"
#include "base/file.h"

const char *filter_text_name(const struct command_args *args)
{
	const char *path = args_value(args, "F");

	return path ? file_name(path) : "<filter>";
}

/* Spaces, so that columns of messages stay right. */
static void blank_comments(char *text, size_t len)
{
	bool in_comment = false;

	for (size_t i = 0; i < len; i++) {
		in_comment = text[i] != '\n' && (in_comment || text[i] == '#');
		if (in_comment)
			text[i] = ' ';
	}
}

int filter_text_read(const struct command_args *args, struct diag *diag, struct strbuf *ret)
{
	const char *path = args_value(args, "F");
	char *text;
	size_t len;
	int err;

	if (path && args_operand_count(args) > 0) {
		diag_error(diag, SPAN_NONE, "a filter was given, and one in a file (-F) too");
		return -EINVAL;
	}
	if (path) {
		err = file_read(path, diag, &text, &len);
		if (err)
			return err;
		blank_comments(text, len);
		strbuf_add(ret, text, len);
		free(text);
	}
	for (size_t i = 0; i < args_operand_count(args); i++)
		strbuf_printf(ret, "%s%s", i ? " " : "", args_operand(args, i));
	return ret->failed ? -ENOMEM : 0;
}

int filter_text_link(const struct command_args *args, struct diag *diag, int otherwise,
		     int *ret_dlt)
{
	const char *name = args_value(args, "linktype"), *nearest;

	*ret_dlt = name ? dlt_find(name) : otherwise;
	if (!name || *ret_dlt >= 0)
		return 0;
	nearest = dlt_nearest(name);
	diag_error(diag, SPAN_NONE, "unknown link type '%s'", name);
	if (nearest)
		diag_hint(diag, "did you mean '%s'?", nearest);
	else
		diag_hint(diag, "the names are those of libpcap, such as EN10MB and LINUX_SLL2");
	return -EINVAL;
}
