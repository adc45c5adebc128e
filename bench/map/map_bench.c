/*
 * map_bench.c - maps from inside programs: ours beside the kernel's.
 *
 * usage: map_bench [--rounds N] [--markdown]
 *
 * One program for each operation: OPERATIONS of it in a loop, on keys that a multiplication makes, all of
 * which are there.  The same instructions run on Linux by BPF_PROG_TEST_RUN and here by the JIT,
 * in turns; a number is the least of all rounds, in nanoseconds an operation, the loop included, which
 * is the same on both sides.  With two threads, both work on the same map, and a number is
 * wall-clock time by operations of one thread: as many as with one thread is perfect scaling.
 */
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/bits.h"
#include "hostbpf.h"
#include "isa/asm.h"
#include "kern/prog/program.h"

enum {
	OPERATIONS = 512, /* in a run */
	RUNS = 400,       /* in a batch */
	ENTRIES = 1024,
	PACKET = 64,
};

struct row {
	const char *name;
	uint32_t type;
	bool is_update;
};

static const struct row rows[] = {
	{ "array lookup", MAP_TYPE_ARRAY, false },
	{ "array update", MAP_TYPE_ARRAY, true },
	{ "percpu_array lookup", MAP_TYPE_PERCPU_ARRAY, false },
	{ "percpu_array update", MAP_TYPE_PERCPU_ARRAY, true },
	{ "hash lookup", MAP_TYPE_HASH, false },
	{ "hash update", MAP_TYPE_HASH, true },
	{ "percpu_hash lookup", MAP_TYPE_PERCPU_HASH, false },
	{ "percpu_hash update", MAP_TYPE_PERCPU_HASH, true },
	{ "lru_hash lookup", MAP_TYPE_LRU_HASH, false },
	{ "lru_hash update", MAP_TYPE_LRU_HASH, true },
};

static const char lookup_text[] = "r6 = 512\n"
				  "r7 = 0\n"
				  "r8 = 0\n"
				  "loop:\n"
				  "r7 *= 5\n"
				  "r7 += 12345\n"
				  "r1 = r7\n"
				  "r1 &= 1023\n"
				  "*(u32 *)(r10 - 4) = r1\n"
				  "r2 = r10\n"
				  "r2 += -4\n"
				  "r1 = map[idx:0]\n"
				  "call bpf_map_lookup_elem\n"
				  "if r0 == 0 goto missing\n"
				  "r1 = *(u64 *)(r0 + 0)\n"
				  "r8 += r1\n"
				  "missing:\n"
				  "r6 += -1\n"
				  "if r6 != 0 goto loop\n"
				  "r0 = 0\n"
				  "exit\n";

static const char update_text[] = "r6 = 512\n"
				  "r7 = 0\n"
				  "r8 = 0\n"
				  "loop:\n"
				  "r7 *= 5\n"
				  "r7 += 12345\n"
				  "r1 = r7\n"
				  "r1 &= 1023\n"
				  "*(u32 *)(r10 - 4) = r1\n"
				  "*(u64 *)(r10 - 16) = r7\n"
				  "r2 = r10\n"
				  "r2 += -4\n"
				  "r3 = r10\n"
				  "r3 += -16\n"
				  "r4 = 0\n"
				  "r1 = map[idx:0]\n"
				  "call bpf_map_update_elem\n"
				  "r8 |= r0\n"
				  "r6 += -1\n"
				  "if r6 != 0 goto loop\n"
				  "r0 = r8\n"
				  "exit\n";

static double now_ns(clockid_t clock)
{
	struct timespec time;

	(void)clock_gettime(clock, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* One batch on one of the two sides; returns nanoseconds an operation. */
struct side {
	struct program_run *run; /* ours */
	int prog_fd;             /* the kernel's, when 'run' is NULL */
	clockid_t clock;
	double best;
};

static bool batch(struct side *side)
{
	static const uint8_t packet[PACKET];
	const uint64_t args[5] = { 0 };
	double start = now_ns(side->clock), ns;
	uint64_t r0 = 0;
	uint32_t low;
	bool ok = true;

	if (!side->run) {
		ok = !hostbpf_run(side->prog_fd, packet, sizeof packet, RUNS, &low, NULL) && !low;
	} else {
		for (int i = 0; i < RUNS && ok; i++)
			ok = !program_run(side->run, args, &r0) && !r0;
	}
	ns = (now_ns(side->clock) - start) / RUNS / OPERATIONS;
	if (side->best <= 0 || ns < side->best)
		side->best = ns;
	return ok;
}

struct both {
	struct program *program;
	struct map *map;
	int map_fd, prog_fd;
};

static int fail(const char *what)
{
	(void)fprintf(stderr, "map_bench: %s\n", what);
	return 1;
}

/* Fill both maps: every key that programs ask for is there. */
static bool fill(struct both *both)
{
	for (uint32_t key = 0; key < ENTRIES; key++) {
		static uint64_t values[512];

		if (both->map->ops->update(both->map, &key, values, MAP_ANY) ||
		    hostbpf_map_update(both->map_fd, &key, values))
			return false;
	}
	return true;
}

static int make(const struct row *row, struct both *ret_both)
{
	const char *text = row->is_update ? update_text : lookup_text;
	struct program_map map = { .spec = { .name = "m",
					     .type = row->type,
					     .key_size = 4,
					     .value_size = 8,
					     .max_entries = ENTRIES } };
	struct program_spec spec = { .maps = &map, .map_count = 1 };
	const struct program_options options = { .engine = PROGRAM_ENGINE_BEST };
	struct arena arena = { 0 };
	struct insn *insns;
	size_t count;

	if (isa_asm(text, strlen(text), &isa_linux_names, &arena, NULL, &insns, &count))
		return fail("the program does not assemble");
	spec.code = (struct program_code){ insns, count };
	if (program_new(&spec, &options, NULL, &ret_both->program))
		return fail("the program cannot be made");
	ret_both->map = program_map(ret_both->program, 0);
	ret_both->map_fd = hostbpf_map_new(ret_both->map);
	ret_both->prog_fd = hostbpf_load(HOSTBPF_PACKET, insns, count, &ret_both->map_fd, NULL);
	arena_release(&arena);
	if (ret_both->map_fd < 0 || ret_both->prog_fd < 0)
		return fail("the kernel refuses the map or the program");
	return fill(ret_both) ? 0 : fail("the maps cannot be filled");
}

static void drop(struct both *both)
{
	(void)close(both->prog_fd);
	(void)close(both->map_fd);
	program_free(both->program);
}

/* --- Two threads --- */

struct worker {
	pthread_t thread;
	struct side side;
	pthread_barrier_t *barrier;
	double begin, end;
	bool ok;
};

static void *work(void *arg)
{
	struct worker *worker = arg;

	(void)pthread_barrier_wait(worker->barrier);
	worker->begin = now_ns(CLOCK_MONOTONIC);
	worker->ok = batch(&worker->side);
	worker->end = now_ns(CLOCK_MONOTONIC);
	return NULL;
}

static double later(double a, double b)
{
	return a > b ? a : b;
}

/* Nanoseconds an operation of one thread while another does the same. */
static bool pair(struct both *both, bool ours, double *best)
{
	struct worker workers[2];
	pthread_barrier_t barrier;
	double ns;
	bool ok = true;

	(void)pthread_barrier_init(&barrier, NULL, 2);
	for (int i = 0; i < 2; i++) {
		workers[i] = (struct worker){ .barrier = &barrier };
		workers[i].side = (struct side){ NULL, both->prog_fd, CLOCK_THREAD_CPUTIME_ID, 0 };
		if (ours && program_run_new(both->program, NULL, &workers[i].side.run))
			return false;
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			return false;
	}
	for (int i = 0; i < 2; i++) {
		(void)pthread_join(workers[i].thread, NULL);
		ok = ok && workers[i].ok;
		program_run_free(workers[i].side.run);
	}
	ns = later(workers[0].end, workers[1].end) + later(-workers[0].begin, -workers[1].begin);
	ns /= RUNS * OPERATIONS;
	if (*best <= 0 || ns < *best)
		*best = ns;
	(void)pthread_barrier_destroy(&barrier);
	return ok;
}

static int measure(const struct row *row, int rounds, bool markdown)
{
	struct side kernel = { .clock = CLOCK_THREAD_CPUTIME_ID }, ours = kernel;
	double kernel_pair = 0, ours_pair = 0;
	struct both both;

	if (make(row, &both))
		return 1;
	kernel.prog_fd = both.prog_fd;
	if (program_run_new(both.program, NULL, &ours.run))
		return fail("there is not enough memory");
	for (int i = 0; i < rounds; i++)
		if (!batch(&kernel) || !batch(&ours) || !pair(&both, false, &kernel_pair) ||
		    !pair(&both, true, &ours_pair))
			return fail("a run failed");
	(void)printf(markdown ? "| %s | %.1f | %.1f | %.2f | %.1f | %.1f | %.2f |\n" :
				"%-20s %8.1f %8.1f %8.2f %10.1f %8.1f %8.2f\n",
		     row->name, kernel.best, ours.best, ours.best / kernel.best, kernel_pair,
		     ours_pair, ours_pair / kernel_pair);
	program_run_free(ours.run);
	drop(&both);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "rounds", required_argument, NULL, 'r' },
						 { "markdown", no_argument, NULL, 'm' },
						 { 0 } };
	bool markdown = false;
	int rounds = 15, option;

	while ((option = getopt_long(argc, argv, "r:m", options, NULL)) != -1) {
		if (option == 'r')
			rounds = atoi(optarg);
		else if (option == 'm')
			markdown = true;
		else
			return 2;
	}
	if (hostbpf_missing()) {
		(void)printf("skipped: %s\n", hostbpf_missing());
		return 0;
	}
	if (markdown)
		(void)printf("| | kernel | ours | ours/kernel | kernel, 2 threads | ours | "
			     "ours/kernel |\n|---|--:|--:|--:|--:|--:|--:|\n");
	else
		(void)printf("%-20s %8s %8s %8s %10s %8s %8s\n", "ns an operation", "kernel",
			     "ours", "ratio", "2 threads", "ours", "ratio");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (measure(&rows[i], rounds, markdown))
			return 1;
	return 0;
}
