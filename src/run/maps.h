/*
 * maps.h - the kernel's maps of a session.
 */
#ifndef WAGGLE_RUN_MAPS_H
#define WAGGLE_RUN_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "bundle/bundle.h"
#include "sys/sys.h"

struct run_stacks;

struct run_maps {
	const struct sys *sys;
	const struct bundle *bundle;
	int *fds;            /* of each map of the bundle; -1: not made */
	bool *is_zeroed;     /* tables without key that zero() set: they are 0, and not unset */
	uint32_t cpus;       /* how many values an element of a per-CPU map has */
	uint64_t ring_bytes; /* of the data ring */
	const struct run_stacks *stacks; /* for keys that have them */
};

/* What only the session knows: for bundle->parameters. */
struct run_parameters {
	uint64_t cpid;
	uint64_t start_ns;
};

/* Make all maps, and fill those that begin with something.  Returns 0 or a negative errno with the reason
 * in @diag; run_maps_release is due in both cases. */
int run_maps_make(struct run_maps *maps, const struct sys *sys, const struct bundle *bundle,
		  const struct run_parameters *parameters, struct diag *diag);
void run_maps_release(struct run_maps *maps);

/* Bytes from one CPU's value to the next, and of what a lookup gives. */
size_t run_map_stride(const struct bundle_map *map);
size_t run_map_lookup_bytes(const struct run_maps *maps, const struct bundle_map *map);

/* The size of the ring that is map @number. */
uint32_t run_ring_bytes(const struct run_maps *maps, uint32_t number);

#endif
