/*
 * ebpf_place.c - from items to slots.
 *
 * Jumps are written without offsets and noted; at the end all places are known.  A conditional jump that
 * cannot reach becomes one around a 'gotol',
 *	if ... goto +1;  goto +1;  gotol target
 * which moves what follows, so that is repeated until nothing changes.
 */
#include "ir/ebpf_write.h"

#include <errno.h>

/* Slots before each item, with jumps as long as they are now. */
static void find_places(const struct ebpf_writer *e, int64_t *places)
{
	int64_t at = 0;

	for (size_t i = 0; i < e->item_count; i++) {
		places[i] = at;
		at += e->items[i].is_gone ? 0 : 1 + 2 * e->items[i].is_long;
	}
	places[e->item_count] = at;
}

static bool is_goto(const struct ebpf_item *item)
{
	return item->insn.code == isa_ops[ISA_JA].code;
}

static int64_t distance(const struct ebpf_writer *e, const int64_t *places, size_t i)
{
	return places[e->starts[e->items[i].to->index]] - places[i] - 1;
}

/* The final length of each jump. */
static void fit_jumps(struct ebpf_writer *e, int64_t *places)
{
	bool changed;

	do {
		changed = false;
		find_places(e, places);
		for (size_t i = 0; i < e->item_count; i++) {
			struct ebpf_item *item = &e->items[i];
			int64_t by;

			if (!item->to || item->is_long || item->is_gone)
				continue;
			by = distance(e, places, i);
			if (is_goto(item)) {
				item->is_gone = by == 0;
				changed |= item->is_gone;
				continue;
			}
			if (by >= INT16_MIN && by <= INT16_MAX)
				continue;
			item->is_long = true;
			changed = true;
		}
	} while (changed);
}

static void place_jump(struct insn *slot, const struct ebpf_item *item, int64_t by)
{
	*slot = item->insn;
	if (item->is_long) {
		slot[0].off = 1;
		slot[1] = isa_encode(ISA_JA);
		slot[1].off = 1;
		slot[2] = isa_encode(ISA_JA32);
		slot[2].imm = (int32_t)(by - 2);
	} else if (by < INT16_MIN || by > INT16_MAX) {
		*slot = isa_encode(ISA_JA32);
		slot->imm = (int32_t)by;
	} else {
		slot->off = (int16_t)by;
	}
}

int ebpf_place_items(struct ebpf_writer *e, struct ir_ebpf *ret_ebpf)
{
	int64_t *places = arena_alloc_array(&e->arena, e->item_count + 1, sizeof *places);
	struct ir_ebpf result;

	if (!places)
		return -ENOMEM;
	fit_jumps(e, places);
	result.count = (size_t)places[e->item_count];
	result.insns = arena_alloc_array(e->fn->arena, result.count, sizeof *result.insns);
	result.spans = arena_alloc_array(e->fn->arena, result.count, sizeof *result.spans);
	result.relocs = arena_alloc_array(e->fn->arena, result.count, sizeof *result.relocs);
	if (!result.insns || !result.spans || !result.relocs)
		return -ENOMEM;
	for (size_t i = 0; i < e->item_count; i++) {
		const struct ebpf_item *item = &e->items[i];

		for (int64_t k = places[i]; k < places[i + 1]; k++)
			result.spans[k] = item->span;
		if (item->is_gone)
			continue;
		result.relocs[places[i]] = item->reloc;
		if (item->to)
			place_jump(&result.insns[places[i]], item, distance(e, places, i));
		else
			result.insns[places[i]] = item->insn;
	}
	*ret_ebpf = result;
	return 0;
}
