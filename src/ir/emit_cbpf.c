/*
 * emit_cbpf.c - classic BPF from functions.
 *
 * The machine has an accumulator A, an index X and sixteen cells, so nothing like register
 * allocation is done.  Values are expressions, and packet loads and constants cost one instruction
 * each: whatever is wanted in A or X and is not there is computed again.  What makes that good
 * is knowing what is there:
 *
 *  1. Programs only jump forward.  So when a block is selected, all blocks before it have been, and
 *     what A and X hold at its start is what all of them left there (struct cbpf_state).
 *  2. Values have numbers (known.h); a register holds a number, so equal expressions from different
 *     blocks are the same.
 *  3. If a block begins by loading what one of its predecessors left in A, that one jumps behind the
 *     load.
 *
 * Phis cannot be computed again, and values of several instructions with several uses should not be.
 * Each of these has a cell: phis are stored by the predecessors, others where they stand.  They
 * are left in A or X as well, and a store that nobody turns out to load is dropped.
 *
 * Selection gives every block its instructions; then they are assembled from the last to the
 * first, because the targets of all jumps are then known.  Conditional jumps reach 255 instructions.
 * When a target is farther, an island is put behind the jump: a copy of the target if it is a 'ret #k',
 * which costs nothing when run, else a 'ja'.  Jumps before it use the island too.  Blocks
 * that are a 'ret #k' are only ever made as islands.
 */
#include "ir/ir_emit.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "ir/cbpf_write.h"
#include "ir/ir_pass.h"
#include "ir/known.h"

void cbpf_refuse(struct cbpf_writer *e, struct span span, const char *format, ...)
{
	struct strbuf why = { 0 };
	va_list args;

	if (e->err)
		return;
	e->err = -ENOTSUP;
	va_start(args, format);
	strbuf_vprintf(&why, format, args);
	va_end(args);
	diag_error(e->diag, span, "classic BPF %s", strbuf_text(&why));
	strbuf_release(&why);
}

static uint32_t number_of(const struct cbpf_writer *e, const struct ir_value *v)
{
	return e->numbers[v->id];
}

uint32_t cbpf_imm_of(const struct ir_value *v)
{
	return (uint32_t)v->imm;
}

/*
 * Selection: which instructions a block has
 */

static void choose_store(struct cbpf_writer *e, enum cbpf_op op, uint32_t k, uint32_t stored)
{
	struct cbpf_code *c = e->code;

	if (c->count == c->size) {
		uint32_t size = c->size * 2 + 4;
		struct cbpf_chosen *insns = arena_alloc_array(&e->arena, size, sizeof *insns);

		if (!insns) {
			e->err = -ENOMEM;
			return;
		}
		if (c->count)
			memcpy(insns, c->insns, c->count * sizeof *insns);
		c->insns = insns;
		c->size = size;
	}
	c->insns[c->count++] = (struct cbpf_chosen){ op, k, stored };
}

static void choose(struct cbpf_writer *e, enum cbpf_op op, uint32_t k)
{
	choose_store(e, op, k, CBPF_NOTHING);
}

const struct ir_value *cbpf_header_len(const struct ir_value *v)
{
	const struct ir_value *and, *load;

	if (v->op != IR_SHL || !ir_is_const(v->args[1]) || v->args[1]->imm != 2)
		return NULL;
	and = v->args[0];
	if (and->op != IR_AND || !ir_is_const(and->args[1]) || and->args[1]->imm != 0xf)
		return NULL;
	load = and->args[0];
	return load->op == IR_PACKET && !load->args[0] && load->bytes == 1 ? load : NULL;
}

/* Is @v in its cell? */
static bool is_stored(const struct cbpf_writer *e, const struct ir_value *v)
{
	return e->stored[v->id];
}

/* Can @v come into X without A, whatever the registers hold? */
static bool is_easy_x(const struct cbpf_writer *e, const struct ir_value *v)
{
	return ir_is_const(v) || is_stored(e, v) || v->op == IR_PACKET_LEN || cbpf_header_len(v);
}

/* Does bringing @v into A change X, whatever the registers hold? */
static bool needs_x(const struct cbpf_writer *e, const struct ir_value *v)
{
	if (ir_is_const(v) || is_stored(e, v))
		return false;
	if (v->op == IR_PACKET)
		return v->args[0] != NULL;
	if (cbpf_header_len(v))
		return true;
	if (ir_ops[v->op].args == 1)
		return needs_x(e, v->args[0]);
	return ir_ops[v->op].args == 2 && (!ir_is_const(v->args[1]) || needs_x(e, v->args[0]));
}

/* Does it now? */
static bool changes_x(const struct cbpf_writer *e, const struct ir_value *v)
{
	if (e->state.a == number_of(e, v) || e->state.x == number_of(e, v))
		return false;
	if (v->op == IR_PACKET)
		return v->args[0] && e->state.x != number_of(e, v->args[0]);
	return needs_x(e, v);
}

static void load_cell(struct cbpf_writer *e, enum cbpf_op op, const struct ir_value *v)
{
	e->loaded[v->id] = true;
	choose(e, op, e->cells[v->id] - 1u);
}

static bool loads_only_a(enum cbpf_op op)
{
	return (op >= CBPF_LD_IMM && op <= CBPF_LD_IND_B) || op == CBPF_LD_MEM || op == CBPF_LD_LEN;
}

static void to_a(struct cbpf_writer *e, const struct ir_value *v);

static void to_x(struct cbpf_writer *e, const struct ir_value *v)
{
	uint32_t number = number_of(e, v);
	const struct ir_value *load = cbpf_header_len(v);

	if (e->state.x == number)
		return;
	if (ir_is_const(v)) {
		choose(e, CBPF_LDX_IMM, cbpf_imm_of(v));
	} else if (e->state.a == number) {
		choose(e, CBPF_TAX, 0);
	} else if (is_stored(e, v)) {
		load_cell(e, CBPF_LDX_MEM, v);
	} else if (v->op == IR_PACKET_LEN) {
		choose(e, CBPF_LDX_LEN, 0);
	} else if (load) {
		choose(e, CBPF_LDX_MSH, cbpf_imm_of(load));
	} else {
		to_a(e, v);
		choose(e, CBPF_TAX, 0);
	}
	e->state.x = number;
}

uint32_t cbpf_take_cell(struct cbpf_writer *e, struct span span)
{
	for (uint32_t i = 0; i < CBPF_CELLS; i++)
		if (!(e->cells_taken & 1u << i)) {
			e->cells_taken |= (uint16_t)(1u << i);
			return i;
		}
	cbpf_refuse(e, span, "has %d scratch cells, and this needs more at one time", CBPF_CELLS);
	return 0;
}

/* Bring @a into A and @b into X; or the other way round, if @may_swap: then true. */
static bool to_both(struct cbpf_writer *e, const struct ir_value *a, const struct ir_value *b,
		    bool may_swap)
{
	uint32_t cell;

	if (is_easy_x(e, b) || (e->state.x == number_of(e, b) && !changes_x(e, a))) {
		to_a(e, a);
		to_x(e, b);
		return false;
	}
	if (may_swap && (is_easy_x(e, a) || (e->state.x == number_of(e, a) && !changes_x(e, b)) ||
			 (e->state.a == number_of(e, a) && !needs_x(e, b))))
		return !to_both(e, b, a, false);
	if (!needs_x(e, a)) {
		to_x(e, b);
		to_a(e, a);
		return false;
	}
	if (may_swap && !needs_x(e, b))
		return !to_both(e, b, a, false);
	to_a(e, b);
	cell = cbpf_take_cell(e, b->span);
	choose(e, CBPF_ST, cell);
	to_a(e, a);
	choose(e, CBPF_LDX_MEM, cell);
	e->state.x = number_of(e, b);
	e->cells_taken &= (uint16_t) ~(1u << cell);
	return false;
}

enum cbpf_op cbpf_alu_op(enum ir_op op, bool is_x)
{
#define ALU(name) (is_x ? CBPF_##name##_X : CBPF_##name##_K)
	switch (op) {
	case IR_ADD: return ALU(ADD);
	case IR_SUB: return ALU(SUB);
	case IR_MUL: return ALU(MUL);
	case IR_DIV:
	case IR_DIV_OR_END: return ALU(DIV);
	case IR_MOD:
	case IR_MOD_OR_END: return ALU(MOD);
	case IR_AND: return ALU(AND);
	case IR_OR: return ALU(OR);
	case IR_XOR: return ALU(XOR);
	case IR_SHL: return ALU(LSH);
	case IR_SHR: return ALU(RSH);
	default: return CBPF_OP_COUNT;
	}
#undef ALU
}

static void compute_with_constant(struct cbpf_writer *e, const struct ir_value *v)
{
	enum cbpf_op op = cbpf_alu_op(v->op, false);
	uint32_t k = cbpf_imm_of(v->args[1]);

	to_a(e, v->args[0]);
	if (op == CBPF_ADD_K && k > INT32_MAX) {
		op = CBPF_SUB_K; /* easier to read */
		k = 0 - k;
	}
	if (op == CBPF_LSH_K || op == CBPF_RSH_K)
		k &= 31;
	if (k == 0 && (v->op == IR_DIV_OR_END || v->op == IR_MOD_OR_END)) {
		choose(e, CBPF_RET_K, 0);
		return;
	}
	if (k == 0 && v->op == IR_DIV)
		choose(e, CBPF_LD_IMM, 0);
	else if (k != 0 || v->op != IR_MOD)
		choose(e, op, k);
}

static void load_packet(struct cbpf_writer *e, const struct ir_value *v)
{
	bool is_ind = v->args[0] != NULL;

	if (is_ind)
		to_x(e, v->args[0]);
	else if (cbpf_imm_of(v) > INT32_MAX) { /* would mean something else, or nothing */
		choose(e, CBPF_RET_K, 0);
		return;
	}
	switch (v->bytes) {
	case 1: choose(e, is_ind ? CBPF_LD_IND_B : CBPF_LD_ABS_B, cbpf_imm_of(v)); break;
	case 2: choose(e, is_ind ? CBPF_LD_IND_H : CBPF_LD_ABS_H, cbpf_imm_of(v)); break;
	default: choose(e, is_ind ? CBPF_LD_IND_W : CBPF_LD_ABS_W, cbpf_imm_of(v)); break;
	}
}

static void compute(struct cbpf_writer *e, const struct ir_value *v)
{
	switch (v->op) {
	case IR_CONST: choose(e, CBPF_LD_IMM, cbpf_imm_of(v)); break;

	case IR_PACKET: load_packet(e, v); break;
	case IR_PACKET_LEN: choose(e, CBPF_LD_LEN, 0); break;
	case IR_EXTENSION: choose(e, CBPF_LD_ABS_W, CBPF_EXT_OFFSET + cbpf_imm_of(v)); break;
	case IR_COPY: to_a(e, v->args[0]); break;
	case IR_NEG:
		to_a(e, v->args[0]);
		choose(e, CBPF_NEG, 0);
		break;
	default:
		if (ir_is_const(v->args[1])) {
			compute_with_constant(e, v);
			break;
		}
		to_both(e, v->args[0], v->args[1], ir_ops[v->op].commutes);
		choose(e, cbpf_alu_op(v->op, true), 0);
		break;
	}
}

static void to_a(struct cbpf_writer *e, const struct ir_value *v)
{
	uint32_t number = number_of(e, v);

	bool is_first = !e->code->count;

	if (e->state.a == number || e->err)
		return;
	if (e->state.x == number) {
		choose(e, CBPF_TXA, 0);
	} else if (is_stored(e, v)) {
		load_cell(e, CBPF_LD_MEM, v);
	} else if (cbpf_header_len(v)) {
		to_x(e, v);
		choose(e, CBPF_TXA, 0);
	} else {
		compute(e, v);
	}
	e->state.a = number;
	if (is_first && e->code->count == 1 && loads_only_a(e->code->insns[0].op))
		e->code->first_loads = number;
}

/*
 * Selection: blocks
 */

/* What all predecessors of @b leave. */
static struct cbpf_state state_at_start(const struct cbpf_writer *e, const struct ir_block *b)
{
	struct cbpf_state state = { e->zero, e->zero }; /* both registers begin as 0 */

	for (uint32_t i = 0; i < b->pred_count; i++) {
		const struct cbpf_state *end = &e->codes[b->preds[i].from->index].end;

		if (i == 0)
			state = *end;
		if (end->a != state.a)
			state.a = CBPF_NOTHING;
		if (end->x != state.x)
			state.x = CBPF_NOTHING;
	}
	return state;
}

static void need(struct ir_value *v, const struct ir_block *b)
{
	uint32_t count;
	struct ir_value **args;

	if (!v || v->block != b || v->note)
		return;
	v->note = v;
	if (cbpf_is_phi(v))
		return;
	args = ir_operands(v, &count);
	for (uint32_t i = 0; i < count; i++)
		need(args[i], b);
}

/* Loads that are not part of what the end needs are made for their traps. */
static void choose_traps(struct cbpf_writer *e, struct ir_block *b)
{
	if (e->drop_traps)
		return;
	for (struct ir_value *v = b->first; v; v = v->next)
		v->note = NULL;
	for (unsigned int i = 0; i < ir_end_operands(b); i++)
		need(b->operands[i], b);
	for (uint32_t i = 0; b->end == IR_END_JUMP && i < 1; i++)
		for (struct ir_value *phi = b->to[0]->first; cbpf_is_phi(phi); phi = phi->next)
			need(phi->list[b->slot[0]], b);
	for (struct ir_value *v = b->last; v; v = v->prev)
		if (ir_effect(v) == IR_TRAPS && !v->note) {
			need(v, b);
			v->note = b; /* to be made for itself */
		}
	for (struct ir_value *v = b->first; v && !e->err; v = v->next)
		if (v->note == b)
			to_a(e, v);
}

/* Values with cells of their own are computed where they stand. */
static void choose_kept(struct cbpf_writer *e, const struct ir_block *b)
{
	for (const struct ir_value *v = b->first; v && !e->err; v = v->next) {
		if (!e->cells[v->id])
			continue;
		if (!cbpf_is_phi(v)) {
			to_a(e, v);
			choose_store(e, CBPF_ST, e->cells[v->id] - 1u, v->id);
		}
		e->stored[v->id] = true;
	}
}

/* Give the phis behind the jump of @b their values. */
static void choose_phis(struct cbpf_writer *e, const struct ir_block *b)
{
	const struct ir_block *to = b->to[0];

	for (const struct ir_value *phi = to->first; cbpf_is_phi(phi); phi = phi->next) {
		const struct ir_value *v = phi->list[b->slot[0]];
		uint32_t cell = e->cells[phi->id] - 1u;

		if (e->wants_x[phi->id]) {
			to_x(e, v);
			choose_store(e, CBPF_STX, cell, phi->id);
			e->state.x = number_of(e, phi);
		} else {
			to_a(e, v);
			choose_store(e, CBPF_ST, cell, phi->id);
			e->state.a = number_of(e, phi);
		}
	}
}

static void choose_branch(struct cbpf_writer *e, const struct ir_block *b)
{
	struct ir_value *x = b->operands[0], *y = b->operands[1];
	enum ir_cond cond = b->cond;
	bool is_x = !ir_is_const(y);

	if (is_x) {
		if (to_both(e, x, y, true))
			cond = ir_conds[cond].swapped;
	} else {
		to_a(e, x);
		e->code->jump_k = cbpf_imm_of(y);
	}
	e->code->swapped = cond == IR_NE || cond == IR_LT || cond == IR_LE || cond == IR_CLEAR;
	switch (cond) {
	case IR_EQ:
	case IR_NE: e->code->jump = is_x ? CBPF_JEQ_X : CBPF_JEQ_K; break;
	case IR_GT:
	case IR_LE: e->code->jump = is_x ? CBPF_JGT_X : CBPF_JGT_K; break;
	case IR_GE:
	case IR_LT: e->code->jump = is_x ? CBPF_JGE_X : CBPF_JGE_K; break;
	default: e->code->jump = is_x ? CBPF_JSET_X : CBPF_JSET_K; break;
	}
}

static void choose_block(struct cbpf_writer *e, struct ir_block *b)
{
	struct cbpf_code *c = &e->codes[b->index];

	e->code = c;
	e->state = state_at_start(e, b);
	e->cells_taken = e->taken[b->index];
	c->first_loads = CBPF_NOTHING;
	choose_kept(e, b);
	choose_traps(e, b);
	switch (b->end) {
	case IR_END_RETURN:
		c->is_constant = !c->count && ir_is_const(b->operands[0]);
		c->jump_k = cbpf_imm_of(b->operands[0]);
		if (!ir_is_const(b->operands[0]))
			to_a(e, b->operands[0]);
		break;
	case IR_END_JUMP: choose_phis(e, b); break;
	default: choose_branch(e, b); break;
	}
	c->end = e->state;
}

/*
 * The whole
 */

static bool allocate(struct cbpf_writer *e)
{
	struct ir_fn *fn = e->fn;

	e->zero = ir_const(fn, IR_I32, 0)->id;
	e->numbers = ir_number_values(fn, &e->arena);
	e->cells = arena_alloc_array(&e->arena, fn->value_count + 1, sizeof *e->cells);
	e->stored = arena_alloc_array(&e->arena, fn->value_count + 1, sizeof *e->stored);
	e->loaded = arena_alloc_array(&e->arena, fn->value_count + 1, sizeof *e->loaded);
	e->wants_x = arena_alloc_array(&e->arena, fn->value_count + 1, sizeof *e->wants_x);
	e->taken = arena_alloc_array(&e->arena, fn->order_count, sizeof *e->taken);
	e->codes = arena_alloc_array(&e->arena, fn->order_count, sizeof *e->codes);
	return e->numbers && e->cells && e->stored && e->loaded && e->wants_x && e->taken &&
	       e->codes;
}

int ir_emit_cbpf(struct ir_fn *fn, bool drop_traps, struct diag *diag, struct ir_cbpf *ret_cbpf)
{
	struct cbpf_writer e = { .fn = fn, .drop_traps = drop_traps, .diag = diag };

	if (!ir_order(fn))
		return -ENOMEM;
	cbpf_prepare(&e);
	if (!e.err && !allocate(&e))
		e.err = -ENOMEM;
	if (!e.err)
		cbpf_give_cells(&e);
	for (struct ir_block *b = fn->entry; b && !e.err; b = b->next)
		choose_block(&e, b);
	if (!e.err)
		e.err = cbpf_join_blocks(&e, ret_cbpf);
	arena_release(&e.arena);
	return e.err;
}
