/*
 * cooked.h - what Linux takes off packets, put back.
 *
 *  - A VLAN tag: it comes beside the packet, and goes where it was on the wire.
 *  - A link header that has no form of its own, or another one from packet to packet (on "any"): of it the
 *    kernel says what it knows, and that becomes the header of LINKTYPE_LINUX_SLL2
 *    (https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html).
 *
 * libpcap loses the tag of a packet with an SLL2 header.  Here it becomes what it is in other packets:
 * the header names 802.1Q, and tag and type stand behind it.
 */
#ifndef WAGGLE_CAPTURE_COOKED_H
#define WAGGLE_CAPTURE_COOKED_H

#include <linux/if_packet.h>

#include "capture/packet.h"

enum {
	COOKED_HEADER_BYTES = 20,
	COOKED_TAG_BYTES = 4,
	/* What both functions need before the packet's data at most. */
	COOKED_ROOM_BYTES = COOKED_HEADER_BYTES + COOKED_TAG_BYTES,
};

struct cooked_tag {
	uint16_t protocol; /* 0: no tag; else 0x8100, 0x88a8 */
	uint16_t tci;
};

/* The data begin at @data and have room before them; on return they begin, with the tag, at
 * packet->data.  Of an Ethernet frame cut off before the tag's place only the length grows. */
void cooked_put_tag(struct packet *packet, uint8_t *data, const struct cooked_tag *tag);

/* Give @packet an SLL2 header, and the tag if there is one. */
void cooked_put_header(struct packet *packet, uint8_t *data, const struct sockaddr_ll *from,
		       const struct cooked_tag *tag);

#endif
