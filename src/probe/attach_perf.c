/*
 * attach_perf.c - perf events: tracepoints, timers, counters of software and hardware, watchpoints.
 *
 * A program on a tracepoint's event runs whenever the tracepoint is hit, in all processes and on all CPUs,
 * whatever the event's own are; so one event does.  On all other events it runs when the event itself
 * fires: there is one for each CPU, or for each thread of a process.
 */
#include <dirent.h>
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/file.h"
#include "probe/attach_in.h"

static bool ignore(void *data, const char *target, const char *space, const char *name)
{
	(void)data;
	(void)target;
	(void)space;
	(void)name;
	return false;
}

/* --- tracepoints ------------------------------------------------------------------------------ */

static int refuse_tracepoint(const struct attach_job *job, const struct bundle_attach *place,
			     int err)
{
	struct nearest near;
	char *whole;
	int result;

	if (catalog_tracepoints(job->options->catalog, place->target, place->event, ignore, NULL,
				job->diag) < 0)
		return err; /* which has said why */
	if (err != -ENOENT)
		return attach_refuse_event(job, place, err);
	result = attach_refuse(job, place, err, "this kernel has no tracepoint '%s:%s'",
			       place->target, place->event);
	if (asprintf(&whole, "%s:%s", place->target, place->event) < 0)
		return -ENOMEM;
	near = nearest_begin(whole);
	catalog_offer_tracepoints(job->options->catalog, &near);
	if (near.best)
		diag_hint(job->diag, "did you mean 'tracepoint:%s'?", near.best);
	free(whole);
	return result;
}

static int attach_tracepoint(const struct attach_job *job, const struct bundle_attach *place)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT, .sample_period = 1 };
	const struct catalog_format *format;
	int err = catalog_format(job->options->catalog, place->target, place->event, &format);
	uint32_t cpu_count;
	const int *cpus = attach_cpus(job->attachments, &cpu_count);
	int fd;

	if (err)
		return refuse_tracepoint(job, place, err);
	if (!cpus)
		return -ENOMEM;
	attr.config = format->id;
	fd = attach_open(job, place, &attr, -1, cpus[0]);
	return fd < 0 ? refuse_tracepoint(job, place, fd) : attach_join(job, place, fd);
}

int attach_tracepoints(const struct attach_job *job)
{
	return attach_each(job, attach_tracepoint);
}

/* --- events that fire where they are ----------------------------------------------------------- */

/* Says why an event of its family cannot be opened. */
typedef int refuse_fn(const struct attach_job *job, const struct bundle_attach *place, int err);

/* On every CPU.  A CPU that has gone offline meanwhile is left out. */
static int attach_to_cpus(const struct attach_job *job, const struct bundle_attach *place,
			  const struct perf_event_attr *attr, refuse_fn *refuse)
{
	uint32_t count;
	const int *cpus = attach_cpus(job->attachments, &count);
	int attached = 0;

	if (!cpus)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++) {
		const int fd = attach_open(job, place, attr, -1, cpus[i]);
		int result;

		if (fd == -ENODEV && (attached || i + 1 < count))
			continue;
		if (fd < 0)
			return refuse(job, place, fd);
		result = attach_join(job, place, fd);
		if (result <= 0)
			return result;
		attached = 1;
	}
	return attached;
}

/* To every thread of the process; those that it starts later inherit the event.  One that has ended meanwhile is
 * left out. */
static int attach_to_threads(const struct attach_job *job, const struct bundle_attach *place,
			     const struct perf_event_attr *attr, refuse_fn *refuse)
{
	struct perf_event_attr inherited = *attr;
	char path[64];
	struct dirent *entry;
	int result = 0, err = -ESRCH, attached = 0;
	DIR *threads;

	(void)snprintf(path, sizeof path, "/proc/%u/task", job->options->pid);
	threads = opendir(path);
	inherited.inherit = 1;
	while (threads && result >= 0 && (entry = readdir(threads))) {
		const int pid = atoi(entry->d_name);
		const int fd = pid ? attach_open(job, place, &inherited, pid, -1) : -ESRCH;

		if (fd == -ESRCH)
			continue;
		result = fd < 0 ? refuse(job, place, fd) : attach_join(job, place, fd);
		attached += result;
		err = 0;
	}
	if (threads)
		(void)closedir(threads);
	if (err)
		return attach_refuse(job, place, err, "there is no process %u", job->options->pid);
	return result < 0 ? result : attached > 0;
}

static int attach_where(const struct attach_job *job, const struct bundle_attach *place,
			const struct perf_event_attr *attr, refuse_fn *refuse)
{
	return job->options->pid ? attach_to_threads(job, place, attr, refuse) :
				   attach_to_cpus(job, place, attr, refuse);
}

/* --- timers ------------------------------------------------------------------------------------ */

static struct perf_event_attr timer_attr(const struct bundle_attach *place)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
					.config = PERF_COUNT_SW_CPU_CLOCK };

	if (place->frequency) {
		attr.freq = 1;
		attr.sample_freq = place->frequency;
	} else {
		attr.sample_period = place->period;
	}
	return attr;
}

static int refuse_timer(const struct attach_job *job, const struct bundle_attach *place, int err)
{
	char *text;
	size_t len;
	int result;

	if (err != -EINVAL || !place->frequency ||
	    file_read("/proc/sys/kernel/perf_event_max_sample_rate", NULL, &text, &len) != 0)
		return attach_refuse_event(job, place, err);
	result = attach_refuse(job, place, err,
			       "'%s' is faster than the kernel allows: %ld times a second",
			       place->name, strtol(text, NULL, 10));
	diag_hint(job->diag, "allow more with: sysctl kernel.perf_event_max_sample_rate=%llu",
		  (unsigned long long)place->frequency);
	free(text);
	return result;
}

static int attach_timer_everywhere(const struct attach_job *job, const struct bundle_attach *place)
{
	const struct perf_event_attr attr = timer_attr(place);

	return attach_to_cpus(job, place, &attr, refuse_timer);
}

/* Somewhere: its program is about the time, not about what runs. */
static int attach_timer_once(const struct attach_job *job, const struct bundle_attach *place)
{
	const struct perf_event_attr attr = timer_attr(place);
	uint32_t count;
	const int *cpus = attach_cpus(job->attachments, &count);
	const int fd = cpus ? attach_open(job, place, &attr, -1, cpus[0]) : -ENOMEM;

	return fd < 0 ? refuse_timer(job, place, fd) : attach_join(job, place, fd);
}

int attach_profile(const struct attach_job *job)
{
	return attach_each(job, attach_timer_everywhere);
}

int attach_interval(const struct attach_job *job)
{
	return attach_each(job, attach_timer_once);
}

/* --- counters ---------------------------------------------------------------------------------- */

static const struct counter {
	enum attach_kind kind;
	const char *name;
	const char *alias; /* or NULL */
	uint64_t number;
} counters[] = {
#define EVENT(provider, name, alias, count, kernel) \
	{ ATTACH_##provider, name, alias, PERF_COUNT_##kernel },
#include "abi/event.def"
};

static const struct counter *find_counter(const struct bundle_attach *place)
{
	for (size_t i = 0; i < ARRAY_LEN(counters); i++)
		if (counters[i].kind == place->kind &&
		    (!strcmp(counters[i].name, place->event) ||
		     (counters[i].alias && !strcmp(counters[i].alias, place->event))))
			return &counters[i];
	return NULL;
}

static int refuse_counter(const struct attach_job *job, const struct bundle_attach *place, int err)
{
	int result;

	if (place->kind == ATTACH_HARDWARE && err == -EBUSY) {
		result = attach_refuse(job, place, err, "the processor's counters are all in use");
		diag_hint(job->diag,
			  "one is often kept for the kernel: sysctl kernel.nmi_watchdog=0");
		return result;
	}
	if (place->kind == ATTACH_HARDWARE &&
	    (err == -ENOENT || err == -EOPNOTSUPP || err == -ENODEV || err == -EINVAL)) {
		result = attach_refuse(job, place, err, "this machine cannot count '%s'",
				       place->event);
		diag_hint(job->diag, "virtual machines often have no counters of hardware; "
				     "profile:hz:99 and software:cpu-clock need none");
		return result;
	}
	return attach_refuse_event(job, place, err);
}

static int attach_counter(const struct attach_job *job, const struct bundle_attach *place)
{
	const struct counter *counter = find_counter(place);
	struct perf_event_attr attr = { .sample_period = place->period };

	if (!counter)
		return attach_refuse(job, place, -ENOENT, "there is no event '%s'", place->event);
	attr.type = place->kind == ATTACH_HARDWARE ? PERF_TYPE_HARDWARE : PERF_TYPE_SOFTWARE;
	attr.config = counter->number;
	return attach_where(job, place, &attr, refuse_counter);
}

int attach_software(const struct attach_job *job)
{
	return attach_each(job, attach_counter);
}

int attach_hardware(const struct attach_job *job)
{
	return attach_each(job, attach_counter);
}

/* --- watchpoints ------------------------------------------------------------------------------- */

static int refuse_watchpoint(const struct attach_job *job, const struct bundle_attach *place,
			     int err)
{
	if (err == -ENOSPC)
		return attach_refuse(job, place, err,
				     "the processor has no watchpoint left for '%s'", place->name);
	if (err == -EOPNOTSUPP || err == -ENOENT || err == -ENODEV)
		return attach_refuse(job, place, err, "this machine has no watchpoints");
	if (err == -EINVAL && place->address % place->length)
		return attach_refuse(job, place, err,
				     "a watchpoint of %llu bytes must be at a multiple of them",
				     (unsigned long long)place->length);
	if (err == -EINVAL)
		return attach_refuse(job, place, err, "this processor cannot watch '%s': %s",
				     place->name, "x86 has w, rw and x (8 bytes)");
	return attach_refuse_event(job, place, err);
}

static int attach_watch(const struct attach_job *job, const struct bundle_attach *place)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.sample_period = 1,
		.bp_addr = place->address,
		.bp_len = place->length,
	};

	for (const char *mode = place->mode; *mode; mode++)
		attr.bp_type |= *mode == 'r' ? HW_BREAKPOINT_R :
				*mode == 'w' ? HW_BREAKPOINT_W :
					       HW_BREAKPOINT_X;
	return attach_where(job, place, &attr, refuse_watchpoint);
}

int attach_watchpoint(const struct attach_job *job)
{
	return attach_each(job, attach_watch);
}
