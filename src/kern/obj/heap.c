/*
 * heap.c - memory of this process: small blocks by malloc, large ones as pages, which come zeroed
 * and untouched.
 */
#include "kern/obj/heap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/bits.h"

enum { LINE = 64 };

void *heap_alloc(struct heap *heap, size_t bytes)
{
	void *memory;

	(void)heap;
	if (bytes > PTRDIFF_MAX)
		return NULL;
	if (bytes >= HEAP_PAGED) {
		memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		return memory == MAP_FAILED ? NULL : memory;
	}
	memory = aligned_alloc(LINE, align_up(bytes ? bytes : 1, LINE));
	return memory ? memset(memory, 0, bytes) : NULL;
}

void heap_free(struct heap *heap, void *memory, size_t bytes)
{
	(void)heap;
	if (!memory)
		return;
	if (bytes >= HEAP_PAGED)
		(void)munmap(memory, bytes);
	else
		free(memory);
}
