/*
 * capture_write.c - the sink of -w, with -C, -G, -W, -z and --pcapng.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/rotate.h"
#include "cmd/capture.h"

struct write_sink {
	struct sink sink; /* first */
	struct writer *writer;
	struct rotate *rotate;
	unsigned int source_number; /* capture->source_number of the packets so far */
};

static int write_take(struct sink *sink, const struct packet_source *source,
		      const struct packet *packets, size_t count)
{
	struct write_sink *self = (struct write_sink *)sink;
	int err;

	if (self->source_number != sink->capture->source_number)
		writer_change_source(self->writer);
	self->source_number = sink->capture->source_number;
	err = rotate_write(self->rotate, source, packets, count, sink->capture->diag);
	if (err == -ECANCELED)
		(void)fprintf(stderr, "Maximum file limit reached: %s\n",
			      args_value(sink->capture->args, "W"));
	return err;
}

static int write_flush(struct sink *sink)
{
	struct write_sink *self = (struct write_sink *)sink;

	return rotate_flush(self->rotate, sink->capture->diag);
}

static int write_finish(struct sink *sink)
{
	struct write_sink *self = (struct write_sink *)sink;
	/* What went wrong before is said already. */
	struct diag *diag = sink->capture->diag->error_count ? NULL : sink->capture->diag;
	int err = self->rotate ? rotate_end(self->rotate, diag) : 0;

	rotate_free(self->rotate);
	writer_free(self->writer);
	free(self);
	return err;
}

static const struct sink_ops write_ops = {
	.take = write_take,
	.flush = write_flush,
	.finish = write_finish,
};

/* -C's size: millions of bytes, or with a suffix KiB, MiB or GiB. */
static int read_size(struct capture *capture, uint64_t *ret)
{
	static const struct {
		char suffix;
		uint64_t unit;
	} units[] = { { 'k', 1 << 10 }, { 'm', 1 << 20 }, { 'g', 1 << 30 }, { '\0', 1000000 } };
	const char *text = args_value(capture->args, "C");
	char *end;
	unsigned long long number;

	*ret = 0;
	if (!text)
		return 0;
	errno = 0;
	number = strtoull(text, &end, 10);
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if ((*end | 0x20) == (units[i].suffix | 0x20) && (!*end || !end[1]) &&
		    (text[0] >= '0' && text[0] <= '9') && !errno && number > 0 &&
		    number <= INT64_MAX / units[i].unit)
			*ret = number * units[i].unit;
	if (*ret)
		return 0;
	diag_error(capture->diag, SPAN_NONE, "option '-C' takes a size, not '%s'", text);
	diag_hint(capture->diag, "such as 100 (millions of bytes), 500k, 100m or 2g");
	return -EINVAL;
}

static int read_options(struct capture *capture, struct rotate_options *ret)
{
	const struct command_args *args = capture->args;
	bool failed = false;
	int err;

	*ret = (struct rotate_options){
		.path = capture->write_path,
		.seconds = (uint32_t)args_number(args, "G", 1, INT32_MAX, 0, &failed),
		.most_files = (uint32_t)args_number(args, "W", 1, INT32_MAX, 0, &failed),
		.command = args_value(args, "z"),
		.packet_buffered = capture->packet_buffered,
		.open = capture->open_output,
		.open_data = capture->open_data,
	};
	err = read_size(capture, &ret->most_bytes);
	return failed ? -EINVAL : err;
}

/* pcap, unless the user or the packets ask for pcapng. */
static bool wants_pcapng(const struct capture *capture, const struct packet_source *source)
{
	static const char ending[] = ".pcapng";
	size_t len = strlen(capture->write_path), ending_len = sizeof ending - 1;

	if (args_flag(capture->args, "pcapng"))
		return true;
	if (len >= ending_len && strcmp(capture->write_path + len - ending_len, ending) == 0)
		return true;
	for (uint32_t i = 1; i < source->interface_count; i++)
		if (source->interfaces[i].dlt != source->interfaces[0].dlt)
			return true;
	return false;
}

/* pcapng keeps what each interface has, unless told otherwise. */
static uint8_t time_digits(const struct capture *capture, bool pcapng)
{
	bool is_said = args_flag(capture->args, "micro") || args_flag(capture->args, "nano") ||
		       args_value(capture->args, "time-stamp-precision");

	return pcapng && !is_said ? 0 : capture->nano ? 9 : 6;
}

int sink_write_new(struct capture *capture, const struct packet_source *source,
		   struct sink **ret_sink)
{
	const bool pcapng = wants_pcapng(capture, source);
	const struct writer_options options = {
		.pcapng = pcapng,
		.time_digits = time_digits(capture, pcapng),
		.is_live = capture_is_live(capture) && !capture->packet_buffered,
	};
	struct rotate_options rotate;
	struct write_sink *self;
	int err = read_options(capture, &rotate);

	if (err)
		return err;
	self = calloc(1, sizeof *self);
	if (!self)
		return -ENOMEM;
	self->sink = (struct sink){ .ops = &write_ops, .capture = capture };
	self->source_number = capture->source_number;
	err = writer_new(&options, &self->writer);
	if (!err)
		err = rotate_new(&rotate, self->writer, source, capture->diag, &self->rotate);
	if (err)
		(void)write_finish(&self->sink);
	else
		*ret_sink = &self->sink;
	return err;
}
