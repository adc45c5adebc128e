/*
 * packet.h - a packet as a file or an interface gives it.
 */
#ifndef WAGGLE_CAPTURE_PACKET_H
#define WAGGLE_CAPTURE_PACKET_H

#include <stdbool.h>
#include <stdint.h>

enum packet_direction {
	PACKET_UNKNOWN, /* files rarely say */
	PACKET_IN,
	PACKET_OUT,
};

struct packet {
	const uint8_t *data; /* belongs to the source, good until its next packet */
	uint32_t len;        /* bytes at hand */
	uint32_t wire_len;   /* bytes that there were; usually no fewer, but files may lie */
	int64_t time_ns;     /* since 1970, UTC */
	uint32_t interface;  /* which of the source's interfaces, from 0 */
	enum packet_direction direction;
};

/* Where packets come from: of a file that names none, one with name NULL. */
struct packet_interface {
	const char *name;    /* "eth0", or NULL */
	int dlt;             /* enum dlt: what its packets begin with */
	uint32_t snaplen;    /* no packet is longer; 0: not said */
	uint8_t time_digits; /* of the second's fraction that mean something: 0, 3, 6 or 9 ... */
};

#endif
