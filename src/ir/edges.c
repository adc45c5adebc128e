/*
 * edges.c - places for what phis need done on edges.
 */
#include "ir/ir.h"

#include <string.h>

/* Edges into a block that bring its phis the same values. */
struct class
{
	uint32_t first; /* edge */
	uint32_t count;
	struct ir_block *middle; /* NULL: the one edge can stay */
};

struct edges {
	struct ir_fn *fn;
	struct arena arena;
	struct ir_block *block;
	uint32_t count;
	struct ir_pred *preds;    /* as they were */
	struct ir_value **values; /* of each edge, one for each phi */
	uint32_t phi_count;
	uint32_t *class_of; /* of each edge */
	struct class *classes;
	uint32_t class_count;
};

static struct ir_value **values_of(const struct edges *e, uint32_t edge)
{
	return &e->values[(size_t)edge * e->phi_count];
}

static bool read_edges(struct edges *e)
{
	uint32_t n = 0;

	e->phi_count = e->class_count = 0;
	e->count = e->block->pred_count;
	for (const struct ir_value *phi = e->block->first; phi && phi->op == IR_PHI;
	     phi = phi->next)
		e->phi_count++;
	e->preds = arena_alloc_array(&e->arena, e->count, sizeof *e->preds);
	e->values =
		arena_alloc_array(&e->arena, (size_t)e->count * e->phi_count, sizeof *e->values);
	e->class_of = arena_alloc_array(&e->arena, e->count, sizeof *e->class_of);
	e->classes = arena_alloc_array(&e->arena, e->count, sizeof *e->classes);
	if (!e->preds || !e->values || !e->class_of || !e->classes) {
		e->fn->failed = true;
		return false;
	}
	memcpy(e->preds, e->block->preds, e->count * sizeof *e->preds);
	for (const struct ir_value *phi = e->block->first; phi && phi->op == IR_PHI;
	     phi = phi->next, n++)
		for (uint32_t i = 0; i < e->count; i++)
			values_of(e, i)[n] = phi->list[i];
	return true;
}

/* Put edge @i into a class; only the classes made last are looked at, which keeps it linear. */
static void classify(struct edges *e, uint32_t i)
{
	enum { LOOK_AT = 8 };
	uint32_t from = e->class_count > LOOK_AT ? e->class_count - LOOK_AT : 0;

	for (uint32_t k = from; k < e->class_count; k++)
		if (!memcmp(values_of(e, e->classes[k].first), values_of(e, i),
			    e->phi_count * sizeof *e->values)) {
			e->classes[k].count++;
			e->class_of[i] = k;
			return;
		}
	e->class_of[i] = e->class_count;
	e->classes[e->class_count++] = (struct class){ .first = i, .count = 1 };
}

/* A block that jumps to e->block, for all edges of @class. */
static void make_middle(struct edges *e, struct class *class)
{
	struct ir_block *middle = ir_block_new(e->fn);
	uint32_t n = 0;

	if (!middle)
		return;
	ir_end_jump(e->fn, middle, e->block);
	if (e->fn->failed)
		return;
	for (struct ir_value *phi = e->block->first; phi && phi->op == IR_PHI; phi = phi->next)
		phi->list[middle->slot[0]] = values_of(e, class->first)[n++];
	class->middle = middle;
}

void ir_split_edges(struct ir_fn *fn)
{
	struct edges e = { .fn = fn };
	const struct ir_block *last = fn->last;

	for (struct ir_block *b = fn->entry; b && !fn->failed; b = b == last ? NULL : b->next) {
		if (!b->first || b->first->op != IR_PHI)
			continue;
		e.block = b;
		if (!read_edges(&e))
			break;
		for (uint32_t i = 0; i < e.count; i++)
			classify(&e, i);
		for (uint32_t k = 0; k < e.class_count; k++)
			if (e.classes[k].count > 1 ||
			    ir_succ_count(e.preds[e.classes[k].first].from) > 1)
				make_middle(&e, &e.classes[k]);
		for (uint32_t i = 0; i < e.count && !fn->failed; i++) {
			struct ir_block *middle = e.classes[e.class_of[i]].middle;

			if (middle)
				ir_redirect(fn, e.preds[i].from, e.preds[i].out, middle);
		}
	}
	arena_release(&e.arena);
}
