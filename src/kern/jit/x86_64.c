/*
 * x86_64.c - the translation for x86-64: the order of things, and what is not on the path of the code.
 *
 * Two passes: live_find, and one from the first slot to the last that writes code.  What the second
 * knows of registers (that upper halves are zero, that a value is a map) holds until the next place
 * that can be jumped to.
 */
#include "kern/jit/x86_64.h"

#include <errno.h>
#include <stdlib.h>

#include "kern/jit/live.h"

enum {
	MOST_SLOT_BYTES = 224, /* code for one slot, its slow paths included */
	REST_BYTES = 512,      /* code that a program has once */
};

/* clang-format off */
const uint8_t x86_reg_of[ISA_REGS] = {
	X86_RAX, X86_RDI, X86_RSI, X86_RDX, X86_RCX, X86_R8,
	X86_RBX, X86_R13, X86_R14, X86_R15, X86_RBP,
};
/* clang-format on */

/* Slow paths ------------------------------------------------------------------------------- */

struct slow *x86_add_slow(struct trans *t, enum slow_kind kind)
{
	struct slow *slow = &t->slows[t->slow_count++];

	slow->kind = kind;
	slow->label = x86_label_new(&t->link);
	slow->packed = t->pc;
	return slow;
}

void x86_end_slow(struct trans *t, struct slow *slow)
{
	slow->back = x86_label_new(&t->link);
	x86_label_here(&t->link, &t->e, slow->back);
}

/* Emit calls of C functions: near ones directly. */
void x86_call_address(struct trans *t, uint64_t address)
{
	const int64_t first = (int64_t)(address - t->buf->address);
	const int64_t last = first - (int64_t)t->buf->size;

	if (x86_is32(first) && x86_is32(last)) {
		x86_call_far(&t->e, &t->link, address);
		return;
	}
	x86_mov_imm(&t->e, X86_RAX, address);
	x86_rr(&t->e, X86_GROUP5, X86_CALL, X86_RAX);
}

static void emit_slow(struct trans *t, const struct slow *slow)
{
	struct x86_enc *e = &t->e;

	x86_label_here(&t->link, e, slow->label);
	switch (slow->kind) {
	case SLOW_ACCESS:
		x86_rm(e, X86_LEA, REG_TMP2, slow->mem);
		x86_mov_imm(e, REG_TMP, slow->packed);
		x86_call(e, &t->link, t->access_thunk);
		x86_jmp(e, &t->link, slow->back);
		break;
	case SLOW_BUDGET:
		x86_mov_imm(e, REG_TMP, slow->packed);
		x86_call(e, &t->link, t->budget_thunk);
		x86_jmp(e, &t->link, slow->back);
		break;
	case SLOW_DIVIDE:
		x86_divide_slowly(t, &slow->division);
		x86_jmp(e, &t->link, slow->back);
		break;
	case SLOW_NULL:
		x86_rr(e, X86_XOR, X86_RAX, X86_RAX);
		x86_jmp(e, &t->link, slow->back);
		break;
	case SLOW_UNALIGNED:
		x86_rm(e, X86_LEA, REG_TMP2, slow->mem);
		x86_mov(e, X86_RDI, REG_RUN);
		x86_mov(e, X86_RSI, REG_TMP2);
		x86_mov_imm(e, X86_RDX, isa_ops[t->prog->ops[slow->packed]].access_bytes);
		x86_mov_imm(e, X86_RCX, slow->packed);
		x86_alu_imm(e, X86_W, X86_ALU_AND, X86_RSP, -16);
		CALL_C(t, vm_unaligned);
		x86_jmp(e, &t->link, t->leave);
		break;
	case SLOW_FRAMES:
		x86_mov(e, X86_RDI, REG_RUN);
		x86_mov_imm(e, X86_RSI, slow->packed);
		x86_alu_imm(e, X86_W, X86_ALU_AND, X86_RSP, -16);
		CALL_C(t, vm_frames_spent);
		x86_jmp(e, &t->link, t->leave);
		break;
	}
}

/* The registers that C functions may change and programs may not notice. */
static const uint8_t thunk_saves[] = {
	X86_RAX, X86_RDI, X86_RSI, X86_RDX, X86_RCX, X86_R8, X86_RBX
};

/* The stack is aligned for C only in functions that call something: so here, always. */
static void begin_thunk(struct trans *t, uint32_t label)
{
	x86_label_here(&t->link, &t->e, label);
	for (size_t i = 0; i < ARRAY_LEN(thunk_saves); i++)
		x86_push(&t->e, thunk_saves[i]);
	x86_mov(&t->e, X86_RBX, X86_RSP);
	x86_alu_imm(&t->e, X86_W, X86_ALU_AND, X86_RSP, -16);
	x86_mov(&t->e, X86_RDI, REG_RUN);
}

/* Return if the C function said so, else leave. */
static void end_thunk(struct trans *t)
{
	x86_mov(&t->e, X86_RSP, X86_RBX);
	x86_rr(&t->e, X86_TEST & ~1u, X86_RAX, X86_RAX); /* al */
	for (size_t i = ARRAY_LEN(thunk_saves); i-- > 0;)
		x86_pop(&t->e, thunk_saves[i]);
	x86_jcc(&t->e, &t->link, X86_E, t->leave);
	x86_ret(&t->e);
}

/* What programs have once: ways out and into slow paths. */
static void emit_thunks(struct trans *t)
{
	struct x86_enc *e = &t->e;

	x86_label_here(&t->link, e, t->leave);
	x86_rr(e, X86_XOR, X86_RAX, X86_RAX);
	x86_rm(e, X86_LOAD | X86_W, X86_RSP, RUN(exit_sp));
	x86_ret(e);

	if (t->prog->options.guarded) {
		begin_thunk(t, t->access_thunk);
		x86_mov(e, X86_RSI, REG_TMP2);
		x86_rr(e, X86_LOAD, X86_RCX, REG_TMP);
		x86_alu_imm(e, 0, X86_ALU_AND, X86_RCX, 3);
		x86_mov_imm(e, X86_RDX, 1);
		x86_rr(e, X86_SHIFT_CL, X86_SHL, X86_RDX);
		x86_rr(e, X86_LOAD, X86_RCX, REG_TMP);
		x86_shift_imm(e, 0, X86_SHR, X86_RCX, 2);
		x86_alu_imm(e, 0, X86_ALU_AND, X86_RCX, 1);
		x86_rr(e, X86_LOAD, X86_R8, REG_TMP);
		x86_shift_imm(e, 0, X86_SHR, X86_R8, 3);
		CALL_C(t, vm_access_slow);
		end_thunk(t);
	}
	if (t->prog->options.limited) {
		begin_thunk(t, t->budget_thunk);
		x86_rr(e, X86_LOAD, X86_RSI, REG_TMP);
		CALL_C(t, vm_budget_spent);
		end_thunk(t);
	}
}

/* The program ------------------------------------------------------------------------------- */

static unsigned int emit_insn(struct trans *t, enum isa_op op)
{
	switch (isa_ops[op].form) {
	case ISA_FORM_ALU_IMM: return x86_emit_alu_imm(t, op);
	case ISA_FORM_ALU_REG: return x86_emit_alu_reg(t, op);
	case ISA_FORM_NEG: return x86_emit_neg(t, op);
	case ISA_FORM_MOVSX: return x86_emit_movsx(t, op);
	case ISA_FORM_ENDIAN: return x86_emit_endian(t, op);
	case ISA_FORM_JMP_IMM: return x86_emit_jmp_imm(t, op);
	case ISA_FORM_JMP_REG: return x86_emit_jmp_reg(t, op);
	case ISA_FORM_JA:
	case ISA_FORM_JA32: return x86_emit_ja(t, op);
	case ISA_FORM_MAY_GOTO: return x86_emit_may_goto(t, op);
	case ISA_FORM_CALL: return op == ISA_CALL_LOCAL ? x86_emit_call_local(t) : x86_emit_call(t);
	case ISA_FORM_EXIT: return x86_emit_exit(t);
	case ISA_FORM_LDDW: return x86_emit_lddw(t, op);
	case ISA_FORM_LDX:
	case ISA_FORM_LOAD_ACQ: return x86_emit_load(t, op);
	case ISA_FORM_LDXS: return x86_emit_load_signed(t, op);
	case ISA_FORM_ST: return x86_emit_store_imm(t, op);
	case ISA_FORM_STX:
	case ISA_FORM_STORE_REL: return x86_emit_store(t, op);
	case ISA_FORM_ATOMIC: return x86_emit_atomic(t, op);
	case ISA_FORM_LD_ABS: return x86_emit_ld_abs(t, op);
	case ISA_FORM_LD_IND: return x86_emit_ld_ind(t, op);
	case ISA_FORM_ADDR_CAST:
	case ISA_FORM_JAX:
	case ISA_FORM_CALLX: break; /* not in programs: vm_prog_new */
	}
	return 1;
}

static int32_t block_slots(const struct trans *t)
{
	uint32_t end = t->pc + 1;

	while (end < t->prog->insn_count && !(t->prog->facts[end] & VM_SLOT_LEADER))
		end++;
	return (int32_t)(end - t->pc);
}

/* A basic block begins. */
static void begin_block(struct trans *t)
{
	struct slow *slow;

	const bool joins = t->prog->facts[t->pc] & VM_SLOT_TARGET || t->pc == t->func->start;

	if (joins) {
		x86_settle(t, t->live[t->pc]);
		t->lazy = 0;
	}
	if (t->loops[t->pc / 8] >> t->pc % 8 & 1)
		x86_loop_here(&t->e, &t->link, slot_label(t->pc));
	x86_label_here(&t->link, &t->e, slot_label(t->pc));
	if (joins) {
		t->low32 = 0;
		t->known = 0;
		t->flags_at = NULL;
	}
	if (!t->prog->options.limited)
		return;
	slow = x86_add_slow(t, SLOW_BUDGET);
	x86_alu_mem_imm(&t->e, X86_W, X86_ALU_SUB, RUN(budget), block_slots(t));
	x86_jcc(&t->e, &t->link, X86_S, slow->label);
	x86_end_slow(t, slow);
}

/* Make room for what one instruction can need at most. */
static int reserve(struct trans *t)
{
	enum { MOST_SLOWS = 4 };
	const size_t room = 2 * t->slow_room + 4 * MOST_SLOWS;
	struct slow *slows;

	if (t->slow_room - t->slow_count < MOST_SLOWS) {
		slows = realloc(t->slows, room * sizeof *slows);
		if (!slows)
			return -ENOMEM;
		t->slows = slows;
		t->slow_room = room;
	}
	return x86_link_reserve(&t->link);
}

/* Registers whose values must be there where the jump @op leads to. */
static unsigned int wanted_at_target(const struct trans *t, enum isa_op op)
{
	int64_t to;

	return isa_jump_target(op, t->insn, t->pc, &to) ? t->live[to] : 0;
}

/* The registers that need not be settled for a call that is inlined. */
static unsigned int spared_by(const struct trans *t, enum isa_op op)
{
	if (op != ISA_CALL || t->prog->host->helpers[t->insn->imm].kind != VM_HELPER_MAP_LOOKUP ||
	    !x86_inline_array(t))
		return 0;
	return 0x3e;
}

/* Translate the instruction at ->pc and go on to the next. */
static void emit_slot(struct trans *t, enum isa_op op)
{
	unsigned int slots, writes;

	t->insn = &t->prog->insns[t->pc];
	t->live_after = t->live[t->pc + isa_slots(op)];
	t->lazy &= t->live[t->pc];
	slots = x86_make_lazy(t, op);
	if (!slots) {
		if (t->lazy) {
			x86_settle_for(t, op, spared_by(t, op));
			x86_settle(t, wanted_at_target(t, op));
		}
		writes = live_writes(op, t->insn);
		slots = emit_insn(t, op);
		if (op == ISA_JA || op == ISA_JA32 || op == ISA_EXIT)
			t->lazy = 0;
		t->lazy &= (uint16_t)~writes;
		t->known &= (uint16_t)~writes;
	}
	t->pc += slots;
}

static int emit_func(struct trans *t, const struct vm_func *func)
{
	int err;

	t->func = func;
	x86_label_here(&t->link, &t->e, x86_func_label(t, func));
	x86_emit_prologue(t);
	for (t->pc = func->start; t->pc < func->end;) {
		const enum isa_op op = (enum isa_op)t->prog->ops[t->pc];

		err = reserve(t);
		if (err)
			return err;
		if (t->prog->facts[t->pc] & VM_SLOT_LEADER)
			begin_block(t);
		emit_slot(t, op);
	}
	return 0;
}

static int emit_slows(struct trans *t)
{
	int err = 0;

	for (size_t i = 0; i < t->slow_count && !err; i++) {
		err = x86_link_reserve(&t->link);
		if (!err)
			emit_slow(t, &t->slows[i]);
	}
	return err;
}

static int emit_prog(struct trans *t)
{
	int err = 0;

	for (size_t i = 0; i < t->prog->func_count && !err; i++)
		err = emit_func(t, &t->prog->funcs[i]);
	if (!err)
		err = emit_slows(t);
	if (!err)
		err = x86_link_reserve(&t->link);
	if (!err)
		emit_thunks(t);
	return err;
}

/* Facts about the whole program. */
static void survey(struct trans *t)
{
	const struct vm_prog *prog = t->prog;
	int64_t to;

	for (size_t i = 0; i < prog->func_count; i++)
		t->check_frames = t->check_frames || prog->funcs[i].frames > ISA_FRAMES;
	for (size_t pc = 0; pc < prog->insn_count; pc++) {
		const enum isa_op op = (enum isa_op)prog->ops[pc];
		const struct insn *insn = &prog->insns[pc];

		if (op == ISA_CALL && prog->host->helpers[insn->imm].kind == VM_HELPER_TAIL_CALL)
			t->has_tail_calls = true;
		if (op == VM_SECOND_SLOT || (insn->off >= 0 && op != ISA_JA32))
			continue;
		if (isa_jump_target(op, insn, pc, &to) && to <= (int64_t)pc)
			t->loops[to / 8] |= (uint8_t)(1u << to % 8);
	}
}

static int trans_init(struct trans *t, const struct vm_prog *prog, const struct jit_buf *buf)
{
	int err;

	*t = (struct trans){
		.e.p = buf->bytes,
		.prog = prog,
		.buf = buf,
		.cpu = x86_features(),
	};
	err = x86_link_init(&t->link, buf->bytes, prog->insn_count + prog->func_count);
	if (err)
		return err;
	t->leave = x86_label_new(&t->link);
	t->access_thunk = x86_label_new(&t->link);
	t->budget_thunk = x86_label_new(&t->link);
	t->live = malloc((prog->insn_count + 1) * sizeof *t->live);
	t->loops = calloc(prog->insn_count / 8 + 1, 1);
	if (!t->live || !t->loops)
		return -ENOMEM;
	live_find(prog, t->live);
	t->live[prog->insn_count] = 0;
	survey(t);
	return 0;
}

static void trans_release(struct trans *t)
{
	free(t->slows);
	free(t->live);
	free(t->loops);
	x86_link_release(&t->link);
}

size_t jit_arch_bound(const struct vm_prog *prog)
{
	return prog->insn_count * MOST_SLOT_BYTES + REST_BYTES;
}

int jit_arch_emit(const struct vm_prog *prog, struct jit_buf *buf, uint32_t *func_entry)
{
	struct trans t;
	int err = trans_init(&t, prog, buf);

	if (!err)
		err = emit_prog(&t);
	if (!err) {
		x86_link_finish(&t.link, &t.e, buf->address);
		buf->len = (size_t)(t.e.p - buf->bytes);
		for (size_t i = 0; i < prog->func_count; i++)
			func_entry[i] =
				x86_label_offset(&t.link, x86_func_label(&t, &prog->funcs[i]));
	}
	trans_release(&t);
	return err;
}

/* What C functions keep for their callers. */
static const uint8_t callee_saved[] = { X86_RBP, X86_RBX, X86_R12, X86_R13, X86_R14, X86_R15 };

/* uint64_t enter(args, run, func, r10).  Registers without an argument begin as zero, lest a
 * program reads what the host had in them. */
int jit_arch_emit_enter(struct jit_buf *buf)
{
	struct x86_enc e = { buf->bytes };

	for (size_t i = 0; i < ARRAY_LEN(callee_saved); i++)
		x86_push(&e, callee_saved[i]);
	x86_alu_imm(&e, X86_W, X86_ALU_SUB, X86_RSP, 8);
	x86_mov(&e, REG_RUN, X86_RSI);
	x86_mov(&e, REG_FP, X86_RCX);
	x86_mov(&e, REG_TMP2, X86_RDX);
	/* The call below puts its return address there: leaving is to return to it. */
	x86_rm(&e, X86_LEA, X86_RAX, x86_at(X86_RSP, -8));
	x86_rm(&e, X86_STORE | X86_W, X86_RAX, RUN(exit_sp));
	for (unsigned int reg = 5; reg > 0; reg--)
		x86_rm(&e, X86_LOAD | X86_W, x86_reg_of[reg],
		       x86_at(X86_RDI, 8 * ((int32_t)reg - 1)));
	x86_rr(&e, X86_XOR, X86_RAX, X86_RAX);
	for (unsigned int reg = 6; reg < ISA_REG_FP; reg++)
		x86_rr(&e, X86_XOR, x86_reg_of[reg], x86_reg_of[reg]);
	x86_rr(&e, X86_GROUP5, X86_CALL, REG_TMP2);
	x86_alu_imm(&e, X86_W, X86_ALU_ADD, X86_RSP, 8);
	for (size_t i = ARRAY_LEN(callee_saved); i-- > 0;)
		x86_pop(&e, callee_saved[i]);
	x86_ret(&e);
	buf->len = (size_t)(e.p - buf->bytes);
	return 0;
}
