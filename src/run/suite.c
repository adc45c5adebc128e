/*
 * suite.c - probes that are run to test or to measure: test:name and bench:name.
 *
 * A test passes when its probe returns 0; what it printed is shown only when it does not.  A bench is run
 * again and again for a moment, and the kernel's own clock says how long a run takes.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "run/state.h"
#include "sys/bpf.h"

enum { BENCH_NS = 200000000, RUNS_AT_ONCE = 1000 };

static bool is_kind(const struct bundle_prog *prog, enum attach_kind kind)
{
	return prog->attach_count > 0 && prog->attaches[0].kind == kind;
}

static int check_any(struct session *s, enum attach_kind kind, const char *name)
{
	for (uint32_t i = 0; i < s->bundle->prog_count; i++)
		if (is_kind(&s->bundle->progs[i], kind))
			return 0;
	diag_error(s->diag, SPAN_NONE, "this script has no %s probes", name);
	diag_hint(s->diag, "they are written as: %s:name { ... }", name);
	return -ENOENT;
}

/* --- tests ------------------------------------------------------------------------------------ */

/* Show what was held back, if it is wanted, and forget it. */
static void let_go(struct session *s, bool is_wanted)
{
	out_flush(s->out);
	(void)fflush(s->held);
	if (is_wanted)
		(void)fwrite(s->held_text, 1, s->held_len, s->options->out.file);
	(void)fseek(s->held, 0, SEEK_SET);
}

int session_run_tests(struct session *s)
{
	FILE *file = s->options->out.file;
	uint32_t passed = 0, failed = 0, verdict;
	int none = check_any(s, ATTACH_TEST, "test");

	if (none)
		return none;
	session_drain(s); /* of 'begin' */
	let_go(s, true);
	for (uint32_t i = 0; i < s->bundle->prog_count; i++) {
		const struct bundle_prog *prog = &s->bundle->progs[i];
		int err = 0;

		if (!is_kind(prog, ATTACH_TEST))
			continue;
		err = session_run_prog(s, i, &verdict);
		if (err)
			return err;
		session_drain(s);
		verdict |= s->has_exited && s->status;
		s->has_exited = false;
		let_go(s, verdict != 0);
		(void)fprintf(file, "%s %s\n", verdict ? "failed" : "ok    ",
			      prog->attaches[0].name);
		passed += !verdict;
		failed += verdict != 0;
	}
	(void)fprintf(file, "%u passed, %u failed\n", passed, failed);
	s->status = failed ? 1 : 0;
	return 0;
}

/* --- measurements ----------------------------------------------------------------------------- */

/* How often the program has run, and for how long, while statistics were on. */
static int read_times(struct session *s, uint32_t number, struct bpf_prog_info *ret_info)
{
	*ret_info = (struct bpf_prog_info){ 0 };
	return sys_prog_info(s->sys, s->prog_fds[number], ret_info);
}

static int measure(struct session *s, uint32_t number, double *ret_ns)
{
	struct bpf_prog_info before, after;
	uint64_t until = session_now() + BENCH_NS;
	int err = read_times(s, number, &before);

	while (!err && session_now() < until) {
		for (int i = 0; i < RUNS_AT_ONCE && !err; i++)
			err = session_run_prog(s, number, NULL);
		session_drain(s);
	}
	if (!err)
		err = read_times(s, number, &after);
	if (!err && after.run_cnt > before.run_cnt)
		*ret_ns = (double)(after.run_time_ns - before.run_time_ns) /
			  (double)(after.run_cnt - before.run_cnt);
	return err;
}

static void show_time(struct session *s, const char *name, double ns)
{
	struct strbuf text = { 0 };
	struct json json = { .out = &text };

	if (s->options->out.format == OUT_JSON || s->options->out.format == OUT_JSONL) {
		json_object(&json, NULL);
		json_string(&json, "type", "benchmark_result");
		json_object(&json, "data");
		json_double(&json, name, ns, 1);
		json_end(&json);
		json_end(&json);
	} else {
		strbuf_printf(&text, "%-40s %12.1f ns\n", name, ns);
	}
	(void)fwrite(strbuf_text(&text), 1, text.len, s->options->out.file);
	strbuf_release(&text);
}

int session_run_benches(struct session *s)
{
	int stats_fd, err = check_any(s, ATTACH_BENCH, "bench");

	if (err)
		return err;
	stats_fd = sys_enable_stats(s->sys);
	err = stats_fd < 0 ? stats_fd : 0;
	if (err)
		diag_error(s->diag, SPAN_NONE, "%s does not measure programs: %s", s->sys->name,
			   strerror(-err));
	for (uint32_t i = 0; i < s->bundle->prog_count && !err; i++) {
		const struct bundle_prog *prog = &s->bundle->progs[i];
		double ns = 0;

		if (!is_kind(prog, ATTACH_BENCH))
			continue;
		err = measure(s, i, &ns);
		out_flush(s->out);
		if (!err)
			show_time(s, prog->attaches[0].name, ns);
	}
	if (stats_fd >= 0)
		(void)s->sys->close(s->sys, stats_fd);
	return err;
}
