/*
 * domain_option.c - options of the extended Domain Name System (RFC 6891).
 */
#include "dissect/domain.h"

#include <string.h>

#include "dissect/field.h"

/* clang-format off */
enum {
	LLQ = 1, UPDATE_LEASE = 2, NSID = 3, DAU = 5, DHU = 6, N3U = 7, CLIENT_SUBNET = 8, EXPIRE = 9,
	COOKIE = 10, KEEPALIVE = 11, PADDING = 12, CHAIN = 13, KEY_TAG = 14, CLIENT_TAG = 16,
	SERVER_TAG = 17,
};

static const struct name options[] = {
	{ LLQ,           "LLQ" },
	{ UPDATE_LEASE,  "UL" },
	{ NSID,          "NSID" },
	{ DAU,           "DAU" },
	{ DHU,           "DHU" },
	{ N3U,           "N3U" },
	{ CLIENT_SUBNET, "ECS" },
	{ EXPIRE,        "EXPIRE" },
	{ COOKIE,        "COOKIE" },
	{ KEEPALIVE,     "KEEPALIVE" },
	{ PADDING,       "PADDING" },
	{ CHAIN,         "CHAIN" },
	{ KEY_TAG,       "KEY-TAG" },
	{ CLIENT_TAG,    "CLIENT-TAG" },
	{ SERVER_TAG,    "SERVER-TAG" },
};

static const struct name signature_algorithms[] = {
	{   0, "DELETE" },
	{   1, "RSAMD5" },
	{   2, "DH" },
	{   3, "DS" },
	{   5, "RSASHA1" },
	{   6, "DSA-NSEC3-SHA1" },
	{   7, "RSASHA1-NSEC3-SHA1" },
	{   8, "RSASHA256" },
	{  10, "RSASHA512" },
	{  12, "ECC-GOST" },
	{  13, "ECDSAP256SHA256" },
	{  14, "ECDSAP384SHA384" },
	{  15, "ED25519" },
	{  16, "ED448" },
	{ 252, "INDIRECT" },
	{ 253, "PRIVATEDNS" },
	{ 254, "PRIVATEOID" },
};

static const struct name digest_algorithms[] = {
	{ 1, "SHA-1" },
	{ 2, "SHA-256" },
	{ 3, "GOST_R_34.11-94" },
	{ 4, "SHA-384" },
};

static const struct name nsec3_algorithms[] = {
	{ 1, "SHA-1" },
};
/* clang-format on */

/* The functions of this table print the @len bytes at @p, which are there and more than none. */
typedef void put_option_fn(struct dissect *d, const uint8_t *p, uint32_t len);

static void put_algorithms(struct dissect *d, const uint8_t *p, uint32_t len,
			   const struct name *names, size_t count)
{
	for (uint32_t i = 0; i < len; i++) {
		if (i > 0)
			put_char(d, ' ');
		put_name(d, names, count, "Alg_%u", p[i]);
	}
}

static void put_signature_algorithms(struct dissect *d, const uint8_t *p, uint32_t len)
{
	put_algorithms(d, p, len, signature_algorithms, ARRAY_LEN(signature_algorithms));
}

static void put_digest_algorithms(struct dissect *d, const uint8_t *p, uint32_t len)
{
	put_algorithms(d, p, len, digest_algorithms, ARRAY_LEN(digest_algorithms));
}

static void put_nsec3_algorithms(struct dissect *d, const uint8_t *p, uint32_t len)
{
	put_algorithms(d, p, len, nsec3_algorithms, ARRAY_LEN(nsec3_algorithms));
}

/* A prefix of a client's address: as many bytes as its length needs (RFC 7871). */
static void put_client_subnet(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint8_t address[16] = { 0 };
	uint32_t family, bits, source, scope;

	if (len < 4) {
		put_invalid(d);
		return;
	}
	family = load_be16(p);
	source = p[2];
	scope = p[3];
	bits = family == 1 ? 32 : family == 2 ? 128 : 0;
	len -= 4;
	if (bits == 0 || source > bits || scope > bits || (source + 7) / 8 != len) {
		put_invalid(d);
		return;
	}
	memcpy(address, p + 4, len);
	if (family == 1)
		put_ip4_digits(d, address);
	else
		put_ip6_digits(d, address);
	put_char(d, '/');
	put_dec(d, source);
	put_char(d, '/');
	put_dec(d, scope);
}

static void put_expire(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len != 4) {
		put_invalid(d);
		return;
	}
	put_dec(d, load_be32(p));
	put(d, " sec");
}

/* The client's cookie and the server's (RFC 7873). */
static void put_cookie(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len != 8 && (len < 16 || len > 40)) {
		put_invalid(d);
		return;
	}
	put_hex_bytes(d, p, 8);
	if (len > 8) {
		put_char(d, ' ');
		put_hex_bytes(d, p + 8, len - 8);
	}
}

/* Tenths of a second (RFC 7828). */
static void put_keepalive(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len != 2) {
		put_invalid(d);
		return;
	}
	put_dec(d, load_be16(p) / 10);
	put_char(d, '.');
	put_dec(d, load_be16(p) % 10);
	put(d, " sec");
}

static void put_padding(struct dissect *d, const uint8_t *p, uint32_t len)
{
	(void)p;
	put_char(d, '(');
	put_dec(d, len);
	put_char(d, ')');
}

/* A name; for tcpdump pointers in it lead to what follows the option. */
static void put_chain(struct dissect *d, const uint8_t *p, uint32_t len)
{
	(void)put_domain_name(d, p, p + len);
}

static void put_key_tags(struct dissect *d, const uint8_t *p, uint32_t len)
{
	if (len % 2 != 0) {
		put_invalid(d);
		return;
	}
	for (uint32_t i = 0; i < len; i += 2) {
		if (i > 0)
			put_char(d, ' ');
		put_dec(d, load_be16(p + i));
	}
}

static put_option_fn *const put_option[] = {
	[DAU] = put_signature_algorithms,
	[DHU] = put_digest_algorithms,
	[N3U] = put_nsec3_algorithms,
	[CLIENT_SUBNET] = put_client_subnet,
	[EXPIRE] = put_expire,
	[COOKIE] = put_cookie,
	[KEEPALIVE] = put_keepalive,
	[PADDING] = put_padding,
	[CHAIN] = put_chain,
	[KEY_TAG] = put_key_tags,
};

bool put_edns_options(struct dissect *d, const uint8_t *p, uint32_t len)
{
	const uint8_t *end = p + len;

	put(d, " [");
	while (p < end) {
		uint32_t option, option_len;

		if (!dissect_has(d, p, 2))
			return false;
		option = load_be16(p);
		put_name(d, options, ARRAY_LEN(options), "Opt%u", option);
		if (!dissect_has(d, p, 4))
			return false;
		option_len = load_be16(p + 2);
		p += 4;
		if (!dissect_has(d, p, option_len))
			return false;
		if (option_len > 0) {
			put_char(d, ' ');
			if (option < ARRAY_LEN(put_option) && put_option[option])
				put_option[option](d, p, option_len);
			else
				put_hex_bytes(d, p, option_len);
		}
		p += option_len;
		if (p < end)
			put_char(d, ',');
	}
	put_char(d, ']');
	return true;
}
