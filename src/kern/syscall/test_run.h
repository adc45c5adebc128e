/*
 * test_run.h - running programs on what a caller gives: BPF_PROG_TEST_RUN.
 *
 * A program reads the addresses of its packet from 32-bit members of its context, 'data' and 'data_end'.
 * Linux rewrites these loads when it loads the program.  Here nothing is rewritten: the context
 * is the very struct that the program was written for, and packets lie in the lowest 4 GiB of the address
 * space, where an address is a 32-bit number.
 */
#ifndef WAGGLE_KERN_SYSCALL_TEST_RUN_H
#define WAGGLE_KERN_SYSCALL_TEST_RUN_H

#include "kern/syscall/prog_object.h"

/* A packet: @bytes at 'data', with room before and behind. */
struct packet {
	uint8_t *memory; /* of all, in the lowest 4 GiB */
	size_t memory_bytes;
	uint8_t *data;
	size_t bytes;
};

/* The program that is run, and on what. */
struct test_run {
	struct call *call;
	struct prog_object *prog;
	void *context;
	size_t context_bytes;
	bool is_context_fixed; /* the program may not write it */
	struct packet packet;  /* or nothing */
	const uint8_t *loads;  /* what LD_ABS and LD_IND read: @load_bytes; or NULL */
	uint32_t load_bytes;
	uint32_t result; /* r0 of the last run */
	uint32_t mean_ns;
};

/* Read the caller's packet of @bytes, with @headroom before and @tailroom behind it. */
int packet_init(struct packet *packet, const struct call *call, size_t headroom, size_t tailroom);
void packet_release(struct packet *packet);
static inline uint32_t packet_address(const uint8_t *place)
{
	return (uint32_t)(uintptr_t)place;
}

/* Read the caller's context of up to @bytes into @context, which is zeroed; *ret_given: there is one, or one
 * is wanted. */
int context_read(const struct call *call, void *context, size_t bytes, bool *ret_given);

/* Run as often as the caller says.  The kernel's lock is released meanwhile. */
int test_run_repeat(struct test_run *run);

/* Tell the caller of a run on a packet: what became of it (@data), the result, the time, and the
 * context if it is wanted; the errors are the kernel's. */
int test_run_finish(struct test_run *run, const uint8_t *data, size_t bytes, const void *context,
		    size_t context_bytes);

int test_run_skb(struct call *call, struct prog_object *prog);
int test_run_xdp(struct call *call, struct prog_object *prog);

#endif
