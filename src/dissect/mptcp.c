/*
 * mptcp.c - Multipath TCP's option (RFC 6824, RFC 8684).
 *
 * Which fields an option has follows from its length and the segment's flags.  Lengths here count the
 * option's kind and length bytes; all of them are there.
 */
#include "dissect/proto.h"
#include "dissect/tcp.h"

enum {
	CAPABLE_CHECKSUM = 0x80,
	BACKUP = 0x01,

	DSS_FIN = 0x10,
	DSS_LONG_SEQ = 0x08,
	DSS_SEQ = 0x04,
	DSS_LONG_ACK = 0x02,
	DSS_ACK = 0x01,
};

typedef bool option_fn(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t flags);

static bool put_capable(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t flags)
{
	uint8_t version = p[2] & 15;

	if (!((len == 4 || len == 12) && (flags & TCP_SYN)) &&
	    !((len == 20 || len == 22) && (flags & (TCP_SYN | TCP_ACK)) == TCP_ACK))
		return false;
	if (version > 1) {
		putf(d, " Unknown Version (%u)", version);
		return true;
	}
	putf(d, " v%u", version);
	if (p[3] & CAPABLE_CHECKSUM)
		put(d, " csum");
	if (len == 4)
		return true;
	put(d, " {0x");
	put_hex(d, get_be64(d, p + 4), 1);
	if (len >= 20) {
		put(d, ",0x");
		put_hex(d, get_be64(d, p + 12), 1);
	}
	put_char(d, '}');
	return true;
}

static bool put_join(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t flags)
{
	if (!(len == 12 && (flags & TCP_SYN)) &&
	    !(len == 16 && (flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK)) &&
	    !(len == 24 && (flags & TCP_ACK)))
		return false;
	if (len == 24) {
		put(d, " hmac 0x");
		put_hex_bytes(d, p + 4, 20);
		return true;
	}
	if (p[2] & BACKUP)
		put(d, " backup");
	putf(d, " id %u", p[3]);
	if (len == 12) {
		putf(d, " token 0x%x nonce 0x%x", get_be32(d, p + 4), get_be32(d, p + 8));
	} else {
		put(d, " hmac 0x");
		put_hex(d, get_be64(d, p + 4), 1);
		putf(d, " nonce 0x%x", get_be32(d, p + 12));
	}
	return true;
}

/* A field of an option that is read from front to back. */
struct reader {
	const uint8_t *at;
	uint32_t left;
};

static bool put_number(struct dissect *d, struct reader *r, bool is_long)
{
	uint32_t bytes = is_long ? 8 : 4;

	if (r->left < bytes)
		return false;
	put_dec(d, is_long ? get_be64(d, r->at) : get_be32(d, r->at));
	r->at += bytes;
	r->left -= bytes;
	return true;
}

static bool put_mapping(struct dissect *d, struct reader *r, bool is_long)
{
	put(d, " seq ");
	if (!put_number(d, r, is_long) || r->left < 4)
		return false;
	put(d, " subseq ");
	if (!put_number(d, r, false) || r->left < 2)
		return false;
	putf(d, " len %u", get_be16(d, r->at));
	r->at += 2;
	r->left -= 2;
	if (r->left >= 2) { /* there only if it was agreed on */
		putf(d, " csum 0x%x", get_be16(d, r->at));
		r->left -= 2;
	}
	return true;
}

static bool put_dss(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t flags)
{
	struct reader r = { p + 4, len - 4 };

	if (len < 4 || (flags & TCP_SYN))
		return false;
	if (p[3] & DSS_FIN)
		put(d, " fin");
	if (p[3] & DSS_ACK) {
		put(d, " ack ");
		if (!put_number(d, &r, p[3] & DSS_LONG_ACK))
			return false;
	}
	if ((p[3] & DSS_SEQ) && !put_mapping(d, &r, p[3] & DSS_LONG_SEQ))
		return false;
	return r.left == 0;
}

/* Version 0 says here which IP it is, version 1 whether the address comes back as an echo; which IP
 * follows from the length. */
/* clang-format off */
static const struct name add_forms[] = {
	{ 0, "v1" },
	{ 1, "v1-echo" },
	{ 4, "v0-ip4" },
	{ 6, "v0-ip6" },
};
/* clang-format on */

static bool put_add_address(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t flags)
{
	uint32_t address_len = len < 20 ? 4 : 16;
	uint32_t rest = len - 4 - address_len; /* a port, or a hash, or both */
	const uint8_t *at = p + 4;

	(void)flags;
	if (len < 8 || (rest != 0 && rest != 2 && rest != 8 && rest != 10))
		return false;
	put_char(d, ' ');
	put_name(d, add_forms, ARRAY_LEN(add_forms), "[bad version/echo]", p[2] & 15);
	putf(d, " id %u ", p[3]);
	if (address_len == 4)
		put_ip4(d, at);
	else
		put_ip6(d, at);
	at += address_len;
	if (rest == 2 || rest == 10) {
		putf(d, ":%u", get_be16(d, at));
		at += 2;
	}
	if (rest >= 8) {
		put(d, " hmac 0x");
		put_hex(d, get_be64(d, at), 1);
	}
	return true;
}

static bool put_remove_address(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t flags)
{
	(void)flags;
	if (len < 4)
		return false;
	put(d, " id");
	for (uint32_t i = 3; i < len; i++)
		putf(d, " %u", get_u8(d, p + i));
	return true;
}

static bool put_priority(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t flags)
{
	(void)flags;
	if (len != 3 && len != 4)
		return false;
	put(d, p[2] & BACKUP ? " backup" : " non-backup");
	if (len == 4)
		putf(d, " id %u", p[3]);
	return true;
}

static bool put_fail(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t flags)
{
	(void)flags;
	if (len != 12)
		return false;
	put(d, " seq ");
	put_dec(d, get_be64(d, p + 4));
	return true;
}

static bool put_fast_close(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t flags)
{
	(void)flags;
	if (len != 12)
		return false;
	put(d, " key 0x");
	put_hex(d, get_be64(d, p + 4), 1);
	return true;
}

/* clang-format off */
static const struct {
	const char *name;
	option_fn *put;
} subtypes[] = {
	{ " capable",    put_capable },
	{ " join",       put_join },
	{ " dss",        put_dss },
	{ " add-addr",   put_add_address },
	{ " rem-addr",   put_remove_address },
	{ " prio",       put_priority },
	{ " fail",       put_fail },
	{ " fast-close", put_fast_close },
};
/* clang-format on */

bool put_mptcp(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t flags)
{
	uint32_t subtype;

	d->protocol = "mptcp";
	if (len < 3)
		return false;
	subtype = get_u8(d, p + 2) >> 4;
	putf(d, " %u", len);
	if (subtype >= ARRAY_LEN(subtypes)) {
		put(d, " unknown");
		return true;
	}
	put(d, subtypes[subtype].name);
	return subtypes[subtype].put(d, p, len, flags);
}
