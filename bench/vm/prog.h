/*
 * prog.h - one program of progs/ and everything that can run it.
 */
#ifndef WAGGLE_BENCH_VM_PROG_H
#define WAGGLE_BENCH_VM_PROG_H

#include "isa/insn.h"
#include "kern/helper/helper.h"
#include "kern/vm/vm.h"
#include "native.h"

/* Who runs programs; one column of the table each. */
enum engine {
	ENGINE_KERNEL, /* the JIT of this machine's kernel */
	ENGINE_JIT,
	ENGINE_JIT_GUARDED,
	ENGINE_INTERPRETER,
	ENGINE_INTERPRETER_GUARDED,
	ENGINE_NATIVE, /* the same source by the C compiler */
	ENGINES,
};
extern const char *const engine_names[ENGINES];

enum bench_map {
	BENCH_MAP_DATA,
	BENCH_MAP_TABLE,
	BENCH_MAPS,
};

struct bench_prog {
	const char *name;
	const struct bench_native *native;
	struct insn *insns; /* maps by index: enum bench_map */
	size_t insn_count;
	void *data;        /* what setup() left in native->data */
	struct map *table; /* and in the map, if there is one */

	struct vm_host host;
	struct helper_env env;
	struct map *maps[BENCH_MAPS];
	struct map *native_table;
	struct vm_prog *progs[ENGINES]; /* where the engine is one of ours */
	struct vm_run *run;

	int map_fds[BENCH_MAPS]; /* of the kernel's; -1: none */
	void *kernel_data;
	int prog_fd; /* -1: the kernel does not run it */
};

/* Load the object @path, compiled from the source of @native, into all engines, with their data and maps
 * alike.  @path NULL: the program that does nothing.  Returns 0 or a negative errno with the reason in
 * @diag. */
int bench_prog_load(const char *name, const char *path, const struct bench_native *native,
		    struct diag *diag, struct bench_prog *ret_prog);
void bench_prog_release(struct bench_prog *prog);

/* Can @engine run it? */
bool bench_prog_runs_on(const struct bench_prog *prog, enum engine engine);

/* The mean time of @repeat runs, in ns; negative when a run failed. */
double bench_prog_time(struct bench_prog *prog, enum engine engine, uint32_t repeat);

/* Run once on each engine, all from the beginning.  Returns 0, or -EPROTO with a word in @diag
 * about the first engine whose result, data or table is not that of the native program. */
int bench_prog_check(struct bench_prog *prog, struct diag *diag);

/* Instructions that a run executes, exactly (a wide load is one).  0: it failed. */
uint64_t bench_prog_executed(struct bench_prog *prog);

/* The machine's instructions that a run by the JIT executes, by the processor's own counter.
 * Negative: there is no such counter here. */
double bench_prog_hardware_insns(struct bench_prog *prog);

#endif
