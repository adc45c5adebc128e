/*
 * attach_in.h - what the ways to attach share.
 *
 * Each kind of place (enum attach_kind) has a function that attaches one program to several places of
 * that kind; attach.c has the table of them.  Whatever they open they hand over to be kept, and it is closed
 * when it is over.
 */
#ifndef WAGGLE_PROBE_ATTACH_IN_H
#define WAGGLE_PROBE_ATTACH_IN_H

#include "base/attr.h"
#include "probe/attach.h"
#include "sys/bpf.h"

struct perf_event_attr;

struct attach_job {
	struct attachments *attachments;
	const struct attach_options *options;
	const struct bundle_prog *prog;
	int prog_fd;
	const struct bundle_attach *places; /* all of one kind */
	uint32_t count;
	struct diag *diag;
};

/* How many places it attached to, or a negative errno whose reason is in job->diag (attach_refuse puts
 * it there). */
typedef int attach_fn(const struct attach_job *job);

attach_fn attach_tracepoints; /* attach_perf.c */
attach_fn attach_profile;
attach_fn attach_interval;
attach_fn attach_software;
attach_fn attach_hardware;
attach_fn attach_watchpoint;
attach_fn attach_raw_tracepoints; /* attach_raw.c */
attach_fn attach_kprobes;         /* attach_kprobe.c; kretprobes too */
attach_fn attach_tracing;         /* attach_tracing.c; fentry and fexit */
attach_fn attach_iter;
attach_fn attach_uprobes; /* attach_user.c; uretprobes and USDT too */

/* Attach to one place after the other: @one returns 1, 0 (missing, and optional), or a negative errno. */
typedef int attach_one_fn(const struct attach_job *job, const struct bundle_attach *place);
int attach_each(const struct attach_job *job, attach_one_fn *one);

/* Keep the descriptor of an iterator, as attach_keep_link keeps a link's. */
int attach_keep_iter(struct attachments *attachments, int fd);

/* Open a perf event for @pid (-1: any) on @cpu (-1: any) and keep it.  Its descriptor, or a negative errno
 * without a message. */
int attach_open(const struct attach_job *job, const struct bundle_attach *place,
		const struct perf_event_attr *attr, int pid, int cpu);
/* Attach the program to the event with the place's cookie, and enable it.  Results as of attach_one_fn. */
int attach_join(const struct attach_job *job, const struct bundle_attach *place, int event_fd);

/* It cannot be attached there, for this reason.  Returns @err with an error in the diag; or if the place is
 * optional, 0 with a warning, unless it is quiet.  Hints may follow with diag_hint. */
int attach_refuse(const struct attach_job *job, const struct bundle_attach *place, int err,
		  const char *format, ...) PRINTF_LIKE(4, 5);

/* The same for what a perf event fails with that has no reason of its own. */
int attach_refuse_event(const struct attach_job *job, const struct bundle_attach *place, int err);

/* The CPUs that are online, at least one; NULL: memory is short. */
const int *attach_cpus(struct attachments *attachments, uint32_t *ret_count);

/* The type of the PMU called @name ("kprobe", "uprobe"), or a negative errno. */
int attach_pmu_type(const char *name);
/* The bit in perf_event_attr.config that makes a probe one of returns, or a negative errno. */
int attach_pmu_return_bit(const char *name);

#endif
