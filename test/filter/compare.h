/*
 * compare.h - one filter, compiled and run in every way there is.
 *
 * By us: as it comes from the text, optimised, as classic BPF with and without dropping loads, and as eBPF in
 * the interpreter and as machine code.  By libpcap: plain and optimised.  Of the verdicts on
 * complete packets all must agree.  On packets cut short libpcap's may differ if one of the programs
 * read beyond the end, which rejects: libpcap's own two differ there.
 * Cells that nothing was stored to count as 0.
 */
#ifndef WAGGLE_TEST_FILTER_COMPARE_H
#define WAGGLE_TEST_FILTER_COMPARE_H

#include "corpus.h"

/* What comparisons came to. */
struct comparison {
	unsigned int expressions, refused, failed, packets, matched, short_differ, skipped;
	double seconds, pcap_seconds; /* spent on compiling */
};

/* Compare @e on @packets packets made for it; print what differs.  False if something does (or, of an
 * expression that is said to differ, if nothing does). */
bool compare_expression(const struct expression *e, unsigned int packets, struct comparison *t);

#endif
