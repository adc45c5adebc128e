/*
 * capture_print.c - the sink that prints lines for people.
 *
 * Lines gather in one buffer and go out together: when it is full; after each batch if somebody
 * waits for them (-l, -U without -w, a terminal).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/capture.h"

enum { OUT_BYTES = 64 << 10 };

struct print_sink {
	struct sink sink; /* first */
	struct dissector *dissector;
	bool is_eager;
	struct strbuf out;
};

/* What cannot be written ends the capture. */
static int write_out(struct print_sink *self)
{
	size_t written = fwrite(strbuf_text(&self->out), 1, self->out.len, stdout);
	bool failed = written < self->out.len;

	strbuf_reset(&self->out);
	if (self->is_eager)
		failed |= fflush(stdout) != 0;
	return failed ? -ECANCELED : 0; /* the program's end reports it */
}

static int print_take(struct sink *sink, const struct packet_source *source,
		      const struct packet *packets, size_t count)
{
	struct print_sink *self = (struct print_sink *)sink;
	int err = 0;

	for (size_t i = 0; i < count && !err; i++) {
		int dlt = source->interfaces[packets[i].interface].dlt;

		size_t start = self->out.len;

		dissector_print(self->dissector, dlt, &packets[i], &self->out);
		capture_annotate(sink->capture, source, &packets[i], &self->out, start);
		if (self->out.len >= OUT_BYTES)
			err = write_out(self);
	}
	if (self->out.failed)
		return -ENOMEM;
	return !err && self->is_eager ? write_out(self) : err;
}

static int print_flush(struct sink *sink)
{
	struct print_sink *self = (struct print_sink *)sink;
	int err = write_out(self);

	(void)fflush(stdout);
	return err;
}

static int print_finish(struct sink *sink)
{
	struct print_sink *self = (struct print_sink *)sink;

	if (self->dissector)
		(void)print_flush(sink);
	dissector_free(self->dissector);
	strbuf_release(&self->out);
	free(self);
	return 0;
}

static const struct sink_ops print_ops = {
	.take = print_take,
	.flush = print_flush,
	.finish = print_finish,
};

int sink_print_new(struct capture *capture, struct sink **ret_sink)
{
	struct print_sink *self = calloc(1, sizeof *self);
	int err;

	if (!self)
		return -ENOMEM;
	self->sink = (struct sink){ .ops = &print_ops, .capture = capture };
	self->is_eager = capture->line_buffered || isatty(STDOUT_FILENO) ||
			 (capture->packet_buffered && !capture->write_path);
	err = dissector_new(&capture->dissect, &self->dissector);
	if (err)
		free(self);
	else
		*ret_sink = &self->sink;
	return err;
}
