/*
 * gen.c - the pieces that packets are written with, and the choice of what to write.
 */
#include "gen.h"

#include <string.h>

#include "base/bits.h"

/* --- writing ---------------------------------------------------------------------------------- */

static void put(struct gen *g, uint64_t value, unsigned int bytes)
{
	while (bytes-- > 0)
		if (g->len < GEN_MOST_BYTES)
			g->data[g->len++] = (uint8_t)(value >> bytes * 8);
}

void gen_u8(struct gen *g, uint32_t value)
{
	put(g, value, 1);
}

void gen_be16(struct gen *g, uint32_t value)
{
	put(g, value, 2);
}

void gen_be24(struct gen *g, uint32_t value)
{
	put(g, value, 3);
}

void gen_be32(struct gen *g, uint32_t value)
{
	put(g, value, 4);
}

void gen_be64(struct gen *g, uint64_t value)
{
	put(g, value, 8);
}

void gen_le16(struct gen *g, uint32_t value)
{
	put(g, __builtin_bswap16((uint16_t)value), 2);
}

void gen_le32(struct gen *g, uint32_t value)
{
	put(g, __builtin_bswap32(value), 4);
}

void gen_bytes(struct gen *g, const void *data, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put(g, ((const uint8_t *)data)[i], 1);
}

void gen_text(struct gen *g, const char *text)
{
	gen_bytes(g, text, strlen(text));
}

void gen_fill(struct gen *g, uint8_t byte, uint32_t n)
{
	while (n-- > 0)
		put(g, byte, 1);
}

void gen_random(struct gen *g, uint32_t n)
{
	while (n-- > 0)
		put(g, one_in(g->r, 3) ? pick(g->r, 4) : pick(g->r, 256), 1);
}

void gen_patch16(struct gen *g, uint32_t at, uint32_t value)
{
	if (at + 2 <= g->len)
		store_be16(g->data + at, (uint16_t)value);
}

uint16_t gen_checksum(const struct gen *g, uint32_t from, uint32_t sum)
{
	uint64_t total = sum;

	for (uint32_t i = from; i < g->len; i++)
		total += (i - from) % 2 ? g->data[i] : (uint32_t)g->data[i] << 8;
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return (uint16_t)~total;
}

uint32_t gen_sum(struct gen *g, uint32_t value)
{
	return one_in(g->r, 12) ? GEN_ANY(g, 0, 0xffff, value ^ 0x0100, value + 1) & 0xffff : value;
}

uint32_t gen_about(struct gen *g, uint32_t value)
{
	switch (pick(g->r, 40)) {
	case 0: return value + 1 + pick(g->r, 8);
	case 1: return value > 8 ? value - 1 - pick(g->r, 8) : 0;
	case 2: return pick(g->r, 256);
	default: return value;
	}
}

/* --- choosing --------------------------------------------------------------------------------- */

uint32_t gen_any(struct random_source *r, const uint32_t *values, size_t count)
{
	return values[pick(r, (uint32_t)count)];
}

const char *gen_any_text(struct random_source *r, const char *const *texts, size_t count)
{
	return texts[pick(r, (uint32_t)count)];
}

static const struct gen_row rows[] = {
#define GEN(name, layer, number, function) { #name, GEN_##layer, number, function },
#include "gen.def"
#undef GEN
};

bool gen_knows(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return true;
	return false;
}

bool gen_asks_for(const struct gen *g, enum gen_layer layer)
{
	if (!g->only || g->depth > 1)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].layer == layer && strcmp(rows[i].name, g->only) == 0)
			return true;
	return false;
}

/* The name of the row of @layer that carries what is in rows of @above, or NULL. */
static const char *carrier(enum gen_layer layer, enum gen_layer above)
{
	if (layer == GEN_IP && above == GEN_UDP)
		return "udp";
	if (layer == GEN_IP && above == GEN_TCP)
		return "tcp";
	if (layer == GEN_ETHERTYPE && (above == GEN_IP || above == GEN_UDP || above == GEN_TCP))
		return "ip";
	return NULL;
}

/* The name that a row of @layer must have for the packet to be of the protocol asked for. */
static const char *wanted(const struct gen *g, enum gen_layer layer)
{
	const char *name = NULL;

	if (!g->only || g->depth > 1)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (strcmp(rows[i].name, g->only) != 0)
			continue;
		name = rows[i].layer == layer ? g->only : carrier(layer, rows[i].layer);
		if (name)
			return name;
	}
	return NULL;
}

/* Half of what IP carries is TCP and UDP, which have the most in them. */
static const char *common(struct gen *g, enum gen_layer layer)
{
	switch (layer) {
	case GEN_IP: return one_in(g->r, 2) ? GEN_TEXT(g, "tcp", "udp") : NULL;
	case GEN_ETHERTYPE: return one_in(g->r, 4) ? NULL : "ip";
	case GEN_LLC:
	case GEN_SNAP:
	case GEN_UDP:
	case GEN_TCP: return NULL;
	}
	return NULL;
}

const struct gen_row *gen_pick_row(struct gen *g, enum gen_layer layer)
{
	const struct gen_row *found = NULL;
	const char *name = wanted(g, layer);
	uint32_t count = 0;

	if (!name)
		name = common(g, layer);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].layer == layer && (!name || strcmp(rows[i].name, name) == 0))
			if (one_in(g->r, ++count))
				found = &rows[i];
	return found;
}

/* --- addresses -------------------------------------------------------------------------------- */

void gen_mac(struct gen *g)
{
	static const uint8_t macs[][6] = {
		{ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, { 0x01, 0x00, 0x5e, 0, 0, 1 },
		{ 0x33, 0x33, 0, 0, 0, 0xfb },          { 0x01, 0x80, 0xc2, 0, 0, 0 },
		{ 0x00, 0x00, 0x0c, 0x07, 0xac, 0x01 }, { 0, 0, 0, 0, 0, 0 },
	};

	if (one_in(g->r, 3)) {
		gen_bytes(g, macs[pick(g->r, ARRAY_LEN(macs))], 6);
	} else {
		gen_be16(g, GEN_ANY(g, 0x0200, 0x0050, 0x00e0));
		gen_be32(g, 0x5e200000 | pick(g->r, 12));
	}
}

void gen_ip4(struct gen *g)
{
	gen_be32(g, one_in(g->r, 4) ? GEN_ANY(g, 0xe0000001, 0xe0000012, 0xffffffff, 0, 0x7f000001,
					      0xa9fe0102, 0xc0a801ff) :
				      0x0a140000 | pick(g->r, 4096));
}

void gen_ip6(struct gen *g)
{
	switch (pick(g->r, 8)) {
	case 0: gen_be64(g, 0xff02000000000000), gen_be64(g, GEN_ANY(g, 1, 2, 0x16, 0xfb)); break;
	case 1:
		gen_be64(g, 0xfe80000000000000), gen_be64(g, 0x020050fffe000000 | pick(g->r, 99));
		break;
	case 2: gen_be64(g, 0), gen_be64(g, pick(g->r, 2)); break;
	case 3: gen_be64(g, 0), gen_be64(g, 0xffff0a140000 | pick(g->r, 4096)); break;
	case 4:
		gen_be64(g, 0x20010db800000000), gen_be32(g, pick(g->r, 2)), gen_be32(g, 0x10000);
		break;
	default:
		gen_be32(g, 0x20010db8);
		gen_be32(g, GEN_ANY(g, 0, 0x00010000, 0x00050000, 0x00050001));
		gen_be32(g, pick(g->r, 2));
		gen_be32(g, pick(g->r, 0x20));
		break;
	}
}

void gen_payload(struct gen *g)
{
	switch (pick(g->r, 5)) {
	case 0: break;
	case 1:
		gen_text(g, GEN_TEXT(g, "hello\r\n", "x", "\x7f\x80\tab\n", "The quick brown fox"));
		break;
	case 2: gen_fill(g, 0, pick(g->r, 40)); break;
	default: gen_random(g, pick(g->r, 60)); break;
	}
}

/* --- damage ----------------------------------------------------------------------------------- */

uint32_t gen_mutate(struct gen *g)
{
	uint32_t kept = g->len;

	if (one_in(g->r, 2)) {
		for (uint32_t n = 1 + pick(g->r, 3); n > 0 && g->len; n--) {
			uint8_t *p = &g->data[pick(g->r, g->len)];

			switch (pick(g->r, 4)) {
			case 0: *p = (uint8_t)pick(g->r, 256); break;
			case 1: *p = (uint8_t)(*p ^ 1u << pick(g->r, 8)); break;
			case 2: *p = (uint8_t)(*p + 1 - 2 * pick(g->r, 2)); break;
			default: *p = (uint8_t)GEN_ANY(g, 0, 0xff, 0x80, 0x7f); break;
			}
		}
	}
	if (one_in(g->r, 2))
		kept = pick(g->r, g->len + 1);
	return kept;
}
