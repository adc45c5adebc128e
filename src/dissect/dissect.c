/*
 * dissect.c - one packet, from the time before it to the last newline.
 */
#include "dissect/dissect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "abi/link.h"
#include "dissect/proto.h"
#include "dissect/state.h"

/* libpcap's limit: what is longer comes from a broken file. */
enum { MOST_PACKET_BYTES = 262144 };

struct link_type {
	int dlt;
	const char *protocol;
	print_fn *print;
};

static const struct link_type link_types[] = {
#define LINK_TYPE(name, protocol, function) { DLT_##name, protocol, function },
#include "dissect/link_type.def"
};

int dissector_new(const struct dissect_options *options, struct dissector **ret_dissector)
{
	struct dissector *dissector = calloc(1, sizeof *dissector);
	int err;

	if (!dissector)
		return -ENOMEM;
	dissector->options = *options;
	if (!options->numeric) {
		err = names_new(&dissector->names);
		if (err) {
			free(dissector);
			return err;
		}
	}
	*ret_dissector = dissector;
	return 0;
}

void dissector_free(struct dissector *dissector)
{
	if (!dissector)
		return;
	names_free(dissector->names);
	tcp_flows_release(&dissector->flows);
	free(dissector->frame);
	free(dissector);
}

void dissect_truncated(struct dissect *d)
{
	longjmp(d->leave, DISSECT_LEAVE_TRUNCATED);
}

void dissect_enter(struct dissect *d)
{
	if (++d->depth <= DISSECT_MOST_DEPTH)
		return;
	put(d, " [more packets within each other than are printed]");
	longjmp(d->leave, DISSECT_LEAVE_QUIETLY);
}

static const struct link_type *find_link_type(int dlt)
{
	for (size_t i = 0; i < ARRAY_LEN(link_types); i++)
		if (link_types[i].dlt == dlt)
			return &link_types[i];
	return NULL;
}

/* What nobody can dissect: its bytes. */
static void print_unsupported(struct dissect *d, const uint8_t *p, uint32_t len)
{
	d->protocol = "unsupported";
	put_dump(d, "\n\t", p, len);
}

static void print_link(struct dissect *d, int dlt, uint32_t wire_len)
{
	const struct link_type *type = find_link_type(dlt);

	if (!type) {
		print_unsupported(d, d->start, wire_len);
		return;
	}
	d->protocol = type->protocol;
	type->print(d, d->start, wire_len);
}

/* Everything up to the dump. */
static void print_line(struct dissect *d, int dlt, uint32_t wire_len)
{
	switch (setjmp(d->leave)) {
	case 0: print_link(d, dlt, wire_len); break;
	case DISSECT_LEAVE_TRUNCATED: put_truncated(d); break;
	case DISSECT_LEAVE_QUIETLY: break;
	}
}

/* -A: text as it stands, but for what would upset a terminal. */
static void put_ascii(struct strbuf *out, const uint8_t *p, uint32_t n)
{
	strbuf_putc(out, '\n');
	for (uint32_t i = 0; i < n; i++) {
		bool is_text = (p[i] >= ' ' && p[i] < 0x7f) || p[i] == '\t' || p[i] == '\n';

		/* of a line's ending; tcpdump looks no further than the last byte but one */
		if (p[i] == '\r' && (i + 2 >= n || p[i + 1] == '\n'))
			continue;
		strbuf_putc(out, (char)(is_text ? p[i] : '.'));
	}
}

static void print_dump(struct dissect *d, const uint8_t *p, uint32_t n)
{
	switch (d->o->dump) {
	case DISSECT_DUMP_NONE: break;
	case DISSECT_DUMP_HEX: put_hex_dump(d, "\n\t", p, n); break;
	case DISSECT_DUMP_HEX_ASCII: put_dump(d, "\n\t", p, n); break;
	case DISSECT_DUMP_ASCII: put_ascii(d->out, p, n); break;
	}
}

/* The bytes behind the link header, or all of them. */
static void print_bytes(struct dissect *d, const struct packet *packet)
{
	uint32_t skipped = d->o->dump_link ? 0 : d->link_bytes;

	d->end = packet->data + packet->len;
	if (setjmp(d->leave) == 0 && packet->len > skipped)
		print_dump(d, packet->data + skipped, packet->len - skipped);
}

/* Lengths that cannot be: the packet is not looked at.  Returns whether there are any. */
static bool print_invalid_lengths(const struct packet *packet, struct strbuf *out)
{
	size_t before = out->len;
	const char *begin = "[Invalid header:";

	if (packet->len == 0) {
		strbuf_printf(out, "%s caplen==0", begin);
		begin = ",";
	}
	if (packet->wire_len == 0) {
		strbuf_printf(out, "%s len==0", begin);
		begin = ",";
	} else if (packet->wire_len < packet->len) {
		strbuf_printf(out, "%s len(%u) < caplen(%u)", begin, packet->wire_len, packet->len);
		begin = ",";
	}
	if (packet->len > MOST_PACKET_BYTES) {
		strbuf_printf(out, "%s caplen(%u) > %u", begin, packet->len, MOST_PACKET_BYTES);
		begin = ",";
	}
	if (packet->wire_len > MOST_PACKET_BYTES)
		strbuf_printf(out, "%s len(%u) > %u", begin, packet->wire_len, MOST_PACKET_BYTES);
	if (out->len == before)
		return false;
	strbuf_putc(out, ']');
	return true;
}

static struct dissect begin(struct dissector *dissector, const struct packet *packet,
			    struct strbuf *out)
{
	return (struct dissect){
		.o = &dissector->options,
		.dissector = dissector,
		.out = out,
		.start = packet->data,
		.end = packet->data + packet->len,
		.protocol = "",
	};
}

void dissector_print(struct dissector *dissector, int dlt, const struct packet *packet,
		     struct strbuf *out)
{
	struct dissect d;

	dissector->packet_number++;
	if (dissector->options.number)
		strbuf_printf(out, "%5llu  ", (unsigned long long)dissector->packet_number);
	if (!print_invalid_lengths(packet, out)) {
		clock_print(&dissector->clock, &dissector->options, packet->time_ns, out);
		d = begin(dissector, packet, out);
		print_line(&d, dlt, packet->wire_len);
		print_bytes(&d, packet);
	}
	strbuf_putc(out, '\n');
}

void dissector_line(struct dissector *dissector, int dlt, const struct packet *packet,
		    struct strbuf *out)
{
	struct dissect d = begin(dissector, packet, out);

	if (!print_invalid_lengths(packet, out))
		print_line(&d, dlt, packet->wire_len);
}
