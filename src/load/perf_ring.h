/*
 * perf_ring.h - reading what programs send by bpf_perf_event_output: a ring for each CPU.
 *
 * Source: perf_event_open(2), "MMAP layout".
 */
#ifndef WAGGLE_LOAD_PERF_RING_H
#define WAGGLE_LOAD_PERF_RING_H

#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "sys/sys.h"

struct perf_ring {
	const struct sys *sys;
	int fd; /* readable when there is something; -1: not open */
	void *memory;
	size_t bytes;         /* of the data */
	struct strbuf joined; /* a record that goes round the end */
};

/* A ring for @cpu, put into map @map_fd at that index.  0 or a negative errno. */
int perf_ring_open(struct perf_ring *ring, const struct sys *sys, int map_fd, unsigned int cpu);
void perf_ring_close(struct perf_ring *ring);

/* Call @record for everything there is; @lost with how many did not fit. */
struct perf_ring_visit {
	void (*record)(void *data, const void *bytes, size_t len);
	void (*lost)(void *data, uint64_t count);
	void *data;
};
void perf_ring_read(struct perf_ring *ring, const struct perf_ring_visit *visit);

#endif
