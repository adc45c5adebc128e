/*
 * walk.h - all elements of a map, or all keys, with as few calls of the kernel as it allows.
 */
#ifndef WAGGLE_RUN_WALK_H
#define WAGGLE_RUN_WALK_H

#include "run/maps.h"

/* What is done with each element; @values as run_map_lookup_bytes says.  Not 0 ends the walk. */
typedef int run_walk_fn(void *data, const uint8_t *key, const uint8_t *values);

/* Returns 0, what @element returned, or a negative errno. */
int run_walk(const struct run_maps *maps, uint32_t map, run_walk_fn *element, void *data);

/* All keys at once, in *ret_keys (to be freed), *ret_count of them: so that changing them does not disturb
 * the walk. */
int run_walk_keys(const struct run_maps *maps, uint32_t map, uint8_t **ret_keys,
		  uint32_t *ret_count);

#endif
