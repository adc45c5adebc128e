/*
 * headers.h - the plain facts of a packet: who sends what to whom.
 *
 * For counting, for finding a packet's process, and for JSON; the text for people is dissector_print's.
 * The headers are followed from the link to the outermost TCP, UDP, SCTP or ICMP: through VLAN tags,
 * MPLS, PPPoE, LLC with SNAP and IPv6's extension headers, and not into tunnels.
 *
 * Packets are cut short and lie.  A field is set exactly if its bit is in 'has', and its bit is set
 * exactly if all of its bytes are at hand.
 */
#ifndef WAGGLE_DISSECT_HEADERS_H
#define WAGGLE_DISSECT_HEADERS_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/packet.h"

enum {
	HEADERS_MOST_VLANS = 4,
	HEADERS_MOST_LINK_ADDRESS = 8,
};

enum header_field {
	HAS_LINK_SRC = 1 << 0,
	HAS_LINK_DST = 1 << 1,
	HAS_ETHERTYPE = 1 << 2, /* also where the link says "IPv4" in another way */
	HAS_VLAN = 1 << 3,      /* at least one */
	HAS_NETWORK = 1 << 4,   /* ip_version, src, dst, protocol, ttl */
	HAS_FRAGMENT = 1 << 5,  /* fragment_offset, more_fragments: it is one */
	HAS_PORTS = 1 << 6,     /* src_port, dst_port */
	HAS_TCP = 1 << 7,       /* tcp_flags, tcp_seq, tcp_ack, tcp_window */
	HAS_ICMP = 1 << 8,      /* icmp_type, icmp_code; of ICMPv6 too */
	HAS_PAYLOAD = 1 << 9,   /* payload_len */
	HAS_IFINDEX = 1 << 10,
};

struct packet_headers {
	uint32_t has; /* enum header_field */

	uint8_t link_address_len; /* bytes of each of the two */
	uint8_t vlan_count;       /* those at hand, at most HEADERS_MOST_VLANS */
	uint8_t ip_version;       /* 4 or 6 */
	uint8_t protocol; /* of IPv6: what follows the extension headers; cut short, what is known */
	uint8_t ttl;      /* hop limit */
	uint8_t tcp_flags;
	uint8_t icmp_type;
	uint8_t icmp_code;
	bool more_fragments;
	uint16_t ethertype;
	uint16_t vlan[HEADERS_MOST_VLANS]; /* ids, outermost first */
	uint16_t src_port;
	uint16_t dst_port;
	uint16_t tcp_window;      /* as it stands there, not scaled */
	uint32_t fragment_offset; /* in bytes */
	uint32_t tcp_seq;
	uint32_t tcp_ack;
	uint32_t ifindex;
	uint32_t payload_len; /* behind the transport header, as the headers give it */
	uint8_t link_src[HEADERS_MOST_LINK_ADDRESS];
	uint8_t link_dst[HEADERS_MOST_LINK_ADDRESS];
	uint8_t src[16]; /* of IPv4: the first four */
	uint8_t dst[16];
};

/* Fill @ret with what is known of @packet, whose link type is @dlt (enum dlt).  Returns 0, or -ENOTSUP
 * with @ret all zero if nothing is known of the link type. */
int packet_headers(const struct packet *packet, int dlt, struct packet_headers *ret);

#endif
