/*
 * ip4.c - IPv4 (RFC 791).
 */
#include "dissect/proto.h"

enum {
	IP4_BYTES = 20,
	FLAG_RESERVED = 0x8000,
	FLAG_DF = 0x4000,
	FLAG_MF = 0x2000,
	OFFSET_MASK = 0x1fff,

	OPTION_END = 0,
	OPTION_NOP = 1,
	OPTION_RECORD_ROUTE = 7,
	OPTION_TIMESTAMP = 68,
	OPTION_LOOSE_ROUTE = 131,
	OPTION_STRICT_ROUTE = 137,
	OPTION_ROUTER_ALERT = 148,

	TIMESTAMP_ONLY = 0,
	TIMESTAMP_WITH_ADDRESS = 1,
	TIMESTAMP_PRESPECIFIED = 3,

	PROTO_TCP = 6,
	PROTO_UDP = 17,
	PROTO_DCCP = 33,
	PROTO_SCTP = 132,
};

/* clang-format off */
static const struct name option_names[] = {
	{ OPTION_END,          "EOL" },
	{ OPTION_NOP,          "NOP" },
	{ OPTION_TIMESTAMP,    "timestamp" },
	{ 130,                 "security" },
	{ OPTION_RECORD_ROUTE, "RR" },
	{ OPTION_STRICT_ROUTE, "SSRR" },
	{ OPTION_LOOSE_ROUTE,  "LSRR" },
	{ OPTION_ROUTER_ALERT, "RA" },
	{ 82,                  "traceroute" }, /* RFC 1393 */
};

static const struct name flag_names[] = {
	{ FLAG_MF,       "+" },
	{ FLAG_DF,       "DF" },
	{ FLAG_RESERVED, "rsvd" }, /* RFC 3514 */
};
/* clang-format on */

static void put_bad_length(struct dissect *d, uint32_t len)
{
	put(d, "[bad length ");
	put_dec(d, len);
	put_char(d, ']');
}

static void put_bad_pointer(struct dissect *d, uint8_t pointer)
{
	put(d, "[bad ptr ");
	put_dec(d, pointer);
	put_char(d, ']');
}

/* The addresses of a recorded or prescribed route, those passed with a ','.  False: cut short. */
static bool put_route(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint32_t pointer;

	if (len < 3) {
		put_char(d, ' ');
		put_bad_length(d, len);
		return true;
	}
	if ((len + 1) % 4) {
		put_char(d, ' ');
		put_bad_length(d, len);
	}
	pointer = get_u8(d, p + 2) - 1u;
	if (pointer < 3 || (pointer + 1) % 4 || pointer > len + 1) {
		put_char(d, ' ');
		put_bad_pointer(d, p[2]);
	}
	for (uint32_t at = 3; at < len; at += 4) {
		if (!dissect_has(d, p + at, 4))
			return false;
		put_char(d, ' ');
		put_ip4(d, p + at);
		if (pointer > at)
			put_char(d, ',');
	}
	return true;
}

static bool put_timestamp_entries(struct dissect *d, const uint8_t *p, uint32_t len, bool addresses)
{
	uint32_t entry_len = addresses ? 8 : 4;
	uint32_t pointer = p[2] - 1u;
	uint32_t at;

	for (at = 4; at < len; at += entry_len) {
		put(d, pointer == at ? " ^ " : " ");
		if (!dissect_has(d, p + at, entry_len))
			return false;
		put_dec(d, load_be32(p + at + entry_len - 4));
		put_char(d, '@');
		if (addresses)
			put_ip4(d, p + at);
	}
	if (pointer == at)
		put(d, " ^ ");
	return true;
}

static bool put_timestamps(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const char *const kinds[16] = {
		[TIMESTAMP_ONLY] = "TSONLY",
		[TIMESTAMP_WITH_ADDRESS] = "TS+ADDR",
		[TIMESTAMP_PRESPECIFIED] = "PRESPEC",
	};
	uint32_t kind, pointer, entry_len;

	if (len < 4) {
		put_bad_length(d, len);
		return true;
	}
	put(d, " TS{");
	kind = get_u8(d, p + 3) & 15u;
	entry_len = kind == TIMESTAMP_ONLY ? 4 : 8;
	if ((len - 4) % entry_len)
		put_bad_length(d, len);
	pointer = p[2] - 1u;
	if (pointer < 4 || (pointer - 4) % entry_len || pointer > len + 1)
		put_bad_pointer(d, p[2]);
	if (kinds[kind]) {
		put(d, kinds[kind]);
		if (!put_timestamp_entries(d, p, len, entry_len == 8))
			return false;
	} else {
		putf(d, "[bad ts type %u]", kind);
		if (pointer == 0)
			put(d, " ^ ");
	}
	if (p[3] >> 4)
		putf(d, " [%u hops not recorded]} ", p[3] >> 4);
	else
		put_char(d, '}');
	return true;
}

static bool put_option(struct dissect *d, const uint8_t *p, uint32_t len)
{
	switch (p[0]) {
	case OPTION_TIMESTAMP: return put_timestamps(d, p, len);
	case OPTION_RECORD_ROUTE:
	case OPTION_STRICT_ROUTE:
	case OPTION_LOOSE_ROUTE: return put_route(d, p, len);
	case OPTION_ROUTER_ALERT:
		if (len < 4) {
			put_char(d, ' ');
			put_bad_length(d, len);
		} else if (get_be16(d, p + 2) != 0) {
			putf(d, " value %u", load_be16(p + 2));
		}
		return true;
	default: return true;
	}
}

/* Returns false where they are cut short. */
static bool put_options(struct dissect *d, const uint8_t *p, uint32_t len)
{
	const char *separator = "";
	uint32_t option_len;

	for (; len > 0; p += option_len, len -= option_len) {
		uint8_t kind;

		put(d, separator);
		separator = ",";
		kind = get_u8(d, p);
		put_name(d, option_names, ARRAY_LEN(option_names), "unknown %u", kind);
		option_len = kind == OPTION_NOP || kind == OPTION_END ? 1 : get_u8(d, p + 1);
		if ((option_len < 2 && kind != OPTION_NOP && kind != OPTION_END) ||
		    option_len > len) {
			put_char(d, ' ');
			put_bad_length(d, option_len);
			return true;
		}
		if (!dissect_has(d, p, option_len))
			return false;
		if (kind == OPTION_END)
			return true;
		if (!put_option(d, p, option_len))
			return false;
	}
	return true;
}

static void put_addresses(struct dissect *d, const uint8_t *p)
{
	put_ip4(d, p + 12);
	put(d, " > ");
	put_ip4(d, p + 16);
	put_char(d, ':');
}

static void put_checksum(struct dissect *d, const uint8_t *p, uint32_t header_len)
{
	uint16_t sum;

	if (d->o->no_checksums || !dissect_has(d, p, header_len))
		return;
	sum = checksum(p, header_len);
	if (sum == 0)
		return;
	put(d, ", bad cksum ");
	put_hex(d, load_be16(p + 10), 1);
	put(d, " (->");
	put_hex(d, checksum_right(load_be16(p + 10), sum), 1);
	put(d, ")!");
}

/* -v: the header in parentheses.  Returns false where its options are cut short. */
static bool put_header(struct dissect *d, const uint8_t *p, uint32_t header_len)
{
	static const char *const congestion[] = { "", ",ECT(1)", ",ECT(0)", ",CE" };
	uint16_t offset = load_be16(p + 6);
	const char *name = ip_proto_name(p[9]);
	bool complete = true;

	put(d, "(tos 0x");
	put_hex(d, p[1], 1);
	put(d, congestion[p[1] & 3]);
	if (p[8] >= 1) {
		put(d, ", ttl ");
		put_dec(d, p[8]);
	}
	put(d, ", id ");
	put_dec(d, load_be16(p + 4));
	put(d, ", offset ");
	put_dec(d, (offset & OFFSET_MASK) * 8u);
	put(d, ", flags [");
	put_bits(d, flag_names, ARRAY_LEN(flag_names), ", ", "none",
		 offset & ~(uint32_t)OFFSET_MASK);
	put(d, "], proto ");
	put(d, name ? name : "unknown");
	put(d, " (");
	put_dec(d, p[9]);
	put(d, "), length ");
	put_dec(d, load_be16(p + 2));
	if (header_len > IP4_BYTES) {
		put(d, ", options (");
		complete = put_options(d, p + IP4_BYTES, header_len - IP4_BYTES);
		if (!complete)
			put(d, " [truncated-option]");
		put_char(d, ')');
	}
	put_checksum(d, p, header_len);
	put(d, ")\n    ");
	return complete;
}

/* A fragment that is not the first: its payload has no header of its own. */
static void print_later_fragment(struct dissect *d, const uint8_t *p)
{
	put_addresses(d, p);
	put_unknown_protocol(d, p[9]);
}

static void print_payload(struct dissect *d, const uint8_t *p, uint32_t header_len, uint32_t len)
{
	uint8_t protocol = p[9];

	/* These print the addresses together with their ports. */
	if (protocol != PROTO_TCP && protocol != PROTO_UDP && protocol != PROTO_SCTP &&
	    protocol != PROTO_DCCP) {
		put_addresses(d, p);
		put_char(d, ' ');
	}
	if (!dissect_has(d, p, header_len)) {
		putf(d, " [remaining caplen(%u) < header length(%u)]",
		     dissect_available(d, p, header_len), header_len);
		dissect_truncated(d);
	}
	d->network = p;
	d->fragment = load_be16(p + 6) & FLAG_MF;
	print_ip_protocol(d, protocol, p + header_len, len);
}

/* The length of the header if the lengths make sense, else 0 after saying that they do not. */
static uint32_t check_lengths(struct dissect *d, const uint8_t *p, uint32_t len,
			      uint32_t *ret_total)
{
	uint32_t header_len = (p[0] & 15u) * 4;
	uint32_t total = load_be16(p + 2);

	if (len < IP4_BYTES) {
		putf(d, "truncated-ip %u", len);
		return 0;
	}
	if (header_len < IP4_BYTES) {
		putf(d, "bad-hlen %u", header_len);
		return 0;
	}
	if (len < total)
		putf(d, "truncated-ip - %u bytes missing! ", total - len);
	if (total < header_len) {
		putf(d, "bad-len %u", total);
		return 0;
	}
	*ret_total = total;
	return header_len;
}

void print_ip_none(struct dissect *d, const uint8_t *p, uint32_t len)
{
	(void)p;
	(void)len;
	put(d, "no next header");
}

void print_ip_nd(struct dissect *d, const uint8_t *p, uint32_t len)
{
	(void)p;
	put(d, " nd ");
	put_dec(d, len);
}

void print_ip4(struct dissect *d, const uint8_t *p, uint32_t len)
{
	const uint8_t *outer_network = d->network;
	bool outer_fragment = d->fragment;
	const uint8_t *end;
	uint32_t header_len, total;

	d->protocol = "ip";
	if (get_u8(d, p) >> 4 != 4) {
		if (p[0] >> 4 == 6)
			put(d, "IP6, wrong link-layer encapsulation");
		else
			putf(d, "IP%u", p[0] >> 4);
		put_invalid(d);
		return;
	}
	if (!d->o->link)
		put(d, "IP ");
	if (!dissect_has(d, p, IP4_BYTES)) {
		put_truncated(d);
		return;
	}
	header_len = check_lengths(d, p, len, &total);
	if (header_len == 0)
		return;
	end = dissect_narrow(d, p, total);
	if (d->o->verbose > 0 && !put_header(d, p, header_len)) {
		put_addresses(d, p);
		put_char(d, ' ');
		put_truncated(d);
	} else if (load_be16(p + 6) & OFFSET_MASK) {
		print_later_fragment(d, p);
	} else {
		print_payload(d, p, header_len, total - header_len);
	}
	d->network = outer_network;
	d->fragment = outer_fragment;
	d->end = end;
}
