/*
 * emit_cbpf.c - classic BPF from functions.
 *
 * The machine has an accumulator A, an index X and sixteen cells, so nothing like register
 * allocation is done.  Values are expressions, and packet loads and constants cost one instruction
 * each: whatever is wanted in A or X and is not there is computed again.  What makes that good
 * is knowing what is there:
 *
 *  1. Programs only jump forward.  So when a block is selected, all blocks before it have been, and
 *     what A and X hold at its start is what all of them left there (struct state).
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

#include "ir/ir_pass.h"
#include "ir/known.h"
#include "isa/cbpf.h"

enum {
	NOTHING = UINT32_MAX, /* no value's number */
	REACH = 255,          /* of conditional jumps */
};

/* What the registers hold, as value numbers. */
struct state {
	uint32_t a, x;
};

/* A selected instruction. */
struct chosen {
	enum cbpf_op op;
	uint32_t k;
	uint32_t stored; /* a store: id of the value it is for; else NOTHING */
};

/* What the emitter knows of a block. */
struct code {
	struct chosen *insns;
	uint32_t count;
	uint32_t size;
	struct state end;     /* what it leaves behind */
	uint32_t first_loads; /* the number that its first instruction brings to A, doing nothing else;
			       * or NOTHING */
	bool is_constant;     /* it is 'ret #k' */
	bool is_empty;        /* it only jumps */

	enum cbpf_op jump; /* of a branch */
	uint32_t jump_k;
	bool swapped; /* it jumps when the IR's condition does not hold */

	/* Assembly: number of instructions behind the nearest way in, at its start, and behind its
	 * first instruction. */
	uint32_t near[2];
};

struct emitter {
	struct ir_fn *fn;
	bool drop_traps;
	struct diag *diag;
	struct arena arena;
	int err;

	const uint32_t *numbers;
	uint32_t zero;        /* the number of the constant */
	uint8_t *cells;       /* of values, by id: 1 + the cell, or 0 */
	bool *stored;         /* by id: from here on the cell holds it */
	bool *loaded;         /* by id: some instruction loads the cell */
	bool *wants_x;        /* by id: used as an index */
	uint16_t *taken;      /* by block index: cells that values have there */
	struct code *codes;   /* by block index */
	struct state state;   /* during selection */
	struct code *code;    /* of the block being selected */
	uint16_t cells_taken; /* there: by values and temporaries */

	struct cbpf_insn *out; /* the last instruction first */
	uint32_t out_count;
	uint32_t out_size;
};

PRINTF_LIKE(3, 4)
static void refuse(struct emitter *e, struct span span, const char *format, ...)
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

static uint32_t number_of(const struct emitter *e, const struct ir_value *v)
{
	return e->numbers[v->id];
}

static bool is_phi(const struct ir_value *v)
{
	return v && v->op == IR_PHI;
}

static uint32_t imm_of(const struct ir_value *v)
{
	return (uint32_t)v->imm;
}

/*
 * Selection: which instructions a block has
 */

static void choose_store(struct emitter *e, enum cbpf_op op, uint32_t k, uint32_t stored)
{
	struct code *c = e->code;

	if (c->count == c->size) {
		uint32_t size = c->size * 2 + 4;
		struct chosen *insns = arena_alloc_array(&e->arena, size, sizeof *insns);

		if (!insns) {
			e->err = -ENOMEM;
			return;
		}
		if (c->count)
			memcpy(insns, c->insns, c->count * sizeof *insns);
		c->insns = insns;
		c->size = size;
	}
	c->insns[c->count++] = (struct chosen){ op, k, stored };
}

static void choose(struct emitter *e, enum cbpf_op op, uint32_t k)
{
	choose_store(e, op, k, NOTHING);
}

/* The base of 4*([k]&0xf), if @v is that, else NULL. */
static const struct ir_value *header_len(const struct ir_value *v)
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
static bool is_stored(const struct emitter *e, const struct ir_value *v)
{
	return e->stored[v->id];
}

/* Can @v come into X without A, whatever the registers hold? */
static bool is_easy_x(const struct emitter *e, const struct ir_value *v)
{
	return ir_is_const(v) || is_stored(e, v) || v->op == IR_PACKET_LEN || header_len(v);
}

/* Does bringing @v into A change X, whatever the registers hold? */
static bool needs_x(const struct emitter *e, const struct ir_value *v)
{
	if (ir_is_const(v) || is_stored(e, v))
		return false;
	if (v->op == IR_PACKET)
		return v->args[0] != NULL;
	if (header_len(v))
		return true;
	if (ir_ops[v->op].args == 1)
		return needs_x(e, v->args[0]);
	return ir_ops[v->op].args == 2 && (!ir_is_const(v->args[1]) || needs_x(e, v->args[0]));
}

/* Does it now? */
static bool changes_x(const struct emitter *e, const struct ir_value *v)
{
	if (e->state.a == number_of(e, v) || e->state.x == number_of(e, v))
		return false;
	if (v->op == IR_PACKET)
		return v->args[0] && e->state.x != number_of(e, v->args[0]);
	return needs_x(e, v);
}

static void load_cell(struct emitter *e, enum cbpf_op op, const struct ir_value *v)
{
	e->loaded[v->id] = true;
	choose(e, op, e->cells[v->id] - 1u);
}

static bool loads_only_a(enum cbpf_op op)
{
	return (op >= CBPF_LD_IMM && op <= CBPF_LD_IND_B) || op == CBPF_LD_MEM || op == CBPF_LD_LEN;
}

static void to_a(struct emitter *e, const struct ir_value *v);

static void to_x(struct emitter *e, const struct ir_value *v)
{
	uint32_t number = number_of(e, v);
	const struct ir_value *load = header_len(v);

	if (e->state.x == number)
		return;
	if (ir_is_const(v)) {
		choose(e, CBPF_LDX_IMM, imm_of(v));
	} else if (e->state.a == number) {
		choose(e, CBPF_TAX, 0);
	} else if (is_stored(e, v)) {
		load_cell(e, CBPF_LDX_MEM, v);
	} else if (v->op == IR_PACKET_LEN) {
		choose(e, CBPF_LDX_LEN, 0);
	} else if (load) {
		choose(e, CBPF_LDX_MSH, imm_of(load));
	} else {
		to_a(e, v);
		choose(e, CBPF_TAX, 0);
	}
	e->state.x = number;
}

/* A cell that is free here. */
static uint32_t take_cell(struct emitter *e, struct span span)
{
	for (uint32_t i = 0; i < CBPF_CELLS; i++)
		if (!(e->cells_taken & 1u << i)) {
			e->cells_taken |= (uint16_t)(1u << i);
			return i;
		}
	refuse(e, span, "has %d scratch cells, and this needs more at one time", CBPF_CELLS);
	return 0;
}

/* Bring @a into A and @b into X; or the other way round, if @may_swap: then true. */
static bool to_both(struct emitter *e, const struct ir_value *a, const struct ir_value *b,
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
	cell = take_cell(e, b->span);
	choose(e, CBPF_ST, cell);
	to_a(e, a);
	choose(e, CBPF_LDX_MEM, cell);
	e->state.x = number_of(e, b);
	e->cells_taken &= (uint16_t) ~(1u << cell);
	return false;
}

static enum cbpf_op alu_op(enum ir_op op, bool is_x)
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

static void compute_with_constant(struct emitter *e, const struct ir_value *v)
{
	enum cbpf_op op = alu_op(v->op, false);
	uint32_t k = imm_of(v->args[1]);

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

static void load_packet(struct emitter *e, const struct ir_value *v)
{
	bool is_ind = v->args[0] != NULL;

	if (is_ind)
		to_x(e, v->args[0]);
	else if (imm_of(v) > INT32_MAX) { /* would mean something else, or nothing */
		choose(e, CBPF_RET_K, 0);
		return;
	}
	switch (v->bytes) {
	case 1: choose(e, is_ind ? CBPF_LD_IND_B : CBPF_LD_ABS_B, imm_of(v)); break;
	case 2: choose(e, is_ind ? CBPF_LD_IND_H : CBPF_LD_ABS_H, imm_of(v)); break;
	default: choose(e, is_ind ? CBPF_LD_IND_W : CBPF_LD_ABS_W, imm_of(v)); break;
	}
}

static void compute(struct emitter *e, const struct ir_value *v)
{
	switch (v->op) {
	case IR_CONST: choose(e, CBPF_LD_IMM, imm_of(v)); break;

	case IR_PACKET: load_packet(e, v); break;
	case IR_PACKET_LEN: choose(e, CBPF_LD_LEN, 0); break;
	case IR_EXTENSION: choose(e, CBPF_LD_ABS_W, CBPF_EXT_OFFSET + imm_of(v)); break;
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
		choose(e, alu_op(v->op, true), 0);
		break;
	}
}

static void to_a(struct emitter *e, const struct ir_value *v)
{
	uint32_t number = number_of(e, v);

	bool is_first = !e->code->count;

	if (e->state.a == number || e->err)
		return;
	if (e->state.x == number) {
		choose(e, CBPF_TXA, 0);
	} else if (is_stored(e, v)) {
		load_cell(e, CBPF_LD_MEM, v);
	} else if (header_len(v)) {
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
static struct state state_at_start(const struct emitter *e, const struct ir_block *b)
{
	struct state state = { e->zero, e->zero }; /* both registers begin as 0 */

	for (uint32_t i = 0; i < b->pred_count; i++) {
		const struct state *end = &e->codes[b->preds[i].from->index].end;

		if (i == 0)
			state = *end;
		if (end->a != state.a)
			state.a = NOTHING;
		if (end->x != state.x)
			state.x = NOTHING;
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
	if (is_phi(v))
		return;
	args = ir_operands(v, &count);
	for (uint32_t i = 0; i < count; i++)
		need(args[i], b);
}

/* Loads that are not part of what the end needs are made for their traps. */
static void choose_traps(struct emitter *e, struct ir_block *b)
{
	if (e->drop_traps)
		return;
	for (struct ir_value *v = b->first; v; v = v->next)
		v->note = NULL;
	for (unsigned int i = 0; i < ir_end_operands(b); i++)
		need(b->operands[i], b);
	for (uint32_t i = 0; b->end == IR_END_JUMP && i < 1; i++)
		for (struct ir_value *phi = b->to[0]->first; is_phi(phi); phi = phi->next)
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
static void choose_kept(struct emitter *e, const struct ir_block *b)
{
	for (const struct ir_value *v = b->first; v && !e->err; v = v->next) {
		if (!e->cells[v->id])
			continue;
		if (!is_phi(v)) {
			to_a(e, v);
			choose_store(e, CBPF_ST, e->cells[v->id] - 1u, v->id);
		}
		e->stored[v->id] = true;
	}
}

/* Give the phis behind the jump of @b their values. */
static void choose_phis(struct emitter *e, const struct ir_block *b)
{
	const struct ir_block *to = b->to[0];

	for (const struct ir_value *phi = to->first; is_phi(phi); phi = phi->next) {
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

static void choose_branch(struct emitter *e, const struct ir_block *b)
{
	struct ir_value *x = b->operands[0], *y = b->operands[1];
	enum ir_cond cond = b->cond;
	bool is_x = !ir_is_const(y);

	if (is_x) {
		if (to_both(e, x, y, true))
			cond = ir_conds[cond].swapped;
	} else {
		to_a(e, x);
		e->code->jump_k = imm_of(y);
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

static void choose_block(struct emitter *e, struct ir_block *b)
{
	struct code *c = &e->codes[b->index];

	e->code = c;
	e->state = state_at_start(e, b);
	e->cells_taken = e->taken[b->index];
	c->first_loads = NOTHING;
	choose_kept(e, b);
	choose_traps(e, b);
	switch (b->end) {
	case IR_END_RETURN:
		c->is_constant = !c->count && ir_is_const(b->operands[0]);
		c->jump_k = imm_of(b->operands[0]);
		if (!ir_is_const(b->operands[0]))
			to_a(e, b->operands[0]);
		break;
	case IR_END_JUMP: choose_phis(e, b); break;
	default: choose_branch(e, b); break;
	}
	c->end = e->state;
}

/*
 * Assembly: from the last instruction to the first
 */

static void put(struct emitter *e, enum cbpf_op op, uint32_t k, uint32_t jt, uint32_t jf)
{
	if (e->out_count == e->out_size) {
		uint32_t size = e->out_size * 2 + 64;
		struct cbpf_insn *out = arena_alloc_array(&e->arena, size, sizeof *out);

		if (!out) {
			e->err = -ENOMEM;
			return;
		}
		if (e->out_count)
			memcpy(out, e->out, e->out_count * sizeof *out);
		e->out = out;
		e->out_size = size;
	}
	e->out[e->out_count++] =
		(struct cbpf_insn){ cbpf_ops[op].code, (uint8_t)jt, (uint8_t)jf, k };
}

/* Instructions to skip from the next one put to where @at were behind. */
static uint32_t distance(const struct emitter *e, uint32_t at)
{
	return e->out_count - at;
}

/* Where a jump to @b is to go: not to blocks that only jump on. */
static const struct ir_block *destination(const struct emitter *e, const struct ir_block *b)
{
	while (e->codes[b->index].is_empty)
		b = b->to[0];
	return b;
}

/* Can a jump from @b to @to go behind the first instruction there? */
static bool skips_first(const struct emitter *e, const struct ir_block *b,
			const struct ir_block *to)
{
	const struct code *c = &e->codes[to->index];

	return c->first_loads != NOTHING && e->codes[b->index].end.a == c->first_loads;
}

/* Put an island for jumps to @to, if a jump put after @more other instructions could not reach. */
static void reach(struct emitter *e, const struct ir_block *to, bool skips, uint32_t more)
{
	struct code *c = &e->codes[to->index];

	if (c->near[skips] && distance(e, c->near[skips]) + more <= REACH)
		return;
	if (c->is_constant)
		put(e, CBPF_RET_K, c->jump_k, 0, 0);
	else
		put(e, CBPF_JA, distance(e, c->near[skips]), 0, 0);
	c->near[skips] = e->out_count;
}

/* Does @b only jump, its stores being of no use? */
static void find_empty(struct emitter *e, const struct ir_block *b)
{
	struct code *c = &e->codes[b->index];

	c->is_empty = b->end == IR_END_JUMP && b != e->fn->entry;
	for (uint32_t i = 0; i < c->count; i++)
		if (c->insns[i].stored == NOTHING || e->loaded[c->insns[i].stored])
			c->is_empty = false;
}

static void put_branch(struct emitter *e, const struct ir_block *b)
{
	const struct code *c = &e->codes[b->index];
	const struct ir_block *yes = destination(e, b->to[c->swapped]);
	const struct ir_block *no = destination(e, b->to[!c->swapped]);
	bool skips_yes = skips_first(e, b, yes), skips_no = skips_first(e, b, no);

	/* An island for one pushes the other away by one. */
	reach(e, no, skips_no, 1);
	reach(e, yes, skips_yes, 0);
	put(e, c->jump, c->jump_k, distance(e, e->codes[yes->index].near[skips_yes]),
	    distance(e, e->codes[no->index].near[skips_no]));
}

static void put_jump(struct emitter *e, const struct ir_block *b)
{
	const struct ir_block *to = destination(e, b->to[0]);
	const struct code *c = &e->codes[to->index];
	bool skips;

	if (c->near[0] && c->near[0] == e->out_count)
		return; /* it comes next */
	if (c->is_constant) {
		put(e, CBPF_RET_K, c->jump_k, 0, 0);
		return;
	}
	skips = skips_first(e, b, to);
	if (c->near[skips] != e->out_count)
		put(e, CBPF_JA, distance(e, c->near[skips]), 0, 0);
}

static void put_block(struct emitter *e, const struct ir_block *b)
{
	struct code *c = &e->codes[b->index];

	if ((c->is_constant && b != e->fn->entry) || c->is_empty)
		return;
	switch (b->end) {
	case IR_END_RETURN:
		if (ir_is_const(b->operands[0]))
			put(e, CBPF_RET_K, c->jump_k, 0, 0);
		else
			put(e, CBPF_RET_A, 0, 0, 0);
		break;
	case IR_END_JUMP: put_jump(e, b); break;
	default: put_branch(e, b); break;
	}
	for (uint32_t i = c->count; i-- > 0;) {
		const struct chosen *insn = &c->insns[i];

		if (i == 0)
			c->near[1] = e->out_count;
		if (insn->stored == NOTHING || e->loaded[insn->stored])
			put(e, insn->op, insn->k, 0, 0);
	}
	c->near[0] = e->out_count;
}

/*
 * Preparation
 */

static bool is_known_op(const struct ir_value *v)
{
	switch (v->op) {
	case IR_PHI:
	case IR_PACKET:
	case IR_PACKET_LEN:
	case IR_EXTENSION:
	case IR_COPY:
	case IR_NEG: return true;
	default: return alu_op(v->op, false) != CBPF_OP_COUNT;
	}
}

static void check_value(struct emitter *e, const struct ir_value *v)
{
	if (!is_known_op(v))
		refuse(e, v->span, "has no operation '%s'", ir_ops[v->op].text);
	else if (v->type != IR_I32)
		refuse(e, v->span, "has values of 32 bits only, and this is of type %s",
		       ir_type_name(v->type));
	else if ((v->op == IR_DIV || v->op == IR_MOD) && !ir_is_const(v->args[1]))
		refuse(e, v->span,
		       "ends the program when a divisor is 0, which is not wanted here");
	else if (v->op == IR_EXTENSION && !cbpf_find_ext(CBPF_EXT_OFFSET + imm_of(v)))
		refuse(e, v->span, "has no extension %" PRId64, v->imm);
}

static void check(struct emitter *e)
{
	if (e->fn->has_loops)
		refuse(e, e->fn->entry->span, "has no loops");
	for (const struct ir_block *b = e->fn->entry; b; b = b->next) {
		for (const struct ir_value *v = b->first; v; v = v->next)
			check_value(e, v);
		for (unsigned int i = 0; i < ir_end_operands(b); i++)
			if (b->operands[i]->type != IR_I32)
				refuse(e, b->span, "compares 32 bits only");
	}
}

/* Signed comparisons are unsigned ones of numbers with the sign bit exchanged. */
static void make_unsigned(struct emitter *e, struct ir_block *b)
{
	static const enum ir_cond others[] = {
		[IR_SLT] = IR_LT, [IR_SLE] = IR_LE, [IR_SGT] = IR_GT, [IR_SGE] = IR_GE
	};
	struct ir_value *sign = ir_const(e->fn, IR_I32, (uint64_t)1 << 31);

	if (b->end != IR_END_BRANCH || b->cond < IR_SLT || b->cond > IR_SGE)
		return;
	b->cond = others[b->cond];
	for (unsigned int i = 0; i < 2; i++) {
		struct ir_value *v = b->operands[i];

		if (ir_is_const(v))
			b->operands[i] = ir_const(e->fn, IR_I32, (uint64_t)v->imm ^ 1u << 31);
		else
			b->operands[i] = ir_append(e->fn, b,
						   &(struct ir_value){ .op = IR_XOR,
								       .type = IR_I32,
								       .args = { v, sign },
								       .span = v->span });
	}
}

/* The left operand of a comparison is never a constant alone on its side. */
static void make_constant_right(struct ir_block *b)
{
	struct ir_value *x = b->operands[0];

	if (b->end != IR_END_BRANCH || !ir_is_const(x) || ir_is_const(b->operands[1]))
		return;
	b->operands[0] = b->operands[1];
	b->operands[1] = x;
	b->cond = ir_conds[b->cond].swapped;
}

static void prepare(struct emitter *e)
{
	struct ir_options options = { .target = IR_TARGET_CBPF, .drop_traps = e->drop_traps };

	ir_lower_switch(e->fn, &options);
	if (!e->fn->failed)
		ir_split_edges(e->fn);
	for (struct ir_block *b = e->fn->entry; b && !e->fn->failed; b = b->next) {
		make_constant_right(b);
		make_unsigned(e, b);
	}
	ir_layout(e->fn, &options);
	if (e->fn->failed)
		e->err = -ENOMEM;
	else
		check(e);
}

/*
 * Cells
 */

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
	if (header_len(v))
		return 1; /* into X, where it is wanted */
	if (ir_ops[v->op].args == 1)
		return v->args[0] ? cost_of(v->args[0], costs) + 1 : 1;
	if (ir_ops[v->op].args == 2)
		return cost_of(v->args[0], costs) + 1 +
		       (ir_is_const(v->args[1]) ? 0 : cost_of(v->args[1], costs));
	return 1;
}

/* Mark what gets a cell: all phis, and what is used again and costs more than a store and a load. */
static void find_kept(struct emitter *e, uint32_t *costs)
{
	ir_count_uses(e->fn);
	for (uint32_t i = 0; i < e->fn->order_count; i++)
		for (const struct ir_value *v = e->fn->order[i]->first; v; v = v->next) {
			costs[v->id] = find_cost(v, costs);
			if (is_phi(v) || (v->use_count > 1 && costs[v->id] >= KEPT_COST)) {
				e->cells[v->id] = 1;
				costs[v->id] = 1;
			}
		}
}

static void extend(struct emitter *e, struct stretch *stretches, const struct ir_value *v,
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

static void begin_stretch(struct emitter *e, struct stretch *s, const struct ir_value *v,
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

static void extend_all(struct emitter *e, struct stretch *stretches, const struct ir_block *b,
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
static void assign_cell(struct emitter *e, const struct ir_value *v, const struct stretch *s,
			const struct ir_block *const *by_place)
{
	uint16_t taken = 0;
	uint32_t cell;

	for (uint32_t i = s->first; i <= s->last; i++)
		taken |= e->taken[by_place[i]->index];
	e->cells_taken = taken;
	cell = take_cell(e, v->span);
	e->cells[v->id] = (uint8_t)(cell + 1);
	for (uint32_t i = s->first; i <= s->last; i++)
		e->taken[by_place[i]->index] |= (uint16_t)(1u << cell);
}

static void give_cells(struct emitter *e)
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

static bool allocate(struct emitter *e)
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

/* The cells that Linux would say are loaded without having been stored to.  Its check goes through the
 * program once and lets what it knows flow through a 'ret' into the next instruction, as if that could
 * be reached so; it is we who must please it. */
static uint16_t find_doubted_cells(struct emitter *e)
{
	uint16_t *masks = arena_alloc_array(&e->arena, e->out_count, sizeof *masks);
	uint16_t valid = 0, doubted = 0;

	if (!masks) {
		e->err = -ENOMEM;
		return 0;
	}
	memset(masks, 0xff, e->out_count * sizeof *masks);
	for (uint32_t i = 0; i < e->out_count; i++) {
		const struct cbpf_insn *insn = &e->out[e->out_count - 1 - i];

		valid &= masks[i];
		switch (cbpf_decode(insn->code)) {
		case CBPF_ST:
		case CBPF_STX: valid |= (uint16_t)(1u << insn->k); break;
		case CBPF_LD_MEM:
		case CBPF_LDX_MEM: doubted |= (uint16_t)(~valid & 1u << insn->k); break;
		case CBPF_JA:
			masks[i + 1 + insn->k] &= valid;
			valid = UINT16_MAX;
			break;
		default:
			if (!insn->jt && !insn->jf)
				break;
			masks[i + 1 + insn->jt] &= valid;
			masks[i + 1 + insn->jf] &= valid;
			valid = UINT16_MAX;
			break;
		}
	}
	return doubted;
}

static int finish(struct emitter *e, struct ir_cbpf *ret_cbpf)
{
	uint16_t doubted = find_doubted_cells(e);
	struct cbpf_insn *insns;

	for (uint32_t i = 0; i < CBPF_CELLS; i++)
		if (doubted & 1u << i)
			put(e, CBPF_ST, i, 0, 0);
	insns = arena_alloc_array(e->fn->arena, e->out_count, sizeof *insns);
	if (!insns || e->err)
		return -ENOMEM;
	for (uint32_t i = 0; i < e->out_count; i++)
		insns[i] = e->out[e->out_count - 1 - i];
	*ret_cbpf = (struct ir_cbpf){ insns, e->out_count };
	return 0;
}

int ir_emit_cbpf(struct ir_fn *fn, bool drop_traps, struct diag *diag, struct ir_cbpf *ret_cbpf)
{
	struct emitter e = { .fn = fn, .drop_traps = drop_traps, .diag = diag };

	if (!ir_order(fn))
		return -ENOMEM;
	prepare(&e);
	if (!e.err && !allocate(&e))
		e.err = -ENOMEM;
	if (!e.err)
		give_cells(&e);
	for (struct ir_block *b = fn->entry; b && !e.err; b = b->next)
		choose_block(&e, b);

	for (struct ir_block *b = fn->entry; b && !e.err; b = b->next)
		find_empty(&e, b);
	for (const struct ir_block *b = fn->last; b && !e.err; b = b->prev)
		put_block(&e, b);
	if (!e.err)
		e.err = finish(&e, ret_cbpf);
	arena_release(&e.arena);
	return e.err;
}
