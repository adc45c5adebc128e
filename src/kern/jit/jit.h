/*
 * jit.h - programs as machine code.
 */
#ifndef WAGGLE_KERN_JIT_JIT_H
#define WAGGLE_KERN_JIT_JIT_H

#include "kern/vm/vm.h"

/* Compile @prog so that vm_native runs it.  Returns 0 (also when it is compiled already);
 * -ENOTSUP where there is no JIT for this processor, or executable memory is refused: the
 * interpreter still runs the program; -ENOMEM.  The reason is in @diag.  The machine code
 * belongs to the program.  Programs that are running must not be compiled. */
int jit_compile(struct vm_prog *prog, struct diag *diag);

/* The machine code and its size, for disassemblers; NULL when not compiled. */
const void *jit_code(const struct vm_prog *prog, size_t *ret_bytes);

#endif
