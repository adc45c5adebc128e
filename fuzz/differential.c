/*
 * differential.c - random programs on every engine: whoever disagrees with the rest is wrong.
 *
 * Generated programs run on all engines and on the kernel.  Mutated ones (--mutate) run where
 * anything may be run, in guarded mode, and are compared when it is certain what they
 * compute; otherwise they only have to end without taking this program along.
 *
 * A difference is reported with its seed and the shortest program that still shows it.  Attempts at
 * shorter ones run in a child: a wrong engine may crash on them.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bits.h"
#include "defined.h"
#include "generate.h"
#include "hostbpf.h"
#include "isa/disasm.h"
#include "kern/jit/jit.h"
#include "machine.h"
#include "minimise.h"

enum {
	PATIENCE_S = 20, /* for one program on all engines */
	MUTANT_MOST_INSNS = 1 << 14,
};

struct options {
	uint64_t count;
	uint64_t seed;
	bool mutate;
	bool print; /* the programs themselves, and run nothing */
	bool raw;   /* likewise, as bytes */
	bool wanted[FUZZ_ENGINES];
};

struct tally {
	uint64_t programs;
	uint64_t slots;
	uint64_t runs;
	uint64_t refused;        /* by vm_prog_new: mutants only */
	uint64_t uncertain;      /* mutants that were run but not compared */
	uint64_t faults;         /* mutants that ended in one */
	uint64_t kernel_refused; /* generated programs */
	uint64_t kernel_runs;
};

struct fuzzer {
	struct options options;
	struct fuzz_generate_options features;
	struct fuzz_machine *machine;
	struct tally tally;
};

/* What is being run, for the signal handler. */
static volatile uint64_t now_seed;
static const char *volatile now_engine = "none";

static void on_signal(int number)
{
	char text[160];
	const int len = snprintf(text, sizeof text, "seed %" PRIu64 ": %s in engine '%s'\n",
				 now_seed, number == SIGALRM ? "no end" : "a crash", now_engine);

	if (len > 0)
		(void)!write(STDERR_FILENO, text, (size_t)len);
	(void)signal(number, SIG_DFL);
	(void)raise(number);
}

static void watch_signals(void)
{
	static const int numbers[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGALRM };

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		(void)signal(numbers[i], on_signal);
}

static int run(struct fuzzer *fuzzer, size_t engine, struct fuzz_outcome *outcome)
{
	now_engine = fuzz_engines[engine].name;
	return fuzz_machine_run(fuzzer->machine, &fuzz_engines[engine], NULL, outcome);
}

/* The engine that disagrees with the first wanted one about the program loaded, or -1. */
static int find_dissenter(struct fuzzer *fuzzer, struct fuzz_outcome *first,
			  struct fuzz_outcome *other)
{
	struct tally *tally = &fuzzer->tally;
	bool have_first = false;

	for (size_t i = 0; i < FUZZ_ENGINES; i++) {
		struct fuzz_outcome *outcome = have_first ? other : first;
		int err;

		if (!fuzzer->options.wanted[i])
			continue;
		err = run(fuzzer, i, outcome);
		if (fuzz_engines[i].kind == FUZZ_KERNEL) {
			tally->kernel_refused += err == -EINVAL;
			tally->kernel_runs += !err;
			if (err)
				continue;
		} else if (err) {
			return (int)i; /* refuses what the generator calls valid */
		}
		tally->runs++;
		if (have_first && !fuzz_outcome_equal(first, other))
			return (int)i;
		have_first = true;
	}
	return -1;
}

static void print_program(const struct fuzz_prog *prog)
{
	const struct isa_disasm_options options = { .numbers = true };
	struct strbuf text = { 0 };

	(void)!isa_disasm(prog->insns, prog->count, &options, &text);
	(void)fputs(strbuf_text(&text), stdout);
	strbuf_release(&text);
}

static bool is_wanted(const struct fuzzer *fuzzer, size_t engine)
{
	return fuzzer->options.wanted[engine];
}

/* What every engine makes of @prog. */
static void print_outcomes(struct fuzzer *fuzzer, const struct fuzz_prog *prog)
{
	static struct fuzz_outcome first, other;
	struct diag diag = { 0 };
	struct strbuf text = { 0 };
	bool have_first = false;
	int err;

	fuzz_machine_load(fuzzer->machine, prog->insns, prog->count, now_seed);
	for (size_t i = 0; i < FUZZ_ENGINES; i++) {
		struct fuzz_outcome *outcome = have_first ? &other : &first;

		if (!is_wanted(fuzzer, i))
			continue;
		err = fuzz_machine_run(fuzzer->machine, &fuzz_engines[i], &diag, outcome);
		strbuf_printf(&text, "%-20s ", fuzz_engines[i].name);
		if (err) {
			strbuf_printf(&text, "refused: %s\n", strerror(-err));
			continue;
		}
		fuzz_outcome_print(outcome, &text);
		strbuf_putc(&text, '\n');
		if (have_first)
			fuzz_outcome_compare(&first, &other, &text);
		have_first = true;
	}
	diag_render(&diag, &text);
	(void)fputs(strbuf_text(&text), stdout);
	strbuf_release(&text);
	diag_release(&diag);
}

/* Does @prog, run in a child, still make engines differ?  It must end well in guarded mode, or it is
 * a different mistake: ours, of having deleted too much. */
static bool still_differs(void *arg, const struct fuzz_prog *prog)
{
	struct fuzzer *fuzzer = arg;
	static struct fuzz_outcome first, other;
	int status = 0;
	pid_t child = fork();

	if (child < 0)
		return false;
	if (!child) {
		(void)alarm(PATIENCE_S);
		(void)signal(SIGALRM, SIG_DFL);
		(void)signal(SIGSEGV, SIG_DFL);
		fuzz_machine_load(fuzzer->machine, prog->insns, prog->count, now_seed);
		if (!fuzzer->options.mutate && (run(fuzzer, FUZZ_ENGINE_BOTH, &first) || first.err))
			_exit(0);
		_exit(find_dissenter(fuzzer, &first, &other) >= 0);
	}
	if (waitpid(child, &status, 0) < 0)
		return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

static void report(struct fuzzer *fuzzer, struct fuzz_prog *prog, int engine)
{
	(void)printf("seed %" PRIu64 ": engine '%s' differs\n", now_seed,
		     fuzz_engines[engine].name);
	(void)fflush(stdout);
	if (still_differs(fuzzer, prog))
		fuzz_minimise(prog, still_differs, fuzzer);
	print_program(prog);
	print_outcomes(fuzzer, prog);
}

static void print_generated(const struct fuzzer *fuzzer, const struct fuzz_prog *prog)
{
	if (fuzzer->options.raw) {
		(void)fwrite(prog->insns, sizeof prog->insns[0], prog->count, stdout);
		return;
	}
	(void)printf("# seed %" PRIu64 "\n", now_seed);
	print_program(prog);
}

/* Returns whether the engines agree on the generated program of @seed. */
static bool try_generated(struct fuzzer *fuzzer, uint64_t seed)
{
	static struct fuzz_prog prog;
	static struct fuzz_outcome first, other;
	int dissenter;

	fuzz_generate(seed, &fuzzer->features, &prog);
	fuzzer->tally.slots += prog.count;
	if (fuzzer->options.print || fuzzer->options.raw) {
		print_generated(fuzzer, &prog);
		return true;
	}
	fuzz_machine_load(fuzzer->machine, prog.insns, prog.count, seed);
	dissenter = find_dissenter(fuzzer, &first, &other);
	if (dissenter >= 0)
		report(fuzzer, &prog, dissenter);
	return dissenter < 0;
}

/* The same of a mutant: two guarded engines. */
static bool try_mutant(struct fuzzer *fuzzer, uint64_t seed)
{
	static struct fuzz_prog prog;
	static struct fuzz_outcome first, other;
	struct tally *tally = &fuzzer->tally;
	int dissenter;

	fuzz_generate(seed, &fuzzer->features, &prog);
	fuzz_mutate(seed, &prog);
	tally->slots += prog.count;
	fuzz_machine_load(fuzzer->machine, prog.insns, prog.count, seed);
	if (run(fuzzer, FUZZ_ENGINE_BOTH, &first)) {
		tally->refused++;
		return true;
	}
	tally->faults += first.err != 0;
	dissenter = find_dissenter(fuzzer, &first, &other);
	if (!fuzz_is_defined(prog.insns, prog.count)) {
		tally->uncertain++;
		return true;
	}
	if (dissenter >= 0)
		report(fuzzer, &prog, dissenter);
	return dissenter < 0;
}

static bool all_agree(struct fuzzer *fuzzer)
{
	const struct options *options = &fuzzer->options;

	for (uint64_t i = 0; i < options->count; i++) {
		now_seed = options->seed + i;
		(void)alarm(PATIENCE_S);
		fuzzer->tally.programs++;
		if (options->mutate ? !try_mutant(fuzzer, now_seed) :
				      !try_generated(fuzzer, now_seed))
			return false;
	}
	(void)alarm(0);
	return true;
}

static void print_tally(const struct fuzzer *fuzzer)
{
	const struct tally *tally = &fuzzer->tally;

	(void)printf("%" PRIu64 " programs, %" PRIu64 " slots each, %" PRIu64 " runs",
		     tally->programs, tally->slots / (tally->programs ? tally->programs : 1),
		     tally->runs);
	if (fuzzer->options.mutate)
		(void)printf(", %" PRIu64 " of bad form, %" PRIu64 " faults, %" PRIu64
			     " not compared",
			     tally->refused, tally->faults, tally->uncertain);
	else if (is_wanted(fuzzer, FUZZ_ENGINE_KERNEL))
		(void)printf(", the kernel ran %" PRIu64 " and refused %" PRIu64,
			     tally->kernel_runs, tally->kernel_refused);
	(void)printf(": no difference\n");
}

/* Does the kernel of this computer take the one instruction that @insns are about? */
static bool kernel_takes(const struct insn *insns, size_t count)
{
	const int fd = hostbpf_load(HOSTBPF_SYSCALL, insns, count, NULL, NULL);

	if (fd < 0)
		return false;
	(void)close(fd);
	return true;
}

/* Without a kernel everything is generated; with one, what it knows. */
static void find_features(struct fuzzer *fuzzer)
{
	struct insn acquire[] = { isa_encode(ISA_ST_DW), isa_encode(ISA_LOAD_ACQ_DW),
				  isa_encode(ISA_EXIT) };
	struct insn may_goto[] = { isa_encode(ISA_MOV64_IMM), isa_encode(ISA_MAY_GOTO),
				   isa_encode(ISA_EXIT) };

	acquire[0].dst = acquire[1].src = ISA_REG_FP;
	acquire[0].off = acquire[1].off = -8;
	fuzzer->features.acquire_release = true;
	fuzzer->features.may_goto = true;
	if (!is_wanted(fuzzer, FUZZ_ENGINE_KERNEL))
		return;
	fuzzer->features.acquire_release = kernel_takes(acquire, ARRAY_LEN(acquire));
	fuzzer->features.may_goto = kernel_takes(may_goto, ARRAY_LEN(may_goto));
	fuzzer->features.clear_cmpxchg32 = true;
}

/* Is there a JIT for this processor, and may it run?  Asks it to compile 'exit'. */
static bool jit_works(struct fuzzer *fuzzer)
{
	static struct fuzz_outcome outcome;
	struct insn insns[] = { isa_encode(ISA_MOV64_IMM), isa_encode(ISA_EXIT) };

	fuzz_machine_load(fuzzer->machine, insns, ARRAY_LEN(insns), 0);
	return !run(fuzzer, FUZZ_ENGINE_GUARDED_JIT, &outcome);
}

/* Leave out what does not exist here, saying so. */
static void drop_missing(struct fuzzer *fuzzer)
{
	const char *missing = hostbpf_missing();

	if (missing && is_wanted(fuzzer, FUZZ_ENGINE_KERNEL)) {
		(void)printf("skipped: kernel: %s\n", missing);
		fuzzer->options.wanted[FUZZ_ENGINE_KERNEL] = false;
	}
	if (jit_works(fuzzer))
		return;
	(void)printf("skipped: jit: there is none for this processor\n");
	for (size_t i = 0; i < FUZZ_ENGINES; i++)
		if (fuzz_engines[i].kind == FUZZ_JIT)
			fuzzer->options.wanted[i] = false;
}

static const char usage[] =
	"usage: differential [options]\n"
	"  --count N       programs to try (10000)\n"
	"  --seed S        the first one's seed (1); the next one's is S + 1\n"
	"  --engines LIST  comma-separated (own,kernel): interpreter, interpreter-guarded,\n"
	"                  interpreter-limited, interpreter-both, jit, jit-guarded, jit-limited,\n"
	"                  jit-blind, jit-both, kernel; own: all but the kernel\n"
	"  --mutate        change bytes of the programs; guarded engines only\n"
	"  --print         print the programs and run nothing\n"
	"  --raw           write them as bytes and run nothing\n";

NORETURN
static void usage_error(const char *what, const char *value)
{
	(void)fprintf(stderr, "differential: %s '%s'\n%s", what, value, usage);
	exit(2);
}

static uint64_t parse_number(const char *text)
{
	char *end;
	uint64_t number;

	errno = 0;
	number = strtoull(text, &end, 0);
	if (errno || end == text || *end)
		usage_error("not a number:", text);
	return number;
}

static void want_own(struct options *options)
{
	for (size_t i = 0; i < FUZZ_ENGINES; i++)
		if (fuzz_engines[i].kind != FUZZ_KERNEL)
			options->wanted[i] = true;
}

static void parse_engines(struct options *options, char *list)
{
	for (char *name = strtok(list, ","); name; name = strtok(NULL, ",")) {
		size_t i = 0;

		if (!strcmp(name, "own")) {
			want_own(options);
			continue;
		}
		while (i < FUZZ_ENGINES && strcmp(fuzz_engines[i].name, name))
			i++;
		if (i == FUZZ_ENGINES)
			usage_error("there is no engine", name);
		options->wanted[i] = true;
	}
}

static void choose_engines(struct options *options, char *list)
{
	if (list)
		parse_engines(options, list);
	else if (options->mutate)
		options->wanted[FUZZ_ENGINE_BOTH] = options->wanted[FUZZ_ENGINE_BOTH_JIT] = true;
	else
		for (size_t i = 0; i < FUZZ_ENGINES; i++)
			options->wanted[i] = true;
}

static struct options parse_options(int argc, char **argv)
{
	/* clang-format off */
	static const struct option known[] = {
		{ "count",   required_argument, NULL, 'c' },
		{ "seed",    required_argument, NULL, 's' },
		{ "engines", required_argument, NULL, 'e' },
		{ "mutate",  no_argument,       NULL, 'm' },
		{ "print",   no_argument,       NULL, 'p' },
		{ "raw",     no_argument,       NULL, 'r' },
		{ "help",    no_argument,       NULL, 'h' },
		{ 0 },
	};
	/* clang-format on */
	struct options options = { .count = 10000, .seed = 1 };
	char *engines = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "h", known, NULL)) != -1)
		switch (option) {
		case 'c': options.count = parse_number(optarg); break;
		case 's': options.seed = parse_number(optarg); break;
		case 'e': engines = optarg; break;
		case 'm': options.mutate = true; break;
		case 'p': options.print = true; break;
		case 'r': options.raw = true; break;
		case 'h': (void)fputs(usage, stdout); exit(0);
		default: (void)fputs(usage, stderr); exit(2);
		}
	if (optind < argc)
		usage_error("unexpected argument", argv[optind]);
	choose_engines(&options, engines);
	return options;
}

int main(int argc, char **argv)
{
	struct fuzzer fuzzer = { .options = parse_options(argc, argv) };
	bool agree;

	fuzzer.machine =
		fuzz_machine_new(is_wanted(&fuzzer, FUZZ_ENGINE_KERNEL) && !hostbpf_missing());
	if (!fuzzer.machine) {
		(void)fprintf(stderr, "differential: no memory or maps for the machine\n");
		return 1;
	}
	watch_signals();
	if (!fuzzer.options.print && !fuzzer.options.raw)
		drop_missing(&fuzzer);
	find_features(&fuzzer);
	if (fuzzer.options.mutate)
		fuzz_machine_limit(fuzzer.machine, MUTANT_MOST_INSNS);
	agree = all_agree(&fuzzer);
	if (agree && !fuzzer.options.print && !fuzzer.options.raw)
		print_tally(&fuzzer);
	fuzz_machine_free(fuzzer.machine);
	return agree ? 0 : 1;
}
