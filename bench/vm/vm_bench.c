/*
 * vm_bench.c - how fast programs run: here, in the kernel, and as native code.
 *
 * Engines take turns, a batch of runs each, for several rounds, so that what else the computer does
 * hits all of them alike; a time is the median of its rounds, less that of a program which does
 * nothing.  Before anything is timed, all engines must agree on what each program computes.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/bits.h"
#include "bench_programs.h"
#include "hostbpf.h"
#include "kern/jit/jit.h"
#include "prog.h"
#include "report.h"

enum {
	BATCH_NS = 5000000, /* that one turn of an engine takes */
	MOST_ROUNDS = 101,
	COMPILES = 200, /* of each program */
	COPIES = 8,     /* of all programs in the large one */
	STARTS = 50,
	MOST_REPEAT = 1000000, /* what the kernel takes */
};

/* bench_programs.h is made by meson.build: BENCH_PROGRAMS is a PROGRAM(name) for each. */
#define PROGRAM(name) extern const struct bench_native bench_##name;
BENCH_PROGRAMS
#undef PROGRAM

static const struct {
	const char *name;
	const struct bench_native *native;
} programs[] = {
#define PROGRAM(name) { #name, &bench_##name },
	BENCH_PROGRAMS
#undef PROGRAM
};

enum { PROGRAMS = ARRAY_LEN(programs) };

struct options {
	enum report_format format;
	unsigned int rounds;
	const char *only;
	const char *objects; /* the folder of the BPF objects */
	const char *waggle;  /* the program whose start is timed; NULL: none */
};

static int compare_doubles(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
	qsort(values, count, sizeof *values, compare_doubles);
	return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

/* How many runs of @prog fill a batch. */
static uint32_t find_repeat(struct bench_prog *prog, enum engine engine)
{
	uint32_t repeat = 16;
	double ns = bench_prog_time(prog, engine, repeat);

	if (ns > 0 && ns * repeat < BATCH_NS)
		repeat = (uint32_t)fmin(BATCH_NS / fmax(ns, 1), MOST_REPEAT);
	return repeat;
}

static void measure(struct bench_prog *prog, unsigned int rounds, struct result *result)
{
	static double times[ENGINES][MOST_ROUNDS];
	uint32_t repeat[ENGINES];

	for (enum engine e = 0; e < ENGINES; e++)
		if (bench_prog_runs_on(prog, e))
			repeat[e] = find_repeat(prog, e);
	for (unsigned int r = 0; r < rounds; r++)
		for (enum engine e = 0; e < ENGINES; e++)
			if (bench_prog_runs_on(prog, e))
				times[e][r] = bench_prog_time(prog, e, repeat[e]);
	for (enum engine e = 0; e < ENGINES; e++)
		result->ns[e] = bench_prog_runs_on(prog, e) ? median(times[e], rounds) : -1;
	result->executed = (double)bench_prog_executed(prog);
	result->hardware = bench_prog_hardware_insns(prog);
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	(void)clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* Make a program of @insns and compile it; sets how long each took.  False when there is no JIT. */
static bool time_compile(const struct bench_prog *prog, const struct insn *insns, size_t count,
			 double *ret_check_ns, double *ret_compile_ns)
{
	const struct vm_options verified = { 0 };
	struct vm_prog *made;
	uint64_t start = clock_ns(CLOCK_MONOTONIC), middle, end;
	int err;

	if (vm_prog_new(insns, count, &prog->host, &verified, NULL, &made))
		return false;
	middle = clock_ns(CLOCK_MONOTONIC);
	err = jit_compile(made, NULL);
	end = clock_ns(CLOCK_MONOTONIC);
	vm_prog_free(made);
	*ret_check_ns = (double)(middle - start);
	*ret_compile_ns = (double)(end - middle);
	return !err;
}

/* The medians of many times. */
static bool time_compiles(const struct bench_prog *prog, const struct insn *insns, size_t count,
			  double *ret_check_ns, double *ret_compile_ns)
{
	static double check[COMPILES], compile[COMPILES];

	for (size_t i = 0; i < COMPILES; i++)
		if (!time_compile(prog, insns, count, &check[i], &compile[i]))
			return false;
	*ret_check_ns = median(check, COMPILES);
	*ret_compile_ns = median(compile, COMPILES);
	return true;
}

/* The first compilation in a process, in us, or a negative number. */
static double time_cold(const struct bench_prog *prog)
{
	double check, compile = -1000;
	int ends[2], status;
	pid_t child;

	if (pipe(ends))
		return -1;
	child = fork();
	if (!child) {
		if (time_compile(prog, prog->insns, prog->insn_count, &check, &compile))
			(void)!write(ends[1], &compile, sizeof compile);
		_exit(0);
	}
	(void)close(ends[1]);
	if (read(ends[0], &compile, sizeof compile) != sizeof compile)
		compile = -1000;
	(void)close(ends[0]);
	if (child > 0)
		(void)waitpid(child, &status, 0);
	return compile / 1000;
}

/* All of @progs, COPIES times, as functions of one program: realistic, and large.  It is not run,
 * and its maps are those of the program that it is made with. */
static struct insn *make_large(const struct bench_prog *progs, size_t count, size_t *ret_count)
{
	const size_t calls = count * COPIES;
	size_t total = calls + 1, at;
	struct insn *insns;

	for (size_t i = 0; i < count; i++)
		total += progs[i].insn_count * COPIES;
	insns = calloc(total, sizeof *insns);
	if (!insns)
		return NULL;
	at = calls + 1;
	for (size_t i = 0; i < calls; i++) {
		const struct bench_prog *prog = &progs[i % count];

		insns[i] = isa_encode(ISA_CALL_LOCAL);
		insns[i].imm = (int32_t)(at - i - 1);
		memcpy(insns + at, prog->insns, prog->insn_count * sizeof *insns);
		at += prog->insn_count;
	}
	insns[calls] = isa_encode(ISA_EXIT);
	*ret_count = total;
	return insns;
}

/* The program of @progs that has both maps, so that any code can be resolved with it. */
static const struct bench_prog *with_maps(const struct bench_prog *progs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (progs[i].maps[BENCH_MAP_TABLE])
			return &progs[i];
	return &progs[0];
}

static bool measure_compiling(const struct bench_prog *progs, size_t count,
			      struct compiling *ret_compiling)
{
	struct compiling c = { 0 };
	double check, compile, insns = 0, cold[PROGRAMS];
	struct insn *large;
	bool ok = true;

	for (size_t i = 0; i < count && ok; i++) {
		cold[i] = time_cold(&progs[i]);
		ok = time_compiles(&progs[i], progs[i].insns, progs[i].insn_count, &check,
				   &compile);
		c.check_ns += check;
		c.compile_ns += compile;
		insns += (double)progs[i].insn_count;
	}
	large = ok ? make_large(progs, count, &c.large_insns) : NULL;
	ok = large &&
	     time_compiles(with_maps(progs, count), large, c.large_insns, &check, &compile);
	free(large);
	if (!ok)
		return false;
	c.check_ns /= insns;
	c.compile_ns /= insns;
	c.large_ns = compile / (double)c.large_insns;
	c.cold_us = median(cold, count);
	*ret_compiling = c;
	return true;
}

/* The command @path as it starts, runs the object @program, and ends.  Spawned and not forked: a
 * fork would copy this process's tables of pages and count that. */
static bool measure_start(const char *path, const char *program, struct start *ret_start)
{
	static double ms[STARTS];
	static char vm[] = "vm", run[] = "run";
	char *const args[] = { strdupa(path), vm, run, strdupa(program), NULL };
	struct rusage usage = { 0 };
	posix_spawn_file_actions_t actions;
	bool ok = !posix_spawn_file_actions_init(&actions) &&
		  !posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY,
						    0);

	for (size_t i = 0; i < STARTS && ok; i++) {
		const uint64_t start = clock_ns(CLOCK_MONOTONIC);
		pid_t child;
		int status;

		ok = !posix_spawn(&child, path, &actions, NULL, args, environ) &&
		     wait4(child, &status, 0, &usage) == child && WIFEXITED(status) &&
		     !WEXITSTATUS(status);
		ms[i] = (double)(clock_ns(CLOCK_MONOTONIC) - start) / 1e6;
	}
	(void)posix_spawn_file_actions_destroy(&actions);
	if (ok)
		*ret_start = (struct start){ median(ms, STARTS), usage.ru_maxrss };
	return ok;
}

static uint32_t run_empty(void)
{
	return 0;
}

static void setup_empty(void)
{
}

/* The program that does nothing: what a run costs whatever the program. */
static const struct bench_native *empty(void)
{
	static uint64_t data;
	static struct map *table;
	static const struct map_spec no_table;
	static const struct bench_native native = { run_empty,   setup_empty, &data,
						    sizeof data, &table,      &no_table };

	return &native;
}

static bool find_start(const struct options *options, struct start *ret_start)
{
	struct strbuf path = { 0 };
	bool have;

	strbuf_printf(&path, "%s/%s.bpf.o", options->objects, programs[0].name);
	have = options->waggle && measure_start(options->waggle, strbuf_text(&path), ret_start);
	strbuf_release(&path);
	return have;
}

NORETURN
static void fail(struct diag *diag)
{
	struct strbuf text = { 0 };

	diag_render(diag, &text);
	(void)fputs(strbuf_text(&text), stderr);
	exit(1);
}

static void load(const struct options *options, const char *name, const struct bench_native *native,
		 struct bench_prog *prog)
{
	struct strbuf path = { 0 };
	struct diag diag = { .name = "vm_bench" };

	strbuf_printf(&path, "%s/%s.bpf.o", options->objects, name);
	if (bench_prog_load(name, native == empty() ? NULL : strbuf_text(&path), native, &diag,
			    prog) ||
	    bench_prog_check(prog, &diag))
		fail(&diag);
	strbuf_release(&path);
}

static size_t load_all(const struct options *options, struct bench_prog *progs)
{
	size_t count = 0;

	for (size_t i = 0; i < PROGRAMS; i++)
		if (!options->only || !strcmp(options->only, programs[i].name))
			load(options, programs[i].name, programs[i].native, &progs[count++]);
	return count;
}

static bool has_calls(const struct bench_prog *prog)
{
	for (size_t i = 0; i < prog->insn_count; i++)
		if (prog->insns[i].code == isa_ops[ISA_CALL].code)
			return true;
	return false;
}

static void measure_all(const struct options *options, struct bench_prog *progs, size_t count,
			struct result *results)
{
	struct bench_prog nothing;
	struct result base = { 0 };

	load(options, "empty", empty(), &nothing);
	measure(&nothing, options->rounds, &base);
	for (size_t i = 0; i < count; i++) {
		results[i].name = progs[i].name;
		results[i].calls = has_calls(&progs[i]);
		measure(&progs[i], options->rounds, &results[i]);
		for (enum engine e = 0; e < ENGINES; e++)
			if (results[i].ns[e] > 0)
				results[i].ns[e] = fmax(results[i].ns[e] - base.ns[e], 0);
	}
	bench_prog_release(&nothing);
}

static const char usage[] = "usage: vm_bench [options]\n"
			    "  --rounds N      turns of each engine; times are their medians (15)\n"
			    "  --only NAME     one program\n"
			    "  --objects DIR   where the BPF objects are (.)\n"
			    "  --waggle PATH   also time how this program starts\n"
			    "  --markdown      the table for doc/performance.md\n"
			    "  --json\n";

static struct options parse_options(int argc, char **argv)
{
	static const struct option known[] = {
		{ "rounds", required_argument, NULL, 'r' },
		{ "only", required_argument, NULL, 'o' },
		{ "objects", required_argument, NULL, 'd' },
		{ "waggle", required_argument, NULL, 'w' },
		{ "markdown", no_argument, NULL, 'm' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct options options = { .rounds = 15, .objects = "." };
	int option;

	while ((option = getopt_long(argc, argv, "h", known, NULL)) != -1)
		switch (option) {
		case 'r': options.rounds = (unsigned int)strtoul(optarg, NULL, 10); break;
		case 'o': options.only = optarg; break;
		case 'd': options.objects = optarg; break;
		case 'w': options.waggle = optarg; break;
		case 'm': options.format = REPORT_MARKDOWN; break;
		case 'j': options.format = REPORT_JSON; break;
		case 'h': (void)fputs(usage, stdout); exit(0);
		default: (void)fputs(usage, stderr); exit(2);
		}
	if (optind < argc || options.rounds < 1 || options.rounds > MOST_ROUNDS) {
		(void)fprintf(stderr, "vm_bench: rounds are 1 to %d\n%s", MOST_ROUNDS, usage);
		exit(2);
	}
	return options;
}

int main(int argc, char **argv)
{
	const struct options options = parse_options(argc, argv);
	static struct bench_prog progs[PROGRAMS];
	static struct result results[PROGRAMS];
	struct compiling compiling;
	struct start start;
	const size_t count = load_all(&options, progs);
	bool have_compiling, have_start;

	if (!count) {
		(void)fprintf(stderr, "vm_bench: there is no program '%s'\n", options.only);
		return 2;
	}
	if (hostbpf_missing() && options.format != REPORT_JSON)
		(void)printf("kernel: skipped: %s\n", hostbpf_missing());
	have_compiling = measure_compiling(progs, count, &compiling);
	have_start = find_start(&options, &start);
	measure_all(&options, progs, count, results);
	report_print(&(struct report){ .results = results,
				       .count = count,
				       .compiling = have_compiling ? &compiling : NULL,
				       .start = have_start ? &start : NULL },
		     options.format);
	for (size_t i = 0; i < count; i++)
		bench_prog_release(&progs[i]);
	return 0;
}
