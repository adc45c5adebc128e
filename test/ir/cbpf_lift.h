/*
 * cbpf_lift.h - classic programs as functions, so that those of others can be optimised and compared.
 */
#ifndef WAGGLE_TEST_CBPF_LIFT_H
#define WAGGLE_TEST_CBPF_LIFT_H

#include "ir/ir.h"
#include "isa/cbpf_insn.h"

/* @insns passed cbpf_check.  NULL without memory. */
struct ir_fn *cbpf_lift(const struct cbpf_insn *insns, size_t count, struct arena *arena);

#endif
