/*
 * demo.c - 'waggle demo': the machine shows itself, on data of the machine it runs on.
 *
 * Each act is an assembler program below, run on a real file; what it answers is compared with what C
 * computes, or counted by the program's maps.  Nothing printed is known beforehand.
 */
#include "cmd/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bits.h"
#include "base/file.h"
#include "cmd/vm.h"
#include "config.h"
#include "embed/image.h"
#include "isa/disasm.h"

enum {
	MEASURE_MS = 200,   /* for each engine */
	MOST_INPUT = 65536, /* bytes of a file that programs are given */
	SHOWN_WORDS = 8,
};

/* RFC 1071, 32 bits at a time; the carries are folded in at the end. */
static const char checksum_text[] = "        r0 = 0\n"
				    "        r2 += r1                ; the end\n"
				    "next:   w3 = *(u32 *)(r1 + 0)\n"
				    "        r0 += r3\n"
				    "        r1 += 4\n"
				    "        if r1 != r2 goto next\n"
				    "fold:   r3 = r0\n"
				    "        r3 >>= 16\n"
				    "        r0 &= 0xffff\n"
				    "        r0 += r3\n"
				    "        if r3 != 0 goto fold\n"
				    "        r0 ^= 0xffff\n"
				    "        exit\n";

/* Words of a text, by their first eight bytes, counted in map 0, a hash map. */
static const char words_text[] = "        r6 = r1\n"
				 "        r7 = r1\n"
				 "        r7 += r2\n"
				 "start:  r8 = 0                  ; the word so far\n"
				 "        r9 = 0                  ; its length in bits\n"
				 "next:   if r6 == r7 goto done\n"
				 "        r1 = *(u8 *)(r6 + 0)\n"
				 "        r6 += 1\n"
				 "        if r1 <= ' ' goto count\n"
				 "        if r9 > 56 goto next\n"
				 "        r1 <<= r9\n"
				 "        r8 |= r1\n"
				 "        r9 += 8\n"
				 "        goto next\n"
				 "count:  if r8 == 0 goto start\n"
				 "        *(u64 *)(r10 - 8) = r8\n"
				 "        r1 = map[idx:0]\n"
				 "        r2 = r10\n"
				 "        r2 += -8\n"
				 "        call bpf_map_lookup_elem\n"
				 "        if r0 == 0 goto new\n"
				 "        r1 = 1\n"
				 "        lock *(u64 *)(r0 + 0) += r1\n"
				 "        goto start\n"
				 "new:    *(u64 *)(r10 - 16) = 1\n"
				 "        r1 = map[idx:0]\n"
				 "        r2 = r10\n"
				 "        r2 += -8\n"
				 "        r3 = r10\n"
				 "        r3 += -16\n"
				 "        r4 = 0\n"
				 "        call bpf_map_update_elem\n"
				 "        goto start\n"
				 "done:   r0 = 0\n"
				 "        exit\n";

/* A mistake that everybody has made: one byte too many. */
static const char overrun_text[] = "        r0 = 0\n"
				   "        r2 += r1\n"
				   "next:   r3 = *(u8 *)(r1 + 0)\n"
				   "        r0 += r3\n"
				   "        r1 += 1\n"
				   "        if r1 <= r2 goto next   ; '<' was meant\n"
				   "        exit\n";

static const char endless_text[] = "again:  r0 += 1\n"
				   "        goto again\n";

/* A program that was loaded, and a place to run it in. */
struct act {
	struct diag diag;
	struct image *image;
	struct program *program;
	struct program_run *run;
};

struct input {
	uint8_t *data;
	size_t len; /* a multiple of 4, at most MOST_INPUT */
	const char *path;
};

static void act_release(struct act *act)
{
	command_report(&act->diag);
	diag_release(&act->diag);
	program_run_free(act->run);
	program_free(act->program);
	image_free(act->image);
}

/* Load @text, with @map as map 0 if not NULL.  On errors returns them; they are in act->diag. */
static int act_load(struct act *act, const char *text, const struct program_map *map,
		    const struct program_options *options)
{
	int err;

	*act = (struct act){ .diag = { .name = "waggle demo" } };
	err = image_read(&(struct image_request){ .data = text, .len = strlen(text) }, &act->diag,
			 &act->image);
	if (err)
		return err;
	act->image->spec.maps = map;
	act->image->spec.map_count = map != NULL;
	err = program_new(&act->image->spec, options, &act->diag, &act->program);
	return err ? err : program_run_new(act->program, &act->diag, &act->run);
}

static int act_run(struct act *act, const struct input *input, uint64_t *ret_r0)
{
	const uint64_t args[5] = { (uintptr_t)input->data, input->len };

	program_run_lend_memory(act->run, input->data, input->len);
	return program_run(act->run, args, ret_r0);
}

static double now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Microseconds of a run, in the best of many batches. */
static double measure_us(struct act *act, const struct input *input)
{
	const double start = now_ms();
	double best = 0, from, us;
	uint64_t r0;

	while (now_ms() - start < MEASURE_MS) {
		from = now_ms();
		for (int i = 0; i < 10; i++)
			(void)act_run(act, input, &r0);
		us = (now_ms() - from) * 1000 / 10;
		if (best == 0 || us < best)
			best = us;
	}
	return best;
}

/* Read up to MOST_INPUT bytes of @path, cut to whole words. */
static int read_input(const char *path, struct input *ret_input)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = malloc(MOST_INPUT);
	size_t len = file && data ? fread(data, 1, MOST_INPUT, file) / 4 * 4 : 0;

	if (file)
		(void)fclose(file);
	if (len < 4) {
		fprintf(stderr, "waggle demo: '%s' cannot be read\n", path);
		free(data);
		return -EIO;
	}
	*ret_input = (struct input){ data, len, path };
	return 0;
}

static void print_listing(const struct act *act)
{
	const struct program_code *code = &act->image->spec.code;
	const struct isa_disasm_options options = { .names = &isa_linux_names, .numbers = true };
	struct strbuf out = { 0 };

	if (!isa_disasm(code->insns, code->insn_count, &options, &out))
		(void)fputs(strbuf_text(&out), stdout);
	strbuf_release(&out);
}

/* --- First act: two engines, one answer --- */

static uint16_t checksum_in_c(const struct input *input)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < input->len; i += 4)
		sum += load_u32(input->data + i);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void print_speed(const char *engine, double us, const struct input *input)
{
	printf("  %-12s %9.2f us a run %9.2f GB/s\n", engine, us, (double)input->len / us / 1e3);
}

/* Run the checksum on @engine; returns the microseconds of a run, 0 when it fails, and -1 when there is
 * no such engine. */
static double checksum_on(enum program_engine engine, const struct input *input, bool first)
{
	const struct program_options options = { .engine = engine };
	struct act act;
	uint64_t r0 = 0;
	double us = 0;
	int err = act_load(&act, checksum_text, NULL, &options);

	if (err == -ENOTSUP && engine == PROGRAM_ENGINE_JIT) {
		diag_release(&act.diag);
		act.diag = (struct diag){ 0 };
		us = -1;
	} else if (!err && first) {
		print_listing(&act);
	}
	if (!err)
		err = act_run(&act, input, &r0);
	if (!err && first)
		printf("\n  %s, %zu bytes: 0x%04llx", input->path, input->len,
		       (unsigned long long)r0);
	if (!err && first)
		printf("; C says 0x%04x\n", checksum_in_c(input));
	if (!err && r0 == checksum_in_c(input)) {
		us = measure_us(&act, input);
		print_speed(vm_engine_name(act.program), us, input);
	}
	act_release(&act);
	return us;
}

static int show_engines(const struct input *input)
{
	double interpreted, native;

	printf("1. The Internet checksum of a file, interpreted and as machine code\n\n");
	interpreted = checksum_on(PROGRAM_ENGINE_INTERPRETER, input, true);
	native = checksum_on(PROGRAM_ENGINE_JIT, input, false);
	if (native > 0)
		printf("  The machine code is %.1f times as fast.\n", interpreted / native);
	else if (native < 0)
		printf("  There is no machine code for this processor yet.\n");
	return interpreted > 0 && native != 0 ? 0 : -EIO;
}

/* --- Second act: maps --- */

struct word {
	char text[9];
	uint64_t count;
};

struct words {
	struct word *words;
	size_t len;
	uint64_t total;
};

static bool add_word(void *arg, const void *key, void *value)
{
	struct words *words = arg;
	struct word *word = &words->words[words->len++];

	memcpy(word->text, key, 8);
	word->text[8] = '\0';
	word->count = load_u64(value);
	words->total += word->count;
	return true;
}

static int by_count(const void *a, const void *b)
{
	const struct word *x = a, *y = b;

	return x->count != y->count ? (x->count < y->count ? 1 : -1) : strcmp(x->text, y->text);
}

static void print_words(struct map *map)
{
	struct words words = { .words = calloc(map->max_entries, sizeof *words.words) };

	if (!words.words)
		return;
	(void)map->ops->each(map, add_word, &words);
	qsort(words.words, words.len, sizeof *words.words, by_count);
	printf("  %llu words, %zu different ones by their first eight letters:\n ",
	       (unsigned long long)words.total, words.len);
	for (size_t i = 0; i < words.len && i < SHOWN_WORDS; i++)
		printf(" %s %llu%s", words.words[i].text, (unsigned long long)words.words[i].count,
		       i + 1 < words.len && i + 1 < SHOWN_WORDS ? "," : "\n");
	free(words.words);
}

static int show_maps(const char *path)
{
	static const struct program_map map = {
		.spec = { .name = "words",
			  .type = MAP_TYPE_HASH,
			  .key_size = 8,
			  .value_size = 8,
			  .max_entries = 16384 },
	};
	const struct program_options options = { .vm.guarded = true };
	struct input input;
	struct act act;
	uint64_t r0;
	int err = read_input(path, &input);

	if (err)
		return err;
	printf("\n2. The words of %s, counted in a hash map by a guarded program\n\n", path);
	err = act_load(&act, words_text, &map, &options);
	if (!err)
		err = act_run(&act, &input, &r0);
	if (!err)
		print_words(program_map(act.program, 0));
	act_release(&act);
	free(input.data);
	return err;
}

/* --- Third act: what goes wrong --- */

/* Run @text, which is to end with @expected, and show what the machine has to say. */
static int show_fault(const char *text, const struct input *input, uint64_t most_insns,
		      int expected)
{
	const struct program_options options = { .vm = { .guarded = true, .limited = true } };
	struct strbuf out = { 0 };
	struct act act;
	uint64_t r0;
	int err = act_load(&act, text, NULL, &options);

	if (!err) {
		vm_run_set_limits(program_run_vm(act.run), most_insns, 0);
		err = act_run(&act, input, &r0);
	}
	if (err == expected) {
		act.diag.name = NULL;
		vm_run_explain(program_run_vm(act.run), &act.diag);
		diag_render(&act.diag, &out);
		printf("  %s", strbuf_text(&out));
		strbuf_release(&out);
		diag_release(&act.diag);
		act.diag = (struct diag){ 0 };
		err = 0;
	} else if (!err) {
		err = -EIO;
	}
	act_release(&act);
	return err;
}

static int show_faults(const struct input *input)
{
	int err;

	printf("\n3. Programs that read one byte too many, and that never end, guarded\n\n");
	err = show_fault(overrun_text, input, 0, -EFAULT);
	return err ? err : show_fault(endless_text, input, 10000000, -ELOOP);
}

static int run_demo(const struct command_args *args)
{
	struct input input;
	int err = read_input("/proc/self/exe", &input);

	(void)args;
	if (err)
		return EXIT_FAILED;
	printf("waggle %s on %s\n\n", WAGGLE_VERSION, WAGGLE_ARCHITECTURE);
	err = show_engines(&input);
	if (!err)
		err = show_maps("/proc/cpuinfo");
	if (!err)
		err = show_faults(&input);
	free(input.data);
	return err ? EXIT_FAILED : EXIT_OK;
}

const struct command command_demo = {
	.name = "demo",
	.operands = "",
	.summary = "show what the machine can do, on data of this computer",
	.details = "Takes about a second and needs no privileges.",
	.run = run_demo,
};
