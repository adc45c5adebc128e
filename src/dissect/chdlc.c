/*
 * chdlc.c - Cisco's HDLC, a serial link with Ethernet types, and SLARP, which keeps it alive.
 */
#include "dissect/field.h"
#include "dissect/link.h"
#include "dissect/proto.h"

enum {
	HEADER_BYTES = 4,
	TYPE_IP4 = 0x0800,
	TYPE_IP6 = 0x86dd,
	TYPE_MPLS = 0x8847,
	TYPE_MPLS_MULTICAST = 0x8848,
	TYPE_SLARP = 0x8035,

	SLARP_REQUEST = 0,
	SLARP_REPLY = 1,
	SLARP_KEEPALIVE = 2,
	SLARP_LEAST_BYTES = 14,
	SLARP_MOST_BYTES = 18, /* with the uptime */
};

static void print_keepalive(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t seconds;

	putf(d, "keepalive: mineseen=0x%08x, yourseen=0x%08x, reliability=0x%04x",
	     get_be32(d, p + 4), get_be32(d, p + 8), get_be16(d, p + 12));
	if (len < SLARP_MOST_BYTES)
		return;
	seconds = get_be32(d, p + SLARP_LEAST_BYTES) / 1000;
	putf(d, ", link uptime=%ud%uh%um%us", seconds / 86400, seconds / 3600 % 24,
	     seconds / 60 % 60, seconds % 60);
}

static void print_code(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t code = get_be32(d, p);

	switch (code) {
	case SLARP_REQUEST: put(d, "request"); break;
	case SLARP_REPLY:
		put(d, "reply ");
		put_ip4(d, p + 4);
		put_char(d, '/');
		put_ip4(d, p + 8);
		break;
	case SLARP_KEEPALIVE: print_keepalive(d, p, len); break;
	default:
		putf(d, "0x%02x unknown", code);
		if (d->o->verbose <= 1)
			put_hex_dump(d, "\n\t", p + 4, len - 4);
	}
}

static void print_slarp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	put(d, "SLARP");
	if (len < SLARP_LEAST_BYTES) {
		put_invalid(d);
		return;
	}
	putf(d, " (length: %u), ", len);
	dissect_need(d, p, SLARP_LEAST_BYTES);
	print_code(d, p, len);
	if (len > SLARP_MOST_BYTES && d->o->verbose)
		putf(d, ", (trailing junk: %u bytes)", len - SLARP_MOST_BYTES);
	if (d->o->verbose <= 1)
		return;
	/* tcpdump goes on behind an uptime, and else behind the code. */
	if (get_be32(d, p) == SLARP_KEEPALIVE && len >= SLARP_MOST_BYTES)
		put_hex_dump(d, "\n\t", p + SLARP_MOST_BYTES, len - 4);
	else
		put_hex_dump(d, "\n\t", p + 4, len - 4);
}

/* Unicast or broadcast, and the type. */
static void print_header(struct dissect *d, const uint8_t *p, uint16_t type, uint32_t len)
{
	static const struct name casts[] = {
		{ 0x0f, "unicast" },
		{ 0x8f, "bcast" },
	};
	const char *name = ethertype_name(type);

	put_name(d, NAMES(casts), "0x%02x", p[0]);
	putf(d, ", ethertype %s (0x%04x), length %u: ", name ? name : "Unknown", type, len);
}

void print_chdlc(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint16_t type;

	d->protocol = "chdlc";
	if (len < HEADER_BYTES) {
		put_invalid(d);
		return;
	}
	type = get_be16(d, p + 2);
	if (d->o->link)
		print_header(d, p, type, len);
	p += HEADER_BYTES;
	len -= HEADER_BYTES;
	switch (type) {
	case TYPE_SLARP:
		d->protocol = "chdlc_slarp";
		print_contained(d, print_slarp, p, len);
		return;
	case TYPE_IP4:
	case TYPE_IP6:
	case TYPE_MPLS:
	case TYPE_MPLS_MULTICAST:
		if (print_ethertype(d, type, p, len))
			return;
		break;
	}
	if (!d->o->link)
		putf(d, "unknown CHDLC protocol (0x%04x)", type);
}

void print_chdlc_link(struct dissect *d, const uint8_t *p, uint32_t len)
{
	d->protocol = "chdlc";
	dissect_need(d, p, HEADER_BYTES);
	print_chdlc(d, p, len);
	d->link_bytes = HEADER_BYTES;
}
