/*
 * live.h - which registers' values are still wanted.
 */
#ifndef WAGGLE_KERN_JIT_LIVE_H
#define WAGGLE_KERN_JIT_LIVE_H

#include "kern/vm/prog.h"

/* Registers read and written by an instruction: what isa_reads and isa_writes tell, by table. */
uint16_t live_reads(enum isa_op op, const struct insn *insn);
uint16_t live_writes(enum isa_op op, const struct insn *insn);

/* Set @live[pc], for every slot, to the registers (a set) whose values may be read at or after
 * the instruction there before they are written.  One too many is possible, in loops within loops. */
void live_find(const struct vm_prog *prog, uint16_t *live);

#endif
