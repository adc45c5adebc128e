/*
 * checksum.c - the Internet's checksum (RFC 1071).
 *
 * The sum is the same in any byte order, so it is made in the machine's own, eight bytes at a time, and
 * turned round at the end.
 */
#include "dissect/proto.h"

enum { IP4_SOURCE_ROUTE_STRICT = 0x89, IP4_SOURCE_ROUTE_LOOSE = 0x83 };

static uint64_t add_carry(uint64_t a, uint64_t b)
{
	a += b;
	return a + (a < b);
}

static uint64_t sum_bytes(uint64_t sum, const uint8_t *p, size_t n)
{
	for (; n >= 8; p += 8, n -= 8)
		sum = add_carry(sum, load_u64(p));
	for (; n >= 2; p += 2, n -= 2)
		sum = add_carry(sum, load_u16(p));
	if (n > 0)
		sum = add_carry(sum, load_u16((const uint8_t[]){ *p, 0 }));
	return sum;
}

static uint16_t fold(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~be16toh((uint16_t)sum);
}

uint16_t checksum(const uint8_t *p, size_t n)
{
	return fold(sum_bytes(0, p, n));
}

/* Where an IPv4 packet ends its way: with source routing, the last address of the route. */
static const uint8_t *ip4_last_destination(struct dissect *d, const uint8_t *ip)
{
	uint32_t len = (ip[0] & 15u) * 4;

	for (uint32_t i = 20; i < len;) {
		uint8_t kind = get_u8(d, ip + i);
		uint32_t option_len = kind == 1 ? 1 : 0;

		if (kind == 0)
			break;
		if (kind != 1)
			option_len = get_u8(d, ip + i + 1);
		if ((kind != 1 && option_len < 2) || option_len > len - i ||
		    !dissect_has(d, ip + i, option_len))
			break;
		if ((kind == IP4_SOURCE_ROUTE_STRICT || kind == IP4_SOURCE_ROUTE_LOOSE) &&
		    option_len >= 7)
			return ip + i + option_len - 4;
		i += option_len;
	}
	return ip + 16;
}

static uint64_t sum_ip4(struct dissect *d, uint8_t protocol, uint32_t len)
{
	const uint8_t *ip = d->network;
	uint8_t rest[4] = { 0, protocol, (uint8_t)(len >> 8), (uint8_t)len };

	dissect_need(d, ip, 20);
	return sum_bytes(sum_bytes(sum_bytes(0, ip + 12, 4), ip4_last_destination(d, ip), 4), rest,
			 4);
}

static uint64_t sum_ip6(struct dissect *d, uint8_t protocol, uint32_t len)
{
	const uint8_t *ip = d->network;
	uint8_t rest[8] = { 0 };

	dissect_need(d, ip, 40);
	store_be32(rest, len);
	rest[7] = protocol;
	return sum_bytes(sum_bytes(sum_bytes(0, ip + 8, 16), ip6_last_destination(d, ip), 16), rest,
			 8);
}

uint16_t checksum_ip(struct dissect *d, uint8_t protocol, const uint8_t *p, uint32_t len,
		     uint32_t covered)
{
	bool is_ip4 = get_u8(d, d->network) >> 4 == 4;
	uint64_t sum = is_ip4 ? sum_ip4(d, protocol, len) : sum_ip6(d, protocol, len);

	return fold(sum_bytes(sum, p, covered));
}

uint16_t checksum_right(uint16_t found, uint16_t sum)
{
	uint32_t right = (uint32_t)found + sum;

	return (uint16_t)((right & 0xffff) + (right >> 16));
}
