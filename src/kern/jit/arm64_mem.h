/*
 * arm64_mem.h - what fusing instructions (arm64_fuse.c) needs to know of accesses.
 */
#ifndef WAGGLE_KERN_JIT_ARM64_MEM_H
#define WAGGLE_KERN_JIT_ARM64_MEM_H

#include "kern/jit/arm64.h"
#include "kern/jit/live.h"

/* An address: a machine register and an offset. */
struct place {
	uint8_t reg;
	int32_t off;
};

/* Does an access at @off from r@base need no check? */
bool arm64_unchecked(const struct trans *t, unsigned int base, int32_t off, uint32_t size);

/* The register that holds what @insn, of form ST or STX, stores: ZR for zero, else @tmp where
 * the value has no register yet. */
uint32_t arm64_stored(struct trans *t, enum isa_op op, const struct insn *insn, uint32_t tmp);

#endif
