/*
 * wild.c - random programs for a verifier.
 *
 * A program is a sequence of pieces, each of the kind that programs are made of: a lookup and what is done with
 * its result, a comparison of a packet pointer with the end, a loop, a call.  Each is made with a chance of being
 * wrong: a check left out, an offset one too large, another register.
 */
#include "wild.h"

#include <assert.h>

#include "abi/helper.h"
#include "random.h"

enum { MOST_SLOTS = 160, END_ROOM = 24, MOST_FUNCS = 3, CTX = 6 };

struct wild {
	struct dice dice;
	struct fuzz_prog *prog;
	enum wild_type type;
	size_t calls[16]; /* slots of calls to function 'callee' */
	unsigned int callees[16];
	size_t call_count;
	unsigned int func, func_count;
	bool tame; /* few mistakes */
};

static void emit(struct wild *w, enum isa_op op, unsigned int dst, unsigned int src, int off,
		 int32_t imm)
{
	assert(w->prog->count < FUZZ_MOST_INSNS);
	w->prog->keep[w->prog->count] = false;
	w->prog->insns[w->prog->count++] = fuzz_insn(op, dst, src, off, imm);
}

static void emit_map(struct wild *w, enum isa_op op, unsigned int dst, int32_t map, int32_t off)
{
	emit(w, op, dst, 0, 0, map);
	w->prog->keep[w->prog->count] = false;
	w->prog->insns[w->prog->count++] = (struct insn){ .imm = off };
}

static uint32_t below(struct wild *w, uint32_t n)
{
	return dice_below(&w->dice, n);
}

static bool chance(struct wild *w, uint32_t percent)
{
	if (w->tame && percent >= 85)
		return dice_below(&w->dice, 1000) < 997;
	if (w->tame && percent <= 3)
		return dice_below(&w->dice, 1000) < percent;
	return dice_percent(&w->dice, percent);
}

static unsigned int any_reg(struct wild *w)
{
	return chance(w, 3) ? ISA_REG_FP : below(w, 10);
}

static enum isa_op any_op(struct wild *w, enum isa_form form)
{
	enum isa_op op;

	do
		op = (enum isa_op)below(w, ISA_OP_COUNT);
	while (isa_ops[op].form != form);
	return op;
}

static int32_t any_imm(struct wild *w)
{
	return chance(w, 60) ? (int32_t)below(w, 66) - 1 : (int32_t)dice_edge(&w->dice);
}

/* Numbers in the registers of the set again. */
static void settle(struct wild *w, unsigned int regs)
{
	for (unsigned int i = 0; w->tame && i < ISA_REG_FP; i++) {
		if (!(regs & 1u << i) || i == CTX)
			continue;
		if (w->func || chance(w, 40))
			emit(w, ISA_MOV64_IMM, i, 0, 0, any_imm(w));
		else
			emit(w, ISA_LDX_W, i, CTX, w->type == WILD_XDP ? 12 : 8, 0);
	}
}

static unsigned int number_reg(struct wild *w)
{
	unsigned int reg;

	do
		reg = any_reg(w);
	while (w->tame && reg == CTX);
	return reg;
}

static void make_math(struct wild *w)
{
	static const enum isa_form forms[] = { ISA_FORM_ALU_IMM, ISA_FORM_ALU_IMM, ISA_FORM_ALU_REG,
					       ISA_FORM_ALU_REG, ISA_FORM_NEG,     ISA_FORM_MOVSX,
					       ISA_FORM_ENDIAN };

	enum isa_op op = any_op(w, forms[below(w, 7)]);
	const unsigned int code = isa_ops[op].code & 0xf0;
	int32_t imm = any_imm(w);

	if (w->tame && isa_ops[op].form == ISA_FORM_ALU_IMM) {
		if (code == 0x60 || code == 0x70 || code == 0xc0)
			imm &= isa_ops[op].is64 ? 63 : 31;
		else if (!imm)
			imm = 1;
	}
	emit(w, op, number_reg(w), number_reg(w), 0, imm);
}

static void make_number(struct wild *w)
{
	const unsigned int reg = w->tame ? number_reg(w) : below(w, 10);

	switch (below(w, w->tame ? 2 : 4)) {
	case 0: emit(w, ISA_MOV64_IMM, reg, 0, 0, any_imm(w)); break;
	case 1: emit_map(w, ISA_LDDW, reg, any_imm(w), any_imm(w)); break;
	case 2: emit_map(w, ISA_LD_MAP_IDX_VALUE, reg, 0, (int32_t)(8 * below(w, 513))); break;
	default: emit(w, ISA_CALL, 0, 0, 0, ABI_HELPER_get_prandom_u32); break;
	}
}

static int stack_off(struct wild *w, unsigned int bytes)
{
	int off = -(int)(1 + below(w, chance(w, 95) ? 64 : 560));

	if (chance(w, 97))
		off = off / (int)bytes * (int)bytes - (int)bytes;
	return off;
}

static void make_stack(struct wild *w)
{
	static const enum isa_form forms[] = { ISA_FORM_LDX,    ISA_FORM_LDX, ISA_FORM_LDXS,
					       ISA_FORM_ST,     ISA_FORM_STX, ISA_FORM_STX,
					       ISA_FORM_ATOMIC, ISA_FORM_STX };
	const enum isa_op op = any_op(w, forms[below(w, 8)]);
	const int off = stack_off(w, isa_ops[op].access_bytes);

	if (isa_ops[op].form == ISA_FORM_LDX || isa_ops[op].form == ISA_FORM_LDXS)
		emit(w, op, number_reg(w), ISA_REG_FP, off, 0);
	else
		emit(w, op, ISA_REG_FP, number_reg(w), off, any_imm(w));
}

static void make_ctx(struct wild *w)
{
	const enum isa_op op =
		chance(w, 80) ? ISA_LDX_W : any_op(w, chance(w, 80) ? ISA_FORM_LDX : ISA_FORM_STX);
	const int bytes = isa_ops[op].access_bytes;
	int off = (int)below(w, w->type == WILD_XDP ? 6 : 48) * 4;

	if (w->func && w->tame)
		return;
	if (w->tame) {
		emit(w, ISA_LDX_W, number_reg(w), CTX,
		     w->type == WILD_XDP ? 12 : (int)below(w, 9) * 4 + 8, 0);
		return;
	}
	if (chance(w, 90))
		off = off / bytes * bytes;
	if (isa_ops[op].form == ISA_FORM_LDX)
		emit(w, op, below(w, 10), CTX, off, 0);
	else
		emit(w, op, CTX, below(w, 10), off, 0);
}

/* An access through @reg, mostly below @limit. */
static void make_access(struct wild *w, unsigned int reg, unsigned int limit)
{
	static const enum isa_form forms[] = { ISA_FORM_LDX, ISA_FORM_LDX,  ISA_FORM_STX,
					       ISA_FORM_ST,  ISA_FORM_LDXS, ISA_FORM_ATOMIC };
	const enum isa_op op = any_op(w, forms[below(w, 6)]);
	const unsigned int bytes = isa_ops[op].access_bytes;
	int off = (int)below(w, limit + 1) - (int)(chance(w, 97) ? bytes : bytes - 1);

	if (off < 0 && chance(w, 90))
		off = 0;
	if (chance(w, 80) || isa_ops[op].form == ISA_FORM_ATOMIC)
		off = off / (int)bytes * (int)bytes;
	unsigned int other = number_reg(w);

	if (w->tame && other == reg)
		other = reg == 9 ? 8 : 9;
	if (isa_ops[op].form == ISA_FORM_LDX || isa_ops[op].form == ISA_FORM_LDXS)
		emit(w, op, other, reg, off, 0);
	else
		emit(w, op, reg, other, off, any_imm(w));
}

/* reg += something that is mostly below @limit */
static void make_index(struct wild *w, unsigned int reg, unsigned int limit)
{
	const unsigned int index = number_reg(w);

	if (index == reg)
		return;
	if (!w->tame && chance(w, 30))
		emit(w, any_op(w, ISA_FORM_LDX), index, CTX, 4 * (int)below(w, 12), 0);
	if (w->tame && !w->func && chance(w, 60))
		emit(w, ISA_LDX_W, index, CTX, w->type == WILD_XDP ? 12 : 8, 0);
	switch (below(w, 4)) {
	case 0: emit(w, ISA_AND64_IMM, index, 0, 0, (int32_t)below(w, limit)); break;
	case 1:
		emit(w, chance(w, 50) ? ISA_JGT64_IMM : ISA_JGT32_IMM, index, 0,
		     (int)below(w, 3) + 1, (int32_t)below(w, limit));
		break;
	case 2:
		emit(w, ISA_JSLT64_IMM, index, 0, 1, 0);
		emit(w, ISA_JSGT64_IMM, index, 0, 1, (int32_t)below(w, limit));
		break;
	default: break;
	}
	emit(w, chance(w, 90) ? ISA_ADD64_REG : ISA_SUB64_REG, reg, index, 0, 0);
}

static void make_lookup(struct wild *w)
{
	const int map = w->tame       ? (int)below(w, 3) :
			chance(w, 80) ? 1 + (int)below(w, 2) :
					(int)below(w, WILD_MAPS);
	const int key = map == WILD_HASH ? 8 : 4, off = stack_off(w, 8);
	const unsigned int value = map == 0 ? FUZZ_MEMORY_BYTES : map == 1 ? FUZZ_TABLE_VALUE : 48;
	unsigned int kept = chance(w, 50) ? 0 : 6 + below(w, 4);
	size_t check = 0;
	bool has_check = chance(w, 92);

	if (kept == CTX)
		kept = 7;
	if (chance(w, 90))
		emit(w, key == 8 ? ISA_ST_DW : ISA_ST_W, ISA_REG_FP, 0, off, (int32_t)below(w, 8));
	emit(w, ISA_MOV64_REG, 2, ISA_REG_FP, 0, 0);
	emit(w, ISA_ADD64_IMM, 2, 0, 0, off);
	emit_map(w, ISA_LD_MAP_IDX, 1, map, 0);
	emit(w, ISA_CALL, 0, 0, 0, ABI_HELPER_map_lookup_elem);
	if (kept)
		emit(w, ISA_MOV64_REG, kept, 0, 0, 0);
	if (has_check) {
		check = w->prog->count;
		emit(w, chance(w, 95) ? ISA_JEQ64_IMM : ISA_JNE64_IMM, chance(w, 50) ? kept : 0, 0,
		     1, 0);
	}
	if (chance(w, 40))
		make_index(w, kept, value);
	for (uint32_t i = below(w, 3) + 1; i > 0; i--)
		make_access(w, kept, value);
	if (has_check && chance(w, 95))
		w->prog->insns[check].off = (int16_t)(w->prog->count - check - 1);
	settle(w, 0x3f | 1u << kept);
}

static void make_packet(struct wild *w)
{
	const bool fits = !w->func && (w->type == WILD_XDP || w->type == WILD_SCHED_CLS ||
				       w->type == WILD_CGROUP_SKB);
	const bool is_xdp = w->type == WILD_XDP;
	const unsigned int data = 2 + below(w, 2) * 5, end = 3, moved = 4;
	const unsigned int bytes = below(w, 40) + 1;
	static const enum isa_op compares[] = { ISA_JGT64_REG, ISA_JGE64_REG, ISA_JLT64_REG,
						ISA_JLE64_REG };
	const enum isa_op compare = compares[chance(w, 60) ? 0 : below(w, 4)];
	size_t check;

	if (w->tame && !fits)
		return;
	emit(w, ISA_LDX_W, data, CTX, is_xdp ? 0 : 76, 0);
	emit(w, ISA_LDX_W, end, CTX, is_xdp ? 4 : 80, 0);
	if (chance(w, 25))
		make_index(w, data, 64);
	emit(w, ISA_MOV64_REG, moved, data, 0, 0);
	emit(w, ISA_ADD64_IMM, moved, 0, 0, (int32_t)bytes);
	check = w->prog->count;
	emit(w, compare, chance(w, 85) ? moved : end, chance(w, 85) ? end : moved, 1, 0);
	for (uint32_t i = below(w, 3) + 1; i > 0; i--)
		make_access(w, chance(w, 90) ? data : moved, bytes);
	if (chance(w, 90))
		w->prog->insns[check].off = (int16_t)(w->prog->count - check - 1);
	settle(w, 0x9c);
}

static void make_memory(struct wild *w)
{
	const unsigned int reg = w->tame ? 2 : below(w, 10);

	emit_map(w, ISA_LD_MAP_IDX_VALUE, reg, 0, (int32_t)below(w, w->tame ? 3700 : 4000));
	if (chance(w, 60))
		make_index(w, reg, 200);
	make_access(w, reg, 100);
	settle(w, 1u << reg);
}

static void make_var_stack(struct wild *w)
{
	const unsigned int reg = w->tame ? 2 : below(w, 10);

	emit(w, ISA_MOV64_REG, reg, ISA_REG_FP, 0, 0);
	emit(w, ISA_ADD64_IMM, reg, 0, 0, -(int32_t)below(w, 80));
	if (chance(w, 70))
		make_index(w, reg, 32);
	make_access(w, reg, 16);
	settle(w, 1u << reg);
}

static void make_ringbuf(struct wild *w)
{
	const unsigned int bytes = below(w, 64) + 1;
	size_t check;

	emit_map(w, ISA_LD_MAP_IDX, 1, WILD_RINGBUF, 0);
	emit(w, ISA_MOV64_IMM, 2, 0, 0, (int32_t)bytes);
	emit(w, ISA_MOV64_IMM, 3, 0, 0, 0);
	emit(w, ISA_CALL, 0, 0, 0, ABI_HELPER_ringbuf_reserve);
	check = w->prog->count;
	emit(w, ISA_JEQ64_IMM, 0, 0, 1, 0);
	if (chance(w, 60))
		make_access(w, 0, bytes);
	emit(w, ISA_MOV64_REG, 1, 0, 0, 0);
	emit(w, ISA_MOV64_IMM, 2, 0, 0, 0);
	if (chance(w, 95))
		emit(w, ISA_CALL, 0, 0, 0,
		     chance(w, 50) ? ABI_HELPER_ringbuf_submit : ABI_HELPER_ringbuf_discard);
	if (chance(w, 97))
		w->prog->insns[check].off = (int16_t)(w->prog->count - check - 1);
	settle(w, 0x3f);
}

static void make_call(struct wild *w)
{
	if (w->func + 1 >= w->func_count || w->call_count == 16)
		return;
	for (unsigned int i = 1; i <= 5; i++)
		if (chance(w, 40))
			emit(w, ISA_MOV64_REG, i,
			     dice_percent(&w->dice, 10) && !w->tame ? ISA_REG_FP : 7 + below(w, 3),
			     0, 0);
	w->callees[w->call_count] = w->func + 1 + below(w, w->func_count - w->func - 1);
	w->calls[w->call_count++] = w->prog->count;
	emit(w, ISA_CALL_LOCAL, 0, 0, 0, 0);
	settle(w, 0x3e);
}

static void make_helper(struct wild *w)
{
	static const int32_t ids[] = { ABI_HELPER_ktime_get_ns, ABI_HELPER_get_prandom_u32,
				       ABI_HELPER_get_smp_processor_id, ABI_HELPER_map_update_elem,
				       ABI_HELPER_map_delete_elem };

	if (!w->tame && chance(w, 30)) {
		emit(w, ISA_MOV64_REG, 2, ISA_REG_FP, 0, 0);
		emit(w, ISA_ADD64_IMM, 2, 0, 0, stack_off(w, 8));
		emit(w, ISA_MOV64_REG, 3, ISA_REG_FP, 0, 0);
		emit(w, ISA_ADD64_IMM, 3, 0, 0, stack_off(w, 8) - 48);
		emit(w, ISA_MOV64_IMM, 4, 0, 0, 0);
		emit_map(w, ISA_LD_MAP_IDX, 1, (int32_t)below(w, WILD_MAPS), 0);
	}
	emit(w, ISA_CALL, 0, 0, 0, ids[below(w, w->tame ? 3 : 5)]);
	settle(w, 0x3e);
}

static void make_piece(struct wild *w);

static void make_branch(struct wild *w)
{
	const size_t at = w->prog->count;

	emit(w, any_op(w, chance(w, 60) ? ISA_FORM_JMP_IMM : ISA_FORM_JMP_REG), below(w, 10),
	     below(w, 10), 1, any_imm(w));
	for (uint32_t i = below(w, 3) + 1; i > 0; i--)
		make_piece(w);
	w->prog->insns[at].off = (int16_t)(w->prog->count - at - 1);
	if (chance(w, 1))
		w->prog->insns[at].off = (int16_t) - (int)below(w, 8);
}

static void make_loop(struct wild *w)
{
	const unsigned int counter = 7 + below(w, 3); /* its body may write it */
	size_t begin;

	emit(w, ISA_MOV64_IMM, counter, 0, 0, (int32_t)below(w, 4));
	begin = w->prog->count;
	for (uint32_t i = below(w, 2) + 1; i > 0; i--)
		make_piece(w);
	emit(w, chance(w, 95) ? ISA_ADD64_IMM : ISA_ADD32_IMM, counter, 0, 0,
	     (int32_t)(1 + below(w, 3)));
	emit(w, chance(w, 85) ? ISA_JLT64_IMM : any_op(w, ISA_FORM_JMP_IMM), counter, 0,
	     (int)begin - (int)w->prog->count - 1, (int32_t)below(w, 20));
}

static void make_piece(struct wild *w)
{
	const uint32_t kind = below(w, 100);

	if (w->prog->count > MOST_SLOTS * (w->func + 1)) {
		make_math(w);
		return;
	}
	if (kind < 22)
		make_math(w);
	else if (kind < 32)
		make_number(w);
	else if (kind < 47)
		make_stack(w);
	else if (kind < 54)
		make_ctx(w);
	else if (kind < 62)
		make_lookup(w);
	else if (kind < 69)
		make_packet(w);
	else if (kind < 73)
		make_memory(w);
	else if (kind < 77)
		make_var_stack(w);
	else if (kind < 79)
		make_ringbuf(w);
	else if (kind < 83)
		make_call(w);
	else if (kind < 85)
		make_helper(w);
	else if (kind < 97)
		make_branch(w);
	else
		make_loop(w);
}

static void make_func(struct wild *w)
{
	if (!w->func) {
		emit(w, ISA_MOV64_REG, CTX, 1, 0, 0);
		for (unsigned int i = 0; i < 10; i++)
			if (i != CTX && chance(w, 93))
				emit(w, chance(w, 50) ? ISA_MOV64_IMM : ISA_LDX_W, i, CTX,
				     w->type == WILD_XDP ? 12 : 8, any_imm(w));
	} else {
		for (unsigned int i = 0; i < 10; i++)
			if ((w->tame ? i != CTX : i < 1 || i > 5) && chance(w, 95))
				emit(w, ISA_MOV64_IMM, i, 0, 0, any_imm(w));
	}
	for (uint32_t i = 1 + below(w, w->func ? 6 : 16); i > 0; i--)
		make_piece(w);
	if (chance(w, 90))
		emit(w, ISA_MOV64_IMM, 0, 0, 0, chance(w, 90) ? 0 : any_imm(w));
	emit(w, ISA_EXIT, 0, 0, 0, 0);
}

void wild_generate(uint64_t seed, struct fuzz_prog *ret_prog, enum wild_type *ret_type)
{
	struct wild w = { .dice = { seed * 77 + 5 }, .prog = ret_prog };
	size_t starts[MOST_FUNCS];

	ret_prog->count = 0;
	w.tame = dice_percent(&w.dice, 75);
	w.type = *ret_type = (enum wild_type)below(&w, WILD_TYPES);
	w.func_count = chance(&w, 60) ? 1 : 1 + below(&w, MOST_FUNCS);
	for (w.func = 0; w.func < w.func_count; w.func++) {
		starts[w.func] = ret_prog->count;
		make_func(&w);
	}
	for (size_t i = 0; i < w.call_count; i++)
		ret_prog->insns[w.calls[i]].imm =
			(int32_t)starts[w.callees[i]] - (int32_t)w.calls[i] - 1;
}
