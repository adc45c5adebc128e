/*
 * arch.h - between the common part of the JIT and the one file per processor.
 *
 * jit.c reserves executable memory of jit_arch_bound bytes, lets jit_arch_emit write the code for
 * that address into an ordinary buffer, and then commits it: executable memory is never writable
 * (codemem.h).
 */
#ifndef WAGGLE_KERN_JIT_ARCH_H
#define WAGGLE_KERN_JIT_ARCH_H

#include "kern/vm/prog.h"

/* Where code goes while it is written. */
struct jit_buf {
	uint8_t *bytes;
	size_t len;
	size_t size;      /* beyond it nothing is stored, 'len' still counts */
	uint64_t address; /* that bytes[0] will have when it runs */
};

/* An upper bound of the machine code of @prog, in bytes. */
size_t jit_arch_bound(const struct vm_prog *prog);

/* Write the code of @prog into @buf, whose size is at least the bound.  Sets func_entry[i] to the
 * offset in @buf of function i of prog->funcs.  Returns 0, -ENOMEM or -ENOTSUP. */
int jit_arch_emit(const struct vm_prog *prog, struct jit_buf *buf, uint32_t *func_entry);

/* Call machine code of a function: saves the machine's registers, sets up the run's register
 * and r10, stores the stack pointer in run->exit_sp, and returns r0.  (Nested calls, from
 * vm_call_back, save and restore exit_sp themselves.)  Written into executable memory
 * once by jit_arch_emit_enter, at most JIT_ENTER_BYTES long. */
enum { JIT_ENTER_BYTES = 256 };
int jit_arch_emit_enter(struct jit_buf *buf);

/* For the code of a VM_HELPER_TAIL_CALL (jit.c): decides whether the tail call to @index of prog
 * array @map succeeds in a function whose r10 is @frame.  If so, counts it, sets run->prog, and
 * returns the machine code to jump to with r1 as it was, once the function has restored the
 * registers it saved; else NULL. */
void *jit_tail_target(struct vm_run *run, uint64_t map, uint32_t index, uint64_t frame);

/* A number that the author of a program cannot guess, for constant blinding (jit.c). */
uint64_t jit_random(void);

#endif
