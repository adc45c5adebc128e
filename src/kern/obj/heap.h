/*
 * heap.h - where embedded objects lie: in memory of this process, or in memory that processes share.
 *
 * The shared heap is a memfd that everyone who takes part maps at the same address, so that plain
 * pointers are valid for all.  What differs between processes, the addresses of functions, lies in
 * pages behind it that everybody has his own of (heap_local).
 *
 * NULL is a heap, too: the memory of this process, which costs what malloc costs.
 */
#ifndef WAGGLE_KERN_OBJ_HEAP_H
#define WAGGLE_KERN_OBJ_HEAP_H

#include <stddef.h>
#include <stdint.h>

struct heap;

/* Zeroed memory on a boundary of 64 bytes, and of a page from HEAP_PAGED bytes on.  NULL: none is
 * left.  Large blocks use memory only once it is written. */
void *heap_alloc(struct heap *heap, size_t bytes);
/* @bytes as it was asked for; NULL is fine. */
void heap_free(struct heap *heap, void *memory, size_t bytes);

enum { HEAP_PAGED = 1 << 16 };

#endif
