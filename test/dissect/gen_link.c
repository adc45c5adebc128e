/*
 * gen_link.c - link headers, and what stands between them and IP.
 */
#include "gen.h"

#include "abi/link.h"

/* --- LLC and Ethernet types ------------------------------------------------------------------- */

static void llc_control(struct gen *g)
{
	if (one_in(g->r, 3))
		gen_be16(g, pick(g->r, 65536)); /* I and S frames have two bytes */
	else
		gen_u8(g, GEN_ANY(g, 0x03, 0x03, 0x13, 0xaf, 0xbf, 0xe3, 0xf3, 0x6f, 0x7f, 0x0f,
				  0x43, 0x53, 0x63, 0x73, 0x87, 0x97));
}

static void snap(struct gen *g)
{
	const struct gen_row *row = gen_pick_row(g, GEN_SNAP);

	gen_be24(g, 0xaaaa03);
	if (row && (gen_asks_for(g, GEN_SNAP) || one_in(g->r, 2))) {
		gen_be24(g, row->number >> 16);
		gen_be16(g, row->number & 0xffff);
		row->function(g);
	} else if (one_in(g->r, 2)) {
		uint32_t type = GEN_ANY(g, 0x0800, 0x86dd, 0x0806);

		gen_be24(g, GEN_ANY(g, 0, 0, 0x0000f8));
		gen_be16(g, type);
		gen_network(g, type);
	} else {
		gen_be24(g, GEN_ANY(g, 0x00000c, 0x080007, 0x0080c2, 0x00aabb));
		gen_be16(g, GEN_ANY(g, 0x2000, 0x0104, 0x010b, 0x010c, 7, 1));
		gen_random(g, 10 + pick(g->r, 40));
	}
}

static void llc(struct gen *g)
{
	const struct gen_row *row = gen_pick_row(g, GEN_LLC);

	if (gen_asks_for(g, GEN_SNAP)) {
		snap(g);
		return;
	}
	if (row && (gen_asks_for(g, GEN_LLC) || !one_in(g->r, 3))) {
		gen_be16(g, row->number);
		gen_u8(g, 3);
		row->function(g);
		return;
	}
	switch (pick(g->r, 6)) {
	case 0:
	case 1: snap(g); return;
	case 2: gen_be24(g, GEN_ANY(g, 0x060603, 0x424203, 0x040403, 0xbcbc03)); break;
	case 3: gen_be16(g, pick(g->r, 65536)), llc_control(g); break;
	default:
		gen_u8(g, GEN_ANY(g, 0x00, 0x04, 0x06, 0x42, 0x98, 0xbc, 0xf8));
		gen_u8(g, GEN_ANY(g, 0x00, 0x04, 0x06, 0x42, 0x98, 0xbc, 0xf8) | pick(g->r, 2));
		llc_control(g);
		break;
	}
	gen_payload(g);
}

void gen_network(struct gen *g, uint32_t ethertype)
{
	if (g->depth > GEN_MOST_DEPTH) {
		gen_payload(g);
		return;
	}
	g->depth++;
	switch (ethertype) {
	case 0x0800: gen_ip4_packet(g); break;
	case 0x86dd: gen_ip6_packet(g); break;
	case 0x0806: gen_arp(g); break;
	case 0x8847: gen_mpls(g); break;
	default: gen_payload(g); break;
	}
	g->depth--;
}

/* An Ethernet type and what follows. */
static void typed(struct gen *g)
{
	const struct gen_row *row = gen_pick_row(g, GEN_ETHERTYPE);

	if (!g->only && one_in(g->r, 30)) {
		gen_be16(g, GEN_ANY(g, 0x0600, 0x05ff, 0xffff, 0x1234, 0x88b5));
		gen_payload(g);
		return;
	}
	gen_be16(g, row->number);
	row->function(g);
}

/* 802.3: a length, and LLC. */
static void with_length(struct gen *g)
{
	uint32_t at = g->len;

	gen_be16(g, 0);
	llc(g);
	gen_patch16(g, at, gen_about(g, g->len - at - 2));
}

static bool wants_llc(struct gen *g)
{
	if (g->only && g->depth == 0)
		return gen_asks_for(g, GEN_LLC) || gen_asks_for(g, GEN_SNAP);
	return one_in(g->r, 12);
}

static void type_or_length(struct gen *g)
{
	if (one_in(g->r, 8))
		for (uint32_t n = 1 + pick(g->r, 3); n > 0; n--) {
			gen_be16(g, GEN_ANY(g, 0x8100, 0x8100, 0x88a8, 0x9100, 0x9200));
			gen_be16(g, GEN_ANY(g, 0, 0, 0x6000, 0x1000) |
					    GEN_ANY(g, 0, 10, 300, 4094, 5));
		}
	if (wants_llc(g))
		with_length(g);
	else
		typed(g);
}

void gen_ethernet(struct gen *g)
{
	if (g->depth > GEN_MOST_DEPTH) {
		gen_payload(g);
		return;
	}
	gen_mac(g);
	gen_mac(g);
	type_or_length(g);
	if (g->depth == 0 && one_in(g->r, 4))
		gen_fill(g, 0,
			 60 > g->len ? 60 - g->len : 4); /* padding, as short frames have it */
}

/* --- what is not IP --------------------------------------------------------------------------- */

static void arp_hardware(struct gen *g, uint32_t len)
{
	if (len == 6)
		gen_mac(g);
	else
		gen_random(g, len);
}

static void arp_protocol(struct gen *g, uint32_t len)
{
	if (len == 4)
		gen_ip4(g);
	else
		gen_random(g, len);
}

/* ATM's ARP has other fields (RFC 2225). */
static void atm_arp(struct gen *g)
{
	uint32_t lens[4] = { GEN_ANY(g, 20, 8, 0, 0x48), GEN_ANY(g, 0, 4), GEN_ANY(g, 20, 8, 0),
			     GEN_ANY(g, 0, 4) };

	gen_be16(g, 19);
	gen_be16(g, GEN_ANY(g, 0x0800, 0x0800, 0x86dd));
	gen_u8(g, lens[0]);
	gen_u8(g, lens[1]);
	gen_be16(g, GEN_ANY(g, 1, 2, 8, 9, 10, 5));
	gen_u8(g, 4);
	gen_u8(g, lens[2]);
	gen_u8(g, lens[3]);
	gen_u8(g, 4);
	gen_random(g, lens[0] & 0x3f);
	gen_random(g, lens[1]);
	gen_ip4(g);
	gen_random(g, lens[2] & 0x3f);
	gen_random(g, lens[3]);
	gen_ip4(g);
}

void gen_arp(struct gen *g)
{
	bool odd = one_in(g->r, 6);
	uint32_t hardware = odd ? GEN_ANY(g, 0, 6, 8, 7, 15, 20) : 6;
	uint32_t protocol = odd ? GEN_ANY(g, 0, 4, 4, 16, 3) : 4;

	if (one_in(g->r, 10)) {
		atm_arp(g);
		return;
	}
	gen_be16(g, odd ? GEN_ANY(g, 1, 6, 15, 24, 7, 4, 32, 0x1234) : 1);
	gen_be16(g, odd ? GEN_ANY(g, 0x0800, 0x86dd, 0x1000, 0x0806, 0x809b) : 0x0800);
	gen_u8(g, hardware);
	gen_u8(g, protocol);
	gen_be16(g, odd ? pick(g->r, 26) : GEN_ANY(g, 1, 1, 1, 2, 2, 3, 4, 8, 9, 10));
	arp_hardware(g, hardware);
	arp_protocol(g, protocol);
	if (one_in(g->r, 2))
		gen_fill(g, 0, hardware);
	else
		arp_hardware(g, hardware);
	arp_protocol(g, protocol);
	if (one_in(g->r, 3))
		gen_fill(g, 0, 18);
}

void gen_mpls(struct gen *g)
{
	for (uint32_t n = 1 + pick(g->r, 3); n > 0; n--) {
		bool is_last = n == 1 && !one_in(g->r, 16);

		gen_be32(g, GEN_ANY(g, 0, 1, 2, 3, 4, 14, 16, 1000, 3000, 0xfffff) << 12 |
				    pick(g->r, 8) << 9 | (uint32_t)is_last << 8 | pick(g->r, 256));
	}
	switch (pick(g->r, 6)) {
	case 0: gen_payload(g); break;
	case 1: gen_network(g, 0x86dd); break;
	case 2:
		gen_be32(g, pick(g->r, 16)), gen_ethernet(g);
		break; /* a pseudowire's control word */
	default: gen_network(g, 0x0800); break;
	}
}

void gen_loopback(struct gen *g)
{
	gen_le16(g, pick(g->r, 5));
	for (uint32_t n = 1 + pick(g->r, 3); n > 0; n--) {
		gen_le16(g, 1 + pick(g->r, 3));
		gen_le16(g, pick(g->r, 10));
		gen_random(g, 4);
	}
}

/* --- links ------------------------------------------------------------------------------------ */

static void ip_by_version(struct gen *g, bool is_ip6)
{
	if (is_ip6)
		gen_ip6_packet(g);
	else
		gen_ip4_packet(g);
}

static void ppp_protocol(struct gen *g)
{
	if (gen_asks_for(g, GEN_ETHERTYPE) && !one_in(g->r, 6)) {
		gen_ppp_protocol(g);
		return;
	}
	switch (pick(g->r, 10)) {
	case 0: gen_be16(g, 0x0057), gen_ip6_packet(g); break;
	case 1: gen_u8(g, 0x21), gen_ip4_packet(g); break;
	case 2: gen_be16(g, 0x0281), gen_mpls(g); break;
	case 3: gen_ppp_protocol(g); break;
	default: gen_be16(g, 0x0021), gen_ip4_packet(g); break;
	}
}

static void family(struct gen *g, bool swapped)
{
	bool is_ip6 = one_in(g->r, 3);
	uint32_t number = is_ip6           ? GEN_ANY(g, 10, 24, 28, 30) :
			  one_in(g->r, 16) ? GEN_ANY(g, 7, 16, 23, 42) :
					     2;

	if (swapped)
		gen_le32(g, number);
	else
		gen_be32(g, number);
	ip_by_version(g, is_ip6);
}

static void sll(struct gen *g, bool second)
{
	const struct gen_row *row = gen_pick_row(g, GEN_ETHERTYPE);
	bool is_llc = one_in(g->r, 12);
	uint32_t type = is_llc ? GEN_ANY(g, 4, 4, 0x0c, 9) : row->number, kind = pick(g->r, 6);
	uint32_t hardware = GEN_ANY(g, 1, 1, 1, 772, 65534, 512, 0x30a),
		 len = one_in(g->r, 8) ? pick(g->r, 9) : 6;

	if (second) {
		gen_be16(g, type);
		gen_be16(g, 0);
		gen_be32(g, 1 + pick(g->r, 3));
		gen_be16(g, hardware);
		gen_u8(g, kind);
		gen_u8(g, len);
	} else {
		gen_be16(g, kind);
		gen_be16(g, hardware);
		gen_be16(g, len);
	}
	gen_mac(g);
	gen_be16(g, 0);
	if (!second)
		gen_be16(g, type);
	if (is_llc)
		llc(g);
	else
		row->function(g);
}

static void chdlc(struct gen *g)
{
	gen_be16(g, GEN_ANY(g, 0x0f00, 0x8f00, 0x0f01));
	if (one_in(g->r, 5)) {
		gen_be16(g, 0x8035); /* SLARP */
		gen_be32(g, pick(g->r, 4));
		gen_ip4(g);
		gen_ip4(g);
		gen_be16(g, 0xffff);
		gen_random(g, GEN_ANY(g, 0, 4));
	} else if (one_in(g->r, 5)) {
		gen_be16(g, 0xfefe);
		gen_u8(g, 3);
		gen_u8(g, GEN_ANY(g, 0x81, 0x82, 0x83));
		gen_random(g, 30);
	} else {
		typed(g);
	}
}

void gen_packet(struct gen *g, int dlt)
{
	g->len = 0;
	g->depth = 0;
	switch (dlt) {
	case DLT_EN10MB: gen_ethernet(g); break;
	case DLT_LINUX_SLL: sll(g, false); break;
	case DLT_LINUX_SLL2: sll(g, true); break;
	case DLT_NULL: family(g, true); break;
	case DLT_LOOP: family(g, false); break;
	case DLT_PPP:
	case DLT_PPP_SERIAL:
		if (!one_in(g->r, 6))
			gen_be16(g, one_in(g->r, 8) ? GEN_ANY(g, 0x0f00, 0x8f00) : 0xff03);
		ppp_protocol(g);
		break;
	case DLT_C_HDLC: chdlc(g); break;
	default:
		if (one_in(g->r, 30))
			gen_random(g, pick(g->r, 30));
		else
			ip_by_version(g, one_in(g->r, 3));
		break;
	}
}
