/*
 * gen_tun.c - tunnels, PPP, what bridges say to each other, IGMP and SCTP.
 */
#include "gen.h"

/* The bytes from @from on, as one TLV of some kind is written behind its length. */
static uint32_t since(const struct gen *g, uint32_t from)
{
	return g->len - from;
}

static void patch8(struct gen *g, uint32_t at, uint32_t value)
{
	if (at < g->len)
		g->data[at] = (uint8_t)value;
}

/* --- IGMP ------------------------------------------------------------------------------------- */

static void sources(struct gen *g, uint32_t count_at, uint32_t size)
{
	uint32_t count = pick(g->r, 4);

	gen_patch16(g, count_at, gen_about(g, count));
	for (; count; count--)
		size == 4 ? gen_ip4(g) : gen_ip6(g);
}

static void igmp_report(struct gen *g)
{
	uint32_t count = pick(g->r, 4);

	gen_be16(g, 0);
	gen_be16(g, gen_about(g, count));
	for (; count; count--) {
		gen_u8(g, one_in(g->r, 8) ? pick(g->r, 10) : 1 + pick(g->r, 6));
		gen_u8(g, 0);
		gen_be16(g, 0);
		gen_ip4(g);
		sources(g, g->len - 6, 4);
	}
}

static void dvmrp_neighbors(struct gen *g, bool second)
{
	for (uint32_t n = pick(g->r, 3); n; n--) {
		uint32_t count = pick(g->r, 3);

		gen_ip4(g);
		gen_be16(g, pick(g->r, 65536));
		if (second)
			gen_u8(g, pick(g->r, 256));
		gen_u8(g, gen_about(g, count));
		for (; count; count--)
			gen_ip4(g);
	}
}

static void dvmrp_report(struct gen *g)
{
	for (uint32_t n = pick(g->r, 3); n; n--) {
		uint32_t width = 1 + pick(g->r, 4), count = 1 + pick(g->r, 3);

		gen_u8(g, width > 1 ? 0xff : 0);
		gen_u8(g, width > 2 ? 0xf0 : 0);
		gen_u8(g, width > 3 ? 0xe0 : 0);
		for (; count; count--) {
			gen_random(g, width);
			gen_u8(g, (count == 1 ? 0x80 : 0) | pick(g->r, 32));
		}
	}
}

static void dvmrp(struct gen *g, uint32_t type)
{
	gen_be16(g, 0);
	gen_be16(g, 0xff03);
	switch (type) {
	case 1:
		gen_be32(g, pick(g->r, 100000));
		for (uint32_t n = pick(g->r, 4); n; n--)
			gen_ip4(g);
		break;
	case 2: dvmrp_report(g); break;
	case 4: dvmrp_neighbors(g, false); break;
	case 6: dvmrp_neighbors(g, true); break;
	case 7: gen_ip4(g), gen_ip4(g), gen_be32(g, pick(g->r, 1 << 25)); break;
	case 8:
	case 9: gen_ip4(g), gen_ip4(g); break;
	}
	if (one_in(g->r, 8))
		gen_random(g, pick(g->r, 6));
}

static void pim_v1_join(struct gen *g)
{
	uint32_t count = 1 + pick(g->r, 2);

	gen_ip4(g);
	gen_be16(g, 0);
	gen_be16(g, GEN_ANY(g, 180, 0, 60, 3600));
	gen_u8(g, 0), gen_u8(g, 4), gen_u8(g, 4), gen_u8(g, count);
	for (; count; count--) {
		uint32_t joins = pick(g->r, 2), prunes = pick(g->r, 3);

		gen_ip4(g);
		gen_be32(g, GEN_ANY(g, 0xffffffff, 0xffffff00));
		gen_be16(g, joins);
		gen_be16(g, prunes);
		for (uint32_t n = joins + prunes; n; n--)
			gen_be16(g, pick(g->r, 65536)), gen_ip4(g);
	}
}

static void pim_v1(struct gen *g, uint32_t type)
{
	gen_be32(g, one_in(g->r, 4) ? pick(g->r, UINT32_MAX) : 0x10000000);
	switch (type) {
	case 0: gen_be32(g, pick(g->r, 4) << 28 | pick(g->r, 4000)); break;
	case 1: gen_ip4_packet(g); break;
	case 2: gen_ip4(g), gen_ip4(g); break;
	case 3:
	case 6:
	case 7: pim_v1_join(g); break;
	case 4:
		gen_ip4(g), gen_be32(g, GEN_ANY(g, UINT32_MAX, 7)), gen_ip4(g), gen_be32(g, 90);
		break;
	case 5:
		gen_ip4(g), gen_be32(g, GEN_ANY(g, UINT32_MAX, 7)), gen_ip4(g);
		gen_be32(g, pick(g->r, UINT32_MAX)), gen_be32(g, 5);
		break;
	}
}

static void igmp_body(struct gen *g, uint32_t type, uint32_t code)
{
	switch (type) {
	case 0x13: dvmrp(g, code); return;
	case 0x14: pim_v1(g, code); return;
	case 0x22: igmp_report(g); return;
	}
	one_in(g->r, 4) ? gen_be32(g, 0) : gen_ip4(g);
	if (type == 0x11 && one_in(g->r, 2)) {
		gen_be32(g, 0x027d0000);
		sources(g, g->len - 2, 4);
	} else if (type == 0x1e || type == 0x1f) {
		gen_ip4(g), gen_ip4(g), gen_ip4(g);
		gen_be32(g, pick(g->r, UINT32_MAX));
	}
	if (one_in(g->r, 8))
		gen_random(g, pick(g->r, 8));
}

void gen_igmp(struct gen *g)
{
	uint32_t start = g->len;
	uint32_t type = GEN_ANY(g, 0x11, 0x11, 0x12, 0x16, 0x17, 0x22, 0x22, 0x1e, 0x1f, 0x13, 0x13,
				0x14, 0x14, 0x30);
	uint32_t code = type == 0x11 ? GEN_ANY(g, 0, 100, 50, 0x91, 0xff) : pick(g->r, 11);

	gen_u8(g, type);
	gen_u8(g, code);
	gen_be16(g, 0);
	igmp_body(g, type, code);
	gen_patch16(g, start + 2, gen_sum(g, gen_checksum(g, start, 0)));
}

/* --- PIM --- */

static void pim_address(struct gen *g, bool bare, bool extra)
{
	bool is_ip6 = !bare && one_in(g->r, 3);

	if (!bare)
		gen_be16(g, (is_ip6 ? 2U : 1U) << 8);
	if (extra) {
		gen_u8(g, one_in(g->r, 2) ? 0 : pick(g->r, 256));
		gen_u8(g, one_in(g->r, 3) ? pick(g->r, 129) : is_ip6 ? 128 : 32);
	}
	is_ip6 ? gen_ip6(g) : gen_ip4(g);
}

static void pim_hello(struct gen *g)
{
	for (uint32_t n = pick(g->r, 4); n; n--) {
		uint32_t start = g->len, type = GEN_ANY(g, 1, 2, 18, 19, 20, 21, 22, 24, 65001, 99);

		gen_be16(g, type);
		gen_be16(g, 0);
		switch (type) {
		case 1: gen_be16(g, pick(g->r, 65536)); break;
		case 24:
		case 65001: pim_address(g, false, false), pim_address(g, false, false); break;
		default: gen_random(g, GEN_ANY(g, 4, 4, 4, 0)); break;
		}
		gen_patch16(g, start + 2, gen_about(g, since(g, start) - 4));
	}
}

static void pim_join(struct gen *g, uint32_t type, bool bare)
{
	uint32_t groups = pick(g->r, 3);

	if (type != 7)
		pim_address(g, bare, false);
	gen_u8(g, 0);
	gen_u8(g, gen_about(g, groups));
	gen_be16(g, GEN_ANY(g, 210, 0xffff, 0));
	for (; groups; groups--) {
		uint32_t joins = pick(g->r, 3), prunes = pick(g->r, 2);

		pim_address(g, bare, true);
		gen_be16(g, joins);
		gen_be16(g, prunes);
		for (uint32_t n = joins + prunes; n; n--)
			pim_address(g, bare, true);
	}
}

static void pim_bootstrap(struct gen *g, bool bare)
{
	gen_be32(g, pick(g->r, UINT32_MAX));
	pim_address(g, bare, false);
	for (uint32_t n = pick(g->r, 3); n; n--) {
		uint32_t count = pick(g->r, 3);

		pim_address(g, bare, true);
		gen_u8(g, count), gen_u8(g, gen_about(g, count)), gen_be16(g, 0);
		for (; count; count--)
			pim_address(g, bare, false), gen_be32(g, pick(g->r, UINT32_MAX));
	}
}

static void pim_body(struct gen *g, uint32_t type, bool bare)
{
	switch (type) {
	case 0: pim_hello(g); break;
	case 1:
		gen_be32(g, GEN_ANY(g, 0, 0x80000000, 0x40000000));
		g->depth++;
		gen_network(g, GEN_ANY(g, 0x0800, 0x86dd));
		g->depth--;
		break;
	case 2: pim_address(g, bare, true), pim_address(g, bare, false); break;
	case 3:
	case 6:
	case 7: pim_join(g, type, bare); break;
	case 4: pim_bootstrap(g, bare); break;
	case 5: pim_address(g, bare, true), pim_address(g, bare, false), gen_random(g, 8); break;
	case 8:
		gen_u8(g, 2), gen_u8(g, 0), gen_be16(g, 150), pim_address(g, bare, false);
		pim_address(g, bare, true), pim_address(g, bare, true);
		break;
	case 10:
		pim_address(g, bare, false), gen_random(g, 8), pim_address(g, bare, false);
		gen_random(g, 10);
		break;
	case 9:
		pim_address(g, bare, false), pim_address(g, bare, true),
			pim_address(g, bare, false);
		gen_be16(g, 30);
		break;
	}
}

void gen_pim(struct gen *g)
{
	uint32_t start = g->len, type = pick(g->r, 13);
	bool bare = one_in(g->r, 6);

	gen_u8(g, (one_in(g->r, 16) ? pick(g->r, 16) : 2U) << 4 | type);
	gen_u8(g, type == 10 ? pick(g->r, 6) << 4 : bare ? 4 : 0);
	gen_be16(g, 0);
	pim_body(g, type, bare);
	if (!one_in(g->r, 8))
		gen_patch16(g, start + 2,
			    gen_sum(g, gen_checksum(g, start, g->ip_version == 6 ? g->pseudo : 0)));
}

/* --- VRRP --- */

void gen_vrrp(struct gen *g)
{
	uint32_t start = g->len, version = GEN_ANY(g, 2, 2, 3, 4), count = pick(g->r, 4);

	gen_u8(g, version << 4 | (one_in(g->r, 16) ? 2 : 1));
	gen_u8(g, pick(g->r, 256));
	gen_u8(g, pick(g->r, 256));
	gen_u8(g, gen_about(g, count));
	gen_u8(g, pick(g->r, 4));
	gen_u8(g, 1 + pick(g->r, 100));
	gen_be16(g, 0);
	for (; count; count--)
		gen_ip4(g);
	if (version == 2 && !one_in(g->r, 4))
		gen_text(g, GEN_TEXT(g, "secret\x01z", "password"));
	gen_patch16(g, start + 6, gen_sum(g, gen_checksum(g, start, version == 3 ? g->pseudo : 0)));
}

/* --- SCTP ------------------------------------------------------------------------------------- */

static void chunk_value(struct gen *g, uint32_t type)
{
	uint32_t n;

	switch (type) {
	case 0x00:
		gen_be32(g, pick(g->r, UINT32_MAX)), gen_be32(g, pick(g->r, UINT32_MAX));
		gen_be32(g, one_in(g->r, 8) ? 3 : pick(g->r, 29));
		gen_random(g, pick(g->r, 20));
		break;
	case 0x01:
	case 0x02: gen_random(g, 16), gen_random(g, 4 * pick(g->r, 4)); break;
	case 0x03:
		gen_random(g, 8);
		n = pick(g->r, 3);
		gen_be16(g, gen_about(g, n));
		gen_be16(g, gen_about(g, 1));
		gen_random(g, 4 * n + 4);
		break;
	default: gen_random(g, pick(g->r, 20)); break;
	}
}

void gen_sctp(struct gen *g)
{
	gen_be16(g, one_in(g->r, 12) ? 6704 + pick(g->r, 3) : GEN_ANY(g, 2905, 36412, 7));
	gen_be16(g, one_in(g->r, 12) ? 6704 + pick(g->r, 3) : GEN_ANY(g, 2905, 36412, 80));
	gen_random(g, 8);
	for (uint32_t n = 1 + pick(g->r, 3); n; n--) {
		uint32_t start = g->len;
		uint32_t type = GEN_ANY(g, 0, 0, 0, 1, 2, 3, 3, 0x40, 0xc2, 0xc0, 0xc1,
					pick(g->r, 16), pick(g->r, 256));

		gen_u8(g, type);
		gen_u8(g, pick(g->r, 16));
		gen_be16(g, 0);
		chunk_value(g, type);
		if (one_in(g->r, 16))
			g->len = start + 4;
		gen_patch16(g, start + 2, gen_about(g, since(g, start)));
		if (!one_in(g->r, 16))
			gen_fill(g, 0, (4 - since(g, start) % 4) % 4);
	}
	if (one_in(g->r, 16))
		gen_random(g, pick(g->r, 4));
}

/* --- tunnels over IP and UDP ------------------------------------------------------------------ */

static void inner_frame(struct gen *g)
{
	g->depth++;
	gen_ethernet(g);
	g->depth--;
}

static void inner_network(struct gen *g, uint32_t type)
{
	g->depth++;
	gen_network(g, type);
	g->depth--;
}

static void gre_routes(struct gen *g)
{
	for (uint32_t n = pick(g->r, 3); n; n--) {
		uint32_t family = GEN_ANY(g, 0x0800, 0x0800, 0xfffe, 0x1234);
		uint32_t unit = family == 0x0800 ? 4 : 2, count = 1 + pick(g->r, 3);

		gen_be16(g, family);
		gen_u8(g, gen_about(g, unit * pick(g->r, count)));
		gen_u8(g, gen_about(g, unit * count));
		gen_random(g, unit * count);
	}
	gen_be32(g, 0);
}

static void gre_payload(struct gen *g, uint32_t type)
{
	switch (type) {
	case 0x6558: inner_frame(g); break;
	case 0x894f: gen_nsh(g); break;
	case 0x880b: gen_ppp(g); break;
	case 0x883e:
		if (one_in(g->r, 2))
			gen_be32(g, 0x80330001);
		inner_network(g, 0x0800);
		break;
	case 0x0800:
	case 0x86dd:
	case 0x8847: inner_network(g, type); break;
	default: gen_random(g, pick(g->r, 30)); break;
	}
}

void gen_gre(struct gen *g)
{
	uint32_t version = GEN_ANY(g, 0, 0, 0, 0, 1, 1, 2 + pick(g->r, 6));
	uint32_t flags = pick(g->r, 65536) & 0xf880 & ~(one_in(g->r, 4) ? 0 : 0x4800U);
	uint32_t type = version == 1 && !one_in(g->r, 8) ?
				0x880b :
				GEN_ANY(g, 0x0800, 0x0800, 0x86dd, 0x6558, 0x8847, 0x883e, 0,
					0x894f, 0x1234, 0x880b);

	if (one_in(g->r, 3))
		flags = 0;
	gen_be16(g, flags | version);
	gen_be16(g, type);
	if (version == 0 && flags & 0xc000)
		gen_random(g, 4);
	if (flags & 0x2000)
		gen_random(g, 4);
	if (flags & 0x1000)
		gen_be32(g, pick(g->r, 1000));
	if (version == 1 && flags & 0x80)
		gen_be32(g, pick(g->r, 1000));
	if (version == 0 && flags & 0x4000)
		gre_routes(g);
	gre_payload(g, type);
}

void gen_vxlan(struct gen *g)
{
	gen_u8(g, one_in(g->r, 4) ? pick(g->r, 256) : 0x08);
	gen_be24(g, 0);
	gen_be32(g, pick(g->r, UINT32_MAX));
	inner_frame(g);
}

void gen_vxlan_gpe(struct gen *g)
{
	uint32_t next = GEN_ANY(g, 1, 2, 3, 3, 0, 4, 5);

	gen_u8(g, one_in(g->r, 3) ? pick(g->r, 256) : 0x0c);
	gen_be16(g, 0);
	gen_u8(g, next);
	gen_be32(g, pick(g->r, UINT32_MAX));
	if (next == 1 || next == 2)
		inner_network(g, next == 1 ? 0x0800 : 0x86dd);
	else
		next == 4 ? gen_nsh(g) : inner_frame(g);
}

static void geneve_options(struct gen *g)
{
	for (uint32_t n = pick(g->r, 3); n; n--) {
		uint32_t words = pick(g->r, 3);

		gen_be16(g, one_in(g->r, 2) ? 0x0100 + pick(g->r, 0x40) :
					      GEN_ANY(g, 0, 0xff, 0x140, 0xfff0, 0xffff, 0x8000));
		gen_u8(g, pick(g->r, 256));
		gen_u8(g, gen_about(g, words));
		gen_random(g, 4 * words);
	}
}

void gen_geneve(struct gen *g)
{
	uint32_t start = g->len;
	uint32_t type = GEN_ANY(g, 0x6558, 0x6558, 0x0800, 0x86dd, 0x0806, 0x1234);

	gen_u8(g, 0);
	gen_u8(g, one_in(g->r, 3) ? pick(g->r, 256) : GEN_ANY(g, 0, 0x40));
	gen_be16(g, type);
	gen_be24(g, pick(g->r, 1 << 24));
	gen_u8(g, one_in(g->r, 8) ? pick(g->r, 256) : 0);
	geneve_options(g);
	patch8(g, start,
	       (one_in(g->r, 16) ? 0x40 : 0) | (gen_about(g, since(g, start) / 4 - 2) & 0x3f));
	if (type == 0x6558)
		inner_frame(g);
	else
		inner_network(g, type);
}

/* Words of context that an NSH of this type has. */
static void nsh_context(struct gen *g, uint32_t type)
{
	if (type == 1) {
		gen_random(g, one_in(g->r, 8) ? 12 : 16);
		return;
	}
	for (uint32_t n = pick(g->r, 3); n; n--) {
		uint32_t len = pick(g->r, 9);

		gen_be16(g, pick(g->r, 65536));
		gen_u8(g, pick(g->r, 256));
		gen_u8(g, gen_about(g, len) & 0xff);
		gen_random(g, (len + 3) / 4 * 4);
	}
}

void gen_nsh(struct gen *g)
{
	uint32_t start = g->len, type = GEN_ANY(g, 1, 1, 2, 2, 0, 15, 7);
	uint32_t next = GEN_ANY(g, 1, 1, 2, 3, 3, 4, 5, 0xfe, 9);

	gen_be32(g, (one_in(g->r, 16) ? 1U << 30 : 0) | pick(g->r, 256) << 22 | type << 8 | next);
	gen_be32(g, pick(g->r, UINT32_MAX));
	nsh_context(g, type);
	patch8(g, start + 1,
	       (g->data[start + 1] & 0xc0) | (gen_about(g, since(g, start) / 4) & 0x3f));
	if (next == 1 || next == 2)
		inner_network(g, next == 1 ? 0x0800 : 0x86dd);
	else
		inner_frame(g);
}

/* --- PPP -------------------------------------------------------------------------------------- */

static void lcp_option_value(struct gen *g, uint32_t type)
{
	static const uint8_t lens[] = { 4, 2, 4, 3, 2, 4, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0,
					0, 2, 0, 5, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0 };

	switch (type) {
	case 3:
		gen_be16(g, GEN_ANY(g, 0xc223, 0xc223, 0xc023, 0xc227, 0xc027, 0xc123, 0x1234));
		gen_u8(g, GEN_ANY(g, 5, 128, 129, 6));
		break;
	case 4: gen_be16(g, GEN_ANY(g, 0xc025, 1)); break;
	case 13: gen_u8(g, pick(g->r, 8)); break;
	case 19:
		switch (pick(g->r, 8)) {
		case 0: gen_u8(g, 2), gen_ip4(g); break;
		case 1: gen_u8(g, 3), gen_mac(g); break;
		default: gen_u8(g, pick(g->r, 8)), gen_random(g, pick(g->r, 8)); break;
		}
		break;
	default:
		gen_random(g, type < sizeof lens && lens[type] ? lens[type] : pick(g->r, 6));
		break;
	}
}

static void ipcp_option_value(struct gen *g, uint32_t type)
{
	switch (type) {
	case 1: gen_ip4(g), gen_ip4(g); break;
	case 2:
		gen_be16(g, GEN_ANY(g, 0x002d, 0x0061, 0x0061, 0x1234));
		gen_random(g, GEN_ANY(g, 2, 10));
		for (uint32_t n = pick(g->r, 3); n; n--)
			gen_u8(g, pick(g->r, 4)), gen_u8(g, gen_about(g, 2));
		break;
	default: gen_ip4(g); break;
	}
}

static void control_option(struct gen *g, uint32_t protocol)
{
	uint32_t start = g->len, type;

	switch (protocol) {
	case 0xc021: type = pick(g->r, 33); break;
	case 0x8021: type = GEN_ANY(g, 1, 2, 2, 3, 4, 129, 130, 131, 132, 7); break;
	case 0x80fd: type = GEN_ANY(g, 0, 1, 17, 18, 21, 21, 24, 24, 26, 26, 30, 255); break;
	default: type = 1 + one_in(g->r, 4); break;
	}
	gen_u8(g, type);
	gen_u8(g, 0);
	switch (protocol) {
	case 0xc021: lcp_option_value(g, type); break;
	case 0x8021: ipcp_option_value(g, type); break;
	case 0x8057: gen_random(g, 8); break;
	case 0xc02b: gen_random(g, 4); break;
	default: gen_random(g, 1 + pick(g->r, 3)); break;
	}
	patch8(g, start + 1, gen_about(g, since(g, start)));
}

static void control_body(struct gen *g, uint32_t protocol, uint32_t code)
{
	if (code >= 1 && code <= 4) {
		for (uint32_t n = pick(g->r, 4); n; n--)
			control_option(g, protocol);
	} else if (code == 8) {
		gen_be16(g, GEN_ANY(g, 0x8021, 0x80fd, 0x1234));
		gen_random(g, pick(g->r, 20));
	} else if (code == 12) {
		gen_random(g, 4);
		gen_text(g, GEN_TEXT(g, "MSRASV5.20", "", "\x01\xff text"));
	} else {
		gen_random(g, pick(g->r, 24));
	}
}

static void counted_text(struct gen *g)
{
	uint32_t start = g->len;

	gen_u8(g, 0);
	gen_text(g, GEN_TEXT(g, "user", "", "secret\x07", "name with spaces"));
	patch8(g, start, gen_about(g, since(g, start) - 1));
}

static void chap_body(struct gen *g, uint32_t code)
{
	if (code == 3 || code == 4) {
		gen_text(g, GEN_TEXT(g, "Welcome", "", "E=691 R=1"));
		return;
	}
	gen_u8(g, 16);
	gen_random(g, gen_about(g, 16) & 31);
	gen_text(g, GEN_TEXT(g, "host", "", "\xc3\xa4"));
}

/* A protocol's number and a packet of it. */
void gen_ppp_protocol(struct gen *g)
{
	uint32_t protocol = GEN_ANY(g, 0xc021, 0xc021, 0xc021, 0x8021, 0x8021, 0x8057, 0x80fd,
				    0xc02b, 0x8281, 0x8023, 0xc023, 0xc023, 0xc223, 0xc223, 0x003d,
				    0x00fd, 0xc02d, 0xc227, 0x1230, 0x002b);
	uint32_t code = pick(g->r, 17);
	uint32_t start;

	gen_be16(g, protocol);
	if (protocol == 0xc023 || protocol == 0xc223)
		code = one_in(g->r, 12) ? 9 : 1 + pick(g->r, 4);
	start = g->len;
	gen_u8(g, code);
	gen_u8(g, pick(g->r, 256));
	gen_be16(g, 0);
	switch (protocol) {
	case 0xc023:
		counted_text(g);
		if (code == 1)
			counted_text(g);
		break;
	case 0xc223: chap_body(g, code); break;
	default: control_body(g, protocol, code); break;
	}
	gen_patch16(g, start + 2, gen_about(g, since(g, start)));
	if (one_in(g->r, 8))
		gen_fill(g, 0, pick(g->r, 8));
}

/* Frames with escapes, as a serial line has them. */
static void escaped(struct gen *g)
{
	uint32_t start = g->len, n;
	uint8_t frame[200];

	g->depth++;
	if (one_in(g->r, 2))
		gen_be16(g, 0xff03);
	one_in(g->r, 2) ? gen_ppp_protocol(g) : (gen_u8(g, 0x21), gen_ip4_packet(g));
	g->depth--;
	n = since(g, start) < sizeof frame ? since(g, start) : sizeof frame;
	for (uint32_t i = 0; i < n; i++)
		frame[i] = g->data[start + i];
	g->len = start;
	gen_u8(g, 0x7e);
	for (uint32_t i = 0; i < n; i++) {
		bool escape = frame[i] < 0x20 || frame[i] == 0x7d || frame[i] == 0x7e;

		if (escape)
			gen_u8(g, 0x7d);
		gen_u8(g, frame[i] ^ (escape ? 0x20U : 0));
	}
}

void gen_ppp(struct gen *g)
{
	switch (pick(g->r, 8)) {
	case 0: gen_be16(g, GEN_ANY(g, 0xff03, 0x0003, 0x0103)); break;
	case 1: escaped(g); return;
	}
	switch (pick(g->r, 6)) {
	case 0: gen_be16(g, 0x0021), inner_network(g, 0x0800); break;
	case 1: gen_u8(g, 0x57), inner_network(g, 0x86dd); break;
	case 2: gen_be16(g, 0x0281), inner_network(g, 0x8847); break;
	default: gen_ppp_protocol(g); break;
	}
}

static void pppoe_tag(struct gen *g)
{
	uint32_t start = g->len;

	gen_be16(g, GEN_ANY(g, 0x0101, 0x0101, 0x0102, 0x0103, 0x0104, 0x0105, 0x0110, 0x0120,
			    0x0201, 0x0202, 0x0203, 0x0999, one_in(g->r, 4) ? 0 : 0x0101));
	gen_be16(g, 0);
	switch (pick(g->r, 4)) {
	case 0: break;
	case 1: gen_random(g, pick(g->r, 12)); break;
	case 2: gen_fill(g, 'a', pick(g->r, 100)); break;
	default: gen_text(g, GEN_TEXT(g, "internet", "\x01provider", "\x80\x81x")); break;
	}
	gen_patch16(g, start + 2, gen_about(g, since(g, start) - 4));
}

void gen_pppoe(struct gen *g)
{
	uint32_t start = g->len;
	uint32_t code = GEN_ANY(g, 0, 0, 0, 9, 9, 7, 0x19, 0x65, 0xa7, 0x33);

	gen_u8(g, one_in(g->r, 16) ? pick(g->r, 256) : 0x11);
	gen_u8(g, code);
	gen_be16(g, code == 0 || one_in(g->r, 3) ? pick(g->r, 65536) : 0);
	gen_be16(g, 0);
	if (code == 0)
		gen_ppp(g);
	else
		for (uint32_t n = pick(g->r, 4); n; n--)
			pppoe_tag(g);
	gen_patch16(g, start + 4, one_in(g->r, 30) ? 1500 : gen_about(g, since(g, start) - 6));
}

/* --- bridges ---------------------------------------------------------------------------------- */

static void bridge_id(struct gen *g)
{
	gen_be16(g, 0x8000 | pick(g->r, 4096));
	gen_mac(g);
}

static void mstp(struct gen *g)
{
	uint32_t v3 = g->len, instances = pick(g->r, 3);

	gen_be16(g, 0);
	gen_u8(g, 0);
	gen_text(g, "region");
	gen_fill(g, 0, 26);
	gen_be16(g, 1);
	gen_random(g, 20);
	bridge_id(g);
	gen_u8(g, 20);
	for (uint32_t n = instances; n; n--) {
		gen_u8(g, pick(g->r, 256));
		bridge_id(g);
		gen_random(g, 7);
	}
	gen_patch16(g, v3, gen_about(g, 64 + 16 * instances));
}

static void spb(struct gen *g)
{
	gen_be16(g, 85);
	gen_u8(g, 0);
	gen_text(g, "spb\x01region");
	gen_fill(g, 0, 22);
	gen_random(g, 2 + 16 + 4 + 2 + 8 + 20);
}

void gen_stp(struct gen *g)
{
	uint32_t version = GEN_ANY(g, 0, 2, 3, 3, 4, 4, 1);
	uint32_t type = version == 0 ? GEN_ANY(g, 0, 0, 0x80) : GEN_ANY(g, 2, 2, 2, 0, 0x80, 5);

	gen_be16(g, one_in(g->r, 20));
	gen_u8(g, version);
	gen_u8(g, type);
	if (type == 0x80)
		return;
	gen_u8(g, pick(g->r, 256));
	bridge_id(g);
	gen_be32(g, pick(g->r, 200000));
	bridge_id(g);
	gen_be16(g, pick(g->r, 65536));
	gen_be16(g, pick(g->r, 1000)), gen_be16(g, 20 * 256), gen_be16(g, 2 * 256),
		gen_be16(g, 15 * 256);
	if (version == 0)
		return;
	gen_u8(g, one_in(g->r, 20));
	if (version >= 3)
		mstp(g);
	if (version == 4)
		spb(g);
}

/* A bridged frame (RFC 2684), with its padding. */
void gen_bridged(struct gen *g)
{
	gen_be16(g, 0);
	inner_frame(g);
}

/* --- CDP --- */

static void cdp_addresses(struct gen *g)
{
	uint32_t count = pick(g->r, 3);

	gen_be32(g, gen_about(g, count));
	for (; count; count--) {
		switch (pick(g->r, 3)) {
		case 0: gen_be24(g, 0x0101cc), gen_be16(g, 4), gen_ip4(g); break;
		case 1:
			gen_be16(g, 0x0208), gen_be64(g, 0xaaaa0300000086dd), gen_be16(g, 16),
				gen_ip6(g);
			break;
		default:
			gen_be24(g, 0x010181), gen_be16(g, gen_about(g, 3)), gen_random(g, 3);
			break;
		}
	}
	if (one_in(g->r, 8))
		gen_random(g, pick(g->r, 4));
}

static void cdp_value(struct gen *g, uint32_t type)
{
	switch (type) {
	case 0x02:
	case 0x16: cdp_addresses(g); break;
	case 0x04:
	case 0x11: gen_be32(g, pick(g->r, 256)); break;
	case 0x07: gen_random(g, 5 * pick(g->r, 3)); break;
	case 0x0a: gen_be16(g, pick(g->r, 4096)); break;
	case 0x0b:
	case 0x12:
	case 0x13: gen_u8(g, pick(g->r, 2)); break;
	case 0x0e:
	case 0x0f:
	case 0x10: gen_random(g, 1 + pick(g->r, 3)); break;
	case 0x1a: gen_random(g, 4 * pick(g->r, 5)); break;
	default:
		gen_text(g, GEN_TEXT(g, "switch", "Cisco IOS\nline 2", "", "\x01\x80x", "gi0/1"));
		break;
	}
	if (one_in(g->r, 16))
		gen_u8(g, 0);
}

void gen_cdp(struct gen *g)
{
	gen_u8(g, 1 + pick(g->r, 2));
	gen_u8(g, 180);
	gen_be16(g, pick(g->r, 65536));
	for (uint32_t n = pick(g->r, 6); n; n--) {
		uint32_t start = g->len, type = pick(g->r, 30);

		gen_be16(g, type);
		gen_be16(g, 0);
		cdp_value(g, type);
		gen_patch16(g, start + 2, gen_about(g, since(g, start)));
	}
	if (one_in(g->r, 16))
		gen_random(g, pick(g->r, 4));
}

/* --- LACP --- */

static void slow_tlv(struct gen *g, uint32_t protocol)
{
	uint32_t start = g->len,
		 type = one_in(g->r, 12) ? pick(g->r, 256) : 1 + pick(g->r, protocol == 1 ? 3 : 1);

	gen_be16(g, type << 8);
	gen_be16(g, pick(g->r, 65536));
	gen_mac(g);
	if (protocol == 1 && type < 3)
		gen_random(g, 10);
	else
		gen_random(g, 6);
	patch8(g, start + 1, gen_about(g, since(g, start)));
}

/* LACP and its marker; OAM is not dissected. */
void gen_slow(struct gen *g)
{
	uint32_t protocol = GEN_ANY(g, 1, 1, 1, 2, one_in(g->r, 8) ? 9 : 1);

	gen_u8(g, protocol);
	gen_u8(g, one_in(g->r, 16) ? 2 : 1);
	for (uint32_t n = pick(g->r, 4); n; n--)
		slow_tlv(g, protocol);
	if (!one_in(g->r, 4))
		gen_be16(g, 0), gen_fill(g, 0, pick(g->r, 50));
}

/* --- LLDP ------------------------------------------------------------------------------------- */

static void lldp_address(struct gen *g)
{
	switch (pick(g->r, 4)) {
	case 0: gen_u8(g, 1), gen_ip4(g); break;
	case 1: gen_u8(g, 2), gen_ip6(g); break;
	case 2: gen_u8(g, 6), gen_mac(g); break;
	default:
		gen_u8(g, one_in(g->r, 3) ? pick(g->r, 256) : pick(g->r, 30)), gen_random(g, 5);
		break;
	}
}

static void lldp_id(struct gen *g, uint32_t mac, uint32_t network)
{
	uint32_t subtype = one_in(g->r, 12) ? pick(g->r, 256) : 1 + pick(g->r, 8);

	gen_u8(g, subtype);
	if (subtype == mac)
		gen_mac(g);
	else if (subtype == network)
		lldp_address(g);
	else
		gen_text(g, GEN_TEXT(g, "ge-0/0/1", "x", "", "\x81\x02"));
}

static void lldp_management(struct gen *g)
{
	uint32_t start = g->len;

	gen_u8(g, 0);
	lldp_address(g);
	patch8(g, start, gen_about(g, since(g, start) - 1));
	gen_u8(g, pick(g->r, 5));
	gen_be32(g, pick(g->r, 1000));
	if (one_in(g->r, 3))
		return;
	start = g->len;
	gen_u8(g, 0);
	gen_random(g, pick(g->r, 8));
	patch8(g, start, gen_about(g, since(g, start) - 1));
}

static void lldp_8021(struct gen *g)
{
	uint32_t subtype = one_in(g->r, 12) ? pick(g->r, 256) : 1 + pick(g->r, 14);
	uint32_t start;

	gen_be24(g, 0x0080c2);
	gen_u8(g, subtype);
	switch (subtype) {
	case 3:
		gen_be16(g, pick(g->r, 4096));
		start = g->len;
		gen_u8(g, 0), gen_text(g, GEN_TEXT(g, "vlan", "default"));
		patch8(g, start, gen_about(g, since(g, start) - 1));
		break;
	case 4: gen_u8(g, gen_about(g, 5)), gen_text(g, "\x01\x02gk\x08"); break;
	case 9:
	case 10: gen_random(g, 21); break;
	case 12: gen_random(g, 1 + 3 * pick(g->r, 4)); break;
	case 14: gen_random(g, 4 + 3 * pick(g->r, 4)); break;
	default: gen_random(g, GEN_ANY(g, 5, 5, 2, 3)); break;
	}
}

static void lldp_8023(struct gen *g)
{
	gen_be24(g, 0x00120f);
	gen_u8(g, pick(g->r, 6));
	gen_u8(g, pick(g->r, 256));
	if (one_in(g->r, 4))
		gen_random(g, pick(g->r, 5));
	else
		gen_be16(g, pick(g->r, 65536)), gen_be16(g, pick(g->r, 44));
}

static void lldp_location(struct gen *g)
{
	uint32_t format = pick(g->r, 5), start;

	gen_u8(g, format);
	if (format == 1) {
		gen_random(g, 15), gen_u8(g, pick(g->r, 5));
	} else if (format == 2) {
		start = g->len;
		gen_u8(g, 0), gen_u8(g, pick(g->r, 4)), gen_text(g, "DE");
		for (uint32_t n = pick(g->r, 4); n; n--)
			gen_u8(g, pick(g->r, 8)), gen_u8(g, gen_about(g, 6)), gen_text(g, "Berlin");
		patch8(g, start, gen_about(g, since(g, start) - 1));
	} else {
		gen_text(g, "4930123456");
	}
}

static void lldp_med(struct gen *g)
{
	uint32_t subtype = one_in(g->r, 12) ? pick(g->r, 256) : 1 + pick(g->r, 12);

	gen_be24(g, 0x0012bb);
	gen_u8(g, subtype);
	switch (subtype) {
	case 1: gen_random(g, 2), gen_u8(g, pick(g->r, 6)); break;
	case 2: gen_u8(g, pick(g->r, 10)), gen_random(g, 3); break;
	case 3: lldp_location(g); break;
	case 4: gen_u8(g, pick(g->r, 256)), gen_be16(g, pick(g->r, 1200)); break;
	default: gen_text(g, GEN_TEXT(g, "1.2.3", "Acme", "")); break;
	}
}

static void lldp_dcbx(struct gen *g)
{
	static const uint8_t lens[] = { 3, 10, 17, 6, 4, 5 };

	gen_be24(g, 0x001b21);
	gen_u8(g, GEN_ANY(g, 2, 2, 2, 1, 3));
	for (uint32_t n = 1 + pick(g->r, 4); n; n--) {
		uint32_t type = pick(g->r, 6);
		uint32_t len = lens[type] + (type == 4 ? 6 * pick(g->r, 3) : 0);

		gen_be16(g, type << 9 | gen_about(g, len));
		gen_random(g, len);
	}
}

static void lldp_private(struct gen *g)
{
	switch (pick(g->r, 8)) {
	case 0:
		gen_be24(g, 0x00005e), gen_u8(g, 1 + one_in(g->r, 4)),
			gen_text(g, "https://a.example/mud");
		break;
	case 1:
		gen_be24(g, GEN_ANY(g, 0x123456, 0x009069)), gen_random(g, 1 + pick(g->r, 8));
		break;
	case 2:
	case 3: lldp_8021(g); break;
	case 4: lldp_8023(g); break;
	case 5: lldp_dcbx(g); break;
	default: lldp_med(g); break;
	}
}

static void lldp_value(struct gen *g, uint32_t type)
{
	switch (type) {
	case 1: lldp_id(g, 4, 5); break;
	case 2: lldp_id(g, 3, 4); break;
	case 3: gen_be16(g, 120); break;
	case 7: gen_random(g, 4); break;
	case 8: lldp_management(g); break;
	case 127: lldp_private(g); break;
	default: gen_text(g, GEN_TEXT(g, "port 1", "switch.example.net", "two\nlines")); break;
	}
}

void gen_lldp(struct gen *g)
{
	for (uint32_t n = 1 + pick(g->r, 6); n; n--) {
		uint32_t start = g->len;
		uint32_t type = GEN_ANY(g, 1, 2, 3, 4, 5, 6, 7, 8, 8, 127, 127, 127, 127, 127,
					9 + pick(g->r, 100));

		gen_be16(g, 0);
		lldp_value(g, type);
		gen_patch16(g, start, type << 9 | (gen_about(g, since(g, start) - 2) & 0x1ff));
	}
	if (!one_in(g->r, 4))
		gen_be16(g, 0);
}
