/*
 * capture_progress.h - how far a long file has been read, on a terminal.
 *
 * The line is on standard error, only where that is a terminal and packets are not printed to one: what
 * scrolls is progress enough.
 */
#ifndef WAGGLE_CMD_CAPTURE_PROGRESS_H
#define WAGGLE_CMD_CAPTURE_PROGRESS_H

#include "cmd/capture.h"

struct progress {
	bool is_wanted;
	bool is_shown; /* there is a line to be removed */
	int64_t begin_ns;
	int64_t next_ns; /* when to show it again */
};

void progress_begin(struct progress *progress, const struct capture *capture);
/* Show how much of @source was read, and @packet_count packets; not more often than the eye can
 * follow. */
void progress_show(struct progress *progress, const struct packet_source *source,
		   uint64_t packet_count);
/* Remove the line. */
void progress_end(struct progress *progress);

#endif
