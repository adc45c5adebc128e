/*
 * ppp_control.c - PPP's control protocols (RFC 1661): LCP, and one for each protocol carried.
 *
 * All have the same packets, of which most carry options.  An option that makes no sense ends them,
 * or does not, as it happens to in tcpdump: the column 'stop'.
 */
#include "dissect/link.h"
#include "dissect/proto.h"
#include "dissect/ppp.h"

/* Prints an option's value.  Returns where its bytes are, as -vv dumps them, or NULL to stop. */
typedef const uint8_t *option_fn(struct dissect *d, const uint8_t *p, uint32_t len);

struct option {
	uint8_t number;
	const char *name;
	uint8_t len; /* at least, or exactly; 0: any */
	bool exact;
	bool stop;
	option_fn *print; /* NULL: the bytes are dumped */
};

struct control {
	uint16_t protocol;
	const char *name;    /* of the protocol, for "[|lcp]" */
	const char *unknown; /* what an option is called that has no name; NULL: it is passed over */
	const struct option *options;
	size_t count;
};

static const uint8_t *print_bogus(struct dissect *d, bool exact, uint32_t len)
{
	putf(d, " (length bogus, should be %s %u)", exact ? "=" : ">=", len);
	return NULL;
}

static const uint8_t *print_nothing(UNUSED struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	return p;
}

static const uint8_t *print_number16(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	putf(d, ": %u", get_be16(d, p + 2));
	return p;
}

static const uint8_t *print_hex16(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	putf(d, ": 0x%04x", get_be16(d, p + 2));
	return p;
}

static const uint8_t *print_hex32(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	putf(d, ": 0x%08x", get_be32(d, p + 2));
	return p;
}

static const uint8_t *print_address(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	dissect_need(d, p + 2, 4);
	put(d, ": ");
	put_ip4(d, p + 2);
	return p;
}

/* --- LCP -------------------------------------------------------------------------------------- */

enum {
	AUTH_PAP = 0xc023,
	AUTH_SPAP = 0xc027,
	AUTH_OLD_SPAP = 0xc123,
	AUTH_CHAP = 0xc223,
	AUTH_EAP = 0xc227
};

static void put_vendor(struct dissect *d, const char *what, const uint8_t *p)
{
	uint32_t oui = get_be24(d, p);
	const char *name = oui_name(oui);

	putf(d, "%sVendor: %s (%u)", what, name ? name : "Unknown", oui);
}

static const uint8_t *print_vendor(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	put_vendor(d, ": ", p + 2);
	return p;
}

static const uint8_t *print_authentication(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const struct name algorithms[] = {
		{ 5, "MD5" },
		{ 128, "MS-CHAPv1" },
		{ 129, "MS-CHAPv2" },
	};
	uint16_t protocol = get_be16(d, p + 2);
	const char *name = ppp_name(protocol);

	putf(d, ": %s", name ? name : "Unknown Auth Proto (0x04x)");
	switch (protocol) {
	case AUTH_CHAP:
		(void)get_u8(d, p + 4);
		put(d, ", ");
		put_name(d, NAMES(algorithms), "Unknown Auth Alg %u", p[4]);
		break;
	case AUTH_PAP:
	case AUTH_EAP:
	case AUTH_SPAP:
	case AUTH_OLD_SPAP: break;
	default: put_hex_dump(d, "\n\t", p, len);
	}
	return p;
}

static const uint8_t *print_quality(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	put(d, get_be16(d, p + 2) == 0xc025 ? ": LQR" : ": unknown");
	return p;
}

static const uint8_t *print_callback(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	static const struct name operations[] = {
		{ 0, "UserAuth" }, { 1, "DialString" }, { 2, "LocalID" },
		{ 3, "E.164" },    { 4, "X.500" },      { 6, "CBCP" },
	};

	put(d, ": ");
	(void)get_u8(d, p + 2);
	put(d, ": Callback Operation ");
	put_name(d, NAMES(operations), "Unknown", p[2]);
	putf(d, " (%u)", p[2]);
	return p;
}

static const uint8_t *print_endpoint(struct dissect *d, const uint8_t *p, uint32_t len)
{
	enum { CLASS_IP4 = 2, CLASS_MAC = 3 };
	static const struct name classes[] = {
		{ 0, ": Null" },
		{ 1, ": Local" },
		{ 4, ": Magic-Num-Block" },
		{ 5, ": PSNDN" },
	};
	uint8_t class = get_u8(d, p + 2);

	if (class == CLASS_IP4) {
		if (len != 7)
			return print_bogus(d, true, 7);
		dissect_need(d, p + 3, 4);
		put(d, ": IPv4 ");
		put_ip4(d, p + 3);
	} else if (class == CLASS_MAC) {
		if (len != 9)
			return print_bogus(d, true, 9);
		dissect_need(d, p + 3, 6);
		put(d, ": MAC ");
		put_mac(d, p + 3);
	} else {
		put_name(d, NAMES(classes), ": Unknown class %u", class);
	}
	return p;
}

/* clang-format off */
static const struct option lcp_options[] = {
	{  0, "Vend-Ext",       6, false, false, print_vendor },
	{  1, "MRU",            4, true,  false, print_number16 },
	{  2, "ACCM",           6, true,  false, print_hex32 },
	{  3, "Auth-Prot",      4, false, false, print_authentication },
	{  4, "Qual-Prot",      4, false, true,  print_quality },
	{  5, "Magic-Num",      6, true,  true,  print_hex32 },
	{  6, "deprecated(6)",  0, false, false, NULL },
	{  7, "PFC",            0, false, false, print_nothing },
	{  8, "ACFC",           0, false, false, print_nothing },
	{  9, "FCS-Alt",        0, false, false, NULL },
	{ 10, "SDP",            0, false, false, NULL },
	{ 11, "Num-Mode",       0, false, false, NULL },
	{ 12, "deprecated(12)", 0, false, false, NULL },
	{ 13, "Call-Back",      3, false, true,  print_callback },
	{ 14, "deprecated(14)", 0, false, false, NULL },
	{ 15, "deprecated(15)", 0, false, false, NULL },
	{ 16, "deprecated(16)", 0, false, false, NULL },
	{ 17, "MRRU",           4, true,  true,  print_number16 },
	{ 18, "12-Bit seq #",   0, false, false, NULL },
	{ 19, "End-Disc",       3, false, true,  print_endpoint },
	{ 20, "Proprietary",    0, false, false, NULL },
	{ 21, "DCE-Id",         0, false, false, NULL },
	{ 22, "MP+",            0, false, false, NULL },
	{ 23, "Link-Disc",      4, true,  true,  print_hex16 },
	{ 24, "LCP-Auth-Opt",   0, false, false, NULL },
	{ 25, "COBS",           0, false, false, NULL },
	{ 26, "Prefix-elision", 0, false, false, NULL },
	{ 27, "Multilink-header-Form", 0, false, false, NULL },
	{ 28, "I18N",           0, false, false, NULL },
	{ 29, "SDL-over-SONET/SDH", 0, false, false, NULL },
	{ 30, "PPP-Muxing",     0, false, false, NULL },
};
/* clang-format on */

/* --- IPCP, IP6CP ------------------------------------------------------------------------------ */

static const uint8_t *print_addresses(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	dissect_need(d, p + 2, 8);
	put(d, ": src ");
	put_ip4(d, p + 2);
	put(d, ", dst ");
	put_ip4(d, p + 6);
	return p;
}

static void print_suboptions(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const struct name names[] = {
		{ 1, "RTP-Compression" },
		{ 2, "Enhanced RTP-Compression" },
	};

	putf(d, "\n\t      Suboptions, length %u", len);
	while (len >= 2) {
		if (!dissect_has(d, p, 2)) {
			put(d, "[|ipcp]");
			return;
		}
		if (p[0] == 0 || p[1] == 0)
			return;
		put(d, "\n\t\t");
		put_name(d, NAMES(names), "Unknown", p[0]);
		putf(d, " Suboption #%u, length %u", p[0], p[1]);
		if (len < p[1]) {
			putf(d, " [remaining suboptions length %u < %u]", len, p[1]);
			put_invalid(d);
			return;
		}
		len -= p[1];
		p += p[1];
	}
}

static const uint8_t *print_compression(struct dissect *d, const uint8_t *p, uint32_t len)
{
	enum { VAN_JACOBSON = 0x002d, HEADER = 0x0061, HEADER_BYTES = 14 };
	static const struct name names[] = {
		{ VAN_JACOBSON, "VJ-Comp" },
		{ HEADER, "IP Header Compression" },
	};
	uint16_t protocol = get_be16(d, p + 2);

	put(d, ": ");
	put_name(d, NAMES(names), "Unknown", protocol);
	putf(d, " (0x%02x):", protocol);
	if (protocol != HEADER)
		return p;
	if (len < HEADER_BYTES)
		return print_bogus(d, false, HEADER_BYTES);
	if (!dissect_has(d, p + 2, HEADER_BYTES)) {
		put(d, "[|ipcp]");
		return NULL;
	}
	putf(d, "\n\t    TCP Space %u, non-TCP Space %u, maxPeriod %u, maxTime %u, maxHdr %u",
	     get_be16(d, p + 4), get_be16(d, p + 6), get_be16(d, p + 8), get_be16(d, p + 10),
	     get_be16(d, p + 12));
	if (len > HEADER_BYTES)
		print_suboptions(d, p + HEADER_BYTES, len - HEADER_BYTES);
	return p;
}

/* clang-format off */
static const struct option ipcp_options[] = {
	{   1, "IP-Addrs",  10, true,  false, print_addresses },
	{   2, "IP-Comp",    4, false, true,  print_compression },
	{   3, "IP-Addr",    6, true,  true,  print_address },
	{   4, "Home-Addr",  6, true,  true,  print_address },
	{ 129, "Pri-DNS",    6, true,  true,  print_address },
	{ 130, "Pri-NBNS",   6, true,  true,  print_address },
	{ 131, "Sec-DNS",    6, true,  true,  print_address },
	{ 132, "Sec-NBNS",   6, true,  true,  print_address },
};
/* clang-format on */

static const uint8_t *print_interface(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	if (!dissect_has(d, p + 2, 8)) {
		put(d, "[|ip6cp]");
		return NULL;
	}
	putf(d, ": %04x:%04x:%04x:%04x", get_be16(d, p + 2), get_be16(d, p + 4), get_be16(d, p + 6),
	     get_be16(d, p + 8));
	return p;
}

static const struct option ip6cp_options[] = {
	{ 1, "Interface-ID", 10, true, false, print_interface },
};

/* --- CCP, BACP -------------------------------------------------------------------------------- */

static const uint8_t *print_bsd(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	putf(d, ": Version: %u, Dictionary Bits: %u", get_u8(d, p + 2) >> 5, p[2] & 0x1fU);
	return p;
}

static const uint8_t *print_mvrca(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	dissect_need(d, p, 4);
	putf(d, ": Features: %u, PxP: %s, History: %u, #CTX-ID: %u", p[2] >> 6,
	     p[2] & 0x20 ? "Enabled" : "Disabled", p[2] & 0x1fU, p[3]);
	return p;
}

static const uint8_t *print_deflate(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	dissect_need(d, p, 4);
	putf(d, ": Window: %uK, Method: %s (0x%x), MBZ: %u, CHK: %u", p[2] >> 4,
	     (p[2] & 15) == 8 ? "zlib" : "unknown", p[2] & 15U, p[3] >> 2, p[3] & 3U);
	return p;
}

/* clang-format off */
static const struct option ccp_options[] = {
	{   0, "OUI",      0, false, false, NULL },
	{   1, "Pred-1",   0, false, false, NULL },
	{   2, "Pred-2",   0, false, false, NULL },
	{   3, "Puddle",   0, false, false, NULL },
	{  16, "HP-PPC",   0, false, false, NULL },
	{  17, "Stac-LZS", 0, false, false, NULL },
	{  18, "MPPC",     0, false, false, NULL },
	{  19, "Gand-FZA", 0, false, false, NULL },
	{  20, "V.42bis",  0, false, false, NULL },
	{  21, "BSD-Comp", 3, false, false, print_bsd },
	{  23, "LZS-DCP",  0, false, false, NULL },
	{  24, "MVRCA",    4, false, false, print_mvrca },
	{  25, "DEC",      0, false, false, NULL },
	{  26, "Deflate",  4, false, false, print_deflate },
	{ 255, "Reserved", 0, false, false, NULL },
};
/* clang-format on */

static const uint8_t *print_magic(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	putf(d, ": Magic-Num 0x%08x", get_be32(d, p + 2));
	return p;
}

static const struct option bacp_options[] = {
	{ 1, "Favored-Peer", 6, true, false, print_magic },
};

/* --- options ---------------------------------------------------------------------------------- */

static const struct option *find_option(const struct control *c, uint8_t number)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->options[i].number == number)
			return &c->options[i];
	return NULL;
}

/* The value of an option.  False: no other is printed. */
static bool print_value(struct dissect *d, const struct option *option, const uint8_t *p,
			uint32_t len)
{
	const uint8_t *bytes = p;

	if (option && option->len && (option->exact ? len != option->len : len < option->len)) {
		print_bogus(d, option->exact, option->len);
		return !option->stop;
	}
	if (option && option->print)
		bytes = option->print(d, p, len);
	else if (d->o->verbose < 2)
		put_hex_dump(d, "\n\t    ", p + 2, len - 2);
	if (!bytes)
		return false;
	if (d->o->verbose > 1)
		put_hex_dump(d, "\n\t    ", bytes + 2, len - 2);
	return true;
}

/* Its bytes, or 0 to stop; @len are those of the whole message. */
static uint32_t print_option(struct dissect *d, const struct control *c, const uint8_t *p,
			     uint32_t len)
{
	const struct option *option;
	uint8_t n;

	if (len < 2)
		return 0;
	if (!dissect_has(d, p, 2)) {
		putf(d, "[|%s]", c->name);
		return 0;
	}
	n = p[1];
	if (len < n)
		return 0;
	option = find_option(c, p[0]);
	if (!option && !c->unknown) {
		putf(d, "\n\tunknown LCP option 0x%02x", p[0]);
		return n < 2 ? 0 : n;
	}
	putf(d, "\n\t  %s Option (0x%02x), length %u", option ? option->name : c->unknown, p[0], n);
	if (n < 2) {
		put(d, " (length bogus, should be >= 2)");
		return 0;
	}
	return print_value(d, option, p, n) ? n : 0;
}

static void print_options(struct dissect *d, const struct control *c, const uint8_t *p,
			  uint32_t len)
{
	uint32_t left = len - 4;

	while (left && c->options) {
		uint32_t n = print_option(d, c, p, len);

		if (n == 0)
			return;
		if (left < n) {
			putf(d, " [remaining options length %u < %u]", left, n);
			put_invalid(d);
			return;
		}
		left -= n;
		p += n;
	}
}

/* --- packets ---------------------------------------------------------------------------------- */

enum {
	VENDOR_EXTENSION = 0,
	CONFIGURE_REQUEST = 1,
	CONFIGURE_REJECT = 4,
	TERMINATE_REQUEST = 5,
	TERMINATE_ACK = 6,
	CODE_REJECT = 7,
	PROTOCOL_REJECT = 8,
	ECHO_REQUEST = 9,
	ECHO_REPLY = 10,
	DISCARD_REQUEST = 11,
	IDENTIFICATION = 12,
	TIME_REMAINING = 13,
};

static const struct name codes[] = {
	{ VENDOR_EXTENSION, "Vendor-Extension" },
	{ CONFIGURE_REQUEST, "Conf-Request" },
	{ 2, "Conf-Ack" },
	{ 3, "Conf-Nack" },
	{ CONFIGURE_REJECT, "Conf-Reject" },
	{ TERMINATE_REQUEST, "Term-Request" },
	{ TERMINATE_ACK, "Term-Ack" },
	{ CODE_REJECT, "Code-Reject" },
	{ PROTOCOL_REJECT, "Prot-Reject" },
	{ ECHO_REQUEST, "Echo-Request" },
	{ ECHO_REPLY, "Echo-Reply" },
	{ DISCARD_REQUEST, "Disc-Req" },
	{ IDENTIFICATION, "Ident" },
	{ TIME_REMAINING, "Time-Rem" },
	{ 14, "Reset-Req" },
	{ 15, "Reset-Ack" },
};

static void put_magic(struct dissect *d, const uint8_t *p)
{
	putf(d, "\n\t  Magic-Num 0x%08x", get_be32(d, p));
}

static void print_rejected(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint16_t protocol = get_be16(d, p);
	const char *name = ppp_name(protocol);

	putf(d, "\n\t  Rejected %s Protocol (0x%04x)", name ? name : "unknown", protocol);
	if (len > 6) {
		put(d, "\n\t  Rejected Packet");
		put_hex_dump(d, "\n\t    ", p + 2, len - 2);
	}
}

/* False: what follows the magic number is cut short. */
static bool print_echo(struct dissect *d, const uint8_t *p, uint32_t len)
{
	put_magic(d, p);
	if (len <= 8)
		return true;
	put(d, "\n\t  -----trailing data-----");
	if (!dissect_has(d, p + 4, len - 8))
		return false;
	put_hex_dump(d, "\n\t  ", p + 4, len - 8);
	return true;
}

static bool print_identification(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t n;

	put_magic(d, p);
	if (len <= 8)
		return true;
	put(d, "\n\t  Message\n\t    ");
	n = dissect_available(d, p + 4, len - 4);
	put_text(d, p + 4, n);
	return n == len - 4;
}

/* What follows code, number and length; @len is all.  False: bytes are missing. */
static bool print_body(struct dissect *d, const struct control *c, const uint8_t *p, uint32_t len)
{
	const uint8_t *body = p + 4;

	switch (p[0]) {
	case VENDOR_EXTENSION:
		if (len >= 11) {
			put_magic(d, body);
			put_vendor(d, " ", body + 4);
		}
		return true;
	case PROTOCOL_REJECT:
		if (len >= 6)
			print_rejected(d, body, len);
		return true;
	case ECHO_REQUEST:
	case ECHO_REPLY:
	case DISCARD_REQUEST: return len < 8 || print_echo(d, body, len);
	case IDENTIFICATION: return len < 8 || print_identification(d, body, len);
	case TIME_REMAINING:
		if (len >= 12) {
			put_magic(d, body);
			putf(d, ", Seconds-Remaining %us", get_be32(d, body + 4));
		}
		return true;
	case TERMINATE_REQUEST:
	case TERMINATE_ACK:
	case CODE_REJECT: return true;
	}
	if (p[0] >= CONFIGURE_REQUEST && p[0] <= CONFIGURE_REJECT)
		print_options(d, c, body, len);
	else if (d->o->verbose <= 1)
		put_hex_dump(d, "\n\t  ", p - 2, len + 2);
	return true;
}

static bool print_message(struct dissect *d, const struct control *c, const uint8_t *p,
			  uint32_t len)
{
	uint16_t n;

	if (len < 4 || !dissect_has(d, p, 2))
		return false;
	put_name(d, NAMES(codes), "Unknown Opcode", p[0]);
	putf(d, " (0x%02x), id %u, length %u", p[0], p[1], len + 2);
	if (!d->o->verbose)
		return true;
	n = get_be16(d, p + 2);
	if (n < 4) {
		putf(d, "\n\tencoded length %u (< 4))", n);
		return true;
	}
	if (n > len) {
		putf(d, "\n\tencoded length %u (> packet length %u))", n, len);
		return true;
	}
	putf(d, "\n\tencoded length %u (=Option(s) length %u)", n, n - 4);
	if (n == 4)
		return true;
	if (d->o->verbose > 1)
		put_hex_dump(d, "\n\t", p - 2, 6);
	return print_body(d, c, p, n);
}

static void print_control(struct dissect *d, const struct control *c, const uint8_t *p,
			  uint32_t len)
{
	put(d, ppp_name(c->protocol));
	put(d, ", ");
	if (!print_message(d, c, p, len))
		putf(d, "[|%s]", ppp_name(c->protocol));
}

/* clang-format off */
#define CONTROL(function, protocol, name, unknown, options, count)                              \
	void function(struct dissect *d, const uint8_t *p, uint32_t len)                        \
	{                                                                                       \
		static const struct control control = { protocol, name, unknown, options, count }; \
                                                                                                \
		print_control(d, &control, p, len);                                             \
	}
CONTROL(print_lcp,    0xc021, "lcp",   NULL,      lcp_options,   ARRAY_LEN(lcp_options))
CONTROL(print_ipcp,   0x8021, "ipcp",  "unknown", ipcp_options,  ARRAY_LEN(ipcp_options))
CONTROL(print_ip6cp,  0x8057, "ip6cp", "unknown", ip6cp_options, ARRAY_LEN(ip6cp_options))
CONTROL(print_ccp,    0x80fd, "ccp",   "Unknown", ccp_options,   ARRAY_LEN(ccp_options))
CONTROL(print_bacp,   0xc02b, "bacp",  "Unknown", bacp_options,  ARRAY_LEN(bacp_options))
CONTROL(print_osicp,  0x8023, NULL,    NULL,      NULL,          0)
CONTROL(print_mplscp, 0x8281, NULL,    NULL,      NULL,          0)
/* clang-format on */
