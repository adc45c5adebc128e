/*
 * codemem.h - memory for machine code that is at no time both writable and executable.
 *
 * A chunk is a memory file (memfd) mapped for reading and execution only; code gets there by
 * pwrite, so no writable mapping of it ever exists and committing a program costs one system call.
 * Where memory files may not be executed, a chunk is anonymous memory: written first, then
 * sealed by mprotect, one program each.  Chunks are freed when their last program is, and never
 * written twice at the same place.
 */
#ifndef WAGGLE_KERN_JIT_CODEMEM_H
#define WAGGLE_KERN_JIT_CODEMEM_H

#include <stddef.h>
#include <stdint.h>

/* A piece of executable memory. */
struct codemem {
	struct codemem_chunk *chunk;
	void *address; /* where the code will run */
	size_t bytes;
};

/* Reserve at most @bytes; near this program's own code where there is room, so that calls reach it
 * with 32-bit offsets.  Thread-safe.  0, -ENOMEM, or -EPERM where the system forbids it. */
int codemem_reserve(size_t bytes, struct codemem *ret_mem);

/* Put the @bytes at @code there (no more than were reserved; the rest is given back) and make them
 * executable.  On failure the reservation is gone. */
int codemem_commit(struct codemem *mem, const void *code, size_t bytes);

void codemem_free(struct codemem *mem);

#endif
