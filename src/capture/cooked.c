/*
 * cooked.c - headers that Linux took off.
 */
#include "capture/cooked.h"

#include "base/bits.h"

enum { MAC_BYTES = 6 };

/* Packets grow at their front. */
static uint8_t *grow(struct packet *packet, uint8_t *data, uint32_t bytes)
{
	packet->data = data - bytes;
	packet->len += bytes;
	packet->wire_len += bytes;
	return data - bytes;
}

void cooked_put_tag(struct packet *packet, uint8_t *data, const struct cooked_tag *tag)
{
	uint8_t *start;

	if (packet->len < 2 * MAC_BYTES) {
		packet->wire_len += COOKED_TAG_BYTES;
		return;
	}
	start = grow(packet, data, COOKED_TAG_BYTES);
	memmove(start, data, 2 * MAC_BYTES);
	store_be16(start + 2 * MAC_BYTES, tag->protocol);
	store_be16(start + 2 * MAC_BYTES + 2, tag->tci);
}

void cooked_put_header(struct packet *packet, uint8_t *data, const struct sockaddr_ll *from,
		       const struct cooked_tag *tag)
{
	uint16_t protocol = be16toh(from->sll_protocol);
	uint8_t *p = data;

	if (tag->protocol) {
		p = grow(packet, p, COOKED_TAG_BYTES);
		store_be16(p, tag->tci);
		store_be16(p + 2, protocol);
		protocol = tag->protocol;
	}
	p = grow(packet, p, COOKED_HEADER_BYTES);
	store_be16(p, protocol);
	store_be16(p + 2, 0);
	store_be32(p + 4, (uint32_t)from->sll_ifindex);
	store_be16(p + 8, from->sll_hatype);
	p[10] = from->sll_pkttype;
	p[11] = from->sll_halen;
	memcpy(p + 12, from->sll_addr, sizeof from->sll_addr);
}
