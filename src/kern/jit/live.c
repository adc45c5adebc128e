/*
 * live.c - liveness of registers, in time linear in the program.
 *
 * Backwards over each function, so that what comes after an instruction is known before it, but
 * for jumps back: there the first pass assumes all registers, and a second one, only where there
 * are such jumps, takes the first one's result.  That is exact for innermost loops, which is where it
 * matters, and never too little elsewhere.
 */
#include "kern/jit/live.h"

enum {
	ALL = (1 << ISA_REGS) - 1,
	ARGS = 0x3e,      /* r1 to r5 */
	CLOBBERED = 0x3f, /* r0 to r5 */
	R0 = 1,
	R6 = 1 << 6,
};

/* Which fields name registers that are read or written, and which registers are besides. */
struct op_regs {
	bool reads_dst, reads_src, writes_dst, writes_src;
	bool jumps;
	uint8_t reads, writes;
};

#define IS_MOV(code)      (((code)&0xf0) == 0xb0)
#define IS_CMPXCHG(value) ((value) == 0xf1)
#define IS_FETCH(value)   (((value)&1) && !IS_CMPXCHG(value))
/* clang-format off */
#define REGS_ALU_IMM(code, value)   { .reads_dst = !IS_MOV(code), .writes_dst = true }
#define REGS_ALU_REG(code, value)   { .reads_dst = !IS_MOV(code), .reads_src = true, .writes_dst = true }
#define REGS_NEG(code, value)       { .reads_dst = true, .writes_dst = true }
#define REGS_MOVSX(code, value)     { .reads_src = true, .writes_dst = true }
#define REGS_ADDR_CAST(code, value) { .reads_src = true, .writes_dst = true }
#define REGS_ENDIAN(code, value)    { .reads_dst = true, .writes_dst = true }
#define REGS_JMP_IMM(code, value)   { .reads_dst = true, .jumps = true }
#define REGS_JMP_REG(code, value)   { .reads_dst = true, .reads_src = true, .jumps = true }
#define REGS_JA(code, value)        { .jumps = true }
#define REGS_JA32(code, value)      { .jumps = true }
#define REGS_JAX(code, value)       { .reads_dst = true }
#define REGS_MAY_GOTO(code, value)  { .jumps = true }
#define REGS_CALL(code, value)      { .reads = ARGS, .writes = CLOBBERED }
#define REGS_CALLX(code, value)     { .reads_dst = true, .reads = ARGS, .writes = CLOBBERED }
#define REGS_EXIT(code, value)      { .reads = R0 }
#define REGS_LDDW(code, value)      { .writes_dst = true }
#define REGS_LDX(code, value)       { .reads_src = true, .writes_dst = true }
#define REGS_LDXS(code, value)      { .reads_src = true, .writes_dst = true }
#define REGS_ST(code, value)        { .reads_dst = true }
#define REGS_STX(code, value)       { .reads_dst = true, .reads_src = true }
#define REGS_LOAD_ACQ(code, value)  { .reads_src = true, .writes_dst = true }
#define REGS_STORE_REL(code, value) { .reads_dst = true, .reads_src = true }
#define REGS_ATOMIC(code, value)    { .reads_dst = true, .reads_src = true, \
	.writes_src = IS_FETCH(value), .reads = IS_CMPXCHG(value), .writes = IS_CMPXCHG(value) }
#define REGS_LD_ABS(code, value)    { .reads = R6, .writes = CLOBBERED }
#define REGS_LD_IND(code, value)    { .reads_src = true, .reads = R6, .writes = CLOBBERED }

static const struct op_regs op_regs[ISA_OP_COUNT] = {
#define OP(name, code, sel, value, uses, form, ...) [ISA_##name] = REGS_##form(code, value),
#include "isa/op.def"
};
/* clang-format on */

uint16_t live_reads(enum isa_op op, const struct insn *insn)
{
	const struct op_regs *regs = &op_regs[op];

	return (uint16_t)((unsigned int)regs->reads_dst << insn->dst |
			  (unsigned int)regs->reads_src << insn->src | regs->reads);
}

uint16_t live_writes(enum isa_op op, const struct insn *insn)
{
	const struct op_regs *regs = &op_regs[op];

	return (uint16_t)((unsigned int)regs->writes_dst << insn->dst |
			  (unsigned int)regs->writes_src << insn->src | regs->writes);
}

/* Registers wanted after the jump at @pc, of which @next are wanted after it when it does not jump. */
static uint16_t after_jump(const struct vm_prog *prog, const uint16_t *live, size_t pc,
			   uint16_t next)
{
	const enum isa_op op = (enum isa_op)prog->ops[pc];
	int64_t to = 0;

	(void)isa_jump_target(op, &prog->insns[pc], pc, &to);
	if (op == ISA_JA || op == ISA_JA32)
		return live[to];
	return next | live[to];
}

static bool jumps_back(const struct vm_prog *prog, size_t pc)
{
	int64_t to = 0;

	return isa_jump_target((enum isa_op)prog->ops[pc], &prog->insns[pc], pc, &to) &&
	       to <= (int64_t)pc;
}

/* One pass over @func.  Tells whether it met a jump back. */
static bool pass(const struct vm_prog *prog, const struct vm_func *func, uint16_t *live)
{
	uint16_t wanted = 0;
	bool back = false;

	for (size_t pc = func->end; pc-- > func->start;) {
		const enum isa_op op = (enum isa_op)prog->ops[pc];
		const struct insn *insn = &prog->insns[pc];

		if (prog->ops[pc] != VM_SECOND_SLOT) {
			if (op_regs[op].jumps) {
				wanted = after_jump(prog, live, pc, wanted);
				back = back || jumps_back(prog, pc);
			} else if (op == ISA_EXIT) {
				wanted = 0;
			}
			wanted = (uint16_t)((wanted & ~live_writes(op, insn)) |
					    live_reads(op, insn));
		}
		live[pc] = wanted;
	}
	return back;
}

void live_find(const struct vm_prog *prog, uint16_t *live)
{
	for (size_t pc = 0; pc < prog->insn_count; pc++)
		live[pc] = ALL;
	for (size_t i = 0; i < prog->func_count; i++)
		if (pass(prog, &prog->funcs[i], live))
			(void)pass(prog, &prog->funcs[i], live);
}
