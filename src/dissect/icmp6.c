/*
 * icmp6.c - ICMP for IPv6 (RFC 4443): errors, echoes, and who prints the rest.
 *
 * Without -v the line ends with the message's length.  With it some types say it right after their
 * name, because much follows, and the others never.
 */
#include "dissect/icmp6.h"

#include "dissect/proto.h"

enum {
	ICMP6 = 58, /* as an IP protocol */
	HEADER_BYTES = 8,
	IP6_BYTES = 40,
	IP6_NEXT = 6,
	IP6_SOURCE = 8,
	IP6_DESTINATION = 24,

	NEXT_HOP_BY_HOP = 0,
	NEXT_TCP = 6,
	NEXT_UDP = 17,
	NEXT_ROUTING = 43,
	NEXT_FRAGMENT = 44,
	NEXT_AH = 51,
	NEXT_OPTIONS = 60,

	MLD_BYTES = 24,
	MLD2_BYTES = 28,
};

/* What is printed of a message after its type's name.  False: the line ends here. */
typedef bool body_fn(struct dissect *d, const uint8_t *p, uint32_t len);

/* --- errors ----------------------------------------------------------------------------------- */

static const struct name unreachable_codes[] = {
	{ 0, "unreachable route" },   { 1, " unreachable prohibited" }, { 2, "beyond scope" },
	{ 3, "unreachable address" }, { 4, "unreachable port" },
};

/*
 * The ports of the quoted packet, behind its extension headers; *ret_next says whose they are.
 */
static const uint8_t *quoted_ports(struct dissect *d, const uint8_t *ip6, uint8_t *ret_next)
{
	uint8_t next = get_u8(d, ip6 + IP6_NEXT);
	const uint8_t *p = ip6;
	uint32_t n = IP6_BYTES;

	while (p < d->end && n <= (size_t)(d->end - p)) {
		p += n;
		switch (next) {
		case NEXT_TCP:
		case NEXT_UDP: *ret_next = next; return p;
		case NEXT_HOP_BY_HOP:
		case NEXT_OPTIONS:
		case NEXT_ROUTING: n = (get_u8(d, p + 1) + 1U) * 8; break;
		case NEXT_FRAGMENT:
			if (get_be16(d, p + 2) & 0xfff8)
				dissect_truncated(d); /* no ports here */
			n = 8;
			break;
		case NEXT_AH: n = (get_u8(d, p + 1) + 2U) * 4; break;
		default: dissect_truncated(d);
		}
		next = p[0];
	}
	dissect_truncated(d);
}

static void print_unreachable_port(struct dissect *d, const uint8_t *ip6)
{
	uint8_t next;
	const uint8_t *ports = quoted_ports(d, ip6, &next);
	uint16_t port = get_be16(d, ports + 2);

	dissect_need(d, ip6 + IP6_DESTINATION, 16);
	put(d, ", ");
	put_ip6(d, ip6 + IP6_DESTINATION);
	if (next == NEXT_TCP) {
		put(d, " tcp port ");
		put_tcp_port(d, port);
	} else {
		put(d, " udp port ");
		put_udp_port(d, port);
	}
}

static bool print_unreachable(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint8_t code = get_u8(d, p + 1);
	const uint8_t *ip6 = p + HEADER_BYTES;

	put(d, ", ");
	put_name(d, NAMES(unreachable_codes), "unknown unreach code (%u)", code);
	switch (code) {
	case 0:
	case 1:
	case 3:
		dissect_need(d, ip6 + IP6_DESTINATION, 16);
		put_char(d, ' ');
		put_ip6(d, ip6 + IP6_DESTINATION);
		return true;
	case 2:
		dissect_need(d, ip6 + IP6_SOURCE, 32);
		put_char(d, ' ');
		put_ip6(d, ip6 + IP6_DESTINATION);
		put(d, ", source address ");
		put_ip6(d, ip6 + IP6_SOURCE);
		return true;
	case 4: print_unreachable_port(d, ip6); return true;
	default:
		if (d->o->verbose > 1)
			return true;
		put_hex_dump(d, "\n\t", p, len);
		return false;
	}
}

static bool print_too_big(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	uint32_t mtu = get_be32(d, p + 4);

	put(d, ", mtu ");
	put_dec(d, mtu);
	return true;
}

static bool print_exceeded(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	uint8_t code = get_u8(d, p + 1);

	if (code == 0) {
		dissect_need(d, p + HEADER_BYTES + IP6_DESTINATION, 16);
		put(d, " for ");
		put_ip6(d, p + HEADER_BYTES + IP6_DESTINATION);
	} else if (code == 1) {
		put(d, " (reassembly)");
	} else {
		putf(d, ", unknown code (%u)", code);
	}
	return true;
}

static bool print_problem(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	static const struct name problems[] = {
		{ 0, "erroneous" },
		{ 1, "next header" },
		{ 2, "option" },
		{ 3, "incomplete header chain" },
	};
	uint8_t code = get_u8(d, p + 1);
	const char *name = find_name(NAMES(problems), code);

	dissect_need(d, p + HEADER_BYTES + IP6_DESTINATION, 16);
	if (name)
		putf(d, ", %s - octet %u", name, get_be32(d, p + 4));
	else
		putf(d, ", code-#%u", code);
	return true;
}

/* --- the others ------------------------------------------------------------------------------- */

static bool print_echo(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	uint16_t id = get_be16(d, p + 4);
	uint16_t seq = get_be16(d, p + 6);

	put(d, ", id ");
	put_dec(d, id);
	put(d, ", seq ");
	put_dec(d, seq);
	return true;
}

static bool print_listener_query(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len == MLD_BYTES) {
		print_mld(d, p);
	} else if (len >= MLD2_BYTES) {
		put(d, " v2");
		print_mld2_query(d, p, len);
	} else {
		putf(d, " unknown-version (len %u) ", len);
	}
	return true;
}

static bool print_listener(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	print_mld(d, p);
	return true;
}

static bool print_listener_report(struct dissect *d, const uint8_t *p, uint32_t len)
{
	print_mld2_report(d, p, len);
	return true;
}

/* With -v alone: the options from the @at-th byte on. */
static void print_options(struct dissect *d, const uint8_t *p, uint32_t len, uint32_t at)
{
	if (d->o->verbose)
		print_nd_options(d, p + at, (int32_t)len - (int32_t)at);
}

static bool print_router_solicitation(struct dissect *d, const uint8_t *p, uint32_t len)
{
	print_options(d, p, len, 8);
	return true;
}

static bool print_router_advertisement(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const struct name flags[] = {
		{ 0x80, "managed" },
		{ 0x40, "other stateful" },
		{ 0x20, "home agent" },
		{ 0x02, "ipv6 only" },
	};
	static const char *const preference[] = { "medium", "high", "rsv", "low" };

	if (!d->o->verbose)
		return true;
	dissect_need(d, p, 16);
	putf(d, "\n\thop limit %u, Flags [", p[4]);
	put_bits(d, NAMES(flags), ", ", "none", p[5]);
	putf(d, "], pref %s, router lifetime %us", preference[p[5] >> 3 & 3], get_be16(d, p + 6));
	putf(d, ", reachable time %ums, retrans timer %ums", get_be32(d, p + 8),
	     get_be32(d, p + 12));
	print_options(d, p, len, 16);
	return true;
}

static bool print_neighbor_solicitation(struct dissect *d, const uint8_t *p, uint32_t len)
{
	dissect_need(d, p + 8, 16);
	put(d, ", who has ");
	put_ip6(d, p + 8);
	print_options(d, p, len, 24);
	return true;
}

static bool print_neighbor_advertisement(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const struct name flags[] = {
		{ 0x80000000, "router" },
		{ 0x40000000, "solicited" },
		{ 0x20000000, "override" },
	};

	dissect_need(d, p + 8, 16);
	put(d, ", tgt is ");
	put_ip6(d, p + 8);
	if (d->o->verbose) {
		put(d, ", Flags [");
		put_bits(d, NAMES(flags), ", ", "none", get_be32(d, p + 4));
		put_char(d, ']');
	}
	print_options(d, p, len, 24);
	return true;
}

static bool print_redirect(struct dissect *d, const uint8_t *p, uint32_t len)
{
	dissect_need(d, p + 24, 16);
	put(d, ", ");
	put_ip6(d, p + 24);
	put(d, " to ");
	put_ip6(d, p + 8);
	print_options(d, p, len, 40);
	return true;
}

static bool print_router_renumbering(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	print_renumbering(d, p);
	return true;
}

static bool print_query(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	print_node_query(d, p);
	return true;
}

static bool print_reply(struct dissect *d, const uint8_t *p, uint32_t len)
{
	print_node_reply(d, p, len);
	return true;
}

/* Nothing beyond the name. */
static bool print_nothing(UNUSED struct dissect *d, UNUSED const uint8_t *p, UNUSED uint32_t len)
{
	return true;
}

static bool print_id(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	putf(d, ", id 0x%04x", get_be16(d, p + 4));
	return true;
}

static bool print_home_agents(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (!d->o->verbose)
		return true;
	print_id(d, p, len);
	for (uint32_t at = HEADER_BYTES; at < len; at += 16) {
		dissect_need(d, p + at, 16);
		put(d, ", ");
		put_ip6(d, p + at);
	}
	return true;
}

static bool print_mobile_prefix(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint16_t flags;

	if (!d->o->verbose)
		return true;
	print_id(d, p, len);
	flags = get_be16(d, p + 6);
	if (flags & 0xc000)
		put_char(d, ' ');
	if (flags & 0x8000)
		put_char(d, 'M');
	if (flags & 0x4000)
		put_char(d, 'O');
	print_options(d, p, len, 8);
	return true;
}

static bool print_routing(struct dissect *d, const uint8_t *p, uint32_t len)
{
	print_rpl(d, p, len);
	return true;
}

static bool print_other(struct dissect *d, const uint8_t *p, uint32_t len)
{
	put(d, ", length ");
	put_dec(d, len);
	if (d->o->verbose <= 1)
		put_hex_dump(d, "\n\t", p, len);
	return false;
}

/* --- the message ------------------------------------------------------------------------------ */

/* clang-format off */
static const struct type {
	uint8_t number;
	bool length; /* is said after the name, with -v */
	const char *name;
	body_fn *body;
} types[] = {
	{   1, false, "destination unreachable",        print_unreachable },
	{   2, false, "packet too big",                 print_too_big },
	{   3, false, "time exceeded in-transit",       print_exceeded },
	{   4, false, "parameter problem",              print_problem },
	{ 128, false, "echo request",                   print_echo },
	{ 129, false, "echo reply",                     print_echo },
	{ 130, false, "multicast listener query",       print_listener_query },
	{ 131, false, "multicast listener report",      print_listener },
	{ 132, false, "multicast listener done",        print_listener },
	{ 133, true,  "router solicitation",            print_router_solicitation },
	{ 134, true,  "router advertisement",           print_router_advertisement },
	{ 135, true,  "neighbor solicitation",          print_neighbor_solicitation },
	{ 136, true,  "neighbor advertisement",         print_neighbor_advertisement },
	{ 137, true,  "redirect",                       print_redirect },
	{ 138, false, "router renumbering",             print_router_renumbering },
	{ 139, false, "who-are-you request",            print_query },
	{ 140, false, "who-are-you reply",              print_reply },
	{ 141, false, "inverse neighbor solicitation",  print_nothing },
	{ 142, false, "inverse neighbor advertisement", print_nothing },
	{ 143, false, "multicast listener report v2",   print_listener_report },
	{ 144, false, "ha discovery request",           print_id },
	{ 145, true,  "ha discovery reply",             print_home_agents },
	{ 146, false, "mobile router solicitation",     print_id },
	{ 147, true,  "mobile router advertisement",    print_mobile_prefix },
	{ 155, false, "RPL",                            print_routing },
	{ 200, false, "mtrace response",                print_other },
	{ 201, false, "mtrace message",                 print_other },
};
/* clang-format on */

static const struct type *find_type(uint8_t number)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (types[i].number == number)
			return &types[i];
	return NULL;
}

static void print_message(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint8_t number = get_u8(d, p);
	const struct type *type = find_type(number);
	bool more;

	put(d, "ICMP6, ");
	if (type)
		put(d, type->name);
	else
		putf(d, "unknown icmp6 type (%u)", number);
	if (d->o->verbose && type && type->length) {
		put(d, ", length ");
		put_dec(d, len);
	}
	(void)get_u8(d, p + 1); /* the code: nothing is said of a message without it */
	more = type ? type->body(d, p, len) : print_other(d, p, len);
	if (more && !d->o->verbose) {
		put(d, ", length ");
		put_dec(d, len);
	}
}

/* With -v, where all of it is there. */
static void print_checksum(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint16_t found, sum;

	if (!dissect_has(d, p, len))
		return;
	found = get_be16(d, p + 2);
	sum = checksum_ip(d, ICMP6, p, len, len);
	if (sum)
		putf(d, "[bad icmp6 cksum 0x%04x -> 0x%04x!] ", found, checksum_right(found, sum));
	else
		put(d, "[icmp6 sum ok] ");
}

void print_icmp6(struct dissect *d, const uint8_t *p, uint32_t len)
{
	d->protocol = "icmp6";
	if (get_u8(d, d->network) >> 4 != 6) {
		put(d, "[ICMPv6 requires IPv6]");
		put_invalid(d);
		return;
	}
	if (len == 0) {
		put(d, "ICMP6, length 0");
		put_invalid(d);
		return;
	}
	if (d->o->verbose && !d->fragment)
		print_checksum(d, p, len);
	print_message(d, p, len);
}
