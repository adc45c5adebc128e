/*
 * build.c - making a function, and finding the phis of its variables.
 *
 * A read of a variable that its block has not set becomes a phi at the block's start without
 * operands.  ir_build_finish gives it what the predecessors have at their ends, which makes
 * phis there in turn, and then removes those that turn out to join one value only.
 */
#include "ir/ir_build.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

struct ir_variable {
	enum ir_type type;
};

/* What a variable is at the end of a block. */
struct ir_definition {
	const struct ir_block *block;
	uint32_t var;
	struct ir_value *value;
	struct ir_definition *chain;
};

enum { FIRST_BUCKETS = 64 };

void ir_build_begin(struct ir_builder *b, struct ir_fn *fn)
{
	*b = (struct ir_builder){ .fn = fn, .block = fn->entry, .span = SPAN_NONE };
	if (!b->block)
		b->block = ir_block_new(fn);
}

void ir_build_at(struct ir_builder *b, struct ir_block *block)
{
	b->block = block;
}

/*
 * Variables
 */

static uint32_t bucket_of(const struct ir_builder *b, const struct ir_block *block, uint32_t var)
{
	uint64_t hash = ((uint64_t)block->id << 20 ^ var) * 0x9e3779b97f4a7c15u;

	return (uint32_t)(hash >> 32) & (b->definition_buckets - 1);
}

static void grow_definitions(struct ir_builder *b)
{
	uint32_t old_buckets = b->definition_buckets;
	struct ir_definition **old = b->definitions;

	b->definition_buckets = old_buckets ? old_buckets * 4 : FIRST_BUCKETS;
	b->definitions =
		arena_alloc_array(b->fn->arena, b->definition_buckets, sizeof *b->definitions);
	if (!b->definitions) {
		b->fn->failed = true;
		b->definition_buckets = 0;
		return;
	}
	for (uint32_t i = 0; i < old_buckets; i++)
		for (struct ir_definition *d = old[i], *next; d; d = next) {
			uint32_t at = bucket_of(b, d->block, d->var);

			next = d->chain;
			d->chain = b->definitions[at];
			b->definitions[at] = d;
		}
}

static struct ir_definition *find_definition(const struct ir_builder *b,
					     const struct ir_block *block, uint32_t var)
{
	struct ir_definition *d;

	if (!b->definition_buckets)
		return NULL;
	for (d = b->definitions[bucket_of(b, block, var)]; d; d = d->chain)
		if (d->block == block && d->var == var)
			return d;
	return NULL;
}

static void define(struct ir_builder *b, const struct ir_block *block, uint32_t var,
		   struct ir_value *value)
{
	struct ir_definition *d = find_definition(b, block, var);
	uint32_t at;

	if (d) {
		d->value = value;
		return;
	}
	if (b->definition_count >= b->definition_buckets)
		grow_definitions(b);
	d = arena_alloc(b->fn->arena, sizeof *d);
	if (!d || b->fn->failed) {
		b->fn->failed = true;
		return;
	}
	at = bucket_of(b, block, var);
	*d = (struct ir_definition){ block, var, value, b->definitions[at] };
	b->definitions[at] = d;
	b->definition_count++;
}

uint32_t ir_build_var(struct ir_builder *b, enum ir_type type)
{
	if (b->variable_count == b->variable_size) {
		uint32_t size = b->variable_size * 2 + 16;
		struct ir_variable *variables =
			arena_alloc_array(b->fn->arena, size, sizeof *variables);

		if (!variables) {
			b->fn->failed = true;
			return 0;
		}
		if (b->variable_count)
			memcpy(variables, b->variables, b->variable_count * sizeof *variables);
		b->variables = variables;
		b->variable_size = size;
	}
	b->variables[b->variable_count].type = type;
	return b->variable_count++;
}

void ir_build_set(struct ir_builder *b, uint32_t var, struct ir_value *value)
{
	define(b, b->block, var, value);
}

/* The value of @var at the end of @block; a phi to be completed if it is not set there. */
static struct ir_value *read_at_end(struct ir_builder *b, struct ir_block *block, uint32_t var)
{
	struct ir_definition *d = find_definition(b, block, var);
	enum ir_type type;
	struct ir_value *phi;

	if (d)
		return d->value;
	if (b->fn->failed)
		return ir_const(b->fn, IR_I32, 0);
	type = b->variables[var].type;
	if (block == b->fn->entry)
		return ir_const(b->fn, type, 0);
	phi = ir_append(
		b->fn, block,
		&(struct ir_value){ .op = IR_PHI, .type = type, .imm = var, .span = SPAN_NONE });
	if (b->fn->failed)
		return phi;
	phi->note = b->reads;
	b->reads = phi;
	define(b, block, var, phi);
	return phi;
}

struct ir_value *ir_build_get(struct ir_builder *b, uint32_t var)
{
	return read_at_end(b, b->block, var);
}

static void resolve_variables(struct ir_builder *b)
{
	struct ir_value *phis = NULL;
	bool changed = true;

	while (b->reads && !b->fn->failed) {
		struct ir_value *phi = b->reads;
		uint32_t var = (uint32_t)phi->imm;

		b->reads = phi->note;
		for (uint32_t i = 0; i < phi->list_count; i++)
			phi->list[i] = read_at_end(b, phi->block->preds[i].from, var);
		phi->imm = 0;
		phi->note = phis; /* reads are made from uses up, so this is definitions first */
		phis = phi;
	}
	while (changed && !b->fn->failed) {
		changed = false;
		for (struct ir_value *phi = phis; phi; phi = phi->note) {
			struct ir_value *only = phi->block ? ir_phi_only(phi) : NULL;

			if (only) {
				ir_replace(phi, only);
				changed = true;
			}
		}
	}
	for (struct ir_value *phi = phis; phi; phi = phi->note)
		if (phi->block && !ir_phi_only(phi) && !phi->list_count)
			ir_replace(phi, ir_const(b->fn, phi->type, 0)); /* never reached */
	ir_settle(b->fn);
}

int ir_build_finish(struct ir_builder *b, struct diag *diag)
{
	if (!b->fn->failed && ir_order(b->fn))
		resolve_variables(b);
	return ir_check(b->fn, diag);
}

/*
 * Values
 */

static struct ir_value *add(struct ir_builder *b, struct ir_value what)
{
	assert(b->block);
	what.span = b->span;
	return ir_append(b->fn, b->block, &what);
}

struct ir_value *ir_build_op1(struct ir_builder *b, enum ir_op op, enum ir_type type,
			      struct ir_value *a)
{
	return add(b, (struct ir_value){ .op = op, .type = type, .args = { a } });
}

struct ir_value *ir_build_op2(struct ir_builder *b, enum ir_op op, struct ir_value *x,
			      struct ir_value *y)
{
	return add(b, (struct ir_value){ .op = op, .type = x->type, .args = { x, y } });
}

struct ir_value *ir_build_select(struct ir_builder *b, struct ir_value *cond, struct ir_value *yes,
				 struct ir_value *no)
{
	return add(b, (struct ir_value){
			      .op = IR_SELECT, .type = yes->type, .args = { cond, yes, no } });
}

struct ir_value *ir_build_imm(struct ir_builder *b, enum ir_op op, enum ir_type type, int64_t imm)
{
	return add(b, (struct ir_value){ .op = op, .type = type, .imm = imm });
}

struct ir_value *ir_build_packet(struct ir_builder *b, struct ir_value *base, uint32_t at,
				 unsigned int bytes)
{
	return add(b, (struct ir_value){
			      .op = IR_PACKET,
			      .type = IR_I32,
			      .args = { base },
			      .imm = at,
			      .bytes = (uint8_t)bytes,
		      });
}

struct ir_value *ir_build_context(struct ir_builder *b, enum ir_type type, int64_t at,
				  unsigned int bytes)
{
	return add(b, (struct ir_value){
			      .op = IR_CONTEXT, .type = type, .imm = at, .bytes = (uint8_t)bytes });
}

struct ir_value *ir_build_load(struct ir_builder *b, enum ir_type type, struct ir_value *ptr,
			       int64_t at, unsigned int bytes)
{
	return add(b, (struct ir_value){
			      .op = IR_LOAD,
			      .type = type,
			      .args = { ptr },
			      .imm = at,
			      .bytes = (uint8_t)bytes,
		      });
}

void ir_build_store(struct ir_builder *b, struct ir_value *ptr, int64_t at, unsigned int bytes,
		    struct ir_value *value)
{
	add(b, (struct ir_value){
		       .op = IR_STORE,
		       .type = IR_VOID,
		       .args = { ptr, value },
		       .imm = at,
		       .bytes = (uint8_t)bytes,
	       });
}

struct ir_value *ir_build_atomic(struct ir_builder *b, enum ir_op op, enum ir_type type,
				 struct ir_value *ptr, int64_t at, unsigned int bytes,
				 struct ir_value *value)
{
	return add(b, (struct ir_value){
			      .op = op,
			      .type = type,
			      .args = { ptr, value },
			      .imm = at,
			      .bytes = (uint8_t)bytes,
		      });
}

struct ir_value *ir_build_cmpxchg(struct ir_builder *b, enum ir_type type, struct ir_value *ptr,
				  int64_t at, struct ir_value *expected, struct ir_value *value)
{
	return add(b, (struct ir_value){
			      .op = IR_ATOMIC_CMPXCHG,
			      .type = type,
			      .args = { ptr, expected, value },
			      .imm = at,
			      .bytes = (uint8_t)(ir_type_bits(type) / 8),
		      });
}

static struct ir_value *add_call(struct ir_builder *b, struct ir_value what,
				 struct ir_value *const *args, uint32_t arg_count)
{
	struct ir_value *list[5] = { 0 };

	assert(arg_count <= 5);
	if (arg_count)
		memcpy(list, args, arg_count * sizeof *list);
	what.list = list;
	what.list_count = arg_count;
	return add(b, what);
}

struct ir_value *ir_build_call(struct ir_builder *b, enum ir_type type, int64_t helper,
			       struct ir_value *const *args, uint32_t arg_count)
{
	return add_call(b, (struct ir_value){ .op = IR_CALL, .type = type, .imm = helper }, args,
			arg_count);
}

struct ir_value *ir_build_kfunc(struct ir_builder *b, enum ir_type type, uint32_t id,
				struct ir_value *const *args, uint32_t arg_count)
{
	return add_call(b, (struct ir_value){ .op = IR_KFUNC, .type = type, .imm = id }, args,
			arg_count);
}

struct ir_value *ir_build_call_fn(struct ir_builder *b, enum ir_type type, uint32_t number,
				  struct ir_value *const *args, uint32_t arg_count)
{
	return add_call(b, (struct ir_value){ .op = IR_CALL_FN, .type = type, .imm = number }, args,
			arg_count);
}

/*
 * Ends
 */

static struct ir_block *take_block(struct ir_builder *b)
{
	struct ir_block *block = b->block;

	assert(block);
	block->span = b->span;
	b->block = NULL;
	return block;
}

void ir_build_jump(struct ir_builder *b, struct ir_block *to)
{
	ir_end_jump(b->fn, take_block(b), to);
}

void ir_build_branch(struct ir_builder *b, enum ir_cond cond, struct ir_value *x,
		     struct ir_value *y, struct ir_block *yes, struct ir_block *no)
{
	ir_end_branch(b->fn, take_block(b), cond, x, y, yes, no);
}

void ir_build_switch(struct ir_builder *b, struct ir_value *value, const struct ir_range *ranges,
		     uint32_t range_count)
{
	ir_end_switch(b->fn, take_block(b), value, ranges, range_count);
}

void ir_build_return(struct ir_builder *b, struct ir_value *value)
{
	ir_end_return(b->fn, take_block(b), value);
}
