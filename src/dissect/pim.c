/*
 * pim.c - protocol independent multicast, version 2 (RFC 7761).
 *
 * Without -v only the type is printed.
 */
#include <string.h>

#include "dissect/field.h"
#include "dissect/routing.h"

enum {
	HELLO = 0,
	REGISTER = 1,
	REGISTER_STOP = 2,
	JOIN_PRUNE = 3,
	BOOTSTRAP = 4,
	ASSERT = 5,
	GRAFT = 6,
	GRAFT_ACK = 7,
	CANDIDATE_RP = 8,
	PRUNE_REFRESH = 9,
	ELECTION = 10,

	HEADER_BYTES = 4,
	PROTOCOL = 103,
};

static const struct name types[] = {
	{ HELLO, "Hello" },
	{ REGISTER, "Register" },
	{ REGISTER_STOP, "Register Stop" },
	{ JOIN_PRUNE, "Join / Prune" },
	{ BOOTSTRAP, "Bootstrap" },
	{ ASSERT, "Assert" },
	{ GRAFT, "Graft" },
	{ GRAFT_ACK, "Graft Acknowledgement" },
	{ CANDIDATE_RP, "Candidate RP Advertisement" },
	{ PRUNE_REFRESH, "Prune Refresh" },
	{ ELECTION, "DF Election" },
	{ 11, "ECMP Redirect" },
};

/* What is left of the message. */
struct rest {
	const uint8_t *p;
	uint32_t len;
	uint8_t address_len; /* 0: each address has its family before it */
};

/* No more than there is. */
static void skip(struct rest *r, uint32_t n)
{
	r->p += n;
	r->len -= n;
}

/* --- addresses -------------------------------------------------------------------------------- */

enum address_kind { UNICAST, GROUP, SOURCE };

/* Bits before a group or source. */
static void put_address_flags(struct dissect *d, enum address_kind kind, uint8_t flags)
{
	static const struct name source_flags[] = {
		{ 0x04, "S" },
		{ 0x02, "W" },
		{ 0x01, "R" },
	};

	if (!flags)
		return;
	if (kind == GROUP) {
		putf(d, "(0x%02x)", flags);
		return;
	}
	put_char(d, '(');
	put_bits(d, NAMES(source_flags), "", "", flags);
	if (flags & 0xf8)
		putf(d, "+0x%02x", flags & 0xf8U);
	put_char(d, ')');
}

/* Of how many bytes the address is that comes next; 0: of no family that we know. */
static uint32_t read_family(struct dissect *d, struct rest *r)
{
	uint8_t family;

	if (r->address_len)
		return r->address_len == 4 || r->address_len == 16 ? r->address_len : 0;
	if (r->len < 2)
		dissect_truncated(d);
	dissect_need(d, r->p, 2);
	family = r->p[1] == 0 ? r->p[0] : 0;
	skip(r, 2);
	return family == 1 ? 4 : family == 2 ? 16 : 0;
}

/* An address that cannot be read ends the packet. */
static void print_address(struct dissect *d, const char *what, struct rest *r,
			  enum address_kind kind)
{
	uint32_t extra = kind == UNICAST ? 0 : 2;
	const uint8_t *p;
	uint32_t n;

	put(d, what);
	n = read_family(d, r);
	if (n == 0 || r->len < extra + n)
		dissect_truncated(d);
	p = r->p;
	dissect_need(d, p, extra + n);
	if (n == 4)
		put_ip4(d, p + extra);
	else
		put_ip6(d, p + extra);
	if (extra && p[1] != n * 8)
		putf(d, "/%u", p[1]);
	if (extra)
		put_address_flags(d, kind, p[0]);
	skip(r, extra + n);
}

/* --- hello ------------------------------------------------------------------------------------ */

enum {
	OPTION_HOLD = 1,
	OPTION_PRUNE_DELAY = 2,
	OPTION_PRIORITY_OLD = 18,
	OPTION_PRIORITY = 19,
	OPTION_GENERATION = 20,
	OPTION_REFRESH = 21,
	OPTION_BIDIRECTIONAL = 22,
	OPTION_ADDRESSES = 24,
	OPTION_ADDRESSES_OLD = 65001,
};

static bool option_fits(struct dissect *d, uint32_t len, uint32_t wanted)
{
	if (len == wanted)
		return true;
	putf(d, "[option length %u != %u]", len, wanted);
	put_invalid(d);
	return false;
}

static void print_refresh(struct dissect *d, const uint8_t *p)
{
	dissect_need(d, p, 4);
	putf(d, "v%u", p[0]);
	if (p[1]) {
		put(d, ", interval ");
		put_seconds(d, p[1]);
	}
	if (get_be16(d, p + 2))
		putf(d, " ?0x%04x?", get_be16(d, p + 2));
}

/* The last address may be longer than the option. */
static void print_address_list(struct dissect *d, struct rest r, uint32_t len)
{
	const uint8_t *end = r.p + len;

	while (r.p < end)
		print_address(d, "\n\t    ", &r, UNICAST);
}

/* The value has @len bytes.  False: it is not as long as it has to be. */
static bool print_option_value(struct dissect *d, uint16_t type, struct rest r, uint32_t len)
{
	const uint8_t *p = r.p;

	switch (type) {
	case OPTION_HOLD:
		if (!option_fits(d, len, 2))
			return false;
		put_seconds(d, get_be16(d, p));
		return true;
	case OPTION_PRUNE_DELAY:
		if (!option_fits(d, len, 4))
			return false;
		putf(d, "\n\t    T-bit=%u, LAN delay %ums, Override interval %ums", p[0] >> 7,
		     get_be16(d, p) & 0x7fffU, get_be16(d, p + 2));
		return true;
	case OPTION_PRIORITY_OLD:
	case OPTION_PRIORITY:
		if (len == 0) {
			put(d, "Bi-Directional Capability (Old)");
			return true;
		}
		if (!option_fits(d, len, 4))
			return false;
		put_dec(d, get_be32(d, p));
		return true;
	case OPTION_GENERATION:
		if (!option_fits(d, len, 4))
			return false;
		putf(d, "0x%08x", get_be32(d, p));
		return true;
	case OPTION_REFRESH:
		if (!option_fits(d, len, 4))
			return false;
		print_refresh(d, p);
		return true;
	case OPTION_BIDIRECTIONAL: return true;
	case OPTION_ADDRESSES:
	case OPTION_ADDRESSES_OLD:
		if (d->o->verbose > 1)
			print_address_list(d, r, len);
		return true;
	default:
		if (d->o->verbose <= 1)
			put_hex_dump(d, "\n\t    ", p, len);
		return true;
	}
}

static void print_hello(struct dissect *d, struct rest r)
{
	static const struct name options[] = {
		{ OPTION_HOLD, "Hold Time" },
		{ OPTION_PRUNE_DELAY, "LAN Prune Delay" },
		{ OPTION_PRIORITY_OLD, "DR Priority (Old)" },
		{ OPTION_PRIORITY, "DR Priority" },
		{ OPTION_GENERATION, "Generation ID" },
		{ OPTION_REFRESH, "State Refresh Capability" },
		{ OPTION_BIDIRECTIONAL, "Bi-Directional Capability" },
		{ OPTION_ADDRESSES, "Address List" },
		{ OPTION_ADDRESSES_OLD, "Address List (Old)" },
	};

	while (r.len) {
		uint16_t type, n;

		if (r.len < 4)
			dissect_truncated(d);
		type = get_be16(d, r.p);
		n = get_be16(d, r.p + 2);
		put(d, "\n\t  ");
		put_name(d, NAMES(options), "Unknown", type);
		putf(d, " Option (%u), length %u, Value: ", type, n);
		skip(&r, 4);
		if (r.len < n)
			dissect_truncated(d);
		dissect_need(d, r.p, n);
		if (!print_option_value(d, type, r, n))
			return;
		if (d->o->verbose > 1)
			put_hex_dump(d, "\n\t    ", r.p, n);
		skip(&r, n);
	}
}

/* --- the other messages ----------------------------------------------------------------------- */

static void print_register(struct dissect *d, struct rest r)
{
	static const struct name flags[] = {
		{ 0x80000000, "Border" },
		{ 0x40000000, "Null" },
	};
	uint32_t set;
	uint8_t version;

	if (r.len < 4)
		dissect_truncated(d);
	set = get_be32(d, r.p);
	put(d, ", Flags [ ");
	put_name(d, NAMES(flags), "none", set);
	put(d, " ]\n\t");
	skip(&r, 4);
	if (r.len == 0)
		dissect_truncated(d);
	version = get_u8(d, r.p) >> 4;
	switch (version) {
	case 0:
		dissect_need(d, r.p + 12, 8);
		put(d, "IP-Null-header ");
		put_ip4(d, r.p + 12);
		put(d, " > ");
		put_ip4(d, r.p + 16);
		break;
	case 4: print_ethertype(d, 0x0800, r.p, r.len); break;
	case 6: print_ethertype(d, 0x86dd, r.p, r.len); break;
	default: putf(d, "IP ver %u", version);
	}
}

static void print_sources(struct dissect *d, const char *what, struct rest *r, uint32_t count)
{
	for (uint32_t i = 1; i <= count; i++) {
		putf(d, "\n\t      %s source #%u", what, i);
		print_address(d, ": ", r, SOURCE);
	}
}

static void print_group(struct dissect *d, struct rest *r, unsigned int number)
{
	uint16_t joins, prunes;

	putf(d, "\n\t    group #%u", number);
	print_address(d, ": ", r, GROUP);
	if (r->len < 4)
		dissect_truncated(d);
	joins = get_be16(d, r->p);
	prunes = get_be16(d, r->p + 2);
	putf(d, ", joined sources: %u, pruned sources: %u", joins, prunes);
	skip(r, 4);
	print_sources(d, "joined", r, joins);
	print_sources(d, "pruned", r, prunes);
}

static void print_join_prune(struct dissect *d, struct rest r, uint8_t type)
{
	uint8_t groups;
	uint16_t hold;

	if (type != GRAFT_ACK)
		print_address(d, ", upstream-neighbor: ", &r, UNICAST);
	if (r.len < 4)
		dissect_truncated(d);
	groups = get_u8(d, r.p + 1);
	hold = get_be16(d, r.p + 2);
	putf(d, "\n\t  %u group(s)", groups);
	if (type != GRAFT_ACK) {
		put(d, ", holdtime: ");
		if (hold == UINT16_MAX)
			put(d, "infinite");
		else
			put_seconds(d, hold);
	}
	skip(&r, 4);
	for (unsigned int i = 1; i <= groups; i++)
		print_group(d, &r, i);
}

static void print_bootstrap_rp(struct dissect *d, struct rest *r, unsigned int number)
{
	putf(d, " RP%u", number);
	print_address(d, "=", r, UNICAST);
	if (r->len < 2)
		dissect_truncated(d);
	put(d, ",holdtime=");
	put_seconds(d, get_be16(d, r->p));
	if (r->len < 3)
		dissect_truncated(d);
	putf(d, ",prio=%u", get_u8(d, r->p + 2));
	if (r->len < 4)
		dissect_truncated(d);
	skip(r, 4);
}

static void print_bootstrap_group(struct dissect *d, struct rest *r, unsigned int number)
{
	uint8_t count;

	putf(d, " (group%u", number);
	print_address(d, ": ", r, GROUP);
	if (r->len < 1)
		dissect_truncated(d);
	putf(d, " RPcnt=%u", get_u8(d, r->p));
	if (r->len < 2)
		dissect_truncated(d);
	count = get_u8(d, r->p + 1);
	putf(d, " FRPcnt=%u", count);
	if (r->len < 4)
		dissect_truncated(d);
	skip(r, 4);
	for (unsigned int i = 0; i < count && r->len; i++)
		print_bootstrap_rp(d, r, i);
	put_char(d, ')');
}

static void print_bootstrap(struct dissect *d, struct rest r)
{
	if (r.len < 2)
		dissect_truncated(d);
	putf(d, " tag=%x", get_be16(d, r.p));
	if (r.len < 3)
		dissect_truncated(d);
	putf(d, " hashmlen=%u", get_u8(d, r.p + 2));
	if (r.len < 4)
		dissect_truncated(d);
	dissect_need(d, r.p, 5);
	putf(d, " BSRprio=%u", r.p[3]);
	skip(&r, 4);
	print_address(d, " BSR=", &r, UNICAST);
	for (unsigned int i = 0; r.len; i++)
		print_bootstrap_group(d, &r, i);
}

static void print_assert(struct dissect *d, struct rest r)
{
	print_address(d, " group=", &r, GROUP);
	print_address(d, " src=", &r, UNICAST);
	if (r.len < 8)
		dissect_truncated(d);
	dissect_need(d, r.p, 8);
	putf(d, "%s pref=%u metric=%u", r.p[0] & 0x80 ? " RPT" : "", get_be32(d, r.p) & 0x7fffffff,
	     get_be32(d, r.p + 4));
}

static void print_candidate(struct dissect *d, struct rest r)
{
	uint8_t count;

	if (r.len < 1)
		dissect_truncated(d);
	count = get_u8(d, r.p);
	putf(d, " prefix-cnt=%u", count);
	if (r.len < 2)
		dissect_truncated(d);
	putf(d, " prio=%u", get_u8(d, r.p + 1));
	if (r.len < 4)
		dissect_truncated(d);
	put(d, " holdtime=");
	put_seconds(d, get_be16(d, r.p + 2));
	skip(&r, 4);
	print_address(d, " RP=", &r, UNICAST);
	for (unsigned int i = 0; i < count && r.len; i++) {
		putf(d, " Group%u", i);
		print_address(d, "=", &r, GROUP);
	}
}

static void print_refresh_message(struct dissect *d, struct rest r)
{
	print_address(d, " src=", &r, UNICAST);
	print_address(d, " grp=", &r, GROUP);
	print_address(d, " forwarder=", &r, UNICAST);
	if (r.len < 2)
		dissect_truncated(d);
	put(d, " TUNR ");
	put_seconds(d, get_be16(d, r.p));
}

/* Who forwards on a link in a bidirectional tree (RFC 5015). */
static void print_election(struct dissect *d, struct rest r, uint8_t subtype)
{
	enum { BACKOFF = 3, PASS = 4 };
	static const struct name subtypes[] = {
		{ 1, "Offer" },
		{ 2, "Winner" },
		{ BACKOFF, "Backoff" },
		{ PASS, "Pass" },
	};
	const char *who = subtype == BACKOFF ? "offer" : "new winner";

	put(d, "\n\t  ");
	put_name(d, NAMES(subtypes), "Unknown", subtype);
	print_address(d, ", rpa=", &r, UNICAST);
	putf(d, " sender pref=%u", get_be32(d, r.p));
	putf(d, " sender metric=%u", get_be32(d, r.p + 4));
	skip(&r, 8);
	if (subtype != BACKOFF && subtype != PASS)
		return;
	putf(d, "\n\t  %s", who);
	print_address(d, " addr=", &r, UNICAST);
	putf(d, " %s pref=%u", who, get_be32(d, r.p));
	putf(d, " %s metric=%u", who, get_be32(d, r.p + 4));
	if (subtype == BACKOFF)
		putf(d, " interval %ums", get_be16(d, r.p + 8));
}

/* --- the packet ------------------------------------------------------------------------------- */

static void print_body(struct dissect *d, uint8_t type, uint8_t reserved, struct rest r)
{
	switch (type) {
	case HELLO: print_hello(d, r); break;
	case REGISTER: print_register(d, r); break;
	case REGISTER_STOP:
		print_address(d, " group=", &r, GROUP);
		print_address(d, " source=", &r, UNICAST);
		break;
	case JOIN_PRUNE:
	case GRAFT:
	case GRAFT_ACK: print_join_prune(d, r, type); break;
	case BOOTSTRAP: print_bootstrap(d, r); break;
	case ASSERT: print_assert(d, r); break;
	case CANDIDATE_RP: print_candidate(d, r); break;
	case PRUNE_REFRESH: print_refresh_message(d, r); break;
	case ELECTION: print_election(d, r, reserved >> 4); break;
	default: putf(d, " [type %u]", type);
	}
}

/* What is to be said of the checksum if it is of @covered bytes; in IPv6 also of a pseudo-header. */
static const char *check(struct dissect *d, const uint8_t *p, uint32_t len, uint32_t covered)
{
	bool is_ip4 = get_u8(d, d->network) >> 4 == 4;
	uint16_t sum;

	if (!dissect_has(d, p, covered))
		return "(unverified)";
	sum = is_ip4 ? checksum(p, covered) : checksum_ip(d, PROTOCOL, p, len, covered);
	return sum == 0 ? "(correct)" : "(incorrect)";
}

/* A register's may be of its header alone. */
static void print_checksum(struct dissect *d, uint8_t type, const uint8_t *p, uint32_t len)
{
	enum { REGISTER_BYTES = 8 };
	uint16_t found = get_be16(d, p + 2);
	const char *state = "(unverified)";

	if (found && type == REGISTER)
		state = check(d, p, REGISTER_BYTES, REGISTER_BYTES);
	if (found && (type != REGISTER || strcmp(state, "(incorrect)") == 0))
		state = check(d, p, len, len);
	putf(d, ", cksum 0x%04x %s", found, state);
}

static void print_version2(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint8_t type = p[0] & 15; /* read by print_pim */
	uint8_t reserved, address_len;

	if (len < 2)
		dissect_truncated(d);
	reserved = get_u8(d, p + 1);
	address_len = reserved & 0x0f; /* the other bits are a subtype */
	if (address_len)
		put(d, ", RFC2117-encoding");
	if (len < HEADER_BYTES) {
		putf(d, "[length %u < %u]", len, (unsigned int)HEADER_BYTES);
		put_invalid(d);
		return;
	}
	print_checksum(d, type, p, len);
	print_body(d, type, reserved,
		   (struct rest){ p + HEADER_BYTES, len - HEADER_BYTES, address_len });
}

void print_pim(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint8_t version, type;

	d->protocol = "pim";
	version = get_u8(d, p) >> 4;
	type = p[0] & 15;
	if (version != 2) {
		putf(d, "PIMv%u, length %u", version, len);
		return;
	}
	if (!d->o->verbose) {
		putf(d, "PIMv%u, ", version);
		put_name(d, NAMES(types), "Unknown Type", type);
		putf(d, ", length %u", len);
		return;
	}
	putf(d, "PIMv%u, length %u\n\t", version, len);
	put_name(d, NAMES(types), "Unknown Type", type);
	d->protocol = "pimv2";
	print_contained(d, print_version2, p, len);
}
