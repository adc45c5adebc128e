/*
 * tcp.c - TCP (RFC 9293).
 */
#include "dissect/tcp.h"

#include "dissect/proto.h"
#include "dissect/state.h"
#include "dissect/transport.h"

enum {
	PROTO_TCP = 6,
	MOST_RESET_BYTES = 30, /* of the text in a RST that are printed */
};

static void put_flags(struct dissect *d, uint8_t flags)
{
	static const char letters[] = "FSRP.UEW"; /* FIN SYN RST PSH ACK URG ECE CWR, from bit 0 */

	put(d, "Flags [");
	if (flags == 0)
		put(d, "none");
	for (int i = 0; i < 8; i++)
		if (flags & 1u << i)
			put_char(d, letters[i]);
	put_char(d, ']');
}

/* Make the numbers relative to where they began. */
static void make_relative(struct dissect *d, struct tcp_segment *s)
{
	bool is_ip4 = transport_is_ip4(d);
	struct tcp_direction direction = {
		.source = d->network + (is_ip4 ? 12 : 8),
		.destination = d->network + (is_ip4 ? 16 : 24),
		.address_len = is_ip4 ? 4 : 16,
		.source_port = d->source_port,
		.destination_port = d->destination_port,
	};
	bool is_low = tcp_direction_is_low(&direction);
	bool is_new;
	struct tcp_flow *flow = tcp_flows_get(&d->dissector->flows, &direction, &is_new);
	uint32_t *mine, *peer;

	if (!flow) {
		d->out->failed = true;
		longjmp(d->leave, DISSECT_LEAVE_QUIETLY);
	}
	mine = is_low ? &flow->low : &flow->high;
	peer = is_low ? &flow->high : &flow->low;
	if (is_new || (s->flags & TCP_SYN)) {
		*mine = s->seq;
		*peer = s->ack - 1;
	} else {
		s->seq -= *mine;
		s->ack -= *peer;
	}
	s->peer_start = *peer;
}

static void put_sum(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint16_t found, sum;

	if (d->o->verbose == 0 || d->o->no_checksums || d->fragment || !dissect_has(d, p, len))
		return;
	found = get_be16(d, p + 16);
	sum = checksum_ip(d, PROTO_TCP, p, len, len);
	put(d, ", cksum 0x");
	put_hex(d, found, 4);
	if (sum == 0) {
		put(d, " (correct)");
	} else {
		put(d, " (incorrect -> 0x");
		put_hex(d, checksum_right(found, sum), 4);
		put_char(d, ')');
	}
}

static void put_numbers(struct dissect *d, const uint8_t *p, const struct tcp_segment *s)
{
	if (d->o->verbose > 1 || s->data_len > 0 || (s->flags & (TCP_SYN | TCP_FIN | TCP_RST))) {
		put(d, ", seq ");
		put_dec(d, s->seq);
		if (s->data_len > 0) {
			put_char(d, ':');
			put_dec(d, s->seq + s->data_len);
		}
	}
	if (s->flags & TCP_ACK) {
		put(d, ", ack ");
		put_dec(d, s->ack);
	}
	put(d, ", win ");
	put_dec(d, get_be16(d, p + 14));
	if (s->flags & TCP_URG) {
		put(d, ", urg ");
		put_dec(d, get_be16(d, p + 18));
	}
}

/* RFC 9293 3.5.3 allows a RST to say why, in words. */
static void print_reset_data(struct dissect *d, const uint8_t *p, uint32_t len)
{
	put(d, dissect_has(d, p, len) ? " [RST" : " [!RST");
	if (len > MOST_RESET_BYTES) {
		len = MOST_RESET_BYTES;
		put_char(d, '+');
	}
	put_char(d, ' ');
	for (uint32_t i = 0; i < len && dissect_has(d, p + i, 1); i++)
		put_byte(d, p[i]);
	put_char(d, ']');
}

static void print_payload(struct dissect *d, const uint8_t *p, const struct tcp_segment *s)
{
	print_fn *print;

	if (!dissect_has(d, p, s->header_len)) {
		putf(d, " [remaining caplen(%u) < header length(%u)]",
		     dissect_available(d, p, s->header_len), s->header_len);
		dissect_truncated(d);
	}
	if ((s->flags & TCP_RST) && d->o->verbose > 0) {
		print_reset_data(d, p + s->header_len, s->data_len);
		return;
	}
	print = tcp_port_printer(d->source_port, d->destination_port);
	if (print)
		print(d, p + s->header_len, s->data_len);
}

static void put_too_long(struct dissect *d, uint32_t header_len, uint32_t len)
{
	putf(d, " [bad hdr length %u - too long, > %u]", header_len, len);
}

void print_tcp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	struct tcp_segment s = { 0 };

	d->protocol = "tcp";
	if (!dissect_has(d, p, 4)) {
		put_transport_pair(d);
		put_truncated(d);
		return;
	}
	d->source_port = load_be16(p);
	d->destination_port = load_be16(p + 2);
	put_transport_ends(d, PROTO_TCP, put_tcp_port);
	if (!dissect_has(d, p, TCP_BYTES)) {
		put_truncated(d);
		return;
	}
	s.header_len = (p[12] >> 4) * 4u;
	s.data_len = len - s.header_len;
	if (s.header_len < TCP_BYTES) {
		putf(d, " tcp %u [bad hdr length %u - too short, < %u]", s.data_len, s.header_len,
		     TCP_BYTES);
		return;
	}
	if (d->o->quick) {
		put(d, "tcp ");
		put_dec(d, s.data_len);
		if (s.header_len > len)
			put_too_long(d, s.header_len, len);
		return;
	}
	s.seq = load_be32(p + 4);
	s.ack = load_be32(p + 8);
	s.flags = p[13];
	put_flags(d, s.flags);
	if (!d->o->absolute_sequence && (s.flags & TCP_ACK))
		make_relative(d, &s);
	if (s.header_len > len) {
		put_too_long(d, s.header_len, len);
		return;
	}
	put_sum(d, p, len);
	put_numbers(d, p, &s);
	if (s.header_len > TCP_BYTES && !put_tcp_options(d, p, &s))
		return;
	put(d, ", length ");
	put_dec(d, s.data_len);
	if (s.data_len > 0)
		print_payload(d, p, &s);
}
