/*
 * x86_64.h - the state of a translation, shared by the files that translate.
 *
 * BPF's registers are those that Linux's JIT gives them, so that calls of helpers need no moves:
 *
 *	r0   r1   r2   r3   r4   r5   r6   r7   r8   r9   r10
 *	rax  rdi  rsi  rdx  rcx  r8   rbx  r13  r14  r15  rbp
 *
 * r12 holds the struct vm_run.  r9 to r11 are free within an instruction; of these, r9 holds a
 * blinded constant, r10 and r11 the address in a checked access.
 */
#ifndef WAGGLE_KERN_JIT_X86_64_H
#define WAGGLE_KERN_JIT_X86_64_H

#include "kern/jit/arch.h"
#include "kern/jit/x86_64_enc.h"
#include "kern/jit/x86_64_link.h"
#include "kern/vm/prog.h"

enum {
	REG_R0 = X86_RAX,
	REG_FP = X86_RBP,
	REG_RUN = X86_R12,
	REG_CONST = X86_R9, /* scratch: holds a blinded constant while there is one */
	REG_TMP = X86_R10,
	REG_TMP2 = X86_R11,
};

extern const uint8_t x86_reg_of[ISA_REGS];

/* What is done off the path of the code, behind its end. */
struct slow {
	enum slow_kind {
		SLOW_ACCESS,    /* ask vm_access_slow */
		SLOW_BUDGET,    /* ask vm_budget_spent */
		SLOW_FRAMES,    /* vm_frames_spent */
		SLOW_UNALIGNED, /* vm_unaligned */
		SLOW_DIVIDE,    /* by zero, and where signed by minus one */
		SLOW_NULL,      /* r0 = 0, and go to 'back', which is not where this came from */
	} kind;
	uint32_t label;
	uint32_t back;      /* label to go on at */
	uint32_t packed;    /* pc, and for SLOW_ACCESS: pc << 3 | write << 2 | log2 of bytes */
	struct x86_mem mem; /* SLOW_ACCESS, SLOW_UNALIGNED */
	struct division {
		uint8_t d, s; /* machine registers: d = d / s, or d % s */
		bool is64, is_signed, is_mod;
	} division; /* SLOW_DIVIDE */
};

struct trans {
	struct x86_enc e;
	struct x86_link link;
	const struct vm_prog *prog;
	const struct jit_buf *buf;
	const struct vm_func *func; /* the one being translated */
	const struct insn *insn;    /* the instruction */
	uint32_t pc;
	const struct x86_features *cpu;
	uint16_t *live;      /* of each slot: live_find */
	uint8_t *loops;      /* a bit per slot: some jump leads back to it */
	uint16_t live_after; /* the instruction */
	uint16_t low32;      /* registers whose upper halves are known to be zero */

	uint16_t lazy; /* registers not computed yet: x86_64_lazy.c */
	struct x86_mem lazy_value[ISA_REGS];

	const uint8_t *flags_at; /* code after which the flags are those of ... */
	uint8_t flags_reg;       /* ... this machine register compared with zero, ... */
	bool flags_wide; /* ... all of it; the zero flag holds for both widths if zero-extended */

	uint16_t known;           /* registers that hold the address of a map ... */
	uint64_t value[ISA_REGS]; /* ... which is this */

	bool check_frames;
	bool has_tail_calls;
	uint32_t leave; /* label: end the run with r0 = 0 */
	uint32_t access_thunk, budget_thunk;
	struct slow *slows;
	size_t slow_count, slow_room;
};

/* Members of the run, as memory. */
#define RUN(member) x86_at(REG_RUN, (int32_t)offsetof(struct vm_run, member))

/* The codes of alu.def and jmp.def, as in the opcode byte. */
enum {
#define ALU_OP(name, code, off, ...) ALU_##name = (code),
#include "isa/alu.def"
#define JMP_OP(name, code, ...) JMP_##name = (code),
#include "isa/jmp.def"
	CODE_MASK = 0xf0,
};

static inline unsigned int dst_reg(const struct trans *t)
{
	return x86_reg_of[t->insn->dst];
}

static inline unsigned int src_reg(const struct trans *t)
{
	return x86_reg_of[t->insn->src];
}

static inline uint16_t bit(unsigned int reg)
{
	return (uint16_t)(1u << reg);
}

static inline void set_low32(struct trans *t, unsigned int bpf_reg, bool yes)
{
	t->low32 = (uint16_t)((t->low32 & ~bit(bpf_reg)) | (yes ? bit(bpf_reg) : 0));
}

static inline bool is_low32(const struct trans *t, unsigned int bpf_reg)
{
	return t->low32 >> bpf_reg & 1;
}

/* The instruction just written left the flags that comparing @reg with zero would. */
static inline void flags_tell(struct trans *t, unsigned int reg, bool wide)
{
	t->flags_at = t->e.p;
	t->flags_reg = (uint8_t)reg;
	t->flags_wide = wide;
}

static inline uint32_t slot_label(uint32_t slot)
{
	return slot;
}

static inline uint32_t x86_func_label(const struct trans *t, const struct vm_func *func)
{
	return (uint32_t)(t->prog->insn_count + (size_t)(func - t->prog->funcs));
}

/* Is the instruction after this one, if control can only come to it from this one, @op? */
static inline bool next_is(const struct trans *t, enum isa_op op)
{
	const uint32_t next = t->pc + 1;

	return next < t->func->end && !(t->prog->facts[next] & VM_SLOT_LEADER) &&
	       t->prog->ops[next] == op;
}

/* If the instruction can be left undone for now, note what it would have done and return how many
 * slots that took care of; else 0. */
unsigned int x86_make_lazy(struct trans *t, enum isa_op op);

/* Compute what the instruction (@op) needs in registers, but for @spared, and what would change its
 * value when the instruction writes.  Afterwards, its translator finds the base of a memory
 * access by x86_address, and operands that it only reads by x86_operand_of. */
void x86_settle_for(struct trans *t, enum isa_op op, unsigned int spared);

/* Compute those of @regs that are lazy. */
void x86_settle(struct trans *t, unsigned int regs);

/* The address @reg + @off.  It may refer to REG_CONST, REG_TMP or REG_TMP2 never. */
struct x86_mem x86_address(struct trans *t, unsigned int reg, int32_t off);

/* A machine register that holds the value of @reg, for reading only. */
unsigned int x86_operand_of(const struct trans *t, unsigned int reg);

/* May the machine register of @reg be changed by the instruction? */
bool x86_is_free(const struct trans *t, unsigned int reg);

/* Slow paths: begun by a jump to ->label, and ended by the place to come back to. */
struct slow *x86_add_slow(struct trans *t, enum slow_kind kind);
void x86_end_slow(struct trans *t, struct slow *slow);

/* Division by a register, by a constant, and what the first does when it cannot ask the
 * processor. */
void x86_divide(struct trans *t, const struct division *division);
void x86_divide_imm(struct trans *t, const struct division *division, int32_t imm);
void x86_divide_slowly(struct trans *t, const struct division *division);

/* Translators: each writes code for the instruction, an @op of one form, and returns how many slots it
 * took care of: those after it are then part of what it wrote. */
unsigned int x86_emit_alu_imm(struct trans *t, enum isa_op op); /* x86_64_alu.c */
unsigned int x86_emit_alu_reg(struct trans *t, enum isa_op op);
unsigned int x86_emit_neg(struct trans *t, enum isa_op op);
unsigned int x86_emit_movsx(struct trans *t, enum isa_op op);
unsigned int x86_emit_endian(struct trans *t, enum isa_op op);
unsigned int x86_emit_lddw(struct trans *t, enum isa_op op);
unsigned int x86_emit_load(struct trans *t, enum isa_op op); /* x86_64_mem.c */
unsigned int x86_emit_load_signed(struct trans *t, enum isa_op op);
unsigned int x86_emit_store(struct trans *t, enum isa_op op);
unsigned int x86_emit_store_imm(struct trans *t, enum isa_op op);
unsigned int x86_emit_atomic(struct trans *t, enum isa_op op);
unsigned int x86_emit_ld_abs(struct trans *t, enum isa_op op);
unsigned int x86_emit_ld_ind(struct trans *t, enum isa_op op);
unsigned int x86_emit_jmp_imm(struct trans *t, enum isa_op op); /* x86_64_flow.c */
unsigned int x86_emit_jmp_reg(struct trans *t, enum isa_op op);
unsigned int x86_emit_ja(struct trans *t, enum isa_op op);
unsigned int x86_emit_may_goto(struct trans *t, enum isa_op op);
unsigned int x86_emit_call(struct trans *t);
unsigned int x86_emit_call_local(struct trans *t);
unsigned int x86_emit_exit(struct trans *t);
void x86_emit_prologue(struct trans *t);

/* REG_CONST = @imm, sign-extended, in a way that its author cannot foresee.  Returns REG_CONST. */
unsigned int x86_blind_const(struct trans *t, int32_t imm);

/* The function that the instruction names by an offset in 'imm'. */
const struct vm_func *x86_named_func(const struct trans *t);

/* The array in r1, if that is known and the lookup that the instruction calls is inlined. */
const struct map *x86_inline_array(const struct trans *t);

/* Call a C function. */
void x86_call_address(struct trans *t, uint64_t address);
#define CALL_C(t, function) x86_call_address(t, (uint64_t)(uintptr_t)(function))

#endif
