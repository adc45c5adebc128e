/*
 * pass.c - the order of passes.
 *
 * First the function is brought into a form in which each block stands for itself (fold, spread), then
 * branches are decided on the ways to them until that changes nothing (thread, clean).  Then tests are
 * put together (narrow, combine, group), tails that ask the same of other fields shared, lists become
 * switches and switches tables or trees; and at the end values are shared again for the emitters.
 * Each round of the middle part is linear, and in practice the third finds nothing more.
 */
#include "ir/ir_pass.h"

#include <errno.h>
#include <assert.h>

const struct ir_pass ir_passes[] = {
	{ "fold", ir_fold },
	{ "gvn", ir_gvn },
	{ "dead", ir_dead },
	{ "clean", ir_clean },
	{ "spread", ir_spread },
	{ "thread", ir_thread },
	{ "narrow", ir_narrow },
	{ "combine", ir_combine },
	{ "group", ir_group },
	{ "share", ir_share },
	{ "switch", ir_switch },
	{ "tables", ir_tables },
	{ "lower_switch", ir_lower_switch },
	{ "layout", ir_layout },
	{ NULL, NULL },
};

enum { MOST_ROUNDS = 8 };

struct run {
	struct ir_fn *fn;
	const struct ir_options *options;
};

static void trace(const struct run *r, const char *name)
{
	if (r->options->trace && !r->fn->failed)
		r->options->trace(r->options->trace_data, name, r->fn);
}

static bool run(const struct run *r, ir_pass_fn *pass)
{
	bool changed = !r->fn->failed && pass(r->fn, r->options);

	if (!changed)
		return false;
#ifndef NDEBUG
	assert(r->fn->failed || ir_check(r->fn, NULL) != -EINVAL);
#endif
	for (const struct ir_pass *p = ir_passes; p->name; p++)
		if (p->run == pass)
			trace(r, p->name);
	return true;
}

/* Blocks that turn out equal leave values that nobody needs, and those may have kept others apart. */
static void tidy(const struct run *r)
{
	for (unsigned int i = 0; i < MOST_ROUNDS; i++) {
		run(r, ir_dead);
		if (!run(r, ir_clean))
			return;
	}
}

/* Decide what can be decided.  Where traps may be dropped, blocks stand for themselves throughout; else
 * loads must be merged each time, for one that repeats another cannot trap, and lets its block be
 * skipped. */
static void simplify(const struct run *r)
{
	bool merge = !r->options->drop_traps;

	for (unsigned int i = 0; i < MOST_ROUNDS && !r->fn->failed; i++) {
		bool changed;

		if (merge || i == 0)
			run(r, ir_spread);
		changed = run(r, ir_thread);
		changed |= run(r, ir_fold);
		if (merge)
			run(r, ir_gvn);
		run(r, ir_dead);
		changed |= run(r, ir_clean);
		if (!changed)
			return;
	}
}

int ir_optimize(struct ir_fn *fn, const struct ir_options *options)
{
	struct run r = { fn, options };

	trace(&r, "start");
	run(&r, ir_fold);
	if (!options->drop_traps)
		run(&r, ir_gvn);
	run(&r, ir_dead);
	run(&r, ir_clean);
	run(&r, ir_narrow);
	simplify(&r);
	if (run(&r, ir_combine))
		tidy(&r);
	if (run(&r, ir_group))
		tidy(&r);
	if (run(&r, ir_share))
		tidy(&r);
	if (run(&r, ir_switch) && run(&r, ir_thread))
		tidy(&r);
	run(&r, ir_tables);
	run(&r, ir_lower_switch);
	run(&r, ir_gvn);
	tidy(&r);
	run(&r, ir_layout);
	return fn->failed ? -ENOMEM : 0;
}
