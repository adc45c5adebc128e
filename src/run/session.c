/*
 * session.c - a bundle in a kernel: from maps made to everything shown and detached.
 */
#include "run/session.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/bits.h"
#include "run/dump.h"
#include "run/load.h"
#include "run/state.h"
#include "run/tables.h"
#include "sys/bpf.h"

enum {
	RECORDS_AT_ONCE = 256, /* before their room is given back */
	TICK_MS = 1000,
	DRAIN_NS = 100000000, /* for a program that is still writing a record */
	RAW_ARGS = 12,        /* u64: the most that a raw tracepoint's context has */
};

uint64_t session_now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* --- records ---------------------------------------------------------------------------------- */

/* All records before @end, a position that the kernel has reached, or up to one that is still being written. */
static bool serve_ring(struct session *s, struct run_ring *ring, uint64_t end)
{
	const uint8_t *record;
	uint32_t len, count = 0;

	while ((record = run_ring_next(ring, end, &len))) {
		session_act(s, record, len);
		if (++count % RECORDS_AT_ONCE == 0)
			run_ring_give_back(ring);
	}
	if (count)
		run_ring_give_back(ring);
	return count > 0;
}

/* What is there now.  The data ring's end is read before the control ring, so that nothing behind an exit is
 * shown. */
static bool serve(struct session *s)
{
	uint64_t end = run_ring_end(&s->data_ring);
	bool any;

	if (end != s->data_ring.position)
		sym_poll(
			s->sym); /* processes that records are about may have begun, and ended, since */
	any = serve_ring(s, &s->control_ring, run_ring_end(&s->control_ring));
	if (s->has_exited && s->exit_at < end)
		end = s->exit_at;
	any |= serve_ring(s, &s->data_ring, end);
	return any;
}

/* Programs do not run any more: take all, and have a little patience with one that still does. */
void session_drain(struct session *s)
{
	uint64_t until = session_now() + DRAIN_NS;

	do {
		(void)serve(s);
	} while (s->data_ring.position < run_ring_end(&s->data_ring) && !s->has_exited &&
		 session_now() < until);
}

/* --- programs that the session runs itself ----------------------------------------------------- */

static bool runs_as(const struct bundle_prog *prog, enum attach_kind kind)
{
	return prog->attach_count > 0 && prog->attaches[0].kind == kind;
}

int session_run_prog(struct session *s, uint32_t number, uint32_t *ret_value)
{
	uint64_t context[RAW_ARGS] = { 0 };
	struct sys_run run = { .context = context, .context_bytes = sizeof context };
	const struct bundle_prog *prog = &s->bundle->progs[number];
	int err = sys_prog_run(s->sys, s->prog_fds[number], &run);

	if (err)
		diag_error(s->diag, prog->attaches[0].span, "%s does not run '%s': %s",
			   s->sys->name, prog->attaches[0].name, strerror(-err));
	else if (ret_value)
		*ret_value = run.ret_value;
	return err;
}

static int run_probes(struct session *s, enum attach_kind kind)
{
	int err = 0;

	for (uint32_t i = 0; i < s->bundle->prog_count && !err; i++)
		if (runs_as(&s->bundle->progs[i], kind))
			err = session_run_prog(s, i, NULL);
	return err;
}

/* --- beginning -------------------------------------------------------------------------------- */

static int make_maps(struct session *s)
{
	const struct run_parameters parameters = {
		.cpid = (uint64_t)s->child.pid,
		.start_ns = session_now(),
	};
	int err = run_maps_make(&s->maps, s->sys, s->bundle, &parameters, s->diag);

	s->maps.stacks = &s->stacks;
	return err;
}

/* What the mode does not run is not loaded: tests need none of the places that the script traces. */
static bool is_wanted(const struct session *s, const struct bundle_prog *prog)
{
	const enum session_mode mode = s->options->mode;
	const bool is_test = runs_as(prog, ATTACH_TEST), is_bench = runs_as(prog, ATTACH_BENCH);

	if (mode == SESSION_TEST || mode == SESSION_BENCH)
		return runs_as(prog, ATTACH_BEGIN) || (mode == SESSION_TEST ? is_test : is_bench);
	return !is_test && !is_bench;
}

static int load_progs(struct session *s)
{
	s->prog_fds = malloc((s->bundle->prog_count + 1) * sizeof *s->prog_fds);
	if (!s->prog_fds)
		return -ENOMEM;
	for (uint32_t i = 0; i < s->bundle->prog_count; i++)
		s->prog_fds[i] = -1;
	for (uint32_t i = 0; i < s->bundle->prog_count; i++) {
		if (!is_wanted(s, &s->bundle->progs[i]))
			continue;
		s->prog_fds[i] = run_load(&s->maps, &s->bundle->progs[i], s->diag);
		if (s->prog_fds[i] < 0)
			return s->prog_fds[i];
	}
	return 0;
}

static int open_ring(struct session *s, uint32_t map, struct run_ring *ring)
{
	int err;

	if (map == BUNDLE_NONE)
		return 0;
	err = run_ring_open(ring, s->sys, s->maps.fds[map], run_ring_bytes(&s->maps, map));
	if (err)
		diag_error(s->diag, SPAN_NONE, "cannot map the ring buffer: %s", strerror(-err));
	return err;
}

static int open_rings(struct session *s)
{
	int err = open_ring(s, s->bundle->data_ring, &s->data_ring);

	if (!err && s->bundle->control_ring != s->bundle->data_ring)
		err = open_ring(s, s->bundle->control_ring, &s->control_ring);
	return err;
}

static int read_stack(const struct session *s, uint32_t map, int64_t id, uint64_t *ret_frames,
		      uint32_t most)
{
	const struct bundle_map *stacks = &s->bundle->maps[map];
	uint32_t key = (uint32_t)id, count = 0;
	uint64_t *frames = calloc(1, stacks->value_size);
	int err = frames ? sys_map_lookup(s->sys, s->maps.fds[map], &key, frames) : -ENOMEM;

	while (!err && count < most && count < stacks->value_size / 8 && frames[count]) {
		ret_frames[count] = frames[count];
		count++;
	}
	free(frames);
	return err ? err : (int)count;
}

static int find_stack(void *data, uint32_t map, int64_t id, uint64_t *ret_frames, uint32_t most)
{
	const struct session *s = data;

	if (map == BUNDLE_NONE)
		return run_stacks_frames(&s->stacks, (uint64_t)id, ret_frames, most);
	return read_stack(s, map, id, ret_frames, most);
}

static enum sym_cache cache_of(const struct bundle_config *config)
{
	const char *name = config->cache_user_symbols;

	if (name && !strcmp(name, "PER_PROGRAM"))
		return SYM_PER_PROGRAM;
	return name && !strcmp(name, "NONE") ? SYM_NONE : SYM_PER_PID;
}

static int open_output(struct session *s)
{
	const struct sym_options sym = {
		.sys = s->sys,
		.demangle = s->bundle->config.cpp_demangle,
		.lines = s->bundle->config.show_debug_info,
		.cache = cache_of(&s->bundle->config),
	};
	struct out_options out = s->options->out;

	s->sym = sym_new(&sym);
	s->resolver = (struct out_resolver){ s, find_stack };
	out.bundle = s->bundle;
	out.sym = s->sym;
	out.resolver = &s->resolver;
	if (s->options->mode == SESSION_TEST) {
		s->held = open_memstream(&s->held_text, &s->held_len);
		if (!s->held)
			return -ENOMEM;
		out.file = s->held;
	}
	s->out = s->sym ? out_new(&out) : NULL;
	return s->out ? 0 : -ENOMEM;
}

/* Does a value of @shape show addresses of user programs? */
static bool has_user_addresses(const struct shape *shape)
{
	if (!shape)
		return false;
	if (shape->kind == SHAPE_USTACK || shape->kind == SHAPE_USYM)
		return true;
	if (shape->kind == SHAPE_ARRAY)
		return has_user_addresses(shape->of);
	for (uint32_t i = 0; shape->fields && i < shape->count; i++)
		if (has_user_addresses(shape->fields[i].shape))
			return true;
	return false;
}

static bool wants_user_symbols(const struct bundle *bundle)
{
	bool wants = false;

	for (uint32_t i = 0; i < bundle->table_count; i++)
		wants |= has_user_addresses(bundle->tables[i].key) ||
			 has_user_addresses(bundle->tables[i].value);
	for (uint32_t i = 0; i < bundle->action_count; i++)
		wants |= has_user_addresses(bundle->actions[i].payload);
	return wants;
}

/* Processes may end before their addresses are shown. */
static void watch_processes(struct session *s)
{
	if (!wants_user_symbols(s->bundle))
		return;
	(void)sym_watch(s->sym, NULL); /* without it those that live can still be resolved */
	if (s->options->pid)
		sym_note(s->sym, s->options->pid);
}

static bool has_signal_probes(const struct bundle *bundle)
{
	for (uint32_t i = 0; i < bundle->prog_count; i++)
		if (runs_as(&bundle->progs[i], ATTACH_SIGNAL))
			return true;
	return false;
}

static int begin(struct session *s)
{
	int err = run_signals_open(&s->signals, has_signal_probes(s->bundle));

	if (!err && s->options->command)
		err = run_child_start(&s->child, s->options->command, &s->signals.old_mask,
				      s->diag);
	if (!err && s->options->pid) {
		s->traced_fd = run_pid_open(s->options->pid, s->diag);
		err = s->traced_fd < 0 ? s->traced_fd : 0;
	}
	if (!err)
		err = make_maps(s);
	if (!err)
		err = load_progs(s);
	if (!err)
		err = open_rings(s);
	if (!err)
		err = open_output(s);
	if (!err)
		err = counters_init(s);
	return err;
}

static int dump(struct session *s)
{
	struct strbuf text = { 0 };
	int err = 0;

	for (uint32_t i = 0; i < s->bundle->prog_count && !err; i++) {
		const char *name = s->bundle->progs[i].name;

		if (s->prog_fds[i] < 0)
			continue;
		if (s->options->dump_xlated)
			err = run_dump_xlated(s->sys, s->prog_fds[i], name, &text);
		if (!err && s->options->dump_jited)
			err = run_dump_jited(s->sys, s->prog_fds[i], name, &text);
	}
	if (!err && text.failed)
		err = -ENOMEM;
	if (!err)
		(void)fwrite(strbuf_text(&text), 1, text.len, s->options->out.file);
	else if (err != -ENOMEM)
		diag_error(s->diag, SPAN_NONE, "%s does not show the code it made: %s",
			   s->sys->name, strerror(-err));
	strbuf_release(&text);
	return err;
}

/* --- attaching -------------------------------------------------------------------------------- */

static uint32_t stands_for(const struct bundle_prog *prog)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < prog->attach_count; i++)
		count += prog->attaches[i].stands_for ? prog->attaches[i].stands_for : 1;
	return count;
}

static bool is_run_by_session(const struct bundle_prog *prog)
{
	return runs_as(prog, ATTACH_BEGIN) || runs_as(prog, ATTACH_END) ||
	       runs_as(prog, ATTACH_SIGNAL) || runs_as(prog, ATTACH_TEST) ||
	       runs_as(prog, ATTACH_BENCH);
}

static int attach(struct session *s)
{
	const struct attach_options options = {
		.sys = s->sys,
		.catalog = s->options->catalog,
		.features = s->options->features,
		.pid = s->options->pid ? s->options->pid : (uint32_t)s->child.pid,
	};
	size_t count = 0;
	int got = 0;

	s->attachments = attachments_new(&options);
	if (!s->attachments)
		return -ENOMEM;
	for (uint32_t i = 0; i < s->bundle->prog_count && got >= 0; i++) {
		const struct bundle_prog *prog = &s->bundle->progs[i];

		if (is_run_by_session(prog))
			count += s->prog_fds[i] >= 0 ? stands_for(prog) : 0;
		else
			got = attach_prog(s->attachments, prog, s->prog_fds[i], s->diag);
		count += !is_run_by_session(prog) && got > 0 ? (size_t)got : 0;
	}
	if (got < 0)
		return got;
	if (s->options->report)
		s->options->report(s->diag);
	out_attached(s->out, count);
	return 0;
}

/* For tests that must not begin before: the line is bpftrace's. */
static void notify(struct session *s)
{
	if (!getenv("__BPFTRACE_NOTIFY_PROBES_ATTACHED"))
		return;
	out_flush(s->out);
	(void)fputs("__BPFTRACE_NOTIFY_PROBES_ATTACHED\n", stdout);
	(void)fflush(stdout);
}

/* Is there nothing that could ever happen? */
static bool is_idle(const struct session *s)
{
	if (s->options->command || s->options->pid)
		return false;
	for (uint32_t i = 0; i < s->bundle->prog_count; i++) {
		const struct bundle_prog *prog = &s->bundle->progs[i];

		if (runs_as(prog, ATTACH_SIGNAL) ||
		    (!is_run_by_session(prog) && !runs_as(prog, ATTACH_ITER)))
			return false;
	}
	return true;
}

/* Reading an iterator runs its program; what the kernel gives back is for the user. */
static void read_iterators(struct session *s)
{
	char bytes[4096];
	int fd;

	for (uint32_t i = 0; (fd = attach_iter_fd(s->attachments, i)) >= 0; i++) {
		ssize_t got;

		while ((got = read(fd, bytes, sizeof bytes)) > 0 || (got < 0 && errno == EAGAIN)) {
			if (got > 0)
				(void)fwrite(bytes, 1, (size_t)got, s->options->out.file);
			(void)serve(s);
		}
	}
}

/* What the script printed at its beginning stands before what the command prints. */
static void show_beginning(struct session *s)
{
	(void)serve(s);
	out_flush(s->out);
}

/* --- while it runs ---------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	const struct bundle_table *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static int show_tables(struct session *s)
{
	uint32_t count = s->bundle->table_count;
	const struct bundle_table **tables = malloc((count + 1) * sizeof *tables);

	if (!tables)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++)
		tables[i] = &s->bundle->tables[i];
	qsort(tables, count, sizeof *tables, by_name);
	for (uint32_t i = 0; i < count; i++)
		session_show_table(s, tables[i], 0, 0, NULL);
	free(tables);
	return 0;
}

static void redraw(struct session *s, uint64_t *next_ns)
{
	uint64_t now = session_now();

	if (!s->options->refresh_ns || now < *next_ns)
		return;
	*next_ns = now + s->options->refresh_ns;
	out_redraw_begin(s->out);
	(void)show_tables(s);
	out_redraw_end(s->out);
}

static void sample_tables(struct session *s)
{
	for (uint32_t i = 0; i < s->bundle->table_count; i++)
		session_sample_table(s, &s->bundle->tables[i]);
}

/* A heat map has a column for each second, or as often as the user says. */
static void sample(struct session *s, uint64_t *next_ns)
{
	uint64_t now = session_now();
	uint64_t every = s->options->refresh_ns ? s->options->refresh_ns : 1000000000;

	if (*next_ns && now >= *next_ns)
		sample_tables(s);
	if (now >= *next_ns)
		*next_ns = now + every;
}

static int wait_ms(const struct session *s)
{
	uint64_t refresh_ms = s->options->refresh_ns / 1000000;

	if (s->options->refresh_ns && refresh_ms < TICK_MS)
		return refresh_ms ? (int)refresh_ms : 1;
	return TICK_MS;
}

enum { FD_SIGNALS, FD_DATA, FD_CONTROL, FD_CHILD, FD_TRACED, FD_SYM, FD_COUNT };

static int ring_fd(const struct session *s, uint32_t map)
{
	return map == BUNDLE_NONE ? -1 : s->maps.fds[map];
}

static void run_signal_probes(struct session *s)
{
	for (; s->signals.usr1_count > 0; s->signals.usr1_count--)
		(void)run_probes(s, ATTACH_SIGNAL);
}

/* Wait at most @timeout_ms for something, and take in what is not in the rings. */
static void look(struct session *s, struct pollfd fds[FD_COUNT], int timeout_ms)
{
	if (s->sys->poll(s->sys, fds, FD_COUNT, timeout_ms) <= 0)
		return;
	if (fds[FD_SIGNALS].revents)
		run_signals_read(&s->signals);
	if (fds[FD_SYM].revents)
		sym_poll(s->sym);
	run_signal_probes(s);
	if (s->signals.wants_stop || fds[FD_CHILD].revents || fds[FD_TRACED].revents)
		s->is_over = true;
}

static void loop(struct session *s)
{
	struct pollfd fds[FD_COUNT] = {
		[FD_SIGNALS] = { s->signals.fd, POLLIN, 0 },
		[FD_DATA] = { ring_fd(s, s->bundle->data_ring), POLLIN, 0 },
		[FD_CONTROL] = { ring_fd(s, s->bundle->control_ring), POLLIN, 0 },
		[FD_CHILD] = { s->child.pid ? s->child.pid_fd : -1, POLLIN, 0 },
		[FD_TRACED] = { s->traced_fd, POLLIN, 0 },
		[FD_SYM] = { sym_fd(s->sym), POLLIN, 0 },
	};
	uint64_t next_redraw_ns = 0, next_sample_ns = 0;

	while (!s->is_over) {
		bool any = serve(s);

		if (s->has_exited)
			break;
		counters_report(s, false);
		if (s->options->out.format == OUT_HEATMAP)
			sample(s, &next_sample_ns);
		else
			redraw(s, &next_redraw_ns);
		if (!any)
			out_flush(s->out);
		look(s, fds, any ? 0 : wait_ms(s));
	}
}

/* --- the end ---------------------------------------------------------------------------------- */

static void detach(struct session *s)
{
	attachments_free(s->attachments);
	s->attachments = NULL;
}

static void skip_ring(struct run_ring *ring)
{
	uint64_t end = run_ring_end(ring);
	uint32_t len;

	while (run_ring_next(ring, end, &len))
		;
	run_ring_give_back(ring);
}

/* What came between an exit and the end of all attachments was after the end of the script. */
static void skip_late_records(struct session *s)
{
	if (!s->has_exited)
		return;
	skip_ring(&s->data_ring);
	skip_ring(&s->control_ring);
	s->has_exited = false;
}

static int finish(struct session *s)
{
	int err;

	detach(s);
	if (!s->has_exited)
		session_drain(s);
	skip_late_records(s);
	err = run_probes(s, ATTACH_END);
	session_drain(s);
	counters_report(s, true);
	out_end(s->out);
	sym_poll(s->sym);
	sample_tables(s);
	if (!err && (s->bundle->config.print_maps_on_exit || s->options->out.picture))
		err = show_tables(s);
	return err;
}

static int run(struct session *s)
{
	int err;

	if (s->options->dump_xlated || s->options->dump_jited)
		return dump(s);
	watch_processes(s);
	if (s->options->mode != SESSION_DRY) {
		err = run_probes(s, ATTACH_BEGIN);
		if (err)
			return err;
	}
	if (s->options->mode == SESSION_TEST)
		return session_run_tests(s);
	if (s->options->mode == SESSION_BENCH)
		return session_run_benches(s);
	err = attach(s);
	if (err || s->options->mode == SESSION_DRY)
		return err;
	notify(s);
	read_iterators(s);
	if (s->child.pid) {
		show_beginning(s);
		err = s->has_exited ? 0 : run_child_go(&s->child, s->diag);
		if (err)
			return err;
	}
	s->is_over = is_idle(s);
	loop(s);
	return finish(s);
}

static void release(struct session *s)
{
	detach(s);
	run_child_release(&s->child);
	for (uint32_t i = 0; s->prog_fds && i < s->bundle->prog_count; i++)
		if (s->prog_fds[i] >= 0)
			(void)s->sys->close(s->sys, s->prog_fds[i]);
	free(s->prog_fds);
	run_ring_close(&s->data_ring);
	run_ring_close(&s->control_ring);
	counters_release(s);
	run_maps_release(&s->maps);
	if (s->traced_fd >= 0)
		(void)close(s->traced_fd);
	out_free(s->out);
	if (s->held)
		(void)fclose(s->held);
	free(s->held_text);
	sym_free(s->sym);
	run_stacks_release(&s->stacks);
	run_signals_close(&s->signals);
	arena_release(&s->arena);
}

int session_run(const struct bundle *bundle, const struct session_options *options,
		struct diag *diag)
{
	struct session s = {
		.sys = options->sys,
		.bundle = bundle,
		.options = options,
		.diag = diag,
		.signals.fd = -1,
		.traced_fd = -1,
	};
	int err = begin(&s), end;

	if (!err)
		err = run(&s);
	end = packets_close(&s.packets);
	if (end)
		diag_error(diag, SPAN_NONE, "skboutput() could not write a file: %s",
			   strerror(-end));
	if (!err && s.out)
		err = out_finish(s.out);
	if (!err)
		err = end;
	release(&s);
	return err ? err : s.status;
}
