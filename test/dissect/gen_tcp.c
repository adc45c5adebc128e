/*
 * gen_tcp.c - TCP conversations, and UDP.
 *
 * A few connections run at a time, and a packet is the next segment of one of them: so that sequence
 * numbers relative to a connection's first are met, by both ends and after things went wrong.
 */
#include "gen.h"

#include <string.h>

#include "base/bits.h"

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16, URG = 32, ECE = 64, CWR = 128 };

/* Ports of UDP whose protocols tcpdump knows and we do not. */
static bool is_strange(uint32_t port)
{
	static const uint16_t ports[] = {
		88,  111, 137, 138, 139, 319, 320, 464, 496, 500, 525, 646,  654,
		698, 701, 711, 750, 800, 808, 851, 853, 862, 921, 922, 1023,
	};

	for (size_t i = 0; i < ARRAY_LEN(ports); i++)
		if (ports[i] == port)
			return true;
	return false;
}

static uint32_t a_port(struct gen *g)
{
	uint32_t port;

	do {
		port = one_in(g->r, 4) ? pick(g->r, 1024) : 32768 + pick(g->r, 28000);
	} while (is_strange(port));
	return port;
}

/* --- connections ------------------------------------------------------------------------------ */

static void set_addresses(struct gen *g, struct gen_connection *c)
{
	uint32_t from = g->len, size = c->version == 4 ? 4 : 16;

	memset(c->address, 0, sizeof c->address);
	for (int i = 0; i < 2; i++) {
		if (c->version == 4)
			gen_ip4(g);
		else
			gen_ip6(g);
		memcpy(c->address[i], g->data + from, size);
		g->len = from;
	}
}

static void begin(struct gen *g, struct gen_connection *c, uint32_t version)
{
	bool is_again = c->version == version && one_in(g->r, 4);

	c->step = 0;
	c->has_timestamps = one_in(g->r, 2);
	for (int i = 0; i < 2; i++) {
		c->seq[i] = one_in(g->r, 8) ? 0xffffffff - pick(g->r, 40) : pick(g->r, 0x7fffffff);
		c->clock[i] = pick(g->r, 0x7fffffff);
	}
	if (is_again)
		return; /* the same ports: a new connection to tcpdump too */
	c->version = version;
	set_addresses(g, c);
	c->row = one_in(g->r, 4) && !g->only ? NULL : gen_pick_row(g, GEN_TCP);
	c->port[0] = a_port(g);
	c->port[1] = c->row ? c->row->number : a_port(g);
	if (one_in(g->r, 20))
		c->port[0] = c->port[1];
}

void gen_tcp_choose(struct gen *g, uint32_t version)
{
	struct gen_connection *c =
		&g->connections[pick(g->r, ARRAY_LEN(g->connections) / 2) +
				(version == 6 ? ARRAY_LEN(g->connections) / 2 : 0)];

	if (c->version != version || c->step > 40 || one_in(g->r, 30))
		begin(g, c, version);
	if (one_in(g->r, 30))
		c->step++; /* a packet that the capture missed */
	g->connection = c;
	g->to_server = c->step == 0 ? true : c->step == 1 ? false : c->step == 2 || one_in(g->r, 2);
}

/* --- options ---------------------------------------------------------------------------------- */

/* Multipath TCP (RFC 8684). */
static void mptcp_option(struct gen *g)
{
	uint32_t kind = pick(g->r, 10), start = g->len;

	gen_be16(g, 30 << 8);
	gen_u8(g, kind << 4 | (one_in(g->r, 2) ? pick(g->r, 16) : 0));
	switch (kind) {
	case 0:
		gen_u8(g, pick(g->r, 256));
		gen_random(g, GEN_ANY(g, 0, 8, 16, 18, 20));
		break;
	case 1: gen_u8(g, pick(g->r, 8)), gen_random(g, GEN_ANY(g, 8, 12, 20)); break;
	case 2:
		gen_u8(g, pick(g->r, 32));
		gen_random(g, GEN_ANY(g, 4, 8, 12, 14, 16, 18, 20, 24));
		break;
	case 3:
		g->data[g->len - 1] = (uint8_t)(0x30 | GEN_ANY(g, 4, 6, 0, 1, 2, 12));
		gen_u8(g, pick(g->r, 9));
		gen_random(g, GEN_ANY(g, 4, 6, 16, 18, 12, 14, 24));
		break;
	case 4: gen_random(g, 1 + pick(g->r, 4)); break;
	case 5: gen_random(g, pick(g->r, 2)); break;
	case 6:
	case 7: gen_u8(g, 0), gen_random(g, 8); break;
	default: gen_random(g, pick(g->r, 6)); break;
	}
	g->data[start + 1] = (uint8_t)gen_about(g, g->len - start);
}

static void sack_option(struct gen *g, const struct gen_connection *c)
{
	uint32_t count = 1 + pick(g->r, 3), ack = c->seq[g->to_server ? 1 : 0];

	gen_u8(g, 5);
	gen_u8(g, gen_about(g, 2 + count * 8));
	for (uint32_t i = 0; i < count; i++) {
		gen_be32(g, ack + 100 + i * 1000);
		gen_be32(g, ack + 600 + i * 1000);
	}
}

static void timestamp_option(struct gen *g, struct gen_connection *c)
{
	int from = g->to_server ? 0 : 1;

	c->clock[from] += pick(g->r, 50);
	gen_be32(g, 0x0101080a);
	gen_be32(g, c->clock[from]);
	gen_be32(g, c->step == 0 ? 0 : c->clock[1 - from]);
}

static void rare_option(struct gen *g)
{
	uint32_t len;

	switch (pick(g->r, 13)) {
	case 0: gen_u8(g, 0); break;
	case 1: gen_be16(g, 0x1312), gen_random(g, 16); break; /* MD5 */
	case 2:
		gen_be16(g, 0x1d10), gen_be16(g, pick(g->r, 65536)), gen_random(g, 12);
		break;                                                      /* AO */
	case 3: gen_be16(g, 0x1c04), gen_be16(g, pick(g->r, 65536)); break; /* user timeout */
	case 4: mptcp_option(g); break;
	case 5:
	case 6:
		len = GEN_ANY(g, 0, 4, 8, 16, 3, 5, 18), gen_u8(g, 34), gen_u8(g, len + 2),
		gen_random(g, len);
		break; /* fast open */
	case 7:
		gen_u8(g, GEN_ANY(g, 253, 254));
		len = GEN_ANY(g, 2, 4, 10, 1, 0);
		gen_u8(g, len + 2);
		gen_be16(g, GEN_ANY(g, 0xf989, 0x1234));
		gen_random(g, len);
		g->len -= len < 2 ? 2 - len : 2;
		break;
	case 8: gen_u8(g, GEN_ANY(g, 6, 7)), gen_u8(g, 6), gen_random(g, 4); break;
	case 9: gen_u8(g, GEN_ANY(g, 11, 12, 13)), gen_u8(g, 6), gen_random(g, 4); break;
	case 10: gen_u8(g, pick(g->r, 40)), gen_u8(g, pick(g->r, 8)), gen_random(g, 4); break;
	case 11: gen_u8(g, 20), gen_u8(g, 4), gen_random(g, 2); break;
	default:
		len = pick(g->r, 8), gen_u8(g, pick(g->r, 256)), gen_u8(g, len + 2),
		gen_random(g, len);
		break;
	}
}

static void tcp_options(struct gen *g, struct gen_connection *c, uint32_t flags)
{
	uint32_t start = g->len;

	if (flags & SYN) {
		gen_be32(g, 0x02040000 | GEN_ANY(g, 1460, 1440, 536, 65495));
		if (one_in(g->r, 2))
			gen_be16(g, 0x0402);
		if (one_in(g->r, 2))
			gen_be32(g, 0x01030300 | pick(g->r, 16));
	}
	if (c->has_timestamps)
		timestamp_option(g, c);
	if (!(flags & SYN) && one_in(g->r, 12))
		sack_option(g, c);
	while (one_in(g->r, 8))
		rare_option(g);
	gen_fill(g, (uint8_t)pick(g->r, 2), (start - g->len) % 4);
	if (g->len > start + 40)
		g->len = start + 40;
}

/* --- segments --------------------------------------------------------------------------------- */

/* What the end does next; sets how far its sequence number is from what it should be. */
static uint32_t next_flags(struct gen *g, const struct gen_connection *c, uint32_t *ret_back)
{
	*ret_back = 0;
	switch (c->step) {
	case 0: return SYN | (one_in(g->r, 4) ? ECE | CWR : 0);
	case 1: return SYN | ACK | (one_in(g->r, 4) ? ECE : 0);
	case 2: return ACK;
	default: break;
	}
	switch (pick(g->r, 20)) {
	case 0: *ret_back = 1; return ACK; /* keeps it alive */
	case 1: *ret_back = 1 + pick(g->r, 2000); return ACK | PSH;
	case 2: return FIN | ACK;
	case 3: return RST | (one_in(g->r, 2) ? ACK : 0);
	case 4: return ACK | URG;
	case 5: return pick(g->r, 256);
	case 6: return ACK | CWR;
	case 7: *ret_back = 0u - pick(g->r, 2000); return ACK | ECE; /* a hole before */
	case 8:
	case 9:
	case 10: return ACK;
	default: return ACK | PSH;
	}
}

static void segment_data(struct gen *g, const struct gen_connection *c, uint32_t flags)
{
	if (flags & RST) {
		if (one_in(g->r, 2))
			gen_text(g, GEN_TEXT(g, "gone away", "\x01\x80 why", ""));
	} else if ((flags & PSH) || one_in(g->r, 10)) {
		if (c->row && !one_in(g->r, 12))
			c->row->function(g);
		else
			gen_payload(g);
	}
}

void gen_tcp(struct gen *g)
{
	struct gen_connection *c = g->connection;
	uint32_t start = g->len, flags, back, words, data, pseudo = g->pseudo;
	int from;

	if (!c) { /* within another packet, whose connection was another */
		gen_tcp_choose(g, g->ip_version);
		c = g->connection;
	}
	g->connection = NULL;
	from = g->to_server ? 0 : 1;
	flags = next_flags(g, c, &back);
	gen_be16(g, c->port[from]);
	gen_be16(g, c->port[1 - from]);
	gen_be32(g, c->seq[from] - back);
	gen_be32(g, flags & ACK ? c->seq[1 - from] : 0);
	gen_be16(g, flags | (one_in(g->r, 30) ? pick(g->r, 16) << 8 : 0));
	gen_be16(g, GEN_ANY(g, 65535, 64240, 501, 0, 229));
	gen_be16(g, 0);
	gen_be16(g, flags & URG ? pick(g->r, 20) : 0);
	tcp_options(g, c, flags);
	words = (g->len - start) / 4;
	g->data[start + 12] |= (uint8_t)((one_in(g->r, 100) ? pick(g->r, 16) : words) << 4);
	data = g->len;
	segment_data(g, c, flags);
	gen_patch16(g, start + 16, gen_sum(g, gen_checksum(g, start, pseudo + 6 + g->len - start)));
	if (back == 0 && !one_in(g->r, 20)) {
		c->seq[from] += g->len - data + (flags & (SYN | FIN) ? 1 : 0);
		c->step++;
	}
}

/* --- UDP -------------------------------------------------------------------------------------- */

void gen_udp(struct gen *g)
{
	const struct gen_row *row = one_in(g->r, 12) && !g->only ? NULL : gen_pick_row(g, GEN_UDP);
	uint32_t start = g->len, server = row ? row->number : a_port(g), client = a_port(g), sum,
		 pseudo = g->pseudo;

	if (one_in(g->r, 8))
		client = server;
	g->to_server = one_in(g->r, 2);
	gen_be16(g, g->to_server ? client : server);
	gen_be16(g, g->to_server ? server : client);
	gen_be32(g, 0);
	if (row)
		row->function(g);
	else
		gen_payload(g);
	gen_patch16(g, start + 4, one_in(g->r, 100) ? 0 : gen_about(g, g->len - start));
	sum = gen_checksum(g, start, pseudo + 17 + g->len - start);
	gen_patch16(g, start + 6, one_in(g->r, 6) ? 0 : gen_sum(g, sum ? sum : 0xffff));
}
