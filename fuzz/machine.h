/*
 * machine.h - one program, run by every engine there is, each from the same beginning.
 *
 * An engine is a way to run programs: the interpreter or the JIT, in one of the machine's modes, or
 * the kernel of this computer.  What a run leaves behind is a struct fuzz_outcome; two engines agree
 * when their outcomes do.
 */
#ifndef WAGGLE_FUZZ_MACHINE_H
#define WAGGLE_FUZZ_MACHINE_H

#include "generate.h"
#include "kern/vm/vm.h"

enum fuzz_kind {
	FUZZ_INTERPRETER,
	FUZZ_JIT,
	FUZZ_KERNEL,
};

struct fuzz_engine {
	const char *name;
	enum fuzz_kind kind;
	struct vm_options options;
};

enum { FUZZ_ENGINES = 10 };
extern const struct fuzz_engine fuzz_engines[FUZZ_ENGINES]; /* the first is the reference */

/* Their numbers in fuzz_engines, where one is wanted. */
enum {
	FUZZ_ENGINE_GUARDED = 1,     /* the interpreter, checking accesses */
	FUZZ_ENGINE_GUARDED_JIT = 5, /* its like as machine code */
	FUZZ_ENGINE_BOTH = 3,        /* guarded and limited */
	FUZZ_ENGINE_BOTH_JIT = 8,
	FUZZ_ENGINE_KERNEL = 9,
};

struct fuzz_outcome {
	int err; /* of vm_interpret or vm_native */
	uint64_t r0;
	enum vm_fault_kind fault;
	uint32_t fault_pc;
	uint64_t fault_address;
	bool half; /* only the low half of r0 is known, and faults cannot be */
	uint8_t memory[FUZZ_MEMORY_BYTES];
	uint8_t table[FUZZ_TABLE_ENTRIES * FUZZ_TABLE_VALUE];
};

struct fuzz_machine;

/* A machine for many programs; NULL when memory is short.  With @kernel the kernel's engine has
 * its maps, else that engine answers -ENOTSUP. */
struct fuzz_machine *fuzz_machine_new(bool kernel);
void fuzz_machine_free(struct fuzz_machine *machine);

/* Stop programs after @insns slots in the engines that limit; at first 4 million. */
void fuzz_machine_limit(struct fuzz_machine *machine, uint64_t insns);

/* Make @insns (copied as needed, must stay) the program to run, its memory filled from @seed. */
void fuzz_machine_load(struct fuzz_machine *machine, const struct insn *insns, size_t count,
		       uint64_t seed);

/* Run it.  Returns 0 when it ran, to whatever end; -EINVAL when the engine refuses the program, with the
 * reason in @diag; -ENOTSUP where there is no such engine. */
int fuzz_machine_run(struct fuzz_machine *machine, const struct fuzz_engine *engine,
		     struct diag *diag, struct fuzz_outcome *ret_outcome);

/* Do the outcomes agree in all that both know? */
bool fuzz_outcome_equal(const struct fuzz_outcome *a, const struct fuzz_outcome *b);

/* One line: "r0 = 0x17, memory 5d2e...". */
void fuzz_outcome_print(const struct fuzz_outcome *outcome, struct strbuf *out);

/* The words of memory in which @a and @b differ, a line each: the registers r0 to r9 come first,
 * then the stack. */
void fuzz_outcome_compare(const struct fuzz_outcome *a, const struct fuzz_outcome *b,
			  struct strbuf *out);

#endif
