/*
 * script_load.h - a script, compiled and given to Linux: for tests and fuzzers.
 */
#ifndef WAGGLE_TEST_SCRIPT_LOAD_H
#define WAGGLE_TEST_SCRIPT_LOAD_H

#include "bundle/bundle.h"
#include "run/maps.h"
#include "script/ast.h"
#include "script/kernel.h"

enum script_outcome {
	SCRIPT_LOADED,
	SCRIPT_WRONG,   /* it is no program: errors in 'diag' */
	SCRIPT_REFUSED, /* the verifier does not take it, or it cannot be compiled */
	SCRIPT_DENIED,  /* bpf(2) may not be called here */
};

struct script_load {
	struct source source;
	struct arena arena;
	struct diag diag;
	struct bundle *bundle;
	struct run_maps maps;
	int *fds; /* of programs */
	bool has_maps;
};

/* What the machine is: one for many scripts. */
struct script_machine {
	struct kernel *kernel;
	struct catalog *catalog;
	struct features *features;
};
void script_machine_init(struct script_machine *machine);
void script_machine_release(struct script_machine *machine);

/* @text must outlive it; script_unload is due whatever the outcome. */
enum script_outcome script_load(struct script_load *load, const struct script_machine *machine,
				const char *text);
void script_unload(struct script_load *load);

#endif
