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
 * Packet loads are pure too, but one past the captured bytes ends the program with 0, as in the
 * kernel; so they move only to places from which the program would have reached them anyway, or not
 * at all.  Loads from memory are ordered with stores and calls; stores, atomics and calls keep
 * their order.
 *
 * Replacing.  ir_replace only notes who stands for whom, which costs nothing; a pass that uses it
 * reads operands through ir_resolve and calls ir_settle at its end.  Between passes nothing is
 * left to resolve.
 *
 * Constants are unique: two of one type and value are the same pointer.
 *
 * Front ends make functions with ir_build.h.
 */
#ifndef WAGGLE_IR_IR_H
#define WAGGLE_IR_IR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"

enum ir_type {
	IR_VOID, /* no value: stores */
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
	IR_TRAPS,  /* pure, but may end the program: merge, never hoist */
	IR_READS,  /* memory: not across a write; may be removed */
	IR_WRITES, /* memory or the world: keep, in order */
};

enum ir_shape {
	IR_SHAPE_NONE,
	IR_SHAPE_IMM,
	IR_SHAPE_MEM,
	IR_SHAPE_PAIR,
};

enum { IR_ARGS_LIST = 4 }; /* ir_op_info.args: the operands are in list[] */

struct ir_op_info {
	const char *text;
	uint8_t args;
	enum ir_shape shape;
	enum ir_effect effect;
	bool commutes;
};
extern const struct ir_op_info ir_ops[IR_OP_COUNT];

/* How a branch compares its operands: cond.def.  IR_EQ, IR_LT, IR_SLT, IR_SET ... */
enum ir_cond {
#define IR_COND(name, ...) IR_##name,
#include "ir/cond.def"
	IR_COND_COUNT,
};

struct ir_cond_info {
	const char *text;
	enum ir_cond negated;
	enum ir_cond swapped;
};
extern const struct ir_cond_info ir_conds[IR_COND_COUNT];

struct ir_block;
struct ir_fn;

struct ir_value {
	enum ir_op op;
	enum ir_type type;
	uint32_t id;            /* unique in the function; names it in prints: v7 */
	uint8_t bytes;          /* of the memory accessed: 1, 2, 4, 8 */
	uint32_t use_count;     /* after ir_count_uses */
	struct ir_block *block; /* where it stands; NULL: a constant, or removed */
	struct ir_value *prev;  /* in the block's order; phis come first */
	struct ir_value *next;
	struct ir_value *args[3]; /* operands; phis and calls have theirs in 'list' */
	struct ir_value **list; /* phi: one for each predecessor, in their order; call: arguments */
	uint32_t list_count;
	uint32_t list_size;
	int64_t imm;              /* constant, displacement, helper id, map id: see op.def */
	struct span span;         /* of the source it came from, or SPAN_NONE */
	struct ir_value *forward; /* who stands for it, until ir_settle */
	struct ir_value *chain;   /* constants: of the hash table */
	void *note;               /* of the pass or emitter at work; means nothing between them */
};

enum ir_terminator {
	IR_END_NONE, /* under construction */
	IR_END_JUMP,
	IR_END_BRANCH,
	IR_END_SWITCH, /* by ranges of one value: how long lists become trees */
	IR_END_RETURN,
};

/* Values of the switch operand in [low, high] (unsigned, inclusive) go to 'to'.  A switch's ranges
 * are sorted, disjoint, and cover everything. */
struct ir_range {
	uint64_t low;
	uint64_t high;
	struct ir_block *to;
	uint32_t slot; /* kept by ir.c: this edge is to->preds[slot] */
};

/* An edge as seen from its end: successor number 'out' of 'from'. */
struct ir_pred {
	struct ir_block *from;
	uint32_t out;
};

struct ir_block {
	uint32_t id;           /* b3 in prints */
	struct ir_block *prev; /* layout order */
	struct ir_block *next;
	struct ir_value *first;
	struct ir_value *last;

	enum ir_terminator end;
	enum ir_cond cond;            /* BRANCH */
	struct ir_value *operands[2]; /* BRANCH: compared; SWITCH, RETURN: [0] */
	struct ir_block *to[2];  /* JUMP: [0]; BRANCH: [0] if the condition holds, [1] if not */
	uint32_t slot[2];        /* kept by ir.c: to[i]->preds[slot[i]] is this edge */
	struct ir_range *ranges; /* SWITCH */
	uint32_t range_count;
	struct span span;

	struct ir_pred *preds; /* kept by the functions of ir.h; one entry for each edge */
	uint32_t pred_count;
	uint32_t pred_size;

	uint32_t index;               /* after ir_order: its place in fn->order, or UINT32_MAX */
	struct ir_block *dominator;   /* after ir_dominators: the nearest; NULL for the entry */
	uint32_t dom_first, dom_last; /* numbers of the dominator tree: see ir_dominates */
	void *note;                   /* of the pass at work */
};

/* A set of numbers in which an eBPF program looks: map number 'map' is to be a hash map with these
 * keys, of 'key_bytes' in the machine's order, and any values. */
struct ir_table {
	uint32_t map;
	uint32_t key_bytes; /* 4 or 8 */
	uint64_t *keys;     /* ascending */
	size_t count;
	struct ir_table *next;
};

struct ir_fn {
	struct arena *arena;
	const char *name;
	struct ir_block *entry; /* first in layout order; it has no predecessors */
	struct ir_block *last;
	uint32_t block_count; /* ids handed out so far */
	uint32_t value_count;
	struct ir_value **constants; /* hash table, linked by 'chain' */
	uint32_t constant_buckets;
	uint32_t constant_count;
	struct ir_block **order; /* of the last ir_order */
	uint32_t order_count;
	bool is_ordered;    /* no edge has changed since the last ir_order */
	bool has_loops;     /* after ir_order */
	uint32_t map_count; /* maps are numbered below this */
	struct ir_table *tables;
	bool failed; /* memory ran out: the function is unusable.  Check it after building, and after
		      * passes */
};

/* NULL when memory is short.  What fails later for want of memory sets fn->failed, and returns
 * something harmless to go on with. */
struct ir_fn *ir_fn_new(struct arena *arena, const char *name);

/* A block at the end of the layout, without an end of its own.  The first is the entry. */
struct ir_block *ir_block_new(struct ir_fn *fn);
/* Take it out of the layout.  It has no predecessors (but itself) and loses its end. */
void ir_block_remove(struct ir_fn *fn, struct ir_block *block);
void ir_block_move_after(struct ir_fn *fn, struct ir_block *block, struct ir_block *place);
/* Move the values from @at on (NULL: none), and the end, to a new block, which @block is left
 * without; the layout has the new block behind the old. */
struct ir_block *ir_block_split(struct ir_fn *fn, struct ir_block *block, struct ir_value *at);

/* The constant @value, modulo 2^width. */
struct ir_value *ir_const(struct ir_fn *fn, enum ir_type type, uint64_t value);
static inline bool ir_is_const(const struct ir_value *value)
{
	return value->op == IR_CONST;
}

/* A copy of @what in no block: op, type, bytes, args, list, imm and span count. */
struct ir_value *ir_value_new(struct ir_fn *fn, const struct ir_value *what);
/* ir_value_new at the end of @block; a phi comes behind the other phis and gets its list. */
struct ir_value *ir_append(struct ir_fn *fn, struct ir_block *block, const struct ir_value *what);
/* Put @value, which is in no block, before @place, or at the end of @block if that is NULL. */
void ir_insert(struct ir_block *block, struct ir_value *place, struct ir_value *value);
void ir_remove(struct ir_value *value); /* from its block; uses are the caller's worry */

/* Operands of any value, in a row: args[] or list[]. */
static inline struct ir_value **ir_operands(struct ir_value *value, uint32_t *ret_count)
{
	if (value->list) {
		*ret_count = value->list_count;
		return value->list;
	}
	*ret_count = ir_ops[value->op].args == IR_ARGS_LIST ? 0 : ir_ops[value->op].args;
	return value->args;
}
/* What @phi joins if that is one value only, besides itself; else NULL. */
struct ir_value *ir_phi_only(struct ir_value *phi);
/* How many of operands[] a block's end has. */
unsigned int ir_end_operands(const struct ir_block *block);

/* All uses of @old, which is taken out of its block, become uses of @by: see 'Replacing'. */
void ir_replace(struct ir_value *old, struct ir_value *by);
struct ir_value *ir_resolve(struct ir_value *value); /* NULL is NULL */
void ir_settle(struct ir_fn *fn);
void ir_count_uses(struct ir_fn *fn);

/* Give @block, which has none, an end.  Phis of the targets get a NULL operand to be set. */
void ir_end_jump(struct ir_fn *fn, struct ir_block *block, struct ir_block *to);
void ir_end_branch(struct ir_fn *fn, struct ir_block *block, enum ir_cond cond, struct ir_value *a,
		   struct ir_value *b, struct ir_block *yes, struct ir_block *no);
/* @ranges (copied) need not be merged yet. */
void ir_end_switch(struct ir_fn *fn, struct ir_block *block, struct ir_value *value,
		   const struct ir_range *ranges, uint32_t range_count);
void ir_end_return(struct ir_fn *fn, struct ir_block *block, struct ir_value *value);
/* Drop the end and its edges; the phis of the targets lose the operand. */
void ir_end_drop(struct ir_fn *fn, struct ir_block *block);
/* The end becomes a jump along its edge @out. */
void ir_end_decide(struct ir_fn *fn, struct ir_block *block, uint32_t out);

/* @block, which has no end, gets that of @from, which is left with none. */
void ir_end_take(struct ir_block *block, struct ir_block *from);
/* Exchange a branch's targets. */
void ir_end_swap(struct ir_block *block);

/* Edges out of a block: JUMP 1, BRANCH 2, SWITCH range_count. */
uint32_t ir_succ_count(const struct ir_block *block);
struct ir_block *ir_succ(const struct ir_block *block, uint32_t out);
uint32_t ir_succ_slot(const struct ir_block *block, uint32_t out);
/* Let edge @out lead to @to.  Phis there get a NULL operand to be set. */
void ir_redirect(struct ir_fn *fn, struct ir_block *block, uint32_t out, struct ir_block *to);
/* Edge @out of @block, which leads to a block B, goes past it to B's successor @over.  The phis
 * there get what they would have got; B's values other than phis must not be among that. */
void ir_bypass(struct ir_fn *fn, struct ir_block *block, uint32_t out, uint32_t over);
/* A new block on edge @out of @block: for edges from many to many. */
struct ir_block *ir_split_edge(struct ir_fn *fn, struct ir_block *block, uint32_t out);
/* Wherever a block has phis, let all its predecessors end by jumping to it, so that there is a place
 * to set the phis.  Edges that bring the same values share one new block. */
void ir_split_edges(struct ir_fn *fn);

enum ir_effect ir_effect(const struct ir_value *value);
static inline bool ir_is_call(const struct ir_value *value)
{
	return value->op == IR_CALL || value->op == IR_KFUNC || value->op == IR_CALL_FN;
}
/* The immediate of an operation of shape PAIR. */
static inline int64_t ir_pair(uint32_t low, uint32_t high)
{
	return (int64_t)((uint64_t)high << 32 | low);
}
/* The width of its values; 0 for IR_VOID. */
static inline unsigned int ir_type_bits(enum ir_type type)
{
	switch (type) {
	case IR_VOID: return 0;
	case IR_I8: return 8;
	case IR_I16: return 16;
	case IR_I32: return 32;
	case IR_I64:
	case IR_PTR: return 64;
	}
	return 0;
}
/* The bits of its values. */
static inline uint64_t ir_type_mask(enum ir_type type)
{
	unsigned int bits = ir_type_bits(type);

	return bits ? UINT64_MAX >> (64 - bits) : 0;
}
const char *ir_type_name(enum ir_type type);
/* The usual type of operand @i of @value: texts say it only of constants that have another. */
enum ir_type ir_operand_type(const struct ir_value *value, uint32_t i);

/* The value of an operation on constants of @type (args 1 or 2), or of a comparison of such. */
uint64_t ir_fold_op(enum ir_op op, enum ir_type type, uint64_t a, uint64_t b);
bool ir_fold_cond(enum ir_cond cond, enum ir_type type, uint64_t a, uint64_t b);
/* As ir_fold_op for operations with operands of another type: zext, sext, trunc. */
uint64_t ir_fold_cast(enum ir_op op, enum ir_type type, enum ir_type from, uint64_t a);
bool ir_can_fold(enum ir_op op); /* by one of these */

/* Put the blocks reachable from the entry into fn->order (unless they are, as fn->is_ordered says) such that, loops apart, each comes
 * before its successors, and remove all others.  False, and fn->failed, without memory. */
bool ir_order(struct ir_fn *fn);
/* ir_order, and every block's dominator. */
bool ir_dominators(struct ir_fn *fn);
/* Does every path to @b lead through @a (or are they one)?  After ir_dominators. */
static inline bool ir_dominates(const struct ir_block *a, const struct ir_block *b)
{
	return a->dom_first <= b->dom_first && b->dom_first <= a->dom_last;
}

/* Is every rule of this file kept?  Also removes what cannot be reached.  0, -ENOMEM, or -EINVAL with what is wrong in @diag. */
int ir_check(struct ir_fn *fn, struct diag *diag);

/* The function as text, for people, tests and --ir:
 *
 *	fn filter
 *	b0:
 *		v1: i32 = packet 12 2
 *		branch v1 eq 0x800 b1 b2
 *	b1:
 *		v2: i32 = packet v7 14 2
 *		v3: i32 = phi b0 v1, b4 7
 *		v4: i64 = call 14 v1 v2
 *		store v5 -8 8 v4
 *		jump b2
 *	b2:
 *		switch v1
 *			0..5 b1
 *			6..0xffffffff b2
 *	b4:
 *		return 0xffff
 *
 * A constant has the type of what it is used with, or i32; any other type is said: 7:i64. */
void ir_print(const struct ir_fn *fn, struct strbuf *out);
void ir_print_block(const struct ir_block *block, struct strbuf *out);
void ir_print_value(const struct ir_value *value, struct strbuf *out);

/* Read what ir_print wrote.  Returns 0 with a function that passed ir_check, -EINVAL with the
 * errors in @diag, or -ENOMEM. */
int ir_parse(const struct source *source, struct arena *arena, struct diag *diag,
	     struct ir_fn **ret_fn);

#endif
