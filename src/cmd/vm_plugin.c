/*
 * vm_plugin.c - 'waggle vm plugin': the form that the BPF conformance suite drives.
 *
 * The suite (github.com/Alan-Jowett/bpf_conformance) starts a program for each test with the
 * memory as its first argument, the plugin's options as its second (empty when there are none),
 * and the instructions on standard input, both in hex; it reads r0 in hex from standard output.
 */
#include "cmd/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/file.h"
#include "cmd/vm.h"
#include "isa/bytes.h"

enum { MOST_INSNS = 100000000 }; /* no test of the suite comes near; none may hang it */

/* The suite's one helper: a result of zero ends the program. */
static uint64_t unwind(uint64_t r1, uint64_t r2, uint64_t r3, uint64_t r4, uint64_t r5,
		       struct vm_run *run)
{
	(void)r2, (void)r3, (void)r4, (void)r5, (void)run;
	return r1;
}

static const struct vm_helper helpers[] = {
	[5] = { "unwind", unwind, VM_HELPER_UNWIND },
};

struct plugin {
	struct diag diag;
	struct arena arena;
	uint8_t *memory;
	size_t memory_len;
	char *text;
	struct program *program;
	struct program_run *run;
};

static int read_program(struct plugin *plugin, struct isa_program *ret_program)
{
	struct source source = { 0 };
	int err = file_read("-", &plugin->diag, &plugin->text, &source.len);

	source.text = plugin->text;
	if (!err)
		err = isa_bytes_read(&source, ISA_SET_ANY, &plugin->arena, &plugin->diag,
				     ret_program);
	if (err)
		return err;
	if (!ret_program->is_classic)
		return 0;
	diag_error(&plugin->diag, SPAN_NONE, "the program is of classic BPF, not of eBPF");
	return -EINVAL;
}

static int run_program(struct plugin *plugin, const struct isa_program *bytes,
		       enum program_engine engine, uint64_t *ret_r0)
{
	const struct program_spec spec = { .code = { bytes->insns, bytes->count } };
	const struct program_options options = {
		.vm = { .guarded = true, .limited = true },
		.engine = engine,
		.helpers = helpers,
		.helper_count = sizeof helpers / sizeof helpers[0],
	};
	const uint64_t args[5] = { (uintptr_t)plugin->memory, plugin->memory_len };
	int err = program_new(&spec, &options, &plugin->diag, &plugin->program);

	if (!err)
		err = program_run_new(plugin->program, &plugin->diag, &plugin->run);
	if (!err)
		err = program_run_add_memory(plugin->run, plugin->memory, plugin->memory_len, true);
	if (err)
		return err;
	vm_run_set_limits(program_run_vm(plugin->run), MOST_INSNS, 0);
	err = program_run(plugin->run, args, ret_r0);
	if (err)
		vm_run_explain(program_run_vm(plugin->run), &plugin->diag);
	return err;
}

static int run_vm_plugin(const struct command_args *args)
{
	const char *memory = args_operand(args, 0);
	const char *rest = args_operand(args, 1);
	struct plugin plugin = { .diag = { .name = "waggle vm plugin" } };
	bool failed = false;
	enum program_engine engine = vm_engine(args, &failed);
	struct isa_program program;
	uint64_t r0;
	int err = failed ? -EINVAL : 0;

	if (rest && *rest) {
		diag_error(&plugin.diag, SPAN_NONE, "'%s' is none of the plugin's options", rest);
		err = -EINVAL;
	}
	if (!err)
		err = vm_parse_hex(memory ? memory : "", &plugin.diag, &plugin.memory,
				   &plugin.memory_len);
	if (!err)
		err = read_program(&plugin, &program);
	if (!err)
		err = run_program(&plugin, &program, engine, &r0);
	if (!err)
		printf("%llx\n", (unsigned long long)r0);
	command_report(&plugin.diag);
	program_run_free(plugin.run);
	program_free(plugin.program);
	diag_release(&plugin.diag);
	arena_release(&plugin.arena);
	free(plugin.memory);
	free(plugin.text);
	return err ? EXIT_FAILED : EXIT_OK;
}

/* clang-format off */
static const struct command_option options[] = {
	VM_ENGINE_OPTIONS,
	{ 0 },
};
/* clang-format on */

const struct command command_vm_plugin = {
	.name = "vm plugin",
	.operands = "[MEMORY]",
	.summary = "run a program for the BPF conformance suite",
	.details =
		"Reads a program in hexadecimal from standard input, runs it with the bytes of MEMORY, "
		"also in hexadecimal, and prints r0 in hexadecimal without a prefix.  r1 is the address "
		"of the memory and r2 its length.  Helper 5 returns its first argument, and ends the "
		"program with r0 = 0 when that is 0; there are no others.\n"
		"\n"
		"The program is not trusted: every access is checked, and it ends after a hundred million "
		"instructions.  A program that is refused or faults is reported on standard error, "
		"with exit status 1.\n"
		"\n"
		"The suite wants one file to start, so give it a script that says: "
		"exec waggle vm plugin \"$@\"",
	.examples = "echo b7 00 00 00 2a 00 00 00 95 00 00 00 00 00 00 00 | waggle vm plugin",
	.options = options,
	.most_operands = 2,
	.run = run_vm_plugin,
};
