/*
 * stacks.h - the stacks of dw_ustack: what a program noted of each is unwound here.
 *
 * A snapshot is the registers and a part of the stack; its number is a hash of them.  It is unwound as soon
 * as it arrives, while its process is likely to be there.  Snapshots of one process with the same chain of
 * addresses are the same stack: that of the first of them, whose number stands for all.
 */
#ifndef WAGGLE_RUN_STACKS_H
#define WAGGLE_RUN_STACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "bundle/shape.h"
#include "sym/sym.h"

/* A zeroed struct is empty. */
struct run_stacks {
	struct arena arena;
	struct run_stack **by_number; /* hash tables, with open addressing */
	struct run_stack **by_frames; /* the first of each chain */
	size_t count;                 /* of numbers */
	size_t size;                  /* of both tables, a power of two; or 0 */
};

struct run_snapshot {
	uint64_t number;
	uint32_t pid;
	struct sym_registers registers;
	const uint8_t *stack; /* from the stack pointer up */
	size_t bytes;
};

/* Unwind it, if it is the first of its number: at most @depth frames.  0 or -ENOMEM. */
int run_stacks_add(struct run_stacks *stacks, struct sym *sym, const struct run_snapshot *snapshot,
		   uint32_t depth);

/* The frames of snapshot @number: at most @most; how many, or -ENOENT. */
int run_stacks_frames(const struct run_stacks *stacks, uint64_t number, uint64_t *ret_frames,
		      uint32_t most);

/* Has a value of @shape numbers of snapshots? */
bool run_stacks_has(const struct shape *shape);
/* Let all of them in @value be those that stand for their stacks: equal stacks are equal bytes then. */
void run_stacks_unify(const struct run_stacks *stacks, const struct shape *shape, uint8_t *value);

void run_stacks_release(struct run_stacks *stacks);

#endif
