/*
 * emit_ebpf.c - eBPF from functions.
 *
 * Values of 8, 16 and 32 bits are kept zero-extended in their registers and computed by the 32-bit
 * operations.  Spilled values are read into a scratch register before, or written from one
 * after, the instruction.
 *
 * Jumps are written without offsets and noted; at the end all places are known.  A conditional jump
 * that cannot reach becomes one around a 'gotol', which moves what follows, so that is repeated until
 * nothing changes.
 */
#include "ir/ir_emit.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "ir/ebpf.h"
#include "ir/known.h"

/* A slot of the program. */
struct item {
	struct insn insn;
	const struct ir_block *to; /* of a jump */
	bool is_long;              /* it takes two more slots: see 'Placing' */
	bool is_gone;              /* a 'goto' to what comes next */
	struct span span;
	uint32_t reloc; /* one more than the number of its relocation; 0: it has none */
};

struct emitter {
	struct ir_fn *fn;
	const struct ir_ebpf_options *options;
	struct arena arena;
	struct diag *diag;
	struct ebpf_places places;
	struct item *items;
	size_t item_count;
	size_t item_size;
	size_t *starts;   /* of blocks, by index: the first item */
	bool *has_result; /* by index of block: r0 is a number wherever it begins */
	struct span span;
	bool wants_scratch; /* a circle of moves: try again with scratch registers */
	int err;
};

struct fields {
	uint8_t dst, src;
	int16_t off;
	int32_t imm;
};

static struct item *emit_fields(struct emitter *e, enum isa_op op, struct fields f)
{
	static struct item nowhere;
	struct item *item;

	if (e->item_count == e->item_size) {
		size_t size = e->item_size * 2 + 64;
		struct item *items = arena_alloc_array(&e->arena, size, sizeof *items);

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
	*item = (struct item){ .insn = isa_encode(op), .span = e->span };
	item->insn.dst = (uint8_t)(f.dst & 0xf);
	item->insn.src = (uint8_t)((item->insn.src | f.src) & 0xf);
	item->insn.off = (int16_t)(item->insn.off | f.off);
	item->insn.imm |= f.imm;
	return item;
}

#define EMIT(e, op, ...) emit_fields(e, op, (struct fields){ __VA_ARGS__ })

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
 * Moves
 */

static void load_const(struct emitter *e, uint8_t reg, const struct ir_value *v)
{
	uint64_t imm = (uint64_t)v->imm;

	if (imm <= UINT32_MAX) {
		EMIT(e, ISA_MOV32_IMM, .dst = reg, .imm = (int32_t)(uint32_t)imm);
	} else if (ebpf_fits_imm(v->imm)) {
		EMIT(e, ISA_MOV64_IMM, .dst = reg, .imm = (int32_t)v->imm);
	} else {
		EMIT(e, ISA_LDDW, .dst = reg, .imm = (int32_t)(uint32_t)imm);
		*EMIT(e, ISA_LDDW) =
			(struct item){ .insn = { .imm = (int32_t)(uint32_t)(imm >> 32) },
				       .span = e->span };
	}
}

static void load_address(struct emitter *e, uint8_t reg, int32_t offset)
{
	EMIT(e, ISA_MOV64_REG, .dst = reg, .src = ISA_REG_FP);
	EMIT(e, ISA_ADD64_IMM, .dst = reg, .imm = offset);
}

static struct ebpf_place place_of(const struct emitter *e, const struct ir_value *v)
{
	return e->places.of[v->id];
}

/* An address that the kernel puts into a wide load; numbers of functions become distances later. */
static void load_kernel_address(struct emitter *e, uint8_t reg, const struct ir_value *v)
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
	*EMIT(e, ISA_LDDW) = (struct item){ .span = e->span };
	if (v->op == IR_MAP_VALUE)
		e->items[e->item_count - 1].insn.imm = (int32_t)(v->imm >> 32);
}

/* Is @v computed wherever it is used? */
static bool is_remade(const struct emitter *e, const struct ir_value *v)
{
	return place_of(e, v).reg == EBPF_NO_REG && ebpf_is_remade(v);
}

/* reg = v, a value that is remade */
static void remake(struct emitter *e, uint8_t reg, const struct ir_value *v)
{
	const struct ir_value *of = v->args[0];

	if (v->op == IR_COPY && ir_is_const(of))
		load_const(e, reg, of);
	else if (v->op == IR_COPY)
		load_address(e, reg, place_of(e, of).stack);
	else if (v->op == IR_PTR_ADD)
		load_address(e, reg, (int32_t)(place_of(e, of).stack + v->args[1]->imm));
	else
		load_kernel_address(e, reg, v);
}

/* reg = v */
static void load_value(struct emitter *e, uint8_t reg, const struct ir_value *v)
{
	struct ebpf_place place;

	if (ir_is_const(v)) {
		load_const(e, reg, v);
		return;
	}
	place = place_of(e, v);
	if (ebpf_is_slot(v))
		load_address(e, reg, place.stack);
	else if (is_remade(e, v))
		remake(e, reg, v);
	else if (place.reg == EBPF_NO_REG)
		EMIT(e, ISA_LDX_DW, .dst = reg, .src = ISA_REG_FP, .off = place.stack);
	else if (place.reg != reg)
		EMIT(e, ISA_MOV64_REG, .dst = reg, .src = place.reg);
}

/* The register that holds @v: its own, or @scratch after a load. */
static uint8_t in_reg(struct emitter *e, const struct ir_value *v, uint8_t scratch)
{
	struct ebpf_place place = place_of(e, v);

	if (place.reg != EBPF_NO_REG)
		return place.reg;
	load_value(e, scratch, v);
	return scratch;
}

/* Where the result of @v is to be computed; then store_result. */
static uint8_t result_reg(const struct emitter *e, const struct ir_value *v)
{
	struct ebpf_place place = place_of(e, v);

	return place.reg == EBPF_NO_REG ? EBPF_SCRATCH_0 : place.reg;
}

/* @reg has the result of @v. */
static void store_result(struct emitter *e, const struct ir_value *v, uint8_t reg)
{
	struct ebpf_place place = place_of(e, v);

	if (v->type == IR_VOID)
		return;
	if (place.reg == EBPF_NO_REG)
		EMIT(e, ISA_STX_DW, .dst = ISA_REG_FP, .src = reg, .off = place.stack);
	else if (place.reg != reg)
		EMIT(e, ISA_MOV64_REG, .dst = place.reg, .src = reg);
}

/* One of several moves that happen at once. */
struct move {
	struct ebpf_place to;
	struct ebpf_place from;       /* if 'value' is NULL */
	const struct ir_value *value; /* a constant, a slot's address, or what is remade */
	bool is_done;
};

enum { MOST_MOVES = 64 };

struct moves {
	struct move list[MOST_MOVES];
	unsigned int count;
};

static bool same_place(struct ebpf_place a, struct ebpf_place b)
{
	return a.reg == b.reg && (a.reg != EBPF_NO_REG || a.stack == b.stack);
}

static void add_move(struct emitter *e, struct moves *m, struct ebpf_place to,
		     const struct ir_value *value)
{
	struct move *move = &m->list[m->count];

	if (m->count == MOST_MOVES) {
		diag_error(e->diag, value->span, "more than %d variables meet at one place",
			   MOST_MOVES);
		e->err = -ENOTSUP;
		return;
	}
	*move = (struct move){ .to = to };
	if (ir_is_const(value) || ebpf_is_slot(value) || is_remade(e, value))
		move->value = value;
	else
		move->from = place_of(e, value);
	if (move->value || !same_place(move->to, move->from))
		m->count++;
}

static void emit_move(struct emitter *e, const struct move *m)
{
	uint8_t reg = m->to.reg == EBPF_NO_REG ? EBPF_SCRATCH_1 : m->to.reg;

	if (m->value) {
		load_value(e, reg, m->value);
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
static bool is_blocked(const struct moves *m, const struct move *move)
{
	for (unsigned int i = 0; i < m->count; i++) {
		const struct move *other = &m->list[i];

		if (other != move && !other->is_done && !other->value &&
		    same_place(other->from, move->to))
			return true;
	}
	return false;
}

static void emit_moves(struct emitter *e, struct moves *m)
{
	unsigned int left = m->count;

	while (left) {
		struct move *waiting = NULL;
		unsigned int before = left;

		for (unsigned int i = 0; i < m->count; i++) {
			struct move *move = &m->list[i];

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
			struct move *move = &m->list[i];

			if (move->is_done || move->value || !same_place(move->from, waiting->to))
				continue;
			emit_move(e, &(struct move){ .to = { EBPF_SCRATCH_0, 0 },
						     .from = move->from });
			move->from = (struct ebpf_place){ EBPF_SCRATCH_0, 0 };
		}
	}
}

/*
 * Values
 */

/* Bring a result of 8 or 16 bits back to its width. */
static void emit_mask(struct emitter *e, const struct ir_value *v, uint8_t reg)
{
	if (v->type == IR_I8 || v->type == IR_I16)
		EMIT(e, ISA_AND32_IMM, .dst = reg, .imm = (int32_t)ir_type_mask(v->type));
}

static void emit_binary(struct emitter *e, const struct ir_value *v)
{
	/* Not PTR_ADD: behind 'scalar += pointer' the verifier does not know of which frame a pointer into
	 * the stack is (adjust_ptr_min_max_vals of Linux 6.18 leaves 'frameno' as it was). */
	bool commutes = ir_ops[v->op].commutes;
	enum isa_op op = alu_imm(v->op, is_wide(v->type));
	const struct ir_value *a = v->args[0], *b = v->args[1];
	uint8_t dst = result_reg(e, v), src;

	if (ebpf_is_in_slot(v)) {
		load_address(e, dst, (int32_t)(place_of(e, a).stack + b->imm));
	} else if (ir_is_const(b)) {
		load_value(e, dst, a);
		EMIT(e, op, .dst = dst, .imm = (int32_t)b->imm);
	} else {
		if (commutes && place_of(e, b).reg == dst && place_of(e, a).reg != dst) {
			const struct ir_value *c = a;

			a = b;
			b = c;
		}
		src = in_reg(e, b, EBPF_SCRATCH_1);
		load_value(e, dst, a);
		EMIT(e, op + 1, .dst = dst, .src = src);
	}
	if (v->op == IR_ADD || v->op == IR_SUB || v->op == IR_MUL || v->op == IR_SHL)
		emit_mask(e, v, dst);
	store_result(e, v, dst);
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
static void emit_sign_extension(struct emitter *e, const struct ir_value *v, uint8_t dst)
{
	unsigned int bits = ir_type_bits(v->args[0]->type);
	bool wide = is_wide(v->type);
	int32_t by = (int32_t)((wide ? 64 : 32) - bits);

	if (e->options->has_signed) {
		EMIT(e, extend_op(bits, wide), .dst = dst, .src = in_reg(e, v->args[0], dst));
		emit_mask(e, v, dst);
		return;
	}
	load_value(e, dst, v->args[0]);
	EMIT(e, wide ? ISA_LSH64_IMM : ISA_LSH32_IMM, .dst = dst, .imm = by);
	EMIT(e, wide ? ISA_ARSH64_IMM : ISA_ARSH32_IMM, .dst = dst, .imm = by);
	emit_mask(e, v, dst);
}

/* Do the upper bits of @v, of 32, not matter?  So if what follows is an instruction of 32 bits that overwrites
 * it. */
static bool is_cut_next(const struct emitter *e, const struct ir_value *v)
{
	const struct ir_value *next = v->next;
	uint8_t reg = place_of(e, v).reg;

	return v->type == IR_I32 && next && next->type == IR_I32 && next->op >= IR_ADD &&
	       next->op <= IR_SAR && next->args[0] == v && ir_is_const(next->args[1]) &&
	       reg != EBPF_NO_REG && place_of(e, next).reg == reg;
}

static void emit_unary(struct emitter *e, const struct ir_value *v)
{
	uint8_t dst = result_reg(e, v);

	if (v->op == IR_TRUNC &&
	    (ir_most(v->args[0]) <= ir_type_mask(v->type) || is_cut_next(e, v))) {
		load_value(e, dst, v->args[0]);
		store_result(e, v, dst);
		return;
	}
	if (v->op == IR_TRUNC && v->type == IR_I32) {
		uint8_t src = in_reg(e, v->args[0], EBPF_SCRATCH_1);

		EMIT(e, ISA_MOV32_REG, .dst = dst, .src = src);
		store_result(e, v, dst);
		return;
	}
	if (v->op != IR_SEXT)
		load_value(e, dst, v->args[0]);
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
	store_result(e, v, dst);
}

static void emit_packet(struct emitter *e, const struct ir_value *v)
{
	enum isa_op abs = v->bytes == 1 ? ISA_LD_ABS_B :
			  v->bytes == 2 ? ISA_LD_ABS_H :
					  ISA_LD_ABS_W;
	enum isa_op ind = v->bytes == 1 ? ISA_LD_IND_B :
			  v->bytes == 2 ? ISA_LD_IND_H :
					  ISA_LD_IND_W;

	if (v->args[0])
		EMIT(e, ind, .src = in_reg(e, v->args[0], EBPF_SCRATCH_1),
		     .imm = (int32_t)(uint32_t)v->imm);
	else
		EMIT(e, abs, .imm = (int32_t)(uint32_t)v->imm);
	store_result(e, v, 0);
}

/* The register to address args[0] by; what is to be added to the displacement in *ret_offset. */
static uint8_t address_reg(struct emitter *e, const struct ir_value *v, int16_t *ret_offset)
{
	*ret_offset = (int16_t)v->imm;
	if (!ebpf_is_slot(v->args[0]))
		return in_reg(e, v->args[0], EBPF_SCRATCH_1);
	*ret_offset = (int16_t)(*ret_offset + place_of(e, v->args[0]).stack);
	return ISA_REG_FP;
}

static void emit_load(struct emitter *e, const struct ir_value *v)
{
	uint8_t dst = result_reg(e, v);
	int16_t off;
	uint8_t src = address_reg(e, v, &off);

	EMIT(e, v->op == IR_LOAD_SIGNED ? load_signed_op(v->bytes) : load_op(v->bytes), .dst = dst,
	     .src = src, .off = off);
	store_result(e, v, dst);
}

static void emit_store(struct emitter *e, const struct ir_value *v)
{
	int16_t off;
	uint8_t dst = address_reg(e, v, &off);

	if (ir_is_const(v->args[1]))
		EMIT(e, store_op(v->bytes, true), .dst = dst, .off = off,
		     .imm = (int32_t)v->args[1]->imm);
	else
		EMIT(e, store_op(v->bytes, false), .dst = dst,
		     .src = in_reg(e, v->args[1], EBPF_SCRATCH_0), .off = off);
}

static void emit_atomic(struct emitter *e, const struct ir_value *v)
{
	bool wide = v->bytes == 8;
	int16_t off;
	uint8_t at = address_reg(e, v, &off), reg;

	if (v->type == IR_VOID) {
		EMIT(e, wide ? ISA_ATOMIC64_ADD : ISA_ATOMIC32_ADD, .dst = at,
		     .src = in_reg(e, v->args[1], EBPF_SCRATCH_0), .off = off);
		return;
	}
	reg = result_reg(e, v);
	load_value(e, reg, v->args[1]);
	if (v->op == IR_ATOMIC_ADD)
		EMIT(e, wide ? ISA_ATOMIC64_FETCH_ADD : ISA_ATOMIC32_FETCH_ADD, .dst = at,
		     .src = reg, .off = off);
	else
		EMIT(e, wide ? ISA_ATOMIC64_XCHG : ISA_ATOMIC32_XCHG, .dst = at, .src = reg,
		     .off = off);
	store_result(e, v, reg);
}

static void emit_cmpxchg(struct emitter *e, const struct ir_value *v)
{
	int16_t off;
	uint8_t at = address_reg(e, v, &off), src = in_reg(e, v->args[2], EBPF_SCRATCH_2);

	load_value(e, 0, v->args[1]);
	EMIT(e, v->bytes == 8 ? ISA_ATOMIC64_CMPXCHG : ISA_ATOMIC32_CMPXCHG, .dst = at, .src = src,
	     .off = off);
	store_result(e, v, 0);
}

static void emit_call(struct emitter *e, const struct ir_value *v)
{
	struct moves moves = { .count = 0 };

	for (uint32_t i = 0; i < v->list_count; i++)
		add_move(e, &moves, (struct ebpf_place){ (uint8_t)(i + 1), 0 }, v->list[i]);
	emit_moves(e, &moves);
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
	store_result(e, v, 0);
}

static void emit_address(struct emitter *e, const struct ir_value *v)
{
	uint8_t dst = result_reg(e, v);

	load_kernel_address(e, dst, v);
	store_result(e, v, dst);
}

static void emit_value(struct emitter *e, const struct ir_value *v)
{
	e->span = v->span;
	if (is_remade(e, v))
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
static void emit_params(struct emitter *e)
{
	struct moves moves = { .count = 0 };
	bool has_ld_abs = false;

	for (const struct ir_block *b = e->fn->entry; b; b = b->next)
		for (const struct ir_value *v = b->first; v; v = v->next) {
			has_ld_abs |= v->op == IR_PACKET;
			if (v->op != IR_PARAM || moves.count == MOST_MOVES)
				continue;
			moves.list[moves.count++] = (struct move){
				.to = place_of(e, v),
				.from = { (uint8_t)(v->imm + 1), 0 },
			};
			if (same_place(moves.list[moves.count - 1].to,
				       moves.list[moves.count - 1].from))
				moves.count--;
		}
	if (has_ld_abs)
		EMIT(e, ISA_MOV64_REG, .dst = EBPF_CONTEXT_REG, .src = 1);
	for (unsigned int i = 0; i < moves.count; i++)
		if (has_ld_abs && moves.list[i].to.reg == EBPF_CONTEXT_REG)
			moves.list[i--] = moves.list[--moves.count];
	emit_moves(e, &moves);
}

static void emit_phis(struct emitter *e, const struct ir_block *b)
{
	struct moves moves = { .count = 0 };

	for (const struct ir_value *v = b->to[0]->first; v && v->op == IR_PHI; v = v->next)
		add_move(e, &moves, place_of(e, v), v->list[b->slot[0]]);
	emit_moves(e, &moves);
}

static void emit_goto(struct emitter *e, const struct ir_block *b, const struct ir_block *to)
{
	if (b->next != to)
		EMIT(e, ISA_JA)->to = to;
}

static void emit_branch(struct emitter *e, const struct ir_block *b)
{
	const struct ir_value *x = b->operands[0], *y = b->operands[1];
	const struct ir_block *yes = b->to[0], *no = b->to[1], *swap;
	bool wide = is_wide(x->type);
	enum ir_cond cond = b->cond;
	uint8_t dst, src = 0;
	struct item *jump;

	if (cond == IR_CLEAR || (yes == b->next && cond != IR_SET)) {
		cond = ir_conds[cond].negated;
		swap = yes;
		yes = no;
		no = swap;
	}
	dst = in_reg(e, x, EBPF_SCRATCH_0);
	if (!ir_is_const(y))
		src = in_reg(e, y, EBPF_SCRATCH_1);
	if (ir_is_const(y))
		jump = EMIT(e, jump_imm(cond, wide), .dst = dst, .imm = (int32_t)y->imm);
	else
		jump = EMIT(e, jump_imm(cond, wide) + 1, .dst = dst, .src = src);
	jump->to = yes;
	emit_goto(e, b, no);
}

/* Is r0 a number behind @b, if it @was one before?  Not behind a call that gives nothing. */
static bool leaves_result(const struct emitter *e, const struct ir_block *b, bool was)
{
	for (const struct ir_value *v = b->first; v; v = v->next) {
		if (ir_is_call(v))
			was = v->type != IR_VOID;
		else if (v->op != IR_PHI && v->type != IR_VOID && !ir_is_const(v) &&
			 !is_remade(e, v) && !ebpf_is_slot(v) && place_of(e, v).reg == 0)
			was = true;
	}
	return was;
}

/* On all ways to each block: everything is assumed, and taken back until nothing changes. */
static void find_results(struct emitter *e)
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

static void emit_return(struct emitter *e, const struct ir_block *b)
{
	const struct ir_value *result = b->operands[0];

	if (!e->options->ignores_zero || !ir_is_const(result) || result->imm ||
	    !leaves_result(e, b, e->has_result[b->index]))
		load_value(e, 0, result);
	EMIT(e, ISA_EXIT);
}

static void emit_block(struct emitter *e, const struct ir_block *b)
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

/*
 * Placing: from items to slots
 *
 * A conditional jump that cannot reach becomes
 *	if ... goto +1;  goto +1;  gotol target
 */

/* Slots before each item, with jumps as long as they are now. */
static void find_places(const struct emitter *e, int64_t *places)
{
	int64_t at = 0;

	for (size_t i = 0; i < e->item_count; i++) {
		places[i] = at;
		at += e->items[i].is_gone ? 0 : 1 + 2 * e->items[i].is_long;
	}
	places[e->item_count] = at;
}

static bool is_goto(const struct item *item)
{
	return item->insn.code == isa_ops[ISA_JA].code;
}

static int64_t distance(const struct emitter *e, const int64_t *places, size_t i)
{
	return places[e->starts[e->items[i].to->index]] - places[i] - 1;
}

/* The final length of each jump. */
static void fit_jumps(struct emitter *e, int64_t *places)
{
	bool changed;

	do {
		changed = false;
		find_places(e, places);
		for (size_t i = 0; i < e->item_count; i++) {
			struct item *item = &e->items[i];
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

static void place_jump(struct insn *slot, const struct item *item, int64_t by)
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

static int place(struct emitter *e, struct ir_ebpf *ret_ebpf)
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
		const struct item *item = &e->items[i];

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

static int emit_all(struct emitter *e, bool scratch)
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
	struct emitter e = { .fn = fn, .options = options, .diag = diag };
	int err = ebpf_lower(fn, options, diag);

	if (err)
		return err;
	e.starts = arena_alloc_array(&e.arena, fn->order_count, sizeof *e.starts);
	e.has_result = arena_alloc_array(&e.arena, fn->order_count, sizeof *e.has_result);
	err = e.starts && e.has_result ? emit_all(&e, false) : -ENOMEM;
	if (!err && e.wants_scratch)
		err = emit_all(&e, true);
	if (!err)
		err = place(&e, ret_ebpf);
	arena_release(&e.arena);
	return err;
}

/*
 * Programs of several functions
 */

static bool names_function(const struct insn *insn)
{
	int op = isa_decode(insn, 2);

	return op == ISA_CALL_LOCAL || op == ISA_LD_FUNC;
}

/* Numbers of functions become distances from the next slot. */
static int link_functions(struct ir_ebpf *all, size_t fn_count, struct diag *diag)
{
	for (size_t i = 0; i < all->count; i++) {
		struct insn *insn = &all->insns[i];

		if (i + 1 < all->count && names_function(insn)) {
			if ((uint32_t)insn->imm >= fn_count) {
				diag_error(diag, all->spans[i], "there is no function number %d",
					   insn->imm);
				return -ENOTSUP;
			}
			insn->imm = (int32_t)(all->starts[insn->imm] - i - 1);
		}
		if (insn->code == isa_ops[ISA_LDDW].code)
			i++;
	}
	return 0;
}

static int join(struct arena *arena, const struct ir_ebpf *parts, size_t part_count,
		struct ir_ebpf *ret_all)
{
	struct ir_ebpf all = { 0 };

	for (size_t i = 0; i < part_count; i++)
		all.count += parts[i].count;
	all.insns = arena_alloc_array(arena, all.count, sizeof *all.insns);
	all.spans = arena_alloc_array(arena, all.count, sizeof *all.spans);
	all.starts = arena_alloc_array(arena, part_count, sizeof *all.starts);
	all.relocs = arena_alloc_array(arena, all.count, sizeof *all.relocs);
	if (!all.insns || !all.spans || !all.relocs || !all.starts)
		return -ENOMEM;
	all.count = 0;
	for (size_t i = 0; i < part_count; i++) {
		all.starts[i] = parts[i].count ? (uint32_t)all.count : UINT32_MAX;
		if (!parts[i].count)
			continue;
		memcpy(all.insns + all.count, parts[i].insns, parts[i].count * sizeof *all.insns);
		memcpy(all.spans + all.count, parts[i].spans, parts[i].count * sizeof *all.spans);
		memcpy(all.relocs + all.count, parts[i].relocs,
		       parts[i].count * sizeof *all.relocs);
		all.count += parts[i].count;
	}
	*ret_all = all;
	return 0;
}

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
	struct ir_ebpf *parts = arena_alloc_array(arena, fn_count, sizeof *parts), all;
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
		err = join(arena, parts, fn_count, &all);
	if (!err)
		err = link_functions(&all, fn_count, diag);
	if (!err)
		*ret_ebpf = all;
	return err;
}

int ir_emit_ebpf(struct ir_fn *fn, const struct ir_ebpf_options *options, struct diag *diag,
		 struct ir_ebpf *ret_ebpf)
{
	return ir_emit_ebpf_program(&fn, 1, options, diag, ret_ebpf);
}
