/*
 * asm_operand.c - what the assembler's statements are made of: registers, numbers, places,
 * targets; and its errors.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "isa/asm_parse.h"

/* --- errors ---------------------------------------------------------------------------- */

bool asm_fail(struct asm_parser *p, struct span span, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	diag_verror(p->diag, span, format, args);
	va_end(args);
	if (!p->err)
		p->err = -EINVAL;
	return false;
}

bool asm_fail_memory(struct asm_parser *p)
{
	p->err = -ENOMEM;
	return false;
}

const char *asm_copy_span(const struct asm_parser *p, struct span span, char copy[ASM_COPY_BYTES])
{
	const char *text = p->text + span.offset;
	size_t len = span.len < ASM_COPY_BYTES ? span.len : ASM_COPY_BYTES - 1;

	for (size_t i = 0; i < len; i++)
		copy[i] = text[i] < ' ' || text[i] > '~' ? '?' : text[i];
	copy[len] = '\0';
	if (len < span.len)
		memcpy(copy + len - 3, "...", 3);
	return copy;
}

const char *asm_copy_token(const struct asm_parser *p, const struct asm_token *token,
			   char copy[ASM_COPY_BYTES])
{
	return asm_copy_span(p, asm_span(p, token), copy);
}

/* "'rx'", "the end of the line". */
static const char *found_text(const struct asm_parser *p, char *copy, size_t size)
{
	char token[ASM_COPY_BYTES];

	if (p->token.kind == ASM_NEWLINE)
		return "the end of the line";
	if (p->token.kind == ASM_END)
		return "the end of the text";
	(void)snprintf(copy, size, "'%s'", asm_copy_token(p, &p->token, token));
	return copy;
}

bool asm_fail_expected(struct asm_parser *p, const char *what)
{
	char found[ASM_COPY_BYTES + 2], after[ASM_COPY_BYTES];
	struct span span = asm_span(p, &p->token);

	if (p->token.kind == ASM_BAD) {
		(void)asm_fail(p, span, "'%s' %s", asm_copy_token(p, &p->token, after),
			       p->token.reason);
		if (p->token.advice)
			diag_hint(p->diag, "%s", p->token.advice);
		return false;
	}
	if (!p->taken.len)
		return asm_fail(p, span, "expected %s, found %s", what,
				found_text(p, found, sizeof found));
	return asm_fail(p, span, "expected %s after '%s', found %s", what,
			asm_copy_token(p, &p->taken, after), found_text(p, found, sizeof found));
}

bool asm_wants_hint(const struct asm_parser *p)
{
	return p->diag && !p->diag->is_dropped;
}

void asm_hint_nearest(struct asm_parser *p, const struct nearest *search)
{
	if (search->best)
		diag_hint(p->diag, "did you mean '%s'?", search->best);
}

/* --- tokens ---------------------------------------------------------------------------- */

struct span asm_span(const struct asm_parser *p, const struct asm_token *token)
{
	return (struct span){ (uint32_t)(token->text - p->text), (uint32_t)token->len };
}

struct span asm_span_since(const struct asm_parser *p, struct span from)
{
	struct span last = asm_span(p, &p->taken);

	return (struct span){ from.offset, last.offset + last.len - from.offset };
}

void asm_take(struct asm_parser *p)
{
	p->taken = p->token;
	p->token = asm_lex(&p->lexer);
}

bool asm_next_is(const struct asm_parser *p, const char *text)
{
	return asm_token_is(&p->token, text);
}

bool asm_take_if(struct asm_parser *p, const char *text)
{
	if (!asm_next_is(p, text))
		return false;
	asm_take(p);
	return true;
}

bool asm_expect(struct asm_parser *p, const char *text)
{
	char what[32];

	if (asm_take_if(p, text))
		return true;
	(void)snprintf(what, sizeof what, "'%s'", text);
	return asm_fail_expected(p, what);
}

/* --- registers ------------------------------------------------------------------------- */

/* "r", "w", and one or two digits: maybe of a register that does not exist. */
static bool looks_like_reg(const struct asm_token *token)
{
	const char *text = token->text;

	return token->kind == ASM_NAME && (token->len == 2 || token->len == 3) &&
	       (text[0] == 'r' || text[0] == 'w') && text[1] >= '0' && text[1] <= '9' &&
	       (token->len == 2 || (text[1] != '0' && text[2] >= '0' && text[2] <= '9'));
}

bool asm_token_is_reg(const struct asm_token *token, struct asm_reg *ret_reg)
{
	unsigned int number;

	if (!looks_like_reg(token))
		return false;
	number = (unsigned int)(token->text[1] - '0');
	if (token->len == 3)
		number = number * 10 + (unsigned int)(token->text[2] - '0');
	if (number >= ISA_REGS)
		return false;
	*ret_reg = (struct asm_reg){ .number = (uint8_t)number, .is64 = token->text[0] == 'r' };
	return true;
}

bool asm_next_is_reg(const struct asm_parser *p)
{
	struct asm_reg reg;

	return asm_token_is_reg(&p->token, &reg);
}

bool asm_parse_reg(struct asm_parser *p, struct asm_reg *ret_reg)
{
	struct asm_reg reg;

	if (!asm_token_is_reg(&p->token, &reg)) {
		(void)asm_fail_expected(p, "a register");
		diag_hint(p->diag, "registers are r0 to r10, or w0 to w10 for their low halves");
		return false;
	}
	reg.span = asm_span(p, &p->token);
	asm_take(p);
	*ret_reg = reg;
	return true;
}

bool asm_parse_whole_reg(struct asm_parser *p, const char *what, uint8_t *ret_number)
{
	struct asm_reg reg;

	if (!asm_parse_reg(p, &reg))
		return false;
	if (!reg.is64)
		return asm_fail(p, reg.span, "%s needs a whole register: r%u, not w%u", what,
				reg.number, reg.number);
	*ret_number = reg.number;
	return true;
}

char asm_reg_letter(bool is64)
{
	return is64 ? 'r' : 'w';
}

bool asm_parse_peer(struct asm_parser *p, const struct asm_reg *like, uint8_t *ret_number)
{
	struct asm_reg reg;

	if (!asm_parse_reg(p, &reg))
		return false;
	if (reg.is64 != like->is64) {
		(void)asm_fail(p, reg.span, "'%c%u' and '%c%u' are not equally wide",
			       asm_reg_letter(like->is64), like->number, asm_reg_letter(reg.is64),
			       reg.number);
		diag_hint(p->diag, "a w register is the low half of an r register: write '%c%u'",
			  asm_reg_letter(like->is64), reg.number);
		return false;
	}
	*ret_number = reg.number;
	return true;
}

bool asm_parse_data_reg(struct asm_parser *p, unsigned int bytes, uint8_t *ret_number)
{
	struct asm_reg reg;

	if (!asm_parse_reg(p, &reg))
		return false;
	if (!reg.is64 && bytes == 8)
		return asm_fail(p, reg.span,
				"an access to 8 bytes needs a whole register: r%u, not w%u",
				reg.number, reg.number);
	*ret_number = reg.number;
	return true;
}

/* --- numbers --------------------------------------------------------------------------- */

static const struct isa_symbol *next_constant(const struct asm_parser *p)
{
	const struct isa_symbol *symbol = NULL;

	if (p->token.kind == ASM_NAME)
		symbol = isa_symbols_find(&p->symbols, p->token.text, p->token.len);
	return symbol && !symbol->is_label ? symbol : NULL;
}

bool asm_next_is_value(const struct asm_parser *p)
{
	return p->token.kind == ASM_NUMBER || asm_next_is(p, "-") || next_constant(p);
}

bool asm_parse_value(struct asm_parser *p, struct asm_value *ret_value)
{
	struct asm_value value = { .span = asm_span(p, &p->token) };
	const struct isa_symbol *constant;
	char name[ASM_COPY_BYTES];

	value.negative = asm_take_if(p, "-");
	constant = next_constant(p);
	if (p->token.kind != ASM_NUMBER && !constant) {
		(void)asm_fail_expected(p, "a number");
		if (p->token.kind == ASM_NAME && asm_wants_hint(p)) {
			struct nearest search = nearest_begin(asm_copy_token(p, &p->token, name));

			isa_symbols_offer(&p->symbols, false, &search);
			asm_hint_nearest(p, &search);
		}
		return false;
	}
	value.magnitude = constant ? constant->value : p->token.number;
	if (constant)
		value.negative ^= constant->negative;
	asm_take(p);
	value.span = asm_span_since(p, value.span);
	*ret_value = value;
	return true;
}

bool asm_value_within(const struct asm_value *value, int64_t least, uint64_t most)
{
	if (value->negative)
		return value->magnitude <= 0 - (uint64_t)least;
	return value->magnitude <= most;
}

uint64_t asm_value_bits(const struct asm_value *value)
{
	return value->negative ? 0 - value->magnitude : value->magnitude;
}

bool asm_value_imm32(struct asm_parser *p, const struct asm_value *value, int32_t *ret_imm)
{
	char text[ASM_COPY_BYTES];

	if (!asm_value_within(value, INT32_MIN, UINT32_MAX))
		return asm_fail(p, value->span, "'%s' does not fit in 32 bits",
				asm_copy_span(p, value->span, text));
	*ret_imm = (int32_t)(uint32_t)asm_value_bits(value);
	return true;
}

bool asm_value_extended(struct asm_parser *p, const struct asm_value *value, int32_t *ret_imm)
{
	uint64_t bits = asm_value_bits(value);
	int32_t imm = (int32_t)(uint32_t)bits;
	char text[ASM_COPY_BYTES];

	if (!asm_value_within(value, INT32_MIN, UINT64_MAX) || (uint64_t)(int64_t)imm != bits)
		return asm_fail(p, value->span,
				"'%s' does not fit in the 32 bits of an immediate, which are "
				"extended with their sign",
				asm_copy_span(p, value->span, text));
	*ret_imm = imm;
	return true;
}

bool asm_parse_imm32(struct asm_parser *p, int32_t *ret_imm)
{
	struct asm_value value;

	return asm_parse_value(p, &value) && asm_value_imm32(p, &value, ret_imm);
}

bool asm_fit_immediate(struct asm_parser *p, const struct asm_reg *reg,
		       const struct asm_value *value, int32_t *ret_imm)
{
	char text[ASM_COPY_BYTES];

	if (!reg->is64)
		return asm_value_imm32(p, value, ret_imm);
	if (asm_value_extended(p, value, ret_imm))
		return true;
	diag_hint(p->diag, "put it into a register with a wide load: 'rN = %s ll'",
		  asm_copy_span(p, value->span, text));
	return false;
}

bool asm_fail_operand(struct asm_parser *p)
{
	(void)asm_fail_expected(p, "a register or a number");
	if (p->token.kind == ASM_NAME && asm_wants_hint(p)) {
		char word[ASM_COPY_BYTES];
		struct nearest search = nearest_begin(asm_copy_token(p, &p->token, word));

		isa_symbols_offer(&p->symbols, false, &search);
		asm_hint_nearest(p, &search);
	}
	return false;
}

/* --- places ---------------------------------------------------------------------------- */

bool asm_parse_type(struct asm_parser *p, struct asm_place *ret_place)
{
	static const struct {
		const char *name;
		uint8_t bytes;
		bool is_signed;
	} types[] = {
#define MEM_SIZE(name, code, group, bytes, utype, stype, utext, stext) \
	{ utext, bytes, false }, { stext, bytes, true },
#include "isa/mem.def"
	};

	if (!asm_expect(p, "("))
		return false;
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		if (!asm_next_is(p, types[i].name))
			continue;
		ret_place->type = p->token;
		ret_place->bytes = types[i].bytes;
		ret_place->is_signed = types[i].is_signed;
		asm_take(p);
		return asm_expect(p, "*") && asm_expect(p, ")");
	}
	(void)asm_fail_expected(p, "a type");
	diag_hint(p->diag, "types are u8, u16, u32, u64, and for loads s8, s16, s32");
	return false;
}

/* "+4", "- 8", "+ -4", or nothing. */
static bool parse_offset(struct asm_parser *p, int16_t *ret_off)
{
	struct asm_value value = { .span = asm_span(p, &p->token) };
	struct span start = value.span;
	bool minus = asm_next_is(p, "-");
	char text[ASM_COPY_BYTES];

	*ret_off = 0;
	if (!minus && !asm_next_is(p, "+"))
		return true;
	asm_take(p);
	if (!asm_parse_value(p, &value))
		return false;
	value.negative ^= minus;
	if (!asm_value_within(&value, INT16_MIN, INT16_MAX)) {
		struct span span = asm_span_since(p, start);

		(void)asm_fail(p, span, "the offset '%s' does not fit in 16 bits (%d to %d)",
			       asm_copy_span(p, span, text), INT16_MIN, INT16_MAX);
		diag_hint(p->diag, "add it to a register first, and use the offset 0");
		return false;
	}
	*ret_off = (int16_t)(uint16_t)asm_value_bits(&value);
	return true;
}

/* "r1 +4" */
bool asm_parse_address(struct asm_parser *p, struct asm_place *place)
{
	return asm_parse_whole_reg(p, "an address", &place->reg) && parse_offset(p, &place->off);
}

bool asm_parse_place(struct asm_parser *p, struct asm_place *ret_place)
{
	return asm_parse_type(p, ret_place) && asm_expect(p, "(") &&
	       asm_parse_address(p, ret_place) && asm_expect(p, ")");
}

/* --- targets --------------------------------------------------------------------------- */

bool asm_add_fixup(struct asm_parser *p, const struct isa_symbol *label, struct span span,
		   enum isa_field field)
{
	struct asm_fixup *fixup = arena_alloc(&p->scratch, sizeof *fixup);

	if (!fixup)
		return asm_fail_memory(p);
	*fixup = (struct asm_fixup){
		.label = label, .span = span, .slot = asm_slot(p), .field = field
	};
	if (p->last_fixup)
		p->last_fixup->next = fixup;
	else
		p->first_fixup = fixup;
	p->last_fixup = fixup;
	return true;
}

/* "+2" or "-2". */
static bool parse_distance(struct asm_parser *p, enum isa_field field, struct insn *insn)
{
	bool is_off = field == ISA_FIELD_OFF;
	struct asm_value value = { .span = asm_span(p, &p->token) };
	struct span start = value.span;
	bool minus = asm_next_is(p, "-");
	char text[ASM_COPY_BYTES];

	asm_take(p);
	if (!asm_parse_value(p, &value))
		return false;
	value.negative ^= minus;
	if (!asm_value_within(&value, is_off ? INT16_MIN : INT32_MIN,
			      is_off ? INT16_MAX : INT32_MAX)) {
		struct span span = asm_span_since(p, start);

		(void)asm_fail(p, span, "the distance '%s' does not fit in %d bits",
			       asm_copy_span(p, span, text), is_off ? 16 : 32);
		if (is_off)
			diag_hint(p->diag, "'gotol' reaches farther");
		return false;
	}
	if (is_off)
		insn->off = (int16_t)(uint16_t)asm_value_bits(&value);
	else
		insn->imm = (int32_t)(uint32_t)asm_value_bits(&value);
	return true;
}

/* llvm-objdump repeats a target's name: 'goto +0x2 <LBB0_2>'. */
static void skip_annotation(struct asm_parser *p)
{
	const char *end;

	if (!asm_next_is(p, "<"))
		return;
	end = p->token.text;
	while (end < p->lexer.end && *end != '\n' && *end != '>')
		end++;
	if (end == p->lexer.end || *end != '>')
		return;
	p->lexer.next = end + 1;
	p->token = asm_lex(&p->lexer);
}

static bool fail_target(struct asm_parser *p)
{
	struct nearest search;
	char name[ASM_COPY_BYTES];

	if (p->token.kind == ASM_NUMBER) {
		(void)asm_fail_expected(p, "a label or a distance");
		diag_hint(p->diag, "a distance has a sign: +%.*s counts from the next instruction",
			  (int)p->token.len, p->token.text);
		return false;
	}
	if (p->token.kind != ASM_NAME || asm_is_reserved(&p->token))
		return asm_fail_expected(p, "a label or a distance such as '+2'");
	(void)asm_fail(p, asm_span(p, &p->token), "there is no label '%s'",
		       asm_copy_token(p, &p->token, name));
	if (asm_wants_hint(p)) {
		search = nearest_begin(name);
		isa_symbols_offer(&p->symbols, true, &search);
		asm_hint_nearest(p, &search);
	}
	return false;
}

bool asm_parse_target(struct asm_parser *p, enum isa_field field, struct insn *insn)
{
	const struct isa_symbol *label = NULL;

	if (asm_next_is(p, "pc")) {
		asm_take(p);
		if (!asm_next_is(p, "+") && !asm_next_is(p, "-"))
			return asm_fail_expected(p, "a distance such as '+2'");
	}
	if (asm_next_is(p, "+") || asm_next_is(p, "-")) {
		if (!parse_distance(p, field, insn))
			return false;
		skip_annotation(p);
		return true;
	}
	if (p->token.kind == ASM_NAME)
		label = isa_symbols_find(&p->symbols, p->token.text, p->token.len);
	if (!label || !label->is_label)
		return fail_target(p);
	asm_take(p);
	return asm_add_fixup(p, label, asm_span(p, &p->taken), field);
}

/* --- instructions ---------------------------------------------------------------------- */

int asm_find_op(enum isa_form form, bool is64, const struct asm_token *token)
{
	for (int op = 0; op < ISA_OP_COUNT; op++)
		if (isa_ops[op].form == form && isa_ops[op].is64 == is64 &&
		    asm_token_is(token, isa_ops[op].text))
			return op;
	return -1;
}

struct insn asm_encode(int op, uint8_t dst, uint8_t src)
{
	struct insn insn = isa_encode((enum isa_op)op);

	insn.dst = (uint8_t)(dst & 0xf);
	if (isa_ops[op].uses & ISA_FIELD_SRC)
		insn.src = (uint8_t)(src & 0xf);
	return insn;
}

size_t asm_slot(const struct asm_parser *p)
{
	return p->code.len / sizeof(struct insn);
}

bool asm_emit(struct asm_parser *p, const struct insn *insns, size_t count)
{
	p->is_full = asm_slot(p) + count > ISA_MOST_INSNS;
	if (p->is_full)
		return asm_fail(p, SPAN_NONE, "the program has more than %d instructions",
				ISA_MOST_INSNS);
	strbuf_add(&p->code, insns, count * sizeof *insns);
	return p->code.failed ? asm_fail_memory(p) : true;
}

bool asm_emit_one(struct asm_parser *p, struct insn insn)
{
	return asm_emit(p, &insn, 1);
}
