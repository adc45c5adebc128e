/*
 * icmp6_info.c - what nodes tell of themselves (RFC 4620), and renumbering them (RFC 2894).
 *
 * How long a node information message is decides what it is: drafts whose messages had no type of
 * their own are still about.  That length is what the capture has.
 */
#include "dissect/icmp6.h"

#include "dissect/proto.h"

enum {
	QUERY_IP6 = 0, /* codes: what the subject of a query is */
	QUERY_NAME = 1,
	QUERY_IP4 = 2,

	REPLY_SUCCESS = 0, /* and of replies */
	REPLY_REFUSED = 1,
	REPLY_UNKNOWN = 2,

	TYPE_NOOP = 0,
	TYPE_SUPPORTED = 1,
	TYPE_NAME = 2,
	TYPE_ADDRESSES = 3,

	WHO_ARE_YOU_BYTES = 12,
	INFO_BYTES = 16,
};

/* In the order of printing.  The last is no flag of queries. */
static const struct name address_flags[] = {
	{ 0x40, "a" }, { 0x20, "G" }, { 0x10, "S" }, { 0x08, "L" },
	{ 0x04, "C" }, { 0x02, "A" }, { 0x01, "T" },
};

/* A name that ends at d->end, without compression; between quotes. */
static void print_labels(struct dissect *d, const uint8_t *p)
{
	while (p < d->end) {
		ptrdiff_t n = *p++;

		if (n == 0) {
			if (p == d->end)
				put_char(d, '.'); /* fully qualified */
			else if (p + 1 != d->end || *p != 0)
				put(d, "???");
			return;
		}
		if (n > d->end - p) {
			put(d, "???");
			return;
		}
		put_text(d, p, (uint32_t)n);
		p += n;
		if (p + 1 < d->end && *p)
			put_char(d, '.');
	}
}

/* A name as labels, or as a draft had it: a count and as many characters. */
static void print_node_name(struct dissect *d, const uint8_t *p)
{
	bool counted = get_u8(d, p) == d->end - p - 1;

	if (counted && d->o->verbose)
		put(d, ", 03 draft");
	put(d, ", \"");
	if (counted)
		put_text(d, p + 1, (uint32_t)(d->end - p - 1));
	else
		print_labels(d, p);
	put_char(d, '"');
}

static void print_supported(struct dissect *d, uint16_t flags)
{
	put(d, "supported qtypes");
	if (flags)
		put(d, flags & 1 ? " [C]" : " []");
}

static void print_address_flags(struct dissect *d, uint16_t flags, size_t names)
{
	if (!flags)
		return;
	put(d, " [");
	put_bits(d, address_flags, names, "", "", flags);
	put_char(d, ']');
}

static void print_query_type(struct dissect *d, uint16_t type, uint16_t flags)
{
	switch (type) {
	case TYPE_NOOP: put(d, "noop"); break;
	case TYPE_SUPPORTED: print_supported(d, flags); break;
	case TYPE_NAME: put(d, "DNS name"); break;
	case TYPE_ADDRESSES:
		put(d, "node addresses");
		print_address_flags(d, flags, ARRAY_LEN(address_flags) - 1);
		break;
	default: put(d, "unknown");
	}
}

static void print_subject_address(struct dissect *d, const uint8_t *p, size_t n)
{
	if (!dissect_has(d, p, n))
		return;
	if ((size_t)(d->end - p) != n) {
		if (d->o->verbose)
			put(d, ", invalid subject len");
		return;
	}
	put(d, ", subject=");
	if (n == 4)
		put_ip4(d, p);
	else
		put_ip6(d, p);
}

static void print_subject(struct dissect *d, const uint8_t *p)
{
	switch (p[1]) {
	case QUERY_IP6: print_subject_address(d, p + INFO_BYTES, 16); break;
	case QUERY_IP4: print_subject_address(d, p + INFO_BYTES, 4); break;
	case QUERY_NAME:
		put(d, ", subject=DNS name");
		print_node_name(d, p + INFO_BYTES);
		break;
	default: put(d, ", unknown subject");
	}
}

void print_node_query(struct dissect *d, const uint8_t *p)
{
	bool exact = d->end - p == INFO_BYTES;
	uint16_t type;

	if (d->end - p == WHO_ARE_YOU_BYTES) {
		put(d, " who-are-you request");
		return;
	}
	put(d, " node information query");
	if (!dissect_has(d, p, INFO_BYTES)) {
		put_truncated(d);
		return;
	}
	type = get_be16(d, p + 4);
	put(d, " (");
	print_query_type(d, type, get_be16(d, p + 6));
	if (type == TYPE_NOOP || type == TYPE_SUPPORTED) {
		if (!exact && d->o->verbose)
			put(d, ", invalid len");
	} else if (exact) {
		put(d, ", 03 draft");
	} else {
		print_subject(d, p);
	}
	put_char(d, ')');
}

static void print_addresses(struct dissect *d, const uint8_t *p)
{
	enum { ADDRESS_BYTES = 20 }; /* its lifetime before it */

	put(d, "node addresses");
	for (uint32_t at = INFO_BYTES; dissect_has(d, p + at, ADDRESS_BYTES); at += ADDRESS_BYTES) {
		put_char(d, ' ');
		put_ip6(d, p + at + 4);
		putf(d, "(%u)", get_be32(d, p + at));
	}
	print_address_flags(d, get_be16(d, p + 6), ARRAY_LEN(address_flags));
}

static void print_invalid_length(struct dissect *d, const uint8_t *p)
{
	if (d->end - p != INFO_BYTES && d->o->verbose)
		put(d, ", invalid length");
}

static void print_answer(struct dissect *d, const uint8_t *p)
{
	uint16_t flags = get_be16(d, p + 6);

	switch (get_be16(d, p + 4)) {
	case TYPE_NOOP:
		put(d, "noop");
		print_invalid_length(d, p);
		break;
	case TYPE_SUPPORTED: print_supported(d, flags); break;
	case TYPE_NAME:
		put(d, "DNS name");
		print_node_name(d, p + INFO_BYTES + 4);
		if (flags & 1)
			putf(d, " [TTL=%u]", get_be32(d, p + INFO_BYTES));
		break;
	case TYPE_ADDRESSES: print_addresses(d, p); break;
	default: put(d, "unknown");
	}
}

void print_node_reply(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (!dissect_has(d, p, len) || !dissect_has(d, p, INFO_BYTES)) {
		put_truncated(d);
		return;
	}
	put(d, " node information reply (");
	switch (p[1]) {
	case REPLY_SUCCESS:
		if (d->o->verbose)
			put(d, "success, ");
		print_answer(d, p);
		break;
	case REPLY_REFUSED:
		put(d, "refused");
		print_invalid_length(d, p);
		break;
	case REPLY_UNKNOWN:
		put(d, "unknown");
		print_invalid_length(d, p);
		break;
	}
	put_char(d, ')');
}

/* --- renumbering ------------------------------------------------------------------------------ */

enum { RENUMBERING_BYTES = 16, MATCH_BYTES = 24, USE_BYTES = 32, COMMAND = 0 };

static void print_seconds(struct dissect *d, const char *what, uint32_t seconds)
{
	if (seconds == UINT32_MAX)
		putf(d, "%s=infty,", what);
	else
		putf(d, "%s=%u,", what, seconds);
}

static void print_use(struct dissect *d, const uint8_t *p)
{
	static const struct name flags[] = {
		{ 0x80, "V" },
		{ 0x40, "P" },
	};

	put(d, d->o->verbose > 1 ? "\n\tuse(" : " use(");
	if (p[12]) {
		put_bits(d, NAMES(flags), "", "", p[12]);
		put_char(d, ',');
	}
	if (d->o->verbose) {
		putf(d, "mask=0x%x,raflags=0x%x,", p[2], p[3]);
		print_seconds(d, "vltime", get_be32(d, p + 4));
		print_seconds(d, "pltime", get_be32(d, p + 8));
	}
	put_ip6_digits(d, p + 16);
	putf(d, "/%u/%u)", p[0], p[1]);
}

static void print_match(struct dissect *d, const uint8_t *p)
{
	static const struct name operations[] = {
		{ 1, "add" },
		{ 2, "change" },
		{ 3, "setglobal" },
	};

	put(d, d->o->verbose > 1 ? "\n\tmatch(" : " match(");
	put_name(d, NAMES(operations), "#%u", p[0]);
	if (d->o->verbose)
		putf(d, ",ord=%u,min=%u,max=%u", p[2], p[4], p[5]);
	put_char(d, ',');
	put_ip6_digits(d, p + 8);
	putf(d, "/%u)", p[3]);
}

/* False: something is missing. */
static bool print_renumbering_command(struct dissect *d, const uint8_t *p)
{
	int count;

	if (!dissect_has(d, p, MATCH_BYTES))
		return false;
	print_match(d, p);
	count = p[1] - 3;
	if (count % 4)
		return false;
	p += MATCH_BYTES;
	for (count /= 4; count > 0; count--, p += USE_BYTES) {
		if (!dissect_has(d, p, USE_BYTES))
			return false;
		print_use(d, p);
	}
	return true;
}

static void print_renumbering_details(struct dissect *d, const uint8_t *p)
{
	static const struct name flags[] = {
		{ 0x80, "T" }, { 0x40, "R" }, { 0x20, "A" }, { 0x10, "S" }, { 0x08, "P" },
	};
	uint32_t reserved = get_be32(d, p + 12);

	put_char(d, '[');
	if (p[9]) {
		put_bits(d, NAMES(flags), "", "", p[9]);
		put_char(d, ',');
	}
	putf(d, "seg=%u,maxdelay=%u", p[8], get_be16(d, p + 10));
	if (reserved)
		putf(d, "rsvd=0x%x", reserved);
	put_char(d, ']');
}

void print_renumbering(struct dissect *d, const uint8_t *p)
{
	static const struct name codes[] = {
		{ COMMAND, ", command" },
		{ 1, ", result" },
		{ 255, ", sequence number reset" },
	};

	/* What is missing ends the line, but for the length. */
	if (!dissect_has(d, p, RENUMBERING_BYTES)) {
		put_truncated(d);
		return;
	}
	put_name(d, NAMES(codes), ", code-#%u", p[1]);
	putf(d, ", seq=%u", get_be32(d, p + 4));
	if (d->o->verbose)
		print_renumbering_details(d, p);
	if (p[1] == COMMAND && !print_renumbering_command(d, p + RENUMBERING_BYTES))
		put_truncated(d);
}
