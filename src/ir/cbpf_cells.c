/*
 * cbpf_cells.c - which values are kept in the sixteen cells, and in which.
 */
#include "ir/cbpf_write.h"

#include <errno.h>
#include <string.h>

#include "ir/ir_pass.h"

/* The stretch of blocks, in layout order, on which a value must keep its cell. */
struct stretch {
	uint32_t first, last;
};

enum { KEPT_COST = 3 };

static uint32_t cost_of(const struct ir_value *v, const uint32_t *costs)
{
	return ir_is_const(v) ? 1 : costs[v->id];
}

/* Instructions to bring @v to A. */
static uint32_t find_cost(const struct ir_value *v, const uint32_t *costs)
{
	if (cbpf_header_len(v))
		return 1; /* into X, where it is wanted */
	if (ir_ops[v->op].args == 1)
		return v->args[0] ? cost_of(v->args[0], costs) + 1 : 1;
	if (ir_ops[v->op].args == 2)
		return cost_of(v->args[0], costs) + 1 +
		       (ir_is_const(v->args[1]) ? 0 : cost_of(v->args[1], costs));
	return 1;
}

/* Mark what gets a cell: all phis, and what is used again and costs more than a store and a load. */
static void find_kept(struct cbpf_writer *e, uint32_t *costs)
{
	ir_count_uses(e->fn);
	for (uint32_t i = 0; i < e->fn->order_count; i++)
		for (const struct ir_value *v = e->fn->order[i]->first; v; v = v->next) {
			costs[v->id] = find_cost(v, costs);
			if (cbpf_is_phi(v) || (v->use_count > 1 && costs[v->id] >= KEPT_COST)) {
				e->cells[v->id] = 1;
				costs[v->id] = 1;
			}
		}
}

static void extend(struct cbpf_writer *e, struct stretch *stretches, const struct ir_value *v,
		   uint32_t place)
{
	if (!v || ir_is_const(v))
		return;
	if (e->cells[v->id]) {
		if (place > stretches[v->id].last)
			stretches[v->id].last = place;
		return;
	}
	for (unsigned int i = 0; i < ir_ops[v->op].args; i++) /* it may be computed again here */
		extend(e, stretches, v->args[i], place);
}

static void begin_stretch(struct cbpf_writer *e, struct stretch *s, const struct ir_value *v,
			  const uint32_t *places)
{
	if (!e->cells[v->id])
		return;
	s->first = s->last = places[v->block->index];
	for (uint32_t i = 0; i < v->list_count; i++) {
		uint32_t from = places[v->block->preds[i].from->index];

		s->first = from < s->first ? from : s->first;
	}
}

static void extend_all(struct cbpf_writer *e, struct stretch *stretches, const struct ir_block *b,
		       const uint32_t *places)
{
	for (const struct ir_value *v = b->first; v; v = v->next) {
		if (v->op == IR_PACKET && v->args[0])
			e->wants_x[v->args[0]->id] = true;
		for (uint32_t i = 0; i < v->list_count; i++)
			extend(e, stretches, v->list[i], places[b->preds[i].from->index]);
		for (unsigned int i = 0; !v->list && i < ir_ops[v->op].args; i++)
			extend(e, stretches, v->args[i], places[b->index]);
	}
	for (unsigned int i = 0; i < ir_end_operands(b); i++)
		extend(e, stretches, b->operands[i], places[b->index]);
}

/* Give @v a cell that is free on its stretch. */
static void assign_cell(struct cbpf_writer *e, const struct ir_value *v, const struct stretch *s,
			const struct ir_block *const *by_place)
{
	uint16_t taken = 0;
	uint32_t cell;

	for (uint32_t i = s->first; i <= s->last; i++)
		taken |= e->taken[by_place[i]->index];
	e->cells_taken = taken;
	cell = cbpf_take_cell(e, v->span);
	e->cells[v->id] = (uint8_t)(cell + 1);
	for (uint32_t i = s->first; i <= s->last; i++)
		e->taken[by_place[i]->index] |= (uint16_t)(1u << cell);
}

void cbpf_give_cells(struct cbpf_writer *e)
{
	uint32_t values = e->fn->value_count + 1, place = 0;
	struct stretch *stretches = arena_alloc_array(&e->arena, values, sizeof *stretches);
	uint32_t *costs = arena_alloc_array(&e->arena, values, sizeof *costs);
	uint32_t *places = arena_alloc_array(&e->arena, e->fn->order_count, sizeof *places);
	const struct ir_block **by_place =
		arena_alloc_array(&e->arena, e->fn->order_count, sizeof *by_place);

	if (!stretches || !costs || !places || !by_place) {
		e->err = -ENOMEM;
		return;
	}
	for (const struct ir_block *b = e->fn->entry; b; b = b->next) {
		by_place[place] = b;
		places[b->index] = place++;
	}
	find_kept(e, costs);
	for (const struct ir_block *b = e->fn->entry; b; b = b->next)
		for (const struct ir_value *v = b->first; v; v = v->next)
			begin_stretch(e, &stretches[v->id], v, places);
	for (const struct ir_block *b = e->fn->entry; b; b = b->next)
		extend_all(e, stretches, b, places);
	for (const struct ir_block *b = e->fn->entry; b; b = b->next)
		for (const struct ir_value *v = b->first; v && !e->err; v = v->next)
			if (e->cells[v->id])
				assign_cell(e, v, &stretches[v->id], by_place);
}
