/*
 * cbpf_write.h - what the parts of the emitter of classic BPF say to each other.
 *
 * cbpf_prepare.c brings a function to what the machine has, cbpf_cells.c gives values that are kept their
 * cells, emit_cbpf.c chooses the instructions of each block, and cbpf_assemble.c puts the blocks one
 * behind the other.
 */
#ifndef WAGGLE_IR_CBPF_WRITE_H
#define WAGGLE_IR_CBPF_WRITE_H

#include "ir/ir_emit.h"
#include "isa/cbpf.h"

enum { CBPF_NOTHING = UINT32_MAX }; /* no value's number */

/* What the registers hold, as value numbers. */
struct cbpf_state {
	uint32_t a, x;
};

/* A selected instruction. */
struct cbpf_chosen {
	enum cbpf_op op;
	uint32_t k;
	uint32_t stored; /* a store: id of the value it is for; else CBPF_NOTHING */
};

/* What the emitter knows of a block. */
struct cbpf_code {
	struct cbpf_chosen *insns;
	uint32_t count;
	uint32_t size;
	struct cbpf_state end; /* what it leaves behind */
	uint32_t first_loads; /* the number that its first instruction brings to A, doing nothing else;
			       * or CBPF_NOTHING */
	bool is_constant;     /* it is 'ret #k' */
	bool is_empty;        /* it only jumps */

	enum cbpf_op jump; /* of a branch */
	uint32_t jump_k;
	bool swapped; /* it jumps when the IR's condition does not hold */

	/* Assembly: number of instructions behind the nearest way in, at its start, and behind its
	 * first instruction. */
	uint32_t near[2];
};

struct cbpf_writer {
	struct ir_fn *fn;
	bool drop_traps;
	struct diag *diag;
	struct arena arena;
	int err;

	const uint32_t *numbers;
	uint32_t zero;           /* the number of the constant */
	uint8_t *cells;          /* of values, by id: 1 + the cell, or 0 */
	bool *stored;            /* by id: from here on the cell holds it */
	bool *loaded;            /* by id: some instruction loads the cell */
	bool *wants_x;           /* by id: used as an index */
	uint16_t *taken;         /* by block index: cells that values have there */
	struct cbpf_code *codes; /* by block index */
	struct cbpf_state state; /* during selection */
	struct cbpf_code *code;  /* of the block being selected */
	uint16_t cells_taken;    /* there: by values and temporaries */

	struct cbpf_insn *out; /* the last instruction first */
	uint32_t out_count;
	uint32_t out_size;
};

/* Note in e->err, and in its diag at @span, why there is no filter. */
PRINTF_LIKE(3, 4)
void cbpf_refuse(struct cbpf_writer *e, struct span span, const char *format, ...);

/* NULL is none. */
static inline bool cbpf_is_phi(const struct ir_value *v)
{
	return v && v->op == IR_PHI;
}

/* Refuse what cannot be expressed and write the rest by what can.  The outcome is in e->err. */
void cbpf_prepare(struct cbpf_writer *e);

/* Decide which values are kept, and give each a cell.  The outcome is in e->err. */
void cbpf_give_cells(struct cbpf_writer *e);

/* A's operation with a constant, or with X. */
enum cbpf_op cbpf_alu_op(enum ir_op op, bool is_x);

/* The immediate, of 32 bits. */
uint32_t cbpf_imm_of(const struct ir_value *v);

/* The base of 4*([k]&0xf), if @v is that, else NULL. */
const struct ir_value *cbpf_header_len(const struct ir_value *v);

/* A cell that is free here. */
uint32_t cbpf_take_cell(struct cbpf_writer *e, struct span span);

/* All blocks are chosen: put them together into memory of the function's arena.  -ENOMEM. */
int cbpf_join_blocks(struct cbpf_writer *e, struct ir_cbpf *ret_cbpf);

#endif
