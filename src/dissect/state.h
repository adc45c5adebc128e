/*
 * state.h - what a dissector remembers from one packet to the next.
 */
#ifndef WAGGLE_DISSECT_STATE_H
#define WAGGLE_DISSECT_STATE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "dissect/clock.h"
#include "dissect/dissect.h"
#include "dissect/names.h"
#include "dissect/tcp_flows.h"

enum { STATE_INTERFACES = 16 };

/* An interface's name; empty if none was asked for. */
struct interface_name {
	uint32_t index;
	char name[IF_NAMESIZE];
};

struct dissector {
	struct dissect_options options;
	struct clock clock;
	struct tcp_flows flows;
	struct interface_name interfaces[STATE_INTERFACES]; /* by index modulo that */
	struct names *names;                                /* NULL with options.numeric */
	uint64_t packet_number;                             /* of the last packet */
	uint8_t *frame;                                     /* PPP without escapes; see ppp.c */
	size_t frame_size;
};

#endif
