/*
 * defined.h - is it certain what a program computes?
 */
#ifndef WAGGLE_FUZZ_DEFINED_H
#define WAGGLE_FUZZ_DEFINED_H

#include <stdbool.h>
#include <stddef.h>

#include "isa/insn.h"

/* Can no path through the @count slots at @insns, a program of good form, read a register that it
 * has not written?  Only then must engines agree about it.  What is undefined: r0 and r6 to r9
 * where a function begins, r1 to r5 after a call. */
bool fuzz_is_defined(const struct insn *insns, size_t count);

#endif
