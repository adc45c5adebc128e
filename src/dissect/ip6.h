/*
 * ip6.h - IPv6's extension headers.
 *
 * Each function prints one and returns its length, or 0 where nothing can follow it.
 */
#ifndef WAGGLE_DISSECT_IP6_H
#define WAGGLE_DISSECT_IP6_H

#include <stdbool.h>
#include <stdint.h>

enum ip6_extension {
	IP6_HOP_BY_HOP = 0,
	IP6_ROUTING = 43,
	IP6_FRAGMENT = 44,
	IP6_DESTINATION = 60,
	IP6_MOBILITY_OLD = 62,
	IP6_MOBILITY = 135,
};

struct dissect;

/* The length of a jumbogram's payload, RFC 2675. */
struct ip6_jumbo {
	bool allowed;         /* in these options */
	bool seen;            /* there was an option */
	bool found;           /* and it was right */
	uint32_t payload_len; /* or what the IPv6 header says */
};

int print_ip6_hop_by_hop(struct dissect *d, const uint8_t *p, struct ip6_jumbo *jumbo);
int print_ip6_destination(struct dissect *d, const uint8_t *p);
int print_ip6_routing(struct dissect *d, const uint8_t *p);
int print_ip6_fragment(struct dissect *d, const uint8_t *p, const uint8_t *ip);
void print_ip6_mobility(struct dissect *d, const uint8_t *p);

#endif
