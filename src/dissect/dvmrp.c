/*
 * dvmrp.c - DVMRP, by which multicast routers told each other their routes (RFC 1075 and the drafts
 * of version 3).  It travels in IGMP.
 */
#include "dissect/proto.h"
#include "dissect/routing.h"

enum {
	PROBE = 1,
	REPORT = 2,
	NEIGHBORS = 4,
	NEIGHBORS2 = 6,
	PRUNE = 7,
	GRAFT = 8,
	GRAFT_ACK = 9,
};

static const struct name types[] = {
	{ PROBE, "Probe" },          { REPORT, "Report" },
	{ 3, "Ask-neighbors(old)" }, { NEIGHBORS, "Neighbors(old)" },
	{ 5, "Ask-neighbors2" },     { NEIGHBORS2, "Neighbors2" },
	{ PRUNE, "Prune" },          { GRAFT, "Graft" },
	{ GRAFT_ACK, "Graft-ACK" },
};

/* What is left. */
struct rest {
	const uint8_t *p;
	uint32_t len;
};

static void skip(struct rest *r, uint32_t n)
{
	r->p += n;
	r->len -= n;
}

/* Are there @n bytes more?  If not, @what is said of it. */
static bool enough(struct dissect *d, const struct rest *r, uint32_t n, const char *what)
{
	if (r->len >= n)
		return true;
	putf(d, "%s %u < %u]", what, r->len, n);
	put_invalid(d);
	return false;
}

static void put_number_as_ip4(struct dissect *d, const char *what, uint32_t value)
{
	putf(d, "%s%u.%u.%u.%u", what, value >> 24, value >> 16 & 0xff, value >> 8 & 0xff,
	     value & 0xff);
}

/* Networks of one mask; false when they are cut short. */
static bool print_origins(struct dissect *d, struct rest *r, uint32_t width)
{
	uint8_t metric;

	do {
		uint32_t origin = 0;

		if (r->len < width + 1) {
			put(d, "\n\t  [Truncated Report]");
			put_invalid(d);
			return false;
		}
		for (uint32_t i = 0; i < 4; i++)
			origin = origin << 8 | (i < width ? get_u8(d, r->p + i) : 0U);
		metric = get_u8(d, r->p + width);
		put_number_as_ip4(d, "\n\t  ", origin);
		putf(d, " metric %u", metric & 0x7fU);
		skip(r, width + 1);
	} while (!(metric & 0x80));
	return true;
}

static void print_report(struct dissect *d, struct rest r)
{
	while (r.len) {
		uint32_t mask, width;

		if (!enough(d, &r, 3, " [length"))
			return;
		mask = get_be24(d, r.p);
		width = mask & 0xff ? 4 : mask & 0xff00 ? 3 : mask ? 2 : 1;
		put_number_as_ip4(d, "\n\tMask ", mask | 0xff000000);
		skip(&r, 3);
		if (!print_origins(d, &r, width))
			return;
	}
}

static void print_probe(struct dissect *d, struct rest r)
{
	if (!enough(d, &r, 4, " [full length"))
		return;
	put(d, d->o->verbose > 1 ? "\n\t" : " ");
	putf(d, "genid %u", get_be32(d, r.p));
	if (d->o->verbose < 2)
		return;
	for (skip(&r, 4); r.len; skip(&r, 4)) {
		if (!enough(d, &r, 4, "[remaining length"))
			return;
		dissect_need(d, r.p, 4);
		put(d, "\n\tneighbor ");
		put_ip4(d, r.p);
	}
}

static void print_neighbors(struct dissect *d, struct rest r)
{
	while (r.len) {
		const uint8_t *local = r.p;

		if (!enough(d, &r, 7, " [length"))
			return;
		dissect_need(d, local, 7);
		skip(&r, 7);
		for (uint8_t left = local[6]; left; left--, skip(&r, 4)) {
			if (!enough(d, &r, 4, " [length"))
				return;
			put(d, " [");
			put_ip4(d, local);
			put(d, " ->");
			dissect_need(d, r.p, 4);
			put_char(d, ' ');
			put_ip4(d, r.p);
			putf(d, ", (%u/%u)]", local[4], local[5]);
		}
	}
}

static void print_neighbor2(struct dissect *d, const uint8_t *local, const uint8_t *remote)
{
	static const struct name flags[] = {
		{ 0x01, "/tunnel" },   { 0x02, "/srcrt" }, { 0x40, "/querier" },
		{ 0x20, "/disabled" }, { 0x10, "/down" },
	};

	put(d, " [");
	put_ip4(d, local);
	put(d, " -> ");
	put_ip4(d, remote);
	putf(d, " (%u/%u", local[4], local[5]);
	put_bits(d, NAMES(flags), "", "", local[6]);
	put(d, ")]");
}

static void print_neighbors2(struct dissect *d, struct rest r)
{
	while (r.len) {
		const uint8_t *local = r.p;
		uint8_t left;

		if (!enough(d, &r, 8, " [length"))
			return;
		dissect_need(d, local, 8);
		skip(&r, 8);
		for (left = local[7]; left && r.len; left--, skip(&r, 4)) {
			if (!enough(d, &r, 4, " [length"))
				return;
			print_neighbor2(d, local, r.p);
		}
		if (left) {
			put(d, " [invalid ncount]");
			put_invalid(d);
			return;
		}
	}
}

static void print_source_group(struct dissect *d, const uint8_t *p)
{
	dissect_need(d, p, 8);
	put(d, " src ");
	put_ip4(d, p);
	put(d, " grp ");
	put_ip4(d, p + 4);
}

void print_dvmrp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	const struct rest rest = { p + 8, len - 8 };
	uint8_t type;

	d->protocol = "dvmrp";
	type = get_u8(d, p + 1);
	put_char(d, ' ');
	put_name(d, NAMES(types), "[type %u]", type);
	switch (type) {
	case PROBE:
		if (d->o->verbose)
			print_probe(d, rest);
		break;
	case REPORT:
		if (d->o->verbose > 1)
			print_report(d, rest);
		break;
	case NEIGHBORS: print_neighbors(d, rest); break;
	case NEIGHBORS2:
		dissect_need(d, p, 8);
		putf(d, " (v %u.%u):", p[7], p[6]);
		print_neighbors2(d, rest);
		break;
	case PRUNE:
		print_source_group(d, rest.p);
		put(d, " timer ");
		put_seconds(d, get_be32(d, rest.p + 8));
		break;
	case GRAFT:
	case GRAFT_ACK: print_source_group(d, rest.p); break;
	}
}
