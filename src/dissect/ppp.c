/*
 * ppp.c - the point-to-point protocol (RFC 1661) on links of several kinds.
 *
 * Address and control bytes may be left out before it, and one of the protocol's two bytes as well.
 * On serial lines a frame is written so that some bytes do not occur in it (RFC 1662).
 */
#include "dissect/ppp.h"

#include <stdlib.h>

#include "dissect/link.h"
#include "dissect/state.h"

enum {
	ADDRESS = 0xff,
	CONTROL = 0x03,
	PPPD_IN = 0x00, /* where pppd has an address */
	PPPD_OUT = 0x01,
	HDLC_FLAG = 0x7e,
	HDLC_ESCAPE = 0x7d,
	HDLC_ESCAPED = 0x20,
	CISCO_UNICAST = 0x0f,
	CISCO_BROADCAST = 0x8f,

	PPP_IP4 = 0x0021,
	PPP_IP6 = 0x0057,
	TYPE_IP4 = 0x0800,
	TYPE_IP6 = 0x86dd,
	TYPE_MPLS = 0x8847,
};

/* clang-format off */
const char *ppp_name(uint16_t protocol)
{
	switch (protocol) {
#define PPP(number, name, function) case number: return name;
#define PPP_NAME(number, name)      case number: return name;
#include "dissect/ppp.def"
	default: return NULL;
	}
}

static print_fn *ppp_printer(uint16_t protocol)
{
	switch (protocol) {
#define PPP(number, name, function) case number: return function;
#include "dissect/ppp.def"
	case TYPE_IP4: return print_ppp_ip4; /* of those who mistake one for the other */
	case TYPE_IP6: return print_ppp_ip6;
	default: return NULL;
	}
}
/* clang-format on */

void print_ppp_ip4(struct dissect *d, const uint8_t *p, uint32_t len)
{
	print_ethertype(d, TYPE_IP4, p, len);
}

void print_ppp_ip6(struct dissect *d, const uint8_t *p, uint32_t len)
{
	print_ethertype(d, TYPE_IP6, p, len);
}

void print_ppp_mpls(struct dissect *d, const uint8_t *p, uint32_t len)
{
	print_ethertype(d, TYPE_MPLS, p, len);
}

void print_compressed(struct dissect *d, UNUSED const uint8_t *p, UNUSED uint32_t len)
{
	put(d, "compressed PPP data");
}

void print_multilink(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const struct name flags[] = {
		{ 0x80, "begin" },
		{ 0x40, "end" },
	};

	if (!d->o->link)
		put(d, "MLPPP, ");
	if (len < 2 || !dissect_has(d, p, 2)) {
		put(d, "[|mlppp]");
		return;
	}
	putf(d, "seq 0x%03x, Flags [", get_be16(d, p) & 0xfffU);
	put_bits(d, NAMES(flags), ", ", "none", p[0]);
	putf(d, "], length %u", len);
}

/* tcpdump names it and leaves it at that. */
void print_bap(UNUSED struct dissect *d, UNUSED const uint8_t *p, UNUSED uint32_t len)
{
}

static void print_protocol(struct dissect *d, uint16_t protocol, const uint8_t *p, uint32_t len)
{
	print_fn *print = ppp_printer(protocol);

	if (print) {
		print(d, p, len);
		return;
	}
	put_name(d, NULL, 0,
		 ppp_name(protocol) ? ppp_name(protocol) : "unknown PPP protocol (0x%04x)",
		 protocol);
	put_char(d, ' ');
	put_hex_dump(d, "\n\t", p, len);
}

/* --- serial lines ----------------------------------------------------------------------------- */

/* Room for a frame of @n bytes.  A frame within a frame is made where the outer one is, which is read
 * no more: without escapes it is not longer. */
static uint8_t *frame_room(struct dissect *d, size_t n)
{
	struct dissector *dissector = d->dissector;
	uint8_t *frame;

	if (n <= dissector->frame_size)
		return dissector->frame;
	frame = realloc(dissector->frame, n);
	if (!frame)
		longjmp(d->leave, DISSECT_LEAVE_QUIETLY);
	dissector->frame = frame;
	dissector->frame_size = n;
	return frame;
}

/* The bytes at @p without escapes; how many there are in @frame. */
static uint32_t unescape(struct dissect *d, const uint8_t *p, uint8_t *frame)
{
	uint32_t n = 0;

	while (p < d->end) {
		uint8_t c = *p++;

		if (c == HDLC_ESCAPE) {
			if (p >= d->end)
				break;
			c = *p++ ^ HDLC_ESCAPED;
		}
		frame[n++] = c;
	}
	return n;
}

/* A frame within a frame is none. */
static void print_framed(struct dissect *d, uint16_t protocol, const uint8_t *p, uint32_t len)
{
	if (protocol >> 8 == HDLC_FLAG)
		putf(d, "(protocol 0x%04x invalid)", protocol);
	else
		print_protocol(d, protocol, p, len);
}

/* What is in the frame is guessed: IP behind one byte, else PPP behind two or four. */
static bool print_frame(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint16_t first;

	if (len < 1)
		return false;
	if (p[0] == PPP_IP4 || p[0] == PPP_IP6) {
		ppp_printer(p[0])(d, p + 1, len - 1);
		return true;
	}
	if (len < 2)
		return false;
	first = get_be16(d, p);
	if (first != (ADDRESS << 8 | CONTROL)) {
		print_framed(d, first, p + 2, len - 2);
		return true;
	}
	if (len < 4)
		return false;
	print_framed(d, get_be16(d, p + 2), p + 4, len - 4);
	return true;
}

/* @p is where the first flag is followed by something. */
static void print_escaped(struct dissect *d, const uint8_t *p, uint32_t len)
{
	const uint8_t *end = d->end;
	uint8_t *frame;
	uint32_t n;

	if (p >= end || len == 0)
		return;
	frame = frame_room(d, (size_t)(end - p));
	n = unescape(d, p, frame);
	d->end = frame + n;
	dissect_enter(d);
	if (!print_frame(d, frame, n))
		put_truncated(d);
	d->depth--;
	d->end = end;
}

/* --- PPP -------------------------------------------------------------------------------------- */

static void print_any(struct dissect *d, uint16_t protocol, const uint8_t *p, uint32_t len)
{
	if (protocol >> 8 == HDLC_FLAG)
		print_escaped(d, p - 1, len);
	else
		print_protocol(d, protocol, p, len);
}

/* How many bytes of address and control there are. */
static uint32_t print_address(struct dissect *d, const uint8_t *p)
{
	if (p[1] != CONTROL)
		return 0;
	switch (p[0]) {
	case PPPD_IN: put(d, d->o->link ? "In  " : ""); return 2;
	case PPPD_OUT: put(d, d->o->link ? "Out " : ""); return 2;
	case ADDRESS: return 2;
	default: return 0;
	}
}

void print_ppp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t whole = len;
	uint16_t protocol;
	uint32_t n;

	d->protocol = "ppp";
	if (len < 2) {
		put_truncated(d);
		return;
	}
	dissect_need(d, p, 2);
	n = print_address(d, p);
	p += n;
	len -= n;
	if (len < 2) {
		put_truncated(d);
		return;
	}
	n = get_u8(d, p) & 1 ? 1 : 2;
	protocol = n == 1 ? p[0] : get_be16(d, p);
	if (d->o->link && !ppp_name(protocol)) {
		putf(d, "unknown (0x%04x), length %u", protocol, whole);
		return;
	}
	if (d->o->link)
		putf(d, "%s (0x%04x), length %u: ", ppp_name(protocol), protocol, whole);
	dissect_enter(d);
	print_any(d, protocol, p + n, len - n);
	d->depth--;
}

/* As an Ethernet type. */
void print_ppp_type(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len == 0)
		return;
	put(d, ": ");
	print_ppp(d, p, len);
}

/* --- links ------------------------------------------------------------------------------------ */

void print_ppp_link(struct dissect *d, const uint8_t *p, uint32_t len)
{
	enum { HEADER_BYTES = 4 };

	uint32_t header_bytes = dissect_available(d, p, HEADER_BYTES);

	if (header_bytes < HEADER_BYTES)
		put_truncated(d);
	else
		print_ppp(d, p, len);
	d->link_bytes = header_bytes;
}

static void print_line_protocol(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint16_t protocol = get_be16(d, p + 2);
	const char *name = ppp_name(protocol);

	if (d->o->link)
		putf(d, "%02x %02x %u ", p[0], p[1], len);
	if (name)
		putf(d, "%s: ", name);
	else
		putf(d, "unknown PPP protocol (0x%04x): ", protocol);
	print_any(d, protocol, p + 4, len - 4);
}

void print_ppp_serial(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (!dissect_has(d, p, 2)) {
		d->link_bytes = dissect_available(d, p, 2);
		put_truncated(d);
		return;
	}
	if (p[0] == CISCO_UNICAST || p[0] == CISCO_BROADCAST) {
		print_chdlc_link(d, p, len);
		return;
	}
	if (!dissect_has(d, p, 4)) {
		d->link_bytes = dissect_available(d, p, 4);
		put_truncated(d);
		return;
	}
	if (p[0] == ADDRESS) {
		print_line_protocol(d, p, len);
		d->link_bytes = 4;
		return;
	}
	d->link_bytes = 2;
	if (d->o->link)
		putf(d, "%02x %02x %u ", p[0], p[1], len);
	putf(d, "unknown addr %02x; ctrl %02x", p[2], p[3]);
}
