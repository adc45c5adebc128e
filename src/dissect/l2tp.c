/*
 * l2tp.c - the Layer Two Tunneling Protocol (RFC 2661): what controls tunnels, and PPP frames in them.
 *
 * A control message is a row of attributes with flags, a length, a vendor and a type; what an attribute's
 * value looks like is in its row.
 */
#include "dissect/proto.h"

#include "dissect/link.h"

/* Bits of the header. */
enum {
	CONTROL = 0x8000,
	LENGTH = 0x4000,
	SEQUENCE = 0x0800,
	OFFSET = 0x0200,
	PRIORITY = 0x0100,
	VERSION = 0x000f,
	VERSION_L2F = 1,
	VERSION_L2TP = 2,
};

/* Bits of an attribute's header. */
enum { MANDATORY = 0x8000, HIDDEN = 0x4000, ATTRIBUTE_LEN = 0x03ff, ATTRIBUTE_BYTES = 6 };

/* clang-format off */
static const struct name message_types[] = {
	{  1, "SCCRQ" },
	{  2, "SCCRP" },
	{  3, "SCCCN" },
	{  4, "StopCCN" },
	{  6, "HELLO" },
	{  7, "OCRQ" },
	{  8, "OCRP" },
	{  9, "OCCN" },
	{ 10, "ICRQ" },
	{ 11, "ICRP" },
	{ 12, "ICCN" },
	{ 14, "CDN" },
	{ 15, "WEN" },
	{ 16, "SLI" },
};

static const struct name authentication_types[] = {
	{ 0, "Reserved" },
	{ 1, "Textual" },
	{ 2, "CHAP" },
	{ 3, "PAP" },
	{ 4, "No Auth" },
	{ 5, "MS-CHAPv1" },
};

static const struct name directions[] = { /* RFC 3145 */
	{ 0, "global error" },
	{ 1, "at peer" },
	{ 2, "at local" },
};
/* clang-format on */

/* The functions below print @len bytes of value at @p, which are there. */
typedef void put_value_fn(struct dissect *d, const uint8_t *p, uint32_t len);

/* True and a complaint if the value is shorter than it may be. */
static bool too_short(struct dissect *d, uint32_t len, uint32_t least)
{
	if (len < least)
		put(d, "AVP too short");
	return len < least;
}

static void put_nothing(struct dissect *d, const uint8_t *p, uint32_t len)
{
	(void)d;
	(void)p;
	(void)len;
}

static void put_obsolete(struct dissect *d, const uint8_t *p, uint32_t len)
{
	(void)p;
	(void)len;
	put(d, "obsolete");
}

static void put_string(struct dissect *d, const uint8_t *p, uint32_t len)
{
	put_text(d, p, len);
}

static void put_octets(struct dissect *d, const uint8_t *p, uint32_t len)
{
	put_hex_bytes(d, p, len);
}

static void put_8_octets(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (!too_short(d, len, 8))
		put_hex_bytes(d, p, 8);
}

static void put_16_octets(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (!too_short(d, len, 16))
		put_hex_bytes(d, p, 16);
}

static void put_short(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (!too_short(d, len, 2))
		put_dec(d, load_be16(p));
}

static void put_long(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (!too_short(d, len, 4))
		put_dec(d, load_be32(p));
}

static void put_message_type(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (!too_short(d, len, 2))
		put_name(d, message_types, ARRAY_LEN(message_types), "MSGTYPE-#%u", load_be16(p));
}

/* A result, an error and its text, of which the last may be missing. */
static void put_result(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (too_short(d, len, 2))
		return;
	put_dec(d, load_be16(p));
	if (len == 2)
		return;
	if (len < 4) {
		put(d, " AVP too short");
		return;
	}
	putf(d, "/%u", load_be16(p + 2));
	if (len > 4) {
		put_char(d, ' ');
		put_text(d, p + 4, len - 4);
	}
}

static void put_version(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (!too_short(d, len, 2))
		putf(d, "%u.%u", p[0], p[1]);
}

static void put_kinds(struct dissect *d, const uint8_t *p, uint32_t len, char first)
{
	if (too_short(d, len, 4))
		return;
	if (p[3] & 2)
		put_char(d, 'A');
	if (p[3] & 1)
		put_char(d, first);
}

/* Asynchronous or synchronous. */
static void put_framing(struct dissect *d, const uint8_t *p, uint32_t len)
{
	put_kinds(d, p, len, 'S');
}

/* Analog or digital. */
static void put_bearer(struct dissect *d, const uint8_t *p, uint32_t len)
{
	put_kinds(d, p, len, 'D');
}

static void put_q931_cause(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (too_short(d, len, 3))
		return;
	putf(d, "%u, %02x", load_be16(p), p[2]);
	if (len > 3) {
		put_char(d, ' ');
		put_text(d, p + 3, len - 3);
	}
}

static void put_authentication_type(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (!too_short(d, len, 2))
		put_name(d, authentication_types, ARRAY_LEN(authentication_types), "AuthType-#%u",
			 load_be16(p));
}

static void put_authentication_id(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (!too_short(d, len, 2))
		put_dec(d, p[1]);
}

/* Behind two bytes without use a 32-bit number for each of the titles, which NULL ends. */
static void put_numbers(struct dissect *d, const uint8_t *p, uint32_t len,
			const char *const *titles, bool hex)
{
	if (too_short(d, len, 2))
		return;
	for (uint32_t i = 0; titles[i]; i++) {
		if (too_short(d, len - 2 - 4 * i, 4))
			return;
		put(d, titles[i]);
		if (hex)
			put_hex(d, load_be32(p + 2 + 4 * i), 8);
		else
			put_dec(d, load_be32(p + 2 + 4 * i));
		put_char(d, ' ');
	}
}

static void put_call_errors(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const char *const titles[] = { "CRCErr=",  "FrameErr=", "HardOver=", "BufOver=",
					      "Timeout=", "AlignErr=", NULL };

	put_numbers(d, p, len, titles, false);
}

/* Maps of characters that must be escaped. */
static void put_character_maps(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const char *const titles[] = { "send=", "recv=", NULL };

	put_numbers(d, p, len, titles, true);
}

static void put_disconnect_cause(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (too_short(d, len, 5))
		return;
	putf(d, "%04x, %04x ", load_be16(p), load_be16(p + 2));
	put_name(d, directions, ARRAY_LEN(directions), "Direction-#%u", p[4]);
	if (len > 5) {
		put_char(d, ' ');
		put_text(d, p + 5, len - 5);
	}
}

/* clang-format off */
static const struct attribute {
	const char *name;
	put_value_fn *put_value;
} attributes[] = {
	[0]  = { "MSGTYPE",           put_message_type },
	[1]  = { "RESULT_CODE",       put_result },
	[2]  = { "PROTO_VER",         put_version },
	[3]  = { "FRAMING_CAP",       put_framing },
	[4]  = { "BEARER_CAP",        put_bearer },
	[5]  = { "TIE_BREAKER",       put_8_octets },
	[6]  = { "FIRM_VER",          put_short },
	[7]  = { "HOST_NAME",         put_string },
	[8]  = { "VENDOR_NAME",       put_string },
	[9]  = { "ASSND_TUN_ID",      put_short },
	[10] = { "RECV_WIN_SIZE",     put_short },
	[11] = { "CHALLENGE",         put_octets },
	[12] = { "Q931_CC",           put_q931_cause },
	[13] = { "CHALLENGE_RESP",    put_16_octets },
	[14] = { "ASSND_SESS_ID",     put_short },
	[15] = { "CALL_SER_NUM",      put_long },
	[16] = { "MINIMUM_BPS",       put_long },
	[17] = { "MAXIMUM_BPS",       put_long },
	[18] = { "BEARER_TYPE",       put_bearer },
	[19] = { "FRAMING_TYPE",      put_framing },
	[20] = { "PACKET_PROC_DELAY", put_obsolete },
	[21] = { "CALLED_NUMBER",     put_string },
	[22] = { "CALLING_NUMBER",    put_string },
	[23] = { "SUB_ADDRESS",       put_string },
	[24] = { "TX_CONN_SPEED",     put_long },
	[25] = { "PHY_CHANNEL_ID",    put_long },
	[26] = { "INI_RECV_LCP",      put_octets },
	[27] = { "LAST_SENT_LCP",     put_octets },
	[28] = { "LAST_RECV_LCP",     put_octets },
	[29] = { "PROXY_AUTH_TYPE",   put_authentication_type },
	[30] = { "PROXY_AUTH_NAME",   put_string },
	[31] = { "PROXY_AUTH_CHAL",   put_octets },
	[32] = { "PROXY_AUTH_ID",     put_authentication_id },
	[33] = { "PROXY_AUTH_RESP",   put_octets },
	[34] = { "CALL_ERRORS",       put_call_errors },
	[35] = { "ACCM",              put_character_maps },
	[36] = { "RANDOM_VECTOR",     put_octets },
	[37] = { "PRIVATE_GRP_ID",    put_string },
	[38] = { "RX_CONN_SPEED",     put_long },
	[39] = { "SEQ_REQUIRED",      put_nothing },
	[46] = { "PPP_DISCON_CC",     put_disconnect_cause },
};
/* clang-format on */

static const struct attribute *find_attribute(uint16_t type)
{
	return type < ARRAY_LEN(attributes) && attributes[type].name ? &attributes[type] : NULL;
}

/* An attribute of the Internet's, or with its vendor's number. */
static void put_attribute_value(struct dissect *d, uint16_t flags, const uint8_t *p, uint32_t len)
{
	uint16_t vendor = load_be16(p + 2);
	uint16_t type = load_be16(p + 4);
	const struct attribute *attribute = find_attribute(type);

	p += ATTRIBUTE_BYTES;
	len -= ATTRIBUTE_BYTES;
	if (vendor) {
		putf(d, "VENDOR%04x:ATTR%04x(", vendor, type);
		put_hex_bytes(d, p, len);
	} else {
		if (attribute)
			put(d, attribute->name);
		else
			putf(d, "AVP-#%u", type);
		put_char(d, '(');
		if (flags & HIDDEN)
			put(d, "???");
		else if (attribute)
			attribute->put_value(d, p, len);
	}
	put_char(d, ')');
}

static void put_attributes(struct dissect *d, const uint8_t *p, uint32_t len)
{
	while (len > 0) {
		uint32_t attribute_len;
		uint16_t flags;

		put_char(d, ' ');
		flags = get_be16(d, p);
		attribute_len = flags & ATTRIBUTE_LEN;
		if (attribute_len < ATTRIBUTE_BYTES || attribute_len > len ||
		    !dissect_has(d, p, attribute_len)) {
			put_truncated(d);
			return;
		}
		if (flags & MANDATORY)
			put_char(d, '*');
		if (flags & HIDDEN)
			put_char(d, '?');
		put_attribute_value(d, flags, p, attribute_len);
		p += attribute_len;
		len -= attribute_len;
	}
}

static void put_flags(struct dissect *d, uint16_t flags)
{
	static const struct name letters[] = {
		{ CONTROL, "T" }, { LENGTH, "L" },   { SEQUENCE, "S" },
		{ OFFSET, "O" },  { PRIORITY, "P" },
	};

	put_char(d, '[');
	put_bits(d, letters, ARRAY_LEN(letters), "", "", flags);
	put_char(d, ']');
}

/* The header's fields.  Returns how long it is, with the padding that may follow. */
static uint32_t put_header(struct dissect *d, const uint8_t *start, uint16_t flags)
{
	const uint8_t *p = start + (flags & LENGTH ? 4 : 2);

	dissect_need(d, start, (size_t)(p - start));
	putf(d, "(%u/", get_be16(d, p));
	putf(d, "%u)", get_be16(d, p + 2));
	p += 4;
	if (flags & SEQUENCE) {
		putf(d, "Ns=%u,", get_be16(d, p));
		putf(d, "Nr=%u", get_be16(d, p + 2));
		p += 4;
	}
	if (flags & OFFSET) {
		uint32_t pad = get_be16(d, p);

		dissect_need(d, p + 2, pad);
		p += 2 + pad;
	}
	return (uint32_t)(p - start);
}

static void put_payload(struct dissect *d, uint16_t flags, const uint8_t *p, uint32_t len)
{
	if (!(flags & CONTROL)) {
		put(d, " {");
		print_ppp(d, p, len);
		put_char(d, '}');
	} else if (!(flags & LENGTH)) {
		put(d, " No length");
	} else if (len == 0) {
		put(d, " ZLB");
	} else {
		put_attributes(d, p, len);
	}
}

void print_l2tp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t header_len;
	uint16_t flags;

	d->protocol = "l2tp";
	flags = get_be16(d, p);
	if ((flags & VERSION) == VERSION_L2F) {
		put(d, " l2f:");
		return;
	}
	if ((flags & VERSION) != VERSION_L2TP) {
		put(d, " Unknown Version, neither L2F(1) nor L2TP(2)");
		return;
	}
	put(d, " l2tp:");
	put_flags(d, flags);
	header_len = put_header(d, p, flags);
	if (flags & LENGTH) {
		uint32_t said = load_be16(p + 2);

		if (len < said) {
			putf(d, " Length %u larger than packet", said);
			return;
		}
		len = said;
	}
	if (len < header_len)
		putf(d, " Length %u smaller than header length", len);
	else
		put_payload(d, flags, p + header_len, len - header_len);
}
