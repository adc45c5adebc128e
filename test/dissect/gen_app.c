/*
 * gen_app.c - messages of applications that are short: times, files, log lines, lines of text.
 */
#include "gen.h"

#include "base/bits.h"

void gen_ntp(struct gen *g)
{
	uint32_t mode = GEN_ANY(g, 3, 4, 3, 4, 1, 2, 5, 0, 6, 6, 7);

	gen_u8(g, pick(g->r, 4) << 6 | (one_in(g->r, 6) ? pick(g->r, 8) : 4) << 3 | mode);
	if (mode == 6) {
		gen_u8(g, pick(g->r, 256));
		gen_random(g, 8);
		gen_be16(g, pick(g->r, 12));
		gen_random(g, pick(g->r, 12));
		return;
	}
	gen_u8(g, GEN_ANY(g, 0, 1, 2, 3, 15, 16, 62, 63, 255));
	gen_u8(g, one_in(g->r, 4) ? pick(g->r, 256) : pick(g->r, 12));
	gen_u8(g, pick(g->r, 256));
	gen_random(g, 8);
	gen_text(g, GEN_TEXT(g, "GPS ", "\x0a\x01\x02\x03", "PPS\x80", "DCFa"));
	for (int i = 0; i < 4; i++) {
		if (one_in(g->r, 3)) {
			gen_be64(g, GEN_ANY(g, 0, 1, 0x7fffffff));
		} else {
			gen_be32(g, GEN_ANY(g, 3777185127, 3777185128, 0xffffffff, 1, 2208988800));
			gen_random(g, 4);
		}
	}
	gen_random(g, GEN_ANY(g, 0, 0, 0, 4, 20, 24, 16, 8));
	if (one_in(g->r, 30))
		g->len -= pick(g->r, 48);
}

static void a_string(struct gen *g)
{
	gen_text(g, GEN_TEXT(g, "file", "octet", "blksize", "1432", "", "a\x80\x01"));
	if (!one_in(g->r, 20))
		gen_u8(g, 0);
}

void gen_tftp(struct gen *g)
{
	uint32_t opcode = one_in(g->r, 12) ? pick(g->r, 65536) : 1 + pick(g->r, 6);

	gen_be16(g, opcode);
	switch (opcode) {
	case 3:
	case 4:
		gen_be16(g, pick(g->r, 65536));
		gen_random(g, pick(g->r, 20));
		break;
	case 5:
		gen_be16(g, pick(g->r, 10));
		a_string(g);
		break;
	default:
		for (uint32_t i = pick(g->r, 6); i > 0; i--)
			a_string(g);
		break;
	}
	if (one_in(g->r, 20) && g->len > 60)
		g->len -= pick(g->r, 4);
}

void gen_syslog(struct gen *g)
{
	gen_text(g, GEN_TEXT(g, "<34>", "<0>", "<191>", "<192>", "<999>", "<1000>", "<>", "<13",
			     "34>", "<a>"));
	gen_text(g, GEN_TEXT(g, "Oct 11 22:14:15 host su: failed", "", "a\n\x80\x01z"));
	if (one_in(g->r, 8))
		gen_u8(g, 0);
}

static void an_ending(struct gen *g)
{
	gen_text(g, GEN_TEXT(g, "\r\n", "\r\n", "\r\n", "\n", "\r", "", "\rx", "\t\r\n", "\x01\r\n",
			     "\x80\n"));
}

static void a_header(struct gen *g)
{
	gen_text(g, GEN_TEXT(g, "Host: example.com", "Via: SIP/2.0/UDP 10.0.0.1",
			     "Content-Length: 0", "", "\tfolded", "X: \x7f"));
	an_ending(g);
}

static void some_headers(struct gen *g)
{
	for (uint32_t i = pick(g->r, 5); i > 0; i--)
		a_header(g);
	if (one_in(g->r, 3))
		gen_random(g, pick(g->r, 30));
}

static void a_response(struct gen *g, const char *version)
{
	gen_text(g, version);
	gen_text(g, GEN_TEXT(g, " 200 OK", " 404 Not Found", "  500", " 20", " 2000 x", "\t200",
			     " 200", "", " a00"));
	an_ending(g);
}

static void a_long_token(struct gen *g)
{
	gen_fill(g, 'x', 126 + pick(g->r, 5));
	a_response(g, "");
}

void gen_http(struct gen *g)
{
	switch (pick(g->r, 6)) {
	case 0: gen_payload(g); return;
	case 1: a_long_token(g); break;
	case 2:
	case 3: a_response(g, GEN_TEXT(g, "HTTP/1.1", "HTTP/1.0", "ICY")); break;
	default:
		gen_text(g, GEN_TEXT(g, "GET", "get", "POST", "VERSION-CONTROL", "GETX", "OPTIONS",
				     " GET", "PUT\t"));
		gen_text(g, GEN_TEXT(g, " / HTTP/1.1", "", " *"));
		an_ending(g);
		break;
	}
	some_headers(g);
}

void gen_rtsp(struct gen *g)
{
	if (one_in(g->r, 2))
		a_response(g, "RTSP/1.0");
	else
		gen_text(g, GEN_TEXT(g, "DESCRIBE rtsp://x\r\n", "teardown x\n", "GET x\r\n",
				     "PLAY\r\n"));
	some_headers(g);
}

void gen_sip(struct gen *g)
{
	if (one_in(g->r, 2))
		a_response(g, "SIP/2.0");
	else
		gen_text(g, GEN_TEXT(g, "INVITE sip:x SIP/2.0\r\n", "BYE x\n", "GET x\r\n", "ACK",
				     "DO\r\n"));
	some_headers(g);
}

/* Of FTP, SMTP and whois: any line. */
void gen_lines(struct gen *g)
{
	gen_text(g, GEN_TEXT(g, "220 ready", "USER joe", "EHLO x", "250-SIZE", "", "example.com",
			     "\x80"));
	an_ending(g);
	some_headers(g);
}

void gen_ssh(struct gen *g)
{
	gen_text(g, GEN_TEXT(g, "SSH-2.0-OpenSSH_9.2", "SSH-", "SSH", "SSH-2.0-\x01", "\x02\x01"));
	an_ending(g);
	if (one_in(g->r, 3))
		gen_random(g, 20);
}

/* --- Redis ------------------------------------------------------------------------------------ */

static void a_resp_value(struct gen *g, uint32_t depth)
{
	switch (pick(g->r, depth > 3 ? 4 : 6)) {
	case 0:
		gen_text(g, GEN_TEXT(g, "+OK\r\n", "-ERR no\r\n", ":1234\r\n", "+a\nb\r\n", ":\r"));
		break;
	case 1:
		gen_text(g, GEN_TEXT(g, "$-1\r\n", "$0\r\n\r\n", "$-2\r\n", "$99999999999\r\n",
				     "$x\r\n", "$", "$-\r\n", "$2147483648\r\n",
				     "$4294967299\r\nabc\r\n", "$3\rx"));
		break;
	case 2:
		gen_text(g, GEN_TEXT(g, "PING\r\n", "GET a\n", "\r\n", "QUIT", "\n\n\r\nx\r\r\n"));
		break;
	case 3:
		gen_text(g,
			 GEN_TEXT(g, "$3\r\nabc\r\n", "$5\r\na\x01\x80zz\r\n", "$3\r\nabcd\r\n"));
		break;
	default:
		gen_text(g,
			 GEN_TEXT(g, "*2\r\n", "*1\r\n", "*0\r\n", "*-1\r\n", "*3\r\n", "*-7\r\n"));
		a_resp_value(g, depth + 1);
		a_resp_value(g, depth + 1);
		break;
	}
}

void gen_resp(struct gen *g)
{
	for (uint32_t i = 1 + pick(g->r, 3); i > 0; i--)
		a_resp_value(g, 0);
}

/* --- Telnet ----------------------------------------------------------------------------------- */

void gen_telnet(struct gen *g)
{
	for (uint32_t i = pick(g->r, 5); i > 0; i--) {
		gen_u8(g, 255);
		switch (pick(g->r, 4)) {
		case 0:
			gen_u8(g, pick(g->r, one_in(g->r, 4) ? 256 : 20) +
					  (one_in(g->r, 4) ? 0 : 236));
			break;
		case 1: gen_u8(g, 251 + pick(g->r, 4)), gen_u8(g, pick(g->r, 50)); break;
		default:
			gen_u8(g, 250);
			gen_u8(g, one_in(g->r, 2) ? pick(g->r, 45) : GEN_ANY(g, 37, 38, 24, 31));
			for (uint32_t n = pick(g->r, 6); n > 0; n--)
				gen_u8(g, pick(g->r, 18));
			gen_be16(g, one_in(g->r, 10) ? 0xffff : 0xfff0);
			break;
		}
	}
	if (one_in(g->r, 3))
		gen_text(g, "login: ");
}

/* --- Routers ---------------------------------------------------------------------------------- */

static void a_mask(struct gen *g)
{
	gen_be32(g, one_in(g->r, 12) ? pick(g->r, 0x7fffffff) :
				       (uint32_t)(0xffffffff00000000 >> pick(g->r, 33)));
}

static void a_rip_entry(struct gen *g, uint32_t version)
{
	uint32_t family = GEN_ANY(g, 2, 2, 2, 2, 0, 0xffff, one_in(g->r, 4) ? pick(g->r, 40) : 2);

	gen_be16(g, family);
	gen_be16(g, family == 0xffff                 ? pick(g->r, 5) :
		    version == 1 && !one_in(g->r, 8) ? 0 :
						       pick(g->r, 65536));
	gen_ip4(g);
	if (version == 1 && !one_in(g->r, 8)) {
		gen_be64(g, 0);
	} else {
		a_mask(g);
		if (one_in(g->r, 2))
			gen_ip4(g);
		else
			gen_be32(g, 0);
	}
	gen_be32(g, 1 + pick(g->r, 16));
}

void gen_rip(struct gen *g)
{
	uint32_t version = one_in(g->r, 12) ? pick(g->r, 5) : 1 + pick(g->r, 2);

	gen_u8(g, one_in(g->r, 6) ? pick(g->r, 14) : 1 + pick(g->r, 2));
	gen_u8(g, version);
	gen_be16(g, 0);
	for (uint32_t i = pick(g->r, 5); i > 0; i--)
		a_rip_entry(g, version);
	if (one_in(g->r, 10))
		g->len -= pick(g->r, 5);
}

void gen_ripng(struct gen *g)
{
	gen_u8(g, one_in(g->r, 8) ? pick(g->r, 5) : 1 + pick(g->r, 2));
	gen_u8(g, one_in(g->r, 20) ? pick(g->r, 5) : 1);
	gen_be16(g, 0);
	for (uint32_t i = pick(g->r, 4); i > 0; i--) {
		if (one_in(g->r, 3))
			gen_be64(g, 0), gen_be64(g, 0);
		else
			gen_ip6(g);
		gen_be16(g, one_in(g->r, 2) ? 0 : pick(g->r, 65536));
		gen_u8(g, pick(g->r, 129));
		gen_u8(g, one_in(g->r, 2) ? 16 : pick(g->r, 17));
	}
	if (one_in(g->r, 10))
		g->len -= pick(g->r, 4);
}

void gen_hsrp(struct gen *g)
{
	gen_u8(g, one_in(g->r, 20) ? pick(g->r, 3) : 0);
	gen_u8(g, pick(g->r, 5));
	gen_u8(g, one_in(g->r, 4) ? pick(g->r, 20) : GEN_ANY(g, 0, 1, 2, 4, 8, 16));
	gen_random(g, 4);
	gen_u8(g, one_in(g->r, 3) ? pick(g->r, 256) : 0);
	gen_bytes(g, GEN_TEXT(g, "cisco\0\0", "12345678", "a\x80\x01\0\0\0\0"), 8);
	gen_ip4(g);
}
