/*
 * asm.c - the assembler: its lines, labels and passes.
 *
 * The first pass only collects the names of labels, so that the second, which does all else, can
 * tell an undefined label where it is mentioned and 'call loop' from 'call ktime_get_ns'.
 * Distances to labels are filled in at the end.
 */
#include "isa/asm.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/bits.h"
#include "base/chars.h"
#include "base/file.h"
#include "isa/asm_parse.h"

/* --- what stands before an instruction ----------------------------------------------------- */

/* Lines of the verifier's log that are no instructions begin so; a 0 is any digit. */
static const char *const remarks[] = {
	/* clang-format off */
	"func#0", "from 0", "processed 0", "verification time 0", "stack depth 0",
	"mark_precise: frame0", "last_idx 0", "regs=", "parent ",
	"(0) frame 0", "(0) live stack",
	/* clang-format on */
};

/* The log of newer kernels begins with the whole program, in order.  What follows are the
 * instructions again as the verifier meets them: in other orders, some often, some never. */
static const char listing_head[] = "Live regs before insn:";

/* The rest of the line without blanks at its end. */
static size_t line_length(const char *line, const char *end)
{
	const char *newline = memchr(line, '\n', (size_t)(end - line));
	size_t len = (size_t)((newline ? newline : end) - line);

	while (len > 0 && strchr(" \t\r", line[len - 1]))
		len--;
	return len;
}

static bool begins_with(const char *line, size_t len, const char *remark)
{
	size_t i = 0;

	while (i < len && remark[i] &&
	       (remark[i] == '0' ? char_is_digit(line[i]) : line[i] == remark[i]))
		i++;
	return !remark[i];
}

static bool at_listing_head(const struct asm_parser *p)
{
	return begins_with(p->token.text, line_length(p->token.text, p->lexer.end), listing_head);
}

/* Is the line, which begins at the next token, a remark of the verifier or the head of a function
 * in bpftool's dump, 'int prog(struct xdp_md * ctx):'? */
static bool at_remark(const struct asm_parser *p)
{
	const char *line = p->token.text;
	size_t len;

	if (p->token.kind != ASM_NAME && !asm_next_is(p, "("))
		return false;
	len = line_length(line, p->lexer.end);
	for (size_t i = 0; i < ARRAY_LEN(remarks); i++)
		if (begins_with(line, len, remarks[i]))
			return true;
	return at_listing_head(p) ||
	       (p->token.kind == ASM_NAME && len > 2 && line[len - 1] == ':' &&
		line[len - 2] == ')' && !asm_is_reserved(&p->token));
}

/* After a number: 'R1=ctx() R10=fp0', the state of the registers. */
static bool at_state(const struct asm_parser *p)
{
	return p->token.kind == ASM_NAME && p->token.len >= 2 && p->token.text[0] == 'R' &&
	       char_is_digit(p->token.text[1]);
}

/* Give up the line, which may be no text of ours. */
static void skip_raw_line(struct asm_parser *p)
{
	p->lexer.next = p->token.text;
	asm_lex_skip_line(&p->lexer);
	p->token = asm_lex(&p->lexer);
}

/* Give up the rest of the statement; a comment in it may go on in the next line. */
static void skip_tokens(struct asm_parser *p)
{
	while (p->token.kind != ASM_NEWLINE && p->token.kind != ASM_END)
		p->token = asm_lex(&p->lexer);
}

/* Is the token after the next a colon? */
static bool colon_follows(const struct asm_parser *p)
{
	struct asm_lexer ahead = p->lexer;
	struct asm_token token = asm_lex(&ahead);

	return asm_token_is(&token, ":");
}

static bool is_hex_byte(const char *text)
{
	return char_hex_value(text[0]) >= 0 && char_hex_value(text[1]) >= 0;
}

/* After a number, llvm-objdump prints the bytes of the slot: "b7 00 00 00 05 00 00 00". */
static void skip_dumped_bytes(struct asm_parser *p)
{
	enum { DUMPED_LEN = 8 * 3 };
	const char *text = p->token.text;

	if ((size_t)(p->lexer.end - text) < DUMPED_LEN)
		return;
	for (size_t i = 0; i < DUMPED_LEN; i += 3)
		if (!is_hex_byte(text + i) || !strchr(" \t", text[i + 2]))
			return;
	p->lexer.next = text + DUMPED_LEN;
	p->token = asm_lex(&p->lexer);
}

/* In the verifier's listing the registers that matter follow the number: ".1...5....". */
static bool skip_live_regs(struct asm_parser *p)
{
	enum { LIVE_LEN = 10 };
	const char *text = p->token.text;

	if (p->lexer.end - text < LIVE_LEN)
		return false;
	for (int i = 0; i < LIVE_LEN; i++)
		if (text[i] != '.' && text[i] != '0' + i)
			return false;
	p->lexer.next = text + LIVE_LEN;
	p->token = asm_lex(&p->lexer);
	return true;
}

/* "(07)": the opcode, as the kernel prints it. */
static void take_given_code(struct asm_parser *p)
{
	const char *text = p->token.text;

	if (!asm_next_is(p, "(") || p->lexer.end - text < 4 || !is_hex_byte(text + 1) ||
	    text[3] != ')')
		return;
	p->given_code = char_hex_value(text[1]) << 4 | char_hex_value(text[2]);
	p->lexer.next = text + 4;
	p->token = asm_lex(&p->lexer);
}

/* A number that is not the instruction's own comes from a log with gaps or repetitions, or from
 * edited text.  One warning will do. */
static void check_number(struct asm_parser *p, const struct asm_token *number)
{
	if (number->number == asm_slot(p) || p->number_warned)
		return;
	p->number_warned = true;
	diag_warning(p->diag, asm_span(p, number),
		     "this is numbered %" PRIu64 " and becomes instruction %zu", number->number,
		     asm_slot(p));
	diag_hint(p->diag, "numbers are not used: nothing is moved, and no gap is filled");
}

/* --- labels -------------------------------------------------------------------------------- */

/* First pass: the name of a label becomes known. */
static bool declare_label(struct asm_parser *p)
{
	struct isa_symbol *symbol;

	if (asm_is_reserved(&p->token) ||
	    isa_symbols_find(&p->symbols, p->token.text, p->token.len))
		return true; /* the second pass complains */
	symbol = isa_symbols_add(&p->symbols, p->token.text, p->token.len);
	if (!symbol)
		return asm_fail_memory(p);
	symbol->span = asm_span(p, &p->token);
	symbol->is_label = true;
	return true;
}

/* Second pass: the label gets its place. */
static bool place_label(struct asm_parser *p)
{
	struct isa_symbol *symbol = isa_symbols_find(&p->symbols, p->token.text, p->token.len);
	struct span span = asm_span(p, &p->token);
	struct source source = { .text = p->text, .len = (size_t)(p->lexer.end - p->text) };
	char name[ASM_COPY_BYTES];
	unsigned int line, column;

	(void)asm_copy_token(p, &p->token, name);
	if (!symbol)
		return asm_fail(p, span, "'%s' cannot be a label: it is a word of the language",
				name);
	if (symbol->span.offset != span.offset) {
		(void)asm_fail(p, span, "'%s' is defined already", name);
		if (!asm_wants_hint(p)) /* to count lines takes time */
			return false;
		source_position(&source, symbol->span.offset, &line, &column);
		diag_hint(p->diag, "in line %u", line);
		return false;
	}
	symbol->value = asm_slot(p);
	return true;
}

/* --- lines --------------------------------------------------------------------------------- */

/* "   3:", and what follows it in the dumps of others.  False when the rest of the line, or of
 * the text, is no instruction. */
static bool parse_number(struct asm_parser *p, bool declaring)
{
	struct asm_token number = p->token;

	asm_take(p);
	asm_take(p);
	p->taken.len = 0;
	if (p->in_listing && !skip_live_regs(p)) {
		p->lexer.next = p->lexer.end;
		p->token = asm_lex(&p->lexer);
		return false;
	}
	if (at_state(p)) {
		skip_raw_line(p);
		return false;
	}
	skip_dumped_bytes(p);
	if (!declaring)
		check_number(p, &number);
	return true;
}

/* Labels, and what dumps print before an instruction.  Ends at the instruction, if any. */
static bool parse_prefixes(struct asm_parser *p, bool declaring)
{
	bool numbered = false;

	p->given_code = -1;
	for (;;) {
		if (p->token.kind == ASM_NUMBER && !numbered && colon_follows(p)) {
			if (!parse_number(p, declaring))
				return true;
			numbered = true;
		} else if (p->token.kind == ASM_NAME && colon_follows(p)) {
			if (!(declaring ? declare_label(p) : place_label(p)))
				return false;
			asm_take(p);
			asm_take(p);
			p->taken.len = 0;
		} else {
			break;
		}
	}
	take_given_code(p);
	return true;
}

static bool at_line_end(const struct asm_parser *p)
{
	return p->token.kind == ASM_NEWLINE || p->token.kind == ASM_END;
}

/* Does the text assemble to another opcode than the one it was printed with? */
static void check_given_code(struct asm_parser *p, size_t slot, struct span span)
{
	struct insn insn;

	if (p->given_code < 0 || asm_slot(p) == slot)
		return;
	memcpy(&insn, p->code.data + slot * sizeof insn, sizeof insn);
	if (insn.code == p->given_code)
		return;
	diag_warning(p->diag, span, "this has opcode 0x%02x and not 0x%02x, which stands before it",
		     insn.code, (unsigned int)p->given_code);
}

static bool parse_instruction(struct asm_parser *p)
{
	size_t slot = asm_slot(p);
	struct span start = asm_span(p, &p->token);

	if (!asm_parse_statement(p))
		return false;
	check_given_code(p, slot, asm_span_since(p, start));
	return at_line_end(p) || asm_fail_expected(p, "the end of the line");
}

/* Collect the labels, or do the rest. */
static void parse_lines(struct asm_parser *p, bool declaring)
{
	p->lexer.next = p->text;
	p->lexer.name_end = NULL;
	p->in_listing = false;
	do {
		p->token = asm_lex(&p->lexer);
		p->taken.len = 0;
		p->in_listing |= at_listing_head(p);
		if (at_remark(p))
			skip_raw_line(p);
		else if (parse_prefixes(p, declaring) && !declaring && !at_line_end(p))
			(void)parse_instruction(p);
		skip_tokens(p);
	} while (p->token.kind != ASM_END && p->err != -ENOMEM && !p->is_full);
}

/* --- distances ----------------------------------------------------------------------------- */

static bool resolve(struct asm_parser *p, const struct asm_fixup *fixup)
{
	int64_t distance = (int64_t)fixup->label->value - (int64_t)fixup->slot - 1;
	struct insn insn;

	if (fixup->field == ISA_FIELD_OFF && (distance < INT16_MIN || distance > INT16_MAX)) {
		(void)asm_fail(p, fixup->span,
			       "'%s' is %" PRId64 " instructions away, and this reaches %d",
			       fixup->label->name, distance, distance < 0 ? INT16_MIN : INT16_MAX);
		diag_hint(p->diag, "'gotol %s' reaches it; a conditional jump can lead around one",
			  fixup->label->name);
		return false;
	}
	memcpy(&insn, p->code.data + fixup->slot * sizeof insn, sizeof insn);
	if (fixup->field == ISA_FIELD_OFF)
		insn.off = (int16_t)distance;
	else
		insn.imm = (int32_t)distance;
	memcpy(p->code.data + fixup->slot * sizeof insn, &insn, sizeof insn);
	return true;
}

static int assemble(struct asm_parser *p)
{
	parse_lines(p, true);
	if (!p->err)
		parse_lines(p, false);
	if (p->err)
		return p->err;
	for (const struct asm_fixup *fixup = p->first_fixup; fixup; fixup = fixup->next)
		(void)resolve(p, fixup);
	return p->err;
}

int isa_asm(const char *text, size_t len, const struct isa_names *names, struct arena *arena,
	    struct diag *diag, struct insn **ret_insns, size_t *ret_count)
{
	struct asm_parser p = { .text = text, .names = names, .diag = diag };
	struct insn *insns = NULL;
	size_t count;
	int err;

	if (len > FILE_MOST_BYTES) {
		diag_error(diag, SPAN_NONE, "the text is larger than %d MiB",
			   FILE_MOST_BYTES >> 20);
		return -EINVAL;
	}
	p.lexer.end = text + len;
	p.symbols.arena = &p.scratch;
	err = assemble(&p);
	count = asm_slot(&p);
	if (!err) {
		insns = arena_alloc_array(arena, count, sizeof *insns);
		err = insns ? 0 : -ENOMEM;
	}
	if (!err) {
		if (count)
			memcpy(insns, p.code.data, count * sizeof *insns);
		*ret_insns = insns;
		*ret_count = count;
	}
	strbuf_release(&p.code);
	arena_release(&p.scratch);
	return err;
}
