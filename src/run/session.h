/*
 * session.h - a bundle in a kernel: from maps made to everything shown and detached.
 *
 * The order is: make maps, load programs, run 'begin', attach, say so, serve records until it is over
 * (exit, a signal, the end of the traced process), detach, run 'end', serve what is still queued,
 * show the tables.  It is over only once: whatever happens, all that was attached is detached.
 */
#ifndef WAGGLE_RUN_SESSION_H
#define WAGGLE_RUN_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "bundle/bundle.h"
#include "out/out.h"
#include "probe/catalog.h"
#include "probe/features.h"
#include "sys/sys.h"

enum session_mode {
	SESSION_RUN,
	SESSION_DRY, /* stop after attaching */
	SESSION_TEST,
	SESSION_BENCH,
};

struct session_options {
	const struct sys *sys;
	struct catalog *catalog;
	struct features *features;
	enum session_mode mode;
	struct out_options out; /* bundle, sym and resolver are filled in by the session */
	uint32_t pid;           /* -p; 0: none */
	const char *command;    /* -c; NULL: none */
	const char *cgroup;     /* only processes in it; NULL: all */
	uint64_t refresh_ns;    /* redraw tables in place; 0: no */
	bool is_verbose;
	bool show_warnings;
	/* Show what @diag says of attaching and empty it, before anything is waited for; NULL: it is all left
	 * to the caller. */
	void (*report)(struct diag *diag);
	bool count_errors; /* -k: report failed helpers */
	bool dump_xlated,
		dump_jited; /* show what the kernel made of the programs, and do not run */
};

/* Returns the exit status that the script asked for (0 to 255), or a negative errno with the reason in
 * @diag. */
int session_run(const struct bundle *bundle, const struct session_options *options,
		struct diag *diag);

#endif
