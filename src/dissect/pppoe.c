/*
 * pppoe.c - PPP over Ethernet (RFC 2516): tags while a session is discovered, then PPP.
 */
#include "dissect/link.h"
#include "dissect/proto.h"

enum {
	HEADER_BYTES = 6,
	CODE_SESSION = 0x00,
	CODE_PADI = 0x09,
	MOST_PADI_BYTES = 1484 - HEADER_BYTES,
	MOST_TAG_CHARS = 79,
};

static const struct name codes[] = {
	{ CODE_PADI, "PADI" }, { 0x07, "PADO" }, { 0x19, "PADR" },
	{ 0x65, "PADS" },      { 0xa7, "PADT" }, { CODE_SESSION, "" },
};

static const struct name tags[] = {
	{ 0x0000, "EOL" },
	{ 0x0101, "Service-Name" },
	{ 0x0102, "AC-Name" },
	{ 0x0103, "Host-Uniq" },
	{ 0x0104, "AC-Cookie" },
	{ 0x0105, "Vendor-Specific" },
	{ 0x0110, "Relay-Session-ID" },
	{ 0x0120, "PPP-Max-Payload" },
	{ 0x0201, "Service-Name-Error" },
	{ 0x0202, "AC-System-Error" },
	{ 0x0203, "Generic-Error" },
};

static bool is_printable(uint8_t c)
{
	return c >= ' ' && c < 0x7f;
}

/* As text where most of it is such. */
static void print_value(struct dissect *d, const uint8_t *p, uint16_t len)
{
	uint32_t n = len < MOST_TAG_CHARS ? len : MOST_TAG_CHARS;
	uint32_t printable = 0;

	for (uint32_t i = 0; i < n; i++)
		printable += is_printable(p[i]);
	if (printable > n - printable) {
		put(d, " \"");
		for (uint32_t i = 0; i < n; i++)
			put_char(d, is_printable(p[i]) ? (char)p[i] : '.');
		put_char(d, '"');
		return;
	}
	put(d, " 0x");
	for (uint32_t i = 0; i < len; i++)
		putf(d, "%02X", p[i]);
}

static void print_tags(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint16_t type = UINT16_MAX;

	for (uint32_t at = 0; type && at < len;) {
		uint16_t n;

		type = get_be16(d, p + at);
		n = get_be16(d, p + at + 2);
		at += 4;
		if (n)
			dissect_need(d, p + at, n);
		put(d, " [");
		put_name(d, NAMES(tags), "TAG-0x%x", type);
		if (n)
			print_value(d, p + at, n);
		put_char(d, ']');
		at += n;
	}
}

/* How many of the @left bytes behind the header are the message. */
static uint32_t print_lengths(struct dissect *d, uint8_t code, uint16_t len, uint32_t left)
{
	if (code == CODE_PADI && len > MOST_PADI_BYTES)
		putf(d, " [len %u!]", len);
	if (len <= left)
		return len;
	putf(d, " [len %u > %u!]", len, left);
	return left;
}

void print_pppoe(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint16_t session;
	uint8_t code;

	d->protocol = "pppoe";
	if (len < HEADER_BYTES) {
		putf(d, " (length %u < %u)", len, (unsigned int)HEADER_BYTES);
		put_invalid(d);
		return;
	}
	dissect_need(d, p, HEADER_BYTES);
	if (p[0] >> 4 != 1)
		putf(d, " [ver %u]", p[0] >> 4);
	if ((p[0] & 15) != 1)
		putf(d, " [type %u]", p[0] & 15U);
	code = p[1];
	session = get_be16(d, p + 2);
	put(d, "PPPoE ");
	put_name(d, NAMES(codes), "PAD-%x", code);
	len = print_lengths(d, code, get_be16(d, p + 4), len - HEADER_BYTES);
	if (session)
		putf(d, " [ses 0x%x]", session);
	if (code != CODE_SESSION) {
		print_tags(d, p + HEADER_BYTES, len);
		return;
	}
	put_char(d, ' ');
	print_ppp(d, p + HEADER_BYTES, len);
}

void print_ppp_ether(struct dissect *d, const uint8_t *p, uint32_t len)
{
	print_pppoe(d, p, len);
	d->link_bytes = HEADER_BYTES;
}
