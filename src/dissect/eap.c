/*
 * eap.c - the Extensible Authentication Protocol (RFC 3748), and how Ethernet carries it (IEEE 802.1X).
 */
#include "dissect/eap.h"

enum { EAPOL_BYTES = 4, EAPOL_PACKET = 0 };

enum { REQUEST = 1, RESPONSE = 2 };

enum {
	HEADER_BYTES = 4, /* code, id and length */
	TYPE = 4,
	DATA = 5,
};

enum {
	IDENTITY = 1,
	NOTIFICATION = 2,
	NAK = 3,
	TLS = 13,
	SIM = 18,
	TTLS = 21,
	AKA = 23,
	FAST = 43
};

/* clang-format off */
static const struct name frame_types[] = {
	{ 0, "EAP packet" },
	{ 1, "EAPOL start" },
	{ 2, "EAPOL logoff" },
	{ 3, "EAPOL key" },
	{ 4, "Encapsulated ASF alert" },
};

static const struct name codes[] = {
	{ 1, "Request" },
	{ 2, "Response" },
	{ 3, "Success" },
	{ 4, "Failure" },
};

static const struct name types[] = {
	{   0, "No proposed" },
	{   1, "Identity" },
	{   2, "Notification" },
	{   3, "Nak" },
	{   4, "MD5-challenge" },
	{   5, "OTP" },
	{   6, "GTC" },
	{  13, "TLS" },
	{  18, "SIM" },
	{  21, "TTLS" },
	{  23, "AKA" },
	{  43, "FAST" },
	{ 254, "Expanded types" },
	{ 255, "Experimental" },
};

static const struct name tls_flags[] = {
	{ 0x80, "L bit" },
	{ 0x40, "More fragments bit" },
	{ 0x20, "Start bit" },
};

static const struct name aka_subtypes[] = {
	{  1, "Challenge" },
	{  2, "Auth reject" },
	{  4, "Sync failure" },
	{  5, "Identity" },
	{ 10, "Start" },
	{ 11, "Challenge" },
	{ 12, "Notification" },
	{ 13, "Reauth" },
	{ 14, "Client error" },
};
/* clang-format on */

static void put_type(struct dissect *d, const char *title, uint8_t type)
{
	put(d, title);
	put_name(d, types, ARRAY_LEN(types), "unknown", type);
	putf(d, " (%u)", type);
}

/* True and a complaint if a packet is shorter than it may be. */
static bool too_short(struct dissect *d, uint32_t len, uint32_t least, const char *what)
{
	if (len < least)
		putf(d, " (too short for EAP %s)", what);
	return len < least;
}

/* The types that the other end would rather have. */
static void put_nak(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (too_short(d, len, DATA + 1, "Legacy NAK request/response"))
		return;
	for (uint32_t i = DATA; i < len; i++)
		put_type(d, i == DATA ? " " : ", ", p[i]);
}

/* Of TLS, or of what has its flags: then @version_title says what. */
static void put_tls(struct dissect *d, const uint8_t *p, uint32_t len, const char *version_title)
{
	bool fast = p[TYPE] == FAST;
	uint8_t flags;

	if (too_short(d, len, DATA + 1,
		      fast ? "FAST request/response" : "TLS/TTLS request/response"))
		return;
	flags = p[DATA];
	if (version_title)
		putf(d, "%s%u", version_title, flags & 7);
	put(d, " flags [");
	put_bits(d, tls_flags, ARRAY_LEN(tls_flags), ", ", "none", flags);
	putf(d, "] 0x%02x", flags);
	if (!(flags & 0x80))
		return;
	if (!too_short(d, len, DATA + 5,
		       fast ? "FAST request/response with length" :
			      "TLS/TTLS request/response with length"))
		putf(d, ", len %u", load_be32(p + DATA + 1));
}

static void put_aka(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (too_short(d, len, DATA + 1, "SIM/AKA request/response"))
		return;
	put(d, " subtype [");
	put_name(d, aka_subtypes, ARRAY_LEN(aka_subtypes), "unknown", p[DATA]);
	putf(d, "] 0x%02x", p[DATA]);
}

static void put_notification(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (too_short(d, len, DATA + 1, "Notification request/response"))
		return;
	put(d, ", Notification: ");
	put_text_to_nul(d, p + DATA, len - DATA);
}

static void put_exchange(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (too_short(d, len, TYPE + 1, "request/response"))
		return;
	put_type(d, "\n\t\t Type ", p[TYPE]);
	switch (p[TYPE]) {
	case IDENTITY:
		if (len > DATA) {
			put(d, ", Identity: ");
			put_text_to_nul(d, p + DATA, len - DATA);
		}
		break;
	case NOTIFICATION: put_notification(d, p, len); break;
	case NAK: put_nak(d, p, len); break;
	case TLS: put_tls(d, p, len, NULL); break;
	case TTLS: put_tls(d, p, len, " TTLSv"); break;
	case FAST: put_tls(d, p, len, " FASTv"); break;
	case SIM:
	case AKA: put_aka(d, p, len); break;
	default: break;
	}
}

void put_eap(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint8_t code;

	dissect_need(d, p, HEADER_BYTES);
	code = p[0];
	if (load_be16(p + 2) != len) {
		put(d, "EAP fragment?");
		return;
	}
	put_name(d, codes, ARRAY_LEN(codes), "unknown", code);
	putf(d, " (%u), id %u, len %u", code, p[1], len);
	if (too_short(d, len, HEADER_BYTES, "header"))
		return;
	if (!dissect_has(d, p, len))
		put_truncated(d);
	else if (code == REQUEST || code == RESPONSE)
		put_exchange(d, p, len);
}

void print_eapol(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t said;

	(void)len;
	d->protocol = "eap";
	dissect_need(d, p, EAPOL_BYTES);
	said = load_be16(p + 2);
	put_name(d, frame_types, ARRAY_LEN(frame_types), "unknown", p[1]);
	putf(d, " (%u) v%u, len %u", p[1], p[0], said);
	if (!d->o->verbose || p[1] != EAPOL_PACKET)
		return;
	if (said == 0) {
		put_truncated(d);
		return;
	}
	put(d, ", ");
	put_eap(d, p + EAPOL_BYTES, said);
}
