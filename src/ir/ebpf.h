/*
 * ebpf.h - what the parts of the eBPF emitter say to each other.
 *
 * lower_ebpf.c brings a function to what eBPF has; ebpf_regs.c gives its values registers and stack;
 * emit_ebpf.c writes the instructions (see ebpf_write.h).
 */
#ifndef WAGGLE_IR_EBPF_H
#define WAGGLE_IR_EBPF_H

#include "ir/ir.h"
#include "ir/ir_emit.h"

/*
 * Lowering
 *
 * Afterwards there are no PACKET (but for IR_PACKET_SKB), PACKET_LEN, EXTENSION, CONTEXT, SELECT,
 * *_OR_END and switches; no edge leads from a block with many successors to one with phis; constants
 * stand only where an instruction has an immediate; and blocks are in their final order.
 * -ENOTSUP with the reason in @diag, -ENOMEM.
 */
int ebpf_lower(struct ir_fn *fn, const struct ir_ebpf_options *options, struct diag *diag);

/* The packet loads of IR_PACKET_XDP, _SKB_DIRECT and _MEMORY, as checks and loads from memory. */
void ebpf_lower_packet(struct ir_fn *fn, enum ir_packet packet);

/* Does the 64-bit @value fit an immediate, which is sign-extended? */
static inline bool ebpf_fits_imm(int64_t value)
{
	return value >= INT32_MIN && value <= INT32_MAX;
}

/*
 * Places of values
 */

enum {
	EBPF_NO_REG = 255,
	EBPF_CONTEXT_REG = 6, /* of LD_ABS and LD_IND */
	/* If something had to be spilled, these serve its loads and stores. */
	EBPF_SCRATCH_0 = 0,
	EBPF_SCRATCH_1 = 5,
	EBPF_SCRATCH_2 = 4, /* of ATOMIC_CMPXCHG only */
};

struct ebpf_place {
	uint8_t reg;   /* or EBPF_NO_REG: it is on the stack, or needs no place */
	int16_t stack; /* offset from r10 if spilled, or of a SLOT's memory; else 0 */
};

struct ebpf_places {
	struct ebpf_place *of; /* by value id */
	bool has_scratch;      /* r0 and r5 hold no values */
};

/* Allocate; @scratch: keep the scratch registers free even if nothing is spilled.  @ignores_zero: see
 * ir_emit.h; then what the first branch looks at is welcome in r0.  Memory from @arena.  -ENOTSUP if 512
 * bytes of stack are not enough, -ENOMEM. */
int ebpf_allocate(struct ir_fn *fn, bool scratch, bool ignores_zero, struct arena *arena,
		  struct diag *diag, struct ebpf_places *ret_places);

/* Is @value an address that instructions name as r10 + offset?  Such a SLOT needs no register. */
static inline bool ebpf_is_slot(const struct ir_value *value)
{
	return value->op == IR_SLOT;
}

/* Is @value a place inside of a slot, as r10 + offset too? */
static inline bool ebpf_is_in_slot(const struct ir_value *value)
{
	return value->op == IR_PTR_ADD && ebpf_is_slot(value->args[0]) &&
	       ir_is_const(value->args[1]) && ebpf_fits_imm(value->args[1]->imm);
}

/* Is @value made of nothing that is in a register?  Then it is computed again where it is used rather than
 * kept on the stack. */
static inline bool ebpf_is_remade(const struct ir_value *value)
{
	return (value->op >= IR_MAP && value->op <= IR_FUNCTION) || ebpf_is_in_slot(value) ||
	       (value->op == IR_COPY &&
		(ir_is_const(value->args[0]) || ebpf_is_slot(value->args[0])));
}

#endif
