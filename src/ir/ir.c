/*
 * ir.c - making and changing functions: values, blocks, and the edges between them.
 *
 * Each edge knows its place among the predecessors of its target, and each predecessor entry which
 * edge it stands for; so an edge is moved or removed in constant time, however many
 * others lead to the same 'accept'.  Removing one puts the last into its place, in the phis too.
 */
#include "ir/ir.h"

#include <assert.h>
#include <string.h>

const struct ir_op_info ir_ops[IR_OP_COUNT] = {
#define ARGS_0    0
#define ARGS_1    1
#define ARGS_2    2
#define ARGS_3    3
#define ARGS_LIST IR_ARGS_LIST
#define IR_OP(name, text, args, shape, effect, commutes) \
	[IR_##name] = { text, ARGS_##args, IR_SHAPE_##shape, IR_##effect, commutes },
#include "ir/op.def"
};

const struct ir_cond_info ir_conds[IR_COND_COUNT] = {
#define IR_COND(name, text, negated, swapped, jmp) \
	[IR_##name] = { text, IR_##negated, IR_##swapped },
#include "ir/cond.def"
};

enum { FIRST_BUCKETS = 64 };

/*
 * Types and effects
 */

const char *ir_type_name(enum ir_type type)
{
	static const char *const names[] = { "void", "i8", "i16", "i32", "i64", "ptr" };

	return names[type];
}

enum ir_type ir_operand_type(const struct ir_value *value, uint32_t i)
{
	switch (value->op) {
	case IR_ZEXT:
	case IR_SEXT:
	case IR_TRUNC:
	case IR_PACKET:
	case IR_CALL:
	case IR_KFUNC:
	case IR_CALL_FN: return IR_I32;
	case IR_SELECT: return i ? value->type : IR_I32;
	case IR_PTR_ADD: return i ? IR_I64 : IR_PTR;
	case IR_LOAD:
	case IR_LOAD_SIGNED: return IR_PTR;
	case IR_STORE:
	case IR_ATOMIC_ADD:
	case IR_ATOMIC_XCHG:
	case IR_ATOMIC_CMPXCHG: return i ? IR_I64 : IR_PTR;
	default: return value->type;
	}
}

enum ir_effect ir_effect(const struct ir_value *value)
{
	enum { RANDOM = 56 }; /* SKF_AD_RANDOM: each read is another number */

	if (value->op == IR_EXTENSION && value->imm == RANDOM)
		return IR_READS;
	return ir_ops[value->op].effect;
}

/*
 * Functions and constants
 */

struct ir_fn *ir_fn_new(struct arena *arena, const char *name)
{
	struct ir_fn *fn = arena_alloc(arena, sizeof *fn);

	if (!fn)
		return NULL;
	fn->arena = arena;
	fn->name = name;
	fn->constants = arena_alloc_array(arena, FIRST_BUCKETS, sizeof(struct ir_value *));
	if (!fn->constants)
		return NULL;
	fn->constant_buckets = FIRST_BUCKETS;
	return fn;
}

/* What is given out when memory is short, so that callers need not look. */
static struct ir_value no_value = { .op = IR_CONST, .type = IR_I32 };

struct ir_value *ir_value_new(struct ir_fn *fn, const struct ir_value *what)
{
	struct ir_value *value = arena_alloc(fn->arena, sizeof *value);

	if (!value) {
		fn->failed = true;
		return &no_value;
	}
	value->op = what->op;
	value->type = what->type;
	value->bytes = what->bytes;
	memcpy(value->args, what->args, sizeof value->args);
	value->imm = what->imm;
	value->span = what->span;
	value->id = fn->value_count++;
	if (!what->list)
		return value;
	value->list = arena_alloc_array(fn->arena, what->list_count + 1, sizeof *value->list);
	if (!value->list) {
		fn->failed = true;
		return value;
	}
	memcpy(value->list, what->list, what->list_count * sizeof *value->list);
	value->list_count = what->list_count;
	value->list_size = what->list_count + 1;
	return value;
}

static uint32_t hash_const(enum ir_type type, uint64_t value)
{
	uint64_t hash = (value + type) * 0x9e3779b97f4a7c15u;

	return (uint32_t)(hash >> 32);
}

static void grow_constants(struct ir_fn *fn)
{
	uint32_t buckets = fn->constant_buckets * 4;
	struct ir_value **table = arena_alloc_array(fn->arena, buckets, sizeof *table);

	if (!table)
		return; /* slower, not wrong */
	for (uint32_t i = 0; i < fn->constant_buckets; i++)
		for (struct ir_value *c = fn->constants[i], *next; c; c = next) {
			uint32_t at = hash_const(c->type, (uint64_t)c->imm) & (buckets - 1);

			next = c->chain;
			c->chain = table[at];
			table[at] = c;
		}
	fn->constants = table;
	fn->constant_buckets = buckets;
}

struct ir_value *ir_const(struct ir_fn *fn, enum ir_type type, uint64_t imm)
{
	struct ir_value *value, **bucket;

	imm &= ir_type_mask(type);
	bucket = &fn->constants[hash_const(type, imm) & (fn->constant_buckets - 1)];
	for (value = *bucket; value; value = value->chain)
		if ((uint64_t)value->imm == imm && value->type == type)
			return value;
	value = ir_value_new(fn, &(struct ir_value){
					 .op = IR_CONST,
					 .type = type,
					 .imm = (int64_t)imm,
					 .span = SPAN_NONE,
				 });
	if (fn->failed)
		return value;
	value->chain = *bucket;
	*bucket = value;
	if (++fn->constant_count > 2 * fn->constant_buckets)
		grow_constants(fn);
	return value;
}

/*
 * Values in blocks
 */

void ir_insert(struct ir_block *block, struct ir_value *place, struct ir_value *value)
{
	assert(!value->block);
	value->block = block;
	value->next = place;
	value->prev = place ? place->prev : block->last;
	if (value->prev)
		value->prev->next = value;
	else
		block->first = value;
	if (place)
		place->prev = value;
	else
		block->last = value;
}

void ir_remove(struct ir_value *value)
{
	struct ir_block *block = value->block;

	if (value->prev)
		value->prev->next = value->next;
	else
		block->first = value->next;
	if (value->next)
		value->next->prev = value->prev;
	else
		block->last = value->prev;
	value->block = NULL;
	value->prev = value->next = NULL;
}

/* Let the operands of @phi be as many as its block has predecessors. */
static void fit_phi(struct ir_fn *fn, struct ir_value *phi, uint32_t count)
{
	if (count > phi->list_size || !phi->list) {
		uint32_t size = count * 2 + 2;
		struct ir_value **list = arena_alloc_array(fn->arena, size, sizeof *list);

		if (!list) {
			fn->failed = true;
			return;
		}
		if (phi->list_count)
			memcpy(list, phi->list, phi->list_count * sizeof *list);
		phi->list = list;
		phi->list_size = size;
	}
	for (uint32_t i = phi->list_count; i < count; i++)
		phi->list[i] = NULL;
	phi->list_count = count;
}

struct ir_value *ir_append(struct ir_fn *fn, struct ir_block *block, const struct ir_value *what)
{
	struct ir_value *value = ir_value_new(fn, what), *place = NULL;

	if (fn->failed)
		return value;
	if (value->op == IR_PHI) {
		fit_phi(fn, value, block->pred_count);
		for (place = block->first; place && place->op == IR_PHI; place = place->next)
			continue;
	}
	ir_insert(block, place, value);
	return value;
}

void ir_replace(struct ir_value *old, struct ir_value *by)
{
	assert(old != by);
	old->forward = by;
	if (old->block)
		ir_remove(old);
}

struct ir_value *ir_resolve(struct ir_value *value)
{
	struct ir_value *end = value;

	if (!value || !value->forward)
		return value;
	while (end->forward)
		end = end->forward;
	for (struct ir_value *next; value != end; value = next) { /* shorten the way */
		next = value->forward;
		value->forward = end;
	}
	return end;
}

unsigned int ir_end_operands(const struct ir_block *block)
{
	switch (block->end) {
	case IR_END_NONE:
	case IR_END_JUMP: return 0;
	case IR_END_BRANCH: return 2;
	case IR_END_SWITCH:
	case IR_END_RETURN: return 1;
	}
	return 0;
}

struct ir_value *ir_phi_only(struct ir_value *phi)
{
	struct ir_value *only = NULL;

	for (uint32_t i = 0; i < phi->list_count; i++) {
		struct ir_value *arg = ir_resolve(phi->list[i]);

		if (arg == phi || arg == only)
			continue;
		if (only)
			return NULL;
		only = arg;
	}
	return only;
}

void ir_settle(struct ir_fn *fn)
{
	for (struct ir_block *b = fn->entry; b; b = b->next) {
		for (struct ir_value *v = b->first; v; v = v->next) {
			uint32_t count;
			struct ir_value **args = ir_operands(v, &count);

			for (uint32_t i = 0; i < count; i++)
				args[i] = ir_resolve(args[i]);
		}
		for (unsigned int i = 0; i < ir_end_operands(b); i++)
			b->operands[i] = ir_resolve(b->operands[i]);
	}
}

void ir_count_uses(struct ir_fn *fn)
{
	for (struct ir_block *b = fn->entry; b; b = b->next)
		for (struct ir_value *v = b->first; v; v = v->next)
			v->use_count = 0;
	for (struct ir_block *b = fn->entry; b; b = b->next) {
		for (struct ir_value *v = b->first; v; v = v->next) {
			uint32_t count;
			struct ir_value **args = ir_operands(v, &count);

			for (uint32_t i = 0; i < count; i++)
				if (args[i])
					args[i]->use_count++;
		}
		for (unsigned int i = 0; i < ir_end_operands(b); i++)
			b->operands[i]->use_count++;
	}
}

/*
 * Blocks
 */

static void link_block(struct ir_fn *fn, struct ir_block *block, struct ir_block *place)
{
	block->prev = place;
	block->next = place ? place->next : NULL;
	if (block->next)
		block->next->prev = block;
	else
		fn->last = block;
	if (place)
		place->next = block;
	else
		fn->entry = block;
}

static void unlink_block(struct ir_fn *fn, struct ir_block *block)
{
	if (block->prev)
		block->prev->next = block->next;
	else
		fn->entry = block->next;
	if (block->next)
		block->next->prev = block->prev;
	else
		fn->last = block->prev;
}

static struct ir_block *block_after(struct ir_fn *fn, struct ir_block *place)
{
	struct ir_block *block = arena_alloc(fn->arena, sizeof *block);

	fn->is_ordered = false;
	if (!block) {
		fn->failed = true;
		return NULL;
	}
	block->id = fn->block_count++;
	block->span = SPAN_NONE;
	block->index = UINT32_MAX;
	link_block(fn, block, place);
	return block;
}

struct ir_block *ir_block_new(struct ir_fn *fn)
{
	return block_after(fn, fn->last);
}

void ir_block_remove(struct ir_fn *fn, struct ir_block *block)
{
	ir_end_drop(fn, block);
	unlink_block(fn, block);
	block->index = UINT32_MAX;
}

void ir_block_move_after(struct ir_fn *fn, struct ir_block *block, struct ir_block *place)
{
	unlink_block(fn, block);
	link_block(fn, block, place);
}

/*
 * Edges
 */

uint32_t ir_succ_count(const struct ir_block *block)
{
	switch (block->end) {
	case IR_END_NONE:
	case IR_END_RETURN: return 0;
	case IR_END_JUMP: return 1;
	case IR_END_BRANCH: return 2;
	case IR_END_SWITCH: return block->range_count;
	}
	return 0;
}

struct ir_block *ir_succ(const struct ir_block *block, uint32_t out)
{
	return block->end == IR_END_SWITCH ? block->ranges[out].to : block->to[out];
}

uint32_t ir_succ_slot(const struct ir_block *block, uint32_t out)
{
	return block->end == IR_END_SWITCH ? block->ranges[out].slot : block->slot[out];
}

static void set_succ(struct ir_block *block, uint32_t out, struct ir_block *to, uint32_t slot)
{
	if (block->end == IR_END_SWITCH) {
		block->ranges[out].to = to;
		block->ranges[out].slot = slot;
	} else {
		block->to[out] = to;
		block->slot[out] = slot;
	}
}

static void add_edge(struct ir_fn *fn, struct ir_block *block, uint32_t out, struct ir_block *to)
{
	fn->is_ordered = false;
	if (to->pred_count == to->pred_size) {
		uint32_t size = to->pred_size * 2 + 2;
		struct ir_pred *preds = arena_alloc_array(fn->arena, size, sizeof *preds);

		if (!preds) {
			fn->failed = true;
			return;
		}
		if (to->pred_count)
			memcpy(preds, to->preds, to->pred_count * sizeof *preds);
		to->preds = preds;
		to->pred_size = size;
	}
	to->preds[to->pred_count] = (struct ir_pred){ block, out };
	set_succ(block, out, to, to->pred_count);
	to->pred_count++;
	for (struct ir_value *phi = to->first; phi && phi->op == IR_PHI; phi = phi->next)
		fit_phi(fn, phi, to->pred_count);
}

static void remove_edge(struct ir_block *block, uint32_t out)
{
	struct ir_block *to = ir_succ(block, out);
	uint32_t slot = ir_succ_slot(block, out);
	struct ir_pred last = to->preds[--to->pred_count];

	for (struct ir_value *phi = to->first; phi && phi->op == IR_PHI; phi = phi->next) {
		phi->list[slot] = phi->list[to->pred_count];
		phi->list_count = to->pred_count;
	}
	if (slot == to->pred_count)
		return;
	to->preds[slot] = last;
	set_succ(last.from, last.out, to, slot);
}

void ir_end_jump(struct ir_fn *fn, struct ir_block *block, struct ir_block *to)
{
	assert(block->end == IR_END_NONE);
	if (fn->failed)
		return;
	block->end = IR_END_JUMP;
	add_edge(fn, block, 0, to);
}

void ir_end_branch(struct ir_fn *fn, struct ir_block *block, enum ir_cond cond, struct ir_value *a,
		   struct ir_value *b, struct ir_block *yes, struct ir_block *no)
{
	assert(block->end == IR_END_NONE);
	if (fn->failed)
		return;
	block->end = IR_END_BRANCH;
	block->cond = cond;
	block->operands[0] = a;
	block->operands[1] = b;
	add_edge(fn, block, 0, yes);
	add_edge(fn, block, 1, no);
}

void ir_end_switch(struct ir_fn *fn, struct ir_block *block, struct ir_value *value,
		   const struct ir_range *ranges, uint32_t range_count)
{
	uint32_t count = 0;

	assert(block->end == IR_END_NONE);
	if (fn->failed)
		return;
	block->ranges = arena_alloc_array(fn->arena, range_count, sizeof *ranges);
	if (!block->ranges) {
		fn->failed = true;
		return;
	}
	for (uint32_t i = 0; i < range_count; i++)
		if (count && block->ranges[count - 1].to == ranges[i].to)
			block->ranges[count - 1].high = ranges[i].high;
		else
			block->ranges[count++] = ranges[i];
	block->end = IR_END_SWITCH;
	block->operands[0] = value;
	block->range_count = count;
	for (uint32_t i = 0; i < count; i++)
		add_edge(fn, block, i, block->ranges[i].to);
}

void ir_end_return(struct ir_fn *fn, struct ir_block *block, struct ir_value *value)
{
	assert(block->end == IR_END_NONE);
	if (fn->failed)
		return;
	block->end = IR_END_RETURN;
	block->operands[0] = value;
}

void ir_end_drop(struct ir_fn *fn, struct ir_block *block)
{
	fn->is_ordered = false;
	for (uint32_t i = ir_succ_count(block); i-- > 0;)
		remove_edge(block, i);
	block->end = IR_END_NONE;
	block->operands[0] = block->operands[1] = NULL;
}

void ir_end_decide(struct ir_fn *fn, struct ir_block *block, uint32_t out)
{
	struct ir_block *to = ir_succ(block, out);
	uint32_t slot;

	fn->is_ordered = false;
	for (uint32_t i = ir_succ_count(block); i-- > 0;)
		if (i != out)
			remove_edge(block, i);
	slot = ir_succ_slot(block, out);
	block->end = IR_END_JUMP;
	block->operands[0] = block->operands[1] = NULL;
	set_succ(block, 0, to, slot);
	to->preds[slot] = (struct ir_pred){ block, 0 };
}

void ir_end_take(struct ir_block *block, struct ir_block *from)
{
	assert(block->end == IR_END_NONE);
	block->end = from->end;
	block->cond = from->cond;
	memcpy(block->operands, from->operands, sizeof block->operands);
	memcpy(block->to, from->to, sizeof block->to);
	memcpy(block->slot, from->slot, sizeof block->slot);
	block->ranges = from->ranges;
	block->range_count = from->range_count;
	for (uint32_t i = 0; i < ir_succ_count(block); i++)
		ir_succ(block, i)->preds[ir_succ_slot(block, i)].from = block;
	from->end = IR_END_NONE;
	from->operands[0] = from->operands[1] = NULL;
}

void ir_end_swap(struct ir_block *block)
{
	struct ir_block *to = block->to[0];
	uint32_t slot = block->slot[0];

	set_succ(block, 0, block->to[1], block->slot[1]);
	set_succ(block, 1, to, slot);
	for (uint32_t i = 0; i < 2; i++)
		block->to[i]->preds[block->slot[i]].out = i;
}

void ir_redirect(struct ir_fn *fn, struct ir_block *block, uint32_t out, struct ir_block *to)
{
	fn->is_ordered = false;
	remove_edge(block, out);
	add_edge(fn, block, out, to);
}

void ir_bypass(struct ir_fn *fn, struct ir_block *block, uint32_t out, uint32_t over)
{
	struct ir_block *past = ir_succ(block, out), *to = ir_succ(past, over);
	uint32_t from_slot = ir_succ_slot(past, over), in_slot = ir_succ_slot(block, out);

	add_edge(fn, block, out, to); /* the old edge is taken out below, by its slot */
	if (fn->failed)
		return;
	for (struct ir_value *phi = to->first; phi && phi->op == IR_PHI; phi = phi->next) {
		struct ir_value *arg = ir_resolve(phi->list[from_slot]);

		if (arg->op == IR_PHI && arg->block == past)
			arg = arg->list[in_slot];
		phi->list[to->pred_count - 1] = arg;
	}
	set_succ(block, out, past, in_slot);
	remove_edge(block, out);
	set_succ(block, out, to, to->pred_count - 1);
}

struct ir_block *ir_split_edge(struct ir_fn *fn, struct ir_block *block, uint32_t out)
{
	struct ir_block *to = ir_succ(block, out), *middle = block_after(fn, block);
	uint32_t slot = ir_succ_slot(block, out);

	if (fn->failed)
		return NULL;
	/* The new block takes over the old edge's slot, and with it the phis' operands. */
	middle->end = IR_END_JUMP;
	set_succ(middle, 0, to, slot);
	to->preds[slot] = (struct ir_pred){ middle, 0 };
	add_edge(fn, block, out, middle);
	return middle;
}

struct ir_block *ir_block_split(struct ir_fn *fn, struct ir_block *block, struct ir_value *at)
{
	struct ir_block *rest = block_after(fn, block);

	if (fn->failed)
		return NULL;
	for (struct ir_value *v = at, *next; v; v = next) {
		next = v->next;
		ir_remove(v);
		ir_insert(rest, NULL, v);
	}
	rest->span = block->span;
	ir_end_take(rest, block);
	return rest;
}
