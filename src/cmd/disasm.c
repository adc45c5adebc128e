/*
 * disasm.c - 'waggle disasm': from the bytes of instructions to their text.
 */
#include "cmd/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cmd/code_format.h"

static int print_program(const struct command_args *args, const struct isa_program *program,
			 struct diag *diag)
{
	const char *format = args_value(args, "format");
	struct strbuf out = { 0 };
	int err = code_format(program, format ? format : "list", args_flag(args, "bytes"), diag,
			      &out);

	if (!err)
		(void)fwrite(strbuf_text(&out), 1, out.len, stdout);
	else if (err == -ENOMEM)
		diag_error(diag, SPAN_NONE, "out of memory");
	strbuf_release(&out);
	return !err ? EXIT_OK : err == -ENOMEM ? EXIT_FAILED : EXIT_USAGE;
}

static int run_disasm(const struct command_args *args)
{
	const char *path = args_operand(args, 0);
	struct diag diag = { .name = "waggle disasm" };
	struct source source = { .name = file_name(path) };
	struct arena arena = { 0 };
	enum isa_set set = args_flag(args, "classic") ? ISA_SET_CLASSIC : ISA_SET_ANY;
	struct isa_program program;
	char *data = NULL;
	int status = EXIT_USAGE;

	if (file_read(path, &diag, &data, &source.len) == 0) {
		source.text = data;
		diag.source = &source;
		if (isa_bytes_read(&source, set, &arena, &diag, &program) == 0)
			status = print_program(args, &program, &diag);
	}
	command_report(&diag);
	diag_release(&diag);
	arena_release(&arena);
	free(data);
	return status;
}

/* clang-format off */
static const struct command_option options[] = {
	{ 'f', "format",  "FORMAT", CODE_FORMATS, "what to print" },
	{ 'b', "bytes",   NULL,     NULL,            "show the bytes of each eBPF instruction too" },
	{ 'c', "classic", NULL,     NULL,            "the bytes are of classic BPF" },
	{ 0 },
};
/* clang-format on */

const struct command command_disasm = {
	.name = "disasm",
	.operands = "FILE",
	.summary = "print eBPF or classic BPF instructions as text",
	.details =
		"FILE ('-' is standard input) is a program in any of these shapes: the bytes "
		"themselves, as the kernel takes them; the bytes in hexadecimal; a C array of struct "
		"bpf_insn, of struct sock_filter or of bytes; or the numbers that 'tcpdump -ddd' and "
		"iptables have. Bytes are taken for eBPF unless --classic is given.\n"
		"\n"
		"The text is that of the kernel's verifier and of bpftool, or of tcpdump and bpf_asm. "
		"'waggle asm' makes the same program of it again; of eBPF also where FILE contains what "
		"is no instruction.\n"
		"\n" CODE_FORMATS_HELP " Without one, it is a list.",
	.examples = "waggle disasm prog.bin\n"
		    "echo 'b7 00 00 00 01 00 00 00 95 00 00 00 00 00 00 00' | waggle disasm -\n"
		    "waggle disasm --format source prog.bin > prog.s\n"
		    "tcpdump -ddd 'tcp port 22' | waggle disasm --format source -",
	.options = options,
	.least_operands = 1,
	.most_operands = 1,
	.run = run_disasm,
};
