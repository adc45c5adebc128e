/*
 * unwind.c - from a frame to that of the caller.
 */
#include "sym/unwind.h"

#include <elf.h>
#include <stdlib.h>

#include "base/bits.h"

/* Where the kernel stores registers in the frame of a signal, from the stack pointer. */
enum {
	X86_SIGNAL_FP = 120,
	X86_SIGNAL_SP = 160,
	X86_SIGNAL_IP = 168,
	ARM_SIGNAL_FP = 544,
	ARM_SIGNAL_LR = 552,
	ARM_SIGNAL_SP = 560,
	ARM_SIGNAL_IP = 568,
};

/* arm64 can sign return addresses in bits above those of addresses. */
#define ARM_ADDRESS_MASK ((UINT64_C(1) << 48) - 1)

void unwind_release(struct unwind_table *table)
{
	free(table->rows);
	*table = (struct unwind_table){ 0 };
}

const struct unwind_row *unwind_find(const struct unwind_table *table, uint64_t address)
{
	size_t low = 0, high = table->count;

	if (address < table->base || address - table->base > UINT32_MAX)
		return NULL;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->rows[middle].address <= address - table->base)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &table->rows[low - 1] : NULL;
}

static bool load(const struct unwind_stack *stack, uint64_t address, uint64_t *ret_value)
{
	const uint64_t at = address - stack->address;

	if (at > stack->len || stack->len - at < 8)
		return false;
	*ret_value = load_u64(stack->data + at);
	return true;
}

static bool step_signal(const struct unwind_stack *stack, uint16_t machine,
			struct unwind_registers *registers)
{
	const bool is_arm = machine == EM_AARCH64;
	const uint64_t sp = registers->sp;
	struct unwind_registers caller = { 0 };

	if (is_arm && !load(stack, sp + ARM_SIGNAL_LR, &caller.lr))
		return false;
	if (!load(stack, sp + (is_arm ? ARM_SIGNAL_FP : X86_SIGNAL_FP), &caller.fp) ||
	    !load(stack, sp + (is_arm ? ARM_SIGNAL_SP : X86_SIGNAL_SP), &caller.sp) ||
	    !load(stack, sp + (is_arm ? ARM_SIGNAL_IP : X86_SIGNAL_IP), &caller.ip))
		return false;
	*registers = caller;
	return true;
}

static bool find_cfa(const struct unwind_row *row, const struct unwind_stack *stack,
		     const struct unwind_registers *registers, uint64_t *ret_cfa)
{
	const uint64_t offset = (uint64_t)unwind_cfa(row);

	switch ((enum unwind_rule)row->rule) {
	case UNWIND_SP: *ret_cfa = registers->sp + offset; return true;
	case UNWIND_FP: *ret_cfa = registers->fp + offset; return true;
	case UNWIND_FP_LOAD: return load(stack, registers->fp + offset, ret_cfa);
	case UNWIND_PLT:
		*ret_cfa = registers->sp + ((registers->ip & 15) >= offset ? 16 : 8);
		return true;
	case UNWIND_UNKNOWN:
	case UNWIND_END:
	case UNWIND_SIGNAL: break;
	}
	return false;
}

bool unwind_step(const struct unwind_row *row, const struct unwind_stack *stack, uint16_t machine,
		 struct unwind_registers *registers)
{
	struct unwind_registers caller = *registers;
	uint64_t cfa;

	if (row->rule == UNWIND_SIGNAL)
		return step_signal(stack, machine, registers);
	if (!find_cfa(row, stack, registers, &cfa))
		return false;
	if (row->ra == UNWIND_SAME)
		caller.ip = registers->lr;
	else if (!load(stack, cfa + (uint64_t)(row->ra * 8), &caller.ip))
		return false;
	if (row->fp == UNWIND_FRAME) {
		if (!load(stack, registers->fp, &caller.fp))
			return false;
	} else if (row->fp != UNWIND_SAME) {
		if (!load(stack, cfa + (uint64_t)(row->fp * 8), &caller.fp))
			return false;
	}
	caller.sp = cfa;
	caller.lr = 0; /* the caller has called since */
	if (machine == EM_AARCH64)
		caller.ip &= ARM_ADDRESS_MASK;
	/* Stacks grow downwards, so that a caller is above; or nothing would ever end. */
	if (cfa < registers->sp || (cfa == registers->sp && caller.ip == registers->ip))
		return false;
	*registers = caller;
	return caller.ip != 0;
}

bool unwind_by_frame(const struct unwind_stack *stack, struct unwind_registers *registers)
{
	uint64_t fp, ip;

	if (registers->fp < registers->sp || !load(stack, registers->fp, &fp) ||
	    !load(stack, registers->fp + 8, &ip) || !ip)
		return false;
	registers->sp = registers->fp + 16;
	registers->fp = fp;
	registers->ip = ip;
	return true;
}
