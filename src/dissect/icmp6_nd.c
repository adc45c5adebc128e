/*
 * icmp6_nd.c - options of neighbour discovery.
 *
 * Option lengths count eight bytes.  The first option that does not fit ends the packet.
 */
#include "dissect/icmp6.h"

#include <string.h>

#include "dissect/domain.h"
#include "dissect/proto.h"

/* An option: @p is where its type is, @len its bytes with type and length. */
typedef void option_fn(struct dissect *d, const uint8_t *p, uint32_t len);

static void print_lifetime(struct dissect *d, uint32_t seconds)
{
	if (seconds == UINT32_MAX) {
		put(d, "infinity");
		return;
	}
	put_dec(d, seconds);
	put_char(d, 's');
}

static void print_link_address(struct dissect *d, const uint8_t *p, uint32_t len)
{
	for (uint32_t i = 2; i < len; i++) {
		if (i > 2)
			put_char(d, ':');
		put_hex(d, get_u8(d, p + i), 2);
	}
}

static void print_prefix(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const struct name flags[] = {
		{ 0x80, "onlink" },
		{ 0x40, "auto" },
		{ 0x20, "router" },
	};

	dissect_need(d, p, 32);
	put_ip6(d, p + 16);
	putf(d, "/%u%s, Flags [", p[2], len != 32 ? "badlen" : "");
	put_bits(d, NAMES(flags), ", ", "none", p[3]);
	put(d, "], valid time ");
	print_lifetime(d, get_be32(d, p + 4));
	put(d, ", pref. time ");
	print_lifetime(d, get_be32(d, p + 8));
}

static void print_mtu(struct dissect *d, const uint8_t *p, uint32_t len)
{
	putf(d, " %u%s", get_be32(d, p + 4), len != 8 ? "bad option length" : "");
}

static void print_servers(struct dissect *d, const uint8_t *p, uint32_t len)
{
	putf(d, " lifetime %us,", get_be32(d, p + 4));
	for (uint32_t at = 8; at + 16 <= len; at += 16) {
		dissect_need(d, p + at, 16);
		put(d, " addr: ");
		put_ip6(d, p + at);
	}
}

static void print_domains(struct dissect *d, const uint8_t *p, uint32_t len)
{
	const uint8_t *name = p + 8;

	putf(d, " lifetime %us, domain(s):", get_be32(d, p + 4));
	while (name < p + len && get_u8(d, name)) {
		put_char(d, ' ');
		name = put_domain_name(d, name, p);
		if (!name)
			dissect_truncated(d);
	}
}

static void print_interval(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	putf(d, " %ums", get_be32(d, p + 4));
}

static void print_home_agent(struct dissect *d, const uint8_t *p, UNUSED uint32_t len)
{
	uint16_t preference = get_be16(d, p + 4);

	putf(d, " preference %u, lifetime %u", preference, get_be16(d, p + 6));
}

static void print_route(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const char *const preference[] = { "medium", "high", "rsv", "low" };
	uint8_t prefix[16] = { 0 };

	dissect_need(d, p, 8);
	if (len > 24)
		dissect_truncated(d);
	dissect_need(d, p, len);
	memcpy(prefix, p + 8, len - 8);
	put_char(d, ' ');
	put_ip6_value(d, prefix);
	putf(d, "/%u, pref=%s, lifetime=", p[2], preference[p[3] >> 3 & 3]);
	print_lifetime(d, get_be32(d, p + 4));
}

enum { REDIRECTED_HEADER = 4 };

/* clang-format off */
static const struct option {
	uint8_t number;
	const char *name;
	option_fn *body; /* or NULL, for the header that is only dumped */
} options[] = {
	{  1, "source link-address",      print_link_address },
	{  2, "destination link-address", print_link_address },
	{  3, "prefix info",              print_prefix },
	{  REDIRECTED_HEADER, "redirected header", NULL },
	{  5, "mtu",                      print_mtu },
	{  7, "advertisement interval",   print_interval },
	{  8, "homeagent information",    print_home_agent },
	{ 24, "route info",               print_route },
	{ 25, "rdnss",                    print_servers },
	{ 31, "dnssl",                    print_domains },
};
/* clang-format on */

static const struct option *find_option(uint8_t number)
{
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (options[i].number == number)
			return &options[i];
	return NULL;
}

/* False: no further one is printed.  @first is where the options begin. */
static bool print_option(struct dissect *d, const uint8_t *p, uint32_t len, const uint8_t *first)
{
	const struct option *option = find_option(p[0]);

	putf(d, "\n\t  %s option (%u), length %u (%u): ", option ? option->name : "unknown", p[0],
	     len, p[1]);
	if (option && option->body)
		option->body(d, p, len);
	else if (option)
		put_hex_dump(d, "\n\t    ", first, len);
	if (d->o->verbose > 1)
		put_hex_dump(d, "\n\t    ", p + 2, len - 2);
	else if (!option)
		put_hex_dump(d, "\n\t  ", p + 2, len - 2);
	return option || d->o->verbose > 1;
}

void print_nd_options(struct dissect *d, const uint8_t *p, int32_t len)
{
	const uint8_t *first = p;

	while (p < d->end) {
		uint32_t n = dissect_has(d, p, 2) ? p[1] * 8U : 0;

		if (dissect_has(d, p, 2) && len <= 0)
			return;
		if (n == 0 || !dissect_has(d, p, n)) {
			put_truncated(d);
			return;
		}
		if (!print_option(d, p, n, first))
			return;
		p += n;
		len -= (int32_t)n;
	}
}
