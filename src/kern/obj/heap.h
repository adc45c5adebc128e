/*
 * heap.h - where embedded objects lie: in memory of this process, or in memory that processes share.
 *
 * The shared heap is a memfd that everyone who takes part maps at the same address, so that plain
 * pointers are valid for all.  What differs between processes, the addresses of functions, lies in
 * pages behind it that everybody has his own of (heap_local).
 *
 * NULL is a heap, too: the memory of this process, which costs what malloc costs.
 *
 * A process that is killed may leave locks (lock.h), which others then take over, and blocks that it
 * was about to use, which are lost.  A process takes part in one shared heap at most.
 */
#ifndef WAGGLE_KERN_OBJ_HEAP_H
#define WAGGLE_KERN_OBJ_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap;

enum {
	HEAP_PAGED = 1 << 16,
	HEAP_LOCAL_BYTES = 1 << 14,
	HEAP_MOST_MEMBERS = 255, /* processes at a time */
};

/* Zeroed memory on a boundary of 64 bytes, and of a page from HEAP_PAGED bytes on.  NULL: none is
 * left.  Large blocks use memory only once it is written. */
void *heap_alloc(struct heap *heap, size_t bytes);
/* @bytes as it was asked for; NULL is fine. */
void heap_free(struct heap *heap, void *memory, size_t bytes);

/* Make a shared heap and take part in it; children of fork do, too.  0 and *ret_heap, or -ENOMEM,
 * -EBUSY (the addresses are in use, or the process has one), -EAGAIN (HEAP_MOST_MEMBERS). */
int heap_new(struct heap **ret_heap);
/* Take part in the heap that another process has made, given its heap_fd; @fd is kept. */
int heap_join(int fd, struct heap **ret_heap);
int heap_fd(const struct heap *heap);
/* Take part no more.  What lies there stays for the others. */
void heap_leave(struct heap *heap);

/* HEAP_LOCAL_BYTES at an address that is the same in all processes, with contents that are not. */
void *heap_local(struct heap *heap);

/* One pointer for those who join to find the rest by. */
void heap_set_root(struct heap *heap, void *root);
void *heap_root(const struct heap *heap);

/* How many members died without leaving, as far as is known: looks for such a few times a second at
 * most.  NULL: 0. */
uint32_t heap_deaths(struct heap *heap);

/* Is the member that lock_self is @holder of still there?  If not, it is counted as dead. */
bool heap_is_member(uint32_t holder);

#endif
