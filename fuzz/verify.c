/*
 * verify.c - random programs before two verifiers: ours, and that of the kernel of this machine.
 *
 * Programs are those of generate.c (nearly all accepted), mutants of them, or wild ones.  Where the verdicts
 * differ, the shortest program that still shows it is printed, with what both say.  A program that the kernel
 * refuses and we accept is the worst there is.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/bits.h"
#include "generate.h"
#include "hostbpf.h"
#include "isa/disasm.h"
#include "kern/verifier/verifier.h"
#include "minimise.h"
#include "sys/bpf.h"
#include "wild.h"

enum kind { KIND_WILD, KIND_GENERATED, KIND_MUTATED };
enum { LOG_BYTES = 1 << 20 };

struct tester {
	uint64_t count, seed, shown;
	double least_agreement;
	enum kind kind;
	bool quiet;
	int map_fds[WILD_MAPS];
	struct verifier_map maps[WILD_MAPS];
	enum wild_type type; /* of the present program */
	bool kernel_accepts; /* what the difference is that is minimised */
	uint64_t agreed, accepted, refused, too_kind, too_strict, other_errno;
	uint64_t kernel_ns, own_ns, steps;
	uint64_t rules[64];
};

/* clang-format off */
static const struct { uint32_t type, attach, flags; const char *name; } types[WILD_TYPES] = {
	[WILD_SOCKET_FILTER] = { BPF_PROG_TYPE_SOCKET_FILTER, 0, 0, "socket_filter" },
	[WILD_XDP]           = { BPF_PROG_TYPE_XDP, 0, 0, "xdp" },
	[WILD_SCHED_CLS]     = { BPF_PROG_TYPE_SCHED_CLS, 0, 0, "sched_cls" },
	[WILD_TRACEPOINT]    = { BPF_PROG_TYPE_TRACEPOINT, 0, 0, "tracepoint" },
	[WILD_CGROUP_SKB]    = { BPF_PROG_TYPE_CGROUP_SKB, 0, 0, "cgroup_skb" },
	[WILD_SYSCALL]       = { BPF_PROG_TYPE_SYSCALL, 0, BPF_F_SLEEPABLE, "syscall" },
};
static const struct sys_map specs[WILD_MAPS] = {
	{ .type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = FUZZ_MEMORY_BYTES, .max_entries = 1 },
	{ .type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = FUZZ_TABLE_VALUE, .max_entries = FUZZ_TABLE_ENTRIES },
	{ .type = BPF_MAP_TYPE_HASH, .key_size = 8, .value_size = 48, .max_entries = 16 },
	{ .type = BPF_MAP_TYPE_RINGBUF, .max_entries = 4096 },
};
/* clang-format on */

static bool make_maps(struct tester *t)
{
	for (size_t i = 0; i < WILD_MAPS; i++) {
		t->map_fds[i] = sys_map_new(&sys_linux, &specs[i]);
		if (t->map_fds[i] < 0)
			return false;
		t->maps[i] = (struct verifier_map){ .fd = VERIFIER_NOWHERE,
						    .type = specs[i].type,
						    .key_size = specs[i].key_size,
						    .value_size = specs[i].value_size,
						    .max_entries = specs[i].max_entries };
	}
	return true;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* 0 or a negative errno; the log if @log is not NULL. */
static int ask_kernel(struct tester *t, const struct fuzz_prog *prog, char *log)
{
	union bpf_attr attr = { 0 };
	uint64_t begin;
	int fd;

	attr.prog_type = types[t->type].type;
	attr.prog_flags = types[t->type].flags;
	attr.expected_attach_type = types[t->type].attach;
	attr.insns = (uint64_t)(uintptr_t)prog->insns;
	attr.insn_cnt = (uint32_t)prog->count;
	attr.license = (uint64_t)(uintptr_t) "GPL";
	attr.fd_array = (uint64_t)(uintptr_t)t->map_fds;
	if (log) {
		attr.log_buf = (uint64_t)(uintptr_t)log;
		attr.log_size = LOG_BYTES;
		attr.log_level = 2;
	}
	begin = now_ns();
	fd = sys_linux.bpf(&sys_linux, BPF_PROG_LOAD, &attr, sizeof attr);
	t->kernel_ns += now_ns() - begin;
	if (fd >= 0)
		(void)close(fd);
	return fd < 0 ? fd : 0;
}

static struct verifier_request request_for(struct tester *t, const struct fuzz_prog *prog)
{
	return (struct verifier_request){ .insns = prog->insns,
					  .count = prog->count,
					  .type = types[t->type].type,
					  .attach = types[t->type].attach,
					  .maps = t->maps,
					  .map_count = WILD_MAPS,
					  .is_gpl = true,
					  .kernel_limits = true,
					  .is_sleepable = types[t->type].flags & BPF_F_SLEEPABLE };
}

static int ask_us(struct tester *t, const struct fuzz_prog *prog)
{
	const struct verifier_request request = request_for(t, prog);
	struct verifier_verdict verdict;
	int err;

	if (verifier_run(&request, &verdict)) {
		(void)fprintf(stderr, "verify: out of memory\n");
		exit(1);
	}
	err = verdict.err;
	t->own_ns += verdict.time_ns;
	t->steps += verdict.steps;
	t->rules[verdict.refusal.rule]++;
	verifier_release(&verdict);
	return err;
}

static bool still_differs(void *arg, const struct fuzz_prog *prog)
{
	struct tester *t = arg;
	const int kernel = ask_kernel(t, prog, NULL), own = ask_us(t, prog);

	return !kernel == t->kernel_accepts && !own != t->kernel_accepts && kernel != -E2BIG &&
	       own != -E2BIG;
}

/* The last lines of a log, which say why. */
static void print_end(const char *log)
{
	const char *p = log + strlen(log);
	unsigned int lines = 0;

	while (p > log && lines < 6)
		lines += *--p == '\n';
	(void)printf("%s\n", p);
}

static void show(struct tester *t, struct fuzz_prog *prog, uint64_t seed)
{
	static char log[LOG_BYTES];
	struct verifier_request request;
	struct verifier_verdict verdict;
	struct strbuf out = { 0 };

	if (still_differs(t, prog))
		fuzz_minimise(prog, still_differs, t);
	(void)printf("--- seed %" PRIu64 ", %s: the kernel %s it, we %s\n", seed,
		     types[t->type].name, t->kernel_accepts ? "accepts" : "refuses",
		     t->kernel_accepts ? "refuse it" : "accept it");
	if (isa_disasm(prog->insns, prog->count,
		       &(struct isa_disasm_options){ .names = &isa_linux_names, .numbers = true },
		       &out))
		exit(1);
	(void)printf("%s", strbuf_text(&out));
	strbuf_reset(&out);
	log[0] = '\0';
	(void)ask_kernel(t, prog, log);
	(void)printf("kernel:\n");
	print_end(log);
	request = request_for(t, prog);
	request.log_level = 2;
	if (verifier_run(&request, &verdict))
		exit(1);
	(void)printf("ours:\n");
	print_end(strbuf_text(&verdict.log));
	verifier_explain(&request, &verdict, &out);
	(void)printf("%s\n", strbuf_text(&out));
	(void)fflush(stdout);
	verifier_release(&verdict);
	strbuf_release(&out);
}

static void make(struct tester *t, uint64_t seed, struct fuzz_prog *prog)
{
	static const struct fuzz_generate_options all = { .acquire_release = true,
							  .may_goto = true };

	if (t->kind == KIND_WILD) {
		wild_generate(seed, prog, &t->type);
		return;
	}
	t->type = WILD_SYSCALL;
	fuzz_generate(seed, &all, prog);
	if (t->kind == KIND_MUTATED)
		fuzz_mutate(seed, prog);
}

static void try(struct tester *t, uint64_t seed)
{
	static struct fuzz_prog prog;
	int kernel, own;

	make(t, seed, &prog);
	kernel = ask_kernel(t, &prog, NULL);
	own = ask_us(t, &prog);
	if (!kernel)
		t->accepted++;
	else
		t->refused++;
	if (!kernel == !own) {
		t->agreed++;
		t->other_errno += kernel != own;
		return;
	}
	t->kernel_accepts = !kernel;
	if (kernel)
		t->too_kind++;
	else
		t->too_strict++;
	if (t->shown) {
		t->shown--;
		show(t, &prog, seed);
	}
}

static void print_tally(const struct tester *t)
{
	(void)printf("%" PRIu64 " programs, %" PRIu64 " accepted by the kernel, %" PRIu64
		     " refused; agreement %.3f %%: %" PRIu64 " accepted here alone, %" PRIu64
		     " refused here alone, %" PRIu64
		     " with another errno; %.1f ms there, %.1f ms here, %" PRIu64 " steps\n",
		     t->count, t->accepted, t->refused,
		     100.0 * (double)t->agreed / (double)t->count, t->too_kind, t->too_strict,
		     t->other_errno, (double)t->kernel_ns / 1e6, (double)t->own_ns / 1e6, t->steps);
	for (size_t i = 1; !t->quiet && i < ARRAY_LEN(t->rules); i++)
		if (t->rules[i])
			(void)printf("%8" PRIu64 " %s\n", t->rules[i], verifier_rules[i].name);
}

static const char usage[] =
	"usage: verify [options]\n"
	"  --count N     programs to try (10000)\n"
	"  --seed S      the first one's seed (1)\n"
	"  --generated   programs that the kernel takes; --mutated: changed ones\n"
	"  --show N      differences to show (3)\n"
	"  --least P     fail below this agreement in percent (99.5)\n"
	"  --quiet       do not count the rules\n";

static void parse(struct tester *t, int argc, char **argv)
{
	/* clang-format off */
	static const struct option known[] = {
		{ "count",     required_argument, NULL, 'c' },
		{ "seed",      required_argument, NULL, 's' },
		{ "show",      required_argument, NULL, 'n' },
		{ "least",     required_argument, NULL, 'l' },
		{ "generated", no_argument,       NULL, 'g' },
		{ "mutated",   no_argument,       NULL, 'm' },
		{ "quiet",     no_argument,       NULL, 'q' },
		{ "help",      no_argument,       NULL, 'h' },
		{ 0 },
	};
	/* clang-format on */
	int option;

	while ((option = getopt_long(argc, argv, "h", known, NULL)) != -1)
		switch (option) {
		case 'c': t->count = strtoull(optarg, NULL, 0); break;
		case 's': t->seed = strtoull(optarg, NULL, 0); break;
		case 'n': t->shown = strtoull(optarg, NULL, 0); break;
		case 'l': t->least_agreement = strtod(optarg, NULL); break;
		case 'g': t->kind = KIND_GENERATED; break;
		case 'm': t->kind = KIND_MUTATED; break;
		case 'q': t->quiet = true; break;
		case 'h': (void)fputs(usage, stdout); exit(0);
		default: (void)fputs(usage, stderr); exit(2);
		}
}

int main(int argc, char **argv)
{
	static struct tester t = { .count = 10000, .seed = 1, .shown = 3, .least_agreement = 99.5 };
	const char *missing = hostbpf_missing();

	parse(&t, argc, argv);
	if (missing || !make_maps(&t)) {
		(void)printf("skipped: verify: %s\n", missing ? missing : "no maps");
		return 77;
	}
	for (uint64_t i = 0; i < t.count; i++)
		try(&t, t.seed + i);
	print_tally(&t);
	return t.too_kind || 100.0 * (double)t.agreed < t.least_agreement * (double)t.count;
}
