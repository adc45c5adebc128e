/*
 * cooked.c - headers that Linux took off.
 */
#include "capture/cooked.h"

#include <linux/if_ether.h>

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

/* Does @data begin with a tag although @protocol is of what is behind it? */
static bool begins_with_tag(const uint8_t *data, uint32_t len, uint16_t protocol)
{
	uint8_t version = protocol == ETH_P_IP ? 4 : protocol == ETH_P_IPV6 ? 6 : 0;

	return len >= COOKED_TAG_BYTES && load_be16(data + 2) == protocol &&
	       (version == 0 || data[0] >> 4 != version);
}

/* Since 6.10 Linux names the protocol behind all tags, also those that it has left in the packet; and of a
 * packet going out, which still has all, it shows the first beside the packet too.  Older ones name what
 * stands first in the packet. */
void cooked_put_header(struct packet *packet, uint8_t *data, const struct sockaddr_ll *from,
		       const struct cooked_tag *tag)
{
	uint16_t protocol = be16toh(from->sll_protocol);
	bool has_tag = tag->protocol && begins_with_tag(data, packet->len, protocol);
	uint8_t *p = data;

	if (has_tag && from->sll_pkttype == PACKET_OUTGOING && load_be16(data) == tag->tci) {
		protocol = tag->protocol;
	} else if (tag->protocol) {
		p = grow(packet, p, COOKED_TAG_BYTES);
		store_be16(p, tag->tci);
		store_be16(p + 2, has_tag ? ETH_P_8021Q : protocol);
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
