/*
 * icmp_extension.c - objects behind the packet that an ICMP error quotes (RFC 4884), such as the MPLS
 * labels that it had (RFC 4950).
 */
#include "dissect/icmp.h"
#include "dissect/proto.h"

enum {
	QUOTED_BYTES = 128, /* when extensions follow, it is filled up to these */
	HEADER_AT = 8 + QUOTED_BYTES,
	HEADER_BYTES = 4,
	OBJECT_BYTES = 4,
	VERSION = 2,
	CLASS_MPLS = 1,
	MPLS_STACK_ENTRY = 1,
};

static const struct name class_names[] = {
	{ CLASS_MPLS, "MPLS Stack Entry" },
	{ 2, "Interface Identification" },
};

static void put_object(struct dissect *d, uint8_t class, uint8_t type, const uint8_t *p,
		       uint32_t len)
{
	uint32_t entry;

	if (class != CLASS_MPLS || type != MPLS_STACK_ENTRY) {
		put_hex_dump(d, "\n\t    ", p, len);
		return;
	}
	entry = get_be32(d, p);
	putf(d, "\n\t    label %u, tc %u", entry >> 12, entry >> 9 & 7);
	if (entry & 0x100)
		put(d, ", [S]");
	putf(d, ", ttl %u", entry & 0xff);
}

static void put_objects(struct dissect *d, const uint8_t *p, uint32_t left)
{
	while (left > OBJECT_BYTES) {
		uint32_t len;

		if (!dissect_has(d, p, OBJECT_BYTES)) {
			put_truncated(d);
			return;
		}
		len = load_be16(p);
		put(d, "\n\t  ");
		put_name(d, class_names, ARRAY_LEN(class_names), "unknown", p[2]);
		putf(d, " Object (%u), Class-Type: %u, length %u", p[2], p[3], len);
		if (p[2] == 0 || len < OBJECT_BYTES)
			return;
		put_object(d, p[2], p[3], p + OBJECT_BYTES, len - OBJECT_BYTES);
		if (left < len)
			return;
		left -= len;
		p += len;
	}
}

void print_icmp_extensions(struct dissect *d, const uint8_t *p, uint32_t len)
{
	const uint8_t *header = p + HEADER_AT;
	uint32_t left;

	if (len <= HEADER_AT)
		return;
	left = len - HEADER_AT;
	if (!dissect_has(d, header, HEADER_BYTES + 1)) {
		put_truncated(d);
		return;
	}
	/* Before RFC 4884 no length said that there are extensions; then the checksum has to be right. */
	if (p[5] == 0 && (!dissect_has(d, header, left) || checksum(header, left) != 0))
		return;
	putf(d, "\n\tICMP Multi-Part extension v%u", header[0] >> 4);
	if (header[0] >> 4 != VERSION) {
		put(d, " packet not supported");
		return;
	}
	if (dissect_has(d, header, left))
		putf(d, ", checksum 0x%04x (%scorrect), length %u", load_be16(header + 2),
		     checksum(header, left) ? "in" : "", left);
	if (left > HEADER_BYTES)
		put_objects(d, header + HEADER_BYTES, left - HEADER_BYTES);
}
