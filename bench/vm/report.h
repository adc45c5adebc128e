/*
 * report.h - what vm_bench has measured, as a table or as JSON.
 */
#ifndef WAGGLE_BENCH_VM_REPORT_H
#define WAGGLE_BENCH_VM_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "prog.h"

enum report_format {
	REPORT_TEXT,
	REPORT_MARKDOWN,
	REPORT_JSON,
};

struct result {
	const char *name;
	double ns[ENGINES]; /* negative: not measured */
	double executed;
	double hardware; /* negative: no counter */
	bool calls;      /* functions or helpers: what those cost is another question */
};

struct compiling {
	double check_ns;   /* vm_prog_new, per instruction */
	double compile_ns; /* jit_compile, per instruction, of small programs */
	double large_ns;   /* of one with 'large_insns' */
	size_t large_insns;
	double cold_us; /* the first jit_compile of a process */
};

struct start {
	double ms;
	long rss_kib;
};

struct report {
	const struct result *results;
	size_t count;
	const struct compiling *compiling; /* NULL: there is no JIT here */
	const struct start *start;         /* NULL: not measured */
};

/* Print @report to the standard output. */
void report_print(const struct report *report, enum report_format format);

#endif
