/*
 * state.h - a session while it lives: what its parts share.
 */
#ifndef WAGGLE_RUN_STATE_H
#define WAGGLE_RUN_STATE_H

#include "base/arena.h"
#include "probe/attach.h"
#include "run/child.h"
#include "run/maps.h"
#include "run/packets.h"
#include "run/ring.h"
#include "run/session.h"
#include "run/signals.h"
#include "run/stacks.h"
#include "sym/sym.h"

struct session {
	const struct sys *sys;
	const struct bundle *bundle;
	const struct session_options *options;
	struct diag *diag;
	struct arena arena; /* of one action; released after each */

	struct run_signals signals;
	struct run_child child;
	int traced_fd; /* of -p: readable when it has ended; -1: none */
	struct run_maps maps;
	int *prog_fds; /* of each program of the bundle; -1: not loaded */
	struct run_ring data_ring, control_ring;
	struct out_resolver resolver;
	struct sym *sym;
	struct out *out;
	struct attachments *attachments;
	struct packet_files packets;
	struct run_stacks stacks;
	/* With SESSION_TEST, output goes here first. */
	FILE *held;
	char *held_text;
	size_t held_len;

	bool is_over; /* nothing more is waited for */
	bool has_exited; /* the script said so; what was put into the data ring from exit_at on is not shown */
	uint64_t exit_at;
	int status; /* that the script ends with */

	/* What was reported of bundle->counters. */
	uint64_t *counters; /* the last values of all; NULL: there are none */
	uint64_t lost;
	uint64_t *full;   /* of each table */
	uint64_t *failed; /* of each check */
	uint64_t next_report_ns;
};

/* actions.c: do what a record asks for. */
void session_act(struct session *s, const uint8_t *record, uint32_t len);
/* Show one table as it is now. */
void session_show_table(struct session *s, const struct bundle_table *table, uint64_t top,
			uint64_t divisor, const char *sort);

/* For a heat map: what the table's histograms hold now. */
void session_sample_table(struct session *s, const struct bundle_table *table);

/* counters.c: what programs could not do.  Reports what is new; at the end, with what to do about it. */
int counters_init(struct session *s);
void counters_report(struct session *s, bool is_end);
void counters_release(struct session *s);

/* session.c: run a program here and now; *ret_value (unless NULL) is what it returned. */
int session_run_prog(struct session *s, uint32_t number, uint32_t *ret_value);
/* Serve all records that are there. */
void session_drain(struct session *s);

/* suite.c: run all tests and show which fail; measure all benches. */
int session_run_tests(struct session *s);
int session_run_benches(struct session *s);

/* Nanoseconds of CLOCK_BOOTTIME. */
uint64_t session_now(void);

#endif
