/*
 * attach_kprobe.c - kprobes and kretprobes.
 *
 * A program loaded for it (BPF_TRACE_KPROBE_MULTI or _SESSION) goes to all functions in one call, by
 * the function tracer.  Any other needs a perf event for each place: slower to attach and to hit, but it can
 * be inside of a function, too.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe/attach_in.h"

static int refuse_without_kprobes(const struct attach_job *job, const struct bundle_attach *place)
{
	const int result = attach_refuse(job, place, -EOPNOTSUPP, "this kernel has no kprobes");

	diag_hint(job->diag, "it was built without CONFIG_KPROBES and CONFIG_KPROBE_EVENTS; "
			     "tracepoints and uprobes do not need them");
	return result;
}

/* Hints of what serves instead; false when nothing is known. */
static bool explain_instead(const struct attach_job *job, const struct bundle_attach *place)
{
	struct catalog_instead instead;

	if (!place->event ||
	    !catalog_function_instead(job->options->catalog, place->event, &instead))
		return false;
	if (instead.function_count)
		diag_hint(job->diag, "what does its work here is 'kprobe:%s'",
			  instead.functions[0]);
	if (instead.tracepoint)
		diag_hint(job->diag, "'tracepoint:%s' tells the same, and changes less often",
			  instead.tracepoint);
	return true;
}

static void explain_missing(const struct attach_job *job, const struct bundle_attach *place)
{
	struct nearest near;

	if (explain_instead(job, place))
		return;
	near = nearest_begin(place->event);
	catalog_offer_functions(job->options->catalog, &near);
	if (near.best)
		diag_hint(job->diag, "did you mean '%s'?", near.best);
	else
		diag_hint(job->diag, "the compiler may have built it into its callers");
}

static int refuse_kprobe(const struct attach_job *job, const struct bundle_attach *place, int err)
{
	int result;

	if (err == -ENOENT || err == -ESRCH) {
		result = attach_refuse(job, place, err, "this kernel has no function '%s'",
				       place->event);
		explain_missing(job, place);
		return result;
	}
	if (err == -EADDRNOTAVAIL) {
		result = attach_refuse(job, place, err, "this kernel has several functions '%s'",
				       place->event);
		diag_hint(job->diag, "give the address of one: grep -w %s /proc/kallsyms",
			  place->event);
		return result;
	}
	if (err == -EILSEQ)
		return attach_refuse(job, place, err, "no instruction begins at '%s'+%llu",
				     place->event, (unsigned long long)place->offset);
	if (err == -EINVAL || err == -EOPNOTSUPP || err == -EBUSY) {
		result = attach_refuse(job, place, err, "the kernel lets nobody probe '%s'",
				       place->event ? place->event : place->name);
		if (!explain_instead(job, place))
			diag_hint(job->diag, "it may be part of what probes themselves need: see "
					     "/sys/kernel/debug/kprobes/blacklist");
		return result;
	}
	return attach_refuse_event(job, place, err);
}

/* --- one by one -------------------------------------------------------------------------------- */

/* Does the offset lead out of the function, which the kernel would not mind?  *ret_bytes is its length. */
static bool is_beyond(const struct attach_job *job, const struct bundle_attach *place,
		      uint64_t *ret_bytes)
{
	if (!place->event || !place->offset)
		return false;
	*ret_bytes = catalog_function_bytes(job->options->catalog, place->event);
	return *ret_bytes && place->offset >= *ret_bytes;
}

static int attach_kprobe(const struct attach_job *job, const struct bundle_attach *place)
{
	const int type = attach_pmu_type("kprobe");
	struct perf_event_attr attr = { .sample_period = 1, .wakeup_events = 1 };
	uint64_t bytes;
	uint32_t count;
	const int *cpus = attach_cpus(job->attachments, &count);
	int bit = 0, fd;

	if (!cpus)
		return -ENOMEM;
	if (is_beyond(job, place, &bytes))
		return attach_refuse(job, place, -EINVAL, "'%s' has only %llu bytes", place->event,
				     (unsigned long long)bytes);
	if (type >= 0 && place->kind == ATTACH_KRETPROBE)
		bit = attach_pmu_return_bit("kprobe");
	if (type < 0 || bit < 0)
		return refuse_without_kprobes(job, place);
	attr.type = (uint32_t)type;
	attr.config = place->kind == ATTACH_KRETPROBE ? 1ULL << bit : 0;
	attr.kprobe_func = (uint64_t)(uintptr_t)place->event; /* 0: by address */
	attr.probe_offset = place->event ? place->offset : place->address;
	fd = attach_open(job, place, &attr, -1, cpus[0]);
	return fd < 0 ? refuse_kprobe(job, place, fd) : attach_join(job, place, fd);
}

/* --- many at once ------------------------------------------------------------------------------ */

enum { RETURN = 1 }; /* BPF_F_KPROBE_MULTI_RETURN */

struct many {
	const char **symbols;
	uint64_t *cookies;
};

static int link_many(const struct attach_job *job, const struct many *many, uint32_t first,
		     uint32_t count)
{
	const uint32_t type = job->prog->expected_attach_type;
	const bool is_return = type == BPF_TRACE_KPROBE_MULTI &&
			       job->places[0].kind == ATTACH_KRETPROBE;
	const struct sys_kprobe_multi multi = {
		.attach_type = type,
		.flags = is_return ? RETURN : 0,
		.count = count,
		.symbols = many->symbols + first,
		.cookies = many->cookies + first,
	};

	return sys_link_kprobe_multi(job->options->sys, job->prog_fd, &multi);
}

/* The kernel takes all or none, and does not say which it dislikes: that one is found by halving. */
static int attach_range(const struct attach_job *job, const struct many *many, uint32_t first,
			uint32_t count)
{
	const int fd = link_many(job, many, first, count);
	int left, right;

	if (fd >= 0)
		return attach_keep_link(job->attachments, fd) ? -ENOMEM : (int)count;
	if (count == 1 || fd == -EPERM || fd == -EACCES || fd == -ENOMEM)
		return refuse_kprobe(job, &job->places[first], fd);
	left = attach_range(job, many, first, count / 2);
	if (left < 0)
		return left;
	right = attach_range(job, many, first + count / 2, count - count / 2);
	return right < 0 ? right : left + right;
}

static int attach_many(const struct attach_job *job)
{
	struct many many = {
		.symbols = calloc(job->count, sizeof *many.symbols),
		.cookies = calloc(job->count, sizeof *many.cookies),
	};
	int result = -ENOMEM;

	if (many.symbols && many.cookies) {
		for (uint32_t i = 0; i < job->count; i++) {
			many.symbols[i] = job->places[i].event;
			many.cookies[i] = job->places[i].cookie;
		}
		result = attach_range(job, &many, 0, job->count);
	}
	free(many.symbols);
	free(many.cookies);
	return result;
}

int attach_kprobes(const struct attach_job *job)
{
	return job->prog->expected_attach_type ? attach_many(job) : attach_each(job, attach_kprobe);
}
