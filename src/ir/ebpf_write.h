/*
 * ebpf_write.h - instructions of eBPF as they are written.
 *
 * An instruction is an item until all are written; only then is it known how far each jump goes.
 * ebpf_write.c writes items and moves values between their places, emit_ebpf.c says which items a
 * function is made of, ebpf_place.c makes slots of them.
 */
#ifndef WAGGLE_IR_EBPF_WRITE_H
#define WAGGLE_IR_EBPF_WRITE_H

#include "ir/ebpf.h"

/* A slot of the program. */
struct ebpf_item {
	struct insn insn;
	const struct ir_block *to; /* of a jump */
	bool is_long;              /* it takes two more slots: see ebpf_place.c */
	bool is_gone;              /* a 'goto' to what comes next */
	struct span span;
	uint32_t reloc; /* one more than the number of its relocation; 0: it has none */
};

struct ebpf_writer {
	struct ir_fn *fn;
	const struct ir_ebpf_options *options;
	struct arena arena;
	struct diag *diag;
	struct ebpf_places places;
	struct ebpf_item *items;
	size_t item_count;
	size_t item_size;
	size_t *starts;   /* of blocks, by index: the first item */
	bool *has_result; /* by index of block: r0 is a number wherever it begins */
	struct span span;
	bool wants_scratch; /* a circle of moves: try again with scratch registers */
	int err;
};

struct ebpf_fields {
	uint8_t dst, src;
	int16_t off;
	int32_t imm;
};

/* Write an instruction.  What is returned is good until the next one is written; out of memory, it is an
 * item that nobody reads, and e->err says so. */
struct ebpf_item *ebpf_write(struct ebpf_writer *e, enum isa_op op, struct ebpf_fields f);

#define EMIT(e, op, ...) ebpf_write(e, op, (struct ebpf_fields){ __VA_ARGS__ })

/*
 * Values and their places
 */

static inline struct ebpf_place ebpf_place_of(const struct ebpf_writer *e, const struct ir_value *v)
{
	return e->places.of[v->id];
}

/* Is @v computed wherever it is used? */
bool ebpf_is_remade_here(const struct ebpf_writer *e, const struct ir_value *v);

/* reg = r10 + offset */
void ebpf_load_address(struct ebpf_writer *e, uint8_t reg, int32_t offset);

/* reg = @v, an address that the kernel puts into a wide load; numbers of functions become distances
 * later. */
void ebpf_load_kernel_address(struct ebpf_writer *e, uint8_t reg, const struct ir_value *v);

/* reg = v */
void ebpf_load(struct ebpf_writer *e, uint8_t reg, const struct ir_value *v);

/* The register that holds @v: its own, or @scratch after a load. */
uint8_t ebpf_in_reg(struct ebpf_writer *e, const struct ir_value *v, uint8_t scratch);

/* Where the result of @v is to be computed; then ebpf_store_result. */
uint8_t ebpf_result_reg(const struct ebpf_writer *e, const struct ir_value *v);

/* @reg has the result of @v. */
void ebpf_store_result(struct ebpf_writer *e, const struct ir_value *v, uint8_t reg);

/*
 * Moves that happen at once
 */

/* One of several moves that happen at once. */
struct ebpf_move {
	struct ebpf_place to;
	struct ebpf_place from;       /* if 'value' is NULL */
	const struct ir_value *value; /* a constant, a slot's address, or what is remade */
	bool is_done;
};

enum { EBPF_MOST_MOVES = 64 };

struct ebpf_moves {
	struct ebpf_move list[EBPF_MOST_MOVES];
	unsigned int count;
};

static inline bool ebpf_same_place(struct ebpf_place a, struct ebpf_place b)
{
	return a.reg == b.reg && (a.reg != EBPF_NO_REG || a.stack == b.stack);
}

/* Add to @m that @value goes to @to; if it is there, nothing. */
void ebpf_add_move(struct ebpf_writer *e, struct ebpf_moves *m, struct ebpf_place to,
		   const struct ir_value *value);

/* Write the moves of @m, in an order in which none overwrites what another needs.  A circle of them needs
 * scratch registers; without, e->wants_scratch is set. */
void ebpf_emit_moves(struct ebpf_writer *e, struct ebpf_moves *m);

/* Placing: from the items to the slots of @ret_ebpf, in memory of the function's arena.  -ENOMEM. */
int ebpf_place_items(struct ebpf_writer *e, struct ir_ebpf *ret_ebpf);

/* Linking: the functions of a program, one behind the other; @parts without instructions are left out.  In
 * @arena.  -ENOTSUP if one names a function that is not there, -ENOMEM. */
int ebpf_link(struct arena *arena, const struct ir_ebpf *parts, size_t part_count,
	      struct diag *diag, struct ir_ebpf *ret_all);

#endif
