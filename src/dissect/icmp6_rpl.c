/*
 * icmp6_rpl.c - RPL (RFC 6550), by which small radios find a tree of routes.
 */
#include "dissect/icmp6.h"

#include "dissect/proto.h"

enum {
	MESSAGE_AT = 4, /* within ICMPv6 */
	OBJECT_BYTES = 24,
	ADVERTISEMENT_BYTES = 4, /* and then the DODAG's identity, perhaps */
	IDENTITY_BYTES = 16,
	OPTION_PAD1 = 0,
};

static const struct name modes[] = {
	{ 0, "nonstoring" },
	{ 1, "storing" },
	{ 2, "nonstoring-multicast" },
	{ 3, "storing-multicast" },
};

static const struct name options[] = {
	{ 1, "padN" },      { 2, "metrics" },     { 3, "routinginfo" }, { 4, "config" },
	{ 5, "rpltarget" }, { 6, "transitinfo" }, { 8, "destprefix" },  { 9, "rpltargetdesc" },
};

static void print_rpl_options(struct dissect *d, const uint8_t *p, uint32_t len)
{
	while (len) {
		uint8_t type = get_u8(d, p);
		uint32_t n = 1;

		if (type == OPTION_PAD1) {
			put(d, " opt:pad1");
		} else {
			if (len < 2)
				dissect_truncated(d);
			n = get_u8(d, p + 1) + 2U;
			put(d, " opt:");
			put_name(d, NAMES(options), "subopt:%u", type);
			putf(d, " len:%u ", n);
			dissect_need(d, p, n);
			if (len < n)
				dissect_truncated(d);
			if (d->o->verbose > 2)
				put_hex_dump(d, " ", p + 2, n - 2);
		}
		p += n;
		len -= n;
	}
}

static void print_object(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint8_t flags;

	if (len < OBJECT_BYTES) {
		put_invalid(d);
		return;
	}
	dissect_need(d, p, OBJECT_BYTES);
	flags = p[4];
	put(d, " [dagid:");
	put_ip6(d, p + 8);
	putf(d, ",seq:%u,instance:%u,rank:%u,%smop:", p[5], p[0], get_be16(d, p + 2),
	     flags & 0x80 ? "grounded," : "");
	put_name(d, NAMES(modes), "mop%u", flags >> 3 & 7);
	putf(d, ",prf:%u]", flags & 7U);
	if (d->o->verbose > 1)
		print_rpl_options(d, p + OBJECT_BYTES, len - OBJECT_BYTES);
}

/*
 * An advertisement or its acknowledgement: @has_identity is the bit of its flags by which the
 * DODAG is named.  How many bytes there were before the options, or 0 when they are too few.
 */
static uint32_t print_identity(struct dissect *d, const uint8_t *p, uint32_t len,
			       uint8_t has_identity)
{
	uint32_t n = ADVERTISEMENT_BYTES;

	if (len < ADVERTISEMENT_BYTES) {
		put_invalid(d);
		return 0;
	}
	if (get_u8(d, p + 1) & has_identity)
		n += IDENTITY_BYTES;
	if (len < n) {
		put_invalid(d);
		return 0;
	}
	dissect_need(d, p, n);
	put(d, " [dagid:");
	if (n > ADVERTISEMENT_BYTES)
		put_ip6(d, p + ADVERTISEMENT_BYTES);
	else
		put(d, "<elided>");
	return n;
}

static void print_advertisement(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t n;

	dissect_need(d, p,
		     ADVERTISEMENT_BYTES + IDENTITY_BYTES); /* as tcpdump does, named or not */
	n = print_identity(d, p, len, 0x40);
	if (!n)
		return;
	putf(d, ",seq:%u,instance:%u%s%s,%02x]", p[3], p[0], p[1] & 0x80 ? ",acK" : "",
	     p[1] & 0x40 ? ",Dagid" : "", p[1]);
	if (d->o->verbose > 1)
		print_rpl_options(d, p + n, len - n);
}

static void print_acknowledgement(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t n = print_identity(d, p, len, 0x80);

	if (!n)
		return;
	putf(d, ",seq:%u,instance:%u,status:%u]", p[2], p[0], p[3]);
	if (d->o->verbose > 1)
		print_rpl_options(d, p + n, len - n);
}

void print_rpl(struct dissect *d, const uint8_t *p, uint32_t len)
{
	/* clang-format off */
	static const struct {
		const char *name;
		print_fn *body;
	} messages[] = {
		{ "DODAG Information Solicitation",        NULL },
		{ "DODAG Information Object",              print_object },
		{ "Destination Advertisement Object",      print_advertisement },
		{ "Destination Advertisement Object Ack",  print_acknowledgement },
	};
	/* clang-format on */
	uint8_t code = get_u8(d, p + 1);

	if (code & 0x80) {
		put(d, ", (SEC) [worktodo]");
		return;
	}
	put(d, ", (CLR)");
	if (code >= ARRAY_LEN(messages)) {
		putf(d, "RPL message, unknown code %u", code);
		return;
	}
	put(d, messages[code].name);
	if (d->o->verbose && messages[code].body)
		messages[code].body(d, p + MESSAGE_AT, len - MESSAGE_AT);
}
