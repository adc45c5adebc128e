/*
 * rotate.h - a file after the other, by size or time: -C, -G, -W and -z of tcpdump.
 *
 * The rules are tcpdump's.  By size, the next file begins before a packet when the one at hand has
 * grown beyond the limit; files are NAME, NAME1, NAME2 ..., or, if there may be at most N, NAME00 to NAME(N-1) in
 * turn.  By time, the name is a format of strftime(3), and with N files all is over; the clock is the
 * machine's, not the packets'.  With both, time restarts the numbers, and N only makes them wide.
 */
#ifndef WAGGLE_CAPTURE_ROTATE_H
#define WAGGLE_CAPTURE_ROTATE_H

#include <time.h>

#include "base/arena.h"
#include "capture/writer.h"

struct rotate_options {
	const char *path;     /* "-" is standard output */
	uint64_t most_bytes;  /* -C; 0: no limit */
	uint32_t seconds;     /* -G; 0: no limit */
	uint32_t most_files;  /* -W; 0: no limit */
	const char *command;  /* -z, or NULL */
	bool packet_buffered; /* -U */
	/* A descriptor for the new file @path, or a negative errno. */
	int (*open)(void *data, const char *path);
	void *open_data;
};

struct rotate;

/* Open the first file, for packets of @source.  0, or a negative errno with the reason in @diag; yours:
 * rotate_free, after rotate_end.  @writer remains the caller's. */
int rotate_new(const struct rotate_options *options, struct writer *writer,
	       const struct packet_source *source, struct diag *diag, struct rotate **ret_rotate);
void rotate_free(struct rotate *rotate); /* NULL is fine */

/* Write packets, beginning files as need be.  0; -ECANCELED: the most files are full; or another
 * negative errno with the reason in @diag. */
int rotate_write(struct rotate *rotate, const struct packet_source *source,
		 const struct packet *packets, size_t count, struct diag *diag);
int rotate_flush(struct rotate *rotate, struct diag *diag);
/* Close the last file. */
int rotate_end(struct rotate *rotate, struct diag *diag);

/* An 'open' that simply does. */
int rotate_open_file(void *data, const char *path);

#endif
