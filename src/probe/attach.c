/*
 * attach.c - which way leads to which place, and letting go of everything.
 *
 * Letting go of a tracepoint or a kprobe by a perf event makes the kernel wait twice until no CPU can be in its
 * handler any more, some 40 ms each time: when the link is closed, after the program was detached, and when the
 * event is.  Links that are closed by several threads wait together.  Events wait one after the other, under
 * a lock, whoever closes them; so when there are many, a child process that has nothing but them does that,
 * unseen.
 */
#include "probe/attach.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/chars.h"
#include "base/file.h"
#include "probe/attach_in.h"
#include "base/cpus.h"
#include "sys/permit.h"

enum {
	FEW = 4, /* are closed one after the other */
	MOST_THREADS = 512,
	STACK_BYTES = 64 << 10,
};

/* A link, or a perf event. */
struct kept {
	int fd; /* -1: let go of */
	bool is_event;
	bool is_slow; /* an event for whose end the kernel waits */
	bool is_watch;
	uint64_t address; /* of a watchpoint */
};

struct attachments {
	struct attach_options options;
	struct kept *kept;
	size_t count;
	size_t size;
	size_t slow_count;
	int *iters;
	uint32_t iter_count;
	int *cpus; /* online; NULL: not read yet */
	uint32_t cpu_count;
	/* Programs are attached by events themselves, so they run until those are closed. */
	bool has_bare_events;
};

static attach_fn *const ways[] = {
	/* clang-format off */
	[ATTACH_KPROBE]         = attach_kprobes,
	[ATTACH_KRETPROBE]      = attach_kprobes,
	[ATTACH_FENTRY]         = attach_tracing,
	[ATTACH_FEXIT]          = attach_tracing,
	[ATTACH_TRACEPOINT]     = attach_tracepoints,
	[ATTACH_RAW_TRACEPOINT] = attach_raw_tracepoints,
	[ATTACH_UPROBE]         = attach_uprobes,
	[ATTACH_URETPROBE]      = attach_uprobes,
	[ATTACH_USDT]           = attach_uprobes,
	[ATTACH_PROFILE]        = attach_profile,
	[ATTACH_INTERVAL]       = attach_interval,
	[ATTACH_SOFTWARE]       = attach_software,
	[ATTACH_HARDWARE]       = attach_hardware,
	[ATTACH_WATCHPOINT]     = attach_watchpoint,
	[ATTACH_ITER]           = attach_iter,
	/* clang-format on */
};

struct attachments *attachments_new(const struct attach_options *options)
{
	struct attachments *attachments = calloc(1, sizeof *attachments);

	if (attachments)
		attachments->options = *options;
	return attachments;
}

/* --- keeping --------------------------------------------------------------------------------- */

static void close_fd(const struct attachments *attachments, int fd)
{
	(void)attachments->options.sys->close(attachments->options.sys, fd);
}

static int keep(struct attachments *attachments, const struct kept *kept)
{
	if (attachments->count == attachments->size) {
		const size_t size = attachments->size ? attachments->size * 2 : 64;
		struct kept *list = realloc(attachments->kept, size * sizeof *list);

		if (!list) {
			close_fd(attachments, kept->fd);
			return -ENOMEM;
		}
		attachments->kept = list;
		attachments->size = size;
	}
	attachments->kept[attachments->count++] = *kept;
	attachments->slow_count += kept->is_slow;
	return 0;
}

int attach_keep_link(struct attachments *attachments, int fd)
{
	return keep(attachments, &(struct kept){ .fd = fd });
}

int attach_keep_iter(struct attachments *attachments, int fd)
{
	int *iters = realloc(attachments->iters, (attachments->iter_count + 1) * sizeof *iters);

	if (!iters) {
		close_fd(attachments, fd);
		return -ENOMEM;
	}
	attachments->iters = iters;
	iters[attachments->iter_count++] = fd;
	return 0;
}

int attach_iter_fd(struct attachments *attachments, uint32_t i)
{
	return i < attachments->iter_count ? attachments->iters[i] : -1;
}

static void close_kept(struct attachments *attachments, struct kept *kept)
{
	if (kept->fd >= 0)
		close_fd(attachments, kept->fd);
	kept->fd = -1;
}

void attach_unwatch(struct attachments *attachments, uint64_t address)
{
	for (size_t i = 0; attachments && i < attachments->count; i++) {
		struct kept *kept = &attachments->kept[i];

		if (kept->is_watch && kept->address == address)
			close_kept(attachments, kept);
	}
}

/* --- attaching ------------------------------------------------------------------------------- */

/* What is attached once may be several probes of the user. */
static int probes_of(const struct bundle_attach *place)
{
	return place->stands_for ? (int)place->stands_for : 1;
}

int attach_each(const struct attach_job *job, attach_one_fn *one)
{
	int count = 0;

	for (uint32_t i = 0; i < job->count; i++) {
		const int result = one(job, &job->places[i]);

		if (result < 0)
			return result;
		if (result)
			count += probes_of(&job->places[i]);
	}
	return count;
}

int attach_refuse(const struct attach_job *job, const struct bundle_attach *place, int err,
		  const char *format, ...)
{
	struct strbuf text = { 0 };
	va_list args;

	va_start(args, format);
	strbuf_vprintf(&text, format, args);
	va_end(args);
	if (!place->is_optional)
		diag_error(job->diag, place->span, "%s", strbuf_text(&text));
	else if (!place->is_quiet)
		diag_warning(job->diag, place->span, "%s", strbuf_text(&text));
	strbuf_release(&text);
	return place->is_optional ? 0 : err;
}

/* How many of the places from @first on are of its kind. */
static uint32_t same_kind(const struct bundle_prog *prog, uint32_t first)
{
	uint32_t count = 1;

	while (first + count < prog->attach_count &&
	       prog->attaches[first + count].kind == prog->attaches[first].kind)
		count++;
	return count;
}

/* Of several some may be missing, but not all without a word. */
static int check_none(const struct bundle_prog *prog, struct diag *diag)
{
	if (prog->attach_count < 2 || !prog->attaches[0].is_optional || prog->attaches[0].is_quiet)
		return 0;
	diag_error(diag, prog->attaches[0].span, "nothing of this list can be probed");
	return -ENOENT;
}

int attach_prog(struct attachments *attachments, const struct bundle_prog *prog, int prog_fd,
		struct diag *diag)
{
	int attached = 0;

	for (uint32_t i = 0, count; i < prog->attach_count; i += count) {
		const enum attach_kind kind = prog->attaches[i].kind;
		struct attach_job job = {
			.attachments = attachments,
			.options = &attachments->options,
			.prog = prog,
			.prog_fd = prog_fd,
			.places = &prog->attaches[i],
			.diag = diag,
		};
		int result;

		job.count = count = same_kind(prog, i);
		if (kind <= ATTACH_BENCH)
			continue; /* the session's */
		result = ways[kind] ?
				 ways[kind](&job) :
				 attach_refuse(&job, job.places, -ENOTSUP,
					       "'%s' cannot be attached yet", job.places->name);
		if (result < 0)
			return result;
		attached += result;
	}
	return attached ? attached : check_none(prog, diag);
}

/* --- perf events ------------------------------------------------------------------------------ */

/* As many descriptors as this process may have. */
static bool raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= limit.rlim_max)
		return false;
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

int attach_open(const struct attach_job *job, const struct bundle_attach *place,
		const struct perf_event_attr *attr, int pid, int cpu)
{
	const struct sys *sys = job->options->sys;
	struct perf_event_attr copy = *attr;
	struct kept kept = { .is_event = true };

	copy.size = sizeof copy;
	do
		kept.fd = sys->perf_event_open(sys, &copy, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	while (kept.fd == -EMFILE && raise_limit());
	if (kept.fd < 0)
		return kept.fd;
	kept.is_slow = attr->type != PERF_TYPE_SOFTWARE && attr->type != PERF_TYPE_HARDWARE &&
		       attr->type != PERF_TYPE_BREAKPOINT;
	kept.is_watch = place->kind == ATTACH_WATCHPOINT;
	kept.address = place->address;
	if (keep(job->attachments, &kept))
		return -ENOMEM;
	return kept.fd;
}

/* By a link, or before 5.15 for as long as the event lives. */
static int join_by_link(const struct attach_job *job, const struct bundle_attach *place,
			int event_fd)
{
	const struct sys *sys = job->options->sys;
	struct kept kept = { .is_watch = place->kind == ATTACH_WATCHPOINT,
			     .address = place->address };

	if (!feature_has(job->options->features, FEATURE_PERF_LINK)) {
		job->attachments->has_bare_events = true;
		return sys->ioctl(sys, event_fd, PERF_EVENT_IOC_SET_BPF,
				  (unsigned long)job->prog_fd);
	}
	do
		kept.fd = sys_link_perf(sys, job->prog_fd, event_fd, place->cookie);
	while (kept.fd == -EMFILE && raise_limit());
	return kept.fd < 0 ? kept.fd : keep(job->attachments, &kept);
}

int attach_join(const struct attach_job *job, const struct bundle_attach *place, int event_fd)
{
	const struct sys *sys = job->options->sys;
	int err = join_by_link(job, place, event_fd);

	if (!err)
		err = sys->ioctl(sys, event_fd, PERF_EVENT_IOC_ENABLE, 0);
	if (!err)
		return 1;
	if (err == -E2BIG)
		return attach_refuse(job, place, err,
				     "'%s' has as many programs attached as the kernel allows",
				     place->name);
	return attach_refuse(job, place, err, "cannot attach to '%s': %s", place->name,
			     strerror(-err));
}

int attach_refuse_event(const struct attach_job *job, const struct bundle_attach *place, int err)
{
	int result;

	if (err == -EPERM || err == -EACCES) {
		result = attach_refuse(job, place, err, "this user may not attach to '%s'",
				       place->name);
		sys_permit_explain(job->diag);
		return result;
	}
	if (err == -EMFILE) {
		result = attach_refuse(job, place, err,
				       "cannot attach to '%s': there are too many open files",
				       place->name);
		diag_hint(job->diag, "every place needs two: raise the limit with ulimit -Hn -Sn");
		return result;
	}
	return attach_refuse(job, place, err, "cannot attach to '%s': %s", place->name,
			     strerror(-err));
}

/* Read "0-3,8": the CPUs that are online. */
static int read_cpus(struct attachments *attachments)
{
	const uint32_t most = cpus_possible();
	char *text, *at;
	size_t len;
	int err = file_read("/sys/devices/system/cpu/online", NULL, &text, &len);

	if (err)
		return err;
	attachments->cpus = calloc(most, sizeof *attachments->cpus);
	for (at = text; attachments->cpus && char_is_digit(*at); at += *at == ',') {
		int first = (int)strtol(at, &at, 10), last = first;

		if (*at == '-')
			last = (int)strtol(at + 1, &at, 10);
		for (; first <= last && attachments->cpu_count < most; first++)
			attachments->cpus[attachments->cpu_count++] = first;
	}
	free(text);
	return attachments->cpus ? 0 : -ENOMEM;
}

const int *attach_cpus(struct attachments *attachments, uint32_t *ret_count)
{
	static const int first[] = { 0 };

	if (!attachments->cpus && read_cpus(attachments) == -ENOMEM)
		return NULL;
	*ret_count = attachments->cpu_count ? attachments->cpu_count : 1;
	return attachments->cpu_count ? attachments->cpus : first;
}

/* The number behind @prefix in a file of the PMU, or a negative errno. */
static int read_pmu(const char *name, const char *file, const char *prefix)
{
	char path[256], *text;
	size_t len;
	int number, err;

	(void)snprintf(path, sizeof path, "/sys/bus/event_source/devices/%s/%s", name, file);
	err = file_read(path, NULL, &text, &len);
	if (err)
		return err;
	number = strncmp(text, prefix, strlen(prefix)) == 0 ? atoi(text + strlen(prefix)) : -EINVAL;
	free(text);
	return number;
}

int attach_pmu_type(const char *name)
{
	return read_pmu(name, "type", "");
}

int attach_pmu_return_bit(const char *name)
{
	return read_pmu(name, "format/retprobe", "config:");
}

/* --- detaching ------------------------------------------------------------------------------- */

static int compare_fds(const void *a, const void *b)
{
	const int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

/* Close all but the @count sorted @fds. */
static void close_others(const int *fds, size_t count)
{
	unsigned int next = 0;

	for (size_t i = 0; i < count; i++) {
		const unsigned int fd = (unsigned int)fds[i];

		if (fd > next)
			(void)close_range(next, fd - 1, 0);
		next = fd + 1;
	}
	(void)close_range(next, ~0U, 0);
}

/* In a child: wait until the other end of the pipe, which the parent has, is closed; then end, and so close the
 * events.  What others wait to see closed goes first.  Nothing here may need a lock, for another thread could
 * have held it. */
static NORETURN void close_slowly(const int *fds, size_t count, int pipe_fd)
{
	char byte;

	close_others(fds, count);
	(void)setsid();
	while (read(pipe_fd, &byte, 1) < 0 && errno == EINTR)
		;
	_exit(EXIT_SUCCESS);
}

/* Start a grandchild that closes the events when the parent has.  The pipe whose closing it waits for, or -1:
 * there is none. */
static int start_closer(int *fds, size_t count)
{
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	fds[count++] = ends[0];
	qsort(fds, count, sizeof *fds, compare_fds);
	child = fork();
	if (!child) {
		if (fork() == 0)
			close_slowly(fds, count, ends[0]);
		_exit(EXIT_SUCCESS);
	}
	(void)close(ends[0]);
	if (child < 0) {
		(void)close(ends[1]);
		return -1;
	}
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	return ends[1];
}

static void close_events(struct attachments *attachments)
{
	int *fds = NULL, pipe_fd = -1;
	size_t count = 0;

	if (attachments->slow_count > FEW && !attachments->has_bare_events)
		fds = calloc(attachments->slow_count + 1, sizeof *fds);
	if (fds) {
		for (size_t i = 0; i < attachments->count; i++)
			if (attachments->kept[i].is_slow && attachments->kept[i].fd >= 0)
				fds[count++] = attachments->kept[i].fd;
		pipe_fd = start_closer(fds, count);
	}
	for (size_t i = 0; i < attachments->count; i++)
		if (attachments->kept[i].is_event)
			close_kept(attachments, &attachments->kept[i]);
	if (pipe_fd >= 0)
		(void)close(pipe_fd);
	free(fds);
}

/* Links, closed by whichever thread comes to them first. */
struct closing {
	struct attachments *attachments;
	size_t next;
};

static void *close_links(void *data)
{
	struct closing *closing = data;
	struct attachments *attachments = closing->attachments;
	size_t i;

	while ((i = __atomic_fetch_add(&closing->next, 1, __ATOMIC_RELAXED)) < attachments->count)
		if (!attachments->kept[i].is_event)
			close_kept(attachments, &attachments->kept[i]);
	return NULL;
}

/* Start as many of @most @threads as the system has; none of them takes signals. */
static size_t start_threads(struct closing *closing, pthread_t *threads, size_t most)
{
	sigset_t all, before;
	pthread_attr_t attr;
	size_t count = 0;

	if (pthread_attr_init(&attr) != 0)
		return 0;
	(void)pthread_attr_setstacksize(&attr, STACK_BYTES);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	while (count < most && pthread_create(&threads[count], &attr, close_links, closing) == 0)
		count++;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attr);
	return count;
}

static void close_all_links(struct attachments *attachments)
{
	struct closing closing = { .attachments = attachments };
	const size_t most = attachments->count < MOST_THREADS ? attachments->count : MOST_THREADS;
	pthread_t *threads = most > FEW ? calloc(most, sizeof *threads) : NULL;
	size_t count = threads ? start_threads(&closing, threads, most) : 0;

	(void)close_links(&closing); /* what no thread has taken */
	while (count)
		(void)pthread_join(threads[--count], NULL);
	free(threads);
}

void attachments_free(struct attachments *attachments)
{
	if (!attachments)
		return;
	for (uint32_t i = 0; i < attachments->iter_count; i++)
		close_fd(attachments, attachments->iters[i]);
	close_all_links(attachments);
	close_events(attachments);
	free(attachments->cpus);
	free(attachments->iters);
	free(attachments->kept);
	free(attachments);
}
