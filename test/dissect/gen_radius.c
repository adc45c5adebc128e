/*
 * gen_radius.c - messages of RADIUS and EAP.
 */
#include "gen.h"

#include "base/bits.h"

static void gen_eap(struct gen *g)
{
	uint32_t start = g->len;
	uint32_t code = one_in(g->r, 12) ? pick(g->r, 256) : 1 + pick(g->r, 4);
	uint32_t type = one_in(g->r, 12) ?
				pick(g->r, 256) :
				GEN_ANY(g, 0, 1, 2, 3, 4, 5, 6, 13, 18, 21, 23, 43, 254, 255);

	gen_u8(g, code);
	gen_u8(g, pick(g->r, 256));
	gen_be16(g, 0);
	if (code < 3) {
		gen_u8(g, type);
		if (type == 1 || type == 2)
			gen_text(g, GEN_TEXT(g, "joe", "", "a\x80\x01z"));
		else if (type == 3)
			gen_u8(g, GEN_ANY(g, 4, 13, 25, 43)), gen_random(g, pick(g->r, 3));
		else
			gen_u8(g, one_in(g->r, 2) ? pick(g->r, 16) : pick(g->r, 256)),
				gen_random(g, pick(g->r, 8));
		if (one_in(g->r, 12))
			g->len = start + 4 + pick(g->r, 3);
	}
	gen_patch16(g, start + 2, gen_about(g, g->len - start));
}

void gen_eapol(struct gen *g)
{
	uint32_t type = one_in(g->r, 3) ? pick(g->r, 6) : 0, start;

	gen_u8(g, 1 + pick(g->r, 3));
	gen_u8(g, type);
	start = g->len;
	gen_be16(g, 0);
	if (type == 0)
		gen_eap(g);
	else
		gen_random(g, pick(g->r, 20));
	gen_patch16(g, start, gen_about(g, g->len - start - 2));
}

/* Values of attributes of a form of their own. */
static bool a_special_value(struct gen *g, uint32_t type)
{
	switch (type) {
	case 26:
		gen_be32(g, GEN_ANY(g, 9, 311, 2636, 10415, 77777));
		for (uint32_t i = pick(g->r, 3); i > 0; i--) {
			uint32_t start = g->len;

			gen_be16(g, pick(g->r, 65536));
			gen_text(g, GEN_TEXT(g, "value", "", "a\x80\x01z"));
			g->data[start + 1] = (uint8_t)gen_about(g, g->len - start);
		}
		return true;
	case 56:
	case 58:
		gen_u8(g, GEN_ANY(g, 0x31, 0x32, 0x33)), gen_random(g, type == 56 ? 3 : 5);
		return true;
	case 64:
	case 65:
	case 83: gen_u8(g, pick(g->r, 3)), gen_be24(g, pick(g->r, 20)); return true;
	case 70: gen_random(g, 16); return true;
	case 71: gen_random(g, 14); return true;
	case 79: gen_eap(g); return true;
	case 84: gen_random(g, 8); return true;
	case 95:
	case 98: gen_ip6(g); return true;
	case 97:
	case 123: {
		uint32_t bits = one_in(g->r, 10) ? pick(g->r, 256) : pick(g->r, 129);

		gen_u8(g, 0);
		gen_u8(g, bits);
		gen_random(g, one_in(g->r, 4) ? pick(g->r, 18) : (bits + 7) / 8 % 17);
		return true;
	}
	case 101: gen_be32(g, one_in(g->r, 2) ? 201 : 400 + pick(g->r, 112)); return true;
	case 124: gen_be64(g, 0), g->len -= 8, gen_random(g, 8); return true;
	case 125: gen_u8(g, pick(g->r, 140)), gen_ip6(g); return true;
	case 126:
		gen_u8(g, 0x30 + pick(g->r, 5)), gen_text(g, GEN_TEXT(g, "example.com", "\x80"));
		return true;
	case 127:
		gen_be16(g, 1), gen_u8(g, pick(g->r, 3)), gen_u8(g, pick(g->r, 3));
		gen_random(g, 16), gen_text(g, "GPS");
		return true;
	case 128: gen_be16(g, pick(g->r, 5)), gen_random(g, pick(g->r, 40)); return true;
	case 129: gen_be16(g, pick(g->r, 65536)), gen_random(g, 8 + pick(g->r, 6)); return true;
	default: return false;
	}
}

static void an_attribute(struct gen *g)
{
	uint32_t type = one_in(g->r, 3) ? GEN_ANY(g, 26, 56, 58, 64, 65, 69, 70, 71, 79, 81, 83, 84,
						  95, 97, 101, 123, 124, 125, 126, 127, 128, 129,
						  23, 37, 38, 8, 14, 27, 55) :
					  pick(g->r, 132);
	uint32_t start = g->len;

	gen_be16(g, type << 8);
	if (one_in(g->r, 20)) {
		gen_random(g, pick(g->r, 20));
	} else if (!a_special_value(g, type)) {
		switch (pick(g->r, 4)) {
		case 0: gen_be32(g, GEN_ANY(g, 0, 0xffffffff, 0xfffffffe, 59, 3599, 100000)); break;
		case 1:
			gen_text(g, GEN_TEXT(g, "joe", "a\x80\x01z", "\x01tagged", "",
					     "\x05\x80\x01secret"));
			break;
		default: gen_be32(g, pick(g->r, 50)); break;
		}
		if (one_in(g->r, 20))
			gen_u8(g, 0);
	}
	g->data[start + 1] = (uint8_t)gen_about(g, g->len - start);
}

void gen_radius(struct gen *g)
{
	uint32_t start = g->len;

	gen_u8(g,
	       one_in(g->r, 8) ? pick(g->r, 256) : GEN_ANY(g, 1, 2, 3, 4, 5, 11, 12, 40, 41, 43));
	gen_u8(g, pick(g->r, 256));
	gen_be16(g, 0);
	gen_random(g, 16);
	for (uint32_t i = pick(g->r, 7); i > 0; i--)
		an_attribute(g);
	gen_patch16(g, start + 2, gen_about(g, g->len - start));
}
