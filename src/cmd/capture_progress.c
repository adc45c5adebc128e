/*
 * capture_progress.c - a line that comes, changes, and goes.
 */
#include "cmd/capture_progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum {
	FIRST_MS = 500, /* what takes less needs no line */
	AGAIN_MS = 200,
	NS_PER_MS = 1000000,
};

/* A clock that costs a few nanoseconds: ours is asked after every batch. */
static int64_t now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

void progress_begin(struct progress *progress, const struct capture *capture)
{
	bool prints = (!capture->write_path || capture->print) && !capture->count;

	*progress = (struct progress){
		.is_wanted = isatty(STDERR_FILENO) && !capture_is_live(capture) &&
			     !(prints && isatty(STDOUT_FILENO)),
	};
	if (!progress->is_wanted)
		return;
	progress->begin_ns = now_ns();
	progress->next_ns = progress->begin_ns + (int64_t)FIRST_MS * NS_PER_MS;
}

void progress_show(struct progress *progress, const struct packet_source *source,
		   uint64_t packet_count)
{
	uint64_t bytes, size;
	int64_t now;
	double seconds;

	if (!progress->is_wanted)
		return;
	now = now_ns();
	if (now < progress->next_ns || !source->ops->progress ||
	    !source->ops->progress(source, &bytes, &size))
		return;
	progress->next_ns = now + (int64_t)AGAIN_MS * NS_PER_MS;
	progress->is_shown = true;
	seconds = (double)(now - progress->begin_ns) / 1e9;
	(void)fprintf(stderr, "\r\033[K%3.0f%%, %llu packets, %.1f million a second",
		      (double)bytes * 100 / (double)size, (unsigned long long)packet_count,
		      (double)packet_count / seconds / 1e6);
}

void progress_end(struct progress *progress)
{
	if (progress->is_shown)
		(void)fputs("\r\033[K", stderr);
	progress->is_shown = false;
}
