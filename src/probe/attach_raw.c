/*
 * attach_raw.c - raw tracepoints, typed or not: the program gets the arguments of the kernel's own call.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "probe/attach_in.h"

/* A typed program knows from its loading where it belongs.  A kernel without cookies refuses even one that the
 * program does not ask for. */
static int attach_link(const struct attach_job *job, const struct bundle_attach *place)
{
	const struct sys *sys = job->options->sys;
	const uint64_t cookie =
		feature_has(job->options->features, FEATURE_RAW_COOKIE) ? place->cookie : 0;
	int fd;

	if (!job->prog->btf_id)
		return sys_raw_tracepoint(sys, job->prog_fd, place->event, cookie);
	fd = sys_link_tracing(sys, job->prog_fd, BPF_TRACE_RAW_TP, cookie);
	/* EINVAL: before 5.13 BPF_LINK_CREATE knows no tracepoints */
	return fd == -EINVAL ? sys_raw_tracepoint(sys, job->prog_fd, NULL, 0) : fd;
}

static bool offer(void *data, const char *module, const char *space, const char *event)
{
	(void)module;
	(void)space;
	nearest_offer(data, event);
	return true;
}

static int attach_raw_tracepoint(const struct attach_job *job, const struct bundle_attach *place)
{
	const int fd = attach_link(job, place);
	struct nearest near;
	int result;

	if (fd >= 0)
		return attach_keep_link(job->attachments, fd) ? -ENOMEM : 1;
	if (fd != -ENOENT)
		return attach_refuse_event(job, place, fd);
	result = attach_refuse(job, place, fd, "this kernel has no raw tracepoint '%s'",
			       place->event);
	near = nearest_begin(place->event);
	(void)catalog_raw_tracepoints(job->options->catalog, NULL, "*", offer, &near, NULL);
	if (near.best)
		diag_hint(job->diag, "did you mean 'rawtracepoint:%s'?", near.best);
	return result;
}

int attach_raw_tracepoints(const struct attach_job *job)
{
	return attach_each(job, attach_raw_tracepoint);
}
