/*
 * dhcp6.c - DHCPv6 (RFC 8415).
 *
 * A message is four bytes or, of a relay agent, two addresses; the rest is options.  Options may hold
 * options, and a relayed message is one.  For tcpdump an option that is cut short ends the options around
 * it no more than itself.
 */
#include "dissect/proto.h"

#include "dissect/domain.h"

enum {
	RELAY_FORWARD = 12,
	RELAY_REPLY = 13,
	MESSAGE_BYTES = 4,
	RELAY_BYTES = 34,
	OPTION_BYTES = 4,  /* of an option without data */
	OPAQUE_BYTES = 10, /* of what is printed of data that nobody understands */
	MOST_DEPTH = 200,  /* of options within options; tcpdump has no limit but its stack's */
};

/* clang-format off */
static const struct name message_types[] = {
	{  1, "solicit" },
	{  2, "advertise" },
	{  3, "request" },
	{  4, "confirm" },
	{  5, "renew" },
	{  6, "rebind" },
	{  7, "reply" },
	{  8, "release" },
	{  9, "decline" },
	{ 10, "reconfigure" },
	{ 11, "inf-req" },
	{ 12, "relay-fwd" },
	{ 13, "relay-reply" },
	{ 14, "leasequery" },
	{ 15, "leasequery-reply" },
};

static const struct name status_codes[] = {
	{  0, "Success" },
	{  1, "UnspecFail" },
	{  2, "NoAddrsAvail" },
	{  3, "NoBinding" },
	{  4, "NotOnLink" },
	{  5, "UseMulticast" },
	{  6, "NoPrefixAvail" },
	{  7, "UnknownQueryType" },
	{  8, "MalformedQuery" },
	{  9, "NotConfigured" },
	{ 10, "NotAllowed" },
};
/* clang-format on */

static void put_options(struct dissect *d, const uint8_t *p, uint32_t len);

/*
 * The functions below print the @len bytes of data at @p, which are there, and the parenthesis that ends
 * the option.  False says that the data is cut short, and then the options end.
 */
typedef bool put_data_fn(struct dissect *d, const uint8_t *p, uint32_t len);

static bool put_nothing(struct dissect *d, const uint8_t *p, uint32_t len)
{
	(void)p;
	(void)len;
	put_char(d, ')');
	return true;
}

/* Data of the wrong length. */
static bool put_odd(struct dissect *d)
{
	put(d, " ?)");
	return true;
}

/* How a client or server is known: by its address and a time, its vendor, or its address. */
static bool put_duid(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t type;

	if (len < 2)
		return put_odd(d);
	type = load_be16(p);
	if ((type == 1 && len < 8) || (type == 2 && len < 10) || (type == 3 && len < 4))
		return put_odd(d);
	switch (type) {
	case 1:
		putf(d, " hwaddr/time type %u time %u ", load_be16(p + 2), load_be32(p + 4));
		put_hex_bytes(d, p + 8, len - 8);
		break;
	case 2:
		put(d, " vid ");
		put_hex_bytes(d, p + 2, 8);
		break;
	case 3:
		putf(d, " hwaddr type %u ", load_be16(p + 2));
		put_hex_bytes(d, p + 4, len - 4);
		break;
	default: putf(d, " type %u", type); break;
	}
	put_char(d, ')');
	return true;
}

/* Options that follow the first @n of @len bytes, and the end. */
static bool put_suboptions(struct dissect *d, const uint8_t *p, uint32_t len, uint32_t n)
{
	if (len > n)
		put_options(d, p + n, len - n);
	put_char(d, ')');
	return true;
}

static bool put_association(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len < 12)
		return put_odd(d);
	putf(d, " IAID:%u T1:%u T2:%u", load_be32(p), load_be32(p + 4), load_be32(p + 8));
	return put_suboptions(d, p, len, 12);
}

static bool put_temporary_association(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len < 4)
		return put_odd(d);
	putf(d, " IAID:%u", load_be32(p));
	return put_suboptions(d, p, len, 4);
}

static bool put_address(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len < 24)
		return put_odd(d);
	put_char(d, ' ');
	put_ip6(d, p);
	putf(d, " pltime:%u vltime:%u", load_be32(p + 16), load_be32(p + 20));
	return put_suboptions(d, p, len, 24);
}

static bool put_prefix(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len < 25)
		return put_odd(d);
	put_char(d, ' ');
	put_ip6(d, p + 9);
	putf(d, "/%u pltime:%u vltime:%u", p[8], load_be32(p), load_be32(p + 4));
	return put_suboptions(d, p, len, 25);
}

static bool put_preference(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len != 1)
		return put_odd(d);
	putf(d, " %u)", *p);
	return true;
}

static bool put_elapsed_time(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len != 2)
		return put_odd(d);
	putf(d, " %u)", load_be16(p));
	return true;
}

static bool put_number(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len != 4)
		return put_odd(d);
	putf(d, " %u)", load_be32(p));
	return true;
}

static bool put_relayed(struct dissect *d, const uint8_t *p, uint32_t len)
{
	const uint8_t *end = dissect_narrow(d, p, len);

	put(d, " (");
	print_dhcp6(d, p, len);
	d->end = end;
	put_char(d, ')');
	return true;
}

/* What the delayed protocol sends to prove itself. */
static void put_delayed(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len == 0)
		return;
	if (len < 20) {
		put(d, " ??");
		return;
	}
	if (len > 20)
		put(d, ", realm: ");
	put_hex_bytes(d, p, len - 20);
	p += len - 20;
	putf(d, ", key ID: %08x, HMAC-MD5: %08x %08x %08x %08x", load_be32(p), load_be32(p + 4),
	     load_be32(p + 8), load_be32(p + 12), load_be32(p + 16));
}

/* What the reconfigure key protocol sends. */
static void put_reconfigure_key(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len != 17) {
		put(d, " ??");
		return;
	}
	put(d, p[0] == 1 ? " reconfig-key" : p[0] == 2 ? " type: HMAC-MD5" : " type: ??");
	putf(d, " value: %08x %08x %08x %08x", load_be32(p + 1), load_be32(p + 5), load_be32(p + 9),
	     load_be32(p + 13));
}

static bool put_authentication(struct dissect *d, const uint8_t *p, uint32_t len)
{
	enum { DELAYED = 2, RECONFIGURE = 3, HEAD_BYTES = 11 };
	static const struct name protocols[] = {
		{ DELAYED, " proto: delayed" },
		{ RECONFIGURE, " proto: reconfigure" },
	};
	static const struct name algorithms[] = { { 1, ", alg: HMAC-MD5" } };
	static const struct name replay_methods[] = { { 0, ", RDM: mono" } };

	if (len < HEAD_BYTES)
		return put_odd(d);
	put_name(d, protocols, ARRAY_LEN(protocols), " proto: %u", p[0]);
	put_name(d, algorithms, ARRAY_LEN(algorithms), ", alg: %u", p[1]);
	put_name(d, replay_methods, ARRAY_LEN(replay_methods), ", RDM: %u", p[2]);
	putf(d, ", RD: %04x %04x %04x %04x", load_be16(p + 3), load_be16(p + 5), load_be16(p + 7),
	     load_be16(p + 9));
	if (p[0] == DELAYED)
		put_delayed(d, p + HEAD_BYTES, len - HEAD_BYTES);
	else if (p[0] == RECONFIGURE)
		put_reconfigure_key(d, p + HEAD_BYTES, len - HEAD_BYTES);
	else
		put(d, " ??");
	put_char(d, ')');
	return true;
}

static bool put_status(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t code;

	if (len < 2)
		return put_odd(d);
	code = load_be16(p);
	put_char(d, ' ');
	if (code > 255)
		put(d, "INVALID code");
	else
		put_name(d, status_codes, ARRAY_LEN(status_codes), "code%u", code);
	put_char(d, ')');
	return true;
}

/* The first bytes behind the first @skip ones. */
static bool put_some_bytes(struct dissect *d, const uint8_t *p, uint32_t len, uint32_t skip)
{
	put_char(d, ' ');
	put_hex_bytes(d, p + skip, len - skip < OPAQUE_BYTES ? len - skip : OPAQUE_BYTES);
	put(d, "...)");
	return true;
}

static bool put_opaque(struct dissect *d, const uint8_t *p, uint32_t len)
{
	return put_some_bytes(d, p, len, 0);
}

static bool put_remote_id(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len < 4)
		return put_odd(d);
	putf(d, " %u", load_be32(p));
	return put_some_bytes(d, p, len, 4);
}

static bool put_relay_data(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len < 16)
		return put_odd(d);
	put_char(d, ' ');
	put_ip6(d, p);
	return put_some_bytes(d, p, len, 16);
}

static bool put_reconfigure(struct dissect *d, const uint8_t *p, uint32_t len)
{
	enum { RENEW = 5, INFORMATION_REQUEST = 11 };

	if (len != 1)
		return put_odd(d);
	if (*p == RENEW)
		put(d, " for renew)");
	else if (*p == INFORMATION_REQUEST)
		put(d, " for inf-req)");
	else
		putf(d,
		     " for ?"
		     "?"
		     "?(%02x))",
		     *p);
	return true;
}

static bool put_addresses(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len % 16)
		return put_odd(d);
	for (uint32_t at = 0; at < len; at += 16) {
		put_char(d, ' ');
		put_ip6(d, p + at);
	}
	put_char(d, ')');
	return true;
}

/* Names.  Should there be pointers in them, they lead to what follows the option, as in tcpdump. */
static bool put_domains(struct dissect *d, const uint8_t *p, uint32_t len)
{
	const uint8_t *end = p + len;

	while (p < end) {
		put_char(d, ' ');
		p = put_domain_name(d, p, end);
		if (!p)
			return false;
	}
	put_char(d, ')');
	return true;
}

static bool put_lease_query(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const struct name types[] = { { 1, " by-address " }, { 2, " by-clientID " } };

	if (len < 17)
		return put_odd(d);
	put_name(d, types, ARRAY_LEN(types), " type_%u ", p[0]);
	put_ip6(d, p + 1);
	return put_suboptions(d, p, len, 17);
}

static bool put_client_data(struct dissect *d, const uint8_t *p, uint32_t len)
{
	return put_suboptions(d, p, len, 0);
}

/* Servers as addresses or names: options of a kind within (RFC 5908). */
static bool put_time_servers(struct dissect *d, const uint8_t *p, uint32_t len)
{
	enum { SERVER_ADDRESS = 1, MULTICAST_ADDRESS = 2, SERVER_NAME = 3 };
	const uint8_t *end = p + len;

	if (len < OPTION_BYTES)
		return put_odd(d);
	while (end - p > OPTION_BYTES) {
		uint32_t type = load_be16(p);
		uint32_t part_len = load_be16(p + 2);

		p += OPTION_BYTES;
		if (part_len > (uint32_t)(end - p))
			return false;
		putf(d, " subopt:%u ", type);
		if (type == SERVER_NAME) {
			if (!put_domain_name(d, p, p + part_len))
				return false;
		} else if ((type == SERVER_ADDRESS || type == MULTICAST_ADDRESS) &&
			   part_len == 16) {
			put_ip6(d, p);
		} else {
			put_char(d, '?');
		}
		p += part_len;
	}
	put_char(d, ')');
	return true;
}

/* A name without compression. */
static bool put_labels(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len < 3)
		return put_odd(d);
	put_char(d, ' ');
	while (len > 0 && *p) {
		uint32_t label_len = *p++;

		if (label_len >= len - 1) {
			put(d, " ?");
			break;
		}
		put_text_to_nul(d, p, label_len);
		p += label_len;
		len -= label_len + 1;
		if (*p)
			put_char(d, '.');
	}
	put_char(d, ')');
	return true;
}

static bool put_zone(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len < 5)
		return put_odd(d);
	put_char(d, ' ');
	put_text_to_nul(d, p, len);
	put_char(d, ')');
	return true;
}

static bool put_option_request(struct dissect *d, const uint8_t *p, uint32_t len);

static const struct option {
	const char *name; /* NULL for what is not known */
	put_data_fn *put_data;
} options[] = {
#define DHCP6_OPTION(code, name, put_data) [code] = { name, put_data },
#include "dissect/dhcp6_option.def"
#undef DHCP6_OPTION
};

static void put_option_name(struct dissect *d, uint32_t code)
{
	if (code < ARRAY_LEN(options) && options[code].name)
		put(d, options[code].name);
	else
		putf(d, "opt_%u", code);
}

static bool put_option_request(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len % 2)
		return put_odd(d);
	for (uint32_t at = 0; at < len; at += 2) {
		put_char(d, ' ');
		put_option_name(d, load_be16(p + at));
	}
	put_char(d, ')');
	return true;
}

static bool put_option(struct dissect *d, uint32_t code, const uint8_t *p, uint32_t len)
{
	put(d, " (");
	put_option_name(d, code);
	if (code < ARRAY_LEN(options) && options[code].put_data)
		return options[code].put_data(d, p, len);
	return put_nothing(d, p, len);
}

/* The options in the @len bytes at @p, which are there. */
static void put_options(struct dissect *d, const uint8_t *p, uint32_t len)
{
	const uint8_t *end = p + len;

	if (d->depth >= MOST_DEPTH) {
		put_truncated(d);
		return;
	}
	d->depth++;
	while (p < end) {
		uint32_t option_len;

		if (end - p < OPTION_BYTES)
			break;
		option_len = load_be16(p + 2);
		if ((uint32_t)(end - p) - OPTION_BYTES < option_len)
			break;
		if (!put_option(d, load_be16(p), p + OPTION_BYTES, option_len))
			break;
		p += OPTION_BYTES + option_len;
	}
	if (p < end)
		put_truncated(d);
	d->depth--;
}

/* The options behind the first @n of @len bytes. */
static void put_rest(struct dissect *d, const uint8_t *p, uint32_t len, uint32_t n)
{
	uint32_t there = dissect_available(d, p, len);

	if (there > n)
		put_options(d, p + n, there - n);
}

static void put_message(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (p[0] == RELAY_FORWARD || p[0] == RELAY_REPLY) {
		dissect_need(d, p + 2, 16);
		put(d, "linkaddr=");
		put_ip6(d, p + 2);
		dissect_need(d, p + 18, 16);
		put(d, " peeraddr=");
		put_ip6(d, p + 18);
		put_rest(d, p, len, RELAY_BYTES);
	} else {
		put(d, "xid=");
		put_hex(d, load_be32(p) & 0xffffff, 1);
		put_rest(d, p, len, MESSAGE_BYTES);
	}
}

void print_dhcp6(struct dissect *d, const uint8_t *p, uint32_t len)
{
	d->protocol = "dhcp6";
	put(d, "dhcp6");
	if (!dissect_has(d, p, MESSAGE_BYTES)) {
		put_truncated(d);
		return;
	}
	put_char(d, ' ');
	put_name(d, message_types, ARRAY_LEN(message_types), "msgtype-%u", p[0]);
	if (!d->o->verbose)
		return;
	put(d, " (");
	put_message(d, p, len);
	put_char(d, ')');
}
