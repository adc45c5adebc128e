/*
 * asm.c - 'waggle asm': from the text of instructions to their bytes.
 */
#include "cmd/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "isa/asm.h"
#include "isa/bytes.h"
#include "isa/disasm.h"

/* The program in the format asked for. */
static int format_program(const char *format, const struct insn *insns, size_t count,
			  struct strbuf *out)
{
	const struct isa_disasm_options list = { .names = &isa_linux_names, .numbers = true };

	if (strcmp(format, "list") == 0)
		return isa_disasm(insns, count, &list, out);
	if (strcmp(format, "hex") == 0)
		isa_bytes_write_hex(insns, count, out);
	else if (strcmp(format, "c") == 0)
		isa_bytes_write_c(insns, count, &isa_linux_names, out);
	else
		strbuf_add(out, insns, count * sizeof *insns);
	return out->failed ? -ENOMEM : 0;
}

static int write_file(const char *path, const struct strbuf *out)
{
	FILE *file = fopen(path, "w");
	bool failed;

	if (!file)
		return -errno;
	failed = fwrite(strbuf_text(out), 1, out->len, file) != out->len;
	failed |= fclose(file) != 0;
	return failed ? -errno : 0;
}

/* Whether standard output takes it shows at the program's end. */
static int write_output(const char *path, const struct strbuf *out)
{
	struct diag diag = { .name = "waggle asm" };
	int err = 0;

	if (path)
		err = write_file(path, out);
	else
		(void)fwrite(strbuf_text(out), 1, out->len, stdout);
	if (!err)
		return EXIT_OK;
	diag_error(&diag, SPAN_NONE, "cannot write '%s': %s", path, strerror(-err));
	command_report(&diag);
	diag_release(&diag);
	return EXIT_FAILED;
}

/* Assemble @source and write the result as the options say. */
static int assemble(const struct command_args *args, const struct source *source, struct diag *diag)
{
	const char *output = args_value(args, "output"), *format = args_value(args, "format");
	struct arena arena = { 0 };
	struct strbuf out = { 0 };
	struct insn *insns;
	size_t count;
	int status = EXIT_FAILED;
	int err =
		isa_asm(source->text, source->len, &isa_linux_names, &arena, diag, &insns, &count);

	if (!format)
		format = !output && isatty(STDOUT_FILENO) ? "list" : "raw";
	if (!err)
		err = format_program(format, insns, count, &out);
	if (!err)
		status = write_output(output, &out);
	else if (err == -ENOMEM)
		diag_error(diag, SPAN_NONE, "out of memory");
	strbuf_release(&out);
	arena_release(&arena);
	return status;
}

static int run_asm(const struct command_args *args)
{
	const char *path = args_operand(args, 0);
	struct diag diag = { .name = "waggle asm" };
	struct source source = { .name = file_name(path) };
	char *text = NULL;
	int status = EXIT_USAGE;

	if (file_read(path, &diag, &text, &source.len) == 0) {
		source.text = text;
		diag.source = &source;
		status = assemble(args, &source, &diag);
	}
	command_report(&diag);
	diag_release(&diag);
	free(text);
	return status;
}

static const struct command_option options[] = {
	{'o',					 "output", "FILE", NULL, "write to FILE and not to standard output" },
	{ 'f',				     "format", "FORMAT", "raw|hex|c|list", "what to write: see above" },
	{ 0},
};

const struct command command_asm = {
	.name = "asm",
	.operands = "FILE",
	.summary = "assemble eBPF instructions",
	.details =
		"Reads instructions, one a line, in the text that the kernel's verifier and bpftool "
		"print; '-' is standard input. Dumps of bpftool and llvm-objdump can be pasted.\n"
		"\n"
		" loop: r1 += 1              a label; w1 is the low half of r1\n"
		" r2 = *(u32 *)(r1 +4)       u8, u16, u32, u64; sign-extended: s8, s16, s32\n"
		" *(u64 *)(r10 -8) = 0\n"
		" if r2 s> 3 goto loop       s> compares signed; or a distance: goto +2\n"
		" r3 = 0x1122334455667788 ll a wide load; without ll, 32 bits\n"
		" r1 = map[fd:3]             the map behind a file descriptor\n"
		" call bpf_ktime_get_ns      a helper, or a label\n"
		" .equ KEY, 0x1234           a constant\n"
		" .insn 0x95 0 0 0 0         any bytes: opcode dst src off imm\n"
		" exit                       # ; and // begin comments\n"
		"\n"
		"The format is 'raw', the bytes as the kernel takes them; 'hex', them as digits; 'c', "
		"rows for an array of struct bpf_insn; or 'list', what 'waggle disasm' prints. Without "
		"one, it is raw, but list for a terminal.",
	.examples = "waggle asm prog.s -o prog.bin\n"
		    "printf 'r0 = 1\\nexit\\n' | waggle asm --format hex -",
	.options = options,
	.least_operands = 1,
	.most_operands = 1,
	.run = run_asm,
};
