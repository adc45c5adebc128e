/*
 * ip6_option.c - IPv6's options for every hop and for the destination (RFC 8200 4.2).
 */
#include "dissect/ip6.h"
#include "dissect/proto.h"

enum {
	OPTION_PAD1 = 0,
	OPTION_PADN = 1,
	OPTION_ROUTER_ALERT = 5,    /* RFC 2711 */
	OPTION_JUMBO = 0xc2,        /* RFC 2675 */
	OPTION_HOME_ADDRESS = 0xc9, /* RFC 6275 */

	HEADER_BYTES = 2,
	ROUTER_ALERT_BYTES = 4,
	JUMBO_BYTES = 6,
	HOME_ADDRESS_BYTES = 18,
	MOST_SHORT_PAYLOAD = 65535,
};

/* The length of the option at @p, of which @left bytes are in the header; 0 where it does not fit. */
static uint32_t option_bytes(struct dissect *d, const uint8_t *p, uint32_t left)
{
	uint32_t bytes = 1;

	if (get_u8(d, p) != OPTION_PAD1) {
		if (left < HEADER_BYTES)
			return 0;
		bytes = get_u8(d, p + 1) + 2u;
	}
	return bytes <= left ? bytes : 0;
}

/* The options within a home address.  False: they do not fit. */
static bool put_sub_options(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t bytes;

	for (; len > 0; p += bytes, len -= bytes) {
		bytes = option_bytes(d, p, len);
		if (bytes == 0)
			return false;
		if (p[0] == OPTION_PAD1)
			put(d, ", pad1");
		else if (p[0] == OPTION_PADN)
			put(d, ", padn");
		else
			putf(d, ", sopt_type 0x%02x: len=%u", p[0], p[1]);
	}
	return true;
}

static bool put_home_address(struct dissect *d, const uint8_t *p, uint32_t bytes)
{
	if (d->o->verbose == 0)
		return true;
	put(d, "(homeaddr: ");
	put_ip6(d, p + 2);
	if (!put_sub_options(d, p + HOME_ADDRESS_BYTES, bytes - HOME_ADDRESS_BYTES))
		return false;
	put_char(d, ')');
	return true;
}

/* Sets the length of a jumbogram, of which there may be one. */
static void put_jumbo(struct dissect *d, const uint8_t *p, struct ip6_jumbo *jumbo)
{
	uint32_t len = get_be32(d, p + 2);
	const char *complaint = "";

	if (jumbo->seen)
		complaint = " - already seen";
	else if (!jumbo->allowed)
		complaint = " - not a hop-by-hop option";
	else if (jumbo->payload_len != 0)
		complaint = " - payload len != 0";
	else if (len <= MOST_SHORT_PAYLOAD)
		complaint = " - < 65536";
	else
		*jumbo = (struct ip6_jumbo){ .found = true, .payload_len = len };
	jumbo->seen = true;
	if (d->o->verbose > 0)
		putf(d, "(jumbo: %u%s) ", len, complaint);
}

/* Is the option @bytes long?  A home address may be longer. */
static bool check_length(struct dissect *d, const uint8_t *p, const char *name, uint32_t left,
			 uint32_t bytes)
{
	if (left < bytes) {
		putf(d, "(%s: trunc)", name);
		return false;
	}
	if (p[0] == OPTION_HOME_ADDRESS ? p[1] + 2u < bytes : p[1] + 2u != bytes) {
		putf(d, "(%s: invalid len %u)", name, p[1]);
		return false;
	}
	return true;
}

/* False where it is wrong, which is said even without -v; @left is what is left of the header. */
static bool put_option(struct dissect *d, const uint8_t *p, uint32_t left, struct ip6_jumbo *jumbo)
{
	bool verbose = d->o->verbose > 0;

	switch (p[0]) {
	case OPTION_PAD1: put(d, verbose ? "(pad1)" : ""); return true;
	case OPTION_PADN: put(d, verbose ? "(padn)" : ""); return true;
	case OPTION_ROUTER_ALERT:
		if (!check_length(d, p, "rtalert", left, ROUTER_ALERT_BYTES))
			return false;
		if (verbose)
			putf(d, "(rtalert: 0x%04x) ", get_be16(d, p + 2));
		return true;
	case OPTION_JUMBO:
		if (!check_length(d, p, "jumbo", left, JUMBO_BYTES))
			return false;
		put_jumbo(d, p, jumbo);
		return true;
	case OPTION_HOME_ADDRESS:
		return check_length(d, p, "homeaddr", left, HOME_ADDRESS_BYTES) &&
		       put_home_address(d, p, p[1] + 2u);
	default:
		if (verbose)
			putf(d, "(opt_type 0x%02x: len=%u)", p[0], p[1]);
		return true;
	}
}

static bool put_options(struct dissect *d, const uint8_t *p, uint32_t len, struct ip6_jumbo *jumbo)
{
	uint32_t bytes;

	for (; len > 0; p += bytes, len -= bytes) {
		bytes = option_bytes(d, p, len);
		if (bytes == 0 || !put_option(d, p, len, jumbo))
			return false;
	}
	put(d, d->o->verbose > 0 ? " " : "");
	return true;
}

static int print_options(struct dissect *d, const uint8_t *p, const char *name, bool options,
			 struct ip6_jumbo *jumbo)
{
	uint32_t len;

	len = (get_u8(d, p + 1) + 1u) * 8;
	if (!dissect_has(d, p, len)) {
		put_truncated(d);
		return 0;
	}
	put(d, name);
	if (!options || put_options(d, p + 2, len - 2, jumbo))
		return (int)len;
	put_truncated(d);
	return 0;
}

int print_ip6_hop_by_hop(struct dissect *d, const uint8_t *p, struct ip6_jumbo *jumbo)
{
	d->protocol = "hbhopt";
	jumbo->allowed = true;
	return print_options(d, p, "HBH ", true, jumbo);
}

int print_ip6_destination(struct dissect *d, const uint8_t *p)
{
	struct ip6_jumbo misplaced = { 0 };

	d->protocol = "dstopt";
	return print_options(d, p, "DSTOPT ", d->o->verbose > 0, &misplaced);
}
