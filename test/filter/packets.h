/*
 * packets.h - packets for tests of filters: made at random, of headers that belong together.
 */
#ifndef WAGGLE_TEST_FILTER_PACKETS_H
#define WAGGLE_TEST_FILTER_PACKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../random.h"

enum { MOST_PACKET_BYTES = 400 };

struct packet {
	uint8_t data[MOST_PACKET_BYTES];
	uint32_t len;
};

/* A packet of link type @link (as libpcap numbers them). */
void packet_make(struct random_source *r, int link, struct packet *ret);

/* The same in text, for messages: hexadecimal, at most @most bytes. */
void packet_print(const struct packet *packet, uint32_t most);

#endif
