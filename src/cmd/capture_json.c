/*
 * capture_json.c - the sink of --json: an object a line for each packet.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "cmd/capture.h"

struct json_sink {
	struct sink sink; /* first */
	struct strbuf out;
};

static void add_packet(struct json_sink *self, const struct packet_source *source,
		       const struct packet *packet)
{
	const struct packet_interface *interface = &source->interfaces[packet->interface];
	struct json json = { .out = &self->out };

	json_object(&json, NULL);
	/* A string: with nanoseconds it has more digits than a double. */
	json_format(&json, "time", "%" PRId64 ".%09" PRId64, packet->time_ns / 1000000000,
		    packet->time_ns % 1000000000);
	if (interface->name)
		json_string(&json, "interface", interface->name);
	if (dlt_name(interface->dlt))
		json_string(&json, "link", dlt_name(interface->dlt));
	if (packet->direction != PACKET_UNKNOWN)
		json_string(&json, "direction", packet->direction == PACKET_IN ? "in" : "out");
	json_unsigned(&json, "length", packet->wire_len);
	json_unsigned(&json, "captured", packet->len);
	json_end(&json);
}

static int json_flush(struct sink *sink)
{
	struct json_sink *self = (struct json_sink *)sink;

	(void)fwrite(strbuf_text(&self->out), 1, self->out.len, stdout);
	strbuf_reset(&self->out);
	(void)fflush(stdout);
	return 0;
}

static int json_take(struct sink *sink, const struct packet_source *source,
		     const struct packet *packets, size_t count)
{
	struct json_sink *self = (struct json_sink *)sink;

	for (size_t i = 0; i < count; i++)
		add_packet(self, source, &packets[i]);
	if (self->out.failed)
		return -ENOMEM;
	return json_flush(sink);
}

static int json_finish(struct sink *sink)
{
	struct json_sink *self = (struct json_sink *)sink;
	int err = json_flush(sink);

	strbuf_release(&self->out);
	free(self);
	return err;
}

static const struct sink_ops json_ops = {
	.take = json_take,
	.flush = json_flush,
	.finish = json_finish,
};

int sink_json_new(struct capture *capture, struct sink **ret_sink)
{
	struct json_sink *self = calloc(1, sizeof *self);

	if (!self)
		return -ENOMEM;
	self->sink = (struct sink){ .ops = &json_ops, .capture = capture };
	*ret_sink = &self->sink;
	return 0;
}
