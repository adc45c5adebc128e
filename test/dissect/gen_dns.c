/*
 * gen_dns.c - messages of the Domain Name System.
 */
#include "gen.h"

#include "base/bits.h"

/* Where names began in the message, for pointers to them. */
struct names {
	uint32_t start; /* of the message */
	uint32_t count;
	uint32_t at[64];
};

static void a_label(struct gen *g)
{
	switch (pick(g->r, 40)) {
	case 0: /* bits */
		gen_u8(g, 0x41);
		gen_u8(g, GEN_ANY(g, 0, 1, 4, 5, 8, 13, 32, 255));
		gen_random(g, pick(g->r, 34));
		break;
	case 1: gen_u8(g, GEN_ANY(g, 0x40, 0x42, 0x7f, 0x80, 0xbf)); break;
	case 2: gen_u8(g, 63), gen_fill(g, 'x', 63); break;
	case 3: gen_u8(g, 4), gen_text(g, "a.\x80\x01"); break;
	case 4: gen_u8(g, 5), gen_bytes(g, "a\0b\"\\", 5); break;
	case 5: gen_u8(g, 9), gen_random(g, 3); break; /* more or less than it says */
	case 6: gen_u8(g, 1 + pick(g->r, 63)), gen_text(g, "abc"); break;
	default: {
		const char *text = GEN_TEXT(g, "\3www", "\7example", "\3com", "\2de", "\5_ldap",
					    "\4_tcp", "\1a", "\7in-addr", "\4arpa", "\5local",
					    "\12xn--bcher-");

		gen_text(g, text);
		break;
	}
	}
}

/* A pointer, mostly to a name before. */
static void a_pointer(struct gen *g, const struct names *names)
{
	uint32_t to = 12;

	if (names->count && !one_in(g->r, 12))
		to = names->at[pick(g->r, names->count)] + (one_in(g->r, 3) ? 4 : 0);
	else if (one_in(g->r, 2))
		to = GEN_ANY(g, 0, 5, 13, 14, g->len - names->start, g->len - names->start + 1, 400,
			     0x3fff);
	gen_be16(g, 0xc000 | (to & 0x3fff));
}

static void a_name(struct gen *g, struct names *names)
{
	uint32_t labels = one_in(g->r, 60) ? 8 : pick(g->r, 4);

	if (names->count < ARRAY_LEN(names->at))
		names->at[names->count++] = g->len - names->start;
	for (uint32_t i = 0; i < labels; i++)
		a_label(g);
	if (one_in(g->r, 2))
		a_pointer(g, names);
	else
		gen_u8(g, 0);
}

static uint32_t a_class(struct gen *g)
{
	return GEN_ANY(g, 1, 1, 1, 1, 1, 3, 4, 255, 254, 0, 0x8001, 0x8003, 2);
}

static void a_question(struct gen *g, struct names *names)
{
	a_name(g, names);
	gen_be16(g,
		 one_in(g->r, 6) ? pick(g->r, 300) : GEN_ANY(g, 1, 28, 12, 15, 33, 255, 252, 65));
	gen_be16(g, a_class(g));
}

static void an_option(struct gen *g, struct names *names)
{
	static const uint8_t lens[18][4] = {
		[5] = { 1, 3, 8, 0 },   [6] = { 1, 4, 2, 0 },    [7] = { 1, 2, 0, 3 },
		[9] = { 4, 4, 0, 3 },   [10] = { 8, 16, 40, 9 }, [11] = { 2, 2, 0, 1 },
		[12] = { 0, 5, 30, 1 }, [14] = { 2, 4, 3, 0 },
	};
	uint32_t option = pick(g->r, 18), start;

	gen_be16(g, one_in(g->r, 10) ? pick(g->r, 65536) : option);
	start = g->len;
	gen_be16(g, 0);
	if (option == 8) {
		uint32_t family = GEN_ANY(g, 1, 2, 1, 2, 3),
			 bits = pick(g->r, one_in(g->r, 10) ? 256 :
					   family == 1      ? 33 :
							      129);

		gen_be16(g, family);
		gen_u8(g, bits);
		gen_u8(g, one_in(g->r, 8) ? pick(g->r, 256) : pick(g->r, 33));
		gen_random(g, gen_about(g, (bits + 7) / 8));
	} else if (option == 13) {
		a_name(g, names);
	} else {
		gen_random(g, lens[option][0] ? lens[option][pick(g->r, 4)] : pick(g->r, 12));
	}
	gen_patch16(g, start, gen_about(g, g->len - start - 2));
}

static void a_soa(struct gen *g, struct names *names)
{
	a_name(g, names);
	a_name(g, names);
	gen_random(g, one_in(g->r, 20) ? pick(g->r, 24) : 20);
}

static void a_txt(struct gen *g)
{
	uint32_t count = 1 + pick(g->r, 3);

	for (uint32_t i = 0; i < count; i++) {
		const char *text =
			GEN_TEXT(g, "\13v=spf1 -all", "\0", "\5a=\"b\"", "\3\x01\x80~", "\40abc");

		gen_text(g, text);
		if (text[0] == 0)
			gen_u8(g, 0);
	}
}

static void a_tsig(struct gen *g, struct names *names)
{
	uint32_t len = GEN_ANY(g, 16, 20, 32, 0, 600);

	a_name(g, names);
	gen_random(g, 6);
	gen_be16(g, 300);
	gen_be16(g, len);
	gen_random(g, len > 40 ? 4 : len);
	gen_be16(g, pick(g->r, 65536));
	gen_be16(g, pick(g->r, 24));
	gen_be16(g, 0);
}

static void some_data(struct gen *g, uint32_t type, struct names *names)
{
	switch (type) {
	case 1: gen_ip4(g); break;
	case 28: gen_ip6(g); break;
	case 2:
	case 5:
	case 12:
	case 39: a_name(g, names); break;
	case 6: a_soa(g, names); break;
	case 15:
		gen_be16(g, pick(g->r, 100));
		a_name(g, names);
		break;
	case 16: a_txt(g); break;
	case 33:
		gen_be32(g, pick(g->r, 0x7fffffff));
		gen_be16(g, pick(g->r, 65536));
		a_name(g, names);
		break;
	case 38: {
		uint32_t bits = one_in(g->r, 8) ? pick(g->r, 256) : pick(g->r, 129);

		gen_u8(g, bits);
		gen_random(g, 16 - (bits > 128 ? 128 : bits) / 8);
		a_name(g, names);
		break;
	}
	case 41:
		for (uint32_t i = pick(g->r, 4); i > 0; i--)
			an_option(g, names);
		break;
	case 104: gen_text(g, GEN_TEXT(g, "abc", "", "a\x80\x02")); break;
	case 250: a_tsig(g, names); break;
	case 256:
		gen_random(g, pick(g->r, one_in(g->r, 6) ? 5 : 1) + 4);
		gen_text(g, GEN_TEXT(g, "http://example.com/", ""));
		break;
	default: gen_random(g, pick(g->r, 30)); break;
	}
}

static void a_record(struct gen *g, struct names *names)
{
	uint32_t start;
	uint32_t type = one_in(g->r, 8) ? pick(g->r, 300) :
					  GEN_ANY(g, 1, 1, 1, 28, 28, 2, 5, 12, 39, 6, 15, 16, 33,
						  38, 41, 41, 104, 250, 256);

	if (type == 41 && !one_in(g->r, 8))
		gen_u8(g, 0);
	else
		a_name(g, names);
	gen_be16(g, type);
	gen_be16(g, type == 41 ? GEN_ANY(g, 512, 1232, 4096, 0x8500) : a_class(g));
	gen_be32(g, type == 41 ?
			    GEN_ANY(g, 0x8000, 0, 0x01000000, 0x01008000, 0x02000000, 0xff000000) :
			    GEN_ANY(g, 0, 1, 59, 60, 3600, 86399, 604800, 31536000, 0xffffffff,
				    12345678));
	start = g->len;
	gen_be16(g, 0);
	some_data(g, type, names);
	gen_patch16(g, start, gen_about(g, g->len - start - 2));
}

static uint32_t some_flags(struct gen *g)
{
	switch (pick(g->r, 8)) {
	case 0: return pick(g->r, 65536);
	case 1: return 0x8000 | pick(g->r, 16) << 11 | pick(g->r, 16);
	case 2: return pick(g->r, 3) << 11 | 0x0100;
	case 3: return 0x8580;
	case 4: return 0x8183;
	case 5: return 0x0100;
	case 6: return 0x0120;
	default: return 0x8180;
	}
}

void gen_domain(struct gen *g)
{
	uint32_t most = one_in(g->r, 3) ? 4 : 2;
	uint32_t counts[4] = { one_in(g->r, 6) ? pick(g->r, 3) : 1, pick(g->r, most + 1),
			       one_in(g->r, 2) ? pick(g->r, most) : 0,
			       one_in(g->r, 2) ? pick(g->r, most) : 0 };
	struct names names = { .start = g->len };

	if (one_in(g->r, 60)) {
		gen_random(g, pick(g->r, 13));
		return;
	}
	gen_be16(g, pick(g->r, 65536));
	gen_be16(g, some_flags(g));
	for (size_t i = 0; i < ARRAY_LEN(counts); i++)
		gen_be16(g, gen_about(g, counts[i]));
	for (uint32_t i = 0; i < counts[0]; i++)
		a_question(g, &names);
	for (uint32_t i = 0; i < counts[1] + counts[2] + counts[3]; i++)
		a_record(g, &names);
}

void gen_domain_tcp(struct gen *g)
{
	uint32_t start = g->len;

	if (one_in(g->r, 30)) {
		gen_random(g, pick(g->r, 3));
		return;
	}
	gen_be16(g, 0);
	gen_domain(g);
	gen_patch16(g, start, gen_about(g, g->len - start - 2));
}
