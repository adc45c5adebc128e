/*
 * disasm.c - fuzzes the disassembler and the readers of numbers: any bytes.
 *
 * The bytes are a program, valid or not: its text must assemble to them.  They are also a file of
 * some shape, raw, hex, C or decimal; what is read from it must come back from hex, C and decimal.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "isa/asm.h"
#include "isa/bytes.h"
#include "isa/disasm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const struct insn *insns, size_t count)
{
	for (unsigned int way = 0; way < 4; way++) {
		const struct isa_disasm_options options = {
			.names = way & 1 ? &isa_linux_names : NULL,
			.numbers = way & 2,
			.bytes = way & 2,
			.labels = way & 1,
		};
		struct strbuf text = { 0 };
		struct arena arena = { 0 };
		struct insn *again;
		size_t again_count;

		if (isa_disasm(insns, count, &options, &text) ||
		    isa_asm(strbuf_text(&text), text.len, &isa_linux_names, &arena, NULL, &again,
			    &again_count) ||
		    again_count != count || memcmp(again, insns, count * sizeof *insns) != 0)
			abort();
		strbuf_release(&text);
		arena_release(&arena);
	}
}

static void check_shape(const struct isa_program *program, const struct strbuf *written)
{
	const struct source source = { .name = "written",
				       .text = strbuf_text(written),
				       .len = written->len };
	struct isa_program again;
	struct arena arena = { 0 };

	if (isa_bytes_read(&source, ISA_SET_ANY, &arena, NULL, &again) || again.is_classic ||
	    again.count != program->count ||
	    memcmp(again.insns, program->insns, program->count * sizeof *again.insns) != 0)
		abort();
	arena_release(&arena);
}

static void check_shapes(const struct isa_program *program)
{
	struct strbuf out = { 0 };

	isa_bytes_write_hex(program->insns, program->count, &out);
	check_shape(program, &out);
	strbuf_reset(&out);
	isa_bytes_write_c(program->insns, program->count, &isa_linux_names, &out);
	check_shape(program, &out);
	strbuf_release(&out);
}

static void check_classic_shape(const struct cbpf_prog *prog, enum cbpf_text form)
{
	struct strbuf out = { 0 };
	struct arena arena = { 0 };
	struct isa_program again;
	struct source source = { .name = "written" };

	cbpf_disasm(prog, form, &out);
	source.text = strbuf_text(&out);
	source.len = out.len;
	if (isa_bytes_read(&source, ISA_SET_ANY, &arena, NULL, &again) || !again.is_classic ||
	    again.classic.count != prog->count ||
	    memcmp(again.classic.insns, prog->insns, prog->count * sizeof *prog->insns) != 0)
		abort();
	strbuf_release(&out);
	arena_release(&arena);
}

/* The bytes as a file of some shape. */
static void check_file(const struct source *source, enum isa_set set)
{
	struct diag diag = { .source = source };
	struct strbuf messages = { 0 };
	struct arena arena = { 0 };
	struct isa_program program;
	int err = isa_bytes_read(source, set, &arena, &diag, &program);

	if (!err != !diag.error_count || (!err && set == ISA_SET_CLASSIC && !program.is_classic))
		abort();
	diag_render(&diag, &messages);
	if (!err && program.is_classic) {
		check_classic_shape(&program.classic, CBPF_TEXT_C);
		check_classic_shape(&program.classic, CBPF_TEXT_DECIMAL);
		(void)cbpf_check(&program.classic, &diag);
	} else if (!err) {
		check_shapes(&program);
	}
	strbuf_release(&messages);
	diag_release(&diag);
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size ? size : 1);
	struct source source = { .name = "fuzz", .text = copy, .len = size };
	struct arena arena = { 0 };
	struct insn *insns;
	size_t count = size / sizeof *insns;

	if (!copy)
		return 0;
	if (size)
		memcpy(copy, data, size);
	check_file(&source, ISA_SET_ANY);
	check_file(&source, ISA_SET_CLASSIC);
	insns = arena_alloc_array(&arena, count, sizeof *insns);
	if (insns && count) {
		memcpy(insns, data, count * sizeof *insns);
		check_text(insns, count);
	}
	arena_release(&arena);
	free(copy);
	return 0;
}
