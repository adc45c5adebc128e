/*
 * vrrp.c - the virtual router redundancy protocol (RFC 3768, RFC 5798): which of several routers is one.
 */
#include "dissect/proto.h"

enum {
	ADVERTISEMENT = 1,
	HEADER_BYTES = 8,
	PASSWORD_BYTES = 8,
	AUTH_SIMPLE = 1,
	PROTOCOL = 112,
};

static uint16_t sum(struct dissect *d, const uint8_t *p, uint32_t len)
{
	return p[0] >> 4 == 2 ? checksum(p, len) : checksum_ip(d, PROTOCOL, p, len, len);
}

static bool is_ip4(struct dissect *d)
{
	return get_u8(d, d->network) >> 4 == 4;
}

/* The routers' addresses, of the kind that carries the packet, and with version 2 perhaps a password. */
static void print_addresses(struct dissect *d, const uint8_t *p)
{
	uint32_t size = is_ip4(d) ? 4 : 16;
	const uint8_t *at = p + HEADER_BYTES;
	uint8_t count = p[3];

	put(d, ", addrs");
	if (count > 1)
		putf(d, "(%u)", count);
	put_char(d, ':');
	for (uint32_t i = 0; i < count; i++, at += size) {
		dissect_need(d, at, size);
		put_char(d, i ? ',' : ' ');
		if (size == 4)
			put_ip4(d, at);
		else
			put_ip6(d, at);
	}
	if (p[0] >> 4 != 2 || p[4] != AUTH_SIMPLE)
		return;
	put(d, " auth \"");
	put_text_to_nul(d, at, PASSWORD_BYTES);
	put_char(d, '"');
}

static void print_advertisement(struct dissect *d, const uint8_t *p, uint32_t len)
{
	static const struct name authentications[] = {
		{ 0, "none" },
		{ AUTH_SIMPLE, "simple" },
		{ 2, "ah" },
	};

	dissect_need(d, p, 3);
	putf(d, ", vrid %u, prio %u", p[1], p[2]);
	if (p[0] >> 4 == 2) {
		uint8_t authentication = get_u8(d, p + 4);

		put(d, ", authtype ");
		put_name(d, NAMES(authentications), "#%u", authentication);
		putf(d, ", intvl %us, length %u", get_u8(d, p + 5), len);
	} else {
		putf(d, ", intvl %ucs, length %u", get_be16(d, p + 4) & 0xfffU, len);
	}
	if (!d->o->verbose)
		return;
	if (dissect_has(d, p, len) && sum(d, p, len))
		putf(d, ", (bad vrrp cksum %x)", get_be16(d, p + 6));
	print_addresses(d, p);
}

void print_vrrp(struct dissect *d, const uint8_t *p, uint32_t len)
{
	uint8_t version, type, ttl;

	d->protocol = "vrrp";
	put(d, "VRRP");
	version = get_u8(d, p) >> 4;
	type = p[0] & 15;
	ttl = get_u8(d, d->network + (is_ip4(d) ? 8 : 7));
	putf(d, "v%u, ", version);
	if (type == ADVERTISEMENT)
		put(d, "Advertisement");
	else
		putf(d, "unknown type (%u)", type);
	if (ttl != 255)
		putf(d, ", (ttl %u)", ttl);
	if ((version == 2 || version == 3) && type == ADVERTISEMENT)
		print_advertisement(d, p, len);
}
