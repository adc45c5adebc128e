/*
 * attach_tracing.c - programs that know where they belong since they were loaded: fentry and fexit, and
 * iterators.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "probe/attach_in.h"

static int attach_function(const struct attach_job *job, const struct bundle_attach *place)
{
	const uint32_t type = place->kind == ATTACH_FEXIT ? BPF_TRACE_FEXIT : BPF_TRACE_FENTRY;
	const struct sys *sys = job->options->sys;
	int fd = sys_link_tracing(sys, job->prog_fd, type, place->cookie);
	int result;

	if (fd == -EINVAL || fd == -E2BIG) /* links since 5.13, their cookies since 6.0 */
		fd = sys_raw_tracepoint(sys, job->prog_fd, NULL, 0);
	if (fd >= 0)
		return attach_keep_link(job->attachments, fd) ? -ENOMEM : 1;
	if (fd == -SYS_ENOTSUPP || fd == -EOPNOTSUPP) {
		result = attach_refuse(job, place, fd,
				       "this kernel cannot trace functions by fentry and fexit");
		diag_hint(job->diag, "it was built without CONFIG_FUNCTION_TRACER or "
				     "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS; "
				     "tracepoints and uprobes do not need these");
		return result;
	}
	if (!catalog_is_traceable(job->options->catalog, place->event)) {
		result = attach_refuse(job, place, fd,
				       "the kernel's function tracer leaves out '%s'",
				       place->event);
		diag_hint(job->diag, "tracing itself may need it; a kprobe may be possible");
		return result;
	}
	if (fd == -EBUSY || fd == -E2BIG) {
		result = attach_refuse(job, place, fd, "'%s' cannot take one program more",
				       place->event);
		diag_hint(job->diag, "others trace or patch it: see what 'bpftool link' lists");
		return result;
	}
	return attach_refuse_event(job, place, fd);
}

int attach_tracing(const struct attach_job *job)
{
	return attach_each(job, attach_function);
}

/* --- iterators --------------------------------------------------------------------------------- */

static int make_iterator(const struct attach_job *job, const struct bundle_attach *place,
			 int link_fd)
{
	const struct sys *sys = job->options->sys;
	int fd;

	if (place->pin) {
		fd = sys_pin(sys, link_fd, place->pin);
		if (!fd)
			return 1;
		return attach_refuse(job, place, fd, "cannot pin the iterator to '%s': %s",
				     place->pin, strerror(-fd));
	}
	fd = sys_iter_new(sys, link_fd);
	if (fd < 0)
		return attach_refuse_event(job, place, fd);
	return attach_keep_iter(job->attachments, fd) ? -ENOMEM : 1;
}

static int attach_iterator(const struct attach_job *job, const struct bundle_attach *place)
{
	const int link_fd = sys_link_iter(job->options->sys, job->prog_fd, NULL, 0);

	if (link_fd < 0)
		return attach_refuse_event(job, place, link_fd);
	if (attach_keep_link(job->attachments, link_fd))
		return -ENOMEM;
	return make_iterator(job, place, link_fd);
}

int attach_iter(const struct attach_job *job)
{
	return attach_each(job, attach_iterator);
}
