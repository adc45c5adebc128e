/*
 * pim_v1.c - the first version of PIM, which travels in IGMP.
 */
#include "dissect/routing.h"

enum {
	QUERY = 0,
	REGISTER = 1,
	REGISTER_STOP = 2,
	JOIN_PRUNE = 3,
	RP_REACHABLE = 4,
	ASSERT = 5,
	GRAFT = 6,
	GRAFT_ACK = 7,

	HEADER_BYTES = 8,
	USUAL_HOLD_SECONDS = 180,
};

/* An address and, if it is one, its mask. */
static void put_masked(struct dissect *d, const uint8_t *p, const uint8_t *mask)
{
	put_ip4(d, p);
	if (get_be32(d, mask) == UINT32_MAX)
		return;
	put_char(d, '/');
	put_ip4(d, mask);
}

static void put_pair(struct dissect *d, const uint8_t *from, const uint8_t *to)
{
	dissect_need(d, from, 4);
	dissect_need(d, to, 4);
	put(d, " for ");
	put_ip4(d, from);
	put(d, " > ");
	put_ip4(d, to);
}

/* One group with one source needs one line. */
static bool print_single(struct dissect *d, const uint8_t *p)
{
	uint16_t joins, hold;

	if (!dissect_has(d, p, 30) || p[11] != 1)
		return false;
	joins = get_be16(d, p + 20);
	if (joins + get_be16(d, p + 22) != 1)
		return false;
	hold = get_be16(d, p + 6);
	put(d, " RPF ");
	put_ip4(d, p);
	put_char(d, ' ');
	if (hold != USUAL_HOLD_SECONDS) {
		put(d, "Hold ");
		put_seconds(d, hold);
	}
	put(d, joins ? "Join (" : "Prune (");
	put_ip4(d, p + 26);
	putf(d, "/%u, ", p[25] & 0x3fU);
	put_masked(d, p + 12, p + 16);
	putf(d, ") %s%s %s", p[24] & 1 ? "Sparse" : "Dense", p[25] & 0x80 ? " WC" : "",
	     p[25] & 0x40 ? "RP" : "SPT");
	return true;
}

static const uint8_t *print_group(struct dissect *d, const uint8_t *p)
{
	uint32_t joins, prunes;

	dissect_need(d, p, 4);
	put(d, "\n\tGroup: ");
	put_masked(d, p, p + 4);
	dissect_need(d, p + 8, 4);
	joins = get_be16(d, p + 8);
	prunes = get_be16(d, p + 10);
	putf(d, " joined: %u pruned: %u", joins, prunes);
	p += 12;
	for (uint32_t i = 0; i < joins + prunes; i++, p += 6) {
		dissect_need(d, p, 6);
		putf(d, "\n\t%s %s%s%s", i < joins ? "Join " : "Prune",
		     p[0] & 1 ? "Sparse " : "Dense ", p[1] & 0x80 ? "WC " : "",
		     p[1] & 0x40 ? "RP " : "SPT ");
		put_ip4(d, p + 2);
		putf(d, "/%u", p[1] & 0x3fU);
	}
	return p;
}

static void print_join_prune(struct dissect *d, const uint8_t *p)
{
	uint8_t groups;

	if (print_single(d, p))
		return;
	dissect_need(d, p, 4);
	if (d->o->verbose > 1)
		put_char(d, '\n');
	put(d, " Upstream Nbr: ");
	put_ip4(d, p);
	(void)get_be16(d, p + 6);
	if (d->o->verbose > 1)
		put_char(d, '\n');
	put(d, " Hold time: ");
	put_seconds(d, get_be16(d, p + 6));
	if (d->o->verbose < 2)
		return;
	p += 8;
	dissect_need(d, p, 4);
	groups = p[3];
	for (p += 4; groups; groups--)
		p = print_group(d, p);
}

static void print_query(struct dissect *d, const uint8_t *p)
{
	static const struct name modes[] = {
		{ 0, " Dense-mode" },
		{ 1, " Sparse-mode" },
		{ 2, " Sparse-Dense-mode" },
	};

	if (dissect_has(d, p + 8, 1))
		put_name(d, NAMES(modes), " mode-%u", p[8] >> 4);
	if (!d->o->verbose)
		return;
	(void)get_be16(d, p + 10);
	put(d, " (Hold-time ");
	put_seconds(d, get_be16(d, p + 10));
	put_char(d, ')');
}

static void print_reachable(struct dissect *d, const uint8_t *p)
{
	(void)get_be16(d, p + 22);
	put(d, " group ");
	put_masked(d, p + 8, p + 12);
	put(d, " RP ");
	put_ip4(d, p + 16);
	put(d, " hold ");
	put_seconds(d, get_be16(d, p + 22));
}

static void print_assert(struct dissect *d, const uint8_t *p)
{
	put_pair(d, p + 16, p + 8);
	if (get_be32(d, p + 12) != UINT32_MAX) {
		put_char(d, '/');
		put_ip4(d, p + 12);
	}
	dissect_need(d, p + 24, 4);
	putf(d, " %s pref %u metric %u", p[20] & 0x80 ? "RP-tree" : "SPT",
	     get_be32(d, p + 20) & 0x7fffffff, get_be32(d, p + 24));
}

static void print_body(struct dissect *d, uint8_t type, const uint8_t *p)
{
	switch (type) {
	case QUERY: print_query(d, p); break;
	case REGISTER:
		dissect_need(d, p + HEADER_BYTES, 20);
		put_pair(d, p + 20, p + 24);
		break;
	case REGISTER_STOP: put_pair(d, p + 8, p + 12); break;
	case ASSERT: print_assert(d, p); break;
	case RP_REACHABLE:
		if (d->o->verbose)
			print_reachable(d, p);
		break;
	case JOIN_PRUNE:
	case GRAFT:
	case GRAFT_ACK:
		if (d->o->verbose)
			print_join_prune(d, p + HEADER_BYTES);
		break;
	}
}

void print_pim_v1(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	static const struct name types[] = {
		{ QUERY, " Query" },
		{ REGISTER, " Register" },
		{ REGISTER_STOP, " Register-Stop" },
		{ JOIN_PRUNE, " Join/Prune" },
		{ RP_REACHABLE, " RP-reachable" },
		{ ASSERT, " Assert" },
		{ GRAFT, " Graft" },
		{ GRAFT_ACK, " Graft-ACK" },
	};
	uint8_t type;

	d->protocol = "pimv1";
	type = get_u8(d, p + 1);
	put_name(d, NAMES(types), " [type %u]", type);
	print_body(d, type, p);
	if (get_u8(d, p + 4) >> 4 != 1)
		putf(d, " [v%u]", p[4] >> 4);
}
