/*
 * prog.h - the inside of programs and runs, for the engines only (interpreter and JITs).
 *
 * How a program's registers, stack and calls are arranged, the same in every engine:
 *
 *  - r10 points to the end of the current frame's 512 bytes.  Frames lie in run->stack, the
 *    first one lowest: a local call adds ISA_STACK_BYTES to r10, a return subtracts them.  So the
 *    stack is one region of memory, and the machine's own stack holds nothing that a program can reach.
 *  - A function keeps r6 to r9 for its caller.
 *  - The value of a function (ISA_LD_FUNC) is the address of its struct vm_func.
 *  - A tail call keeps the frame and replaces the program.  It fails, like one without a target, when
 *    the target's main function would need more frames than are left.
 *  - Packet loads are at the immediate plus, for ISA_LD_IND_*, the register; of the sum the low
 *    32 bits count, as a signed number.
 *  - What ends the program with r0 = 0 (VM_HELPER_UNWIND, a packet load) ends, in a callback, the
 *    callback.
 *  - A guarded program whose funcs[0].frames exceeds ISA_FRAMES checks r10 at each local call;
 *    all others were found not to need it.
 */
#ifndef WAGGLE_KERN_VM_PROG_H
#define WAGGLE_KERN_VM_PROG_H

#include <stdalign.h>

#include "kern/vm/vm.h"

/* In vm_prog.ops: the second slot of a wide load. */
#define VM_SECOND_SLOT ISA_OP_COUNT

/* A function of a program: slots [start, end), entered only at start.  Found by calls and by
 * ISA_LD_FUNC; the main function is number 0. */
struct vm_func {
	uint32_t start;
	uint32_t end;
	uint16_t regs_read;    /* union of isa_reads over its instructions */
	uint16_t regs_written; /* union of isa_writes */
	uint8_t frames;        /* deepest nesting of local calls from here, itself included;
				* ISA_FRAMES + 1: deeper, or recursive.  Callbacks are not counted. */
	bool leaf;             /* makes no call of any kind */
	void *native;          /* machine code of its entry, or NULL: set by jit_compile */
};

/* Facts about a slot, as a set. */
enum vm_slot_facts {
	VM_SLOT_TARGET = 1, /* some jump leads here */
	VM_SLOT_LEADER = 2, /* a basic block begins here: function starts, targets, and what
			     * follows a jump or an exit */
};

struct vm_code; /* the interpreter's own form of a program: interpret_ops.h */

struct vm_prog {
	struct insn *insns;    /* pseudo loads hold resolved addresses: isa_wide_imm */
	uint8_t *ops;          /* enum isa_op of each slot, or VM_SECOND_SLOT */
	uint8_t *facts;        /* set of enum vm_slot_facts of each slot */
	size_t insn_count;     /* slots */
	struct vm_func *funcs; /* in the order of their starts */
	size_t func_count;
	bool has_callbacks; /* ISA_LD_FUNC occurs */
	const struct vm_host *host;
	struct vm_options options;

	struct vm_code *code; /* the interpreter's form, made when it is first interpreted */

	void *native;       /* JIT: enter by vm_native_enter; NULL: not compiled */
	void *native_block; /* for codemem_free */
	size_t native_bytes;
	void (*native_free)(struct vm_prog *prog); /* set by jit_compile: kern/vm calls up to it */
	uint64_t (*native_enter)(const uint64_t args[5], struct vm_run *run, void *func,
				 uint64_t r10);
};

/* The function that begins at slot @start, or NULL. */
const struct vm_func *vm_prog_func_at(const struct vm_prog *prog, uint32_t start);
/* The function that holds slot @pc. */
const struct vm_func *vm_prog_func_of(const struct vm_prog *prog, uint32_t pc);

/* Append the text of the instruction at slot @pc, helpers by the host's names. */
void vm_prog_disasm(const struct vm_prog *prog, size_t pc, struct strbuf *out);

/* The region hit last, so that the next access beside it costs one comparison: n bytes at address
 * a are within when a - start <= last[log2 n] (unsigned).  Starts out as the stack. */
struct vm_window {
	uint64_t start;
	uint64_t last[4]; /* for 1, 2, 4 and 8 bytes */
};

/* Generated code knows the members down to the line by their offsets. */
struct vm_run {
	struct vm_window read;
	struct vm_window write;
	int64_t budget;      /* slots left before vm_budget_spent must be asked */
	uint64_t frame;      /* r10 of the function that called a VM_HELPER_CALLBACK */
	uint64_t exit_sp;    /* machine stack pointer to return to from anywhere */
	uint32_t tail_calls; /* made in this run */
	uint32_t may_gotos;  /* left in this run, from VM_MOST_MAY_GOTOS down */
	const uint8_t *packet;
	uint32_t packet_len;
	uint32_t stopped; /* not 0: a fault is recorded, helpers' callers must leave */
	/* -------------------------------------------------------------------------------- */
	const struct vm_prog *prog; /* running; engines set it at entry and at tail calls */
	bool native;                /* which engine: vm_call_back needs it */
	bool guarded;               /* of the program first entered: for vm_check_access */
	bool unwound;               /* interpreter: the program ended early, with r0 = 0 */
	struct vm_fault fault; /* engines of guarded programs note fault.pc before each helper */
	uint64_t insns_limit, time_limit_ns; /* 0: none */
	uint64_t insns_granted;              /* put into 'budget' so far in this run */
	uint64_t deadline_ns;                /* CLOCK_MONOTONIC, or 0 */
	void *data;
	size_t region_count;
	struct vm_region regions[VM_MOST_REGIONS];
	alignas(16) uint8_t stack[ISA_FRAMES * ISA_STACK_BYTES];
};

enum { VM_MOST_MAY_GOTOS = 8 << 20 }; /* the kernel's BPF_MAX_LOOPS */

/* r10 of the first frame, and the highest r10 there may be. */
static inline uint64_t vm_first_frame(const struct vm_run *run)
{
	return (uint64_t)(uintptr_t)run->stack + ISA_STACK_BYTES;
}
static inline uint64_t vm_last_frame(const struct vm_run *run)
{
	return (uint64_t)(uintptr_t)run->stack + sizeof run->stack;
}

/* An access at @off from r10 of @size bytes that needs no check at run time. */
static inline bool vm_frame_access(int32_t off, uint32_t size)
{
	return off >= -ISA_STACK_BYTES && off + (int32_t)size <= 0;
}

/* Slow paths, called by engines when a window misses or the budget is below zero.  Both return
 * true to go on; on false the fault is recorded (run->stopped is set) and the program must be left. */
bool vm_access_slow(struct vm_run *run, uint64_t address, uint32_t size, bool write, uint32_t pc);
bool vm_budget_spent(struct vm_run *run, uint32_t pc);

/* Record VM_FAULT_ALIGN.  Guarded programs check this after the access itself: processors trap
 * on unaligned atomic operations (arm64) or stall all others meanwhile (x86-64). */
void vm_unaligned(struct vm_run *run, uint64_t address, uint32_t size, uint32_t pc);

/* Record VM_FAULT_FRAMES. */
void vm_frames_spent(struct vm_run *run, uint32_t pc);

/* Begin a run (called by vm_interpret and vm_native): resets limits, counters, faults and, for
 * guarded programs, zeroes the stack. */
void vm_run_begin(struct vm_run *run, const struct vm_prog *prog, bool native);
/* The errno of the recorded fault, or 0. */
int vm_run_result(const struct vm_run *run);

/* The value of a packet load at @offset (ISA_LD_ABS_*, ISA_LD_IND_*: 1, 2 or 4 bytes, big-endian in
 * the packet).  False beyond the packet. */
bool vm_packet_load(const struct vm_run *run, int64_t offset, uint32_t size, uint64_t *ret_value);

/* Does the main function of @target fit on the stack as a tail call from a function whose r10 is
 * @frame?  One that may nest without bound checks that itself. */
bool vm_tail_fits(const struct vm_run *run, const struct vm_prog *target, uint64_t frame);

/* The interpreter's part of a program.  vm_code_new makes an empty one; vm_interpret_prepare fills it
 * unless that was done already (thread-safe): needed before vm_interpret_func, and worth nothing to
 * programs that only run as machine code. */
struct vm_code *vm_code_new(void);
void vm_code_free(struct vm_code *code); /* NULL is fine */
int vm_interpret_prepare(const struct vm_prog *prog);

/* Interpret function @func with r10 = @frame: vm_interpret and vm_call_back. */
uint64_t vm_interpret_func(const struct vm_prog *prog, struct vm_run *run,
			   const struct vm_func *func, const uint64_t args[5], uint64_t frame);

#endif
