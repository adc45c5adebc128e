/*
 * ir_pass.h - what makes functions better, and the order in which it is done.
 *
 * A pass changes a function in place and says whether it did.  The head of its file says what it
 * needs, keeps and breaks; any of them may run on any function that passes ir_check.
 *
 * Packet loads that trap.  As long as options.drop_traps is not set, an optimised function ends with 0
 * on truncated packets exactly when the original did.  With it, a load whose value is not needed may
 * go away, so that some packets that were rejected for being too short are judged by their contents, as
 * libpcap's optimiser has always done.  A load is never made on a way on which there was none.
 */
#ifndef WAGGLE_IR_IR_PASS_H
#define WAGGLE_IR_IR_PASS_H

#include "ir/ir.h"

enum ir_target {
	IR_TARGET_CBPF,
	IR_TARGET_EBPF,
};

struct ir_options {
	enum ir_target target;
	bool drop_traps;
	/* Large sets may be looked up in hash maps, which the caller makes of fn->tables.  For eBPF. */
	bool tables;

	/* Called with the function as it came ("start") and after each pass that changed
	 * something; or NULL. */
	void (*trace)(void *data, const char *pass, const struct ir_fn *fn);
	void *trace_data;
};

/* True if something changed.  Without memory, fn->failed. */
typedef bool ir_pass_fn(struct ir_fn *fn, const struct ir_options *options);

struct ir_pass {
	const char *name; /* in traces and tests */
	ir_pass_fn *run;
};

ir_pass_fn ir_fold, ir_gvn, ir_dead, ir_clean, ir_spread, ir_thread, ir_narrow, ir_combine,
	ir_group, ir_share, ir_switch, ir_tables, ir_lower_switch, ir_layout;

/* All passes, ended by a NULL name. */
extern const struct ir_pass ir_passes[];

/* Passes in a sensible order, repeated until nothing changes or enough is enough.  The result is
 * ready for the emitter of options->target.  0 or -ENOMEM. */
int ir_optimize(struct ir_fn *fn, const struct ir_options *options);

#endif
