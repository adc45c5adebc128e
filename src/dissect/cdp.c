/*
 * cdp.c - Cisco's discovery protocol: who is at the other end of the cable.
 *
 * Without -v only the device's name is printed.
 */
#include <string.h>

#include "dissect/link.h"

enum { HEADER_BYTES = 4, TLV_BYTES = 4 };

/* A TLV's value, of a length that the table allows. */
typedef void value_fn(struct dissect *d, const uint8_t *p, uint32_t len);

static void print_string(struct dissect *d, const uint8_t *p, uint32_t len)
{
	put_char(d, '\'');
	put_text(d, p, len);
	put_char(d, '\'');
}

static void print_capability(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	static const struct name names[] = {
		{ 0x01, "Router" },
		{ 0x02, "Transparent Bridge" },
		{ 0x04, "Source Route Bridge" },
		{ 0x08, "L2 Switch" },
		{ 0x10, "L3 capable" },
		{ 0x20, "IGMP snooping" },
		{ 0x40, "L1 capable" },
	};
	uint32_t value = get_be32(d, p);

	putf(d, "(0x%08x): ", value);
	put_bits(d, NAMES(names), ", ", "none", value);
}

/* Its lines indented as the packet's are. */
static void print_version(struct dissect *d, const uint8_t *p, uint32_t len)
{
	put(d, "\n\t  ");
	for (uint32_t i = 0; i < len; i++) {
		uint8_t c = get_u8(d, p + i);

		if (c == '\n')
			put(d, "\n\t  ");
		else
			put_byte(d, c);
	}
}

static void print_number16(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	put_dec(d, get_be16(d, p));
}

static void print_duplex(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	put(d, get_u8(d, p) ? "full" : "half");
}

static void print_voice(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len == 2) {
		putf(d, "unknown 0x%04x", get_be16(d, p));
		return;
	}
	dissect_need(d, p, 3);
	putf(d, "app %u, vlan %u", p[0], get_be16(d, p + 1));
}

static void print_power(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t milliwatts = len == 1 ? get_u8(d, p) : len == 2 ? get_be16(d, p) : get_be24(d, p);

	putf(d, "%1.2fW", milliwatts / 1000.0);
}

static void print_mtu(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	putf(d, "%u bytes", get_be32(d, p));
}

static void print_bitmap(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	putf(d, "0x%02x", get_u8(d, p));
}

static void print_location(struct dissect *d, const uint8_t *p, uint32_t len)
{
	print_bitmap(d, p, len);
	if (len > 1) {
		put_char(d, '/');
		put_text(d, p + 1, len - 1);
	}
}

static void print_prefixes(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len % 5) {
		putf(d, " [length %u is not a multiple of 5]", len);
		dissect_need(d, p, len);
		return;
	}
	putf(d, " IPv4 Prefixes (%u):", len / 5);
	for (uint32_t at = 0; at < len; at += 5) {
		dissect_need(d, p + at, 5);
		putf(d, " %u.%u.%u.%u/%u", p[at], p[at + 1], p[at + 2], p[at + 3], p[at + 4]);
	}
}

/* --- addresses -------------------------------------------------------------------------------- */

/* What is left of the value. */
struct rest {
	const uint8_t *p;
	uint32_t len;
};

static void print_bytes(struct dissect *d, struct rest *r, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		putf(d, " %02x", get_u8(d, r->p + i));
	r->p += n;
	r->len -= n;
}

/* Which address this is, by its protocol: 4, 6 or 0. */
static int address_version(struct dissect *d, const uint8_t *p, uint32_t address_len)
{
	enum { BY_NLPID = 1, BY_LLC = 2, NLPID_IP4 = 0xcc };
	static const uint8_t ip6[] = { 0xaa, 0xaa, 0x03, 0, 0, 0, 0x86, 0xdd };

	if (p[0] == BY_NLPID && p[1] == 1 && get_u8(d, p + 2) == NLPID_IP4 && address_len == 4)
		return 4;
	if (p[0] == BY_LLC && p[1] == sizeof ip6 && dissect_has(d, p + 2, sizeof ip6) &&
	    memcmp(p + 2, ip6, sizeof ip6) == 0 && address_len == 16)
		return 6;
	return 0;
}

static bool print_known_address(struct dissect *d, struct rest *r, int version, uint32_t left)
{
	uint32_t n = version == 4 ? 4 : 16;

	if (r->len < n) {
		put(d, " (not enough space for A)");
		return false;
	}
	dissect_need(d, r->p, n);
	putf(d, "IPv%d (%u) ", version, left);
	if (version == 4)
		put_ip4(d, r->p);
	else
		put_ip6(d, r->p);
	r->p += n;
	r->len -= n;
	return true;
}

static bool print_other_address(struct dissect *d, struct rest *r, uint32_t n)
{
	putf(d, ", al=%u, a=", n);
	r->p += 2;
	r->len -= 2;
	if (r->len < n) {
		put(d, " (not enough space for A)");
		return false;
	}
	print_bytes(d, r, n);
	return true;
}

/* False: it is cut short, and that was said. */
static bool print_address(struct dissect *d, struct rest *r, uint32_t left)
{
	const uint8_t *head = r->p;
	uint32_t address_len;
	int version;

	if (r->len < 2) {
		put(d, " (not enough space for PT+PL)");
		return false;
	}
	dissect_need(d, head, 2);
	r->p += 2;
	r->len -= 2;
	if (r->len < head[1] + 2U) {
		put(d, " (not enough space for P+AL)");
		return false;
	}
	address_len = get_be16(d, r->p + head[1]);
	version = address_version(d, head, address_len);
	if (version) {
		r->p += head[1] + 2;
		r->len -= head[1] + 2U;
		return print_known_address(d, r, version, left);
	}
	putf(d, "pt=0x%02x, pl=%u, pb=", head[0], head[1]);
	print_bytes(d, r, head[1]);
	return print_other_address(d, r, address_len);
}

static void print_addresses(struct dissect *d, const uint8_t *p, uint32_t len)
{
	struct rest r = { p + 4, len - 4 };

	for (uint32_t left = get_be32(d, p); left; left--) {
		if (!print_address(d, &r, left)) {
			dissect_need(d, r.p, r.len);
			return;
		}
		if (left > 1)
			put_char(d, ' ');
	}
	if (r.len)
		putf(d, " (%u bytes of stray data)", r.len);
}

/* --- the packet ------------------------------------------------------------------------------- */

enum { DEVICE_ID = 1 };

/* clang-format off */
static const struct tlv {
	const char *name;
	value_fn *print; /* NULL: nothing is said of the value */
	uint32_t least, most; /* bytes; 0: any */
} tlvs[] = {
	[DEVICE_ID] = { "Device-ID",                    print_string,     0, 0 },
	[0x02] = { "Address",                           print_addresses,  4, 0 },
	[0x03] = { "Port-ID",                           print_string,     0, 0 },
	[0x04] = { "Capability",                        print_capability, 4, 4 },
	[0x05] = { "Version String",                    print_version,    0, 0 },
	[0x06] = { "Platform",                          print_string,     0, 0 },
	[0x07] = { "Prefixes",                          print_prefixes,   0, 0 },
	[0x08] = { "Protocol-Hello option",             NULL,             0, 0 },
	[0x09] = { "VTP Management Domain",             print_string,     0, 0 },
	[0x0a] = { "Native VLAN ID",                    print_number16,   2, 2 },
	[0x0b] = { "Duplex",                            print_duplex,     1, 1 },
	[0x0e] = { "ATA-186 VoIP VLAN assignment",      print_voice,      3, 3 },
	[0x0f] = { "ATA-186 VoIP VLAN request",         print_voice,      2, 3 },
	[0x10] = { "power consumption",                 print_power,      1, 3 },
	[0x11] = { "MTU",                               print_mtu,        4, 4 },
	[0x12] = { "AVVID trust bitmap",                print_bitmap,     1, 1 },
	[0x13] = { "AVVID untrusted ports CoS",         print_bitmap,     1, 1 },
	[0x14] = { "System Name",                       print_string,     0, 0 },
	[0x15] = { "System Object ID (not decoded)",    NULL,             0, 0 },
	[0x16] = { "Management Addresses",              print_addresses,  4, 0 },
	[0x17] = { "Physical Location",                 print_location,   1, 0 },
};
/* clang-format on */

static const char *tlv_name(uint16_t type)
{
	return type < ARRAY_LEN(tlvs) && tlvs[type].name ? tlvs[type].name : "unknown field type";
}

/* False: its bytes are to be dumped, as those of all that is not shown are.  Numbers within the table
 * are taken for known, even without a name. */
static bool print_value(struct dissect *d, uint16_t type, const uint8_t *p, uint32_t len,
			bool shows)
{
	const struct tlv *tlv;

	if (type >= ARRAY_LEN(tlvs))
		return false;
	tlv = &tlvs[type];
	if ((tlv->least && len < tlv->least) || (tlv->most && len > tlv->most)) {
		put(d, " (malformed TLV)");
		return false;
	}
	if (!shows)
		return false;
	if (tlv->print)
		tlv->print(d, p, len);
	else
		dissect_need(d, p, len);
	return true;
}

static void print_tlv(struct dissect *d, uint16_t type, const uint8_t *p, uint32_t len)
{
	bool shows = d->o->verbose || type == DEVICE_ID;

	if (d->o->verbose)
		putf(d, "\n\t%s (0x%02x), value length: %u byte%s: ", tlv_name(type), type, len,
		     len == 1 ? "" : "s");
	else if (shows)
		putf(d, ", %s ", tlv_name(type));
	if (print_value(d, type, p, len, shows))
		return;
	dissect_need(d, p, len);
	put_hex_dump(d, "\n\t  ", p, len);
}

/* Says what is wrong with the TLV at @p, if anything is; *ret_len are its bytes. */
static bool tlv_fits(struct dissect *d, const uint8_t *p, uint32_t len, uint32_t *ret_len)
{
	uint32_t n;
	uint16_t type;

	if (len < TLV_BYTES) {
		putf(d, " (remaining packet length %u < %u)", len, (unsigned int)TLV_BYTES);
		return false;
	}
	type = get_be16(d, p);
	n = get_be16(d, p + 2);
	if (n < TLV_BYTES) {
		if (d->o->verbose)
			putf(d, "\n\t%s (0x%02x), TLV length: %u byte%s (too short)",
			     tlv_name(type), type, n, n == 1 ? "" : "s");
		else
			putf(d, ", %s TLV length %u too short", tlv_name(type), n);
		return false;
	}
	if (n > len) {
		putf(d, " (TLV length %u > %u)", n, len);
		return false;
	}
	*ret_len = n;
	return true;
}

/* False: the TLVs do not fit into the packet. */
static bool print_tlvs(struct dissect *d, const uint8_t *p, uint32_t len)
{
	while (len) {
		uint32_t n;

		if (!tlv_fits(d, p, len, &n)) {
			put_invalid(d);
			dissect_need(d, p, len);
			return false;
		}
		print_tlv(d, get_be16(d, p), p + TLV_BYTES, n - TLV_BYTES);
		p += n;
		len -= n;
	}
	return true;
}

void print_cdp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	d->protocol = "cdp";
	if (len < HEADER_BYTES) {
		putf(d, " (packet length %u < %u)", len, (unsigned int)HEADER_BYTES);
		put_invalid(d);
		return;
	}
	dissect_need(d, p, 2);
	putf(d, "CDPv%u, ttl: %us", p[0], p[1]);
	(void)get_be16(d, p + 2);
	if (d->o->verbose)
		putf(d, ", checksum: 0x%04x (unverified), length %u", get_be16(d, p + 2), len);
	if (print_tlvs(d, p + HEADER_BYTES, len - HEADER_BYTES) && !d->o->verbose)
		putf(d, ", length %u", len);
}
