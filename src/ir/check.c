/*
 * check.c - is a function what ir.h says a function is?
 *
 * In three steps, each relying on the one before: every block's edges, every value by itself,
 * and then that definitions dominate uses.
 */
#include "ir/ir.h"

#include <errno.h>
#include <stdarg.h>

enum { MOST_ARGS = 5 };

struct check {
	struct ir_fn *fn;
	struct diag *diag;
	bool failed;
	uint32_t *places; /* of each value in its block */
};

PRINTF_LIKE(3, 4)
static void wrong(struct check *c, const struct ir_block *block, const char *format, ...)
{
	struct strbuf why = { 0 };
	va_list args;

	c->failed = true;
	va_start(args, format);
	strbuf_vprintf(&why, format, args);
	va_end(args);
	diag_error(c->diag, block->span, "block b%u: %s", block->id, strbuf_text(&why));
	strbuf_release(&why);
}

PRINTF_LIKE(3, 4)
static void wrong_value(struct check *c, const struct ir_value *value, const char *format, ...)
{
	struct strbuf why = { 0 };
	va_list args;

	c->failed = true;
	va_start(args, format);
	strbuf_vprintf(&why, format, args);
	va_end(args);
	diag_error(c->diag, value->span, "value v%u, '%s': %s", value->id, ir_ops[value->op].text,
		   strbuf_text(&why));
	strbuf_release(&why);
}

/*
 * Edges
 */

static void check_switch(struct check *c, const struct ir_block *b)
{
	uint64_t next = 0;

	for (uint32_t i = 0; i < b->range_count; i++) {
		const struct ir_range *r = &b->ranges[i];

		if (r->low != next || r->high < r->low)
			wrong(c, b, "the ranges of its switch have gaps or overlap");
		next = r->high + 1;
	}
	if (next != ir_type_mask(b->operands[0]->type) + 1)
		wrong(c, b, "its switch does not cover all values");
}

static void check_edges(struct check *c, struct ir_block *b)
{
	if (b->end == IR_END_NONE)
		wrong(c, b, "it has no end");
	for (unsigned int i = 0; i < ir_end_operands(b); i++)
		if (!b->operands[i] || b->operands[i]->type == IR_VOID) {
			wrong(c, b, "its end lacks an operand");
			return;
		}
	if (b->end == IR_END_BRANCH && b->operands[0]->type != b->operands[1]->type)
		wrong(c, b, "its branch compares a %s with a %s",
		      ir_type_name(b->operands[0]->type), ir_type_name(b->operands[1]->type));
	if (b->end == IR_END_SWITCH)
		check_switch(c, b);
	for (uint32_t i = 0; i < ir_succ_count(b); i++) {
		const struct ir_block *to = ir_succ(b, i);
		uint32_t slot = ir_succ_slot(b, i);

		if (slot >= to->pred_count || to->preds[slot].from != b || to->preds[slot].out != i)
			wrong(c, b, "b%u does not know the edge from here", to->id);
		if (to == c->fn->entry)
			wrong(c, b, "it leads to the entry");
	}
	for (uint32_t i = 0; i < b->pred_count; i++) {
		const struct ir_pred *pred = &b->preds[i];

		if (pred->out >= ir_succ_count(pred->from) || ir_succ(pred->from, pred->out) != b)
			wrong(c, b, "b%u does not lead here", pred->from->id);
	}
}

/*
 * Values by themselves
 */

static bool is_narrower(enum ir_type a, enum ir_type b)
{
	return ir_type_bits(a) < ir_type_bits(b);
}

static void check_types(struct check *c, const struct ir_value *v)
{
	switch (v->op) {
	case IR_ZEXT:
	case IR_SEXT:
		if (!is_narrower(v->args[0]->type, v->type))
			wrong_value(c, v, "its operand is not narrower than itself");
		return;
	case IR_TRUNC:
		if (!is_narrower(v->type, v->args[0]->type))
			wrong_value(c, v, "its operand is not wider than itself");
		return;
	case IR_CAST:
		if (ir_type_bits(v->args[0]->type) != 64 || ir_type_bits(v->type) != 64)
			wrong_value(c, v, "it is not from 64 bits to 64 bits");
		return;
	case IR_SELECT:
		if (v->args[1]->type != v->type || v->args[2]->type != v->type)
			wrong_value(c, v, "its choices are of another type");
		return;
	case IR_PACKET:
		if (v->args[0] && v->args[0]->type != IR_I32)
			wrong_value(c, v, "its base is no i32");
		return;
	case IR_LOAD:
	case IR_LOAD_SIGNED:
	case IR_STORE:
	case IR_ATOMIC_ADD:
	case IR_ATOMIC_XCHG:
	case IR_ATOMIC_CMPXCHG:
		if (v->args[0]->type != IR_PTR)
			wrong_value(c, v, "its address is no ptr");
		return;
	case IR_PTR_ADD:
		if (v->args[0]->type != IR_PTR || v->args[1]->type != IR_I64)
			wrong_value(c, v, "its operands are not a ptr and an i64");
		return;
	case IR_RELOC:
		if (v->type != IR_I64)
			wrong_value(c, v, "a relocated number is an i64");
		return;
	case IR_MAP_VALUE:
	case IR_KERNEL_VAR:
	case IR_FUNCTION:
		if (v->type != IR_PTR)
			wrong_value(c, v, "an address is a ptr");
		return;
	case IR_CALL:
	case IR_KFUNC:
	case IR_CALL_FN:
		if (v->list_count > MOST_ARGS)
			wrong_value(c, v, "there are %u operands, and 5 registers for them",
				    v->list_count);
		return;
	default: break;
	}
	for (uint32_t i = 0; i < v->list_count; i++)
		if (v->list[i]->type != v->type)
			wrong_value(c, v, "operand %u is of another type", i);
	for (uint32_t i = 0; !v->list && i < ir_ops[v->op].args; i++)
		if (v->args[i]->type != v->type)
			wrong_value(c, v, "operand %u is of another type", i);
}

static void check_memory(struct check *c, const struct ir_value *v)
{
	if (v->bytes != 1 && v->bytes != 2 && v->bytes != 4 && v->bytes != 8)
		wrong_value(c, v, "it cannot be of %u bytes", v->bytes);
	else if (v->type != IR_VOID && v->bytes * 8u > ir_type_bits(v->type))
		wrong_value(c, v, "%u bytes do not fit its type", v->bytes);
	else if (v->op == IR_PACKET && v->bytes == 8)
		wrong_value(c, v, "packets are read by 1, 2 or 4 bytes");
}

static void check_value(struct check *c, struct ir_value *v)
{
	uint32_t count;
	struct ir_value **args = ir_operands(v, &count);

	if (v->op == IR_CONST)
		wrong_value(c, v, "a constant stands in a block");
	if (v->op == IR_PHI && v->prev && v->prev->op != IR_PHI)
		wrong_value(c, v, "phis come first");
	if (v->op == IR_PHI && v->list_count != v->block->pred_count)
		wrong_value(c, v, "%u operands for %u predecessors", v->list_count,
			    v->block->pred_count);
	if (v->type == IR_VOID && ir_ops[v->op].effect != IR_WRITES)
		wrong_value(c, v, "it has no type");
	if ((v->op == IR_BSWAP && v->type == IR_I8) || (v->op == IR_SLOT && v->imm <= 0))
		wrong_value(c, v, "it makes no sense");
	for (uint32_t i = 0; i < count; i++)
		if ((!args[i] && v->op != IR_PACKET) || (args[i] && args[i]->type == IR_VOID)) {
			wrong_value(c, v, "operand %u is missing", i);
			return;
		}
	if (ir_ops[v->op].shape == IR_SHAPE_MEM)
		check_memory(c, v);
	check_types(c, v);
}

/*
 * Definitions dominate uses
 */

static bool reaches(const struct check *c, const struct ir_value *v, const struct ir_block *block,
		    uint32_t place)
{
	if (ir_is_const(v))
		return true;
	if (!v->block || v->block->index == UINT32_MAX)
		return false;
	if (v->block == block)
		return c->places[v->id] < place;
	return ir_dominates(v->block, block);
}

static void check_uses(struct check *c, struct ir_block *b)
{
	for (struct ir_value *v = b->first; v; v = v->next) {
		uint32_t count;
		struct ir_value **args = ir_operands(v, &count);

		for (uint32_t i = 0; i < count; i++) {
			const struct ir_block *at = v->op == IR_PHI ? b->preds[i].from : b;
			uint32_t place = v->op == IR_PHI ? UINT32_MAX : c->places[v->id];

			if (args[i] && !reaches(c, args[i], at, place))
				wrong_value(c, v, "v%u may be unknown here", args[i]->id);
		}
	}
	for (unsigned int i = 0; i < ir_end_operands(b); i++)
		if (!reaches(c, b->operands[i], b, UINT32_MAX))
			wrong(c, b, "v%u may be unknown at its end", b->operands[i]->id);
}

int ir_check(struct ir_fn *fn, struct diag *diag)
{
	struct check c = { .fn = fn, .diag = diag };
	struct arena arena = { 0 };

	if (fn->failed)
		return -ENOMEM;
	for (struct ir_block *b = fn->entry; b; b = b->next)
		check_edges(&c, b);
	if (fn->entry->pred_count)
		wrong(&c, fn->entry, "the entry has predecessors");
	for (struct ir_block *b = fn->entry; b && !c.failed; b = b->next)
		for (struct ir_value *v = b->first; v; v = v->next)
			check_value(&c, v);
	if (c.failed)
		return -EINVAL;
	c.places = arena_alloc_array(&arena, fn->value_count, sizeof *c.places);
	if (!c.places || !ir_dominators(fn)) {
		arena_release(&arena);
		return -ENOMEM;
	}
	for (struct ir_block *b = fn->entry; b; b = b->next) {
		uint32_t place = 0;

		for (struct ir_value *v = b->first; v; v = v->next)
			c.places[v->id] = place++;
	}
	for (struct ir_block *b = fn->entry; b; b = b->next)
		check_uses(&c, b);
	arena_release(&arena);
	return c.failed ? -EINVAL : 0;
}
