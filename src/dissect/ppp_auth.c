/*
 * ppp_auth.c - how PPP's ends prove who they are: PAP (RFC 1334) and CHAP (RFC 1994).
 */
#include "dissect/proto.h"
#include "dissect/ppp.h"

enum { HEADER_BYTES = 4 };

/* What is left of the message. */
struct rest {
	const uint8_t *p;
	uint32_t len;
};

/* Text behind its length; false where there is less of it. */
static bool print_counted(struct dissect *d, const char *what, struct rest *r)
{
	uint8_t n;

	if (r->len < 1)
		return false;
	n = get_u8(d, r->p);
	r->p++;
	r->len--;
	if (r->len < n)
		return false;
	put(d, what);
	put_text(d, r->p, n);
	r->p += n;
	r->len -= n;
	return true;
}

/* Too short for a header: false. */
static bool print_header(struct dissect *d, const char *name, const char *lower,
			 const struct name *codes, size_t count, struct rest r)
{
	if (r.len < 1) {
		putf(d, "[|%s]", lower);
		return false;
	}
	if (r.len < HEADER_BYTES) {
		putf(d, "[|%s 0x%02x]", lower, get_u8(d, r.p));
		return false;
	}
	(void)get_u8(d, r.p);
	putf(d, "%s, ", name);
	put_name(d, codes, count, "unknown", r.p[0]);
	putf(d, " (0x%02x)", r.p[0]);
	putf(d, ", id %u", get_u8(d, r.p + 1));
	return true;
}

/* --- PAP -------------------------------------------------------------------------------------- */

enum { PAP_REQUEST = 1, PAP_ACK = 2, PAP_NAK = 3 };

static void print_pap_body(struct dissect *d, uint8_t code, struct rest r)
{
	uint32_t least = code == PAP_REQUEST ? 2 : 1;

	if (code < PAP_REQUEST || code > PAP_NAK)
		return;
	if (r.len < least)
		put(d, "[|pap]");
	else if (code != PAP_REQUEST)
		print_counted(d, ", Msg ", &r);
	else if (print_counted(d, ", Peer ", &r))
		print_counted(d, ", Name ", &r);
}

void print_pap(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const struct name codes[] = {
		{ PAP_REQUEST, "Auth-Req" },
		{ PAP_ACK, "Auth-ACK" },
		{ PAP_NAK, "Auth-NACK" },
	};
	uint16_t n;

	if (!print_header(d, "PAP", "pap", NAMES(codes), (struct rest){ p, len }))
		return;
	n = get_be16(d, p + 2);
	if (n > len)
		putf(d, ", length %u > packet size", n);
	else if (n < HEADER_BYTES)
		putf(d, ", length %u < PAP header length", n);
	else
		print_pap_body(d, p[0], (struct rest){ p + HEADER_BYTES, n - HEADER_BYTES });
}

/* --- CHAP ------------------------------------------------------------------------------------- */

enum { CHAP_CHALLENGE = 1, CHAP_RESPONSE = 2, CHAP_SUCCESS = 3, CHAP_FAILURE = 4 };

/* The value as hexadecimal digits, then a name of what is left of the @n bytes of the message;
 * where that is less than nothing the text has no end but the packet's. */
static void print_value(struct dissect *d, struct rest r, uint32_t n)
{
	uint8_t value_len;

	if (r.len < 1)
		return;
	value_len = get_u8(d, r.p);
	if (r.len - 1 < value_len)
		return;
	put(d, ", Value ");
	put_hex_bytes(d, r.p + 1, value_len);
	put(d, ", Name ");
	put_text(d, r.p + 1 + value_len, n - HEADER_BYTES - 1 - value_len);
}

void print_chap(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const struct name codes[] = {
		{ CHAP_CHALLENGE, "Challenge" },
		{ CHAP_RESPONSE, "Response" },
		{ CHAP_SUCCESS, "Success" },
		{ CHAP_FAILURE, "Fail" },
	};
	uint32_t n;

	if (!print_header(d, "CHAP", "chap", NAMES(codes), (struct rest){ p, len }))
		return;
	n = get_be16(d, p + 2);
	switch (p[0]) {
	case CHAP_CHALLENGE:
	case CHAP_RESPONSE:
		print_value(d, (struct rest){ p + HEADER_BYTES, len - HEADER_BYTES }, n);
		break;
	case CHAP_SUCCESS:
	case CHAP_FAILURE:
		put(d, ", Msg ");
		put_text(d, p + HEADER_BYTES, n - HEADER_BYTES);
		break;
	}
}
