/*
 * disasm.c - 'waggle disasm': from the bytes of instructions to their text.
 */
#include "cmd/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "isa/bytes.h"
#include "isa/disasm.h"

static int print_program(const struct command_args *args, const struct isa_program *program,
			 struct diag *diag)
{
	const char *format = args_value(args, "format");
	const bool is_source = format && strcmp(format, "source") == 0;
	const struct isa_disasm_options options = {
		.names = &isa_linux_names,
		.numbers = !is_source,
		.labels = is_source,
		.bytes = args_flag(args, "bytes"),
	};
	struct strbuf out = { 0 };
	int status = EXIT_OK;

	if (program->is_classic) {
		diag_error(diag, SPAN_NONE, "this program is of classic BPF, not of eBPF");
		return EXIT_FAILED;
	}
	if (isa_disasm(program->insns, program->count, &options, &out)) {
		diag_error(diag, SPAN_NONE, "out of memory");
		status = EXIT_FAILED;
	} else {
		(void)fwrite(strbuf_text(&out), 1, out.len, stdout);
	}
	strbuf_release(&out);
	return status;
}

static int run_disasm(const struct command_args *args)
{
	const char *path = args_operand(args, 0);
	struct diag diag = { .name = "waggle disasm" };
	struct source source = { .name = file_name(path) };
	struct arena arena = { 0 };
	struct isa_program program;
	char *data = NULL;
	int status = EXIT_USAGE;

	if (file_read(path, &diag, &data, &source.len) == 0) {
		source.text = data;
		diag.source = &source;
		if (isa_bytes_read(&source, ISA_SET_ANY, &arena, &diag, &program) == 0)
			status = print_program(args, &program, &diag);
	}
	command_report(&diag);
	diag_release(&diag);
	arena_release(&arena);
	free(data);
	return status;
}

static const struct command_option options[] = {
	{'f',							       "format", "FORMAT", "list|source",
         "a list with numbers, or source with labels, which can be edited" },
	{ 'b',							 "bytes", NULL, NULL, "show the bytes of each instruction too" },
	{ 0},
};

const struct command command_disasm = {
	.name = "disasm",
	.operands = "FILE",
	.summary = "print eBPF instructions as text",
	.details =
		"FILE ('-' is standard input) is a program in any of these shapes: the bytes "
		"themselves, as the kernel takes them; the bytes in hexadecimal; or a C array of "
		"struct bpf_insn or of bytes.\n"
		"\n"
		"The text is that of the kernel's verifier and of bpftool. 'waggle asm' makes the same "
		"bytes of it again, also where FILE contains what is no instruction.",
	.examples = "waggle disasm prog.bin\n"
		    "echo 'b7 00 00 00 01 00 00 00 95 00 00 00 00 00 00 00' | waggle disasm -\n"
		    "waggle disasm --format source prog.bin > prog.s",
	.options = options,
	.least_operands = 1,
	.most_operands = 1,
	.run = run_disasm,
};
