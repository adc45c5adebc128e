/*
 * slow.c - the slow protocols of Ethernet (IEEE 802.3, annex 57A): LACP, which bundles links, and its
 * marker.  Of the third, OAM, the name and length are printed.
 *
 * Without -v that is all that is printed of any.
 */
#include "dissect/proto.h"

enum {
	LACP = 1,
	MARKER = 2,
	OAM = 3,
	VERSION = 1,

	TLV_BYTES = 2,
	TERMINATOR = 0,
	PARTNER_BYTES = 20, /* with type and length, as the others */
	COLLECTOR_BYTES = 16,
	MARKER_BYTES = 16,
};

/* A TLV, from its type on; all of its bytes are there. */
typedef void tlv_fn(struct dissect *d, const uint8_t *p);

static void print_partner(struct dissect *d, const uint8_t *p)
{
	static const struct name flags[] = {
		{ 0x01, "Activity" },        { 0x02, "Timeout" },    { 0x04, "Aggregation" },
		{ 0x08, "Synchronization" }, { 0x10, "Collecting" }, { 0x20, "Distributing" },
		{ 0x40, "Default" },         { 0x80, "Expired" },
	};

	put(d, "\n\t  System ");
	put_mac(d, p + 4);
	putf(d, ", System Priority %u, Key %u, Port %u, Port Priority %u\n\t  State Flags [",
	     get_be16(d, p + 2), get_be16(d, p + 10), get_be16(d, p + 14), get_be16(d, p + 12));
	put_bits(d, NAMES(flags), ", ", "none", p[16]);
	put_char(d, ']');
}

static void print_collector(struct dissect *d, const uint8_t *p)
{
	putf(d, "\n\t  Max Delay %u", get_be16(d, p + 2));
}

static void print_marker(struct dissect *d, const uint8_t *p)
{
	put(d, "\n\t  Request System ");
	put_mac(d, p + 4);
	putf(d, ", Request Port %u, Request Transaction ID 0x%08x", get_be16(d, p + 2),
	     get_be32(d, p + 10));
}

/* clang-format off */
static const struct tlv {
	uint8_t protocol, type;
	uint8_t len;
	const char *name;
	tlv_fn *print;
} tlvs[] = {
	{ LACP,   TERMINATOR, 0,               "Terminator",            NULL },
	{ LACP,   1,          PARTNER_BYTES,   "Actor Information",     print_partner },
	{ LACP,   2,          PARTNER_BYTES,   "Partner Information",   print_partner },
	{ LACP,   3,          COLLECTOR_BYTES, "Collector Information", print_collector },
	{ MARKER, TERMINATOR, 0,               "Terminator",            NULL },
	{ MARKER, 1,          MARKER_BYTES,    "Marker Information",    print_marker },
};
/* clang-format on */

static const struct tlv *find_tlv(uint8_t protocol, uint8_t type)
{
	for (size_t i = 0; i < ARRAY_LEN(tlvs); i++)
		if (tlvs[i].protocol == protocol && tlvs[i].type == type)
			return &tlvs[i];
	return NULL;
}

static void print_value(struct dissect *d, const struct tlv *tlv, const uint8_t *p, uint32_t len)
{
	if (tlv && len != tlv->len)
		putf(d, "\n\t    ERROR: illegal length - should be %u", tlv->len);
	else if (tlv)
		tlv->print(d, p);
	else if (d->o->verbose <= 1)
		put_hex_dump(d, "\n\t  ", p + TLV_BYTES, len - TLV_BYTES);
	if (d->o->verbose > 1)
		put_hex_dump(d, "\n\t  ", p + TLV_BYTES, len - TLV_BYTES);
}

/* False: the packet ends too early. */
static bool print_tlvs(struct dissect *d, uint8_t protocol, const uint8_t *p, uint32_t len)
{
	while (len) {
		const struct tlv *tlv;
		uint8_t type, n;

		if (len < TLV_BYTES)
			return false;
		type = get_u8(d, p);
		n = get_u8(d, p + 1);
		tlv = find_tlv(protocol, type);
		putf(d, "\n\t%s TLV (0x%02x), length %u", tlv ? tlv->name : "Unknown", type, n);
		if (type == TERMINATOR)
			return true;
		if (n < TLV_BYTES) {
			putf(d, "\n\t    ERROR: illegal length - should be >= %u",
			     (unsigned int)TLV_BYTES);
			return true;
		}
		if (len < n)
			return false;
		dissect_need(d, p, n);
		print_value(d, tlv, p, n);
		p += n;
		len -= n;
	}
	return true;
}

static void print_too_short(struct dissect *d)
{
	put(d, d->o->verbose ? "\n\t\t packet is too short" : " (packet is too short)");
}

/* LACP and its marker, which have a version. */
static void print_lacp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	const char *name = p[0] == LACP ? "LACP" : "MARKER";

	if (len < 2) {
		print_too_short(d);
		return;
	}
	if (get_u8(d, p + 1) != VERSION) {
		putf(d, "%s version %u packet not supported", name, p[1]);
		return;
	}
	putf(d, "%sv%u, length %u", name, p[1], len);
	if (d->o->verbose && !print_tlvs(d, p[0], p + 2, len - 2))
		put(d, "\n\t\t packet is too short");
}

void print_slow(struct dissect *d, const uint8_t *p, uint32_t len)
{
	d->protocol = "slow";
	if (len < 1) {
		print_too_short(d);
		return;
	}
	switch (get_u8(d, p)) {
	case LACP:
	case MARKER: print_lacp(d, p, len); break;
	case OAM: putf(d, "OAM, length %u", len); break;
	default: putf(d, "unknown (%u), length %u", p[0], len); put_hex_dump(d, "\n\t", p, len);
	}
}
