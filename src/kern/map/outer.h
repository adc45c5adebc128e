/*
 * outer.h - what arrays of maps and hashes of maps share: the maps that are in them.
 */
#ifndef WAGGLE_KERN_MAP_OUTER_H
#define WAGGLE_KERN_MAP_OUTER_H

#include "kern/map/kinds.h"

/* May maps like spec->inner be in other maps?  0, -EINVAL or -MAP_ENOTSUPP. */
int map_inner_check(const struct map_spec *spec);

/* The map that the caller's descriptor @fd is, if @outer can hold it: 0 and a reference, or -EBADF,
 * -EINVAL. */
int map_inner_get(const struct map *outer, const struct map_files *files, uint32_t fd,
		  struct map **ret_inner);

/* Drop a reference on @inner, which was taken out of a map, once no running program can still look at
 * it. */
void map_retire(struct map *inner);

#endif
