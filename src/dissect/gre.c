/*
 * gre.c - generic routing encapsulation: version 0 (RFC 1701, RFC 2784, RFC 2890) and 1, which is of
 * PPTP (RFC 2637).
 */
#include "dissect/link.h"
#include "dissect/proto.h"

enum {
	HAS_CHECKSUM = 0x8000,
	HAS_ROUTING = 0x4000,
	HAS_KEY = 0x2000,
	HAS_SEQUENCE = 0x1000,
	HAS_ACK = 0x0080,

	ROUTE_IP = 0x0800,
	ROUTE_ASN = 0xfffe,

	TYPE_IP4 = 0x0800,
	TYPE_CDP = 0x2000,
	TYPE_ETHERNET = 0x6558,
	TYPE_IP6 = 0x86dd,
	TYPE_MPLS = 0x8847,
	TYPE_MPLS_MULTICAST = 0x8848,
	TYPE_PPP = 0x880b,
};

static const struct name flag_names[] = {
	{ HAS_CHECKSUM, "checksum present" }, { HAS_ROUTING, "routing present" },
	{ HAS_KEY, "key present" },           { HAS_SEQUENCE, "sequence# present" },
	{ 0x0800, "source routing present" }, { HAS_ACK, "ack present" },
};

/* What is left of the packet. */
struct rest {
	const uint8_t *p;
	uint32_t len;
};

/* The next field of @n bytes, or NULL when the packet is not that long. */
static const uint8_t *take(struct dissect *d, struct rest *r, uint32_t n)
{
	const uint8_t *p = r->p;

	if (r->len < n || !dissect_has(d, p, n))
		return NULL;
	r->p += n;
	r->len -= n;
	return p;
}

/* --- source routes ---------------------------------------------------------------------------- */

/* A source route entry: addresses of @unit bytes, the one at @offset being next.  False: it is longer
 * than the packet. */
static bool print_route(struct dissect *d, struct rest r, uint8_t offset, uint8_t len, uint8_t unit)
{
	if (offset % unit) {
		putf(d, ", badoffset=%u", offset);
		return true;
	}
	if (len % unit) {
		putf(d, ", badlength=%u", len);
		return true;
	}
	if (offset >= len) {
		putf(d, ", badoff/len=%u/%u", offset, len);
		return true;
	}
	for (uint32_t at = 0; at < len; at += unit) {
		const uint8_t *p = take(d, &r, unit);

		if (!p)
			return false;
		put(d, at == offset ? " *" : " ");
		if (unit == 4)
			putf(d, "%u.%u.%u.%u", p[0], p[1], p[2], p[3]);
		else
			putf(d, "%x", get_be16(d, p));
	}
	return true;
}

/* False: it is longer than the packet. */
static bool print_entry(struct dissect *d, const struct rest *r, const uint8_t *entry)
{
	uint16_t family = get_be16(d, entry);
	bool whole;

	switch (family) {
	case ROUTE_IP:
		put(d, ", (rtaf=ip");
		whole = print_route(d, *r, entry[2], entry[3], 4);
		put_char(d, ')');
		return whole;
	case ROUTE_ASN:
		put(d, ", (rtaf=asn");
		whole = print_route(d, *r, entry[2], entry[3], 2);
		put_char(d, ')');
		return whole;
	default: putf(d, ", (rtaf=0x%x)", family); return true;
	}
}

static bool print_routing(struct dissect *d, struct rest *r)
{
	for (;;) {
		const uint8_t *entry = take(d, r, 4);

		if (!entry)
			return false;
		if (get_be16(d, entry) == 0 && entry[3] == 0)
			return true;
		if (!print_entry(d, r, entry) || r->len < entry[3])
			return false;
		r->p += entry[3];
		r->len -= entry[3];
	}
}

/* --- payloads --------------------------------------------------------------------------------- */

static void print_payload(struct dissect *d, uint16_t type, struct rest r)
{
	switch (type) {
	case TYPE_ETHERNET:
		dissect_enter(d);
		print_ether(d, r.p, r.len);
		d->depth--;
		return;
	case TYPE_CDP: print_cdp(d, r.p, r.len); return;
	case TYPE_IP4:
	case TYPE_IP6:
	case TYPE_MPLS:
	case TYPE_MPLS_MULTICAST:
		if (print_ethertype(d, type, r.p, r.len))
			return;
		break;
	}
	putf(d, "gre-proto-0x%x", type);
}

/* --- headers ---------------------------------------------------------------------------------- */

static void print_flags(struct dissect *d, uint16_t flags)
{
	if (!d->o->verbose)
		return;
	put(d, ", Flags [");
	put_bits(d, NAMES(flag_names), ", ", "none", flags);
	put_char(d, ']');
}

/* The type of the payload if asked for, and the length of all. */
static void print_type(struct dissect *d, uint16_t type, uint32_t len)
{
	const char *name = ethertype_name(type);

	if (d->o->link)
		putf(d, ", proto %s (0x%04x)", name ? name : "unknown", type);
	put(d, ", length ");
	put_dec(d, len);
}

/* False here and below: the header is longer than the packet. */
static bool print_checksum(struct dissect *d, struct rest *r)
{
	const uint8_t *p = take(d, r, 2);

	if (!p)
		return false;
	if (d->o->verbose)
		putf(d, ", sum 0x%x", get_be16(d, p));
	p = take(d, r, 2);
	if (!p)
		return false;
	putf(d, ", off 0x%x", get_be16(d, p));
	return true;
}

static bool print_number(struct dissect *d, struct rest *r, const char *what)
{
	const uint8_t *p = take(d, r, 4);

	if (!p)
		return false;
	put(d, what);
	put_dec(d, get_be32(d, p));
	return true;
}

static bool print_key(struct dissect *d, struct rest *r)
{
	const uint8_t *p = take(d, r, 4);

	if (!p)
		return false;
	putf(d, ", key=0x%x", get_be32(d, p));
	return true;
}

static bool print_call(struct dissect *d, struct rest *r)
{
	const uint8_t *p = take(d, r, 4);

	if (!p)
		return false;
	putf(d, ", call %u", get_be16(d, p + 2));
	return true;
}

static bool print_version0(struct dissect *d, uint16_t flags, struct rest r, uint32_t len)
{
	const uint8_t *type = take(d, &r, 2);

	if (!type)
		return false;
	if (flags & (HAS_CHECKSUM | HAS_ROUTING) && !print_checksum(d, &r))
		return false;
	if (flags & HAS_KEY && !print_key(d, &r))
		return false;
	if (flags & HAS_SEQUENCE && !print_number(d, &r, ", seq "))
		return false;
	if (flags & HAS_ROUTING && !print_routing(d, &r))
		return false;
	print_type(d, get_be16(d, type), len);
	put(d, d->o->verbose ? "\n\t" : ": ");
	print_payload(d, get_be16(d, type), r);
	return true;
}

static bool print_version1(struct dissect *d, uint16_t flags, struct rest r, uint32_t len)
{
	const uint8_t *type = take(d, &r, 2);

	if (!type)
		return false;
	if (flags & HAS_KEY && !print_call(d, &r))
		return false;
	if (flags & HAS_SEQUENCE && !print_number(d, &r, ", seq "))
		return false;
	if (flags & HAS_ACK && !print_number(d, &r, ", ack "))
		return false;
	if (!(flags & HAS_SEQUENCE))
		put(d, ", no-payload");
	print_type(d, get_be16(d, type), len);
	if (!(flags & HAS_SEQUENCE))
		return true;
	put(d, d->o->verbose ? "\n\t" : ": ");
	if (get_be16(d, type) == TYPE_PPP)
		print_ppp(d, r.p, r.len);
	else
		putf(d, "gre-proto-0x%x", get_be16(d, type));
	return true;
}

void print_gre(struct dissect *d, const uint8_t *p, uint32_t len)
{
	struct rest r = { p, len };
	bool whole = true;
	uint16_t flags;

	d->protocol = "gre";
	if (!take(d, &r, 2)) {
		put_truncated(d);
		return;
	}
	flags = get_be16(d, p);
	putf(d, "GREv%u", flags & 7U);
	switch (flags & 7) {
	case 0:
		print_flags(d, flags);
		whole = print_version0(d, flags, r, len);
		break;
	case 1:
		print_flags(d, flags);
		whole = print_version1(d, flags, r, len);
		break;
	default: put(d, " ERROR: unknown-version");
	}
	if (!whole)
		put_truncated(d);
}
