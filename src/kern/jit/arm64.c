/*
 * arm64.c - programs as arm64 machine code: functions, blocks, entering and leaving.
 *
 * One pass over the instructions, after one for liveness (live.h); branches further on get their
 * places at the end.  A program's code begins with the way out and with what slow paths share, so that
 * all branches to those lead backward, over a known distance.
 *
 * Frames on the machine's stack: enter's holds all registers that a C function keeps for its
 * caller; a function of the program has one for the frame record (unless it calls nobody, so
 * that profilers can follow) and those of r6 to r9 that it writes.  Faults leave from any depth, by
 * setting the stack pointer back to enter's frame.
 */
#include "kern/jit/arm64.h"

#include <errno.h>
#include <stdlib.h>

#include "base/bits.h"
#include "kern/jit/live.h"

enum {
	ENTER_FRAME_BYTES = 96, /* x29, x30, x19 to x28 */
	PROG_BYTES = 512,       /* of a program's code besides its functions, at most */
	FUNC_BYTES = 64,        /* of a function's, besides its slots */
};

const uint8_t arm64_reg_of[ISA_REGS] = { REG_R0, 0, 1, 2, 3, 4, 19, 20, 21, 22, REG_FRAME };

void arm64_mov_chosen(struct trans *t, bool x, uint32_t rd, uint64_t value)
{
	uint64_t key;

	if (!t->prog->options.blind) {
		arm64_mov_imm(t, x, rd, value);
		return;
	}
	key = jit_random();
	if ((int64_t)value == (int32_t)value)
		key = (uint32_t)key; /* that hides it as well, in fewer instructions */
	arm64_mov_imm(t, x, rd, value ^ key);
	arm64_mov_imm(t, x, REG_TMP3, key);
	emit(t, a64_opr(A64_EOR, x, rd, rd, REG_TMP3));
}

void arm64_add(struct trans *t, bool x, uint32_t rd, uint32_t rn, int64_t value)
{
	const uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	const enum a64_opi op = value < 0 ? A64_SUB_IMM : A64_ADD_IMM;

	if (!value) {
		if (rd != rn || !x)
			emit(t, a64_mov(x, rd, rn));
	} else if (a64_imm12_fits(size)) {
		emit(t, a64_opi(op, x, rd, rn, (uint32_t)size));
	} else if (size <= 0xffffff) {
		emit(t, a64_opi(op, x, rd, rn, (uint32_t)size & 0xfff000));
		emit(t, a64_opi(op, x, rd, rd, (uint32_t)size & 0xfff));
	} else {
		arm64_mov_imm(t, x, REG_TMP3, (uint64_t)value);
		emit(t, a64_opr(A64_ADD, x, rd, rn, REG_TMP3));
	}
}

/* ---- Entering and leaving ---- */

static void save_all(struct jit_buf *buf)
{
	a64_put(buf, a64_pair(A64_STP_PRE, true, A64_FP, A64_LR, A64_SP, -ENTER_FRAME_BYTES));
	a64_put(buf, a64_opi(A64_ADD_IMM, true, A64_FP, A64_SP, 0));
	for (uint32_t reg = 19; reg <= 27; reg += 2)
		a64_put(buf, a64_pair(A64_STP, true, reg, reg + 1, A64_SP,
				      (int32_t)(16 + 8 * (reg - 19))));
}

/* With the stack pointer at enter's frame and the result in x0. */
static void restore_all(struct jit_buf *buf)
{
	a64_put(buf, a64_mem(A64_STR, 3, REG_BUDGET, REG_RUN, offsetof(struct vm_run, budget)));
	for (uint32_t reg = 19; reg <= 27; reg += 2)
		a64_put(buf, a64_pair(A64_LDP, true, reg, reg + 1, A64_SP,
				      (int32_t)(16 + 8 * (reg - 19))));
	a64_put(buf, a64_pair(A64_LDP_POST, true, A64_FP, A64_LR, A64_SP, ENTER_FRAME_BYTES));
	a64_put(buf, A64_RET);
}

int jit_arch_emit_enter(struct jit_buf *buf)
{
	static const uint8_t zeroed[] = { REG_R0, 19, 20, 21, 22 };
	enum { ARGS = REG_TMP, FUNC = REG_TMP2 };

	save_all(buf);
	a64_put(buf, a64_mov(true, REG_RUN, 1));
	a64_put(buf, a64_opi(A64_SUB_IMM, true, REG_FRAME, 3, ISA_STACK_BYTES));
	a64_put(buf, a64_mem(A64_STR, 3, A64_FP, REG_RUN, offsetof(struct vm_run, exit_sp)));
	a64_put(buf, a64_mem(A64_LDR, 3, REG_BUDGET, REG_RUN, offsetof(struct vm_run, budget)));
	a64_put(buf, a64_mov(true, ARGS, 0));
	a64_put(buf, a64_mov(true, FUNC, 2));
	a64_put(buf, a64_pair(A64_LDP, true, 0, 1, ARGS, 0));
	a64_put(buf, a64_pair(A64_LDP, true, 2, 3, ARGS, 16));
	a64_put(buf, a64_mem(A64_LDR, 3, 4, ARGS, 32));
	for (size_t i = 0; i < ARRAY_LEN(zeroed); i++) /* what the host had there is its own */
		a64_put(buf, a64_opm(A64_MOVZ, false, zeroed[i], 0, 0));
	a64_put(buf, a64_br(A64_BLR, FUNC));
	a64_put(buf, a64_mov(true, 0, REG_R0));
	restore_all(buf);
	return buf->len <= buf->size ? 0 : -ENOMEM;
}

/* End the run with r0 = 0. */
static void put_leave(struct trans *t)
{
	t->leave = here(t);
	emit(t, a64_mem(A64_LDR, 3, REG_TMP, REG_RUN, offsetof(struct vm_run, exit_sp)));
	emit(t, a64_opi(A64_ADD_IMM, true, A64_SP, REG_TMP, 0));
	emit(t, a64_opm(A64_MOVZ, false, 0, 0, 0));
	restore_all(t->buf);
}

/* ---- Functions ---- */

/* The pairs of registers that a function saves, ZR where the last one lacks a second; and their
 * number.  The frame record comes first. */
static uint32_t saved_pairs(const struct vm_func *func, uint8_t ret_pairs[3][2])
{
	uint32_t n = 0;

	if (!func->leaf) {
		ret_pairs[0][0] = A64_FP;
		ret_pairs[0][1] = A64_LR;
		n = 2;
	}
	for (unsigned int reg = 6; reg <= 9; reg++)
		if (func->regs_written >> reg & 1) {
			ret_pairs[n / 2][n % 2] = arm64_reg_of[reg];
			n++;
		}
	if (n % 2)
		ret_pairs[n / 2][1] = A64_ZR;
	return (n + 1) / 2;
}

static void prologue(struct trans *t)
{
	uint8_t pairs[3][2];
	const uint32_t n = saved_pairs(t->func, pairs);

	if (!n)
		return;
	emit(t, a64_pair(A64_STP_PRE, true, pairs[0][0], pairs[0][1], A64_SP, -(int32_t)(16 * n)));
	if (!t->func->leaf)
		emit(t, a64_opi(A64_ADD_IMM, true, A64_FP, A64_SP, 0));
	for (uint32_t i = 1; i < n; i++)
		emit(t,
		     a64_pair(A64_STP, true, pairs[i][0], pairs[i][1], A64_SP, (int32_t)(16 * i)));
}

void arm64_epilogue(struct trans *t)
{
	uint8_t pairs[3][2];
	const uint32_t n = saved_pairs(t->func, pairs);

	if (!n)
		return;
	for (uint32_t i = n - 1; i; i--)
		emit(t,
		     a64_pair(A64_LDP, true, pairs[i][0], pairs[i][1], A64_SP, (int32_t)(16 * i)));
	emit(t, a64_pair(A64_LDP_POST, true, pairs[0][0], pairs[0][1], A64_SP, (int32_t)(16 * n)));
}

static void wide_load(struct trans *t, enum isa_op op)
{
	const struct insn *insn = t->insn;
	const uint32_t rd = arm64_reg_of[insn->dst];
	const struct vm_func *func;

	switch (op) {
	case ISA_LDDW: arm64_mov_chosen(t, true, rd, isa_wide_imm(insn)); break;
	case ISA_LD_FUNC:
		func = vm_prog_func_at(t->prog, t->pc + 1 + (uint32_t)insn->imm);
		arm64_mov_imm(t, true, rd, (uint64_t)(uintptr_t)func);
		break;
	case ISA_LD_MAP_FD:
	case ISA_LD_MAP_IDX:
		if (!arm64_map_unneeded(t))
			arm64_mov_imm(t, true, rd, isa_wide_imm(insn));
		break;
	default: arm64_mov_imm(t, true, rd, isa_wide_imm(insn)); break;
	}
}

/* Translate t->insn, of operation @op, alone. */
static void single(struct trans *t, enum isa_op op)
{
	const struct insn *insn = t->insn;
	const uint32_t rd = arm64_reg_of[insn->dst];
	int64_t to = 0;

	(void)isa_jump_target(op, insn, t->pc, &to);
	switch (isa_ops[op].form) {
	case ISA_FORM_ALU_IMM: arm64_alu_imm(t, op, rd, rd, insn->imm); break;
	case ISA_FORM_ALU_REG:
		arm64_alu_reg(t, op, rd, rd, arm64_use(t, insn->src, REG_TMP));
		break;
	case ISA_FORM_NEG:
	case ISA_FORM_ENDIAN: arm64_unary(t, op, rd, rd); break;
	case ISA_FORM_MOVSX: arm64_unary(t, op, rd, arm64_use(t, insn->src, REG_TMP)); break;
	case ISA_FORM_JMP_IMM:
	case ISA_FORM_JMP_REG: arm64_jmp(t, op, (label)to); break;
	case ISA_FORM_JA:
	case ISA_FORM_JA32:
		if (to != t->pc + 1)
			arm64_branch(t, A64_B, (label)to);
		break;
	case ISA_FORM_MAY_GOTO: arm64_may_goto(t, (label)to); break;
	case ISA_FORM_CALL:
		if (op == ISA_CALL_LOCAL)
			arm64_call_local(t);
		else
			arm64_call_helper(t);
		break;
	case ISA_FORM_EXIT:
		arm64_epilogue(t);
		emit(t, A64_RET);
		break;
	case ISA_FORM_LDDW: wide_load(t, op); break;
	case ISA_FORM_LDX:
	case ISA_FORM_LDXS: arm64_load(t, op, insn); break;
	case ISA_FORM_ST:
	case ISA_FORM_STX: arm64_store(t, op, insn); break;
	case ISA_FORM_LOAD_ACQ:
	case ISA_FORM_STORE_REL: arm64_ordered(t, op); break;
	case ISA_FORM_ATOMIC: arm64_atomic(t, op); break;
	case ISA_FORM_LD_ABS:
	case ISA_FORM_LD_IND: arm64_packet(t, op); break;
	case ISA_FORM_ADDR_CAST:
	case ISA_FORM_JAX:
	case ISA_FORM_CALLX: t->err = -ENOTSUP; break; /* vm_prog_new lets none through */
	}
}

/* Slots of the basic block that begins at t->pc. */
static uint32_t block_slots(const struct trans *t)
{
	uint32_t end = t->pc + 1;

	while (end < t->func->end && !(t->prog->facts[end] & VM_SLOT_LEADER))
		end++;
	return end - t->pc;
}

/* Charge the block's slots to the budget. */
static void charge(struct trans *t)
{
	const uint32_t slots = block_slots(t);

	if (a64_imm12_fits(slots)) {
		emit(t, a64_opi(A64_SUBS_IMM, true, REG_BUDGET, REG_BUDGET, slots));
	} else {
		arm64_mov_imm(t, false, REG_TMP, slots);
		emit(t, a64_opr(A64_SUBS, true, REG_BUDGET, REG_BUDGET, REG_TMP));
	}
	arm64_branch_slow(t, a64_b_cond(A64_MI), (struct slow){ .kind = SLOW_BUDGET });
}

/* Keep t->map true over the @slots just translated. */
static void follow_map(struct trans *t, uint32_t slots)
{
	const struct vm_prog *prog = t->prog;

	for (uint32_t pc = t->pc; pc < t->pc + slots; pc++) {
		const enum isa_op op = (enum isa_op)prog->ops[pc];

		if (prog->ops[pc] == VM_SECOND_SLOT)
			continue;
		if (live_writes(op, &prog->insns[pc]) >> 1 & 1)
			t->map = op == ISA_LD_MAP_FD || op == ISA_LD_MAP_IDX ?
					 isa_wide_imm(&prog->insns[pc]) :
					 0;
	}
}

/* Translate the instruction at t->pc, and those after it that become one with it; how many slots. */
static uint32_t translate(struct trans *t)
{
	const enum isa_op op = (enum isa_op)t->prog->ops[t->pc];
	const uint32_t from = here(t);
	const size_t slow_count = t->slow_count;
	uint32_t slots;

	t->insn = &t->prog->insns[t->pc];
	t->places[t->pc] = here(t);
	if (t->prog->facts[t->pc] & VM_SLOT_LEADER) {
		t->map = 0;
		if (t->prog->options.limited)
			charge(t);
	}
	slots = arm64_fuse(t);
	if (!slots) {
		single(t, op);
		slots = (uint32_t)isa_slots(op);
	}
	follow_map(t, slots);
	assert(here(t) - from + (t->slow_count - slow_count) * ARM64_SLOW_BYTES <=
	       slots * t->slot_bytes);
	(void)from, (void)slow_count;
	return slots;
}

static void function(struct trans *t, const struct vm_func *func)
{
	t->func = func;
	prologue(t);
	for (t->pc = func->start; t->pc < func->end && !t->err;) {
		t->pc += translate(t);
		arm64_put_slow_in_time(t);
	}
	arm64_put_slow(t, false);
}

/* An upper bound, asserted for each slot. */
static uint32_t slot_bytes(const struct vm_options *options)
{
	return 80 + (options->limited ? 60u : 0) + (options->guarded ? 88u : 0);
}

static int trans_init(struct trans *t, const struct vm_prog *prog)
{
	const size_t labels = prog->insn_count + prog->func_count;

	t->prog = prog;
	t->slot_bytes = slot_bytes(&prog->options);
	t->lse = a64_has_lse();
	for (size_t i = 0; i < prog->func_count; i++)
		t->check_frames = t->check_frames ||
				  (prog->options.guarded && prog->funcs[i].frames > ISA_FRAMES);
	t->places = malloc(labels * sizeof *t->places);
	t->live = malloc(prog->insn_count * sizeof *t->live);
	if (!t->places || !t->live)
		return -ENOMEM;
	for (size_t i = 0; i < labels; i++)
		t->places[i] = LABEL_UNSET;
	live_find(prog, t->live);
	return 0;
}

static void trans_release(struct trans *t)
{
	free(t->slows);
	free(t->branches);
	free(t->live);
	free(t->places);
}

size_t jit_arch_bound(const struct vm_prog *prog)
{
	return PROG_BYTES + prog->func_count * FUNC_BYTES +
	       prog->insn_count * slot_bytes(&prog->options);
}

int jit_arch_emit(const struct vm_prog *prog, struct jit_buf *buf, uint32_t *func_entry)
{
	struct trans t = { .buf = buf };

	t.err = trans_init(&t, prog);
	if (!t.err) {
		put_leave(&t);
		arm64_put_thunks(&t);
	}
	for (size_t i = 0; i < prog->func_count && !t.err; i++) {
		func_entry[i] = here(&t);
		t.places[prog->insn_count + i] = here(&t);
		function(&t, &prog->funcs[i]);
	}
	if (!t.err)
		arm64_resolve(&t);
	trans_release(&t);
	assert(t.err || buf->len <= buf->size);
	return t.err;
}
