/*
 * cbpf_disasm.c - classic BPF as text, in the spellings of tcpdump and of Linux's bpf_asm.
 *
 * tcpdump gives jumps the number of the instruction they lead to, bpf_asm gives them labels; and
 * bpf_asm has words for jumps that are taken when the condition is false.
 */
#include "isa/cbpf.h"

#include <stdlib.h>

/* The condition's opposite as a word of bpf_asm, or NULL. */
static const char *negated_word(enum cbpf_op op)
{
	switch (op) {
/* clang-format off */
#define CBPF_OP(name, code, form, word, radix)
#define CBPF_JMP(name, code, word, negated, ebpf_not, condition) \
	case CBPF_##name##_K: \
	case CBPF_##name##_X: return negated;
#define CBPF_ALU(...)
#include "isa/cbpf.def"
	default: return NULL;
		/* clang-format on */
	}
}

static void print_constant(const struct cbpf_op_info *info, uint32_t k, struct strbuf *out)
{
	if (info->is_hex)
		strbuf_printf(out, "#0x%x", k);
	else
		strbuf_printf(out, "#%d", (int32_t)k);
}

/* Where a 'ja' leads.  It may go backwards in what libpcap makes for itself. */
static size_t always_target(const struct cbpf_insn *insn, size_t at)
{
	return (uint32_t)(at + 1 + insn->k);
}

/* The operand of @insn.  What the two spellings share: all but 'ret a', 'ld len' and the
 * extensions, and jumps' targets. */
static void print_operand(const struct cbpf_insn *insn, const struct cbpf_op_info *info,
			  struct strbuf *out)
{
	int32_t k = (int32_t)insn->k;

	switch (info->form) {
	case CBPF_FORM_NONE:
	case CBPF_FORM_A:
	case CBPF_FORM_LEN:
	case CBPF_FORM_JUMP: break;
	case CBPF_FORM_X:
	case CBPF_FORM_JUMP_X: strbuf_putc(out, 'x'); break;
	case CBPF_FORM_IMM:
	case CBPF_FORM_JUMP_IMM: print_constant(info, insn->k, out); break;
	case CBPF_FORM_ABS: strbuf_printf(out, "[%d]", k); break;
	case CBPF_FORM_IND: strbuf_printf(out, "[x + %d]", k); break;
	case CBPF_FORM_MSH: strbuf_printf(out, "4*([%d]&0xf)", k); break;
	case CBPF_FORM_MEM: strbuf_printf(out, "M[%d]", k); break;
	}
}

/* tcpdump's operand. */
static void print_pcap_operand(const struct cbpf_insn *insn, const struct cbpf_op_info *info,
			       size_t at, struct strbuf *out)
{
	const struct cbpf_ext_info *ext;

	switch (info->form) {
	case CBPF_FORM_LEN: strbuf_puts(out, "#pktlen"); break;
	case CBPF_FORM_JUMP: strbuf_printf(out, "%d", (int32_t)(at + 1 + insn->k)); break;
	case CBPF_FORM_ABS:
		ext = cbpf_find_ext(insn->k);
		if (ext) {
			strbuf_printf(out, "[%s]", ext->pcap_word);
			break;
		}
		print_operand(insn, info, out);
		break;
	default: print_operand(insn, info, out);
	}
}

static bool is_conditional(enum cbpf_form form)
{
	return form == CBPF_FORM_JUMP_IMM || form == CBPF_FORM_JUMP_X;
}

void cbpf_disasm_insn(const struct cbpf_insn *insn, size_t at, struct strbuf *out)
{
	int op = cbpf_decode(insn->code);

	if (op < 0) {
		strbuf_printf(out, "unimp 0x%x", insn->code);
		return;
	}
	strbuf_puts(out, cbpf_ops[op].word);
	if (cbpf_ops[op].form == CBPF_FORM_NONE)
		return;
	strbuf_putc(out, ' ');
	if (cbpf_ops[op].form == CBPF_FORM_A)
		strbuf_putc(out, 'a');
	print_pcap_operand(insn, &cbpf_ops[op], at, out);
	if (is_conditional(cbpf_ops[op].form))
		strbuf_printf(out, ", %zu, %zu", at + 1 + insn->jt, at + 1 + insn->jf);
}

/* One line of 'tcpdump -d'.  libpcap does not know 'ldx #pktlen', although Linux does. */
static void print_pcap(const struct cbpf_insn *insn, size_t at, struct strbuf *out)
{
	int op = cbpf_decode(insn->code);
	const struct cbpf_op_info *info;
	size_t operand;

	if (op < 0 || op == CBPF_LDX_LEN) {
		strbuf_printf(out, "(%03zu) unimp    0x%x", at, insn->code);
		return;
	}
	info = &cbpf_ops[op];
	strbuf_printf(out, "(%03zu) %-8s ", at, info->word);
	operand = out->len;
	print_pcap_operand(insn, info, at, out);
	if (!is_conditional(info->form))
		return;
	while (!out->failed && out->len - operand < 16)
		strbuf_putc(out, ' ');
	strbuf_printf(out, " jt %zu\tjf %zu", at + 1 + insn->jt, at + 1 + insn->jf);
}

/* bpf_asm's jumps: one label where the other way is the next instruction, else two. */
static void print_targets(const struct cbpf_insn *insn, enum cbpf_op op, size_t at,
			  struct strbuf *out)
{
	if (!insn->jt && insn->jf && negated_word(op))
		strbuf_printf(out, ", L%zu", at + 1 + insn->jf);
	else if (!insn->jf)
		strbuf_printf(out, ", L%zu", at + 1 + insn->jt);
	else
		strbuf_printf(out, ", L%zu, L%zu", at + 1 + insn->jt, at + 1 + insn->jf);
}

static void print_ignored(const struct cbpf_insn *insn, struct strbuf *out)
{
	struct cbpf_insn used = cbpf_canonical(*insn);

	if (insn->jt != used.jt || insn->jf != used.jf)
		strbuf_printf(out, "  ; ignored: jt %u, jf %u", insn->jt, insn->jf);
	if (insn->k != used.k)
		strbuf_printf(out, "  ; ignored: k 0x%x", insn->k);
}

static void print_asm(const struct cbpf_insn *insn, size_t at, struct strbuf *out)
{
	int op = cbpf_decode(insn->code);
	const struct cbpf_op_info *info;
	const struct cbpf_ext_info *ext;
	const char *word;

	if (op < 0) {
		strbuf_printf(out, "unimp 0x%x  ; no operation: jt %u, jf %u, k 0x%x", insn->code,
			      insn->jt, insn->jf, insn->k);
		return;
	}
	info = &cbpf_ops[op];
	word = insn->jt || !insn->jf ? NULL : negated_word((enum cbpf_op)op);
	ext = info->form == CBPF_FORM_ABS ? cbpf_find_ext(insn->k) : NULL;
	strbuf_puts(out, is_conditional(info->form) && word ? word : info->word);
	if (info->form != CBPF_FORM_NONE)
		strbuf_putc(out, ' ');
	if (ext && ext->word)
		strbuf_puts(out, ext->word);
	else
		print_operand(insn, info, out);
	switch (info->form) {
	case CBPF_FORM_A: strbuf_putc(out, 'a'); break;
	case CBPF_FORM_LEN: strbuf_puts(out, "len"); break;
	case CBPF_FORM_JUMP: strbuf_printf(out, "L%zu", always_target(insn, at)); break;
	case CBPF_FORM_JUMP_IMM:
	case CBPF_FORM_JUMP_X: print_targets(insn, (enum cbpf_op)op, at, out); break;
	default: break;
	}
	print_ignored(insn, out);
}

/* Which instructions need a label: a set of bytes that the caller frees, or NULL. */
static uint8_t *find_labels(const struct cbpf_prog *prog)
{
	uint8_t *is_target = calloc(prog->count + 1, 1);

	for (size_t i = 0; is_target && i < prog->count; i++) {
		const struct cbpf_insn *insn = &prog->insns[i];
		int op = cbpf_decode(insn->code);
		size_t left = prog->count - i - 1;

		if (op < 0)
			continue;
		if (cbpf_ops[op].form == CBPF_FORM_JUMP && always_target(insn, i) <= prog->count)
			is_target[always_target(insn, i)] = 1;
		if (!is_conditional(cbpf_ops[op].form))
			continue;
		if (insn->jt <= left && (insn->jt || !insn->jf || !negated_word((enum cbpf_op)op)))
			is_target[i + 1 + insn->jt] = 1;
		if (insn->jf && insn->jf <= left)
			is_target[i + 1 + insn->jf] = 1;
	}
	return is_target;
}

static void disasm_asm(const struct cbpf_prog *prog, struct strbuf *out)
{
	uint8_t *is_target = find_labels(prog);

	if (!is_target) {
		out->failed = true;
		return;
	}
	for (size_t i = 0; i < prog->count; i++) {
		if (is_target[i])
			strbuf_printf(out, "L%zu:", i);
		strbuf_putc(out, '\t');
		print_asm(&prog->insns[i], i, out);
		strbuf_putc(out, '\n');
	}
	free(is_target);
}

void cbpf_disasm(const struct cbpf_prog *prog, enum cbpf_text form, struct strbuf *out)
{
	if (form == CBPF_TEXT_ASM) {
		disasm_asm(prog, out);
		return;
	}
	if (form == CBPF_TEXT_DECIMAL)
		strbuf_printf(out, "%zu\n", prog->count);
	for (size_t i = 0; i < prog->count; i++) {
		const struct cbpf_insn *insn = &prog->insns[i];

		if (form == CBPF_TEXT_PCAP)
			print_pcap(insn, i, out);
		else if (form == CBPF_TEXT_C)
			strbuf_printf(out, "{ 0x%x, %u, %u, 0x%08x },", insn->code, insn->jt,
				      insn->jf, insn->k);
		else
			strbuf_printf(out, "%u %u %u %u", insn->code, insn->jt, insn->jf, insn->k);
		strbuf_putc(out, '\n');
	}
}
