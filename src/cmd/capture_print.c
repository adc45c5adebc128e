/*
 * capture_print.c - the sink that prints lines for people.
 */
#include <errno.h>

#include "cmd/capture.h"

int sink_print_new(struct capture *capture, struct sink **ret_sink)
{
	(void)ret_sink;
	diag_error(capture->diag, SPAN_NONE, "this program does not print packets");
	diag_hint(capture->diag, "--count, --json or -w do without");
	return -ENOTSUP;
}
