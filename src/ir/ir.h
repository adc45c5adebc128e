/*
 * ir.h - the one intermediate form of all our languages: SSA over basic blocks.
 *
 * A function (struct ir_fn) is a list of blocks; a block is a list of values and one terminator.
 * A value is an operation with at most three value operands and at most one constant; it is
 * defined once, dominates its uses, and has a type.  Everything lives in the arena the function
 * was made with: nothing is freed by itself, and pointers stay good.
 *
 * The form is made for two very different targets.  Classic BPF has an accumulator, an index
 * register, sixteen cells, and forward jumps; eBPF has ten registers, a stack, calls and maps.  So
 * the form has no registers and no addresses of its own; a packet load says 'two bytes at 12' and an
 * emitter decides how.
 *
 * Effects.  'Pure' values depend on their operands only and may be moved, merged and removed.
 * Packet and context loads are pure too, but a packet load may end the program (a load past the
 * captured bytes returns 0 from the whole filter, as in the kernel), so it moves only to places
 * from which the program would have reached it anyway, or not at all.  Loads from memory are
 * ordered with stores and calls; stores, atomics and calls keep their order.
 *
 * Construction.  The front end makes blocks and appends values (ir_build.h); variables that are
 * assigned in several places become phis as it goes (Braun et al., "Simple and Efficient
 * Construction of Static Single Assignment Form", CC 2013).
 */
#ifndef WAGGLE_IR_IR_H
#define WAGGLE_IR_IR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"

enum ir_type {
	IR_VOID, /* stores: no value */
	IR_I8,
	IR_I16,
	IR_I32,
	IR_I64,
	IR_PTR, /* into memory, a map value, the stack; 64 bits */
};

/* Operations: op.def of this folder.  IR_ADD, IR_PACKET, IR_PHI ... */
enum ir_op {
#define IR_OP(name, ...) IR_##name,
#include "ir/op.def"
	IR_OP_COUNT,
};

/* What a pass may do with a value; see 'Effects' above. */
enum ir_effect {
	IR_PURE,   /* move, merge, remove */
	IR_TRAPS,  /* pure, but may end the program: remove, merge, never hoist */
	IR_READS,  /* memory: not across a write; may be removed */
	IR_WRITES, /* memory or the world: keep, in order */
};

/* How a branch compares its operands. */
enum ir_cond {
	IR_EQ,
	IR_NE,
	IR_LT, /* unsigned */
	IR_LE,
	IR_GT,
	IR_GE,
	IR_SLT, /* signed */
	IR_SLE,
	IR_SGT,
	IR_SGE,
	IR_SET,   /* (a & b) != 0 */
	IR_CLEAR, /* (a & b) == 0 */
};

struct ir_block;
struct ir_fn;

struct ir_value {
	enum ir_op op;
	enum ir_type type;
	uint32_t id;            /* unique in the function; names it in prints: v7 */
	struct ir_block *block; /* where it stands; NULL once removed */
	struct ir_value *prev;  /* in the block's order */
	struct ir_value *next;
	struct ir_value *args[3]; /* operands; phis and calls have theirs in 'list' */
	struct ir_value **list;   /* phi: one for each predecessor, in their order; call: arguments */
	uint32_t list_count;
	int64_t imm;       /* constant, displacement, helper id, map id: see op.def */
	uint8_t bytes;     /* of the memory accessed: 1, 2, 4, 8 */
	struct span span;  /* of the source it came from, or SPAN_NONE */
	uint32_t use_count; /* kept by the functions of ir.h, not by hand */
	void *note;        /* of the pass or emitter at work; means nothing between them */
};

enum ir_terminator {
	IR_END_NONE, /* under construction */
	IR_END_JUMP,
	IR_END_BRANCH,
	IR_END_SWITCH, /* by ranges of one value: how long lists become trees */
	IR_END_RETURN,
};

/* Values of the switch operand in [low, high] (unsigned, inclusive) go to 'to'.  A switch's ranges
 * are sorted, disjoint, and cover everything; neighbours with one target are merged. */
struct ir_range {
	uint64_t low;
	uint64_t high;
	struct ir_block *to;
};

struct ir_block {
	uint32_t id; /* b3 in prints */
	struct ir_block *prev; /* layout order */
	struct ir_block *next;
	struct ir_value *first;
	struct ir_value *last;

	enum ir_terminator end;
	enum ir_cond cond;         /* BRANCH */
	struct ir_value *operands[2]; /* BRANCH: compared; SWITCH, RETURN: [0] */
	struct ir_block *to[2];    /* JUMP: [0]; BRANCH: [0] if the condition holds, [1] if not */
	struct ir_range *ranges;   /* SWITCH */
	uint32_t range_count;
	struct span span;

	struct ir_block **preds; /* kept by the functions of ir.h; one entry for each edge */
	uint32_t pred_count;
	uint32_t pred_size;
	void *note; /* of the pass at work */
};

struct ir_fn {
	struct arena *arena;
	const char *name;
	struct ir_block *entry; /* first in layout order */
	struct ir_block *last;
	uint32_t block_count; /* ids handed out so far */
	uint32_t value_count;
	struct ir_value *constants; /* head of the chain by 'next'; constants stand in no block */
	bool failed; /* memory ran out while building: the function is unusable */
};

/* -ENOMEM shows as fn->failed (sticky, checked once at the end of building or of a pass). */
struct ir_fn *ir_fn_new(struct arena *arena, const char *name);

struct ir_block *ir_block_new(struct ir_fn *fn); /* appended to the layout, without an end */

/* Make, place, replace, remove.  These keep use counts, predecessors and phi operands right. */
struct ir_value *ir_const(struct ir_fn *fn, enum ir_type type, uint64_t value);
struct ir_value *ir_append(struct ir_fn *fn, struct ir_block *block, const struct ir_value *what);
void ir_insert_before(struct ir_value *place, struct ir_value *value);
void ir_set_arg(struct ir_value *value, unsigned int i, struct ir_value *arg);
void ir_replace(struct ir_fn *fn, struct ir_value *old, struct ir_value *by); /* all uses */
void ir_remove(struct ir_value *value); /* which has no uses */
void ir_end_jump(struct ir_fn *fn, struct ir_block *block, struct ir_block *to);
void ir_end_branch(struct ir_fn *fn, struct ir_block *block, enum ir_cond cond, struct ir_value *a,
		   struct ir_value *b, struct ir_block *yes, struct ir_block *no);
void ir_end_switch(struct ir_fn *fn, struct ir_block *block, struct ir_value *value,
		   struct ir_range *ranges, uint32_t range_count);
void ir_end_return(struct ir_fn *fn, struct ir_block *block, struct ir_value *value);
void ir_end_change(struct ir_fn *fn, struct ir_block *block); /* drop the end, to set another */

enum ir_effect ir_effect(const struct ir_value *value);
unsigned int ir_type_bits(enum ir_type type); /* 0 for IR_VOID */
enum ir_cond ir_cond_not(enum ir_cond cond);
enum ir_cond ir_cond_swap(enum ir_cond cond); /* for exchanged operands */

/* Every rule of this file; asserts in debug builds call it between passes.  0, or -EINVAL with what
 * is wrong in @diag. */
int ir_check(const struct ir_fn *fn, struct diag *diag);

/* The function as text, for people, tests and --ir:
 *
 *	fn filter
 *	b0:
 *		v1: i32 = packet 12 2
 *		branch v1 eq 0x800 b1 b2
 */
void ir_print(const struct ir_fn *fn, struct strbuf *out);

#endif
