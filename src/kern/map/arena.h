/*
 * arena.h - arenas: up to 4 GiB of pages that programs and user space share, allocated by programs.
 */
#ifndef WAGGLE_KERN_MAP_ARENA_H
#define WAGGLE_KERN_MAP_ARENA_H

#include "kern/map/kinds.h"

enum { ARENA_PAGE = 4096 };

/* @count zeroed pages in a row, at @address (of arena_start's range) or anywhere when it is NULL; NULL
 * when they are not to be had.  (bpf_arena_alloc_pages) */
void *arena_alloc_pages(struct map *map, void *address, uint32_t count);
/* What was not allocated is left alone.  (bpf_arena_free_pages) */
void arena_free_pages(struct map *map, void *address, uint32_t count);

/* The addresses of the arena, and the file behind them, for others to map. */
void *arena_start(const struct map *map);
int arena_fd(const struct map *map);

#endif
