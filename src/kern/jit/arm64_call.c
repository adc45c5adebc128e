/*
 * arm64_call.c - calls: of helpers, of the program's own functions, and tail calls.
 *
 * Arguments are where the procedure call standard wants them (arm64.h); x5 gets the run.
 */
#include "kern/jit/arm64.h"

#include "kern/jit/live.h"
#include "kern/obj/map.h"

#define RUN_OFFSET(member) ((int64_t)offsetof(struct vm_run, member))

enum { MAP_LOAD_AHEAD = 8 }; /* slots from the load of a map to the lookup in it, at most */

static void call_local_checked(struct trans *t)
{
	/* One more frame must fit: r10 is below the end of the last one. */
	arm64_add(t, true, REG_TMP, REG_RUN,
		  RUN_OFFSET(stack) + (ISA_FRAMES - 1) * ISA_STACK_BYTES);
	emit(t, a64_opr(A64_SUBS, true, A64_ZR, REG_FRAME, REG_TMP));
	arm64_branch_slow(t, a64_b_cond(A64_HS), (struct slow){ .kind = SLOW_FRAMES });
}

void arm64_call_local(struct trans *t)
{
	const uint32_t start = t->pc + 1 + (uint32_t)t->insn->imm;
	const struct vm_func *func = vm_prog_func_at(t->prog, start);
	const size_t number = (size_t)(func - t->prog->funcs);

	if (t->check_frames)
		call_local_checked(t);
	emit(t, a64_opi(A64_ADD_IMM, true, REG_FRAME, REG_FRAME, ISA_STACK_BYTES));
	arm64_branch(t, A64_BL, (label)(t->prog->insn_count + number));
	emit(t, a64_opi(A64_SUB_IMM, true, REG_FRAME, REG_FRAME, ISA_STACK_BYTES));
}

/* Leave if a fault was recorded. */
static void check_stopped(struct trans *t)
{
	emit(t, a64_mem(A64_LDR, 2, REG_TMP, REG_RUN, RUN_OFFSET(stopped)));
	arm64_branch_back(t, a64_cb(A64_CBNZ, false, REG_TMP), t->leave);
}

/* On success jumps to the other program's main function, in this one's frame and with r1 as it
 * is; else r0 stays, too. */
static void tail_call(struct trans *t)
{
	uint32_t failed;

	emit(t, a64_mov(true, REG_KEEP, 0));
	emit(t, a64_mov(true, REG_KEEP2, REG_R0));
	emit(t, a64_mov(true, 0, REG_RUN)); /* r2 and r3, map and index, are in x1 and x2 */
	(void)arm64_use(t, ISA_REG_FP, 3);
	arm64_call_c(t, (uintptr_t)jit_tail_target);
	emit(t, a64_mov(true, REG_FAR, 0));
	emit(t, a64_mov(true, 0, REG_KEEP));
	emit(t, a64_mov(true, REG_R0, REG_KEEP2));
	failed = here(t);
	emit(t, a64_cb(A64_CBZ, true, REG_FAR));
	arm64_epilogue(t);
	emit(t, a64_br(A64_BR, REG_FAR));
	arm64_land(t, failed);
}

/* The plain array that r1 is known to hold, if a lookup in it can be inlined here. */
static const struct map *known_array(const struct trans *t, uint64_t address)
{
	const struct map *map = (const struct map *)(uintptr_t)address;

	return map && !t->prog->options.guarded && map->type == MAP_TYPE_ARRAY && map->values &&
			       map->key_size == sizeof(uint32_t) ?
		       map :
		       NULL;
}

/* r0 = the address of the element, or NULL.  What is computed for an index out of range is not used. */
static void lookup_array(struct trans *t, const struct map *map)
{
	const uint64_t stride = map->stride;

	emit(t, a64_mem(A64_LDR, 2, REG_ADDRESS, arm64_reg_of[2], 0));
	if (a64_imm12_fits(map->max_entries)) {
		emit(t, a64_opi(A64_SUBS_IMM, false, A64_ZR, REG_ADDRESS, map->max_entries));
	} else {
		arm64_mov_imm(t, false, REG_TMP, map->max_entries);
		emit(t, a64_opr(A64_SUBS, false, A64_ZR, REG_ADDRESS, REG_TMP));
	}
	arm64_mov_imm(t, true, REG_TMP, (uint64_t)(uintptr_t)map->values);
	if (stride && !(stride & (stride - 1))) {
		emit(t, a64_ops(A64_ADD, true, REG_TMP, REG_TMP, REG_ADDRESS, A64_LSL,
				(uint32_t)__builtin_ctzll(stride)));
	} else {
		arm64_mov_imm(t, true, REG_TMP2, stride);
		emit(t, a64_op4(A64_MADD, true, REG_TMP, REG_ADDRESS, REG_TMP2, REG_TMP));
	}
	emit(t, a64_csel(true, REG_R0, REG_TMP, A64_ZR, A64_LO));
}

bool arm64_map_unneeded(const struct trans *t)
{
	const struct vm_prog *prog = t->prog;
	uint32_t pc = t->pc + 2;

	if (t->insn->dst != 1 || !known_array(t, isa_wide_imm(t->insn)))
		return false;
	for (uint32_t n = 0; n < MAP_LOAD_AHEAD && pc < t->func->end; n++, pc++) {
		const enum isa_op op = (enum isa_op)prog->ops[pc];

		if ((prog->facts[pc] & VM_SLOT_LEADER) || prog->ops[pc] == VM_SECOND_SLOT)
			return false;
		if (op == ISA_CALL)
			return prog->host->helpers[prog->insns[pc].imm].kind ==
			       VM_HELPER_MAP_LOOKUP;
		if ((live_reads(op, &prog->insns[pc]) | live_writes(op, &prog->insns[pc])) & 2)
			return false;
	}
	return false;
}

/* What a call of this kind leaves for C code to see. */
static void before_call(struct trans *t, enum vm_helper_kind kind)
{
	if (t->prog->options.guarded) {
		arm64_mov_imm(t, false, REG_TMP, t->pc);
		emit(t, a64_mem(A64_STR, 2, REG_TMP, REG_RUN, RUN_OFFSET(fault.pc)));
	}
	if (kind != VM_HELPER_CALLBACK)
		return;
	(void)arm64_use(t, ISA_REG_FP, REG_TMP);
	emit(t, a64_mem(A64_STR, 3, REG_TMP, REG_RUN, RUN_OFFSET(frame)));
	if (t->prog->options.limited)
		emit(t, a64_mem(A64_STR, 3, REG_BUDGET, REG_RUN, RUN_OFFSET(budget)));
}

static void after_call(struct trans *t, enum vm_helper_kind kind)
{
	if (kind == VM_HELPER_CALLBACK && t->prog->options.limited)
		emit(t, a64_mem(A64_LDR, 3, REG_BUDGET, REG_RUN, RUN_OFFSET(budget)));
	if (kind != VM_HELPER_CPU_ID && kind != VM_HELPER_KTIME)
		check_stopped(t);
	emit(t, a64_mov(true, REG_R0, 0));
	if (kind == VM_HELPER_UNWIND)
		arm64_branch_back(t, a64_cb(A64_CBZ, true, 0), t->leave);
}

void arm64_call_helper(struct trans *t)
{
	const struct vm_helper *helper = &t->prog->host->helpers[t->insn->imm];
	const struct map *array = known_array(t, t->map);

	if (helper->kind == VM_HELPER_MAP_LOOKUP && array) {
		lookup_array(t, array);
		return;
	}
	before_call(t, helper->kind);
	if (helper->kind == VM_HELPER_TAIL_CALL) {
		tail_call(t);
		return;
	}
	emit(t, a64_mov(true, 5, REG_RUN));
	arm64_call_c(t, (uintptr_t)helper->fn);
	after_call(t, helper->kind);
}
