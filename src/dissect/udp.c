/*
 * udp.c - UDP (RFC 768).
 */
#include "dissect/proto.h"
#include "dissect/transport.h"

enum { UDP_BYTES = 8, PROTO_UDP = 17 };

/* "10.0.0.1.53 > 10.0.0.2.1024: " */
static void put_ends(struct dissect *d)
{
	put_transport_ends(d, PROTO_UDP, put_udp_port);
}

static void put_sum(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint16_t found, sum;

	if (d->o->verbose == 0 || d->o->no_checksums || d->fragment)
		return;
	/* tcpdump checks UDP over IPv4 with -vv alone */
	if (transport_is_ip4(d)) {
		if (d->o->verbose < 2)
			return;
		if (load_be16(p + 6) == 0) {
			put(d, "[no cksum] ");
			return;
		}
	}
	if (!dissect_has(d, p, UDP_BYTES + len))
		return;
	found = load_be16(p + 6);
	sum = checksum_ip(d, PROTO_UDP, p, UDP_BYTES + len, UDP_BYTES + len);
	if (sum == 0)
		put(d, "[udp sum ok] ");
	else
		putf(d, "[bad udp cksum 0x%04x -> 0x%04x!] ", found, checksum_right(found, sum));
}

static void put_plain(struct dissect *d, uint32_t said, uint32_t len)
{
	if (said > len && !d->fragment) {
		putf(d, "UDP, bad length %u > %u", said, len);
		return;
	}
	put(d, "UDP, length ");
	put_dec(d, said);
}

void print_udp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	print_fn *print;
	uint32_t said;

	d->protocol = "udp";
	if (!dissect_has(d, p, 4)) {
		put_transport_addresses(d, PROTO_UDP);
		put_truncated(d);
		return;
	}
	d->source_port = load_be16(p);
	d->destination_port = load_be16(p + 2);
	put_ends(d);
	if (len < UDP_BYTES) {
		putf(d, "truncated-udp %u", len);
		return;
	}
	if (!dissect_has(d, p, UDP_BYTES - 2)) {
		put_truncated(d);
		return;
	}
	said = load_be16(p + 4);
	if (said == 0 && len > UINT16_MAX) /* a jumbogram: RFC 2675 */
		said = len;
	if (said < UDP_BYTES) {
		putf(d, "truncated-udplength %u", said);
		return;
	}
	said -= UDP_BYTES;
	len -= UDP_BYTES;
	if (said < len)
		len = said;
	if (!dissect_has(d, p, UDP_BYTES)) {
		put_truncated(d);
		return;
	}
	put_sum(d, p, len);
	print = d->o->quick ? NULL : udp_port_printer(d->source_port, d->destination_port);
	if (print)
		print(d, p + UDP_BYTES, len);
	else
		put_plain(d, said, len);
}
