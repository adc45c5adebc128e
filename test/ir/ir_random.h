/*
 * ir_random.h - random functions, and what they mean.
 */
#ifndef WAGGLE_TEST_IR_RANDOM_H
#define WAGGLE_TEST_IR_RANDOM_H

#include "ir/ir.h"

struct random {
	uint64_t state;
};
uint32_t random_below(struct random *r, uint32_t n);

/* A filter-like function without loops: packet loads, arithmetic, variables, branches, switches.
 * Only what classic BPF can do too. */
struct ir_fn *random_filter(struct random *r, struct arena *arena);

/* A program as a tracing language makes them, with loops, types of all widths, memory, atomics, more
 * live values than registers. */
struct ir_fn *random_program(struct random *r, struct arena *arena);

/* How a run went. */
struct ir_outcome {
	uint64_t result;
	bool trapped;      /* a load or division ended it */
	uint32_t branches; /* taken or not */
};

/* Run @fn on a packet, as ir.h and op.def define it. */
struct ir_outcome ir_interpret(const struct ir_fn *fn, const uint8_t *packet, uint32_t len);

#endif
