/*
 * input.h - the bytes of a file, pipe or compressed file through one buffer.
 *
 * A reader asks for as many bytes as its next record has and gets them in one piece.  The buffer is
 * of a size that stays in the processor's cache, so that reading into it is as cheap as mapping the
 * file would be, and a file that shrinks meanwhile is no accident.
 *
 * A file that begins like one of gzip or zstd is taken apart on the way.
 */
#ifndef WAGGLE_CAPTURE_INPUT_H
#define WAGGLE_CAPTURE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

struct decoder;

struct input {
	uint8_t *data; /* data[start] to data[end - 1] were read and not yet used */
	size_t start;  /* the reader moves it on */
	size_t end;
	uint64_t offset; /* of data[0] in the file, unpacked */

	/* the inside of input.c */
	size_t size;
	int fd;
	bool at_end;
	uint64_t file_bytes; /* read from the file */
	uint64_t file_size;  /* 0: nobody knows */
	struct decoder *decoder;
	const char *name; /* for messages */
};

/* Read from @fd, which the input closes, or which is a negative errno: it could not be opened.  @path is its
 * name.  0, or a negative errno with the reason in @diag.  In any case to be released. */
int input_begin(struct input *input, const char *path, int fd, struct diag *diag);

/* Open @path, "-" for standard input: a descriptor or a negative errno.  @data is unused. */
int input_open_file(void *data, const char *path);
void input_release(struct input *input);

/* Have at least @bytes at data + start, if the file still has as many; what was before is gone, and
 * the rest has moved.  Returns 0 (compare end - start), or a negative errno with the reason in @diag.
 * A pipe that has enough is not waited for to have more. */
int input_fill(struct input *input, size_t bytes, struct diag *diag);

/* Where in the file data + start is. */
static inline uint64_t input_offset(const struct input *input)
{
	return input->offset + input->start;
}

#endif
