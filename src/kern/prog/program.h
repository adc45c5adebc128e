/*
 * program.h - programs with what they need: maps, helpers, tail-call targets, an engine.
 *
 * A program is made of a program_spec, which says all of it in plain arrays and does not care
 * where it comes from (an ELF object, raw bytecode, a test).  It may be run by any number of
 * threads at once, each with a program_run of its own.
 */
#ifndef WAGGLE_KERN_PROG_PROGRAM_H
#define WAGGLE_KERN_PROG_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "isa/insn.h"
#include "kern/map/kinds.h"
#include "kern/vm/vm.h"

struct program;
struct program_run;

/* Instructions; pseudo loads name maps by their number (ISA_LD_MAP_FD and ISA_LD_MAP_IDX alike). */
struct program_code {
	const struct insn *insns;
	size_t insn_count;
};

struct program_map {
	struct map_spec spec;
	const uint8_t *data; /* of an array's element 0, or NULL */
	size_t data_len;     /* at most spec.value_size */
	struct map *map;     /* or NULL: this map, and not a new one */
};

/* At @offset of the first value of array @map stands the address of @target_offset in that of
 * array @target. */
struct program_pointer {
	uint32_t map, target;
	uint64_t offset, target_offset;
};

/* Element @index of prog array @map is @targets[@target]. */
struct program_slot {
	uint32_t map, index, target;
};

struct program_spec {
	struct program_code code;
	const struct program_map *maps;
	size_t map_count;
	const struct program_code *targets; /* of tail calls */
	size_t target_count;
	const struct program_slot *slots;
	size_t slot_count;
	const struct program_pointer *pointers;
	size_t pointer_count;
};

enum program_engine {
	PROGRAM_ENGINE_BEST, /* the JIT where there is one, else the interpreter */
	PROGRAM_ENGINE_INTERPRETER,
	PROGRAM_ENGINE_JIT, /* an error where there is none */
};

struct program_options {
	struct vm_options vm;
	enum program_engine engine;
	const struct vm_helper *helpers; /* NULL: those of kern/helper; else outlives the program */
	uint32_t helper_count;
};

/* Make a program; the arrays of @spec are copied.  Returns 0 and sets *ret_program (yours:
 * program_free), or a negative errno with the reason in @diag. */
int program_new(const struct program_spec *spec, const struct program_options *options,
		struct diag *diag, struct program **ret_program);
void program_free(struct program *program); /* NULL is fine; after its runs */

/* What it is made of. */
size_t program_insn_count(const struct program *program);
size_t program_native_bytes(const struct program *program); /* 0: it is interpreted */
size_t program_map_count(const struct program *program);
struct map *program_map(const struct program *program, size_t i);
/* What prog arrays hold. */
const struct vm_prog *program_code_of(const struct program *program);

/* A place to run @program in, for one thread at a time.  A guarded program may use its maps and
 * its stack, and what program_run_add_memory adds.  Returns 0 and sets *ret_run (yours:
 * program_run_free; before the program), -ENOSPC (too many maps for a guarded run) or -ENOMEM. */
int program_run_new(const struct program *program, struct diag *diag, struct program_run **ret_run);
void program_run_free(struct program_run *run); /* NULL is fine */

/* Let a guarded program use the @bytes at @start; -ENOSPC: too many regions. */
int program_run_add_memory(struct program_run *run, void *start, size_t bytes, bool writable);

/* The same for one piece of memory, in the place of the one lent before; none when @bytes is 0.  For
 * what changes from run to run, like packets. */
void program_run_lend_memory(struct program_run *run, void *start, size_t bytes);

/* Forget all memory that was added. */
void program_run_clear_memory(struct program_run *run);

/* Where lines of bpf_trace_printk go; without, they are dropped. */
void program_run_set_trace(struct program_run *run,
			   void (*trace)(void *data, const char *text, size_t len), void *data);

/* Something that the host's own helpers find by program_user. */
void program_run_set_user(struct program_run *run, void *user);
void *program_user(const struct vm_run *run);

/* The machine's own run, for limits, packets and faults. */
struct vm_run *program_run_vm(struct program_run *run);

/* Run the program with @args as r1 to r5; results as vm_interpret's. */
int program_run(struct program_run *run, const uint64_t args[5], uint64_t *ret_r0);

#endif
