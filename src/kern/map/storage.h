/*
 * storage.h - local storage: a value for each task, inode, socket or cgroup.
 *
 * The owner is a number: a pid, an inode, a socket's cookie, a cgroup's id.  bpf(2) names owners by
 * descriptors, which files->object turns into that number (its ret_id).
 */
#ifndef WAGGLE_KERN_MAP_STORAGE_H
#define WAGGLE_KERN_MAP_STORAGE_H

#include "kern/map/kinds.h"

/* The value of @owner.  When there is none and @init is not NULL, it is made from there first (zeroes
 * if @init is storage_zero).  NULL: none, or no room. */
void *storage_get(struct map *map, uint32_t owner, const void *init);
extern const uint8_t storage_zero[1];

/* -ENOENT: it has none.  Also for owners that go away. */
int storage_delete(struct map *map, uint32_t owner);

#endif
