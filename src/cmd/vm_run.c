/*
 * vm_run.c - 'waggle vm run': run a program of any form, and measure it.
 *
 * A measurement is many runs in batches, timed by the processor time of this thread, so that other
 * work on the machine counts little; the best batch is the least disturbed one.
 */
#include "cmd/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/json.h"
#include "cmd/vm.h"
#include "config.h"
#include "embed/image.h"

enum {
	MOST_BATCHES = 20,
	MOST_TIMEOUT_MS = 24 * 60 * 60 * 1000,
};

struct request {
	const struct command_args *args;
	struct program_options options;
	unsigned long repeat; /* 0: run once, and do not measure */
	unsigned long insns, timeout_ms;
	struct diag diag;
	struct source source;
	char *data;
	uint8_t *memory;
	size_t memory_len;
	struct image *image;
	struct program *program;
	struct program_run *run;
	uint64_t load_ns;
};

struct outcome {
	uint64_t r0;
	double best_ns, median_ns; /* of a run, over the batches */
};

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* A line each, as in the kernel's trace. */
static void print_trace(void *data, const char *text, size_t len)
{
	(void)data;
	(void)fwrite(text, 1, len, stderr);
	if (!len || text[len - 1] != '\n')
		(void)fputc('\n', stderr);
}

static bool read_options(struct request *request)
{
	const struct command_args *args = request->args;
	bool failed = false;

	request->options.engine = vm_engine(args, &failed);
	request->options.vm.guarded = args_flag(args, "guarded");
	request->repeat = args_number(args, "repeat", 1, 1000000000, 0, &failed);
	request->insns = args_number(args, "max-insns", 1, INT64_MAX, 0, &failed);
	request->timeout_ms = args_number(args, "timeout", 1, MOST_TIMEOUT_MS, 0, &failed);
	request->options.vm.limited = request->insns || request->timeout_ms;
	return !failed;
}

/* The memory that the program is given: a copy, to which it may write. */
static int read_memory(struct request *request)
{
	const char *hex = args_value(request->args, "mem");
	const char *path = args_value(request->args, "mem-file");
	char *data;
	int err;

	if (hex && path) {
		diag_error(&request->diag, SPAN_NONE,
			   "'--mem' and '--mem-file' exclude each other");
		return -EINVAL;
	}
	if (!path)
		return vm_parse_hex(hex ? hex : "", &request->diag, &request->memory,
				    &request->memory_len);
	err = file_read(path, &request->diag, &data, &request->memory_len);
	if (!err)
		request->memory = (uint8_t *)data;
	return err;
}

static int read_program(struct request *request)
{
	const char *path = args_operand(request->args, 0);
	int err = file_read(path, &request->diag, &request->data, &request->source.len);

	if (err)
		return err;
	request->source.name = file_name(path);
	request->source.text = request->data;
	/* A message about bytes has no line to show. */
	if (image_guess(request->data, request->source.len) == IMAGE_OBJECT)
		request->diag.name = request->source.name;
	else
		request->diag.source = &request->source;
	return image_read(&(struct image_request){ .data = request->data,
						   .len = request->source.len,
						   .entry = args_value(request->args, "entry") },
			  &request->diag, &request->image);
}

static int make_run(struct request *request)
{
	int err = program_new(&request->image->spec, &request->options, &request->diag,
			      &request->program);

	if (!err)
		err = program_run_new(request->program, &request->diag, &request->run);
	if (err)
		return err;
	vm_run_set_limits(program_run_vm(request->run), request->insns,
			  (uint64_t)request->timeout_ms * 1000000);
	vm_run_set_packet(program_run_vm(request->run), request->memory,
			  (uint32_t)request->memory_len);
	program_run_set_trace(request->run, print_trace, NULL);
	return program_run_add_memory(request->run, request->memory, request->memory_len, true);
}

static int run_batch(struct request *request, unsigned long count, struct outcome *outcome)
{
	const uint64_t args[5] = { (uintptr_t)request->memory, request->memory_len };
	int err = 0;

	while (count-- && !err)
		err = program_run(request->run, args, &outcome->r0);
	return err;
}

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Run request->repeat times: whole batches, and what is left over untimed before them. */
static int measure(struct request *request, struct outcome *outcome)
{
	const unsigned long batches = request->repeat < MOST_BATCHES ? request->repeat :
								       MOST_BATCHES;
	const unsigned long count = request->repeat / batches;
	double ns[MOST_BATCHES];
	int err = run_batch(request, request->repeat - batches * count, outcome);

	for (unsigned long i = 0; i < batches && !err; i++) {
		const uint64_t start = clock_ns(CLOCK_THREAD_CPUTIME_ID);

		err = run_batch(request, count, outcome);
		ns[i] = (double)(clock_ns(CLOCK_THREAD_CPUTIME_ID) - start) / (double)count;
	}
	if (err)
		return err;
	qsort(ns, batches, sizeof ns[0], by_value);
	outcome->best_ns = ns[0];
	outcome->median_ns = ns[batches / 2];
	return 0;
}

static void write_maps(struct json *json, const struct request *request)
{
	json_array(json, "maps");
	for (size_t i = 0; i < program_map_count(request->program); i++) {
		const struct map *map = program_map(request->program, i);

		json_object(json, NULL);
		json_string(json, "name", request->image->spec.maps[i].spec.name);
		json_string(json, "type", map->ops->name);
		json_unsigned(json, "key_size", map->key_size);
		json_unsigned(json, "value_size", map->value_size);
		json_unsigned(json, "max_entries", map->max_entries);
		json_end(json);
	}
	json_end(json);
}

static void write_json(const struct request *request, const struct outcome *outcome)
{
	static const char *const forms[] = {
		[IMAGE_OBJECT] = "elf",
		[IMAGE_NUMBERS] = "bytecode",
		[IMAGE_CLASSIC] = "classic",
		[IMAGE_TEXT] = "assembler",
	};
	const size_t native_bytes = program_native_bytes(request->program);
	struct strbuf out = { 0 };
	struct json json = { .out = &out };

	json_object(&json, NULL);
	json_format(&json, "result", "0x%llx", (unsigned long long)outcome->r0);
	json_string(&json, "form", forms[request->image->form]);
	if (request->image->form == IMAGE_OBJECT) {
		json_string(&json, "section", request->image->section);
		json_string(&json, "function", request->image->entry);
	}
	json_string(&json, "engine", native_bytes ? "jit" : "interpreter");
	json_string(&json, "architecture", WAGGLE_ARCHITECTURE);
	json_bool(&json, "guarded", request->options.vm.guarded);
	json_unsigned(&json, "insns", program_insn_count(request->program));
	json_unsigned(&json, "native_bytes", native_bytes);
	json_double(&json, "load_us", (double)request->load_ns / 1000, 1);
	if (request->repeat) {
		json_unsigned(&json, "repeat", request->repeat);
		json_double(&json, "best_ns", outcome->best_ns, 2);
		json_double(&json, "median_ns", outcome->median_ns, 2);
	}
	write_maps(&json, request);
	json_end(&json);
	(void)fputs(strbuf_text(&out), stdout);
	strbuf_release(&out);
}

static void print_outcome(const struct request *request, const struct outcome *outcome)
{
	if (args_flag(request->args, "json"))
		write_json(request, outcome);
	else if (request->repeat)
		printf("result=0x%llx ns=%.2f load_us=%.1f insns=%zu\n",
		       (unsigned long long)outcome->r0, outcome->best_ns,
		       (double)request->load_ns / 1000, program_insn_count(request->program));
	else
		printf("0x%llx\n", (unsigned long long)outcome->r0);
}

/* Returns an exit status. */
static int run(struct request *request)
{
	struct outcome outcome = { 0 };
	uint64_t start;
	int err;

	if (!read_options(request) || read_memory(request))
		return EXIT_USAGE;
	start = clock_ns(CLOCK_MONOTONIC);
	if (read_program(request))
		return EXIT_USAGE;
	request->diag.source = NULL;
	request->diag.name = request->source.name;
	if (make_run(request))
		return EXIT_FAILED;
	request->load_ns = clock_ns(CLOCK_MONOTONIC) - start;
	err = request->repeat ? measure(request, &outcome) : run_batch(request, 1, &outcome);
	if (err) {
		vm_run_explain(program_run_vm(request->run), &request->diag);
		return EXIT_FAILED;
	}
	print_outcome(request, &outcome);
	return EXIT_OK;
}

static int run_vm_run(const struct command_args *args)
{
	struct request request = { .args = args, .diag = { .name = "waggle vm run" } };
	int status = run(&request);

	command_report(&request.diag);
	diag_release(&request.diag);
	program_run_free(request.run);
	program_free(request.program);
	image_free(request.image);
	free(request.memory);
	free(request.data);
	return status;
}

/* clang-format off */
static const struct command_option options[] = {
	VM_ENGINE_OPTIONS,
	{ 0, "guarded", NULL, NULL, "check every memory access and call of the program" },
	{ 0, "mem", "HEX", NULL, "the memory that the program is given, in hexadecimal" },
	{ 0, "mem-file", "FILE", NULL, "the same, from a file ('-' is standard input)" },
	{ 0, "entry", "NAME", NULL, "the section or function to run, of an ELF object with several" },
	{ 0, "repeat", "N", NULL, "run the program N times and say how long a run takes" },
	{ 0, "max-insns", "N", NULL, "end the program after about N instructions" },
	{ 0, "timeout", "MS", NULL, "end the program after MS milliseconds" },
	{ 0, "json", NULL, NULL, "print the result as JSON, with more about the program" },
	{ 0 },
};
/* clang-format on */

const struct command command_vm_run = {
	.name = "vm run",
	.operands = "PROG",
	.summary = "run an eBPF program in this process and print its result",
	.details =
		"PROG ('-' is standard input) is an ELF object as 'clang -target bpf -c' makes it, or "
		"a program as 'waggle asm' and 'waggle disasm' take it: assembler, raw bytes, "
		"hexadecimal, a C array.  Classic BPF, as tcpdump -dd and -ddd print it, is converted to a program "
		"that filters the memory as a packet.\n"
		"\n"
		"The program gets the address of its memory in r1 and the length in r2; its result is "
		"r0, printed in hexadecimal.  It may change its memory: with --repeat, each run finds "
		"what the one before has left, and the result is that of the last.\n"
		"\n"
		"Without --guarded the program is trusted like any code, and a wild access ends "
		"waggle.  With it the program is confined to its memory, its stack and its maps, and "
		"told what it did wrong.\n"
		"\n"
		"--repeat prints one line: the result; the processor time of one run in nanoseconds, in "
		"the best of up to 20 batches; the microseconds it took to load and compile the "
		"program; and its length in instructions.",
	.examples = "waggle vm run --mem '01 02 03' prog.s\n"
		    "waggle vm run --repeat 1000000 --interpret prog.o\n"
		    "waggle vm run --guarded --timeout 100 --json prog.o",
	.options = options,
	.least_operands = 1,
	.most_operands = 1,
	.run = run_vm_run,
};
