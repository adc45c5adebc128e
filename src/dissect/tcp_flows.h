/*
 * tcp_flows.h - where TCP connections began, so that sequence numbers can be small.
 *
 * A connection's numbers are relative to those of the first of its segments with an ACK that was seen,
 * and begin anew with a SYN that has one.
 */
#ifndef WAGGLE_DISSECT_TCP_FLOWS_H
#define WAGGLE_DISSECT_TCP_FLOWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* At most this many connections of an IP version are known.  When one more comes, all of them are
 * forgotten, and the numbers of those that go on begin anew. */
enum { TCP_FLOWS_MOST = 1 << 20 };

/* Where the numbers of a connection's two sides count from. */
struct tcp_flow {
	uint32_t low; /* the side of the lower port, or with equal ports of the lower address */
	uint32_t high;
};

/* Open addressing with linear probing, at most half full. */
struct tcp_flow_table {
	struct tcp_flow_slot *slots;
	size_t slot_count; /* a power of two, or 0 */
	size_t used;
};

/* A zeroed struct knows none. */
struct tcp_flows {
	struct tcp_flow_table ip4;
	struct tcp_flow_table ip6;
};

/* One of the two directions, as a packet has them. */
struct tcp_direction {
	const uint8_t *source; /* addresses of 4 or 16 bytes */
	const uint8_t *destination;
	size_t address_len;
	uint16_t source_port;
	uint16_t destination_port;
};

/* Is the sender the connection's low side? */
bool tcp_direction_is_low(const struct tcp_direction *direction);

/* The connection, which is added if it was not known: *ret_new.  Good until the next call; NULL
 * without memory. */
struct tcp_flow *tcp_flows_get(struct tcp_flows *flows, const struct tcp_direction *direction,
			       bool *ret_new);
void tcp_flows_release(struct tcp_flows *flows);

#endif
