/*
 * capture_live.c - packets from interfaces.
 */
#include <errno.h>

#include "cmd/capture.h"

int capture_open_live(struct capture *capture, struct packet_source **ret_source)
{
	(void)ret_source;
	diag_error(capture->diag, SPAN_NONE, "this program reads packets from files alone");
	diag_hint(capture->diag, "name one with -r");
	return -ENOTSUP;
}

int capture_list_interfaces(struct capture *capture)
{
	return capture_open_live(capture, NULL) ? EXIT_FAILED : EXIT_OK;
}

int capture_list_links(struct capture *capture)
{
	return capture_open_live(capture, NULL) ? EXIT_FAILED : EXIT_OK;
}
