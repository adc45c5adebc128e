/*
 * ring.h - reading BPF ring buffers.
 *
 * The kernel maps two pages of positions, which only grow, and the data twice in a row, so that a record
 * is never split.  Each record has a header of 8 bytes: its length, with a bit for 'still being written' and
 * one for 'thrown away'.  [kernel/bpf/ringbuf.c of Linux]
 *
 * Nothing here calls the kernel but opening and closing.
 */
#ifndef WAGGLE_RUN_RING_H
#define WAGGLE_RUN_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sys/sys.h"

struct run_ring {
	const struct sys *sys;
	uint64_t *consumer; /* our position; NULL: not open */
	const uint64_t *producer;
	const uint8_t *data;
	uint64_t mask;
	size_t page_bytes;
	uint64_t position; /* the consumer's, maybe further than what the kernel was told */
};

/* @bytes is the size of the map: a power of two and a multiple of the page. */
int run_ring_open(struct run_ring *ring, const struct sys *sys, int map_fd, size_t bytes);
void run_ring_close(struct run_ring *ring); /* of one not open does nothing */

/* Up to where records have been reserved. */
uint64_t run_ring_end(const struct run_ring *ring);

/* The next record that begins before @end (at most run_ring_end: memory beyond is not yet a record), and its
 * length; NULL: there is none, or it is still being written.
 * It stays until run_ring_give_back; call that after some records, not after each. */
const uint8_t *run_ring_next(struct run_ring *ring, uint64_t end, uint32_t *ret_len);
void run_ring_give_back(struct run_ring *ring);

#endif
