/*
 * steer.h - run classic BPF and watch: what it costs, and where it could have gone.
 *
 * Random packets fall out of a filter at its first comparison.  So a packet is led through: while
 * the program runs, the field that a jump is about to look at is changed now and then such that the
 * jump goes the other way.
 */
#ifndef WAGGLE_TEST_FILTER_STEER_H
#define WAGGLE_TEST_FILTER_STEER_H

#include "isa/cbpf_insn.h"
#include "packets.h"

/* How a run went. */
struct steered {
	uint32_t result;
	bool trapped; /* a load was beyond the end */
	bool unset; /* a cell was read that nothing had been stored to: 0 here, elsewhere anything */
	unsigned int steps; /* instructions executed */
};

/* Run @count instructions on @p.  Jumps may go back, as those of libpcap's 'protochain' do; a run that
 * does not end is cut off, with result 0. */
struct steered steer_run(const struct cbpf_insn *insns, size_t count, const struct packet *p);

/* The same, changing the packet by the way. */
struct steered steer_change(const struct cbpf_insn *insns, size_t count, struct packet *p,
			    struct random_source *r);

#endif
