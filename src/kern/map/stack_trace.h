/*
 * stack_trace.h - stack trace maps: call chains by a number made of their contents.
 */
#ifndef WAGGLE_KERN_MAP_STACK_TRACE_H
#define WAGGLE_KERN_MAP_STACK_TRACE_H

#include "kern/map/kinds.h"

enum stack_trace_flags {
	STACK_TRACE_FAST_CMP = 1 << 9, /* equal hashes are equal stacks (BPF_F_FAST_STACK_CMP) */
	STACK_TRACE_REUSE =
		1 << 10, /* a new stack takes the place of another (BPF_F_REUSE_STACKID) */
};

/* The number of the stack of @bytes at @frames, which is kept; longer ones are cut off at what a
 * value holds.  -EEXIST: another stack has that number.  -ENOMEM. */
int64_t stack_trace_put(struct map *map, const void *frames, size_t bytes, uint64_t flags);

#endif
