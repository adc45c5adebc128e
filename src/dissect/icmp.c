/*
 * icmp.c - ICMP (RFC 792, RFC 1191, RFC 1256, RFC 1812).
 *
 * What a message says is printed only if all of it is there, so the bytes are looked for first.
 */
#include "dissect/icmp.h"

#include "dissect/proto.h"

enum {
	ICMP_BYTES = 8,
	PROTO_ICMP = 1,
	PROTO_TCP = 6,
	PROTO_UDP = 17,

	ECHO_REPLY = 0,
	UNREACHABLE = 3,
	SOURCE_QUENCH = 4,
	REDIRECT = 5,
	ECHO_REQUEST = 8,
	ROUTER_ADVERTISEMENT = 9,
	TIME_EXCEEDED = 11,
	PARAMETER_PROBLEM = 12,
	TIMESTAMP_REQUEST = 13,
	TIMESTAMP_REPLY = 14,
	MASK_REPLY = 18,

	UNREACHABLE_PROTOCOL = 2,
	UNREACHABLE_PORT = 3,
	UNREACHABLE_TOO_BIG = 4,
};

/* clang-format off */
static const struct name type_names[] = {
	{ SOURCE_QUENCH, "source quench" },
	{ 10,            "router solicitation" },
	{ 15,            "information request" },
	{ 16,            "information reply" },
	{ 17,            "address mask request" },
};

/* The words around the address; without a row: "ADDRESS unreachable - #CODE". */
static const struct {
	const char *before;
	const char *behind;
} unreachable_words[16] = {
	[0]  = { "net ",  " unreachable" },
	[1]  = { "host ", " unreachable" },
	[5]  = { "",      " unreachable - source route failed" },
	[6]  = { "net ",  " unreachable - unknown" },
	[7]  = { "host ", " unreachable - unknown" },
	[8]  = { "",      " unreachable - source host isolated" },
	[9]  = { "net ",  " unreachable - admin prohibited" },
	[10] = { "host ", " unreachable - admin prohibited" },
	[11] = { "net ",  " unreachable - tos prohibited" },
	[12] = { "host ", " unreachable - tos prohibited" },
	[13] = { "host ", " unreachable - admin prohibited filter" },
	[14] = { "host ", " unreachable - host precedence violation" },
	[15] = { "host ", " unreachable - precedence cutoff" },
};

static const struct {
	const char *before;
	const char *between;
} redirect_words[] = {
	{ "redirect ",     " to net " },
	{ "redirect ",     " to host " },
	{ "redirect-tos ", " to net " },
	{ "redirect-tos ", " to host " },
};
/* clang-format on */

/* The packet that the message is about begins here. */
static const uint8_t *quoted(const uint8_t *p)
{
	return p + ICMP_BYTES;
}

static void put_echo(struct dissect *d, const uint8_t *p)
{
	dissect_need(d, p, ICMP_BYTES);
	put(d, p[0] == ECHO_REQUEST ? "ICMP echo request, id " : "ICMP echo reply, id ");
	put_dec(d, load_be16(p + 4));
	put(d, ", seq ");
	put_dec(d, load_be16(p + 6));
}

static void put_unreachable_port(struct dissect *d, const uint8_t *p)
{
	const uint8_t *ip = quoted(p);
	uint8_t protocol = get_u8(d, ip + 9);
	uint16_t port = get_be16(d, ip + (get_u8(d, ip) & 15u) * 4 + 2);

	dissect_need(d, ip, 20);
	put(d, "ICMP ");
	put_ip4(d, ip + 16);
	if (protocol == PROTO_TCP) {
		put(d, " tcp port ");
		put_tcp_port(d, port);
	} else if (protocol == PROTO_UDP) {
		put(d, " udp port ");
		put_udp_port(d, port);
	} else {
		putf(d, " protocol %u port %u", protocol, port);
	}
	put(d, " unreachable");
}

static void put_unreachable(struct dissect *d, const uint8_t *p)
{
	uint8_t code = get_u8(d, p + 1);

	if (code == UNREACHABLE_PORT) {
		put_unreachable_port(d, p);
		return;
	}
	dissect_need(d, quoted(p) + 16, 4);
	put(d, "ICMP ");
	if (code < ARRAY_LEN(unreachable_words) && unreachable_words[code].before) {
		put(d, unreachable_words[code].before);
		put_ip4(d, quoted(p) + 16);
		put(d, unreachable_words[code].behind);
		return;
	}
	put_ip4(d, quoted(p) + 16);
	if (code == UNREACHABLE_PROTOCOL) {
		putf(d, " protocol %u unreachable", quoted(p)[9]);
	} else if (code == UNREACHABLE_TOO_BIG) {
		put(d, " unreachable - need to frag");
		if (load_be16(p + 6) != 0)
			putf(d, " (mtu %u)", load_be16(p + 6));
	} else {
		putf(d, " unreachable - #%u", code);
	}
}

static void put_redirect(struct dissect *d, const uint8_t *p)
{
	uint8_t code = get_u8(d, p + 1);

	dissect_need(d, quoted(p) + 16, 4);
	put(d, "ICMP ");
	if (code < ARRAY_LEN(redirect_words))
		put(d, redirect_words[code].before);
	else
		putf(d, "redirect-#%u ", code);
	put_ip4(d, quoted(p) + 16);
	put(d, code < ARRAY_LEN(redirect_words) ? redirect_words[code].between : " to ");
	put_ip4(d, p + 4);
}

/* 90061 as "25:01:01". */
static void put_lifetime(struct dissect *d, uint32_t seconds)
{
	if (seconds < 60)
		putf(d, "%u", seconds);
	else if (seconds < 3600)
		putf(d, "%u:%02u", seconds / 60, seconds % 60);
	else
		putf(d, "%u:%02u:%02u", seconds / 3600, seconds % 3600 / 60, seconds % 60);
}

static void put_router_advertisement(struct dissect *d, const uint8_t *p)
{
	uint32_t count = get_u8(d, p + 4);
	uint32_t words = get_u8(d, p + 5);

	put(d, "ICMP router advertisement lifetime ");
	put_lifetime(d, load_be16(p + 6));
	putf(d, " %u:", count);
	if (words != 2) {
		putf(d, " [size %u]", words);
		return;
	}
	for (uint32_t i = 0; i < count; i++) {
		put(d, " {");
		put_ip4(d, p + ICMP_BYTES + i * 8);
		putf(d, " %u}", load_be32(p + ICMP_BYTES + i * 8 + 4));
	}
}

static void put_time_exceeded(struct dissect *d, const uint8_t *p)
{
	uint8_t code = get_u8(d, p + 1);

	if (code == 0)
		put(d, "ICMP time exceeded in-transit");
	else if (code == 1)
		put(d, "ICMP ip reassembly time exceeded");
	else
		putf(d, "ICMP time exceeded-#%u", code);
}

static void put_parameter_problem(struct dissect *d, const uint8_t *p)
{
	if (get_u8(d, p + 1) != 0)
		putf(d, "ICMP parameter problem - code %u", p[1]);
	else
		putf(d, "ICMP parameter problem - octet %u", get_u8(d, p + 4));
}

/* Milliseconds since midnight. */
static void put_time(struct dissect *d, uint32_t ms)
{
	putf(d, "%02u:%02u:%02u.%03u", ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
}

static void put_timestamps(struct dissect *d, const uint8_t *p)
{
	dissect_need(d, p, ICMP_BYTES);
	putf(d, "ICMP time stamp %s id %u seq %u", p[0] == TIMESTAMP_REPLY ? "reply" : "query",
	     load_be16(p + 4), load_be16(p + 6));
	if (p[0] != TIMESTAMP_REPLY)
		return;
	put(d, ": org ");
	put_time(d, load_be32(p + 8));
	put(d, ", recv ");
	put_time(d, load_be32(p + 12));
	put(d, ", xmit ");
	put_time(d, load_be32(p + 16));
}

/* The bytes that a message must have; if they are missing, it alone is given up and not the packet. */
static uint32_t message_bytes(struct dissect *d, const uint8_t *p)
{
	switch (p[0]) {
	case UNREACHABLE: return p[1] == UNREACHABLE_PORT ? ICMP_BYTES + 10 : 0;
	case ROUTER_ADVERTISEMENT:
		if (!dissect_has(d, p, ICMP_BYTES) || p[5] != 2)
			return ICMP_BYTES;
		return ICMP_BYTES + p[4] * 8u;
	case TIME_EXCEEDED: return ICMP_BYTES + 20;
	case TIMESTAMP_REPLY: return 20;
	default: return 0;
	}
}

static void put_message(struct dissect *d, const uint8_t *p)
{
	switch (p[0]) {
	case ECHO_REPLY:
	case ECHO_REQUEST: put_echo(d, p); break;
	case UNREACHABLE: put_unreachable(d, p); break;
	case REDIRECT: put_redirect(d, p); break;
	case ROUTER_ADVERTISEMENT: put_router_advertisement(d, p); break;
	case TIME_EXCEEDED: put_time_exceeded(d, p); break;
	case PARAMETER_PROBLEM: put_parameter_problem(d, p); break;
	case TIMESTAMP_REQUEST:
	case TIMESTAMP_REPLY: put_timestamps(d, p); break;
	case MASK_REPLY: putf(d, "ICMP address mask is 0x%08x", get_be32(d, p + 8)); break;
	default:
		put(d, "ICMP ");
		put_name(d, type_names, ARRAY_LEN(type_names), "type-#%u", p[0]);
		break;
	}
}

static void put_sum(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint16_t sum;

	if (d->o->verbose == 0 || d->fragment || !dissect_has(d, p, len))
		return;
	sum = checksum(p, len);
	if (sum != 0)
		putf(d, " (wrong icmp cksum %x (->%x)!)", get_be16(d, p + 2),
		     checksum_right(get_be16(d, p + 2), sum));
}

static bool is_error(uint8_t type)
{
	return type == UNREACHABLE || type == SOURCE_QUENCH || type == REDIRECT ||
	       type == TIME_EXCEEDED || type == PARAMETER_PROBLEM;
}

/* The packet that met the error: behind it there may be extensions. */
static void print_quoted(struct dissect *d, const uint8_t *p)
{
	const uint8_t *ip = quoted(p);
	const uint8_t *end;
	uint32_t len;

	put(d, "\n\t");
	len = get_be16(d, ip + 2);
	end = dissect_narrow(d, ip, len);
	dissect_need(d, ip, 4); /* a length of 0 ends it before the length */
	dissect_enter(d);
	print_ip4(d, ip, len);
	d->depth--;
	d->end = end;
	d->protocol = "icmp";
}

void print_icmp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint8_t type;

	if (!require_ip(d, 4, PROTO_ICMP))
		return;
	d->protocol = "icmp";
	type = get_u8(d, p);
	(void)get_u8(d, p + 1);
	if (!dissect_has(d, p, message_bytes(d, p))) {
		put_truncated(d);
		return;
	}
	put_message(d, p);
	put(d, ", length ");
	put_dec(d, len);
	put_sum(d, p, len);
	if (d->o->verbose == 0 || !is_error(type))
		return;
	print_quoted(d, p);
	if (type == UNREACHABLE || type == TIME_EXCEEDED || type == PARAMETER_PROBLEM)
		print_icmp_extensions(d, p, len);
}
