/*
 * rip.c - the Routing Information Protocol: versions 1 (RFC 1058) and 2 (RFC 2453), and for IPv6 (RFC 2080).
 */
#include "dissect/proto.h"

#include <string.h>

enum {
	HEADER_BYTES = 4,
	ENTRY_BYTES = 20,
	ENTRY_HEADER_BYTES = 4, /* the family and a tag */

	REQUEST = 1,
	RESPONSE = 2,
	TRACE_ON = 3,

	FAMILY_NONE = 0,
	FAMILY_IP4 = 2,
	FAMILY_AUTHENTICATION = 0xffff,
};

/* clang-format off */
static const struct name commands[] = {
	{  1, "Request" },
	{  2, "Response" },
	{  3, "Trace on" },
	{  4, "Trace off" },
	{  5, "Poll" },
	{  6, "Poll Entry" },
};

/* As BSD numbers them. */
static const struct name families[] = {
	{  2, "IPv4" },
	{  6, "NS" },
	{  7, "ISO" },
	{ 16, "Appletalk" },
	{ 23, "IPX" },
	{ 24, "IPv6" },
	{ 28, "IPv6" },
	{ 30, "IPv6" },
};
/* clang-format on */

static void put_family(struct dissect *d, const char *title, uint32_t family)
{
	put(d, title);
	put_name(d, families, ARRAY_LEN(families), "Unknown (%u)", family);
}

/*
 * The functions below print the entry at @p, of the @len bytes that are left, and return how long it is; or
 * 0 if it is cut short.
 */

static uint32_t put_entry_1(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t family;

	if (len < ENTRY_BYTES || !dissect_has(d, p, ENTRY_BYTES))
		return 0;
	family = load_be16(p);
	if (family != FAMILY_NONE && family != FAMILY_IP4) {
		put_family(d, "\n\t AFI ", family);
		put(d, ", ");
		put_hex_dump(d, "\n\t  ", p + ENTRY_HEADER_BYTES, ENTRY_BYTES - ENTRY_HEADER_BYTES);
		return ENTRY_BYTES;
	}
	if (load_be16(p + 2) || load_be32(p + 8) || load_be32(p + 12)) { /* which must be zero */
		put_hex_dump(d, "\n\t  ", p, ENTRY_BYTES);
		return ENTRY_BYTES;
	}
	put(d, family == FAMILY_NONE ? "\n\t  AFI 0, " : "\n\t  ");
	put_ip4(d, p + 4);
	put(d, ", metric: ");
	put_dec(d, load_be32(p + 16));
	return ENTRY_BYTES;
}

/* How many bits a mask has, or -1 if it is not one. */
static int mask_bits(uint32_t mask)
{
	int bits = 0;

	while (bits < 32 && mask & 0x80000000u >> bits)
		bits++;
	return bits < 32 && mask << bits != 0 ? -1 : bits;
}

static uint32_t put_password(struct dissect *d, const uint8_t *p)
{
	put(d, "\n\t  Simple Text Authentication data: ");
	put_text_to_nul(d, p + ENTRY_HEADER_BYTES, ENTRY_BYTES - ENTRY_HEADER_BYTES);
	return ENTRY_BYTES;
}

/* What says how the packet is signed (RFC 4822). */
static uint32_t put_signature_head(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len < ENTRY_BYTES || !dissect_has(d, p, ENTRY_BYTES))
		return 0;
	putf(d,
	     "\n\t  Auth header: Packet Len %u, Key-ID %u, Auth Data Len %u, SeqNo %u, MBZ %u, MBZ %u",
	     load_be16(p + 4), p[6], p[7], load_be32(p + 8), load_be32(p + 12), load_be32(p + 16));
	return ENTRY_BYTES;
}

static uint32_t put_authentication(struct dissect *d, const uint8_t *p, uint32_t len)
{
	enum { TRAILER = 1, PASSWORD = 2, SIGNATURE = 3 };
	uint32_t type = load_be16(p + 2);

	if (type == PASSWORD)
		return put_password(d, p);
	if (type == SIGNATURE)
		return put_signature_head(d, p, len);
	if (type == TRAILER)
		put(d, "\n\t  Auth trailer:");
	else
		putf(d, "\n\t  Unknown (%u) Authentication data:", type);
	put_hex_dump(d, "\n\t  ", p + ENTRY_HEADER_BYTES, len - ENTRY_HEADER_BYTES);
	return len;
}

/* An address in fifteen columns. */
static void put_padded_ip4(struct dissect *d, const uint8_t *p)
{
	size_t start = d->out->len;
	size_t width;

	put_ip4(d, p);
	width = d->out->len - start;
	if (width >= 15 || d->out->failed)
		return;
	for (size_t i = width; i < 15; i++)
		put_char(d, ' ');
	memmove(d->out->data + start + 15 - width, d->out->data + start, width);
	memset(d->out->data + start, ' ', 15 - width);
}

static void put_route(struct dissect *d, const uint8_t *p)
{
	uint32_t family = load_be16(p);

	put(d, family == FAMILY_NONE ? "\n\t  AFI 0, " : "\n\t  AFI IPv4, ");
	put_padded_ip4(d, p + 4);
	putf(d, "/%-2d, tag 0x%04x, metric: %u, next-hop: ", mask_bits(load_be32(p + 8)),
	     load_be16(p + 2), load_be32(p + 16));
	if (load_be32(p + 12))
		put_ip4(d, p + 12);
	else
		put(d, "self");
}

static uint32_t put_entry_2(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t family;

	if (len < ENTRY_HEADER_BYTES || !dissect_has(d, p, ENTRY_HEADER_BYTES))
		return 0;
	family = load_be16(p);
	if (family == FAMILY_AUTHENTICATION)
		return put_authentication(d, p, len);
	if (family != FAMILY_NONE && family != FAMILY_IP4) {
		put_family(d, "\n\t  AFI ", family);
		put_hex_dump(d, "\n\t  ", p + ENTRY_HEADER_BYTES, ENTRY_BYTES - ENTRY_HEADER_BYTES);
		return ENTRY_BYTES;
	}
	if (len < ENTRY_BYTES || !dissect_has(d, p, ENTRY_BYTES))
		return 0;
	put_route(d, p);
	return ENTRY_BYTES;
}

static void put_entries(struct dissect *d, const uint8_t *p, uint32_t len,
			uint32_t (*put_entry)(struct dissect *d, const uint8_t *p, uint32_t len))
{
	while (len > 0) {
		uint32_t n = put_entry(d, p, len);

		if (n == 0) {
			put_truncated(d);
			return;
		}
		if (n > len) {
			putf(d, " [remaining entries length %u < %u] (invalid)", len, n);
			return;
		}
		p += n;
		len -= n;
	}
}

/* The entries of the message of @len bytes at @p, as far as they are there. */
static void put_routes(struct dissect *d, uint8_t version, const uint8_t *p, uint32_t len)
{
	uint32_t at_hand = (uint32_t)(d->end - p) < len ? (uint32_t)(d->end - p) : len;

	p += HEADER_BYTES;
	at_hand -= HEADER_BYTES;
	switch (version) {
	case 1:
		putf(d, ", routes: %u", len / ENTRY_BYTES);
		put_entries(d, p, at_hand, put_entry_1);
		break;
	case 2:
		putf(d, ", routes: %u or less", len / ENTRY_BYTES);
		put_entries(d, p, at_hand, put_entry_2);
		break;
	default: put(d, ", unknown version"); break;
	}
}

void print_rip(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint8_t command, version;

	d->protocol = "rip";
	if (len < HEADER_BYTES || !dissect_has(d, p, HEADER_BYTES)) {
		put_truncated(d);
		return;
	}
	command = p[0];
	version = p[1];
	putf(d, "%sRIPv%u", d->o->verbose ? "\n\t" : "", version);
	if (version == 0) {
		put_hex_dump(d, "\n\t", p, len);
		return;
	}
	put(d, ", ");
	put_name(d, commands, ARRAY_LEN(commands), "unknown command (%u)", command);
	putf(d, ", length: %u", len);
	if (!d->o->verbose)
		return;
	if (command == REQUEST || command == RESPONSE)
		put_routes(d, version, p, len);
	else if (d->o->verbose == 1 &&
		 (command == TRACE_ON || !find_name(commands, ARRAY_LEN(commands), command)))
		put_hex_dump(d, "\n\t", p, len);
	if (d->o->verbose > 1)
		put_hex_dump(d, "\n\t", p, len);
}

/* --- RIPng ------------------------------------------------------------------------------------- */

enum { PREFIX_LEN = 18, METRIC = 19, INFINITY_HOPS = 16 };

/* A request of all routes. */
static bool is_for_all(struct dissect *d, const uint8_t *entry)
{
	static const uint8_t none[16];

	return get_u8(d, entry + METRIC) == INFINITY_HOPS && memcmp(entry, none, sizeof none) == 0;
}

static void put_entry_6(struct dissect *d, const uint8_t *p, bool with_metric)
{
	put(d, d->o->verbose > 1 ? "\n\t" : " ");
	dissect_need(d, p, 16);
	dissect_need(d, p, PREFIX_LEN + 1);
	put_ip6(d, p);
	putf(d, "/%u", p[PREFIX_LEN]);
	if (load_be16(p + 16))
		putf(d, " [%u]", load_be16(p + 16));
	if (get_u8(d, p + METRIC) && with_metric)
		putf(d, " (%u)", p[METRIC]);
}

static bool put_entries_6(struct dissect *d, uint8_t command, const uint8_t *p, uint32_t len)
{
	uint32_t left = len - HEADER_BYTES;

	if (len < HEADER_BYTES)
		return false;
	p += HEADER_BYTES;
	if (command == REQUEST && left / ENTRY_BYTES == 1 && is_for_all(d, p)) {
		put(d, " ripng-req dump");
		return true;
	}
	putf(d, command == REQUEST ? " ripng-req %u" : " ripng-resp %u", left / ENTRY_BYTES);
	if (left % ENTRY_BYTES)
		putf(d, "[%u]", len);
	put_char(d, ':');
	for (; left >= ENTRY_BYTES; left -= ENTRY_BYTES, p += ENTRY_BYTES)
		put_entry_6(d, p, command == RESPONSE);
	return left == 0;
}

void print_ripng(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint8_t command;

	d->protocol = "ripng";
	dissect_need(d, p, 2);
	command = p[0];
	if (p[1] != 1) {
		putf(d, " [vers %u] (invalid)", p[1]);
	} else if (command == REQUEST || command == RESPONSE) {
		if (!put_entries_6(d, command, p, len))
			put_invalid(d);
	} else {
		putf(d, " ripng-%u ?? %u (invalid)", command, len);
	}
}
