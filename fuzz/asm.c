/*
 * asm.c - fuzzes the assembler: any text.
 *
 * Whatever assembles must come back the same from each way to print it.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "isa/asm.h"
#include "isa/disasm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_round_trip(const struct insn *insns, size_t count,
			     const struct isa_disasm_options *options)
{
	struct strbuf text = { 0 };
	struct arena arena = { 0 };
	struct insn *again;
	size_t again_count;

	if (isa_disasm(insns, count, options, &text) ||
	    isa_asm(strbuf_text(&text), text.len, options->names, &arena, NULL, &again,
		    &again_count) ||
	    again_count != count || (count && memcmp(again, insns, count * sizeof *insns) != 0))
		abort();
	strbuf_release(&text);
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct isa_disasm_options source = { .names = &isa_linux_names, .labels = true };
	const struct isa_disasm_options all = { .numbers = true, .bytes = true, .labels = true };
	char *text = malloc(size ? size : 1); /* without a NUL: a byte too far is noticed */
	struct source where = { .name = "fuzz", .text = text, .len = size };
	struct diag diag = { .source = &where };
	struct arena arena = { 0 };
	struct strbuf messages = { 0 };
	struct insn *insns;
	size_t count;
	int err;

	if (!text)
		return 0;
	if (size)
		memcpy(text, data, size);
	err = isa_asm(text, size, &isa_linux_names, &arena, &diag, &insns, &count);
	if (!err != !diag.error_count)
		abort();
	diag_render(&diag, &messages);
	if (!err) {
		check_round_trip(insns, count, &source);
		check_round_trip(insns, count, &all);
	}
	strbuf_release(&messages);
	diag_release(&diag);
	arena_release(&arena);
	free(text);
	return 0;
}
