/*
 * ip6_route.c - IPv6's routing headers (RFC 8200 4.4, RFC 8754) and fragment headers (4.5).
 */
#include "dissect/ip6.h"
#include "dissect/proto.h"

enum {
	ROUTING_SOURCE = 0, /* deprecated by RFC 5095 */
	ROUTING_MOBILE = 2,
	ROUTING_SEGMENT = 4,
	FRAGMENT_BYTES = 8,
	FRAGMENT_OFFSET = 0xfff8,
};

static int put_bad_length(struct dissect *d, uint32_t len)
{
	putf(d, " (invalid length %u)", len);
	return 0;
}

static int put_route(struct dissect *d, const uint8_t *p, uint32_t len)
{
	for (uint32_t i = 0; i < len / 2; i++) {
		dissect_need(d, p + 8 + i * 16, 16);
		putf(d, ", [%u]", i);
		put_ip6(d, p + 8 + i * 16);
	}
	put(d, ") ");
	return (int)(len + 1) * 8;
}

static int print_source_route(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t reserved = get_be32(d, p + 4);

	if (reserved || d->o->verbose > 0) {
		put(d, ", rsv=0x");
		put_hex(d, reserved, 1);
	}
	if (len % 2)
		return put_bad_length(d, len);
	return put_route(d, p, len);
}

static int print_segment_route(struct dissect *d, const uint8_t *p, uint32_t len)
{
	putf(d, ", last-entry=%u", get_u8(d, p + 4));
	if (get_u8(d, p + 5) || d->o->verbose > 0)
		putf(d, ", flags=0x%0x", p[5]);
	putf(d, ", tag=%x", get_be16(d, p + 6));
	if (len % 2)
		return put_bad_length(d, len);
	return put_route(d, p, len);
}

int print_ip6_routing(struct dissect *d, const uint8_t *p)
{
	uint32_t len;
	int bytes;

	d->protocol = "rt6";
	put(d, "RT6");
	len = get_u8(d, p + 1);
	putf(d, " (len=%u", len);
	putf(d, ", type=%u", get_u8(d, p + 2));
	if (p[2] == ROUTING_SOURCE)
		put(d, " [Deprecated]");
	putf(d, ", segleft=%u", get_u8(d, p + 3));
	switch (p[2]) {
	case ROUTING_SOURCE:
	case ROUTING_MOBILE: bytes = print_source_route(d, p, len); break;
	case ROUTING_SEGMENT: bytes = print_segment_route(d, p, len); break;
	default:
		put(d, " (unknown type)");
		bytes = 0;
		break;
	}
	if (bytes == 0)
		put_invalid(d);
	return bytes;
}

/* Prints "frag (id:offset|length)"; of a packet's later parts nothing more is known. */
int print_ip6_fragment(struct dissect *d, const uint8_t *p, const uint8_t *ip)
{
	uint64_t len = 40ul + load_be16(ip + 4) - (uint64_t)(p - ip) - FRAGMENT_BYTES;
	uint16_t offset;

	d->protocol = "frag6";
	offset = get_be16(d, p + 2) & FRAGMENT_OFFSET;
	if (d->o->verbose > 0)
		dissect_need(d, p, FRAGMENT_BYTES);
	put(d, "frag (");
	if (d->o->verbose > 0) {
		put(d, "0x");
		put_hex(d, load_be32(p + 4), 8);
		put_char(d, ':');
	}
	put_dec(d, offset);
	put_char(d, '|');
	put_dec(d, len);
	put_char(d, ')');
	if (offset != 0)
		return 0;
	put_char(d, ' ');
	return FRAGMENT_BYTES;
}
