/*
 * gen_dhcp.c - messages of BOOTP and DHCP, and of DHCPv6.
 */
#include "gen.h"

#include "base/bits.h"

/* --- DHCP ------------------------------------------------------------------------------------- */

static void some_text(struct gen *g)
{
	gen_text(g, GEN_TEXT(g, "host", "example.com", "", "a\x80\x01z", "MSFT 5.0", "/boot/x"));
	if (one_in(g->r, 8))
		gen_u8(g, 0);
}

static void some_routes(struct gen *g)
{
	for (uint32_t i = 1 + pick(g->r, 3); i > 0; i--) {
		uint32_t width = one_in(g->r, 10) ? pick(g->r, 256) : pick(g->r, 33);

		gen_u8(g, width);
		gen_random(g, width > 32 ? 4 : (width + 7) / 8);
		gen_ip4(g);
	}
}

static void some_suboptions(struct gen *g)
{
	for (uint32_t i = pick(g->r, 4); i > 0; i--) {
		uint32_t start;

		gen_u8(g, GEN_ANY(g, 1, 2, 6, 5, 9));
		start = g->len;
		gen_u8(g, 0);
		some_text(g);
		g->data[start] = (uint8_t)gen_about(g, g->len - start - 1);
	}
	if (one_in(g->r, 12))
		gen_u8(g, 1);
}

static void some_classes(struct gen *g)
{
	for (uint32_t i = 1 + pick(g->r, 3); i > 0; i--) {
		uint32_t start = g->len;

		gen_u8(g, 0);
		some_text(g);
		g->data[start] = (uint8_t)gen_about(g, g->len - start - 1);
	}
}

static void dhcp_data(struct gen *g, uint32_t option)
{
	switch (option) {
	case 12:
	case 15:
	case 60:
	case 66: some_text(g); break;
	case 53: gen_u8(g, pick(g->r, 16)); break;
	case 46: gen_u8(g, GEN_ANY(g, 1, 2, 4, 8, 3)); break;
	case 52: gen_u8(g, pick(g->r, 5)); break;
	case 55: gen_random(g, pick(g->r, 20)); break;
	case 61:
		gen_u8(g, GEN_ANY(g, 0, 1, 1, 1, 6, 7, 15, 23, 24, 255));
		gen_mac(g);
		break;
	case 77: some_classes(g); break;
	case 81:
		gen_u8(g, one_in(g->r, 6) ? pick(g->r, 256) : pick(g->r, 16));
		gen_be16(g, one_in(g->r, 2) ? 0 : pick(g->r, 65536));
		some_text(g);
		break;
	case 82: some_suboptions(g); break;
	case 121:
	case 249: some_routes(g); break;
	default: gen_random(g, GEN_ANY(g, 4, 4, 8, 1, 2, 0, 3, 16, 17)); break;
	}
}

static void dhcp_option(struct gen *g)
{
	uint32_t option = one_in(g->r, 2) ?
				  pick(g->r, 256) :
				  GEN_ANY(g, 12, 46, 52, 53, 55, 60, 61, 66, 77, 81, 82, 121, 249);
	uint32_t start;

	gen_u8(g, option);
	if (option == 0 || option == 255) {
		gen_fill(g, 0, pick(g->r, 3));
		return;
	}
	start = g->len;
	gen_u8(g, 0);
	if (!one_in(g->r, 12))
		dhcp_data(g, option);
	g->data[start] = (uint8_t)gen_about(g, g->len - start - 1);
}

static void an_address_or_none(struct gen *g)
{
	if (one_in(g->r, 2))
		gen_ip4(g);
	else
		gen_be32(g, 0);
}

/* Text in a field of @n bytes; rarely it fills it. */
static void a_field(struct gen *g, uint32_t n)
{
	uint32_t start = g->len;

	if (one_in(g->r, 3))
		gen_text(g, GEN_TEXT(g, "server", "pxelinux.0", "\x80\x01"));
	if (one_in(g->r, 20))
		gen_fill(g, 'x', n);
	gen_fill(g, 0, n);
	if (g->len > start + n)
		g->len = start + n;
}

void gen_bootp(struct gen *g)
{
	gen_u8(g, one_in(g->r, 10) ? pick(g->r, 256) : 1 + pick(g->r, 2));
	gen_u8(g, one_in(g->r, 10) ? pick(g->r, 30) : 1);
	gen_u8(g, one_in(g->r, 10) ? pick(g->r, 20) : 6);
	gen_u8(g, one_in(g->r, 3) ? pick(g->r, 5) : 0);
	gen_be32(g, one_in(g->r, 10) ? 0 : pick(g->r, 0x7fffffff));
	gen_be16(g, one_in(g->r, 3) ? pick(g->r, 65536) : 0);
	gen_be16(g, GEN_ANY(g, 0, 0, 0x8000, 0x8001, 0x7fff));
	for (int i = 0; i < 4; i++)
		an_address_or_none(g);
	gen_mac(g);
	gen_fill(g, 0, 10);
	a_field(g, 64);
	a_field(g, 128);
	switch (pick(g->r, 16)) {
	case 0: gen_random(g, pick(g->r, 64)); return;
	case 1: gen_fill(g, 0, 64); return;
	case 2:
		gen_bytes(g, "CMU", 4);
		gen_u8(g, pick(g->r, 3));
		gen_random(g, 3);
		for (int i = 0; i < 8; i++)
			an_address_or_none(g);
		gen_fill(g, 0, 24);
		return;
	default: gen_be32(g, 0x63825363); break;
	}
	for (uint32_t i = pick(g->r, 8); i > 0; i--)
		dhcp_option(g);
	if (!one_in(g->r, 8))
		gen_u8(g, 255);
	gen_fill(g, 0, one_in(g->r, 2) ? pick(g->r, 20) : 0);
}

/* --- DHCPv6 ----------------------------------------------------------------------------------- */

static void dhcp6_options(struct gen *g, uint32_t depth);

static void a_domain(struct gen *g)
{
	gen_text(g, GEN_TEXT(g, "\3www", "\7example", "\3com", "\2\x80\x01", "\77abc", "\200",
			     "\300"));
	if (one_in(g->r, 2))
		gen_text(g, GEN_TEXT(g, "\3com", "\2de"));
	gen_u8(g, 0);
}

static void dhcp6_duid(struct gen *g)
{
	uint32_t type = GEN_ANY(g, 1, 1, 2, 3, 4, 0);

	gen_be16(g, type);
	gen_random(g, one_in(g->r, 12) ? pick(g->r, 12) : type == 1 ? 12 : type == 2 ? 12 : 8);
}

static void dhcp6_authentication(struct gen *g)
{
	uint32_t protocol = GEN_ANY(g, 2, 2, 3, 3, 1);

	gen_u8(g, protocol);
	gen_u8(g, pick(g->r, 3));
	gen_u8(g, pick(g->r, 3));
	gen_random(g, 8);
	if (protocol == 3)
		gen_u8(g, pick(g->r, 4));
	gen_random(g, protocol == 3 ? gen_about(g, 16) : GEN_ANY(g, 0, 20, 24, 10, 30));
}

static void dhcp6_time_servers(struct gen *g)
{
	for (uint32_t i = 1 + pick(g->r, 3); i > 0; i--) {
		uint32_t type = pick(g->r, 5), start;

		gen_be16(g, type);
		start = g->len;
		gen_be16(g, 0);
		if (type == 3)
			a_domain(g);
		else
			gen_ip6(g);
		gen_patch16(g, start, gen_about(g, g->len - start - 2));
	}
}

static void dhcp6_data(struct gen *g, uint32_t option, uint32_t depth)
{
	static const uint8_t heads[] = {
		[3] = 12, [4] = 4, [5] = 24, [25] = 12, [26] = 25, [44] = 17, [45] = 0
	};

	switch (option) {
	case 1:
	case 2: dhcp6_duid(g); break;
	case 3:
	case 4:
	case 5:
	case 25:
	case 26:
	case 44:
	case 45:
		gen_random(g, one_in(g->r, 12) ? pick(g->r, 26) : heads[option]);
		if (one_in(g->r, 2))
			dhcp6_options(g, depth + 1);
		break;
	case 6:
	case 43: gen_random(g, 2 * pick(g->r, 6)); break;
	case 7: gen_u8(g, pick(g->r, 256)); break;
	case 8: gen_be16(g, pick(g->r, 65536)); break;
	case 9: {
		uint32_t type = GEN_ANY(g, 1, 7, 12, 13);

		gen_u8(g, type);
		gen_random(g, type == 1 || type == 7 ? 3 : 33);
		dhcp6_options(g, depth + 1);
		break;
	}
	case 11: dhcp6_authentication(g); break;
	case 13:
		gen_be16(g, one_in(g->r, 6) ? pick(g->r, 65536) : pick(g->r, 13));
		gen_text(g, GEN_TEXT(g, "", "ok"));
		break;
	case 19: gen_u8(g, GEN_ANY(g, 5, 11, 6)); break;
	case 21:
	case 24: a_domain(g), a_domain(g); break;
	case 22:
	case 23:
	case 27:
	case 28:
	case 31:
	case 34:
	case 40:
	case 48: gen_ip6(g), gen_ip6(g); break;
	case 32:
	case 46: gen_be32(g, pick(g->r, 0x7fffffff)); break;
	case 56: dhcp6_time_servers(g); break;
	case 64: a_domain(g); break;
	case 41:
	case 42:
	case 112: gen_text(g, GEN_TEXT(g, "Europe/Berlin", "EST5", "CET", "a\x80\x01zzz")); break;
	default: gen_random(g, pick(g->r, 24)); break;
	}
}

static void dhcp6_options(struct gen *g, uint32_t depth)
{
	if (depth > 4)
		return;
	for (uint32_t i = pick(g->r, depth ? 3 : 7); i > 0; i--) {
		uint32_t option = one_in(g->r, 2) ? pick(g->r, 70) :
						    GEN_ANY(g, 1, 3, 5, 6, 9, 11, 13, 23, 25, 26,
							    56, 64, 112, 136);
		uint32_t start;

		gen_be16(g, option);
		start = g->len;
		gen_be16(g, 0);
		if (!one_in(g->r, 20))
			dhcp6_data(g, option, depth);
		gen_patch16(g, start, gen_about(g, g->len - start - 2));
	}
}

void gen_dhcp6(struct gen *g)
{
	uint32_t type = one_in(g->r, 20) ? pick(g->r, 256) : pick(g->r, 17);

	gen_u8(g, type);
	if (type == 12 || type == 13) {
		gen_u8(g, pick(g->r, 4));
		gen_ip6(g);
		gen_ip6(g);
	} else {
		gen_random(g, 3);
	}
	dhcp6_options(g, 0);
}
