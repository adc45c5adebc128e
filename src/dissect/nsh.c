/*
 * nsh.c - the network service header (RFC 8300): which way a packet takes through firewalls and the
 * like.
 */
#include "dissect/link.h"

enum {
	HEADER_BYTES = 8, /* base and service path */
	WORD_BYTES = 4,   /* unit of the length */
	METADATA_FIXED = 1,
	METADATA_TLVS = 2,
	FIXED_WORDS = 4,
	NEXT_IP4 = 1,
	NEXT_IP6 = 2,
	NEXT_ETHERNET = 3,
};

/* A header's first word, taken apart. */
struct nsh {
	uint32_t len; /* bytes */
	uint8_t metadata;
	uint8_t next;
};

/* False here and below: it contradicts itself, and why is printed. */
static bool print_fixed_metadata(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len != FIXED_WORDS * WORD_BYTES) {
		put(d, " (invalid length for the MD type)");
		return false;
	}
	for (unsigned int i = 0; i < FIXED_WORDS; i++)
		putf(d, "\n        Context[%02u]: 0x%08x", i, get_be32(d, p + 4 * i));
	return true;
}

static void print_value(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len == 0)
		return;
	put(d, "\n            Value: ");
	for (uint32_t i = 0; i < len; i++) {
		uint8_t byte = get_u8(d, p + i);

		put(d, i ? ":" : "0x");
		put_hex(d, byte, 2);
	}
}

static bool print_tlvs(struct dissect *d, const uint8_t *p, uint32_t len)
{
	while (len) {
		uint16_t class = get_be16(d, p);
		uint8_t type = get_u8(d, p + 2);
		uint32_t n = get_u8(d, p + 3) & 0x7f;
		uint32_t padded = (n + WORD_BYTES - 1) / WORD_BYTES * WORD_BYTES;

		putf(d, "\n        TLV Class %u, Type %u, Len %u", class, type, n);
		p += WORD_BYTES;
		len -= WORD_BYTES;
		if (len < padded) {
			put(d, " (length too big)");
			return false;
		}
		print_value(d, p, n);
		dissect_need(d, p, padded);
		p += padded;
		len -= padded;
	}
	return true;
}

static bool print_metadata(struct dissect *d, const struct nsh *h, const uint8_t *p)
{
	uint32_t len = h->len - HEADER_BYTES;

	if (d->o->verbose > 2 && h->metadata == METADATA_FIXED)
		return print_fixed_metadata(d, p, len);
	if (d->o->verbose > 2 && h->metadata == METADATA_TLVS)
		return print_tlvs(d, p, len);
	dissect_need(d, p, len);
	return true;
}

static void print_next(struct dissect *d, uint8_t next, const uint8_t *p, uint32_t len)
{
	put(d, d->o->verbose ? "\n    " : ": ");
	switch (next) {
	case NEXT_IP4: print_ethertype(d, 0x0800, p, len); break;
	case NEXT_IP6: print_ethertype(d, 0x86dd, p, len); break;
	case NEXT_ETHERNET:
		dissect_enter(d);
		print_ether(d, p, len);
		d->depth--;
		break;
	default: put(d, "ERROR: unknown-next-protocol");
	}
}

static void print_details(struct dissect *d, const struct nsh *h, uint32_t base)
{
	static const struct name metadata[] = {
		{ 0, "reserved" },
		{ METADATA_FIXED, "1" },
		{ METADATA_TLVS, "2" },
		{ 15, "experimental" },
	};
	static const struct name nexts[] = {
		{ NEXT_IP4, "IPv4" },
		{ NEXT_IP6, "IPv6" },
		{ NEXT_ETHERNET, "Ethernet" },
		{ 4, "NSH" },
		{ 5, "MPLS" },
		{ 0xfe, "Experiment 1" },
		{ 0xff, "Experiment 2" },
	};

	if (d->o->verbose > 2) {
		putf(d, "TTL %u, length %u, md type ", base >> 22 & 0x3f, h->len / WORD_BYTES);
		put_name(d, NAMES(metadata), "unknown (0x%02x)", h->metadata);
		put(d, ", ");
	}
	if (d->o->verbose > 1) {
		put(d, "next-protocol ");
		put_name(d, NAMES(nexts), "unknown (0x%02x)", h->next);
		put(d, ", ");
	}
}

static bool print_header(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t base = get_be32(d, p);
	const struct nsh h = {
		.len = (base >> 16 & 0x3f) * WORD_BYTES,
		.metadata = base >> 8 & 15,
		.next = (uint8_t)base,
	};

	put(d, "NSH, ");
	if (d->o->verbose > 1)
		putf(d, "ver %u, ", base >> 30);
	if (base >> 30)
		return true;
	put(d, base >> 29 & 1 ? "flags [O], " : "flags [none], ");
	print_details(d, &h, base);
	if (len < h.len) {
		putf(d, " (too many headers for packet length %u)", len);
		return false;
	}
	putf(d, "service-path-id 0x%06x, ", get_be24(d, p + 4));
	putf(d, "service-index 0x%x", get_u8(d, p + 7));
	if (h.len < HEADER_BYTES) {
		put(d, " (less than two headers)");
		return false;
	}
	if (!print_metadata(d, &h, p + HEADER_BYTES))
		return false;
	print_next(d, h.next, p + h.len, len - h.len);
	return true;
}

void print_nsh(struct dissect *d, const uint8_t *p, uint32_t len)
{
	d->protocol = "nsh";
	if (len < HEADER_BYTES) {
		putf(d, " (packet length %u < %u)", len, (unsigned int)HEADER_BYTES);
		put_invalid(d);
		return;
	}
	if (!print_header(d, p, len))
		put_invalid(d);
}
