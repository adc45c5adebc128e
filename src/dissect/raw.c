/*
 * raw.c - link types that are IP at once, or a number of an address family and IP: RAW, IPV4, IPV6,
 * NULL and LOOP.
 */
#include "dissect/proto.h"

enum {
	FAMILY_BYTES = 4,
	FAMILY_IP4 = 2,
	FAMILY_IP6_BSD = 24,
	FAMILY_IP6_FREEBSD = 28,
	FAMILY_IP6_DARWIN = 30,
};

/* As the BSDs number them. */
static const struct name families[] = {
	{ FAMILY_IP4, "IPv4" },
	{ 6, "NS" },
	{ 7, "ISO" },
	{ 16, "Appletalk" },
	{ 23, "IPX" },
	{ FAMILY_IP6_BSD, "IPv6" },
	{ FAMILY_IP6_FREEBSD, "IPv6" },
	{ FAMILY_IP6_DARWIN, "IPv6" },
};

void print_ip(struct dissect *d, const uint8_t *p, uint32_t len)
{
	d->protocol = "ipn";
	if (len < 1) {
		putf(d, "truncated-ip %u", len);
		return;
	}
	switch (get_u8(d, p) >> 4) {
	case 4: print_ip4(d, p, len); break;
	case 6: print_ip6(d, p, len); break;
	default: putf(d, "unknown ip %u", p[0] >> 4); break;
	}
}

void print_raw(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (d->o->link)
		put(d, "ip: ");
	print_ip(d, p, len);
}

static void put_family(struct dissect *d, uint32_t family, uint32_t len)
{
	if (d->o->quick) {
		put_name(d, families, ARRAY_LEN(families), "Unknown AF %u", family);
	} else {
		put(d, "AF ");
		put_name(d, families, ARRAY_LEN(families), "Unknown", family);
		putf(d, " (%u)", family);
	}
	putf(d, ", length %u: ", len);
}

/* The family is in the byte order of the machine that captured, which may be another's: families are
 * small numbers, so a large one is one turned round. */
void print_null(struct dissect *d, const uint8_t *p, uint32_t len)
{
	const uint8_t *payload = p + FAMILY_BYTES;
	uint32_t payload_len = len - FAMILY_BYTES;
	uint32_t family;

	family = get_le32(d, p);
	if (family & 0xffff0000)
		family = load_be32(p);
	if (d->o->link)
		put_family(d, family, len);
	if (family == FAMILY_IP4) {
		print_ip4(d, payload, payload_len);
	} else if (family == FAMILY_IP6_BSD || family == FAMILY_IP6_FREEBSD ||
		   family == FAMILY_IP6_DARWIN) {
		print_ip6(d, payload, payload_len);
	} else {
		if (!d->o->link)
			put_family(d, family, len);
		put_unknown(d, payload, dissect_available(d, payload, payload_len));
	}
	d->link_bytes = FAMILY_BYTES;
}
