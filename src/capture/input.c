/*
 * input.c - one buffer between a file and who reads it.
 */
#include "capture/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/file.h"
#include "capture/decoder.h"

enum { INPUT_BYTES = 512 << 10 };

static ssize_t read_file(void *data, uint8_t *out, size_t size)
{
	struct input *input = data;
	ssize_t n = read(input->fd, out, size);

	if (n < 0)
		return -errno;
	input->file_bytes += (uint64_t)n;
	return n;
}

static int report(const struct input *input, ssize_t err, struct diag *diag)
{
	uint64_t offset = input->offset + input->end;

	switch (err) {
	case -EINTR: break; /* not an error: a signal */
	case -EILSEQ:
		diag_error(diag, SPAN_NONE,
			   "'%s' is damaged: what it has compressed ends after %llu bytes",
			   input->name, (unsigned long long)offset);
		break;
	case -ENODATA:
		diag_error(diag, SPAN_NONE,
			   "'%s' is cut off within what it has compressed, after %llu bytes",
			   input->name, (unsigned long long)offset);
		break;
	default:
		diag_error(diag, SPAN_NONE, "cannot read '%s': %s", input->name,
			   strerror((int)-err));
	}
	return (int)err;
}

int input_open_file(void *data, const char *path)
{
	int fd;

	(void)data;
	fd = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) :
				      open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int input_begin(struct input *input, const char *path, int fd, struct diag *diag)
{
	struct stat st;

	*input = (struct input){ .name = file_name(path), .fd = fd };
	if (fd < 0) {
		diag_error(diag, SPAN_NONE, "cannot open '%s': %s", path, strerror(-fd));
		return fd;
	}
	if (!fstat(input->fd, &st) && S_ISREG(st.st_mode))
		input->file_size = (uint64_t)st.st_size;
	(void)posix_fadvise(input->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	input->size = INPUT_BYTES;
	input->data = malloc(input->size);
	return input->data ? 0 : -ENOMEM;
}

void input_release(struct input *input)
{
	decoder_free(input->decoder);
	free(input->data);
	if (input->fd >= 0)
		(void)close(input->fd);
}

/* The first bytes say whether it is compressed. */
static int begin_decoding(struct input *input, struct diag *diag)
{
	const struct decoder_from from = { .read = read_file, .data = input };
	int err;

	err = decoder_new(input->data, input->end, &from, diag, &input->decoder);
	if (!err && input->decoder)
		input->end = 0; /* the decoder has them */
	return err;
}

static int read_more(struct input *input, struct diag *diag)
{
	uint8_t *to = input->data + input->end;
	size_t room = input->size - input->end;
	ssize_t n = input->decoder ? decoder_read(input->decoder, to, room) :
				     read_file(input, to, room);

	if (n < 0)
		return report(input, n, diag);
	input->end += (size_t)n;
	input->at_end = n == 0;
	return 0;
}

static int make_room(struct input *input, size_t bytes)
{
	uint8_t *grown;

	memmove(input->data, input->data + input->start, input->end - input->start);
	input->offset += input->start;
	input->end -= input->start;
	input->start = 0;
	if (bytes <= input->size)
		return 0;
	grown = realloc(input->data, bytes);
	if (!grown)
		return -ENOMEM;
	input->data = grown;
	input->size = bytes;
	return 0;
}

int input_fill(struct input *input, size_t bytes, struct diag *diag)
{
	bool is_first = input->file_bytes == 0;
	size_t head = is_first && bytes < DECODER_MAGIC_BYTES ? DECODER_MAGIC_BYTES : bytes;
	int err;

	if (input->end - input->start >= bytes)
		return 0;
	err = make_room(input, bytes);
	while (!err && !input->at_end && input->end < head) {
		err = read_more(input, diag);
		if (!err && is_first && (input->end >= DECODER_MAGIC_BYTES || input->at_end)) {
			is_first = false;
			head = bytes;
			err = begin_decoding(input, diag);
			input->at_end = input->at_end && !input->decoder;
		}
	}
	return err;
}
