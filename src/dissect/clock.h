/*
 * clock.h - the time before a line.
 */
#ifndef WAGGLE_DISSECT_CLOCK_H
#define WAGGLE_DISSECT_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "dissect/dissect.h"

/* A zeroed struct has seen no packet. */
struct clock {
	bool has_reference;
	int64_t reference_ns; /* of the first packet, or of the one before */
	/* Local time less UTC from 'from' on for a quarter of an hour: asking the system costs more
	 * than the rest of a line. */
	bool has_offset;
	int64_t offset_from;
	int64_t offset;
};

/* Add the time as @options want it, and a space. */
void clock_print(struct clock *clock, const struct dissect_options *options, int64_t time_ns,
		 struct strbuf *out);

#endif
