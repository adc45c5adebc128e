/*
 * gen_ip.c - IPv4 with options, IPv6 with extension headers, ICMP and ICMPv6.
 */
#include "gen.h"

#include <string.h>

enum { ICMP = 1, TCP = 6, ICMP6 = 58 };
enum { MORE = 0x2000, DONT = 0x4000, EVIL = 0x8000 };

/* --- IPv4 ------------------------------------------------------------------------------------- */

/* A record of addresses: RR, LSRR, SSRR. */
static void route_option(struct gen *g, uint32_t type)
{
	uint32_t count = pick(g->r, 4);

	gen_u8(g, type);
	gen_u8(g, gen_about(g, 3 + count * 4));
	gen_u8(g, gen_about(g, 4 + pick(g->r, count + 1) * 4));
	for (uint32_t i = 0; i < count; i++)
		gen_ip4(g);
}

static void timestamp_option(struct gen *g)
{
	uint32_t kind = GEN_ANY(g, 0, 1, 3, 3, 2), count = pick(g->r, 3), size = kind == 0 ? 4 : 8;

	gen_u8(g, 68);
	gen_u8(g, gen_about(g, 4 + count * size));
	gen_u8(g, gen_about(g, 5 + pick(g->r, count + 1) * size));
	gen_u8(g, (pick(g->r, 3) << 4) | kind);
	for (uint32_t i = 0; i < count; i++) {
		if (kind)
			gen_ip4(g);
		gen_be32(g, pick(g->r, 86400000));
	}
}

static void ip4_option(struct gen *g)
{
	switch (pick(g->r, 10)) {
	case 0: gen_u8(g, 1); break;
	case 1: gen_u8(g, 0); break;
	case 2: route_option(g, 7); break;
	case 3: route_option(g, 131); break;
	case 4: route_option(g, 137); break;
	case 5: timestamp_option(g); break;
	case 6: gen_be32(g, 0x94040000 | (one_in(g->r, 3) ? pick(g->r, 9) : 0)); break;
	case 7: gen_be16(g, 0x820b), gen_random(g, 9); break; /* security */
	case 8:
		gen_u8(g, GEN_ANY(g, 0x94, 0x88, 0x82, 0x07)), gen_u8(g, pick(g->r, 6)),
			gen_random(g, 3);
		break;
	default: gen_u8(g, pick(g->r, 256)), gen_u8(g, 4), gen_random(g, 2); break;
	}
}

/* Up to ten words of options; the last padded, or cut. */
static void ip4_options(struct gen *g)
{
	uint32_t start = g->len;

	for (uint32_t n = 1 + pick(g->r, 3); n > 0; n--)
		ip4_option(g);
	if (one_in(g->r, 2))
		gen_fill(g, 0, (start - g->len) % 4);
	else
		gen_fill(g, 1, (start - g->len) % 4);
	if (g->len > start + 40)
		g->len = start + 40;
}

static uint32_t pseudo_sum(const uint8_t *addresses, uint32_t n)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < n; i += 2)
		sum += (uint32_t)addresses[i] << 8 | addresses[i + 1];
	return sum;
}

static void addresses(struct gen *g, uint32_t version, const struct gen_connection *c)
{
	uint32_t from = g->len, size = version == 4 ? 4 : 16;

	for (uint32_t i = 0; i < 2; i++)
		if (c)
			gen_bytes(g, c->address[g->to_server ? i : 1 - i], size);
		else if (version == 4)
			gen_ip4(g);
		else
			gen_ip6(g);
	g->ip_version = version;
	g->pseudo = pseudo_sum(g->data + from, size * 2);
}

/* What the protocol @row carries, or anything. */
static void body(struct gen *g, const struct gen_row *row)
{
	uint32_t version = g->ip_version, pseudo = g->pseudo;

	if (row)
		row->function(g);
	else
		gen_payload(g);
	g->ip_version = version;
	g->pseudo = pseudo;
}

/* The protocol of a packet: mostly one that we know. */
static const struct gen_row *pick_protocol(struct gen *g, uint32_t version, uint32_t *ret_number)
{
	const struct gen_row *row = gen_pick_row(g, GEN_IP);

	g->connection = NULL;
	if (!g->only && one_in(g->r, 40)) {
		*ret_number = pick(g->r, 256);
		return NULL;
	}
	while (!g->only && row->number == (version == 4 ? ICMP6 : ICMP) && !one_in(g->r, 20))
		row = gen_pick_row(g, GEN_IP);
	*ret_number = row->number;
	if (row->number == TCP)
		gen_tcp_choose(g, version);
	return row;
}

static void ip4_packet(struct gen *g)
{
	uint32_t start = g->len, len, words, protocol, offset = 0, flags;
	const struct gen_row *row;
	uint32_t type_of_service, time_to_live;

	row = pick_protocol(g, 4, &protocol);
	flags = one_in(g->r, 2) ? DONT : 0;
	if (one_in(g->r, 12)) {
		flags = GEN_ANY(g, MORE, MORE, 0, EVIL, EVIL | DONT, MORE | DONT);
		offset = one_in(g->r, 2) ? 0 : GEN_ANY(g, 185, 1, 2, 8191, 100);
	}
	type_of_service = one_in(g->r, 4) ? GEN_ANY(g, 0x10, 1, 2, 3, 0xc0, 0xb8, 0xff) : 0;
	time_to_live = GEN_ANY(g, 64, 64, 64, 128, 255, 1, 0, 2);
	gen_be16(g, 0x4500 | type_of_service);
	gen_be16(g, 0);
	gen_be16(g, GEN_ANY(g, 0, 1, pick(g->r, 65536), pick(g->r, 65536)));
	gen_be16(g, flags | offset);
	gen_u8(g, time_to_live);
	gen_u8(g, protocol);
	gen_be16(g, 0);
	addresses(g, 4, g->connection);
	if (one_in(g->r, 16))
		ip4_options(g);
	words = (g->len - start) / 4;
	g->data[start] = (uint8_t)(0x40 | words);
	if (one_in(g->r, 200)) /* wrong version, wrong length */
		g->data[start] = (uint8_t)pick(g->r, 256);
	if (offset)
		gen_random(g, pick(g->r, 64));
	else
		body(g, row);
	len = g->len;
	/* Without a length we print more than tcpdump, and know more of TCP's connections. */
	gen_patch16(g, start + 2,
		    protocol != TCP && one_in(g->r, 200) ? 0 : gen_about(g, len - start));
	g->len = start + words * 4;
	gen_patch16(g, start + 10, gen_sum(g, gen_checksum(g, start, 0)));
	g->len = len;
}

/* --- IPv6 ------------------------------------------------------------------------------------- */

static void ip6_option(struct gen *g)
{
	switch (pick(g->r, 8)) {
	case 0: gen_u8(g, 0); break;
	case 1: gen_be16(g, 0x0100), gen_u8(g, 0); break;
	case 2: gen_be16(g, 0x0104), gen_fill(g, 0, 4); break;
	case 3: gen_be16(g, 0x0502), gen_be16(g, GEN_ANY(g, 0, 1, 2, 77)); break; /* router alert */
	case 4: gen_be16(g, 0xc204), gen_be32(g, GEN_ANY(g, 65536, 100000, 20)); break; /* jumbo */
	case 5: /* home address */
		gen_be16(g, 0xc910);
		gen_ip6(g);
		if (one_in(g->r, 3))
			gen_be16(g, 0x0102), gen_fill(g, 0, 2);
		break;
	case 6: gen_u8(g, pick(g->r, 256)), gen_u8(g, gen_about(g, 4)), gen_random(g, 4); break;
	default:
		gen_u8(g, GEN_ANY(g, 5, 0xc2, 0xc9, 1)), gen_u8(g, pick(g->r, 20)),
			gen_random(g, 6);
		break;
	}
}

static void ip6_options_header(struct gen *g, uint32_t next)
{
	uint32_t start = g->len;

	gen_be16(g, next << 8);
	for (uint32_t n = pick(g->r, 3) + 1; n > 0; n--)
		ip6_option(g);
	gen_fill(g, 0, (start - g->len) % 8);
	g->data[start + 1] = (uint8_t)gen_about(g, (g->len - start) / 8 - 1);
}

static void routing_header(struct gen *g, uint32_t next)
{
	uint32_t type = GEN_ANY(g, 0, 0, 2, 4, 4, 3, 1), count = type == 2 ? 1 : pick(g->r, 4);

	gen_u8(g, next);
	gen_u8(g, gen_about(g, count * 2));
	gen_u8(g, type);
	gen_u8(g, gen_about(g, count));
	if (type == 4) {
		gen_u8(g, gen_about(g, count ? count - 1 : 0));
		gen_u8(g, pick(g->r, 4));
		gen_be16(g, pick(g->r, 300));
	} else {
		gen_be32(g, one_in(g->r, 3) ? 1 : 0);
	}
	for (uint32_t i = 0; i < count; i++)
		gen_ip6(g);
}

static void mobility_option(struct gen *g)
{
	switch (pick(g->r, 6)) {
	case 0: gen_u8(g, 0); break;
	case 1: gen_be16(g, 0x0102), gen_fill(g, 0, 2); break;
	case 2: gen_be16(g, 0x0202), gen_be16(g, pick(g->r, 999)); break;
	case 3: gen_be16(g, 0x0310), gen_ip6(g); break;
	case 4: gen_be16(g, 0x0404), gen_be32(g, pick(g->r, 99999)); break;
	default: gen_be16(g, 0x050c), gen_random(g, 12); break;
	}
}

static void mobility_header(struct gen *g, uint32_t next)
{
	uint32_t start = g->len, type = pick(g->r, 9);

	gen_u8(g, next);
	gen_u8(g, 0);
	gen_u8(g, type);
	gen_u8(g, 0);
	gen_be16(g, pick(g->r, 65536)); /* checksum */
	switch (type) {
	case 1:
	case 2: gen_be16(g, 0), gen_random(g, 8); break;
	case 3:
	case 4: gen_be16(g, pick(g->r, 20)), gen_random(g, 16); break;
	case 5:
		gen_be16(g, pick(g->r, 999)), gen_be16(g, pick(g->r, 16) << 12),
			gen_be16(g, pick(g->r, 999));
		break;
	case 6:
		gen_u8(g, pick(g->r, 140)), gen_u8(g, pick(g->r, 2) << 7),
			gen_be32(g, pick(g->r, 65536));
		break;
	case 7: gen_u8(g, pick(g->r, 4)), gen_u8(g, 0), gen_ip6(g); break;
	default: gen_be16(g, 0); break;
	}
	while (one_in(g->r, 2))
		mobility_option(g);
	gen_fill(g, 0, (start - g->len) % 8);
	g->data[start + 1] = (uint8_t)gen_about(g, (g->len - start) / 8 - 1);
}

static void authentication_header(struct gen *g, uint32_t next)
{
	uint32_t words = pick(g->r, 5);

	gen_u8(g, next);
	gen_u8(g, gen_about(g, words + 1));
	gen_be16(g, 0);
	gen_be32(g, pick(g->r, 1 << 20));
	gen_be32(g, pick(g->r, 100));
	gen_random(g, words * 4);
}

/* Returns the offset of the fragment, in units of 8 bytes. */
static uint32_t fragment_header(struct gen *g, uint32_t next)
{
	uint32_t offset = one_in(g->r, 2) ? 0 : GEN_ANY(g, 1, 181, 8191);

	gen_be16(g, next << 8 | (one_in(g->r, 8) ? 1 : 0));
	gen_be16(g, offset << 3 | pick(g->r, 2));
	gen_be32(g, pick(g->r, 65536));
	return offset;
}

static uint32_t extension_header(struct gen *g, uint32_t kind, uint32_t next)
{
	switch (kind) {
	case 43: routing_header(g, next); return 0;
	case 44: return fragment_header(g, next);
	case 51: authentication_header(g, next); return 0;
	case 135: mobility_header(g, next); return 0;
	default: ip6_options_header(g, next); return 0;
	}
}

static void ip6_packet(struct gen *g)
{
	uint32_t start = g->len, count = 0, offset = 0, kinds[4], protocol;
	const struct gen_row *row;

	row = pick_protocol(g, 6, &protocol);
	if (one_in(g->r, 6))
		count = 1 + pick(g->r, 3);
	if (one_in(g->r, 100))
		row = NULL, protocol = GEN_ANY(g, 59, 4, 255, 50);
	for (uint32_t i = 0; i < count; i++)
		kinds[i] = i == 0 && one_in(g->r, 2) ? 0 : GEN_ANY(g, 43, 44, 60, 51, 60, 135, 0);
	gen_be32(g, 6u << 28 | GEN_ANY(g, 0, 0, 0xc0, 1, 2, 3, 0xb8) << 20 |
			    (one_in(g->r, 3) ? pick(g->r, 1 << 20) : 0));
	gen_be16(g, 0);
	gen_u8(g, count ? kinds[0] : protocol);
	gen_u8(g, GEN_ANY(g, 64, 64, 255, 1, 0));
	addresses(g, 6, g->connection);
	for (uint32_t i = 0; i < count; i++)
		offset |= extension_header(g, kinds[i], i + 1 < count ? kinds[i + 1] : protocol);
	if (offset)
		gen_random(g, pick(g->r, 64));
	else
		body(g, row);
	if (one_in(g->r, 200))
		g->data[start] = (uint8_t)pick(g->r, 256);
	gen_patch16(g, start + 4, one_in(g->r, 200) ? 0 : gen_about(g, g->len - start - 40));
}

void gen_ip4_packet(struct gen *g)
{
	if (g->depth++ > GEN_MOST_DEPTH)
		gen_payload(g);
	else
		ip4_packet(g);
	g->depth--;
}

void gen_ip6_packet(struct gen *g)
{
	if (g->depth++ > GEN_MOST_DEPTH)
		gen_payload(g);
	else
		ip6_packet(g);
	g->depth--;
}
