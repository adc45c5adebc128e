/*
 * emit_ebpf.c - eBPF from functions: which instructions values and blocks are.
 *
 * Values of 8, 16 and 32 bits are kept zero-extended in their registers and computed by the 32-bit
 * operations.
 */
#include "ir/ir_emit.h"

#include <errno.h>

#include "ir/ebpf.h"
#include "ir/ebpf_write.h"
#include "ir/known.h"

static bool is_wide(enum ir_type type)
{
	return ir_type_bits(type) == 64;
}

/*
 * Operations by type
 */

/* The operation's form for an immediate; the one for a register follows it in isa/op.def. */
static enum isa_op alu_imm(enum ir_op op, bool wide)
{
#define ALU(name) (wide ? ISA_##name##64_IMM : ISA_##name##32_IMM)
	switch (op) {
	case IR_PTR_ADD:
	case IR_ADD: return ALU(ADD);
	case IR_SUB: return ALU(SUB);
	case IR_MUL: return ALU(MUL);
	case IR_DIV: return ALU(DIV);
	case IR_MOD: return ALU(MOD);
	case IR_SDIV: return ALU(SDIV);
	case IR_SMOD: return ALU(SMOD);
	case IR_AND: return ALU(AND);
	case IR_OR: return ALU(OR);
	case IR_XOR: return ALU(XOR);
	case IR_SHL: return ALU(LSH);
	case IR_SHR: return ALU(RSH);
	case IR_SAR: return ALU(ARSH);
	default: return ISA_OP_COUNT;
	}
#undef ALU
}
static_assert(ISA_ADD64_REG == ISA_ADD64_IMM + 1, "see alu_imm");
static_assert(ISA_JEQ32_REG == ISA_JEQ32_IMM + 1, "see jump_imm");

/* clang-format off */
static enum isa_op jump_imm(enum ir_cond cond, bool wide)
{
	switch (cond) {
#define IR_COND(name, text, negated, swapped, jmp) \
	case IR_##name: return wide ? ISA_##jmp##64_IMM : ISA_##jmp##32_IMM;
#include "ir/cond.def"
	case IR_COND_COUNT: break;
	}
	return ISA_OP_COUNT;
}
/* clang-format on */

static enum isa_op load_op(unsigned int bytes)
{
	return bytes == 1 ? ISA_LDX_B :
	       bytes == 2 ? ISA_LDX_H :
	       bytes == 4 ? ISA_LDX_W :
			    ISA_LDX_DW;
}

static enum isa_op load_signed_op(unsigned int bytes)
{
	return bytes == 1 ? ISA_LDXS_B : bytes == 2 ? ISA_LDXS_H : ISA_LDXS_W;
}

static enum isa_op store_op(unsigned int bytes, bool is_imm)
{
	switch (bytes) {
	case 1: return is_imm ? ISA_ST_B : ISA_STX_B;
	case 2: return is_imm ? ISA_ST_H : ISA_STX_H;
	case 4: return is_imm ? ISA_ST_W : ISA_STX_W;
	default: return is_imm ? ISA_ST_DW : ISA_STX_DW;
	}
}

/*
 * Values
 */

/* Bring a result of 8 or 16 bits back to its width. */
static void emit_mask(struct ebpf_writer *e, const struct ir_value *v, uint8_t reg)
{
	if (v->type == IR_I8 || v->type == IR_I16)
		EMIT(e, ISA_AND32_IMM, .dst = reg, .imm = (int32_t)ir_type_mask(v->type));
}

static void emit_binary(struct ebpf_writer *e, const struct ir_value *v)
{
	/* Not PTR_ADD: behind 'scalar += pointer' the verifier does not know of which frame a pointer into
	 * the stack is (adjust_ptr_min_max_vals of Linux 6.18 leaves 'frameno' as it was). */
	bool commutes = ir_ops[v->op].commutes;
	enum isa_op op = alu_imm(v->op, is_wide(v->type));
	const struct ir_value *a = v->args[0], *b = v->args[1];
	uint8_t dst = ebpf_result_reg(e, v), src;

	if (ebpf_is_in_slot(v)) {
		ebpf_load_address(e, dst, (int32_t)(ebpf_place_of(e, a).stack + b->imm));
	} else if (ir_is_const(b)) {
		ebpf_load(e, dst, a);
		EMIT(e, op, .dst = dst, .imm = (int32_t)b->imm);
	} else {
		if (commutes && ebpf_place_of(e, b).reg == dst && ebpf_place_of(e, a).reg != dst) {
			const struct ir_value *c = a;

			a = b;
			b = c;
		}
		src = ebpf_in_reg(e, b, EBPF_SCRATCH_1);
		ebpf_load(e, dst, a);
		EMIT(e, op + 1, .dst = dst, .src = src);
	}
	if (v->op == IR_ADD || v->op == IR_SUB || v->op == IR_MUL || v->op == IR_SHL)
		emit_mask(e, v, dst);
	ebpf_store_result(e, v, dst);
}

static enum isa_op extend_op(unsigned int bits, bool wide)
{
	if (bits == 32)
		return ISA_MOVSX64_32;
	if (bits == 16)
		return wide ? ISA_MOVSX64_16 : ISA_MOVSX32_16;
	return wide ? ISA_MOVSX64_8 : ISA_MOVSX32_8;
}

/* Shifts do it everywhere; the instruction for it is younger. */
static void emit_sign_extension(struct ebpf_writer *e, const struct ir_value *v, uint8_t dst)
{
	unsigned int bits = ir_type_bits(v->args[0]->type);
	bool wide = is_wide(v->type);
	int32_t by = (int32_t)((wide ? 64 : 32) - bits);

	if (e->options->has_signed) {
		EMIT(e, extend_op(bits, wide), .dst = dst, .src = ebpf_in_reg(e, v->args[0], dst));
		emit_mask(e, v, dst);
		return;
	}
	ebpf_load(e, dst, v->args[0]);
	EMIT(e, wide ? ISA_LSH64_IMM : ISA_LSH32_IMM, .dst = dst, .imm = by);
	EMIT(e, wide ? ISA_ARSH64_IMM : ISA_ARSH32_IMM, .dst = dst, .imm = by);
	emit_mask(e, v, dst);
}

/* Do the upper bits of @v, of 32, not matter?  So if what follows is an instruction of 32 bits that overwrites
 * it. */
static bool is_cut_next(const struct ebpf_writer *e, const struct ir_value *v)
{
	const struct ir_value *next = v->next;
	uint8_t reg = ebpf_place_of(e, v).reg;

	return v->type == IR_I32 && next && next->type == IR_I32 && next->op >= IR_ADD &&
	       next->op <= IR_SAR && next->args[0] == v && ir_is_const(next->args[1]) &&
	       reg != EBPF_NO_REG && ebpf_place_of(e, next).reg == reg;
}

static void emit_unary(struct ebpf_writer *e, const struct ir_value *v)
{
	uint8_t dst = ebpf_result_reg(e, v);

	if (v->op == IR_TRUNC &&
	    (ir_most(v->args[0]) <= ir_type_mask(v->type) || is_cut_next(e, v))) {
		ebpf_load(e, dst, v->args[0]);
		ebpf_store_result(e, v, dst);
		return;
	}
	if (v->op == IR_TRUNC && v->type == IR_I32) {
		uint8_t src = ebpf_in_reg(e, v->args[0], EBPF_SCRATCH_1);

		EMIT(e, ISA_MOV32_REG, .dst = dst, .src = src);
		ebpf_store_result(e, v, dst);
		return;
	}
	if (v->op != IR_SEXT)
		ebpf_load(e, dst, v->args[0]);
	switch (v->op) {
	case IR_NEG:
		EMIT(e, is_wide(v->type) ? ISA_NEG64 : ISA_NEG32, .dst = dst);
		emit_mask(e, v, dst);
		break;
	case IR_BSWAP: /* to the other order, on a little-endian machine */
		EMIT(e,
		     v->type == IR_I16 ? ISA_BE16 :
		     v->type == IR_I32 ? ISA_BE32 :
					 ISA_BE64,
		     .dst = dst);
		break;
	case IR_TRUNC: emit_mask(e, v, dst); break;
	case IR_SEXT: emit_sign_extension(e, v, dst); break;
	default: break; /* ZEXT, COPY, HIDE, CAST */
	}
	ebpf_store_result(e, v, dst);
}

static void emit_packet(struct ebpf_writer *e, const struct ir_value *v)
{
	enum isa_op abs = v->bytes == 1 ? ISA_LD_ABS_B :
			  v->bytes == 2 ? ISA_LD_ABS_H :
					  ISA_LD_ABS_W;
	enum isa_op ind = v->bytes == 1 ? ISA_LD_IND_B :
			  v->bytes == 2 ? ISA_LD_IND_H :
					  ISA_LD_IND_W;

	if (v->args[0])
		EMIT(e, ind, .src = ebpf_in_reg(e, v->args[0], EBPF_SCRATCH_1),
		     .imm = (int32_t)(uint32_t)v->imm);
	else
		EMIT(e, abs, .imm = (int32_t)(uint32_t)v->imm);
	ebpf_store_result(e, v, 0);
}

/* The register to address args[0] by; what is to be added to the displacement in *ret_offset. */
static uint8_t address_reg(struct ebpf_writer *e, const struct ir_value *v, int16_t *ret_offset)
{
	*ret_offset = (int16_t)v->imm;
	if (!ebpf_is_slot(v->args[0]))
		return ebpf_in_reg(e, v->args[0], EBPF_SCRATCH_1);
	*ret_offset = (int16_t)(*ret_offset + ebpf_place_of(e, v->args[0]).stack);
	return ISA_REG_FP;
}

static void emit_load(struct ebpf_writer *e, const struct ir_value *v)
{
	uint8_t dst = ebpf_result_reg(e, v);
	int16_t off;
	uint8_t src = address_reg(e, v, &off);

	EMIT(e, v->op == IR_LOAD_SIGNED ? load_signed_op(v->bytes) : load_op(v->bytes), .dst = dst,
	     .src = src, .off = off);
	ebpf_store_result(e, v, dst);
}

static void emit_store(struct ebpf_writer *e, const struct ir_value *v)
{
	int16_t off;
	uint8_t dst = address_reg(e, v, &off);

	if (ir_is_const(v->args[1]))
		EMIT(e, store_op(v->bytes, true), .dst = dst, .off = off,
		     .imm = (int32_t)v->args[1]->imm);
	else
		EMIT(e, store_op(v->bytes, false), .dst = dst,
		     .src = ebpf_in_reg(e, v->args[1], EBPF_SCRATCH_0), .off = off);
}

static void emit_atomic(struct ebpf_writer *e, const struct ir_value *v)
{
	bool wide = v->bytes == 8;
	int16_t off;
	uint8_t at = address_reg(e, v, &off), reg;

	if (v->type == IR_VOID) {
		EMIT(e, wide ? ISA_ATOMIC64_ADD : ISA_ATOMIC32_ADD, .dst = at,
		     .src = ebpf_in_reg(e, v->args[1], EBPF_SCRATCH_0), .off = off);
		return;
	}
	reg = ebpf_result_reg(e, v);
	ebpf_load(e, reg, v->args[1]);
	if (v->op == IR_ATOMIC_ADD)
		EMIT(e, wide ? ISA_ATOMIC64_FETCH_ADD : ISA_ATOMIC32_FETCH_ADD, .dst = at,
		     .src = reg, .off = off);
	else
		EMIT(e, wide ? ISA_ATOMIC64_XCHG : ISA_ATOMIC32_XCHG, .dst = at, .src = reg,
		     .off = off);
	ebpf_store_result(e, v, reg);
}

static void emit_cmpxchg(struct ebpf_writer *e, const struct ir_value *v)
{
	int16_t off;
	uint8_t at = address_reg(e, v, &off), src = ebpf_in_reg(e, v->args[2], EBPF_SCRATCH_2);

	ebpf_load(e, 0, v->args[1]);
	EMIT(e, v->bytes == 8 ? ISA_ATOMIC64_CMPXCHG : ISA_ATOMIC32_CMPXCHG, .dst = at, .src = src,
	     .off = off);
	ebpf_store_result(e, v, 0);
}

static void emit_call(struct ebpf_writer *e, const struct ir_value *v)
{
	struct ebpf_moves moves = { .count = 0 };

	for (uint32_t i = 0; i < v->list_count; i++)
		ebpf_add_move(e, &moves, (struct ebpf_place){ (uint8_t)(i + 1), 0 }, v->list[i]);
	ebpf_emit_moves(e, &moves);
	EMIT(e,
	     v->op == IR_KFUNC   ? ISA_CALL_KFUNC :
	     v->op == IR_CALL_FN ? ISA_CALL_LOCAL :
				   ISA_CALL,
	     .imm = (int32_t)v->imm);
	if (v->type == IR_I32 || v->type == IR_I16 || v->type == IR_I8) {
		if (v->type == IR_I32)
			EMIT(e, ISA_MOV32_REG, .dst = 0, .src = 0);
		emit_mask(e, v, 0);
	}
	ebpf_store_result(e, v, 0);
}

static void emit_address(struct ebpf_writer *e, const struct ir_value *v)
{
	uint8_t dst = ebpf_result_reg(e, v);

	ebpf_load_kernel_address(e, dst, v);
	ebpf_store_result(e, v, dst);
}

static void emit_value(struct ebpf_writer *e, const struct ir_value *v)
{
	e->span = v->span;
	if (ebpf_is_remade_here(e, v))
		return;
	switch (v->op) {
	case IR_PHI:
	case IR_PARAM:
	case IR_SLOT: break;
	case IR_PACKET: emit_packet(e, v); break;
	case IR_LOAD:
	case IR_LOAD_SIGNED: emit_load(e, v); break;
	case IR_STORE: emit_store(e, v); break;
	case IR_ATOMIC_ADD:
	case IR_ATOMIC_XCHG: emit_atomic(e, v); break;
	case IR_ATOMIC_CMPXCHG: emit_cmpxchg(e, v); break;
	case IR_CALL:
	case IR_KFUNC:
	case IR_CALL_FN: emit_call(e, v); break;
	case IR_MAP:
	case IR_MAP_VALUE:
	case IR_KERNEL_VAR:
	case IR_RELOC:
	case IR_FUNCTION: emit_address(e, v); break;
	case IR_NEG:
	case IR_BSWAP:
	case IR_ZEXT:
	case IR_SEXT:
	case IR_TRUNC:
	case IR_COPY:
	case IR_HIDE:
	case IR_CAST: emit_unary(e, v); break;
	default: emit_binary(e, v); break;
	}
}

/*
 * Blocks
 */

/* Parameters are in r1 to r5 and go to their places; LD_ABS wants the context in r6. */
static void emit_params(struct ebpf_writer *e)
{
	struct ebpf_moves moves = { .count = 0 };
	bool has_ld_abs = false;

	for (const struct ir_block *b = e->fn->entry; b; b = b->next)
		for (const struct ir_value *v = b->first; v; v = v->next) {
			has_ld_abs |= v->op == IR_PACKET;
			if (v->op != IR_PARAM || moves.count == EBPF_MOST_MOVES)
				continue;
			moves.list[moves.count++] = (struct ebpf_move){
				.to = ebpf_place_of(e, v),
				.from = { (uint8_t)(v->imm + 1), 0 },
			};
			if (ebpf_same_place(moves.list[moves.count - 1].to,
					    moves.list[moves.count - 1].from))
				moves.count--;
		}
	if (has_ld_abs)
		EMIT(e, ISA_MOV64_REG, .dst = EBPF_CONTEXT_REG, .src = 1);
	for (unsigned int i = 0; i < moves.count; i++)
		if (has_ld_abs && moves.list[i].to.reg == EBPF_CONTEXT_REG)
			moves.list[i--] = moves.list[--moves.count];
	ebpf_emit_moves(e, &moves);
}

static void emit_phis(struct ebpf_writer *e, const struct ir_block *b)
{
	struct ebpf_moves moves = { .count = 0 };

	for (const struct ir_value *v = b->to[0]->first; v && v->op == IR_PHI; v = v->next)
		ebpf_add_move(e, &moves, ebpf_place_of(e, v), v->list[b->slot[0]]);
	ebpf_emit_moves(e, &moves);
}

static void emit_goto(struct ebpf_writer *e, const struct ir_block *b, const struct ir_block *to)
{
	if (b->next != to)
		EMIT(e, ISA_JA)->to = to;
}

static void emit_branch(struct ebpf_writer *e, const struct ir_block *b)
{
	const struct ir_value *x = b->operands[0], *y = b->operands[1];
	const struct ir_block *yes = b->to[0], *no = b->to[1], *swap;
	bool wide = is_wide(x->type);
	enum ir_cond cond = b->cond;
	uint8_t dst, src = 0;
	struct ebpf_item *jump;

	if (cond == IR_CLEAR || (yes == b->next && cond != IR_SET)) {
		cond = ir_conds[cond].negated;
		swap = yes;
		yes = no;
		no = swap;
	}
	dst = ebpf_in_reg(e, x, EBPF_SCRATCH_0);
	if (!ir_is_const(y))
		src = ebpf_in_reg(e, y, EBPF_SCRATCH_1);
	if (ir_is_const(y))
		jump = EMIT(e, jump_imm(cond, wide), .dst = dst, .imm = (int32_t)y->imm);
	else
		jump = EMIT(e, jump_imm(cond, wide) + 1, .dst = dst, .src = src);
	jump->to = yes;
	emit_goto(e, b, no);
}

/* Is r0 a number behind @b, if it @was one before?  Not behind a call that gives nothing. */
static bool leaves_result(const struct ebpf_writer *e, const struct ir_block *b, bool was)
{
	for (const struct ir_value *v = b->first; v; v = v->next) {
		if (ir_is_call(v))
			was = v->type != IR_VOID;
		else if (v->op != IR_PHI && v->type != IR_VOID && !ir_is_const(v) &&
			 !ebpf_is_remade_here(e, v) && !ebpf_is_slot(v) &&
			 ebpf_place_of(e, v).reg == 0)
			was = true;
	}
	return was;
}

/* On all ways to each block: everything is assumed, and taken back until nothing changes. */
static void find_results(struct ebpf_writer *e)
{
	bool changed = true;

	for (uint32_t i = 0; i < e->fn->order_count; i++)
		e->has_result[i] = true;
	e->has_result[e->fn->entry->index] = false;
	while (changed) {
		changed = false;
		for (const struct ir_block *b = e->fn->entry; b; b = b->next) {
			if (leaves_result(e, b, e->has_result[b->index]))
				continue;
			for (uint32_t i = 0; i < ir_succ_count(b); i++) {
				bool *next = &e->has_result[ir_succ(b, i)->index];

				changed |= *next;
				*next = false;
			}
		}
	}
}

static void emit_return(struct ebpf_writer *e, const struct ir_block *b)
{
	const struct ir_value *result = b->operands[0];

	if (!e->options->ignores_zero || !ir_is_const(result) || result->imm ||
	    !leaves_result(e, b, e->has_result[b->index]))
		ebpf_load(e, 0, result);
	EMIT(e, ISA_EXIT);
}

static void emit_block(struct ebpf_writer *e, const struct ir_block *b)
{
	e->starts[b->index] = e->item_count;
	for (const struct ir_value *v = b->first; v && !e->err; v = v->next)
		emit_value(e, v);
	e->span = b->span;
	switch (b->end) {
	case IR_END_JUMP:
		emit_phis(e, b);
		emit_goto(e, b, b->to[0]);
		break;
	case IR_END_BRANCH: emit_branch(e, b); break;
	default: emit_return(e, b); break;
	}
}

static int emit_all(struct ebpf_writer *e, bool scratch)
{
	int err = ebpf_allocate(e->fn, scratch, e->options->ignores_zero, &e->arena, e->diag,
				&e->places);

	if (err)
		return err;
	e->item_count = 0;
	e->wants_scratch = false;
	if (e->options->ignores_zero)
		find_results(e);
	emit_params(e);
	for (const struct ir_block *b = e->fn->entry; b && !e->err; b = b->next)
		emit_block(e, b);
	return e->err;
}

static int emit_fn(struct ir_fn *fn, const struct ir_ebpf_options *options, struct diag *diag,
		   struct ir_ebpf *ret_ebpf)
{
	struct ebpf_writer e = { .fn = fn, .options = options, .diag = diag };
	int err = ebpf_lower(fn, options, diag);

	if (err)
		return err;
	e.starts = arena_alloc_array(&e.arena, fn->order_count, sizeof *e.starts);
	e.has_result = arena_alloc_array(&e.arena, fn->order_count, sizeof *e.has_result);
	err = e.starts && e.has_result ? emit_all(&e, false) : -ENOMEM;
	if (!err && e.wants_scratch)
		err = emit_all(&e, true);
	if (!err)
		err = ebpf_place_items(&e, ret_ebpf);
	arena_release(&e.arena);
	return err;
}

/*
 * Programs of several functions
 */

/* Which functions does the program get to?  The kernel takes no others. */
static void mark_used(struct ir_fn *const *fns, size_t fn_count, size_t i, bool *used)
{
	used[i] = true;
	for (const struct ir_block *b = fns[i]->entry; b; b = b->next)
		for (const struct ir_value *v = b->first; v; v = v->next)
			if ((v->op == IR_FUNCTION || v->op == IR_CALL_FN) &&
			    (uint64_t)v->imm < fn_count && !used[v->imm])
				mark_used(fns, fn_count, (size_t)v->imm, used);
}

int ir_emit_ebpf_program(struct ir_fn *const *fns, size_t fn_count,
			 const struct ir_ebpf_options *options, struct diag *diag,
			 struct ir_ebpf *ret_ebpf)
{
	struct ir_ebpf_options of_subs = *options;
	struct arena *arena = fns[0]->arena;
	struct ir_ebpf *parts = arena_alloc_array(arena, fn_count, sizeof *parts);
	bool *used = arena_alloc_array(arena, fn_count, sizeof *used);
	int err = parts && used ? 0 : -ENOMEM;

	if (!err)
		mark_used(fns, fn_count, 0, used);
	of_subs.packet = IR_PACKET_NONE;
	of_subs.ignores_zero = false;
	for (size_t i = 0; i < fn_count && !err; i++)
		if (used[i])
			err = emit_fn(fns[i], i ? &of_subs : options, diag, &parts[i]);
	if (!err)
		err = ebpf_link(arena, parts, fn_count, diag, ret_ebpf);
	return err;
}

int ir_emit_ebpf(struct ir_fn *fn, const struct ir_ebpf_options *options, struct diag *diag,
		 struct ir_ebpf *ret_ebpf)
{
	return ir_emit_ebpf_program(&fn, 1, options, diag, ret_ebpf);
}
