/*
 * transport.h - what TCP, UDP, SCTP and DCCP have in common: ends, each an address with a port.
 */
#ifndef WAGGLE_DISSECT_TRANSPORT_H
#define WAGGLE_DISSECT_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>

struct dissect;

/* Is it carried by IPv4? */
bool transport_is_ip4(struct dissect *d);

/* "10.0.0.1.53 > 10.0.0.2.1024: ", or without addresses where they were printed before, because
 * something stands between IP and this @protocol. */
void put_transport_ends(struct dissect *d, uint8_t protocol,
			void (*put_port)(struct dissect *d, uint16_t port));

/* Where the ports are missing: "10.0.0.1 > 10.0.0.2: ", unless IP has printed that; "10.0.0.1 > 10.0.0.2:". */
void put_transport_addresses(struct dissect *d, uint8_t protocol);
void put_transport_pair(struct dissect *d);

#endif
