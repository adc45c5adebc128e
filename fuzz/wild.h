/*
 * wild.h - random programs for a verifier: many are refused, for every kind of reason.
 */
#ifndef WAGGLE_FUZZ_WILD_H
#define WAGGLE_FUZZ_WILD_H

#include "generate.h"

/* The maps of such a program, by index: those of generate.h, then: */
enum {
	WILD_HASH = 2, /* a hash: keys of 8 bytes, values of 48 */
	WILD_RINGBUF = 3,
	WILD_MAPS,
};

enum wild_type {
	WILD_SOCKET_FILTER,
	WILD_XDP,
	WILD_SCHED_CLS,
	WILD_TRACEPOINT,
	WILD_CGROUP_SKB,
	WILD_SYSCALL,
	WILD_TYPES,
};

/* The same seed gives the same program, of the type told. */
void wild_generate(uint64_t seed, struct fuzz_prog *ret_prog, enum wild_type *ret_type);

#endif
