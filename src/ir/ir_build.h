/*
 * ir_build.h - how a front end makes a function.
 *
 * A builder has a current block, to which it appends.  Assignable variables need no care for
 * phis: set and get them wherever you are, also in blocks whose predecessors are not all there yet.
 * ir_build_finish then finds what each read meant (after Braun et al., "Simple and Efficient
 * Construction of Static Single Assignment Form", CC 2013; since everything is known by then, blocks
 * need no 'sealing').
 *
 *	struct ir_builder b;
 *	ir_build_begin(&b, fn);
 *	type = ir_build_packet(&b, NULL, 12, 2);
 *	ir_build_branch(&b, IR_EQ, type, ir_const(fn, IR_I32, 0x800), yes, no);
 *	ir_build_at(&b, yes); ...
 *	err = ir_build_finish(&b, diag);
 *
 * Operations on constants are not folded here; the first pass does that.
 */
#ifndef WAGGLE_IR_IR_BUILD_H
#define WAGGLE_IR_IR_BUILD_H

#include "ir/ir.h"

struct ir_builder {
	struct ir_fn *fn;
	struct ir_block *block; /* current; NULL after its end was set */
	struct span span;       /* given to what is made */
	struct ir_variable *variables;
	uint32_t variable_count;
	uint32_t variable_size;
	struct ir_definition **definitions; /* hash table of (block, variable) */
	uint32_t definition_buckets;
	uint32_t definition_count;
	struct ir_value *reads; /* phis made by reads, linked by 'note' */
};

/* Begin with @fn's entry, which is made if there is none. */
void ir_build_begin(struct ir_builder *b, struct ir_fn *fn);
/* Continue at the end of @block, which has no end yet. */
void ir_build_at(struct ir_builder *b, struct ir_block *block);
static inline struct ir_block *ir_build_block(struct ir_builder *b)
{
	return ir_block_new(b->fn);
}

/* Variables; one that is read before it is set reads 0. */
uint32_t ir_build_var(struct ir_builder *b, enum ir_type type);
void ir_build_set(struct ir_builder *b, uint32_t var, struct ir_value *value);
struct ir_value *ir_build_get(struct ir_builder *b, uint32_t var);

/* Values; operands are given in the order of ir.h's text. */
struct ir_value *ir_build_op1(struct ir_builder *b, enum ir_op op, enum ir_type type,
			      struct ir_value *a);
struct ir_value *ir_build_op2(struct ir_builder *b, enum ir_op op, struct ir_value *x,
			      struct ir_value *y); /* of x's type */
struct ir_value *ir_build_select(struct ir_builder *b, struct ir_value *cond, struct ir_value *yes,
				 struct ir_value *no);
/* PARAM, EXTENSION, SLOT, MAP, MAP_VALUE (ir_pair), KERNEL_VAR, FUNCTION, PACKET_LEN (i32, or ptr) */
struct ir_value *ir_build_imm(struct ir_builder *b, enum ir_op op, enum ir_type type, int64_t imm);
/* @bytes at @base (i32, or NULL for 0) + @at, as an i32 */
struct ir_value *ir_build_packet(struct ir_builder *b, struct ir_value *base, uint32_t at,
				 unsigned int bytes);
struct ir_value *ir_build_context(struct ir_builder *b, enum ir_type type, int64_t at,
				  unsigned int bytes);
struct ir_value *ir_build_load(struct ir_builder *b, enum ir_type type, struct ir_value *ptr,
			       int64_t at, unsigned int bytes);
void ir_build_store(struct ir_builder *b, struct ir_value *ptr, int64_t at, unsigned int bytes,
		    struct ir_value *value);
/* ATOMIC_ADD and ATOMIC_XCHG; @type is IR_VOID if the old value is not wanted */
struct ir_value *ir_build_atomic(struct ir_builder *b, enum ir_op op, enum ir_type type,
				 struct ir_value *ptr, int64_t at, unsigned int bytes,
				 struct ir_value *value);
struct ir_value *ir_build_cmpxchg(struct ir_builder *b, enum ir_type type, struct ir_value *ptr,
				  int64_t at, struct ir_value *expected, struct ir_value *value);
struct ir_value *ir_build_call(struct ir_builder *b, enum ir_type type, int64_t helper,
			       struct ir_value *const *args, uint32_t arg_count);

/* Of the kernel's function with BTF id @id, and of function number @number of the same program. */
struct ir_value *ir_build_kfunc(struct ir_builder *b, enum ir_type type, uint32_t id,
				struct ir_value *const *args, uint32_t arg_count);
struct ir_value *ir_build_call_fn(struct ir_builder *b, enum ir_type type, uint32_t number,
				  struct ir_value *const *args, uint32_t arg_count);

/* Ends; there is no current block afterwards. */
void ir_build_jump(struct ir_builder *b, struct ir_block *to);
void ir_build_branch(struct ir_builder *b, enum ir_cond cond, struct ir_value *x,
		     struct ir_value *y, struct ir_block *yes, struct ir_block *no);
/* See struct ir_range; the slots are not looked at. */
void ir_build_switch(struct ir_builder *b, struct ir_value *value, const struct ir_range *ranges,
		     uint32_t range_count);
void ir_build_return(struct ir_builder *b, struct ir_value *value);

/* Resolve variables, remove what cannot be reached, and ir_check: -ENOMEM, or -EINVAL, which is the
 * front end's mistake. */
int ir_build_finish(struct ir_builder *b, struct diag *diag);

#endif
