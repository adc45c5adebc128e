/*
 * vm.h - the machine: programs, what runs them, and how a run ends.
 *
 * A vm_prog is bytecode that was checked for form (vm_prog_new) and is ready to be run by the
 * interpreter or, after jit_compile (kern/jit/jit.h), as machine code.  A vm_run is one thread's
 * place to run programs in: stack, limits, memory regions, and the fault that ended the last run.
 *
 * Two safety modes.  'Verified': the program is trusted (a verifier, or its author, vouches for
 * it) and no check is made at run time.  'Guarded': every memory access is checked against the
 * regions that the host gave to the run, and calls against the number of frames.
 *
 * Limits on instructions and time are a third, separate choice (vm_options.limited), since
 * verified programs end by themselves.
 *
 * Registers are uint64_t in the machine's byte order; r1 to r5 are the program's arguments.
 */
#ifndef WAGGLE_KERN_VM_VM_H
#define WAGGLE_KERN_VM_VM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "isa/insn.h"
#include "kern/obj/map.h"

struct vm_prog;
struct vm_run;
struct vm_func;

/* A helper: called with r1 to r5 and the run it is called from; its result is r0.
 * In a guarded run its pointer arguments may be anything: see vm_check_access. */
typedef uint64_t vm_helper_fn(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
			      struct vm_run *run);

/* Helpers that an engine may replace by code of its own, and those that it must. */
enum vm_helper_kind {
	VM_HELPER_CALL,       /* an ordinary call */
	VM_HELPER_MAP_LOOKUP, /* r1 = struct map *, r2 = key: may be inlined for arrays */
	VM_HELPER_CPU_ID,     /* the processor's number: may be inlined */
	VM_HELPER_KTIME,      /* CLOCK_MONOTONIC in ns: may be inlined */
	VM_HELPER_CALLBACK,   /* calls back into the program: engines set run->frame before */
	VM_HELPER_TAIL_CALL,  /* r2 = prog array, r3 = index: engines jump; 'fn' is not called */
	VM_HELPER_UNWIND,     /* a result of zero ends the program with r0 = 0 */
};

struct vm_helper {
	const char *name; /* "bpf_map_lookup_elem" */
	vm_helper_fn *fn; /* NULL: no helper has this id */
	enum vm_helper_kind kind;
};

/* What the host offers to programs.  Outlives the programs made with it. */
struct vm_host {
	const struct vm_helper *helpers; /* by id; the one dispatch table */
	uint32_t helper_count;

	/* The address that a pseudo load stands for: a struct map for ISA_LD_MAP_FD and
	 * ISA_LD_MAP_IDX, a place in a value for the *_VALUE ones.  Returns 0 and sets
	 * *ret_address, or a negative errno with the reason in @diag.  NULL: no pseudo loads but
	 * those of functions. */
	int (*resolve)(void *data, enum isa_op op, const struct insn *insn, struct diag *diag,
		       uint64_t *ret_address);
	void *resolve_data;

	/* The program at @index of prog array @map, or NULL; for VM_HELPER_TAIL_CALL.  In a guarded
	 * @run, @map may be anything. */
	const struct vm_prog *(*tail_target)(struct vm_run *run, uint64_t map, uint32_t index);
};

struct vm_options {
	bool guarded; /* check every memory access and call */
	bool limited; /* honour the run's limits on instructions and time */
	bool blind;   /* JIT: hide immediates that the program's author chose (constant blinding) */
};

/* Check @insn_count slots at @insns (copied) for form and make a program of them.  Refused, with
 * instruction number, disassembly and reason in @diag and -EINVAL: an unknown operation, a
 * reserved field that is set, a jump out of its function or into a wide load, a function that
 * can run off its end, a write to r10, an unknown helper, and, unless guarded, calls nested
 * deeper than ISA_FRAMES or recursive (a guarded run catches these as they happen).  -ENOTSUP: operations this machine does not run
 * (kernel functions, indirect jumps, address space casts).  On success *ret_prog is the caller's. */
int vm_prog_new(const struct insn *insns, size_t insn_count, const struct vm_host *host,
		const struct vm_options *options, struct diag *diag, struct vm_prog **ret_prog);
void vm_prog_free(struct vm_prog *prog); /* NULL is fine; also frees its machine code */

size_t vm_prog_insn_count(const struct vm_prog *prog);

/* Memory that a guarded program may touch: [start, start + bytes). */
struct vm_region {
	uint64_t start;
	uint64_t bytes;
	bool writable;
};

enum vm_fault_kind {
	VM_FAULT_NONE,
	VM_FAULT_ACCESS, /* 'size' bytes at 'address' are in no region (or not writable) */
	VM_FAULT_ALIGN,  /* an atomic operation at 'address', which is no multiple of 'size' */
	VM_FAULT_INSNS,  /* the limit on instructions */
	VM_FAULT_TIME,   /* the limit on time */
	VM_FAULT_FRAMES, /* more than ISA_FRAMES nested calls */
	VM_FAULT_HELPER, /* a helper was given something it cannot work with: 'detail' */
};

/* In vm_fault.pc: a helper found it, and verified machine code does not note who called. */
#define VM_PC_UNKNOWN UINT32_MAX

struct vm_fault {
	enum vm_fault_kind kind;
	uint32_t pc; /* slot of the instruction; of the block's first for INSNS, TIME */
	uint64_t address;
	uint32_t size; /* bytes */
	bool write;
	const char *detail;         /* static text, or NULL */
	const struct vm_prog *prog; /* the one running: not the first after a tail call */
};

/* A place to run programs in, for one thread at a time.  NULL when memory is short. */
struct vm_run *vm_run_new(void);
void vm_run_free(struct vm_run *run); /* NULL is fine */

/* Forget all regions but the stack.  Regions may be given in any order and may touch; at most
 * VM_MOST_REGIONS: -ENOSPC beyond. */
enum { VM_MOST_REGIONS = 64 };
void vm_run_clear_regions(struct vm_run *run);
int vm_run_add_region(struct vm_run *run, const struct vm_region *region);
/* Put @region, which may be empty, in the place of the one added as number @i (from 0). */
void vm_run_set_region(struct vm_run *run, size_t i, const struct vm_region *region);

/* Limits for programs made with vm_options.limited; 0 is none.  A run has one set of them, tail
 * calls included.  Instructions count slots of
 * basic blocks as they are entered; time is CLOCK_MONOTONIC from the start of each run and
 * looked at about every 65,536 instructions. */
void vm_run_set_limits(struct vm_run *run, uint64_t insns, uint64_t time_ns);

/* The packet that ISA_LD_ABS_* and ISA_LD_IND_* read; a load beyond its end ends the program
 * with r0 = 0, as in the kernel. */
void vm_run_set_packet(struct vm_run *run, const void *packet, uint32_t len);

/* Something of the host's that its helpers find again by vm_run_data. */
void vm_run_set_data(struct vm_run *run, void *data);
void *vm_run_data(const struct vm_run *run);

/* Run @prog with @args as r1 to r5.  vm_interpret always can; vm_native needs jit_compile
 * before.  Returns 0 and sets *ret_r0; -ENOMEM (vm_interpret, the first time); or -EFAULT
 * (VM_FAULT_ACCESS, _ALIGN, _HELPER), -ELOOP (_INSNS, _FRAMES), -ETIME (_TIME) and
 * vm_run_fault tells more. */
int vm_interpret(const struct vm_prog *prog, struct vm_run *run, const uint64_t args[5],
		 uint64_t *ret_r0);
int vm_native(const struct vm_prog *prog, struct vm_run *run, const uint64_t args[5],
	      uint64_t *ret_r0);

const struct vm_fault *vm_run_fault(const struct vm_run *run);

/* Say in @diag what ended the last run: instruction number, disassembly, reason, what to do.  The
 * program that ran must still be there. */
void vm_run_explain(const struct vm_run *run, struct diag *diag);

/* For helpers: whether @size bytes at @address may be read (or written).  True in a verified
 * run.  On false, the fault is recorded; the helper returns at once, any value, and the run ends. */
bool vm_check_access(struct vm_run *run, uint64_t address, uint64_t size, bool write);

/* For helpers: end the run with VM_FAULT_HELPER once the helper has returned. */
void vm_helper_fault(struct vm_run *run, const char *detail);

/* For helpers of kind VM_HELPER_CALLBACK: call function @func of the running program (a value
 * that ISA_LD_FUNC loaded) with r1 to r5 and return its r0.  On a fault (also: @func is none,
 * or too many frames) returns false; the helper returns at once. */
bool vm_call_back(struct vm_run *run, uint64_t func, const uint64_t args[5], uint64_t *ret_r0);

#endif
