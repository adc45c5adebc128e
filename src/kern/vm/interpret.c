/*
 * interpret.c - the interpreter: predecoded instructions with direct threading.
 *
 * Predecoding, when a program is first interpreted, turns every slot into a struct vm_op that holds the address of the code
 * which carries it out (its handler); a handler ends by jumping to the next one's.  There is no
 * loop and no decoding at run time, and the processor predicts each handler's jump by itself.
 *
 * The handlers are the labels of one function, interpret_body.inc, which is compiled once per
 * mode: what a mode does not check costs it nothing.
 */
#include "kern/vm/interpret_ops.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"

/* Handlers that are no operations of op.def: what the engine makes of some of those. */
enum {
	OP_SECOND_SLOT = VM_SECOND_SLOT, /* never run */
	OP_CALL_LOCAL_LEAN,              /* to a function that leaves r6 to r9 alone */
	OP_EXIT_LEAN,                    /* from such a function */
	OP_CALL_CALLBACK,
	OP_CALL_TAIL,
	OP_CALL_UNWIND,
	OP_ENTER_BLOCK, /* charge a block's slots, then run its first op */
#define MEM_SIZE(name, ...) OP_FRAME_LDX_##name, OP_FRAME_ST_##name, OP_FRAME_STX_##name,
#include "isa/mem.def"
#define FUSED(a, b, d1, s1, c)        OP_FUSED_##a##b##d1##s1##c
#define FUSE(a, b, d1, s1, c, d2, s2) FUSED(a, b, d1, s1, c),
#include "kern/vm/fuse.def"
	OP_COUNT,
};

/* What a local call keeps for its caller. */
struct call {
	const struct vm_op *back;
	uint64_t saved[4]; /* r6 to r9 */
};

/* Copies r6 to r9, one by one: a vector load of registers that were just written one by one has
 * to wait until they have reached the cache. */
static inline void save_regs(uint64_t *to, const uint64_t *from)
{
	for (unsigned int i = 0; i < 4; i++) {
		uint64_t value = from[i];

		__asm__("" : "+r"(value)); /* keeps the compiler from joining the copies */
		to[i] = value;
	}
}

/* Does the function that holds slot @pc write any of r6 to r9? */
static bool writes_saved(const struct vm_prog *prog, uint32_t pc)
{
	return vm_prog_func_of(prog, pc)->regs_written & 0x3c0;
}

/* The tail call that @regs ask for.  False when there is none to make; else r0 is the target's, the
 * rest of @regs as before.  The target is a run of its own inside this one, since its mode may be
 * another and its faults are to name it. */
static bool tail_call(struct vm_run *run, uint64_t *regs)
{
	const struct vm_host *host = run->prog->host;
	const uint64_t frame = regs[ISA_REG_FP];
	const struct vm_prog *target;

	if (run->tail_calls == ISA_TAIL_CALLS || !host->tail_target)
		return false;
	target = host->tail_target(run, regs[2], (uint32_t)regs[3]);
	if (!target || !vm_tail_fits(run, target, frame) || vm_interpret_prepare(target))
		return false;
	run->tail_calls++;
	regs[0] = vm_interpret_func(target, run, &target->funcs[0], &regs[1], frame);
	return true;
}

/* The modes, from one text.  Each runs from @pc on @regs until the function returns, and its value
 * is r0; with @ret_handlers it only tells where its handlers are. */
#define RUN_NAME run_verified
#define GUARDED  0
#define LIMITED  0
#include "kern/vm/interpret_body.inc"

#define RUN_NAME run_guarded
#define GUARDED  1
#define LIMITED  0
#include "kern/vm/interpret_body.inc"

#define RUN_NAME run_verified_limited
#define GUARDED  0
#define LIMITED  1
#include "kern/vm/interpret_body.inc"

#define RUN_NAME run_guarded_limited
#define GUARDED  1
#define LIMITED  1
#include "kern/vm/interpret_body.inc"

typedef uint64_t run_fn(const struct vm_op *pc, uint64_t *regs, struct vm_run *run,
			const void *const **ret_handlers);

static run_fn *mode_of(const struct vm_prog *prog)
{
	static run_fn *const modes[2][2] = {
		{ run_verified, run_verified_limited },
		{ run_guarded, run_guarded_limited },
	};

	return modes[prog->options.guarded][prog->options.limited];
}

/* Slots of the basic block that begins at @pc. */
static uint32_t block_slots(const struct vm_prog *prog, size_t pc)
{
	size_t end = pc + 1;

	while (end < prog->insn_count && !(prog->facts[end] & VM_SLOT_LEADER))
		end++;
	return (uint32_t)(end - pc);
}

/* The handler for the call of a helper. */
static unsigned int call_handler(enum vm_helper_kind kind)
{
	switch (kind) {
	case VM_HELPER_CALL:
	case VM_HELPER_MAP_LOOKUP:
	case VM_HELPER_CPU_ID:
	case VM_HELPER_KTIME: return ISA_CALL;
	case VM_HELPER_CALLBACK: return OP_CALL_CALLBACK;
	case VM_HELPER_TAIL_CALL: return OP_CALL_TAIL;
	case VM_HELPER_UNWIND: return OP_CALL_UNWIND;
	}
	return ISA_CALL;
}

/* The handler that does what @op does without a check, where the access is known to lie in the
 * frame; or @op itself. */
static unsigned int frame_handler(enum isa_op op, const struct insn *insn)
{
	const bool load = isa_ops[op].form == ISA_FORM_LDX;

	if ((load ? insn->src : insn->dst) != ISA_REG_FP ||
	    !vm_frame_access(insn->off, isa_ops[op].access_bytes))
		return op;
	/* clang-format off */
	switch (op) {
#define MEM_SIZE(name, ...)                              \
	case ISA_LDX_##name: return OP_FRAME_LDX_##name; \
	case ISA_ST_##name: return OP_FRAME_ST_##name;   \
	case ISA_STX_##name: return OP_FRAME_STX_##name;
#include "isa/mem.def"
	default: return op;
	}
	/* clang-format on */
}

/* A row of fuse.def: the operations, and which operands those after the first have. */
struct fused {
	uint16_t handler;
	uint8_t ops[3];
	uint8_t operands[4]; /* d and s of the second operation, then of the third */
};

enum { OPERAND_D0, OPERAND_S0, OPERAND_D1, OPERAND_S1, OPERAND_D2, OPERAND_S2 };
enum { ISA_END = ISA_OP_COUNT + 1 };

static const struct fused fused_rows[] = {
#define FUSE(a, b, d1, s1, c, d2, s2)    \
	{ FUSED(a, b, d1, s1, c),        \
	  { ISA_##a, ISA_##b, ISA_##c }, \
	  { OPERAND_##d1, OPERAND_##s1, OPERAND_##d2, OPERAND_##s2 } },
#include "kern/vm/fuse.def"
};

static unsigned int operand(const struct insn *insn, unsigned int which)
{
	return which % 2 ? insn[which / 2].src : insn[which / 2].dst;
}

/* Do the operations at @pc follow @row? */
static bool matches(const struct vm_prog *prog, size_t pc, const struct fused *row)
{
	const struct insn *insn = &prog->insns[pc];
	const size_t len = row->ops[2] == ISA_END ? 2 : 3;

	for (size_t i = 0; i < len; i++)
		if (pc + i >= prog->insn_count || prog->ops[pc + i] != row->ops[i])
			return false;
	for (unsigned int i = 0; i < 2 * (len - 1); i++)
		if (operand(insn, 2 + i) != operand(insn, row->operands[i]))
			return false;
	return true;
}

/* The operations that some sequence begins with: most do not, and need no search. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
static const bool begins_sequence[ISA_OP_COUNT] = {
#define FUSE(a, ...) [ISA_##a] = true,
#include "kern/vm/fuse.def"
};
#pragma GCC diagnostic pop

/* The handler of the sequence that begins at @pc, or 0 for none. */
static unsigned int sequence_handler(const struct vm_prog *prog, size_t pc)
{
	if (!begins_sequence[prog->ops[pc]])
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(fused_rows); i++)
		if (prog->ops[pc] == fused_rows[i].ops[0] && matches(prog, pc, &fused_rows[i]))
			return fused_rows[i].handler;
	return 0;
}

static void predecode(const struct vm_prog *prog, struct vm_op *ops, size_t pc,
		      const void *const *handlers)
{
	const struct insn *insn = &prog->insns[pc];
	const enum isa_op op = (enum isa_op)prog->ops[pc];
	const struct vm_helper *helper;
	struct vm_op *out = &ops[pc];
	const unsigned int sequence = prog->options.limited ? 0 : sequence_handler(prog, pc);

	*out = (struct vm_op){
		.handler = handlers[op],
		.dst = insn->dst,
		.src = insn->src,
		.off = insn->off,
		.imm = insn->imm,
	};
	switch (isa_ops[op].form) {
	case ISA_FORM_EXIT:
		if (!writes_saved(prog, (uint32_t)pc))
			out->handler = handlers[OP_EXIT_LEAN];
		break;
	case ISA_FORM_CALL:
		if (op == ISA_CALL_LOCAL) {
			if (!writes_saved(prog, (uint32_t)((int64_t)pc + 1 + insn->imm)))
				out->handler = handlers[OP_CALL_LOCAL_LEAN];
			break;
		}
		helper = &prog->host->helpers[insn->imm];
		out->handler = handlers[call_handler(helper->kind)];
		out->imm = (int32_t)((const char *)helper - (const char *)prog->host->helpers);
		break;
	case ISA_FORM_LDDW:
		out[1].wide = isa_wide_imm(insn);
		if (op == ISA_LD_FUNC)
			out[1].wide = (uint64_t)(uintptr_t)vm_prog_func_at(
				prog, (uint32_t)((int64_t)pc + 1 + insn->imm));
		break;
	case ISA_FORM_LDX:
	case ISA_FORM_ST:
	case ISA_FORM_STX: out->handler = handlers[frame_handler(op, insn)]; break;
	default: break;
	}
	if (sequence)
		out->handler = handlers[sequence];
}

/* In limited programs a leader's handler charges its block, and what it would do itself is
 * found in a second array behind the first, together with the charge. */
static void predecode_leader(const struct vm_prog *prog, struct vm_op *ops, size_t pc,
			     const void *const *handlers)
{
	struct vm_op *leader = &ops[pc + prog->insn_count];

	leader->handler = ops[pc].handler;
	leader->imm = (int32_t)block_slots(prog, pc);
	ops[pc].handler = handlers[OP_ENTER_BLOCK];
}

static struct vm_op *predecode_all(const struct vm_prog *prog)
{
	const bool limited = prog->options.limited;
	const void *const *handlers;
	/* Two more, for the operands that a sequence at the end does not have. */
	struct vm_op *ops = calloc(prog->insn_count * (limited ? 2 : 1) + 2, sizeof *ops);

	if (!ops)
		return NULL;
	(void)mode_of(prog)(NULL, NULL, NULL, &handlers);
	for (size_t pc = 0; pc < prog->insn_count; pc++)
		if (prog->ops[pc] != VM_SECOND_SLOT)
			predecode(prog, ops, pc, handlers);
	for (size_t pc = 0; limited && pc < prog->insn_count; pc++)
		if (prog->facts[pc] & VM_SLOT_LEADER)
			predecode_leader(prog, ops, pc, handlers);
	return ops;
}

struct vm_code *vm_code_new(void)
{
	struct vm_code *code = calloc(1, sizeof *code);

	if (code)
		(void)pthread_mutex_init(&code->lock, NULL);
	return code;
}

void vm_code_free(struct vm_code *code)
{
	if (!code)
		return;
	(void)pthread_mutex_destroy(&code->lock);
	free(code->ops);
	free(code);
}

int vm_interpret_prepare(const struct vm_prog *prog)
{
	struct vm_code *code = prog->code;
	struct vm_op *ops = __atomic_load_n(&code->ops, __ATOMIC_ACQUIRE);

	if (LIKELY(ops != NULL))
		return 0;
	(void)pthread_mutex_lock(&code->lock);
	ops = code->ops;
	if (!ops) {
		ops = predecode_all(prog);
		__atomic_store_n(&code->ops, ops, __ATOMIC_RELEASE);
	}
	(void)pthread_mutex_unlock(&code->lock);
	return ops ? 0 : -ENOMEM;
}

uint64_t vm_interpret_func(const struct vm_prog *prog, struct vm_run *run,
			   const struct vm_func *func, const uint64_t args[5], uint64_t frame)
{
	const struct vm_prog *caller = run->prog;
	uint64_t regs[ISA_REGS] = { [ISA_REG_FP] = frame };
	uint64_t r0;

	memcpy(&regs[1], args, 5 * sizeof args[0]);
	run->prog = prog;
	r0 = mode_of(prog)(&prog->code->ops[func->start], regs, run, NULL);
	run->prog = caller;
	return r0;
}
