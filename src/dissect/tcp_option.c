/*
 * tcp_option.c - the options of TCP segments.
 *
 * An option is its kind, its length with these two bytes, and data.  One that ends before its data is
 * right is "[bad opt]"; data that is longer than the kind's is passed over with its length.
 */
#include "dissect/proto.h"
#include "dissect/tcp.h"

enum {
	KIND_END = 0,
	KIND_NOP = 1,
	KIND_MSS = 2,
	KIND_WINDOW_SCALE = 3,
	KIND_SACK_OK = 4,
	KIND_SACK = 5,
	KIND_ECHO = 6,
	KIND_ECHO_REPLY = 7,
	KIND_TIMESTAMPS = 8,
	KIND_CC = 11,
	KIND_CC_NEW = 12,
	KIND_CC_ECHO = 13,
	KIND_MD5 = 19,
	KIND_SCPS = 20,
	KIND_USER_TIMEOUT = 28,
	KIND_AUTHENTICATION = 29,
	KIND_MPTCP = 30,
	KIND_FAST_OPEN = 34,
	KIND_EXPERIMENT = 254,

	MD5_BYTES = 16,
	EXPERIMENT_FAST_OPEN = 0xf989, /* RFC 7413 */
};

/* clang-format off */
static const struct name kind_names[] = {
	{ KIND_NOP,            "nop" },
	{ KIND_TIMESTAMPS,     "TS" },
	{ KIND_SACK,           "sack" },
	{ KIND_MSS,            "mss" },
	{ KIND_WINDOW_SCALE,   "wscale" },
	{ KIND_SACK_OK,        "sackOK" },
	{ KIND_END,            "eol" },
	{ KIND_ECHO,           "echo" },
	{ KIND_ECHO_REPLY,     "echoreply" },
	{ KIND_CC,             "cc" },
	{ KIND_CC_NEW,         "ccnew" },
	{ KIND_CC_ECHO,        "" },
	{ KIND_MD5,            "md5" },
	{ KIND_SCPS,           "scps" },
	{ KIND_USER_TIMEOUT,   "uto" },
	{ KIND_AUTHENTICATION, "tcp-ao" },
	{ KIND_MPTCP,          "mptcp" },
	{ KIND_FAST_OPEN,      "tfo" },
	{ KIND_EXPERIMENT,     "exp" },
};
/* clang-format on */

/* How an option ended. */
enum verdict {
	OK,
	BAD,
	CUT, /* bytes are missing */
};

/* The data of one option. */
struct option {
	const uint8_t *data;
	uint32_t len;  /* that the option says */
	uint32_t used; /* that its kind has */
	const struct tcp_segment *segment;
	const uint8_t *segment_end;
};

/* Are the first @n bytes of the data within the options, and there? */
static enum verdict check(struct dissect *d, const struct option *o, uint32_t left, uint32_t n)
{
	if (n > left)
		return BAD;
	return dissect_has(d, o->data, n) ? OK : CUT;
}

static void put_number(struct dissect *d, const char *before, uint32_t value)
{
	put(d, before);
	put_dec(d, value);
}

/* Ranges that arrived, relative to where the peer's numbers began. */
static enum verdict put_sack(struct dissect *d, struct option *o)
{
	o->used = o->len;
	if (o->len % 8 != 0) {
		put(d, " invalid sack");
		return OK;
	}
	put_number(d, " ", o->len / 8);
	put_char(d, ' ');
	for (uint32_t i = 0; i < o->len; i += 8) {
		if (!dissect_has(d, o->data + i, 8))
			return CUT;
		put_number(d, "{", load_be32(o->data + i) - o->segment->peer_start);
		put_number(d, ":", load_be32(o->data + i + 4) - o->segment->peer_start);
		put_char(d, '}');
	}
	return OK;
}

static void put_user_timeout(struct dissect *d, uint32_t value)
{
	put(d, " 0x");
	put_hex(d, value, 1);
	put_number(d, " ", value & 1 ? (value >> 1) * 60 : value >> 1);
}

static enum verdict put_authentication(struct dissect *d, struct option *o)
{
	o->used = o->len;
	if (o->len < 2) {
		put_invalid(d);
		return OK;
	}
	if (!dissect_has(d, o->data, 1))
		return CUT;
	put_number(d, " keyid ", o->data[0]);
	if (!dissect_has(d, o->data, 2))
		return CUT;
	put_number(d, " rnextkeyid ", o->data[1]);
	if (o->len > 2)
		put(d, " mac 0x");
	for (uint32_t i = 2; i < o->len; i++) {
		if (!dissect_has(d, o->data + i, 1))
			return CUT;
		put_hex(d, o->data[i], 2);
	}
	return OK;
}

/* RFC 2385: without the connection's secret it cannot be verified. */
static void put_signature(struct dissect *d, const struct option *o)
{
	put(d,
	    o->segment_end > d->end ? " snaplen too short" : " shared secret not supplied with -M");
	put(d, ", can't check - ");
	put_hex_bytes(d, o->data, MD5_BYTES);
}

/* The cookie of TCP Fast Open (RFC 7413), or the wish for one. */
static void put_fast_open(struct dissect *d, const uint8_t *p, uint32_t len, bool experimental)
{
	if (experimental)
		put(d, "tfo");
	if (len == 0) {
		put(d, " cookiereq");
	} else if (len % 2 || len < 4 || len > 16) {
		put_invalid(d);
	} else {
		put(d, " cookie ");
		put_hex_bytes(d, p, len);
	}
}

static enum verdict put_experiment(struct dissect *d, struct option *o)
{
	o->used = o->len;
	if (o->len < 2)
		return BAD;
	put_char(d, '-');
	if (load_be16(o->data) == EXPERIMENT_FAST_OPEN)
		put_fast_open(d, o->data + 2, o->len - 2, true);
	else
		put_hex(d, load_be16(o->data), 4);
	return OK;
}

static enum verdict put_unknown_option(struct dissect *d, struct option *o)
{
	o->used = o->len;
	if (o->len > 0)
		put(d, " 0x");
	for (uint32_t i = 0; i < o->len; i++) {
		if (!dissect_has(d, o->data + i, 1))
			return CUT;
		put_hex(d, o->data[i], 2);
	}
	return OK;
}

static enum verdict put_multipath(struct dissect *d, struct option *o)
{
	const uint8_t *end;
	bool good;

	o->used = o->len;
	end = dissect_narrow(d, o->data, o->len);
	good = put_mptcp(d, o->data - 2, o->len + 2, o->segment->flags);
	d->end = end;
	return good ? OK : BAD;
}

/* The bytes of data that an option of this kind has to have, or 0. */
static uint32_t data_bytes(uint8_t kind, uint32_t len)
{
	switch (kind) {
	case KIND_WINDOW_SCALE: return 1;
	case KIND_MSS:
	case KIND_SCPS:
	case KIND_USER_TIMEOUT: return 2;
	case KIND_ECHO:
	case KIND_ECHO_REPLY:
	case KIND_CC:
	case KIND_CC_NEW:
	case KIND_CC_ECHO: return 4;
	case KIND_TIMESTAMPS: return 8;
	case KIND_MD5: return MD5_BYTES;
	case KIND_MPTCP:
	case KIND_FAST_OPEN:
	case KIND_EXPERIMENT: return len;
	default: return 0;
	}
}

static enum verdict put_option_data(struct dissect *d, uint8_t kind, struct option *o)
{
	switch (kind) {
	case KIND_MSS: put_number(d, " ", load_be16(o->data)); return OK;
	case KIND_WINDOW_SCALE: put_number(d, " ", o->data[0]); return OK;
	case KIND_ECHO:
	case KIND_ECHO_REPLY:
	case KIND_CC:
	case KIND_CC_NEW:
	case KIND_CC_ECHO: put_number(d, " ", load_be32(o->data)); return OK;
	case KIND_TIMESTAMPS:
		put_number(d, " val ", load_be32(o->data));
		put_number(d, " ecr ", load_be32(o->data + 4));
		return OK;
	case KIND_SACK: return put_sack(d, o);
	case KIND_MD5: put_signature(d, o); return OK;
	case KIND_SCPS: putf(d, " cap %02x id %u", o->data[0], o->data[1]); return OK;
	case KIND_USER_TIMEOUT: put_user_timeout(d, load_be16(o->data)); return OK;
	case KIND_AUTHENTICATION: return put_authentication(d, o);
	case KIND_MPTCP: return put_multipath(d, o);
	case KIND_FAST_OPEN:
		put_char(d, ' ');
		put_fast_open(d, o->data, o->len, false);
		return OK;
	case KIND_EXPERIMENT: return put_experiment(d, o);
	case KIND_END:
	case KIND_NOP:
	case KIND_SACK_OK: return OK;
	default: return put_unknown_option(d, o);
	}
}

/* One option of at most @len bytes; *ret_bytes is how many it has. */
static enum verdict put_option(struct dissect *d, const uint8_t *p, uint32_t len, struct option *o,
			       uint32_t *ret_bytes)
{
	uint8_t kind = get_u8(d, p);
	bool has_length = kind != KIND_END && kind != KIND_NOP;
	uint32_t header_bytes = has_length ? 2 : 1;
	uint32_t option_len = has_length ? get_u8(d, p + 1) : 1;
	enum verdict verdict;

	if (has_length && (option_len < 2 || option_len > len))
		return BAD;
	o->data = p + header_bytes;
	o->len = option_len - header_bytes;
	o->used = data_bytes(kind, o->len);
	put_name(d, kind_names, ARRAY_LEN(kind_names), "unknown-%u", kind);
	verdict = check(d, o, len - header_bytes, o->used);
	if (verdict == OK)
		verdict = put_option_data(d, kind, o);
	if (verdict != OK)
		return verdict;
	*ret_bytes = header_bytes + o->used;
	if (*ret_bytes != option_len)
		putf(d, "[len %u]", option_len);
	return OK;
}

bool put_tcp_options(struct dissect *d, const uint8_t *p, const struct tcp_segment *s)
{
	struct option o = { .segment = s, .segment_end = p + s->header_len + s->data_len };
	uint32_t len = s->header_len - TCP_BYTES;
	bool any = false;

	p += TCP_BYTES;
	put(d, ", options [");
	while (len > 0) {
		uint32_t bytes = 0;
		enum verdict verdict;

		if (any)
			put_char(d, ',');
		verdict = put_option(d, p, len, &o, &bytes);
		if (verdict != OK) {
			if (verdict == BAD)
				put(d, any ? "[bad opt]]" : "[bad opt]");
			else
				put_truncated(d);
			if (verdict == CUT && any)
				put_char(d, '>');
			return false;
		}
		any = true;
		if (p[0] == KIND_END)
			break;
		p += bytes;
		len -= bytes;
	}
	put_char(d, ']');
	return true;
}
