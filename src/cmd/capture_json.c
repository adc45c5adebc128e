/*
 * capture_json.c - 'waggle capture --json': an object a line for each packet.
 *
 * The names are a promise, listed in the command's details: programs read them.  What a packet does
 * not have, or what was cut off, is left out.
 */
#include "cmd/capture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "abi/link.h"
#include "base/bits.h"
#include "base/json.h"
#include "dissect/headers.h"

enum { WRITE_FROM_BYTES = 1 << 16 };

struct json_sink {
	struct sink sink;
	struct dissector *dissector;
	struct strbuf out;  /* objects not written yet */
	struct strbuf line; /* of the packet at hand */
	uint64_t number;    /* of the packet before */
};

static void add_time(struct json *json, int64_t time_ns)
{
	int64_t billion = 1000000000;
	int64_t rest = (time_ns % billion + billion) % billion;
	time_t seconds = (time_t)((time_ns - rest) / billion);
	char text[48] = "";
	struct tm tm;

	if (gmtime_r(&seconds, &tm))
		(void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
	json_format(json, "time", "%s.%09lldZ", text, (long long)rest);
	json_fixed(json, "timestamp", time_ns, 9);
}

static void add_link_address(struct json *json, const char *name, const uint8_t *p, uint8_t len)
{
	char text[3 * HEADERS_MOST_LINK_ADDRESS + 1] = "";

	for (uint8_t i = 0; i < len; i++)
		(void)snprintf(text + i * 3, 4, "%02x%s", p[i], i + 1 < len ? ":" : "");
	json_string(json, name, text);
}

static void add_link(struct json *json, const struct packet_headers *h)
{
	if (!(h->has & (HAS_LINK_SRC | HAS_LINK_DST | HAS_ETHERTYPE)))
		return;
	json_object(json, "link");
	if (h->has & HAS_LINK_SRC)
		add_link_address(json, "src", h->link_src, h->link_address_len);
	if (h->has & HAS_LINK_DST)
		add_link_address(json, "dst", h->link_dst, h->link_address_len);
	if (h->has & HAS_ETHERTYPE)
		json_unsigned(json, "type", h->ethertype);
	json_end(json);
}

static void add_vlans(struct json *json, const struct packet_headers *h)
{
	if (!(h->has & HAS_VLAN))
		return;
	json_array(json, "vlan");
	for (uint8_t i = 0; i < h->vlan_count; i++)
		json_unsigned(json, NULL, h->vlan[i]);
	json_end(json);
}

static void add_network(struct json *json, const struct packet_headers *h)
{
	int family = h->ip_version == 4 ? AF_INET : AF_INET6;
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];

	if (!(h->has & HAS_NETWORK))
		return;
	json_object(json, "network");
	json_unsigned(json, "version", h->ip_version);
	json_string(json, "src", inet_ntop(family, h->src, src, sizeof src));
	json_string(json, "dst", inet_ntop(family, h->dst, dst, sizeof dst));
	json_unsigned(json, "protocol", h->protocol);
	json_unsigned(json, "ttl", h->ttl);
	if (h->has & HAS_FRAGMENT) {
		json_object(json, "fragment");
		json_unsigned(json, "offset", h->fragment_offset);
		json_bool(json, "more", h->more_fragments);
		json_end(json);
	}
	json_end(json);
}

static void add_tcp(struct json *json, const struct packet_headers *h)
{
	static const char *const flags[] = {
		"fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"
	};

	json_array(json, "flags");
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (h->tcp_flags >> i & 1)
			json_string(json, NULL, flags[i]);
	json_end(json);
	json_unsigned(json, "seq", h->tcp_seq);
	json_unsigned(json, "ack", h->tcp_ack);
	json_unsigned(json, "window", h->tcp_window);
}

static void add_transport(struct json *json, const struct packet_headers *h)
{
	if (h->has & HAS_PORTS) {
		json_object(json, "transport");
		json_unsigned(json, "src_port", h->src_port);
		json_unsigned(json, "dst_port", h->dst_port);
		if (h->has & HAS_TCP)
			add_tcp(json, h);
		json_end(json);
	}
	if (h->has & HAS_ICMP) {
		json_object(json, "icmp");
		json_unsigned(json, "type", h->icmp_type);
		json_unsigned(json, "code", h->icmp_code);
		json_end(json);
	}
	if (h->has & HAS_PAYLOAD)
		json_unsigned(json, "payload_length", h->payload_len);
}

static void add_process(struct json *json, const char *name, const struct process *process)
{
	if (!process->pid)
		return;
	json_object(json, name);
	json_unsigned(json, "pid", (uint64_t)process->pid);
	json_string(json, "command", process->command);
	json_end(json);
}

static void add_processes(struct json *json, struct capture *capture, int dlt,
			  const struct packet *packet)
{
	struct process src, dst;

	if (!capture_process_of(capture, dlt, packet, &src, &dst))
		return;
	json_object(json, "process");
	add_process(json, "src", &src);
	add_process(json, "dst", &dst);
	json_end(json);
}

static void add_packet(struct json_sink *sink, const struct packet_interface *interface,
		       const struct packet *packet)
{
	struct json json = { .out = &sink->out };
	struct packet_headers headers;

	json_object(&json, NULL);
	json_unsigned(&json, "number", ++sink->number);
	add_time(&json, packet->time_ns);
	if (interface->name)
		json_string(&json, "interface", interface->name);
	if (packet->direction != PACKET_UNKNOWN)
		json_string(&json, "direction", packet->direction == PACKET_IN ? "in" : "out");
	if (dlt_name(interface->dlt))
		json_string(&json, "link_type", dlt_name(interface->dlt));
	json_unsigned(&json, "length", packet->wire_len);
	json_unsigned(&json, "captured", packet->len);

	(void)packet_headers(packet, interface->dlt, &headers); /* of other links: nothing */
	add_link(&json, &headers);
	add_vlans(&json, &headers);
	add_network(&json, &headers);
	add_transport(&json, &headers);
	add_processes(&json, sink->sink.capture, interface->dlt, packet);

	strbuf_reset(&sink->line);
	dissector_line(sink->dissector, interface->dlt, packet, &sink->line);
	json_string(&json, "line", strbuf_text(&sink->line));
	json_end(&json);
}

/* Write what was gathered; stdout has a buffer of its own, which flush() empties. */
static int drain(struct json_sink *sink)
{
	struct strbuf *out = &sink->out;
	size_t written;

	if (out->failed || sink->line.failed) {
		diag_error(sink->sink.capture->diag, SPAN_NONE, "out of memory");
		return -ENOMEM;
	}
	written = fwrite(strbuf_text(out), 1, out->len, stdout);
	if (written < out->len)
		return -ECANCELED; /* the program's end reports it */
	strbuf_reset(out);
	return 0;
}

static int flush(struct sink *base)
{
	struct json_sink *sink = (struct json_sink *)base;
	int err = drain(sink);

	if (!err && fflush(stdout) != 0)
		err = -ECANCELED;
	return err;
}

static int take(struct sink *base, const struct packet_source *source, const struct packet *packets,
		size_t count)
{
	struct json_sink *sink = (struct json_sink *)base;
	int err = 0;

	for (size_t i = 0; i < count && !err; i++) {
		add_packet(sink, &source->interfaces[packets[i].interface], &packets[i]);
		if (sink->out.len >= WRITE_FROM_BYTES)
			err = drain(sink);
	}
	if (!err)
		err = base->capture->line_buffered ? flush(base) : drain(sink);
	return err;
}

static void release(struct json_sink *sink)
{
	dissector_free(sink->dissector);
	strbuf_release(&sink->out);
	strbuf_release(&sink->line);
	free(sink);
}

static int finish(struct sink *base)
{
	int err = flush(base);

	release((struct json_sink *)base);
	return err;
}

int sink_json_new(struct capture *capture, struct sink **ret_sink)
{
	static const struct sink_ops ops = { .take = take, .flush = flush, .finish = finish };
	struct json_sink *sink = calloc(1, sizeof *sink);

	if (!sink || dissector_new(&capture->dissect, &sink->dissector)) {
		diag_error(capture->diag, SPAN_NONE, "out of memory");
		free(sink);
		return -ENOMEM;
	}
	sink->sink = (struct sink){ &ops, capture };
	*ret_sink = &sink->sink;
	return 0;
}
