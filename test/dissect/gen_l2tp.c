/*
 * gen_l2tp.c - messages of the Layer Two Tunneling Protocol.
 */
#include "gen.h"

static void a_value(struct gen *g, uint32_t type)
{
	if (one_in(g->r, 12)) {
		gen_random(g, pick(g->r, 30));
		return;
	}
	switch (type) {
	case 0: gen_be16(g, pick(g->r, 18)); break;
	case 1:
		gen_random(g, one_in(g->r, 2) ? 2 : 4);
		gen_text(g, GEN_TEXT(g, "", "bye"));
		break;
	case 7:
	case 8:
	case 21:
	case 30: gen_text(g, GEN_TEXT(g, "lac", "555-1234", "a\x80\x01z")); break;
	case 12: gen_random(g, 3 + pick(g->r, 4)); break;
	case 13: gen_random(g, 16 + pick(g->r, 2)); break;
	case 29: gen_be16(g, pick(g->r, 7)); break;
	case 34: gen_random(g, 26); break;
	case 35: gen_random(g, 10); break;
	case 46:
		gen_random(g, 4);
		gen_u8(g, pick(g->r, 4));
		gen_text(g, GEN_TEXT(g, "", "gone"));
		break;
	default: gen_random(g, GEN_ANY(g, 2, 4, 4, 8)); break;
	}
}

static void an_attribute(struct gen *g, bool first)
{
	uint32_t type = first ? 0 : pick(g->r, 48);
	uint32_t start = g->len;

	gen_be16(g, 0);
	gen_be16(g, one_in(g->r, 10) ? pick(g->r, 65536) : 0);
	gen_be16(g, type);
	a_value(g, type);
	gen_patch16(g, start,
		    (one_in(g->r, 4) ? 0 : 0x8000) | (one_in(g->r, 10) ? 0x4000 : 0) |
			    gen_about(g, g->len - start));
}

static void a_frame(struct gen *g)
{
	if (one_in(g->r, 2))
		gen_be16(g, 0xff03);
	if (one_in(g->r, 2)) {
		gen_be16(g, 0x0021);
		gen_ip4_packet(g);
	} else {
		gen_be16(g, 0xc021);
		gen_u8(g, 1 + pick(g->r, 11));
		gen_u8(g, pick(g->r, 256));
		gen_be16(g, 4);
	}
}

void gen_l2tp(struct gen *g)
{
	uint32_t flags = one_in(g->r, 2) ? 0xc802 :
					   pick(g->r, 16) << 8 | GEN_ANY(g, 0x0002, 0x4002, 0x8002);
	uint32_t start = g->len;

	if (one_in(g->r, 30))
		flags = pick(g->r, 65536);
	gen_be16(g, flags);
	if (flags & 0x4000)
		gen_be16(g, 0);
	gen_be16(g, pick(g->r, 100));
	gen_be16(g, pick(g->r, 100));
	if (flags & 0x0800)
		gen_be32(g, pick(g->r, 0x7fffffff));
	if (flags & 0x0200) {
		uint32_t pad = pick(g->r, 5);

		gen_be16(g, pad);
		gen_fill(g, 0, pad);
	}
	if (flags & 0x8000) {
		uint32_t count = pick(g->r, 7);

		for (uint32_t i = 0; i < count; i++)
			an_attribute(g, i == 0);
	} else {
		a_frame(g);
	}
	if (flags & 0x4000)
		gen_patch16(g, start + 2, gen_about(g, g->len - start));
}
