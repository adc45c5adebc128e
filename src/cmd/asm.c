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
#include "cmd/code_format.h"
#include "isa/asm.h"

/* Assemble @source as what it is, or as classic BPF if @classic. */
static int assemble(const struct source *source, bool classic, struct arena *arena,
		    struct diag *diag, struct isa_program *ret_program)
{
	struct isa_program program = { .is_classic = classic || cbpf_is_text(source) };
	int err;

	if (program.is_classic) {
		err = cbpf_assemble(source, arena, diag, &program.classic);
		if (!err)
			err = cbpf_check(&program.classic, diag);
	} else {
		err = isa_asm(source->text, source->len, &isa_linux_names, arena, diag,
			      &program.insns, &program.count);
	}
	if (!err)
		*ret_program = program;
	return err;
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
static int assemble_and_write(const struct command_args *args, const struct source *source,
			      struct diag *diag)
{
	const char *output = args_value(args, "output"), *format = args_value(args, "format");
	struct isa_program program;
	struct arena arena = { 0 };
	struct strbuf out = { 0 };
	int status = EXIT_FAILED;
	int err = assemble(source, args_flag(args, "classic"), &arena, diag, &program);

	if (!format)
		format = !output && isatty(STDOUT_FILENO) ? "list" : "raw";
	if (!err) {
		err = code_format(&program, format, false, diag, &out);
		status = err ? EXIT_USAGE : write_output(output, &out);
	}
	if (err == -ENOMEM)
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
		status = assemble_and_write(args, &source, &diag);
	}
	command_report(&diag);
	diag_release(&diag);
	free(text);
	return status;
}

/* clang-format off */
static const struct command_option options[] = {
	{ 'o', "output",  "FILE",   NULL,            "write to FILE and not to standard output" },
	{ 'f', "format",  "FORMAT", CODE_FORMATS, "what to write" },
	{ 'c', "classic", NULL,     NULL,
	  "the text is of classic BPF, whatever its first instruction looks like" },
	{ 0 },
};
/* clang-format on */

const struct command command_asm = {
	.name = "asm",
	.operands = "FILE",
	.summary = "assemble eBPF or classic BPF instructions",
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
		"\n" CODE_FORMATS_HELP " Without one, it is raw, but list for a terminal.\n"
		"\n"
		"Classic BPF is assembled too, when the first instruction is one of it: the text that "
		"'tcpdump -d' prints, and the language of Linux's bpf_asm, in which such a program is:\n"
		"\n"
		" ldh [12]                   [x + 4], M[3], 4*([14]&0xf), len, #5; ld proto\n"
		" jeq #0x800, ip, drop       labels for true and false\n"
		" ip: ret #-1                keep the whole packet\n"
		" drop: ret #0               ; // and a # that begins a line begin comments\n"
		"\n"
		"It must be a program that Linux takes.",
	.examples = "waggle asm prog.s -o prog.bin\n"
		    "printf 'r0 = 1\\nexit\\n' | waggle asm --format hex -\n"
		    "tcpdump -d 'tcp port 22' | waggle asm --format decimal -",
	.options = options,
	.least_operands = 1,
	.most_operands = 1,
	.run = run_asm,
};
