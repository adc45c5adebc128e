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
