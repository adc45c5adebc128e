/*
 * arm64.h - the state of a translation to arm64, shared by the files that translate.
 *
 *	arm64.c       functions and blocks, entering and leaving
 *	arm64_link.c  branches, and code that lies off the path
 *	arm64_alu.c   arithmetic
 *	arm64_mem.c   memory and packets
 *	arm64_jmp.c   conditions
 *	arm64_call.c  calls
 *	arm64_fuse.c  several instructions as one
 *
 * BPF's registers are, as in Linux's JIT, those of the procedure call standard, so that calls of
 * helpers need no moves of arguments:
 *
 *	r0  r1  r2  r3  r4  r5  r6   r7   r8   r9   r10
 *	x7  x0  x1  x2  x3  x4  x19  x20  x21  x22  x25 + 512
 *
 * x25 holds the lowest address of the frame, because the offsets of loads and stores reach 4095
 * units up but only 256 bytes down; r10 itself is hardly ever wanted but as a base.
 *
 * x26 is the struct vm_run, x28 the budget: run->budget is brought up to date only for the C
 * code that looks at it.  x23 and x24 outlive the C call of a tail call.  x9 to x17 are free
 * within an instruction: x9 holds a constant, x10 the address in a checked access, x11 to x13 any
 * passing value, x16 is used by branches to far away.
 */
#ifndef WAGGLE_KERN_JIT_ARM64_H
#define WAGGLE_KERN_JIT_ARM64_H

#include "kern/jit/arm64_enc.h"
#include "kern/vm/prog.h"

enum {
	REG_R0 = 7,
	REG_CONST = 9,
	REG_ADDRESS = 10,
	REG_TMP = 11,
	REG_TMP2 = 12,
	REG_TMP3 = 13,
	REG_FAR = 16,
	REG_KEEP = 23,
	REG_KEEP2 = 24,
	REG_FRAME = 25,
	REG_RUN = 26,
	REG_BUDGET = 28,
};

/* A place in the code that branches lead to: slot n of the program is label n, and after those
 * come function m's entry (insn_count + m). */
typedef uint32_t label;
#define LABEL_UNSET UINT32_MAX /* place of a label that is further on */

/* What one piece of slow code takes, at most. */
enum { ARM64_SLOW_BYTES = 40 };

/* A branch waiting for its label. */
struct branch {
	uint32_t at;
	label to;
};

/* Code that is seldom needed, put where nothing runs into it; reached by a branch that waits. */
struct slow {
	enum slow_kind {
		SLOW_ACCESS,    /* ask vm_access_slow, go on at 'back' */
		SLOW_BUDGET,    /* ask vm_budget_spent, go on at 'back' */
		SLOW_FRAMES,    /* vm_frames_spent */
		SLOW_UNALIGNED, /* vm_unaligned */
	} kind;
	uint32_t at; /* the branch */
	uint32_t back;
	uint32_t pc;
	uint8_t address; /* SLOW_ACCESS, SLOW_UNALIGNED: register that holds it */
	uint8_t bytes;
	bool write;
};

struct trans {
	struct jit_buf *buf;
	const struct vm_prog *prog;
	const struct vm_func *func; /* being translated */
	const struct insn *insn;    /* being translated; of several that become one, the first */
	uint32_t pc;
	bool lse;            /* the processor has FEAT_LSE */
	bool check_frames;   /* at local calls */
	uint32_t slot_bytes; /* what one slot of the program becomes at most, slow code included */
	uint16_t *live;      /* of each slot: live_find */
	uint64_t map;        /* known to be in r1, or 0 */

	uint32_t *places; /* of each label */
	struct branch *branches;
	size_t branch_count, branch_room;
	struct slow *slows;
	size_t slow_count, slow_room;
	uint32_t leave;        /* place of the code that ends the run with r0 = 0 */
	uint32_t access_thunk; /* places of what all slow paths of a kind share */
	uint32_t budget_thunk;
	int err; /* the first thing that went wrong: -ENOMEM, -ENOTSUP */
};

extern const uint8_t arm64_reg_of[ISA_REGS];

/* ---- arm64.c ---- */

static inline void emit(struct trans *t, uint32_t word)
{
	a64_put(t->buf, word);
}

static inline uint32_t here(const struct trans *t)
{
	return (uint32_t)t->buf->len;
}

/* The machine register that holds r@reg; r10 is first put together in @tmp. */
static inline uint32_t arm64_use(struct trans *t, unsigned int reg, uint32_t tmp)
{
	if (reg != ISA_REG_FP)
		return arm64_reg_of[reg];
	emit(t, a64_opi(A64_ADD_IMM, true, tmp, REG_FRAME, ISA_STACK_BYTES));
	return tmp;
}

static inline void arm64_mov_imm(struct trans *t, bool x, uint32_t rd, uint64_t value)
{
	uint32_t words[4];
	const unsigned int n = a64_mov_imm(x, rd, value, words);

	for (unsigned int i = 0; i < n; i++)
		emit(t, words[i]);
}

/* rd = a constant that the program's author chose; never in the clear in blind programs.  Uses
 * REG_TMP3. */
void arm64_mov_chosen(struct trans *t, bool x, uint32_t rd, uint64_t value);

/* rd = rn + value, for any value; rd may be rn.  Uses REG_TMP3. */
void arm64_add(struct trans *t, bool x, uint32_t rd, uint32_t rn, int64_t value);

/* From a function of the program back to its caller, but for the last jump. */
void arm64_epilogue(struct trans *t);

/* Are the next instructions, up to @n after the current one, sure to run right after it? */
static inline bool arm64_straight(const struct trans *t, uint32_t n)
{
	for (uint32_t pc = t->pc + 1; pc <= t->pc + n; pc++)
		if (pc >= t->func->end || (t->prog->facts[pc] & VM_SLOT_LEADER) ||
		    t->prog->ops[pc] == VM_SECOND_SLOT)
			return false;
	return true;
}

/* Is r@reg read before it is written, after the instruction @n on, which is no jump? */
static inline bool arm64_wanted(const struct trans *t, unsigned int reg, uint32_t n)
{
	return t->pc + n + 1 >= t->func->end || t->live[t->pc + n + 1] >> reg & 1;
}

/* ---- arm64_link.c ---- */

/* Emit the branch @word, leading to @to or to the known @place; a conditional one that cannot
 * reach is inverted, around an unconditional one. */
void arm64_branch(struct trans *t, uint32_t word, label to);
void arm64_branch_back(struct trans *t, uint32_t word, uint32_t place);

/* Make the branch at @at, a few instructions back, lead here. */
void arm64_land(struct trans *t, uint32_t at);

/* Emit the conditional branch @word, leading to slow code that is described by @slow (but for its
 * 'at', 'back' and 'pc'), after which the program goes on here. */
void arm64_branch_slow(struct trans *t, uint32_t word, struct slow slow);

/* Write out the slow code that waits; @over: where the program would run into it. */
void arm64_put_slow(struct trans *t, bool over);
/* Do so if branches to it would else come to be out of reach. */
void arm64_put_slow_in_time(struct trans *t);

/* Make the branches lead to their labels, all of which have places now. */
void arm64_resolve(struct trans *t);

/* Call the C function at @address: arguments are in place. */
void arm64_call_c(struct trans *t, uintptr_t address);

/* What the slow paths share; sets their places. */
void arm64_put_thunks(struct trans *t);

/* ---- Instructions: each writes the code of t->insn, of operation @op. ---- */

/* rd = rn op (operand of @insn), of the forms ALU_IMM and ALU_REG; @rs is the operand in a
 * register, for the latter. */
void arm64_alu_imm(struct trans *t, enum isa_op op, uint32_t rd, uint32_t rn, int32_t imm);
void arm64_alu_reg(struct trans *t, enum isa_op op, uint32_t rd, uint32_t rn, uint32_t rs);
/* rd = op rn, of the forms NEG, MOVSX and ENDIAN. */
void arm64_unary(struct trans *t, enum isa_op op, uint32_t rd, uint32_t rn);

void arm64_load(struct trans *t, enum isa_op op, const struct insn *insn);
void arm64_store(struct trans *t, enum isa_op op, const struct insn *insn);
void arm64_ordered(struct trans *t, enum isa_op op);
void arm64_atomic(struct trans *t, enum isa_op op);
void arm64_packet(struct trans *t, enum isa_op op);

void arm64_jmp(struct trans *t, enum isa_op op, label to);
/* Jump if (rn & mask) is not zero, or is. */
void arm64_jmp_mask(struct trans *t, bool x, uint32_t rn, uint64_t mask, bool not_zero, label to);
void arm64_may_goto(struct trans *t, label to);

void arm64_call_helper(struct trans *t);
void arm64_call_local(struct trans *t);
/* Is the wide load t->insn of a map only wanted by a lookup that needs no register for it? */
bool arm64_map_unneeded(const struct trans *t);

/* Try to translate several instructions, beginning with t->insn, as one; how many slots, or 0. */
uint32_t arm64_fuse(struct trans *t);

#endif
