/*
 * output.h - bytes into a file, fast enough for a live capture.
 *
 * A capture cannot make its packets wait, and writing waits: for pages to be found, for a disk, for a file
 * system's journal.  So a thread of its own writes, in large blocks, and past the page cache where the file
 * system lets it (O_DIRECT): copying pages that nobody reads soon costs most of what a capture has of a
 * processor.  If the disk falls behind, blocks go through the page cache after all, which takes in more
 * than we can.
 *
 * That is for files, from their beginning.  Pipes, and files that are written for somebody who waits, have a
 * small buffer and no thread.
 */
#ifndef WAGGLE_CAPTURE_OUTPUT_H
#define WAGGLE_CAPTURE_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The rest of it is output.c's. */
struct output {
	uint8_t *next; /* room for what is put */
	uint8_t *end;
};

/* @with_thread: for files that grow fast.  0 or -ENOMEM; yours: output_free. */
int output_new(bool with_thread, struct output **ret_output);
void output_free(
	struct output *output); /* closes, without waiting for all to be written; NULL is fine */

/* Begin with @fd, which is closed in the end. */
void output_begin(struct output *output, int fd);
/* Is it for /dev/null?  Then what is put goes nowhere: the kernel would do no more with it. */
bool output_is_null(const struct output *output);

/* What output_put does when there is not enough room. */
void output_put_on(struct output *output, const void *data, size_t len);

/* Errors are remembered, and the rest is dropped: see output_flush. */
static inline void output_put(struct output *output, const void *data, size_t len)
{
	if (len > (size_t)(output->end - output->next)) {
		output_put_on(output, data, len);
		return;
	}
	memcpy(output->next, data, len);
	output->next += len;
}

/* Hand on what has been here for a second or two.  A negative errno if something failed. */
int output_tend(struct output *output);
/* All that was put is in the file now.  0, or a negative errno. */
int output_flush(struct output *output);
/* The same, and close the file. */
int output_end(struct output *output);

#endif
