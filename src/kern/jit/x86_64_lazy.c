/*
 * x86_64_lazy.c - sums that are not computed until something needs them.
 *
 * BPF's instructions have two operands and one way to address memory, so that compilers write
 *
 *	r3 = r1;  r3 <<= 3;  r3 += r2;  r4 = *(u64 *)(r3 + 8)
 *
 * for what is one instruction here.  So a copy, and what is added to it, is only noted: the
 * register is lazy, its value is a struct x86_mem in terms of machine registers (or a constant).
 * A memory access uses that as its address; any other use, and jumps to where the register is
 * wanted, settle it: one 'lea' or 'mov'.  If the register is overwritten or no longer wanted
 * first, it never costs anything.
 *
 * What keeps this right:
 *
 *  1. No lazy value refers to the machine register of a lazy register.
 *  2. Before a machine register changes, the lazy values that refer to it are settled.
 *
 * By 1, settling one does not disturb another.  The one exception to 1 is a sum in place, r3 += r1,
 * whose only use is the very next instruction: there r3's value refers to r3 itself.
 */
#include "kern/jit/live.h"
#include "kern/jit/x86_64.h"

static bool is_constant(struct x86_mem mem)
{
	return mem.base == X86_NONE && mem.index == X86_NONE;
}

/* A copy of another register. */
static bool is_plain(struct x86_mem mem)
{
	return mem.base != X86_NONE && mem.index == X86_NONE && mem.disp == 0;
}

/* Compute @mem into @reg, of which it does not depend. */
static void compute(struct trans *t, unsigned int reg, struct x86_mem mem, uint64_t value)
{
	struct x86_enc *e = &t->e;

	if (is_constant(mem)) {
		x86_mov_imm(e, reg, value);
	} else if (is_plain(mem)) {
		x86_mov(e, reg, mem.base);
	} else if (mem.base == X86_NONE && mem.disp == 0) {
		x86_mov(e, reg, mem.index);
		x86_shift_imm(e, X86_W, X86_SHL, reg, mem.shift);
	} else {
		x86_rm(e, X86_LEA, reg, mem);
	}
}

void x86_settle(struct trans *t, unsigned int regs)
{
	for (regs &= t->lazy; regs; regs &= regs - 1) {
		const unsigned int reg = (unsigned int)__builtin_ctz(regs);

		t->lazy &= (uint16_t)~bit(reg);
		compute(t, x86_reg_of[reg], t->lazy_value[reg], t->value[reg]);
	}
}

/* The lazy registers whose values refer to machine registers of @regs. */
static unsigned int dependents(const struct trans *t, unsigned int regs)
{
	unsigned int found = 0, machine_regs = 0;

	for (; regs; regs &= regs - 1)
		machine_regs |= 1u << x86_reg_of[__builtin_ctz(regs)];
	for (unsigned int lazy = t->lazy; lazy; lazy &= lazy - 1) {
		const unsigned int reg = (unsigned int)__builtin_ctz(lazy);
		const struct x86_mem mem = t->lazy_value[reg];

		/* X86_NONE is beyond all machine registers. */
		if ((1u << mem.base | 1u << mem.index) & machine_regs)
			found |= bit(reg);
	}
	return found;
}

bool x86_is_free(const struct trans *t, unsigned int reg)
{
	return !(t->live_after & bit(reg)) && !dependents(t, bit(reg));
}

struct x86_mem x86_address(struct trans *t, unsigned int reg, int32_t off)
{
	struct x86_mem mem = x86_at(x86_reg_of[reg], off);
	int32_t disp;

	if (!(t->lazy & bit(reg)))
		return mem;
	if (is_constant(t->lazy_value[reg]) ||
	    __builtin_add_overflow(t->lazy_value[reg].disp, off, &disp)) {
		x86_settle(t, bit(reg));
		return mem;
	}
	mem = t->lazy_value[reg];
	mem.disp = disp;
	return mem;
}

unsigned int x86_operand_of(const struct trans *t, unsigned int reg)
{
	if ((t->lazy & bit(reg)) && is_plain(t->lazy_value[reg]))
		return t->lazy_value[reg].base;
	return x86_reg_of[reg];
}

/* Lazy registers of @regs that are not just copies. */
static unsigned int sums(const struct trans *t, unsigned int regs)
{
	for (unsigned int rest = regs & t->lazy; rest; rest &= rest - 1) {
		const unsigned int reg = (unsigned int)__builtin_ctz(rest);

		if (is_plain(t->lazy_value[reg]))
			regs &= ~(unsigned int)bit(reg);
	}
	return regs;
}

/* What @op needs in registers: all it reads, but for the base of a memory access, and for copies
 * where its translator takes any register (x86_operand_of). */
static unsigned int needs(const struct trans *t, enum isa_op op)
{
	const unsigned int dst = bit(t->insn->dst), src = bit(t->insn->src);

	switch (isa_ops[op].form) {
	case ISA_FORM_ALU_IMM: return sums(t, live_reads(op, t->insn));
	case ISA_FORM_ALU_REG: return (live_reads(op, t->insn) & dst) | sums(t, src);
	case ISA_FORM_MOVSX: return sums(t, src);
	case ISA_FORM_JMP_IMM: return sums(t, dst);
	case ISA_FORM_JMP_REG: return sums(t, dst | src);
	case ISA_FORM_LDX:
	case ISA_FORM_LDXS:
	case ISA_FORM_LOAD_ACQ:
	case ISA_FORM_ST: return 0;
	case ISA_FORM_STX:
	case ISA_FORM_STORE_REL: return sums(t, src);
	case ISA_FORM_ATOMIC: return live_reads(op, t->insn) & ~(dst & ~(src | 1));
	default: return live_reads(op, t->insn);
	}
}

void x86_settle_for(struct trans *t, enum isa_op op, unsigned int spared)
{
	const unsigned int writes = live_writes(op, t->insn);

	x86_settle(t, needs(t, op) & ~spared);
	/* What is not wanted afterwards is at most read by the instruction, before it writes. */
	if (writes && t->lazy)
		x86_settle(t, dependents(t, writes) & t->live_after & ~writes);
}

/* From now on @reg has this value, lazily. */
static void set_lazy(struct trans *t, unsigned int reg, struct x86_mem mem)
{
	t->lazy |= bit(reg);
	t->lazy_value[reg] = mem;
}

static void copy(struct trans *t, unsigned int dst, unsigned int src)
{
	x86_settle(t, dependents(t, bit(dst)));
	if (t->known & bit(src)) {
		t->known |= bit(dst);
		t->value[dst] = t->value[src];
	} else {
		t->known &= (uint16_t)~bit(dst);
	}
	t->low32 = (uint16_t)((t->low32 & ~bit(dst)) | (t->low32 >> src & 1) << dst);
	set_lazy(t, dst, t->lazy & bit(src) ? t->lazy_value[src] : x86_at(x86_reg_of[src], 0));
}

/* @mem += the value of @src, if that can be. */
static bool add_reg(struct trans *t, struct x86_mem *mem, unsigned int src)
{
	if (mem->base != X86_NONE && mem->index != X86_NONE)
		return false;
	x86_settle(t, sums(t, bit(src)));
	if (mem->base == X86_NONE)
		mem->base = (uint8_t)x86_operand_of(t, src);
	else
		mem->index = (uint8_t)x86_operand_of(t, src);
	return true;
}

/* @mem += @imm, if that can be. */
static bool add_imm(struct x86_mem *mem, int32_t imm)
{
	int32_t disp;

	if (__builtin_add_overflow(mem->disp, imm, &disp))
		return false;
	mem->disp = disp;
	return true;
}

/* @mem <<= @count, if that can be. */
static bool shift(struct x86_mem *mem, int32_t count)
{
	if (!is_plain(*mem) || count < 1 || count > 3)
		return false;
	mem->index = mem->base;
	mem->base = X86_NONE;
	mem->shift = (uint8_t)count;
	return true;
}

/* An operation on a register that is lazy already. */
static bool extend(struct trans *t, enum isa_op op)
{
	struct x86_mem *mem = &t->lazy_value[t->insn->dst];

	if (is_constant(*mem))
		return false;
	switch (op) {
	case ISA_ADD64_IMM: return !t->prog->options.blind && add_imm(mem, t->insn->imm);
	case ISA_ADD64_REG: return t->insn->src != t->insn->dst && add_reg(t, mem, t->insn->src);
	case ISA_LSH64_IMM: return shift(mem, t->insn->imm);
	default: return false;
	}
}

/* Is the instruction @insn one that only reads register @reg as the base of its access, after which
 * it is not wanted? */
static bool is_last_access(const struct trans *t, const struct insn *insn, unsigned int reg)
{
	const size_t pc = (size_t)(insn - t->prog->insns);
	const enum isa_op op = (enum isa_op)t->prog->ops[pc];

	if (t->prog->facts[pc] & VM_SLOT_LEADER)
		return false;
	switch (isa_ops[op].form) {
	case ISA_FORM_LDX:
	case ISA_FORM_LDXS:
		return insn->src == reg && (insn->dst == reg || !(t->live[pc + 1] & bit(reg)));
	case ISA_FORM_ST: return insn->dst == reg && !(t->live[pc + 1] & bit(reg));
	case ISA_FORM_STX:
		return insn->dst == reg && insn->src != reg && !(t->live[pc + 1] & bit(reg));
	default: return false;
	}
}

/* r3 += r1, or r3 <<= 3; r3 += r1, in place and for one access.  Returns the slots it takes. */
static unsigned int sum_in_place(struct trans *t, enum isa_op op)
{
	const struct insn *insn = t->insn;
	const unsigned int dst = insn->dst;
	struct x86_mem mem = x86_at(x86_reg_of[dst], 0);
	unsigned int slots = 1;

	if (op == ISA_LSH64_IMM) {
		const uint32_t next = t->pc + 1;

		if (next >= t->func->end || (t->prog->facts[next] & VM_SLOT_LEADER) ||
		    t->prog->ops[next] != ISA_ADD64_REG || insn[1].dst != dst ||
		    !shift(&mem, insn->imm))
			return 0;
		insn++;
		slots = 2;
	} else if (op != ISA_ADD64_REG) {
		return 0;
	}
	if (insn->src == dst || !is_last_access(t, insn + 1, dst))
		return 0;
	(void)add_reg(t, &mem, insn->src);
	set_lazy(t, dst, mem);
	return slots;
}

/* @reg = @value, the address of a map. */
static void constant(struct trans *t, unsigned int reg, uint64_t value)
{
	x86_settle(t, dependents(t, bit(reg)));
	t->low32 &= (uint16_t)~bit(reg);
	t->known |= bit(reg);
	t->value[reg] = value;
	set_lazy(t, reg, (struct x86_mem){ .base = X86_NONE, .index = X86_NONE });
}

unsigned int x86_make_lazy(struct trans *t, enum isa_op op)
{
	const unsigned int dst = t->insn->dst;
	unsigned int slots = 1;

	if (op == ISA_MOV64_REG) {
		if (dst != t->insn->src)
			copy(t, dst, t->insn->src);
		return 1;
	}
	if (op == ISA_LD_MAP_FD || op == ISA_LD_MAP_IDX) {
		constant(t, dst, isa_wide_imm(t->insn));
		return 2;
	}
	if (op != ISA_ADD64_IMM && op != ISA_ADD64_REG && op != ISA_LSH64_IMM)
		return 0;
	if (!(t->lazy & bit(dst)))
		slots = sum_in_place(t, op);
	else if (!extend(t, op))
		return 0;
	if (slots) {
		t->low32 &= (uint16_t)~bit(dst);
		t->known &= (uint16_t)~bit(dst);
	}
	return slots;
}
