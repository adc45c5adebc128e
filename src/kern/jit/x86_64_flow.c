/*
 * x86_64_flow.c - jumps, functions, and calls.
 *
 * A function saves those of r6 to r9 that it writes.  If it calls anything, it keeps the stack aligned as C
 * functions expect it.
 */
#include <errno.h>
#include <sys/rseq.h>

#include "kern/jit/live.h"
#include "kern/jit/x86_64.h"

static enum x86_cond cond_of(unsigned int code)
{
	switch (code) {
	case JMP_JEQ: return X86_E;
	case JMP_JGT: return X86_A;
	case JMP_JGE: return X86_AE;
	case JMP_JSET:
	case JMP_JNE: return X86_NE;
	case JMP_JSGT: return X86_G;
	case JMP_JSGE: return X86_GE;
	case JMP_JLT: return X86_B;
	case JMP_JLE: return X86_BE;
	case JMP_JSLT: return X86_L;
	default: return X86_LE;
	}
}

static uint32_t jump_label(const struct trans *t, enum isa_op op)
{
	int64_t to = 0;

	(void)isa_jump_target(op, t->insn, t->pc, &to);
	return slot_label((uint32_t)to);
}

/* Do the flags tell already whether @d is zero? */
static bool zero_flag_known(const struct trans *t, unsigned int w, unsigned int d)
{
	if (t->flags_at != t->e.p || t->flags_reg != d)
		return false;
	return t->flags_wide == (w != 0) || (w && is_low32(t, t->insn->dst));
}

/* Compare with an immediate; returns the condition to jump on. */
static enum x86_cond compare_imm(struct trans *t, const struct isa_op_info *info, unsigned int d,
				 int32_t imm)
{
	const unsigned int w = info->is64 ? X86_W : 0, code = info->code & CODE_MASK;
	struct x86_enc *e = &t->e;

	if (code == JMP_JSET) {
		x86_test_imm(e, imm < 0 ? w : 0, d, imm);
	} else if (imm) {
		x86_alu_imm(e, w, X86_ALU_CMP, d, imm);
	} else if (!(code == JMP_JEQ || code == JMP_JNE) || !zero_flag_known(t, w, d)) {
		x86_rr(e, w | X86_TEST, d, d);
	}
	return cond_of(code);
}

static enum x86_cond compare_reg(struct trans *t, const struct isa_op_info *info, unsigned int d,
				 unsigned int s)
{
	const unsigned int w = info->is64 ? X86_W : 0, code = info->code & CODE_MASK;

	x86_rr(&t->e, w | (code == JMP_JSET ? X86_TEST : X86_CMP), d, s);
	return cond_of(code);
}

unsigned int x86_emit_jmp_imm(struct trans *t, enum isa_op op)
{
	const struct isa_op_info *info = &isa_ops[op];
	const unsigned int d = x86_operand_of(t, t->insn->dst);
	enum x86_cond cond;

	if (t->prog->options.blind)
		cond = compare_reg(t, info, d, x86_blind_const(t, t->insn->imm));
	else
		cond = compare_imm(t, info, d, t->insn->imm);
	x86_jcc(&t->e, &t->link, cond, jump_label(t, op));
	return 1;
}

unsigned int x86_emit_jmp_reg(struct trans *t, enum isa_op op)
{
	const enum x86_cond cond = compare_reg(t, &isa_ops[op], x86_operand_of(t, t->insn->dst),
					       x86_operand_of(t, t->insn->src));

	x86_jcc(&t->e, &t->link, cond, jump_label(t, op));
	return 1;
}

unsigned int x86_emit_ja(struct trans *t, enum isa_op op)
{
	const uint32_t label = jump_label(t, op);

	if (label != slot_label(t->pc + 1))
		x86_jmp(&t->e, &t->link, label);
	return 1;
}

unsigned int x86_emit_may_goto(struct trans *t, enum isa_op op)
{
	x86_alu_mem_imm(&t->e, 0, X86_ALU_CMP, RUN(may_gotos), 0);
	x86_jcc(&t->e, &t->link, X86_E, jump_label(t, op));
	x86_rm(&t->e, X86_GROUP5, X86_DEC, RUN(may_gotos));
	return 1;
}

/* Functions and calls ----------------------------------------------------------------------- */

enum { KEPT = 0x3c0 /* r6 to r9 */ };

/* Functions that call keep the stack aligned to 16 bytes, of which a call takes 8. */
static bool needs_padding(const struct vm_func *func)
{
	return !func->leaf && !(__builtin_popcount(func->regs_written & KEPT) & 1);
}

void x86_emit_prologue(struct trans *t)
{
	for (unsigned int reg = 6; reg < ISA_REG_FP; reg++)
		if (t->func->regs_written & bit(reg))
			x86_push(&t->e, x86_reg_of[reg]);
	if (needs_padding(t->func))
		x86_alu_imm(&t->e, X86_W, X86_ALU_SUB, X86_RSP, 8);
}

/* Undo the prologue. */
static void restore_kept(struct trans *t)
{
	if (needs_padding(t->func))
		x86_alu_imm(&t->e, X86_W, X86_ALU_ADD, X86_RSP, 8);
	for (unsigned int reg = ISA_REG_FP; reg-- > 6;)
		if (t->func->regs_written & bit(reg))
			x86_pop(&t->e, x86_reg_of[reg]);
}

unsigned int x86_emit_exit(struct trans *t)
{
	restore_kept(t);
	x86_ret(&t->e);
	return 1;
}

/* run->prog = the program, after calls of functions that may have replaced it. */
static void set_prog(struct trans *t)
{
	x86_mov_imm(&t->e, REG_TMP, (uint64_t)(uintptr_t)t->prog);
	x86_rm(&t->e, X86_STORE | X86_W, REG_TMP, RUN(prog));
}

unsigned int x86_emit_call_local(struct trans *t)
{
	const struct vm_func *callee = x86_named_func(t);
	/* Nobody would notice that r10 is still the caller's. */
	const bool same_frame = callee->leaf && !(callee->regs_read & bit(ISA_REG_FP));
	struct x86_enc *e = &t->e;

	if (t->check_frames) {
		struct slow *slow = x86_add_slow(t, SLOW_FRAMES);

		x86_rm(e, X86_LEA, REG_TMP,
		       x86_at(REG_RUN, (int32_t)(offsetof(struct vm_run, stack) +
						 sizeof((struct vm_run *)0)->stack)));
		x86_rr(e, X86_CMP | X86_W, REG_FP, REG_TMP);
		x86_jcc(e, &t->link, X86_AE, slow->label);
	}
	if (!same_frame)
		x86_alu_imm(e, X86_W, X86_ALU_ADD, REG_FP, ISA_STACK_BYTES);
	x86_call(e, &t->link, x86_func_label(t, callee));
	if (!same_frame)
		x86_alu_imm(e, X86_W, X86_ALU_SUB, REG_FP, ISA_STACK_BYTES);
	if (t->has_tail_calls)
		set_prog(t);
	t->low32 &= (uint16_t)~live_writes(ISA_CALL_LOCAL, t->insn);
	return 1;
}

/* Note where a helper is called from, for its messages. */
static void note_pc(struct trans *t)
{
	x86_rm(&t->e, 0xc7, 0, RUN(fault.pc));
	x86_u32(&t->e, t->pc);
}

/* Leave if the helper found a fault. */
static void leave_if_stopped(struct trans *t)
{
	x86_alu_mem_imm(&t->e, 0, X86_ALU_CMP, RUN(stopped), 0);
	x86_jcc(&t->e, &t->link, X86_NE, t->leave);
}

static void emit_tail_call(struct trans *t)
{
	struct x86_enc *e = &t->e;
	uint8_t *failed;

	x86_push(e, X86_RDI);
	x86_push(e, X86_RDI);
	x86_mov(e, X86_RDI, REG_RUN);
	x86_mov(e, X86_RCX, REG_FP);
	CALL_C(t, jit_tail_target);
	x86_pop(e, X86_RDI);
	x86_pop(e, X86_RDI);
	x86_rr(e, X86_TEST | X86_W, X86_RAX, X86_RAX);
	failed = x86_skip(e, X86_E);
	restore_kept(t);
	x86_rr(e, X86_GROUP5, X86_JMP, X86_RAX);
	x86_land(e, failed);
	x86_mov_imm(e, X86_RAX, (uint64_t)-ENOENT);
}

static void call_helper(struct trans *t, const struct vm_helper *helper)
{
	const bool guarded = t->prog->options.guarded;
	const bool calls_back = helper->kind == VM_HELPER_CALLBACK;

	if (guarded || calls_back)
		note_pc(t);
	if (calls_back)
		x86_rm(&t->e, X86_STORE | X86_W, REG_FP, RUN(frame));
	x86_mov(&t->e, X86_R9, REG_RUN);
	CALL_C(t, helper->fn);
	if (guarded || calls_back)
		leave_if_stopped(t);
	if (helper->kind == VM_HELPER_UNWIND) {
		x86_rr(&t->e, X86_TEST | X86_W, X86_RAX, X86_RAX);
		x86_jcc(&t->e, &t->link, X86_E, t->leave);
	}
}

/* The number of the processor that this thread runs on is in memory that the kernel keeps. */
static bool cpu_id_in_memory(void)
{
	return __rseq_size >= sizeof(uint32_t) * 2 && x86_is32((int64_t)__rseq_offset);
}

static void load_cpu_id(struct x86_enc *e, unsigned int reg)
{
	x86_load_thread_u32(e, reg,
			    (int32_t)__rseq_offset + (int32_t)offsetof(struct rseq, cpu_id));
}

/* r0 += what lies between the values of the first processor and of this one.  Where the kernel could
 * not say which it is, that is the first. */
static void add_cpu_offset(struct x86_enc *e, const struct map *map)
{
	uint8_t *known;

	load_cpu_id(e, REG_TMP);
	x86_alu_imm(e, 0, X86_ALU_CMP, REG_TMP, (int32_t)map->cpu_count);
	known = x86_skip(e, X86_B);
	x86_rr(e, X86_XOR, REG_TMP, REG_TMP);
	x86_land(e, known);
	x86_imul_imm(e, X86_W, REG_TMP, REG_TMP, (int32_t)map->cpu_bytes);
	x86_rr(e, X86_ADD | X86_W, X86_RAX, REG_TMP);
}

/* r0 = where value r0 of @map is; r0 is below the number of values. */
static void index_array(struct trans *t, const struct map *map)
{
	struct x86_enc *e = &t->e;

	if (map->stride & (map->stride - 1))
		x86_imul_imm(e, X86_W, X86_RAX, X86_RAX, (int32_t)map->stride);
	else
		x86_shift_imm(e, X86_W, X86_SHL, X86_RAX,
			      (unsigned int)__builtin_ctzll(map->stride));
	x86_mov_imm(e, REG_TMP, (uint64_t)(uintptr_t)(map->values ? map->values : map->cpu_values));
	x86_rr(e, X86_ADD | X86_W, X86_RAX, REG_TMP);
	if (map->cpu_values)
		add_cpu_offset(e, map);
}

/* Is the next instruction the usual question whether the lookup found something? */
static bool null_check_next(const struct trans *t)
{
	return (next_is(t, ISA_JEQ64_IMM) || next_is(t, ISA_JNE64_IMM)) && t->insn[1].dst == 0 &&
	       t->insn[1].imm == 0;
}

/* Where to jump to, to go to slot @to with r0 = 0. */
static uint32_t null_label(struct trans *t, uint32_t to)
{
	struct slow *slow;

	if (!(t->live[to] & bit(0)))
		return slot_label(to);
	slow = x86_add_slow(t, SLOW_NULL);
	slow->back = slot_label(to);
	return slow->label;
}

/* The lookup and the jump that follows it: the answer is known when the key has been compared. */
static unsigned int lookup_and_jump(struct trans *t, const struct map *map)
{
	const enum isa_op op = (enum isa_op)t->prog->ops[t->pc + 1];
	const bool if_null = op == ISA_JEQ64_IMM;
	struct x86_enc *e = &t->e;
	int64_t to = 0;

	(void)isa_jump_target(op, t->insn + 1, t->pc + 1, &to);
	x86_rm(e, X86_LOAD, X86_RAX, x86_address(t, 2, 0));
	x86_settle(t, t->live[to] & KEPT);
	x86_alu_imm(e, 0, X86_ALU_CMP, X86_RAX, (int32_t)map->max_entries);
	x86_jcc(e, &t->link, X86_AE, null_label(t, if_null ? (uint32_t)to : t->pc + 2));
	index_array(t, map);
	if (!if_null)
		x86_jmp(e, &t->link, slot_label((uint32_t)to));
	return 2;
}

/* r0 = the value of key *(u32 *)r2, or NULL. */
static unsigned int lookup_in_array(struct trans *t, const struct map *map)
{
	struct x86_enc *e = &t->e;
	uint8_t *beyond, *done;

	if (null_check_next(t))
		return lookup_and_jump(t, map);
	x86_rm(e, X86_LOAD, X86_RAX, x86_address(t, 2, 0));
	x86_alu_imm(e, 0, X86_ALU_CMP, X86_RAX, (int32_t)map->max_entries);
	beyond = x86_skip(e, X86_AE);
	index_array(t, map);
	done = x86_skip_always(e);
	x86_land(e, beyond);
	x86_rr(e, X86_XOR, X86_RAX, X86_RAX);
	x86_land(e, done);
	return 1;
}

/* The array in r1, if that is known and lookups in it can be inlined. */
const struct map *x86_inline_array(const struct trans *t)
{
	const struct map *map;

	if (t->prog->options.guarded || !(t->known & bit(1)))
		return NULL;
	map = (const struct map *)(uintptr_t)t->value[1];
	if (map->cpu_values && (!cpu_id_in_memory() || map->cpu_bytes > INT32_MAX))
		return NULL;
	if ((!map->values && !map->cpu_values) || map->key_size != 4 || !map->stride ||
	    map->stride > INT32_MAX)
		return NULL;
	return map;
}

unsigned int x86_emit_call(struct trans *t)
{
	const struct vm_helper *helper = &t->prog->host->helpers[t->insn->imm];

	t->low32 &= (uint16_t)~live_writes(ISA_CALL, t->insn);
	switch (helper->kind) {
	case VM_HELPER_TAIL_CALL: emit_tail_call(t); return 1;
	case VM_HELPER_MAP_LOOKUP:
		if (x86_inline_array(t))
			return lookup_in_array(t, x86_inline_array(t));
		break;
	case VM_HELPER_CPU_ID:
		if (cpu_id_in_memory()) {
			load_cpu_id(&t->e, X86_RAX);
			set_low32(t, 0, true);
			return 1;
		}
		break;
	case VM_HELPER_CALL:
	case VM_HELPER_KTIME:
	case VM_HELPER_CALLBACK:
	case VM_HELPER_UNWIND: break;
	}
	call_helper(t, helper);
	return 1;
}
