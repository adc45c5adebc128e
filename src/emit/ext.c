/*
 * ext.c - .BTF.ext: which functions there are, which lines instructions come from, and which of their immediates
 * are to be fitted to the kernel.
 *
 * The format is in Documentation/bpf/btf.rst of Linux.  Offsets are in bytes; the records of each section of code
 * follow the name of it.
 */
#include <linux/bpf.h>
#include <string.h>

#include "emit/emitting.h"

enum {
	MAGIC = 0xeb9f,
	VERSION = 1,
	COLUMN_BITS = 10,
};

struct header {
	uint16_t magic;
	uint8_t version;
	uint8_t flags;
	uint32_t header_len;
	uint32_t funcs_at, funcs_len; /* from behind the header */
	uint32_t lines_at, lines_len;
	uint32_t fits_at, fits_len;
};

static void describe_funcs(struct emitting *e, struct emit_code *code,
			   const struct bundle_prog *prog, uint32_t first, uint32_t end,
			   uint64_t at)
{
	for (uint32_t i = 0; i < prog->sub_count; i++) {
		const struct bundle_sub *sub = &prog->subs[i];
		struct bpf_func_info info;

		if (sub->insn < first || sub->insn >= end)
			continue;
		info.insn_off = (uint32_t)(at + (sub->insn - first) * sizeof(struct insn));
		info.type_id = btf_build_callback(&e->types, sub->name, sub->arg_count);
		strbuf_add(&code->funcs, &info, sizeof info);
	}
}

/* The line around byte @offset, without what it is indented by. */
static uint32_t line_text(struct emitting *e, size_t offset)
{
	const struct source *source = e->bundle->source;
	size_t start = offset, end = offset;
	const char *text;

	while (start && source->text[start - 1] != '\n')
		start--;
	while (end < source->len && source->text[end] != '\n')
		end++;
	while (start < end && (source->text[start] == ' ' || source->text[start] == '\t'))
		start++;
	text = arena_strndup(&e->arena, source->text + start, end - start);
	e->failed |= !text;
	return btf_build_string(&e->types, text);
}

static void add_line(struct emitting *e, struct emit_code *code, struct span span, uint64_t at)
{
	const struct source *source = e->bundle->source;
	struct bpf_line_info info = { .insn_off = (uint32_t)at };
	unsigned int line, column;

	if (source && span.offset <= source->len) {
		source_position(source, span.offset, &line, &column);
		if (column >= 1 << COLUMN_BITS)
			column = 0;
		info.file_name_off = btf_build_string(&e->types, source_name(source, span.offset));
		info.line_off = line_text(e, span.offset);
		info.line_col = line << COLUMN_BITS | column;
	}
	strbuf_add(&code->lines, &info, sizeof info);
}

static bool begins_function(const struct bundle_prog *prog, uint32_t insn)
{
	for (uint32_t i = 0; i < prog->sub_count; i++)
		if (prog->subs[i].insn == insn)
			return true;
	return false;
}

/* A line for each function, and wherever it changes. */
static void describe_lines(struct emitting *e, struct emit_code *code,
			   const struct bundle_prog *prog, uint32_t first, uint32_t end,
			   uint64_t at)
{
	struct span last = prog->attaches[0].span;

	for (uint32_t i = first; i < end; i++) {
		struct span span = prog->spans[i];
		bool is_new = span.offset != UINT32_MAX && span.offset != last.offset;

		if (is_new)
			last = span;
		if (is_new || begins_function(prog, i))
			add_line(e, code, last, at + (i - first) * sizeof(struct insn));
		if (prog->insns[i].code == (BPF_LD | BPF_IMM | BPF_DW))
			i++; /* the second half */
	}
}

static void describe_fits(struct emitting *e, struct emit_code *code,
			  const struct bundle_prog *prog, uint32_t first, uint32_t end, uint64_t at)
{
	for (uint32_t i = 0; i < prog->fit_count; i++) {
		const struct bundle_fit *fit = &prog->fits[i];
		struct bpf_core_relo relo;

		if (fit->insn < first || fit->insn >= end)
			continue;
		relo = (struct bpf_core_relo){
			.insn_off = (uint32_t)(at + (fit->insn - first) * sizeof(struct insn)),
			.type_id = emit_kernel_type(e, fit->type_id),
			.access_str_off = btf_build_string(&e->types, fit->path),
			.kind = (enum bpf_core_relo_kind)fit->kind,
		};
		strbuf_add(&code->fits, &relo, sizeof relo);
	}
}

void emit_describe(struct emitting *e, struct emit_code *code, const struct bundle_prog *prog,
		   uint32_t first, uint32_t end, uint64_t at)
{
	describe_funcs(e, code, prog, first, end, at);
	describe_lines(e, code, prog, first, end, at);
	describe_fits(e, code, prog, first, end, at);
}

/* --- the section ----------------------------------------------------------------------------- */

static void add_records(struct emitting *e, const struct emit_code *code,
			const struct strbuf *records, uint32_t record_bytes, struct strbuf *out)
{
	const uint32_t head[] = { btf_build_string(&e->types, code->name),
				  (uint32_t)(records->len / record_bytes) };

	e->failed |= records->failed;
	if (!records->len)
		return;
	strbuf_add(out, head, sizeof head);
	strbuf_add(out, records->data, records->len);
}

static void begin_records(struct strbuf *out, uint32_t record_bytes)
{
	strbuf_add(out, &record_bytes, sizeof record_bytes);
}

void emit_ext(struct emitting *e, struct strbuf *out)
{
	struct strbuf funcs = { 0 }, lines = { 0 }, fits = { 0 };
	struct header header = { .magic = MAGIC, .version = VERSION, .header_len = sizeof header };

	begin_records(&funcs, sizeof(struct bpf_func_info));
	begin_records(&lines, sizeof(struct bpf_line_info));
	begin_records(&fits, sizeof(struct bpf_core_relo));
	for (const struct emit_code *code = e->codes; code; code = code->next) {
		add_records(e, code, &code->funcs, sizeof(struct bpf_func_info), &funcs);
		add_records(e, code, &code->lines, sizeof(struct bpf_line_info), &lines);
		add_records(e, code, &code->fits, sizeof(struct bpf_core_relo), &fits);
	}
	if (fits.len == sizeof(uint32_t)) /* libbpf takes no empty ones */
		fits.len = 0;
	header.funcs_len = (uint32_t)funcs.len;
	header.lines_at = header.funcs_len;
	header.lines_len = (uint32_t)lines.len;
	header.fits_at = header.lines_at + header.lines_len;
	header.fits_len = (uint32_t)fits.len;
	e->failed |= funcs.failed || lines.failed || fits.failed;
	strbuf_add(out, &header, sizeof header);
	if (!e->failed) {
		strbuf_add(out, funcs.data, funcs.len);
		strbuf_add(out, lines.data, lines.len);
		strbuf_add(out, fits.data, fits.len);
	}
	strbuf_release(&funcs);
	strbuf_release(&lines);
	strbuf_release(&fits);
}
