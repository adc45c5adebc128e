/*
 * code_format.c - programs of either instruction set in the formats that commands write.
 */
#include "cmd/code_format.h"

#include <errno.h>
#include <string.h>

#include "isa/disasm.h"

static int format_text(const struct isa_program *program, bool is_source, bool bytes,
		       struct strbuf *out)
{
	const struct isa_disasm_options options = {
		.names = &isa_linux_names,
		.numbers = !is_source,
		.labels = is_source,
		.bytes = bytes,
	};

	if (!program->is_classic)
		return isa_disasm(program->insns, program->count, &options, out);
	cbpf_disasm(&program->classic, is_source ? CBPF_TEXT_ASM : CBPF_TEXT_PCAP, out);
	return out->failed ? -ENOMEM : 0;
}

static void format_c(const struct isa_program *program, struct strbuf *out)
{
	if (program->is_classic)
		cbpf_disasm(&program->classic, CBPF_TEXT_C, out);
	else
		isa_bytes_write_c(program->insns, program->count, &isa_linux_names, out);
}

/* The bytes, as they are or as digits. */
static void format_bytes(const struct isa_program *program, bool is_hex, struct strbuf *out)
{
	const void *insns = program->insns;
	size_t count = program->count;

	if (program->is_classic) {
		insns = program->classic.insns;
		count = program->classic.count;
	}
	if (is_hex)
		isa_bytes_write_hex(insns, count, out);
	else
		strbuf_add(out, insns, count * sizeof(struct insn));
}

int code_format(const struct isa_program *program, const char *format, bool bytes,
		struct diag *diag, struct strbuf *out)
{
	bool is_source = strcmp(format, "source") == 0;
	bool is_text = is_source || strcmp(format, "list") == 0;

	if (bytes && (program->is_classic || !is_text)) {
		diag_error(diag, SPAN_NONE, "only a list or source of eBPF has room for bytes");
		diag_hint(diag, "to see the bytes of any program: --format hex");
		return -EINVAL;
	}
	if (is_text)
		return format_text(program, is_source, bytes, out);
	if (strcmp(format, "c") == 0) {
		format_c(program, out);
	} else if (strcmp(format, "decimal") != 0) {
		format_bytes(program, strcmp(format, "hex") == 0, out);
	} else if (program->is_classic) {
		cbpf_disasm(&program->classic, CBPF_TEXT_DECIMAL, out);
	} else {
		diag_error(diag, SPAN_NONE,
			   "this program is of eBPF, and 'decimal' of classic BPF");
		diag_hint(diag, "numbers of eBPF are: --format c, or --format hex");
		return -EINVAL;
	}
	return out->failed ? -ENOMEM : 0;
}
