/*
 * state.h - what a dissector remembers from one packet to the next.
 */
#ifndef WAGGLE_DISSECT_STATE_H
#define WAGGLE_DISSECT_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "dissect/clock.h"
#include "dissect/dissect.h"
#include "dissect/names.h"
#include "dissect/tcp_flows.h"

struct dissector {
	struct dissect_options options;
	struct clock clock;
	struct tcp_flows flows;
	struct names *names;    /* NULL with options.numeric */
	uint64_t packet_number; /* of the last packet */
};

#endif
