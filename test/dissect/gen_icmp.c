/*
 * gen_icmp.c - ICMP and ICMPv6 with neighbour and listener discovery.
 */
#include "gen.h"

/* The packet that an error is about, usually not all of it. */
static void original(struct gen *g, bool is_ip6)
{
	uint32_t start = g->len, most = GEN_ANY(g, 28, 128, 500, 0, 20, 24);

	g->depth++;
	gen_network(g, is_ip6 ? 0x86dd : 0x0800);
	g->depth--;
	if (g->len > start + most)
		g->len = start + most;
}

/* MPLS labels and the like, behind 128 bytes of the packet (RFC 4884, RFC 4950). */
static void extension(struct gen *g, uint32_t start)
{
	uint32_t header = g->len;

	gen_fill(g, 0, start + 128 > g->len ? start + 128 - g->len : 0);
	g->len = start + 128;
	header = g->len;
	gen_be16(g, one_in(g->r, 8) ? 0x1000 : 0x2000);
	gen_be16(g, 0);
	for (uint32_t n = 1 + pick(g->r, 2); n > 0; n--) {
		uint32_t object = g->len, class = GEN_ANY(g, 1, 1, 1, 2, 3, 9);

		gen_be16(g, 0);
		gen_u8(g, class);
		gen_u8(g,
		       class == 2 ? GEN_ANY(g, 0x0f, 0x4a, 0x8a, 0xc8, 0x02) : GEN_ANY(g, 1, 1, 0));
		if (class == 1)
			for (uint32_t labels = 1 + pick(g->r, 2); labels > 0; labels--)
				gen_be32(g, pick(g->r, 1 << 20) << 12 |
						    (uint32_t)(labels == 1) << 8 |
						    pick(g->r, 8) << 9 | 1);
		else if (class == 2)
			gen_be32(g, 3), gen_be32(g, 0x00010000), gen_ip4(g),
				gen_text(g, "\x08"
					    "eth0..."),
				gen_be32(g, 1500);
		else
			gen_random(g, 4 * pick(g->r, 4));
		gen_patch16(g, object, gen_about(g, g->len - object));
	}
	gen_patch16(g, header + 2, gen_sum(g, gen_checksum(g, header, 0)));
}

static void redirect(struct gen *g)
{
	gen_ip4(g);
	original(g, false);
}

static void advertisement(struct gen *g)
{
	uint32_t count = pick(g->r, 4);

	gen_u8(g, gen_about(g, count));
	gen_u8(g, gen_about(g, 2));
	gen_be16(g, GEN_ANY(g, 30, 1800, 65535, 60, 3600));
	for (uint32_t i = 0; i < count; i++) {
		gen_ip4(g);
		gen_be32(g, GEN_ANY(g, 0, 1, 0x80000000));
	}
}

static void error(struct gen *g, uint32_t rest)
{
	bool is_extended = one_in(g->r, 4);
	uint32_t start;

	gen_be32(g, is_extended ? 32 << 16 | (rest & 0xffff) : rest);
	start = g->len;
	original(g, false);
	if (is_extended)
		extension(g, start);
}

static void icmp_body(struct gen *g, uint32_t type, uint32_t code)
{
	switch (type) {
	case 3: error(g, code == 4 ? GEN_ANY(g, 1400, 0, 65536, 68) : 0); break;
	case 5: redirect(g); break;
	case 9: advertisement(g); break;
	case 10: gen_be32(g, 0); break;
	case 11: error(g, 0); break;
	case 12: error(g, pick(g->r, 40) << 24); break;
	case 13:
	case 14:
		gen_be32(g, pick(g->r, 65536) << 16 | pick(g->r, 99));
		gen_be32(g, pick(g->r, 86400000)), gen_be32(g, pick(g->r, 86400000)),
			gen_be32(g, 43200000);
		break;
	case 17:
	case 18: gen_be32(g, pick(g->r, 99)), gen_be32(g, 0xffffff00 << pick(g->r, 8)); break;
	default: gen_be32(g, pick(g->r, 65536) << 16 | pick(g->r, 99)), gen_payload(g); break;
	}
}

void gen_icmp(struct gen *g)
{
	uint32_t start = g->len;
	uint32_t type = GEN_ANY(g, 0, 8, 3, 3, 3, 5, 11, 4, 9, 10, 12, 13, 14, 15, 16, 17, 18, 30,
				37, pick(g->r, 256));
	uint32_t code = type == 3 ? pick(g->r, 18) : type == 0 || type == 8 ? 0 : pick(g->r, 5);

	if (type == 9 && one_in(g->r, 4))
		code = 16;
	gen_be16(g, type << 8 | code);
	gen_be16(g, 0);
	icmp_body(g, type, code);
	gen_patch16(g, start + 2, gen_sum(g, gen_checksum(g, start, 0)));
}

/* --- ICMPv6 ----------------------------------------------------------------------------------- */

static void prefix_option(struct gen *g)
{
	gen_be16(g, 0x0304);
	gen_u8(g, GEN_ANY(g, 64, 48, 128, 0, 200));
	gen_u8(g, pick(g->r, 8) << 5);
	gen_be32(g, GEN_ANY(g, 2592000, 0xffffffff, 0));
	gen_be32(g, GEN_ANY(g, 604800, 0xffffffff, 0));
	gen_be32(g, 0);
	gen_ip6(g);
}

static void route_option(struct gen *g)
{
	uint32_t units = 1 + pick(g->r, 3);

	gen_u8(g, 24);
	gen_u8(g, units);
	gen_u8(g, GEN_ANY(g, 0, 48, 64, 128, 129));
	gen_u8(g, pick(g->r, 4) << 3);
	gen_be32(g, GEN_ANY(g, 0xffffffff, 1800, 0));
	gen_be64(g, units > 1 ? 0x20010db800000000 : 0);
	g->len -= units == 1 ? 8 : 0;
	if (units > 2)
		gen_be64(g, 1);
}

static void server_option(struct gen *g, bool names)
{
	uint32_t start = g->len;

	gen_u8(g, names ? 31 : 25);
	gen_u8(g, 0);
	gen_be16(g, 0);
	gen_be32(g, GEN_ANY(g, 600, 0xffffffff, 0));
	for (uint32_t n = 1 + pick(g->r, 2); n > 0; n--)
		if (names)
			gen_text(g, "\x07"
				    "example"),
				gen_text(g, "\x03"
					    "com"),
				gen_u8(g, 0);
		else
			gen_ip6(g);
	gen_fill(g, 0, (start - g->len) % 8);
	g->data[start + 1] = (uint8_t)gen_about(g, (g->len - start) / 8);
}

static void nd_option(struct gen *g)
{
	uint32_t units;

	switch (pick(g->r, 13)) {
	case 0:
	case 1: gen_be16(g, 0x0101), gen_mac(g); break;
	case 2: gen_be16(g, 0x0201), gen_mac(g); break;
	case 3: prefix_option(g); break;
	case 4: gen_be16(g, 0x0406), gen_fill(g, 0, 6), gen_fill(g, 0x60, 40); break;
	case 5:
		gen_be16(g, 0x0501), gen_be16(g, 0), gen_be32(g, GEN_ANY(g, 1500, 1280, 9000));
		break;
	case 6: gen_be16(g, 0x0701), gen_be16(g, 0), gen_be32(g, 30000); break;
	case 7:
		gen_be16(g, 0x0801), gen_be16(g, 0), gen_be16(g, pick(g->r, 99)), gen_be16(g, 1800);
		break;
	case 8: route_option(g); break;
	case 9: server_option(g, false); break;
	case 10: server_option(g, true); break;
	case 11:
		gen_be16(g, 0x2602), gen_be16(g, 0x0380), gen_be32(g, 0x0064ff9b), gen_be64(g, 0);
		break;
	default:
		units = pick(g->r, 3);
		gen_u8(g, pick(g->r, 40));
		gen_u8(g, units);
		gen_random(g, units * 8 + 6);
		break;
	}
}

static void nd_options(struct gen *g)
{
	for (uint32_t n = pick(g->r, 4); n > 0; n--)
		nd_option(g);
}

/* MLDv2 (RFC 3810). */
static void listener_query(struct gen *g)
{
	uint32_t count = pick(g->r, 3);

	gen_be16(g, GEN_ANY(g, 10000, 1000, 0x8001, 0xffff));
	gen_be16(g, 0);
	gen_ip6(g);
	if (one_in(g->r, 2))
		return; /* version 1 */
	gen_u8(g, pick(g->r, 16));
	gen_u8(g, GEN_ANY(g, 125, 0x81, 0));
	gen_be16(g, gen_about(g, count));
	for (uint32_t i = 0; i < count; i++)
		gen_ip6(g);
}

static void listener_report(struct gen *g)
{
	uint32_t groups = pick(g->r, 4);

	gen_be16(g, 0);
	gen_be16(g, gen_about(g, groups));
	for (uint32_t i = 0; i < groups; i++) {
		uint32_t sources = pick(g->r, 3), words = one_in(g->r, 8) ? 1 : 0;

		gen_u8(g, pick(g->r, 8));
		gen_u8(g, words);
		gen_be16(g, gen_about(g, sources));
		gen_ip6(g);
		for (uint32_t k = 0; k < sources; k++)
			gen_ip6(g);
		gen_random(g, words * 4);
	}
}

/* Router renumbering (RFC 2894). */
static void renumbering(struct gen *g)
{
	gen_be32(g, pick(g->r, 99));
	gen_u8(g, pick(g->r, 4));
	gen_u8(g, pick(g->r, 32) << 3);
	gen_be16(g, pick(g->r, 9999));
	gen_be32(g, 0);
	while (one_in(g->r, 2)) {
		uint32_t uses = pick(g->r, 3);

		gen_u8(g, 1 + pick(g->r, 4));
		gen_u8(g, gen_about(g, 3 + uses * 4));
		gen_u8(g, pick(g->r, 9));
		gen_u8(g, pick(g->r, 129));
		gen_u8(g, pick(g->r, 129));
		gen_u8(g, pick(g->r, 129));
		gen_be16(g, 0);
		gen_ip6(g);
		for (uint32_t i = 0; i < uses; i++) {
			gen_u8(g, 64);
			gen_u8(g, 64);
			gen_be16(g, pick(g->r, 4) << 14);
			gen_be32(g, GEN_ANY(g, 3600, 0xffffffff)),
				gen_be32(g, GEN_ANY(g, 3600, 0xffffffff));
			gen_be32(g, pick(g->r, 4) << 30);
			gen_ip6(g);
		}
	}
}

/* Node information (RFC 4620). */
static void node_information(struct gen *g, bool is_reply)
{
	gen_be16(g, pick(g->r, 6));
	gen_be16(g, pick(g->r, 8));
	gen_be64(g, 0x1122334455667788);
	if (is_reply) {
		gen_be32(g, 60);
		gen_text(g, "\x05"
			    "alpha");
		gen_u8(g, 0);
		gen_u8(g, 0);
	} else if (one_in(g->r, 2)) {
		gen_ip6(g);
	} else {
		gen_text(g, GEN_TEXT(g,
				     "\x05"
				     "alpha",
				     "\x03"
				     "a\xff"
				     "b",
				     "alpha"));
		gen_u8(g, 0);
	}
}

/* RPL (RFC 6550), whose code says what it is. */
static void rpl(struct gen *g, uint32_t code)
{
	switch (code) {
	case 1: /* DODAG information */
		gen_u8(g, pick(g->r, 4)), gen_u8(g, pick(g->r, 256)), gen_be16(g, pick(g->r, 999));
		gen_u8(g, pick(g->r, 256)), gen_u8(g, pick(g->r, 9)), gen_be16(g, 0);
		gen_ip6(g);
		break;
	case 2: /* destination advertisement */
		gen_u8(g, 0), gen_u8(g, pick(g->r, 4) << 6), gen_u8(g, 0),
			gen_u8(g, pick(g->r, 99));
		if (one_in(g->r, 2))
			gen_ip6(g);
		break;
	case 3:
		gen_be32(g, pick(g->r, 99) << 8);
		gen_ip6(g);
		break;
	default: gen_be16(g, 0); break;
	}
	for (uint32_t n = pick(g->r, 3); n > 0; n--) {
		uint32_t kind = pick(g->r, 10), len = pick(g->r, 24);

		gen_u8(g, kind);
		if (kind == 0)
			continue;
		gen_u8(g, gen_about(g, len));
		gen_random(g, len);
	}
}

static void icmp6_body(struct gen *g, uint32_t type, uint32_t code)
{
	switch (type) {
	case 1:
	case 3: gen_be32(g, 0), original(g, true); break;
	case 2: gen_be32(g, GEN_ANY(g, 1280, 1400)), original(g, true); break;
	case 4: gen_be32(g, pick(g->r, 60)), original(g, true); break;
	case 130: listener_query(g); break;
	case 131:
	case 132: gen_be32(g, 0), gen_ip6(g); break;
	case 133: gen_be32(g, 0), nd_options(g); break;
	case 134:
		gen_u8(g, GEN_ANY(g, 64, 0, 255)), gen_u8(g, pick(g->r, 256)), gen_be16(g, 1800);
		gen_be32(g, GEN_ANY(g, 0, 30000)), gen_be32(g, GEN_ANY(g, 0, 1000));
		nd_options(g);
		break;
	case 135: gen_be32(g, 0), gen_ip6(g), nd_options(g); break;
	case 136: gen_be32(g, pick(g->r, 8) << 29), gen_ip6(g), nd_options(g); break;
	case 137: gen_be32(g, 0), gen_ip6(g), gen_ip6(g), nd_options(g); break;
	case 138: renumbering(g); break;
	case 139:
	case 140: node_information(g, type == 140); break;
	case 143: listener_report(g); break;
	case 144:
	case 146: gen_be32(g, pick(g->r, 99) << 16); break;
	case 145:
		gen_be32(g, pick(g->r, 99) << 16);
		for (uint32_t n = pick(g->r, 3); n > 0; n--)
			gen_ip6(g);
		break;
	case 147: gen_be32(g, pick(g->r, 99) << 16 | pick(g->r, 4) << 14), nd_options(g); break;
	case 155: rpl(g, code & 0x7f); break;
	default: gen_be32(g, pick(g->r, 65536) << 16 | pick(g->r, 99)), gen_payload(g); break;
	}
}

void gen_icmp6(struct gen *g)
{
	uint32_t start = g->len;
	uint32_t type = one_in(g->r, 8) ? pick(g->r, 256) :
					  GEN_ANY(g, 1, 2, 3, 4, 128, 129, 130, 131, 132, 133, 134,
						  134, 135, 135, 136, 136, 137, 138, 139, 140, 141,
						  142, 143, 143, 144, 145, 146, 147, 155);
	uint32_t code = type == 155 ? GEN_ANY(g, 0, 1, 2, 3, 0x80, 0x81, 0x82, 0x83, 0x8a, 7) :
			type < 5    ? pick(g->r, 9) :
				      GEN_ANY(g, 0, 0, 0, 1, 2, 255);

	gen_be16(g, type << 8 | code);
	gen_be16(g, 0);
	icmp6_body(g, type, code);
	gen_patch16(g, start + 2,
		    gen_sum(g, gen_checksum(g, start, g->pseudo + 58 + g->len - start)));
}
