/*
 * known.c - bits that may be set, and numbers for equal values.
 */
#include "ir/known.h"

#include <string.h>

enum { MOST_DEPTH = 6 };

/* All bits up to the highest of @bits. */
static uint64_t fill(uint64_t bits)
{
	return bits ? UINT64_MAX >> __builtin_clzll(bits) : 0;
}

static uint64_t possible(const struct ir_value *v, unsigned int depth);

static uint64_t possible_binary(const struct ir_value *v, unsigned int depth)
{
	uint64_t mask = ir_type_mask(v->type), a = possible(v->args[0], depth + 1), b;
	bool is_shift = v->op == IR_SHL || v->op == IR_SHR;
	unsigned int count;

	if (is_shift && !ir_is_const(v->args[1]))
		return v->op == IR_SHR ? fill(a) : mask;
	count = (unsigned int)v->args[1]->imm & (ir_type_bits(v->type) - 1);
	if (is_shift)
		return v->op == IR_SHR ? a >> count : a << count & mask;
	b = possible(v->args[1], depth + 1);
	switch (v->op) {
	case IR_AND: return a & b;
	case IR_OR:
	case IR_XOR: return a | b;
	case IR_ADD: return a + b < a ? mask : fill(a + b) & mask;
	case IR_DIV:
	case IR_DIV_OR_END:
	case IR_MOD:
	case IR_MOD_OR_END: return fill(a);
	default: return mask;
	}
}

static uint64_t possible(const struct ir_value *v, unsigned int depth)
{
	uint64_t mask = ir_type_mask(v->type);

	if (v->op == IR_CONST)
		return (uint64_t)v->imm;
	if (depth > MOST_DEPTH)
		return mask;
	switch (v->op) {
	case IR_PACKET:
	case IR_CONTEXT:
	case IR_LOAD: return UINT64_MAX >> (64 - 8 * v->bytes);
	case IR_ZEXT: return possible(v->args[0], depth + 1);
	case IR_TRUNC: return possible(v->args[0], depth + 1) & mask;
	case IR_COPY: return possible(v->args[0], depth + 1);
	case IR_SELECT: return possible(v->args[1], depth + 1) | possible(v->args[2], depth + 1);
	case IR_ADD:
	case IR_AND:
	case IR_OR:
	case IR_XOR:
	case IR_SHL:
	case IR_SHR:
	case IR_DIV:
	case IR_MOD:
	case IR_DIV_OR_END:
	case IR_MOD_OR_END: return possible_binary(v, depth);
	default: return mask;
	}
}

uint64_t ir_possible_bits(const struct ir_value *value)
{
	return possible(value, 0);
}

uint64_t ir_most(const struct ir_value *value)
{
	return ir_possible_bits(value); /* all of them set */
}

/*
 * Numbers
 */

struct numbering {
	uint32_t *numbers;
	struct ir_value **table;
	uint32_t mask;
};

static uint32_t number_of(const struct numbering *n, const struct ir_value *v)
{
	return v ? n->numbers[v->id] : UINT32_MAX;
}

static bool is_own_kind(const struct ir_value *v)
{
	enum ir_effect effect = ir_effect(v);

	return v->op == IR_PHI || effect == IR_READS || effect == IR_WRITES || v->op == IR_SLOT ||
	       v->op == IR_HIDE;
}

static uint32_t hash_value(const struct numbering *n, const struct ir_value *v)
{
	uint64_t hash = (uint64_t)v->op << 8 ^ v->type ^ (uint64_t)v->bytes << 16;

	for (unsigned int i = 0; i < ir_ops[v->op].args; i++)
		hash = (hash ^ number_of(n, v->args[i])) * 0x9e3779b97f4a7c15u;
	hash = (hash ^ (uint64_t)v->imm) * 0x9e3779b97f4a7c15u;
	return (uint32_t)(hash >> 32);
}

static bool is_same(const struct numbering *n, const struct ir_value *a, const struct ir_value *b)
{
	if (a->op != b->op || a->type != b->type || a->bytes != b->bytes || a->imm != b->imm)
		return false;
	for (unsigned int i = 0; i < ir_ops[a->op].args; i++)
		if (number_of(n, a->args[i]) != number_of(n, b->args[i]))
			return false;
	return true;
}

static void number_value(struct numbering *n, struct ir_value *v)
{
	uint32_t at;

	if (is_own_kind(v))
		return;
	for (at = hash_value(n, v) & n->mask; n->table[at]; at = (at + 1) & n->mask)
		if (is_same(n, n->table[at], v)) {
			n->numbers[v->id] = n->table[at]->id;
			return;
		}
	n->table[at] = v;
}

uint32_t *ir_number_values(const struct ir_fn *fn, struct arena *arena)
{
	struct numbering n = { 0 };
	struct arena scratch = { 0 };
	uint32_t size = 64;

	while (size < fn->value_count * 2)
		size *= 2;
	n.mask = size - 1;
	n.numbers = arena_alloc_array(arena, fn->value_count + 1, sizeof *n.numbers);
	n.table = arena_alloc_array(&scratch, size, sizeof(struct ir_value *));
	if (!n.numbers || !n.table) {
		arena_release(&scratch);
		return NULL;
	}
	for (uint32_t i = 0; i < fn->value_count; i++)
		n.numbers[i] = i;
	for (uint32_t i = 0; i < fn->order_count; i++)
		for (struct ir_value *v = fn->order[i]->first; v; v = v->next)
			number_value(&n, v);
	arena_release(&scratch);
	return n.numbers;
}

/*
 * Blocks that may be skipped
 */

/* A use of @v in @block: if from elsewhere, the block of @v must stay. */
static void note_use(bool *skippable, const struct ir_value *v, const struct ir_block *block)
{
	if (v && v->block && v->block != block)
		skippable[v->block->index] = false;
}

static bool only_computes(const struct ir_block *b, bool drop_traps)
{
	if (b->end != IR_END_BRANCH && b->end != IR_END_SWITCH)
		return false;
	for (const struct ir_value *v = b->first; v; v = v->next) {
		enum ir_effect effect = ir_effect(v);

		if (effect == IR_READS || effect == IR_WRITES ||
		    (effect == IR_TRAPS && !drop_traps))
			return false;
	}
	return true;
}

static void note_operands(bool *skippable, struct ir_value *v)
{
	uint32_t count;
	struct ir_value **args = ir_operands(v, &count);

	for (uint32_t i = 0; i < count; i++) {
		const struct ir_value *arg = args[i];

		if (v->op != IR_PHI)
			note_use(skippable, arg, v->block);
		else if (arg->op != IR_PHI || arg->block != v->block->preds[i].from)
			note_use(skippable, arg, NULL); /* else ir_bypass sees to it */
	}
}

bool *ir_choosing_blocks(struct ir_fn *fn, bool drop_traps, struct arena *arena)
{
	bool *choosing = arena_alloc_array(arena, fn->order_count, sizeof *choosing);

	for (uint32_t i = 0; choosing && i < fn->order_count; i++)
		choosing[i] = only_computes(fn->order[i], drop_traps);
	return choosing;
}

bool *ir_skippable_blocks(struct ir_fn *fn, bool drop_traps, struct arena *arena)
{
	bool *skippable = ir_choosing_blocks(fn, drop_traps, arena);

	if (!skippable)
		return NULL;
	for (struct ir_block *b = fn->entry; b; b = b->next) {
		for (struct ir_value *v = b->first; v; v = v->next)
			note_operands(skippable, v);
		for (unsigned int i = 0; i < ir_end_operands(b); i++)
			note_use(skippable, b->operands[i], b);
	}
	return skippable;
}
