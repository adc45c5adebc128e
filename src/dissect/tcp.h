/*
 * tcp.h - TCP's flags and options.
 */
#ifndef WAGGLE_DISSECT_TCP_H
#define WAGGLE_DISSECT_TCP_H

#include <stdbool.h>
#include <stdint.h>

enum { TCP_BYTES = 20 }; /* of the header without options */

enum {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_PSH = 0x08,
	TCP_ACK = 0x10,
	TCP_URG = 0x20,
};

struct dissect;

struct tcp_segment {
	uint32_t header_len;
	uint32_t data_len;
	uint8_t flags;
	uint32_t seq; /* relative to the connection's beginning, if it is known */
	uint32_t ack;
	uint32_t peer_start; /* from which the other side's numbers count */
};

/* The options of the segment whose header is at @p.  Returns false where they are wrong or cut short:
 * nothing else of the segment is printed. */
bool put_tcp_options(struct dissect *d, const uint8_t *p, const struct tcp_segment *s);

/* Multipath TCP's option (RFC 8684) of @len bytes.  Returns false if it is wrong. */
bool put_mptcp(struct dissect *d, const uint8_t *p, uint32_t len, uint8_t flags);

#endif
