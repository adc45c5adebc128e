/*
 * disasm.c - fuzzes the disassembler and the readers of numbers: any bytes.
 *
 * The bytes are a program, valid or not: its text must assemble to them.  They are also a file of
 * some shape, raw, hex, C or decimal; what is read from it must come back from hex and from C.
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
	struct isa_program again;
	struct arena arena = { 0 };

	if (isa_bytes_read(strbuf_text(written), written->len, &arena, NULL, &again) ||
	    again.is_classic || again.count != program->count ||
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size ? size : 1);
	struct source source = { "fuzz", copy, size };
	struct diag diag = { .source = &source };
	struct strbuf messages = { 0 };
	struct arena arena = { 0 };
	struct isa_program program;
	struct insn *insns;
	size_t count = size / sizeof *insns;
	int err;

	if (!copy)
		return 0;
	if (size)
		memcpy(copy, data, size);
	err = isa_bytes_read(copy, size, &arena, &diag, &program);
	if (!err != !diag.error_count)
		abort();
	diag_render(&diag, &messages);
	if (!err && !program.is_classic)
		check_shapes(&program);
	insns = arena_alloc_array(&arena, count, sizeof *insns);
	if (insns && count) {
		memcpy(insns, data, count * sizeof *insns);
		check_text(insns, count);
	}
	strbuf_release(&messages);
	diag_release(&diag);
	arena_release(&arena);
	free(copy);
	return 0;
}
