/*
 * ip6.c - IPv6 (RFC 8200), and jumbograms (RFC 2675).
 *
 * A payload length of zero means that a hop-by-hop option gives the length, or that there is no payload.
 * Which of them is known after the extension headers, so until then the packet is as long as the layer
 * below says.
 */
#include "dissect/ip6.h"

#include "dissect/proto.h"

enum {
	IP6_BYTES = 40,
	FRAGMENT_BYTES = 8,

	ROUTING_TYPE_SOURCE = 0,
	ROUTING_TYPE_MOBILE = 2,
	ROUTING_TYPE_SEGMENT = 4,
};

static uint8_t version_of(const uint8_t *p)
{
	return p[0] >> 4;
}

/* The last address of the routing header at @p, or NULL. */
static const uint8_t *last_of_route(struct dissect *d, const uint8_t *p)
{
	uint32_t count;

	if (!dissect_has(d, p, 4) || p[1] % 2)
		return NULL;
	count = p[1] / 2u;
	switch (p[2]) {
	case ROUTING_TYPE_SOURCE:
	case ROUTING_TYPE_MOBILE:
		while (count > 0 && !dissect_has(d, p + 8, count * 16))
			count--;
		return count > 0 ? p + 8 + (count - 1) * 16 : NULL;
	case ROUTING_TYPE_SEGMENT: /* they stand there in reverse: RFC 8754 */
		return dissect_has(d, p + 8, 16) ? p + 8 : NULL;
	default: return NULL;
	}
}

const uint8_t *ip6_last_destination(struct dissect *d, const uint8_t *ip)
{
	const uint8_t *p = ip + IP6_BYTES;
	uint8_t next = ip[6];
	const uint8_t *last;

	while (p < d->end) {
		switch (next) {
		case IP6_HOP_BY_HOP:
		case IP6_DESTINATION:
		case IP6_MOBILITY:
		case IP6_MOBILITY_OLD:
			next = p[0];
			p += (get_u8(d, p + 1) + 1) * 8;
			break;
		case IP6_FRAGMENT:
			next = p[0];
			p += FRAGMENT_BYTES;
			break;
		case IP6_ROUTING: last = last_of_route(d, p); return last ? last : ip + 24;
		default: return ip + 24;
		}
	}
	return ip + 24;
}

static void put_addresses(struct dissect *d, const uint8_t *p)
{
	put_ip6(d, p + 8);
	put(d, " > ");
	put_ip6(d, p + 24);
	put(d, ": ");
}

/* -v: the header in parentheses. */
static void put_header(struct dissect *d, const uint8_t *p)
{
	uint32_t flow = load_be32(p);
	const char *name = ip_proto_name(p[6]);

	put_char(d, '(');
	if (flow & 0x0ff00000) {
		put(d, "class 0x");
		put_hex(d, (flow & 0x0ff00000) >> 20, 2);
		put(d, ", ");
	}
	if (flow & 0xfffff) {
		put(d, "flowlabel 0x");
		put_hex(d, flow & 0xfffff, 5);
		put(d, ", ");
	}
	put(d, "hlim ");
	put_dec(d, p[7]);
	put(d, ", next-header ");
	put(d, name ? name : "unknown");
	put(d, " (");
	put_dec(d, p[6]);
	put(d, ") payload length: ");
	put_dec(d, load_be16(p + 4));
	put(d, ") ");
}

static bool puts_addresses_itself(uint8_t protocol)
{
	return protocol == 6 || protocol == 17 || protocol == 33 || protocol == 132;
}

/* A packet's headers on the way to its payload. */
struct headers {
	const uint8_t *ip;
	const uint8_t *at;
	uint32_t packet_len; /* that the layer below gives */
	uint32_t len;        /* from 'at' on */
	uint8_t next;        /* what is at 'at' */
	struct ip6_jumbo jumbo;
	bool any; /* extension header */
	bool hop_by_hop;
};

/* The header at h->at is @bytes long. */
static bool pass(struct headers *h, uint32_t bytes)
{
	if (h->len < bytes)
		return false;
	h->at += bytes;
	h->len -= bytes;
	return true;
}

/* An extension header: its length, 0 where the packet ends with it, or -1 where there is none. */
static int print_extension(struct dissect *d, struct headers *h)
{
	int bytes;

	switch (h->next) {
	case IP6_HOP_BY_HOP:
		if (h->hop_by_hop || h->any) {
			put(d,
			    h->hop_by_hop ?
				    "[The Hop-by-Hop Options header was already found]" :
				    "[The Hop-by-Hop Options header don't follow the IPv6 header]");
			put_invalid(d);
			return 0;
		}
		h->hop_by_hop = true;
		bytes = print_ip6_hop_by_hop(d, h->at, &h->jumbo);
		if (h->jumbo.payload_len == 0 && !h->jumbo.found) {
			put(d, "[No valid Jumbo Payload Hop-by-Hop option found]");
			put_invalid(d);
			return 0;
		}
		return bytes;
	case IP6_DESTINATION: return print_ip6_destination(d, h->at);
	case IP6_FRAGMENT:
		bytes = print_ip6_fragment(d, h->at, h->ip);
		if (bytes > 0)
			d->fragment = true;
		return bytes > 0 && d->end <= h->at + bytes ? 0 : bytes;
	case IP6_MOBILITY:
	case IP6_MOBILITY_OLD: print_ip6_mobility(d, h->at); return 0;
	case IP6_ROUTING:
		if (!dissect_has(d, h->at, 1)) {
			put_truncated(d);
			return 0;
		}
		return print_ip6_routing(d, h->at);
	default: return -1;
	}
}

/* How long the payload is, now that all headers are known.  False: headers without a payload. */
static bool find_payload_len(struct dissect *d, struct headers *h, const uint8_t *outer_end)
{
	uint32_t passed = (uint32_t)(h->at - h->ip);
	uint32_t total;

	if (h->jumbo.found) {
		total = h->jumbo.payload_len + IP6_BYTES;
		if (total < passed)
			return false;
		if (h->packet_len < total)
			putf(d, "truncated-ip6 - %u bytes missing!", total - h->packet_len);
	} else if (h->jumbo.payload_len == 0) {
		if (h->any)
			return false;
		total = IP6_BYTES;
	} else {
		return true;
	}
	d->end = outer_end;
	(void)dissect_narrow(d, h->ip, total);
	h->len = total - passed;
	return true;
}

static void print_headers(struct dissect *d, struct headers *h, const uint8_t *outer_end)
{
	int bytes = IP6_BYTES;

	while (h->at < d->end && bytes > 0) {
		if (!pass(h, (uint32_t)bytes)) {
			put_truncated(d);
			return;
		}
		if (h->at == h->ip + IP6_BYTES && !puts_addresses_itself(h->next))
			put_addresses(d, h->ip);
		bytes = print_extension(d, h);
		if (bytes < 0) {
			if (find_payload_len(d, h, outer_end))
				print_ip_protocol(d, h->next, h->at, h->len);
			else
				put_truncated(d);
			return;
		}
		if (bytes == 0)
			return;
		h->any = true;
		h->next = get_u8(d, h->at);
		d->protocol = "ip6";
	}
}

void print_ip6(struct dissect *d, const uint8_t *p, uint32_t len)
{
	const uint8_t *outer_network = d->network;
	const uint8_t *outer_end = d->end;
	bool outer_fragment = d->fragment;
	struct headers h = { .ip = p, .at = p, .packet_len = len };

	d->protocol = "ip6";
	if (!dissect_has(d, p, IP6_BYTES)) {
		put_truncated(d);
		return;
	}
	if (len < IP6_BYTES) {
		putf(d, "truncated-ip6 %u", len);
		return;
	}
	if (!d->o->link)
		put(d, "IP6 ");
	if (version_of(p) != 6) {
		putf(d, "version error: %u != 6", version_of(p));
		return;
	}
	h.jumbo.payload_len = load_be16(p + 4);
	h.len = IP6_BYTES + (h.jumbo.payload_len ? h.jumbo.payload_len : len);
	if (h.jumbo.payload_len && len < h.len)
		putf(d, "truncated-ip6 - %u bytes missing!", h.len - len);
	h.next = p[6];
	if (d->o->verbose > 0)
		put_header(d, p);
	(void)dissect_narrow(d, p, h.len);
	d->network = p;
	d->fragment = false;
	print_headers(d, &h, outer_end);
	d->network = outer_network;
	d->fragment = outer_fragment;
	d->end = outer_end;
}
