/*
 * generate.c - random programs, made of statements.
 *
 * Between any two statements r0 to r9 hold numbers: initialised, and no addresses.  Every statement
 * keeps that, so any sequence and nesting of them is a program.  What it takes:
 *
 *  1. Addresses live only inside a statement, in one register, which ends it with a number.
 *  2. After a call r1 to r5 are given numbers: the callee has spoilt them.
 *  3. A loop counts in one of r6 to r9, locked against writing while its body is made.
 *  4. Functions call only functions that come later, so calls do not nest without end.
 *  5. A frame's bytes are written once before anything else reads them.
 *  6. Main begins with registers from memory: numbers the verifier does not know, or it would
 *     compute the program itself and delete half of it.
 */
#include "generate.h"

#include <assert.h>
#include <string.h>

#include "base/bits.h"
#include "random.h"

enum {
	MOST_FUNCS = 6,      /* main included: within ISA_FRAMES and the kernel's 512 bytes */
	FRAME_BYTES = 48,    /* of each function, at the top of its frame */
	MOST_NESTING = 3,    /* of blocks */
	MOST_CALLS = 2,      /* that a function makes, main twice that */
	ROOM_FOR_END = 128,  /* slots that no statement may begin in: a function's end */
	ROOM_FOR_FUNC = 80,  /* slots that a function takes with hardly a statement */
	POINTER_LEAST = -64, /* accesses by a pointer stay within */
	POINTER_BEYOND = 64,
};

/* Sets of registers. */
enum {
	RESULT = 1 << 0,
	CALLER_SAVED = 0x3e,  /* r1 to r5 */
	CALLEE_SAVED = 0x3c0, /* r6 to r9 */
	NUMBER_REGS = RESULT | CALLER_SAVED | CALLEE_SAVED,
};

struct call_site {
	size_t at;
	unsigned int func;
};

struct gen {
	struct dice dice;
	const struct fuzz_generate_options *options;
	struct fuzz_prog *prog;
	bool keep;           /* what is emitted is not to be deleted */
	uint16_t locked;     /* registers that count loops */
	unsigned int loops;  /* around the present statement */
	unsigned int blocks; /* likewise, loops included */
	unsigned int func;   /* being made; 0 is main */
	unsigned int func_count;
	unsigned int calls; /* made by this function so far */
	struct call_site sites[MOST_FUNCS * MOST_CALLS * 2];
	size_t site_count;
	size_t most; /* slots: statements end there */
};

static void emit(struct gen *g, struct insn insn)
{
	struct fuzz_prog *prog = g->prog;

	assert(prog->count < FUZZ_MOST_INSNS);
	prog->keep[prog->count] = g->keep;
	prog->insns[prog->count++] = insn;
}

struct insn fuzz_insn(enum isa_op op, unsigned int dst, unsigned int src, int off, int32_t imm)
{
	struct insn insn = isa_encode(op);
	const uint8_t uses = isa_ops[op].uses;

	if (uses & ISA_FIELD_DST)
		insn.dst = dst & 15;
	if (uses & ISA_FIELD_SRC)
		insn.src = src & 15;
	if (uses & ISA_FIELD_OFF)
		insn.off = (int16_t)off;
	if (uses & ISA_FIELD_IMM)
		insn.imm = imm;
	return insn;
}

static void emit_op(struct gen *g, enum isa_op op, unsigned int dst, unsigned int src, int off,
		    int32_t imm)
{
	emit(g, fuzz_insn(op, dst, src, off, imm));
}

static void emit_wide(struct gen *g, enum isa_op op, unsigned int dst, int32_t low, int32_t high)
{
	emit_op(g, op, dst, 0, 0, low);
	emit(g, (struct insn){ .imm = high });
}

/* The address of byte @offset of the program's memory. */
static void emit_memory_address(struct gen *g, unsigned int dst, uint32_t offset)
{
	emit_wide(g, ISA_LD_MAP_IDX_VALUE, dst, 0, (int32_t)offset);
}

/* Any register of the set. */
static unsigned int pick_reg(struct gen *g, uint16_t set)
{
	unsigned int reg;

	assert(set & NUMBER_REGS);
	do
		reg = dice_below(&g->dice, ISA_REG_FP);
	while (!(set & 1u << reg));
	return reg;
}

static uint16_t writable(const struct gen *g)
{
	return NUMBER_REGS & (uint16_t)~g->locked;
}

static uint16_t without(uint16_t set, unsigned int reg)
{
	return (uint16_t)(set & ~(1u << reg));
}

static int32_t pick_imm(struct gen *g)
{
	return (int32_t)dice_edge(&g->dice);
}

static bool is_one_of(enum isa_op op, enum isa_op reg64, enum isa_op reg32)
{
	return op == reg64 || op == reg32;
}

/* An immediate the verifier lets through: no division by a constant zero, no shift beyond the
 * register. */
static int32_t pick_alu_imm(struct gen *g, enum isa_op op)
{
	int32_t imm = pick_imm(g);

	if (is_one_of(op, ISA_LSH64_IMM, ISA_LSH32_IMM) ||
	    is_one_of(op, ISA_RSH64_IMM, ISA_RSH32_IMM) ||
	    is_one_of(op, ISA_ARSH64_IMM, ISA_ARSH32_IMM))
		return imm & (isa_ops[op].is64 ? 63 : 31);
	return imm ? imm : 1;
}

/* dst = a number that the verifier knows. */
static void emit_number(struct gen *g, unsigned int dst)
{
	const uint64_t wide = dice_edge(&g->dice);

	if (dice_percent(&g->dice, 30))
		emit_wide(g, ISA_LDDW, dst, (int32_t)wide, (int32_t)(wide >> 32));
	else
		emit_op(g, dice_percent(&g->dice, 50) ? ISA_MOV64_IMM : ISA_MOV32_IMM, dst, 0, 0,
			(int32_t)wide);
}

/* A random operation of which @wanted is true. */
static enum isa_op pick_op(struct gen *g, bool (*wanted)(const struct gen *g, enum isa_op op))
{
	enum isa_op op;

	do
		op = (enum isa_op)dice_below(&g->dice, ISA_OP_COUNT);
	while (!wanted(g, op));
	return op;
}

/* Let the jump at slot @from lead to the slot that comes next. */
static void lead_here(struct gen *g, size_t from)
{
	struct insn *insn = &g->prog->insns[from];
	const int distance = (int)(g->prog->count - from - 1);

	if (insn->code == isa_ops[ISA_JA32].code)
		insn->imm = distance;
	else
		insn->off = (int16_t)distance;
}

/* ------------------------------------------------------------ arithmetic */

static bool is_arithmetic(const struct gen *g, enum isa_op op)
{
	(void)g;
	switch (isa_ops[op].form) {
	case ISA_FORM_ALU_IMM:
	case ISA_FORM_ALU_REG:
	case ISA_FORM_NEG:
	case ISA_FORM_MOVSX:
	case ISA_FORM_ENDIAN: return true;
	default: return op == ISA_LDDW;
	}
}

static void make_arithmetic(struct gen *g)
{
	const enum isa_op op = pick_op(g, is_arithmetic);
	const unsigned int dst = pick_reg(g, writable(g));

	if (op == ISA_LDDW)
		emit_number(g, dst);
	else if (isa_ops[op].form == ISA_FORM_ALU_IMM)
		emit_op(g, op, dst, 0, 0, pick_alu_imm(g, op));
	else
		emit_op(g, op, dst, pick_reg(g, NUMBER_REGS), 0, 0);
}

/* ---------------------------------------------------------------- memory */

/* Where accesses may go: bytes [least, beyond) from an address in 'base'. */
struct place {
	unsigned int base; /* not written, not read as a number */
	int least;
	int beyond;
	bool aligned;
};

static bool is_access(const struct gen *g, enum isa_op op)
{
	switch (isa_ops[op].form) {
	case ISA_FORM_LDX:
	case ISA_FORM_LDXS:
	case ISA_FORM_ST:
	case ISA_FORM_STX:
	case ISA_FORM_ATOMIC: return true;
	case ISA_FORM_LOAD_ACQ:
	case ISA_FORM_STORE_REL: return g->options->acquire_release;
	default: return false;
	}
}

static bool must_align(enum isa_op op)
{
	switch (isa_ops[op].form) {
	case ISA_FORM_ATOMIC:
	case ISA_FORM_LOAD_ACQ:
	case ISA_FORM_STORE_REL: return true;
	default: return false;
	}
}

static int pick_off(struct gen *g, const struct place *place, enum isa_op op)
{
	const int bytes = isa_ops[op].access_bytes;
	int off = place->least +
		  (int)dice_below(&g->dice, (uint32_t)(place->beyond - place->least - bytes + 1));

	if (place->aligned || must_align(op))
		off = off / bytes * bytes;
	return off;
}

static void make_atomic(struct gen *g, enum isa_op op, const struct place *place, int off)
{
	const uint16_t targets = without(writable(g), place->base);
	const bool keep = g->keep;

	if (place->base == 0 && is_one_of(op, ISA_ATOMIC64_CMPXCHG, ISA_ATOMIC32_CMPXCHG))
		return;
	emit_op(g, op, place->base, pick_reg(g, targets), off, 0);
	if (op != ISA_ATOMIC32_CMPXCHG || !g->options->clear_cmpxchg32)
		return;
	g->keep = true;
	emit_op(g, ISA_MOV32_REG, 0, 0, 0, 0);
	g->keep = keep;
}

static void make_access(struct gen *g, const struct place *place)
{
	const enum isa_op op = pick_op(g, is_access);
	const int off = pick_off(g, place, op);
	const uint16_t numbers = without(NUMBER_REGS, place->base);
	const uint16_t targets = without(writable(g), place->base);

	switch (isa_ops[op].form) {
	case ISA_FORM_LDX:
	case ISA_FORM_LDXS:
	case ISA_FORM_LOAD_ACQ: emit_op(g, op, pick_reg(g, targets), place->base, off, 0); break;
	case ISA_FORM_ST: emit_op(g, op, place->base, 0, off, pick_imm(g)); break;
	case ISA_FORM_ATOMIC: make_atomic(g, op, place, off); break;
	default: emit_op(g, op, place->base, pick_reg(g, numbers), off, 0); break;
	}
}

static void make_stack_access(struct gen *g)
{
	const struct place frame = {
		.base = ISA_REG_FP, .least = -FRAME_BYTES, .beyond = 0, .aligned = true
	};

	make_access(g, &frame);
}

/* A few accesses by the address in place->base, which then gets a number again. */
static void make_accesses(struct gen *g, const struct place *place)
{
	const unsigned int count = 1 + dice_below(&g->dice, 4);
	const struct place last = { place->base, place->least, place->beyond, true };
	const bool keep = g->keep;

	for (unsigned int i = 0; i < count; i++)
		make_access(g, place);
	g->keep = true;
	if (dice_percent(&g->dice, 70))
		emit_op(g, ISA_LDX_DW, place->base, place->base, pick_off(g, &last, ISA_LDX_DW), 0);
	else
		emit_number(g, place->base);
	g->keep = keep;
}

/* An address in the memory at a place the verifier knows; or in reach of an index it only knows a
 * bound of. */
static void make_memory_accesses(struct gen *g)
{
	struct place place = { .least = POINTER_LEAST, .beyond = POINTER_BEYOND };
	const bool keep = g->keep, indexed = dice_percent(&g->dice, 40);
	unsigned int index;

	place.base = pick_reg(g, writable(g));
	g->keep = true;
	if (indexed) {
		index = pick_reg(g, without(writable(g), place.base));
		emit_op(g, ISA_AND64_IMM, index, 0, 0, 0x7f8);
		emit_memory_address(g, place.base, 512 + 8 * dice_below(&g->dice, 64));
		emit_op(g, ISA_ADD64_REG, place.base, index, 0, 0);
	} else {
		emit_memory_address(g, place.base, 512 + 8 * dice_below(&g->dice, 384));
	}
	g->keep = keep;
	make_accesses(g, &place);
}

/* An address in the frame, in another register than r10. */
static void make_frame_accesses(struct gen *g)
{
	const int down = 8 * (int)dice_below(&g->dice, FRAME_BYTES / 8 + 1);
	const bool keep = g->keep;
	struct place place = { .least = down - FRAME_BYTES, .beyond = down, .aligned = true };

	place.base = pick_reg(g, writable(g));
	g->keep = true;
	emit_op(g, ISA_MOV64_REG, place.base, ISA_REG_FP, 0, 0);
	emit_op(g, ISA_ADD64_IMM, place.base, 0, 0, -down);
	g->keep = keep;
	make_accesses(g, &place);
}

/* ----------------------------------------------------------------- calls */

/* Give each register of @spoilt a number: that of one of @sources, or a new one. */
static void renew_regs(struct gen *g, uint16_t spoilt, uint16_t sources)
{
	const bool keep = g->keep;

	g->keep = true;
	for (unsigned int reg = 0; reg < ISA_REG_FP; reg++) {
		if (!(spoilt & 1u << reg))
			continue;
		if (dice_percent(&g->dice, 60))
			emit_op(g, ISA_MOV64_REG, reg, pick_reg(g, sources), 0, 0);
		else
			emit_number(g, reg);
	}
	g->keep = keep;
}

static void make_lookup(struct gen *g)
{
	const int key_off = -4 * (1 + (int)dice_below(&g->dice, FRAME_BYTES / 4));
	const unsigned int key = pick_reg(g, writable(g));
	const struct place value = { .base = 0, .least = 0, .beyond = FUZZ_TABLE_VALUE };
	const bool keep = g->keep;
	size_t jump;

	g->keep = true;
	if (dice_percent(&g->dice, 80))
		emit_op(g, ISA_AND64_IMM, key, 0, 0, 7);
	emit_op(g, ISA_STX_W, ISA_REG_FP, key, key_off, 0);
	emit_op(g, ISA_MOV64_REG, 2, ISA_REG_FP, 0, 0);
	emit_op(g, ISA_ADD64_IMM, 2, 0, 0, key_off);
	emit_wide(g, ISA_LD_MAP_IDX, 1, 1, 0);
	emit_op(g, ISA_CALL, 0, 0, 0, FUZZ_HELPER_LOOKUP);
	renew_regs(g, CALLER_SAVED, CALLEE_SAVED);
	jump = g->prog->count;
	emit_op(g, ISA_JEQ64_IMM, 0, 0, 0, 0);
	g->keep = keep;
	make_accesses(g, &value);
	lead_here(g, jump);
}

static bool may_call(const struct gen *g)
{
	const unsigned int most = g->func ? MOST_CALLS : 2 * MOST_CALLS;

	return g->calls < most && g->loops < (g->func ? 1u : 2u) && g->func + 1 < MOST_FUNCS;
}

static void make_call(struct gen *g)
{
	const unsigned int first = g->func + 1;
	const unsigned int beyond = g->func_count < MOST_FUNCS ? g->func_count + 1 : MOST_FUNCS;
	const unsigned int func = first + dice_below(&g->dice, beyond - first);
	const bool keep = g->keep;

	if (func == g->func_count) {
		g->func_count++;
		g->most -= ROOM_FOR_FUNC;
	}
	g->calls++;
	g->sites[g->site_count++] = (struct call_site){ g->prog->count, func };
	g->keep = true;
	emit_op(g, ISA_CALL_LOCAL, 0, 0, 0, 0);
	g->keep = keep;
	renew_regs(g, CALLER_SAVED, CALLEE_SAVED | RESULT);
}

/* ---------------------------------------------------------------- blocks */

static void make_statements(struct gen *g, unsigned int count);

static bool is_condition(const struct gen *g, enum isa_op op)
{
	(void)g;
	return isa_ops[op].form == ISA_FORM_JMP_IMM || isa_ops[op].form == ISA_FORM_JMP_REG;
}

static void emit_condition(struct gen *g)
{
	if (g->options->may_goto && !g->func && dice_percent(&g->dice, 3))
		emit_op(g, ISA_MAY_GOTO, 0, 0, 0, 0);
	else
		emit_op(g, pick_op(g, is_condition), pick_reg(g, NUMBER_REGS),
			pick_reg(g, NUMBER_REGS), 0, pick_imm(g));
}

static void make_block(struct gen *g)
{
	g->blocks++;
	make_statements(g, 1 + dice_below(&g->dice, 4));
	g->blocks--;
}

/* if (...) { ... }, if (...) { ... } else { ... }, or if (...) return */
static void make_if(struct gen *g)
{
	const size_t jump = g->prog->count;
	size_t over;

	emit_condition(g);
	make_block(g);
	if (g->func && dice_percent(&g->dice, 15)) {
		emit_op(g, ISA_EXIT, 0, 0, 0, 0);
		lead_here(g, jump);
		return;
	}
	if (dice_percent(&g->dice, 50)) {
		lead_here(g, jump);
		return;
	}
	over = g->prog->count;
	emit_op(g, dice_percent(&g->dice, 50) ? ISA_JA : ISA_JA32, 0, 0, 0, 0);
	lead_here(g, jump);
	make_block(g);
	lead_here(g, over);
}

/* The ways to say 'while the counter is below @count', as the counter rises one by one. */
static void emit_loop_end(struct gen *g, unsigned int counter, size_t start, int32_t count)
{
	static const enum isa_op ops[] = { ISA_JLT64_IMM, ISA_JLT32_IMM,  ISA_JNE64_IMM,
					   ISA_JNE32_IMM, ISA_JSLT64_IMM, ISA_JSLT32_IMM,
					   ISA_JLE64_IMM, ISA_JSLE32_IMM };
	const enum isa_op op = ops[dice_below(&g->dice, ARRAY_LEN(ops))];
	const int back = (int)start - (int)g->prog->count - 2;

	emit_op(g, ISA_ADD64_IMM, counter, 0, 0, 1);
	emit_op(g, op, counter, 0, back, count);
}

static void make_loop(struct gen *g)
{
	const uint16_t counters = writable(g) & CALLEE_SAVED;
	const int32_t count = 1 + (int32_t)dice_below(&g->dice, g->func ? 3 : 7);
	const unsigned int counter = pick_reg(g, counters);
	const bool keep = g->keep;
	size_t start;

	g->keep = true;
	emit_op(g, ISA_MOV64_IMM, counter, 0, 0, 0);
	start = g->prog->count;
	g->keep = keep;
	g->locked |= (uint16_t)(1u << counter);
	g->loops++;
	make_block(g);
	g->loops--;
	g->locked &= (uint16_t) ~(1u << counter);
	g->keep = true;
	emit_loop_end(g, counter, start, count);
	g->keep = keep;
}

static bool has_room(const struct gen *g)
{
	return g->prog->count < g->most;
}

static void make_statement(struct gen *g)
{
	const uint32_t n = dice_below(&g->dice, 100);

	if (n < 14)
		make_memory_accesses(g);
	else if (n < 22)
		make_frame_accesses(g);
	else if (n < 32)
		make_stack_access(g);
	else if (n < 44 && g->blocks < MOST_NESTING)
		make_if(g);
	else if (n < 49 && g->blocks < MOST_NESTING && g->loops < (g->func ? 1u : 2u))
		make_loop(g);
	else if (n < 54 && may_call(g))
		make_call(g);
	else if (n < 58)
		make_lookup(g);
	else
		make_arithmetic(g);
}

static void make_statements(struct gen *g, unsigned int count)
{
	for (unsigned int i = 0; i < count && has_room(g); i++)
		make_statement(g);
}

/* ------------------------------------------------------------- functions */

static void begin_frame(struct gen *g)
{
	for (int off = -FRAME_BYTES; off < 0; off += 8)
		if (dice_percent(&g->dice, 50))
			emit_op(g, ISA_ST_DW, ISA_REG_FP, 0, off, pick_imm(g));
		else
			emit_op(g, ISA_STX_DW, ISA_REG_FP, pick_reg(g, NUMBER_REGS), off, 0);
}

static void begin_main(struct gen *g)
{
	g->keep = true;
	emit_memory_address(g, 9, FUZZ_RESULT_BYTES);
	for (unsigned int reg = 0; reg < ISA_REG_FP; reg++)
		emit_op(g, ISA_LDX_DW, reg, 9, 8 * (int)reg, 0);
	begin_frame(g);
	g->keep = false;
}

/* Store all registers and the frame, and mix the registers into r0. */
static void end_main(struct gen *g)
{
	int off = 0;

	g->keep = true;
	emit_op(g, ISA_STX_DW, ISA_REG_FP, 9, -FRAME_BYTES - 8, 0);
	emit_memory_address(g, 9, 0);
	for (unsigned int reg = 0; reg < 9; reg++, off += 8)
		emit_op(g, ISA_STX_DW, 9, reg, off, 0);
	for (unsigned int reg = 1; reg < 9; reg++) {
		emit_op(g, ISA_MUL64_IMM, 0, 0, 0, 31);
		emit_op(g, ISA_ADD64_REG, 0, reg, 0, 0);
	}
	for (int from = -FRAME_BYTES - 8; from < 0; from += 8, off += 8) {
		emit_op(g, ISA_LDX_DW, 1, ISA_REG_FP, from, 0);
		emit_op(g, ISA_STX_DW, 9, 1, off, 0);
	}
	emit_op(g, ISA_EXIT, 0, 0, 0, 0);
	g->keep = false;
}

static void begin_func(struct gen *g)
{
	g->keep = true;
	renew_regs(g, CALLEE_SAVED | RESULT, CALLER_SAVED);
	begin_frame(g);
	g->keep = false;
}

static void make_func(struct gen *g, unsigned int func)
{
	g->func = func;
	g->calls = 0;
	g->most += ROOM_FOR_FUNC;
	for (size_t i = 0; i < g->site_count; i++)
		if (g->sites[i].func == func)
			g->prog->insns[g->sites[i].at].imm =
				(int32_t)(g->prog->count - g->sites[i].at - 1);
	begin_func(g);
	make_statements(g, 1 + dice_below(&g->dice, 6));
	g->keep = true;
	emit_op(g, ISA_EXIT, 0, 0, 0, 0);
	g->keep = false;
}

void fuzz_generate(uint64_t seed, const struct fuzz_generate_options *options,
		   struct fuzz_prog *ret_prog)
{
	struct gen g = {
		.dice = { seed },
		.options = options,
		.prog = ret_prog,
		.func_count = 1,
		.most = FUZZ_MOST_INSNS - ROOM_FOR_END,
	};

	ret_prog->count = 0;
	begin_main(&g);
	make_statements(&g, 2 + dice_below(&g.dice, 14));
	end_main(&g);
	for (unsigned int func = 1; func < g.func_count; func++)
		make_func(&g, func);
}

void fuzz_generate_memory(uint64_t seed, uint8_t *memory, size_t bytes)
{
	struct dice dice = { ~seed };

	for (size_t i = 0; i + 8 <= bytes; i += 8)
		store_u64(memory + i, dice_edge(&dice));
}

/* Another operation for @insn, with operands of the same kinds: it stays of good form. */
static void change_op(struct dice *dice, struct insn *insn)
{
	const int old = isa_decode(insn, 1);
	enum isa_op op;
	struct insn changed;

	if (old < 0)
		return;
	do
		op = (enum isa_op)dice_below(dice, ISA_OP_COUNT);
	while (isa_ops[op].uses != isa_ops[old].uses);
	changed = isa_encode(op);
	insn->code = changed.code;
	if (isa_ops[op].sel & ISA_FIELD_OFF)
		insn->off = changed.off;
	if (isa_ops[op].sel & ISA_FIELD_IMM)
		insn->imm = changed.imm;
	if (isa_ops[op].sel & ISA_FIELD_SRC)
		insn->src = changed.src;
}

/* Change a field that @insn uses. */
static void change_field(struct dice *dice, struct insn *insn)
{
	const int op = isa_decode(insn, 1);
	const uint8_t uses = op < 0 ? 0 : isa_ops[op].uses;

	switch (dice_below(dice, 4)) {
	case 0:
		if (uses & ISA_FIELD_DST)
			insn->dst = dice_below(dice, ISA_REGS) & 15;
		break;
	case 1:
		if (uses & ISA_FIELD_SRC)
			insn->src = dice_below(dice, ISA_REGS) & 15;
		break;
	case 2:
		if (uses & ISA_FIELD_OFF)
			insn->off = (int16_t)(insn->off + (int)dice_below(dice, 17) - 8);
		break;
	default:
		if (uses & ISA_FIELD_IMM)
			insn->imm = (int32_t)dice_edge(dice);
		break;
	}
}

void fuzz_mutate(uint64_t seed, struct fuzz_prog *prog)
{
	struct dice dice = { seed ^ 0xa5a5a5a5a5a5a5a5 };
	const unsigned int changes = 1 + dice_below(&dice, 6);

	for (unsigned int i = 0; i < changes; i++) {
		struct insn *insn = &prog->insns[dice_below(&dice, (uint32_t)prog->count)];

		if (dice_percent(&dice, 10))
			((uint8_t *)insn)[dice_below(&dice, sizeof *insn)] ^=
				(uint8_t)(1u << dice_below(&dice, 8));
		else if (dice_percent(&dice, 40))
			change_op(&dice, insn);
		else
			change_field(&dice, insn);
	}
}
