/*
 * trace.h - what the files of 'waggle trace' say to each other.
 *
 * trace_options.c reads the command line into a struct tracing; trace.c takes the script through its
 * stages, which trace_stages.c can show, up to a session; trace_list.c answers -l.
 */
#ifndef WAGGLE_CMD_TRACE_H
#define WAGGLE_CMD_TRACE_H

#include <stdio.h>

#include "cmd/command.h"
#include "header/header.h"
#include "probe/catalog.h"
#include "probe/features.h"
#include "run/session.h"
#include "script/kernel.h"
#include "lower/lower.h"
#include "script/script.h"

/* What -d shows, as bits. */
enum trace_stage {
	STAGE_TOKENS = 1 << 0,
	STAGE_AST = 1 << 1,
	STAGE_TYPES = 1 << 2,
	STAGE_IR = 1 << 3,
	STAGE_BPF = 1 << 4,
	STAGE_XLATED = 1 << 5,
	STAGE_JITED = 1 << 6,
};
enum { STAGES_OF_KERNEL = STAGE_XLATED | STAGE_JITED };

struct tracing {
	const struct command_args *args;
	struct diag *diag;
	struct arena arena;
	struct source source;
	char *data; /* of the script's file; or NULL */
	unsigned int stages;
	FILE *file; /* -o, or stdout */

	struct script_options script;
	struct lower_options lower;
	struct session_options session;
	struct headers *headers;
	struct kernel *kernel;
	struct catalog *catalog;
	struct features *features;
	struct strbuf shown; /* stages, to be printed */
};

/* trace_options.c: read the command line.  0, or a negative errno with the reason in t->diag. */
int trace_read_options(struct tracing *t);
int trace_read_source(struct tracing *t);

/* trace_stages.c: the stages of -d, a list with commas between. */
int trace_read_stages(const char *list, struct diag *diag, unsigned int *ret_stages);
void trace_show_ir(void *data, const char *stage, const struct ir_fn *fn); /* lower_options.trace */

/* trace_list.c: print what there is to attach to, or what the script would.  0 or a negative errno as above. */
int trace_list(struct tracing *t);

/* trace_types.c: for a search such as 'struct sock*', print the kernel's types of such names, with -v their
 * members.  How many, or a negative errno as above; 0: it is no such search. */
int trace_list_types(struct tracing *t, const char *search);

/* trace.c: parse and check; *ret_script NULL: the options wanted no more. */
int trace_check(struct tracing *t, struct script **ret_script);
/* The same, and lower; *ret_bundle NULL: the options wanted no more. */
int trace_compile(struct tracing *t, struct bundle **ret_bundle);

#endif
