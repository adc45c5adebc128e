/*
 * ebpf_write.c - writes instructions, and moves values between registers, stack and constants.
 *
 * Spilled values are read into a scratch register before, or written from one after, the instruction.
 * Moves that happen at once (the arguments of a call, the phis of a block) are put into an order; a
 * circle is broken by a scratch register.
 */
#include "ir/ebpf_write.h"

#include <errno.h>
#include <string.h>

struct ebpf_item *ebpf_write(struct ebpf_writer *e, enum isa_op op, struct ebpf_fields f)
{
	static struct ebpf_item nowhere;
	struct ebpf_item *item;

	if (e->item_count == e->item_size) {
		size_t size = e->item_size * 2 + 64;
		struct ebpf_item *items = arena_alloc_array(&e->arena, size, sizeof *items);

		if (!items) {
			e->err = -ENOMEM;
			return &nowhere;
		}
		if (e->item_count)
			memcpy(items, e->items, e->item_count * sizeof *items);
		e->items = items;
		e->item_size = size;
	}
	item = &e->items[e->item_count++];
	*item = (struct ebpf_item){ .insn = isa_encode(op), .span = e->span };
	item->insn.dst = (uint8_t)(f.dst & 0xf);
	item->insn.src = (uint8_t)((item->insn.src | f.src) & 0xf);
	item->insn.off = (int16_t)(item->insn.off | f.off);
	item->insn.imm |= f.imm;
	return item;
}

/*
 * Moves
 */

static void load_const(struct ebpf_writer *e, uint8_t reg, const struct ir_value *v)
{
	uint64_t imm = (uint64_t)v->imm;

	if (imm <= UINT32_MAX) {
		EMIT(e, ISA_MOV32_IMM, .dst = reg, .imm = (int32_t)(uint32_t)imm);
	} else if (ebpf_fits_imm(v->imm)) {
		EMIT(e, ISA_MOV64_IMM, .dst = reg, .imm = (int32_t)v->imm);
	} else {
		EMIT(e, ISA_LDDW, .dst = reg, .imm = (int32_t)(uint32_t)imm);
		*EMIT(e, ISA_LDDW) =
			(struct ebpf_item){ .insn = { .imm = (int32_t)(uint32_t)(imm >> 32) },
					    .span = e->span };
	}
}

void ebpf_load_address(struct ebpf_writer *e, uint8_t reg, int32_t offset)
{
	EMIT(e, ISA_MOV64_REG, .dst = reg, .src = ISA_REG_FP);
	EMIT(e, ISA_ADD64_IMM, .dst = reg, .imm = offset);
}

void ebpf_load_kernel_address(struct ebpf_writer *e, uint8_t reg, const struct ir_value *v)
{
	bool by_index = e->options->map_op == ISA_LD_MAP_IDX;
	enum isa_op op = v->op == IR_MAP        ? e->options->map_op :
			 v->op == IR_KERNEL_VAR ? ISA_LD_BTF_ID :
			 v->op == IR_FUNCTION   ? ISA_LD_FUNC :
			 by_index               ? ISA_LD_MAP_IDX_VALUE :
						  ISA_LD_MAP_VALUE;

	if (v->op == IR_RELOC) {
		EMIT(e, ISA_MOV64_IMM, .dst = reg, .imm = (int32_t)(v->imm >> 32))->reloc =
			(uint32_t)v->imm + 1;
		return;
	}
	EMIT(e, op, .dst = reg, .imm = (int32_t)(uint32_t)v->imm);
	*EMIT(e, ISA_LDDW) = (struct ebpf_item){ .span = e->span };
	if (v->op == IR_MAP_VALUE)
		e->items[e->item_count - 1].insn.imm = (int32_t)(v->imm >> 32);
}

bool ebpf_is_remade_here(const struct ebpf_writer *e, const struct ir_value *v)
{
	return ebpf_place_of(e, v).reg == EBPF_NO_REG && ebpf_is_remade(v);
}

/* reg = v, a value that is remade */
static void remake(struct ebpf_writer *e, uint8_t reg, const struct ir_value *v)
{
	const struct ir_value *of = v->args[0];

	if (v->op == IR_COPY && ir_is_const(of))
		load_const(e, reg, of);
	else if (v->op == IR_COPY)
		ebpf_load_address(e, reg, ebpf_place_of(e, of).stack);
	else if (v->op == IR_PTR_ADD)
		ebpf_load_address(e, reg, (int32_t)(ebpf_place_of(e, of).stack + v->args[1]->imm));
	else
		ebpf_load_kernel_address(e, reg, v);
}

void ebpf_load(struct ebpf_writer *e, uint8_t reg, const struct ir_value *v)
{
	struct ebpf_place place;

	if (ir_is_const(v)) {
		load_const(e, reg, v);
		return;
	}
	place = ebpf_place_of(e, v);
	if (ebpf_is_slot(v))
		ebpf_load_address(e, reg, place.stack);
	else if (ebpf_is_remade_here(e, v))
		remake(e, reg, v);
	else if (place.reg == EBPF_NO_REG)
		EMIT(e, ISA_LDX_DW, .dst = reg, .src = ISA_REG_FP, .off = place.stack);
	else if (place.reg != reg)
		EMIT(e, ISA_MOV64_REG, .dst = reg, .src = place.reg);
}

uint8_t ebpf_in_reg(struct ebpf_writer *e, const struct ir_value *v, uint8_t scratch)
{
	struct ebpf_place place = ebpf_place_of(e, v);

	if (place.reg != EBPF_NO_REG)
		return place.reg;
	ebpf_load(e, scratch, v);
	return scratch;
}

uint8_t ebpf_result_reg(const struct ebpf_writer *e, const struct ir_value *v)
{
	struct ebpf_place place = ebpf_place_of(e, v);

	return place.reg == EBPF_NO_REG ? EBPF_SCRATCH_0 : place.reg;
}

void ebpf_store_result(struct ebpf_writer *e, const struct ir_value *v, uint8_t reg)
{
	struct ebpf_place place = ebpf_place_of(e, v);

	if (v->type == IR_VOID)
		return;
	if (place.reg == EBPF_NO_REG)
		EMIT(e, ISA_STX_DW, .dst = ISA_REG_FP, .src = reg, .off = place.stack);
	else if (place.reg != reg)
		EMIT(e, ISA_MOV64_REG, .dst = place.reg, .src = reg);
}

void ebpf_add_move(struct ebpf_writer *e, struct ebpf_moves *m, struct ebpf_place to,
		   const struct ir_value *value)
{
	struct ebpf_move *move = &m->list[m->count];

	if (m->count == EBPF_MOST_MOVES) {
		diag_error(e->diag, value->span, "more than %d variables meet at one place",
			   EBPF_MOST_MOVES);
		e->err = -ENOTSUP;
		return;
	}
	*move = (struct ebpf_move){ .to = to };
	if (ir_is_const(value) || ebpf_is_slot(value) || ebpf_is_remade_here(e, value))
		move->value = value;
	else
		move->from = ebpf_place_of(e, value);
	if (move->value || !ebpf_same_place(move->to, move->from))
		m->count++;
}

static void emit_move(struct ebpf_writer *e, const struct ebpf_move *m)
{
	uint8_t reg = m->to.reg == EBPF_NO_REG ? EBPF_SCRATCH_1 : m->to.reg;

	if (m->value) {
		ebpf_load(e, reg, m->value);
	} else if (m->from.reg == EBPF_NO_REG) {
		EMIT(e, ISA_LDX_DW, .dst = reg, .src = ISA_REG_FP, .off = m->from.stack);
	} else if (m->to.reg == EBPF_NO_REG) {
		reg = m->from.reg;
	} else {
		EMIT(e, ISA_MOV64_REG, .dst = reg, .src = m->from.reg);
	}
	if (m->to.reg == EBPF_NO_REG)
		EMIT(e, ISA_STX_DW, .dst = ISA_REG_FP, .src = reg, .off = m->to.stack);
}

/* Does another move still need what is where @move goes? */
static bool is_blocked(const struct ebpf_moves *m, const struct ebpf_move *move)
{
	for (unsigned int i = 0; i < m->count; i++) {
		const struct ebpf_move *other = &m->list[i];

		if (other != move && !other->is_done && !other->value &&
		    ebpf_same_place(other->from, move->to))
			return true;
	}
	return false;
}

void ebpf_emit_moves(struct ebpf_writer *e, struct ebpf_moves *m)
{
	unsigned int left = m->count;

	while (left) {
		struct ebpf_move *waiting = NULL;
		unsigned int before = left;

		for (unsigned int i = 0; i < m->count; i++) {
			struct ebpf_move *move = &m->list[i];

			if (move->is_done)
				continue;
			if (is_blocked(m, move)) {
				waiting = move;
				continue;
			}
			emit_move(e, move);
			move->is_done = true;
			left--;
		}
		if (left < before)
			continue;
		if (!e->places.has_scratch) {
			e->wants_scratch = true;
			return;
		}
		/* a circle: what the move would overwrite is put aside */
		for (unsigned int i = 0; i < m->count; i++) {
			struct ebpf_move *move = &m->list[i];

			if (move->is_done || move->value ||
			    !ebpf_same_place(move->from, waiting->to))
				continue;
			emit_move(e, &(struct ebpf_move){ .to = { EBPF_SCRATCH_0, 0 },
							  .from = move->from });
			move->from = (struct ebpf_place){ EBPF_SCRATCH_0, 0 };
		}
	}
}
