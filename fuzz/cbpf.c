/*
 * cbpf.c - fuzzing of classic BPF, for libFuzzer.
 *
 * The first byte says what the rest is: a program, or a text for one of the two readers.  A text
 * must be read or refused with a message; a program that the check takes must survive every
 * spelling and both conversions, and run.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "isa/bytes.h"
#include "isa/cbpf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
	if (!good)
		abort();
}

static int read_numbers(const struct source *source, struct arena *arena, struct diag *diag,
			struct cbpf_prog *ret_prog)
{
	struct isa_program program;
	int err = isa_bytes_read(source, ISA_SET_CLASSIC, arena, diag, &program);

	if (!err)
		*ret_prog = program.classic;
	return err;
}

static void must_come_back(const struct cbpf_prog *prog, enum cbpf_text form)
{
	struct strbuf text = { 0 };
	struct arena arena = { 0 };
	struct cbpf_prog back = { 0 };
	struct source source = { .name = "text" };

	cbpf_disasm(prog, form, &text);
	source.text = strbuf_text(&text);
	source.len = text.len;
	if (form == CBPF_TEXT_C || form == CBPF_TEXT_DECIMAL)
		must(!read_numbers(&source, &arena, NULL, &back));
	else
		must(!cbpf_assemble(&source, &arena, NULL, &back));
	must(back.count == prog->count);
	for (size_t i = 0; i < back.count; i++) {
		struct cbpf_insn insn = cbpf_canonical(prog->insns[i]);

		if (form == CBPF_TEXT_C || form == CBPF_TEXT_DECIMAL)
			insn = prog->insns[i];
		must(!memcmp(&back.insns[i], &insn, sizeof insn));
	}
	strbuf_release(&text);
	arena_release(&arena);
}

static void must_convert(const struct cbpf_prog *prog, enum cbpf_target target)
{
	struct arena arena = { 0 };
	struct diag diag = { 0 };
	struct cbpf_ebpf ebpf;
	int err = cbpf_to_ebpf(prog, target, &arena, &diag, &ebpf);

	must((err != 0) == (diag.error_count != 0));
	for (size_t i = 0; !err && i < ebpf.count; i++) {
		int op = isa_decode(&ebpf.insns[i], ebpf.count - i);
		int64_t to = 0;

		must(op >= 0);
		if (isa_jump_target((enum isa_op)op, &ebpf.insns[i], i, &to))
			must(to > (int64_t)i && to < (int64_t)ebpf.count);
	}
	diag_release(&diag);
	arena_release(&arena);
}

static void run(const struct cbpf_prog *prog)
{
	const struct cbpf_aux aux = { .has_headers = true, .net_offset = 14 };
	uint8_t *packet = malloc(40);

	if (!packet)
		return;
	for (unsigned int i = 0; i < 40; i++)
		packet[i] = (uint8_t)(i * 3);
	(void)cbpf_run(prog->insns, &(struct cbpf_packet){ packet, 40, 60, &aux });
	(void)cbpf_run(prog->insns, &(struct cbpf_packet){ packet, 40, 40, NULL });
	free(packet);
}

static void fuzz_program(const struct cbpf_prog *prog)
{
	struct strbuf text = { 0 };
	struct diag diag = { 0 };
	int err = cbpf_check(prog, &diag);

	must((err != 0) == (diag.error_count != 0));
	for (int form = CBPF_TEXT_PCAP; form <= CBPF_TEXT_ASM; form++) {
		cbpf_disasm(prog, (enum cbpf_text)form, &text);
		if (!err)
			must_come_back(prog, (enum cbpf_text)form);
	}
	if (!err) {
		must_convert(prog, CBPF_TARGET_SKB);
		must_convert(prog, CBPF_TARGET_MEM);
		run(prog);
	}
	strbuf_release(&text);
	diag_release(&diag);
}

static void fuzz_text(const struct source *source, bool is_asm)
{
	struct diag diag = { .source = source };
	struct arena arena = { 0 };
	struct strbuf messages = { 0 };
	struct cbpf_prog prog;
	int err = is_asm ? cbpf_assemble(source, &arena, &diag, &prog) :
			   read_numbers(source, &arena, &diag, &prog);

	must((err != 0) == (diag.error_count != 0));
	if (!err)
		fuzz_program(&prog);
	diag_render(&diag, &messages);
	strbuf_release(&messages);
	diag_release(&diag);
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy;

	if (!size)
		return 0;
	copy = malloc(size); /* exactly as long, so that a read past the end is seen */
	if (!copy)
		return 0;
	memcpy(copy, data + 1, size - 1);
	if (data[0] % 3 == 0)
		fuzz_program(&(struct cbpf_prog){ (const struct cbpf_insn *)(const void *)copy,
						  (size - 1) / sizeof(struct cbpf_insn), NULL });
	else
		fuzz_text(&(struct source){ .name = "text", .text = copy, .len = size - 1 },
			  data[0] % 3 == 1);
	free(copy);
	return 0;
}
