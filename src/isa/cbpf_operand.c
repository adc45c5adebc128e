/*
 * cbpf_operand.c - what the classic assembler's statements are made of: tokens and operands; and
 * its errors.
 *
 * An operand is parsed by itself.  Whether the instruction's word takes one of its form is
 * another question.
 */
#include "isa/cbpf_parse.h"

#include <stdarg.h>
#include <string.h>

#include "base/chars.h"
#include "base/nearest.h"

/*
 * Tokens and errors
 */

void cbpf_take(struct cbpf_parser *p)
{
	p->token = cbpf_lex(&p->lexer);
}

bool cbpf_at_sign(const struct cbpf_parser *p, char sign)
{
	return p->token.kind == CBPF_TOKEN_SIGN && p->token.sign == sign;
}

bool cbpf_skip_sign(struct cbpf_parser *p, char sign)
{
	bool is = cbpf_at_sign(p, sign);

	if (is)
		cbpf_take(p);
	return is;
}

bool cbpf_at_word(const struct cbpf_parser *p, const char *word)
{
	return cbpf_token_is(&p->lexer, p->token, word);
}

bool cbpf_fail_expected(struct cbpf_parser *p, const char *what)
{
	cbpf_lex_expected(&p->lexer, p->token, what);
	return false;
}

bool cbpf_expect_sign(struct cbpf_parser *p, char sign)
{
	const char quoted[] = { '\'', sign, '\'', '\0' };

	return cbpf_skip_sign(p, sign) || cbpf_fail_expected(p, quoted);
}

bool cbpf_fail(struct cbpf_parser *p, struct span span, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	diag_verror(p->lexer.diag, span, format, args);
	va_end(args);
	p->lexer.failed = true;
	return false;
}

const char *cbpf_span_text(const struct cbpf_parser *p, struct span span,
			   char buf[CBPF_MOST_NAME_LEN + 1])
{
	size_t len = span.len < CBPF_MOST_NAME_LEN ? span.len : CBPF_MOST_NAME_LEN;

	memcpy(buf, p->lexer.source->text + span.offset, len);
	buf[len] = '\0';
	return buf;
}

bool cbpf_is_label(const struct cbpf_lexer *lexer, struct cbpf_token token)
{
	const struct source *source = lexer->source;
	size_t at = lexer->at;

	if (token.kind != CBPF_TOKEN_WORD)
		return false;
	while (at < source->len && char_is_blank(source->text[at]))
		at++;
	return at < source->len && source->text[at] == ':';
}

bool cbpf_wants_hint(const struct cbpf_parser *p)
{
	return p->lexer.diag && !p->lexer.diag->is_dropped;
}

/*
 * Operands
 */

bool cbpf_parse_value(struct cbpf_parser *p, uint32_t *ret_value)
{
	struct cbpf_token sign = p->token;
	bool is_negative = cbpf_skip_sign(p, '-');

	if (!is_negative)
		(void)cbpf_skip_sign(p, '+');
	if (p->token.kind != CBPF_TOKEN_NUMBER)
		return cbpf_fail_expected(p, "a number");
	if (is_negative && p->token.number > 1u << 31)
		return cbpf_fail(p, sign.span, "the number is less than -2147483648");
	*ret_value = is_negative ? 0 - p->token.number : p->token.number;
	cbpf_take(p);
	return true;
}

/* 'len' or an extension, if one is next. */
static bool parse_name(struct cbpf_parser *p, struct cbpf_operand *operand)
{
	if (cbpf_at_word(p, "len") || cbpf_at_word(p, "pktlen")) {
		operand->form = CBPF_FORM_LEN;
		cbpf_take(p);
		return true;
	}
	for (size_t i = 0; i < CBPF_EXT_COUNT; i++) {
		const struct cbpf_ext_info *ext = &cbpf_exts[i];

		if (!cbpf_at_word(p, ext->word) && !cbpf_at_word(p, ext->other_word) &&
		    !cbpf_at_word(p, ext->pcap_word))
			continue;
		operand->form = CBPF_FORM_ABS;
		operand->k = CBPF_EXT_OFFSET + ext->ext;
		cbpf_take(p);
		return true;
	}
	return false;
}

static bool unknown_name(struct cbpf_parser *p)
{
	char name[CBPF_MOST_NAME_LEN + 1];
	struct nearest search;

	if (p->token.kind != CBPF_TOKEN_WORD)
		return cbpf_fail_expected(p, "a number or a name");
	search = nearest_begin(cbpf_span_text(p, p->token.span, name));
	(void)cbpf_fail(p, p->token.span, "there is no '%s' to load", name);
	nearest_offer(&search, "len");
	for (size_t i = 0; cbpf_wants_hint(p) && i < CBPF_EXT_COUNT; i++)
		nearest_offer(&search,
			      cbpf_exts[i].word ? cbpf_exts[i].word : cbpf_exts[i].pcap_word);
	if (search.best)
		diag_hint(p->lexer.diag, "did you mean '%s'?", search.best);
	else
		diag_hint(p->lexer.diag, "a load takes '#1', '[12]', '[x + 12]', 'M[1]', 'len' or "
					 "an extension such as 'proto'");
	return false;
}

static bool skip_x(struct cbpf_parser *p)
{
	(void)cbpf_skip_sign(p, '%');
	if (!cbpf_at_word(p, "x"))
		return false;
	cbpf_take(p);
	return true;
}

/* After '[': "12]", "x + 12]" or "vlan_tci]". */
static bool parse_brackets(struct cbpf_parser *p, struct cbpf_operand *operand)
{
	if (cbpf_at_sign(p, '%') || cbpf_at_word(p, "x")) {
		operand->form = CBPF_FORM_IND;
		if (!skip_x(p))
			return cbpf_fail_expected(p, "'x'");
		if (!cbpf_at_sign(p, '+') && !cbpf_at_sign(p, '-'))
			return cbpf_fail_expected(p, "'+' and an offset");
		if (cbpf_at_sign(p, '+'))
			cbpf_take(p); /* '+ -4' is what tcpdump prints */
		return cbpf_parse_value(p, &operand->k) && cbpf_expect_sign(p, ']');
	}
	operand->form = CBPF_FORM_ABS;
	if (p->token.kind == CBPF_TOKEN_WORD) {
		if (cbpf_at_word(p, "len") || cbpf_at_word(p, "pktlen") || !parse_name(p, operand))
			return unknown_name(p);
	} else if (!cbpf_parse_value(p, &operand->k)) {
		return false;
	}
	return cbpf_expect_sign(p, ']');
}

/* After '#': a constant, or a name. */
static bool parse_hash(struct cbpf_parser *p, struct cbpf_operand *operand)
{
	if (p->token.kind == CBPF_TOKEN_WORD)
		return parse_name(p, operand) || unknown_name(p);
	operand->form = CBPF_FORM_IMM;
	return cbpf_parse_value(p, &operand->k);
}

/* After the 4 in "4*([14]&0xf)". */
static bool parse_msh(struct cbpf_parser *p, struct span four_span, uint32_t four,
		      struct cbpf_operand *operand)
{
	struct span mask_span;
	uint32_t mask;

	operand->form = CBPF_FORM_MSH;
	if (!cbpf_expect_sign(p, '*') || !cbpf_expect_sign(p, '(') || !cbpf_expect_sign(p, '[') ||
	    !cbpf_parse_value(p, &operand->k) || !cbpf_expect_sign(p, ']') ||
	    !cbpf_expect_sign(p, '&'))
		return false;
	mask_span = p->token.span;
	if (!cbpf_parse_value(p, &mask) || !cbpf_expect_sign(p, ')'))
		return false;
	if (four == 4 && mask == 0xf)
		return true;
	(void)cbpf_fail(p, four != 4 ? four_span : mask_span,
			"the machine multiplies by 4 and masks with 0xf, nothing else");
	diag_hint(p->lexer.diag, "it is made for the length of an IP header: ldxb 4*([14]&0xf)");
	return false;
}

/* A bare number: MSH, or ldi's constant. */
static bool parse_bare(struct cbpf_parser *p, bool bare_constant, struct cbpf_operand *operand)
{
	struct span span = p->token.span;
	bool is_negative = cbpf_at_sign(p, '-');
	uint32_t value;

	if (!cbpf_parse_value(p, &value))
		return false;
	if (!is_negative && cbpf_at_sign(p, '*'))
		return parse_msh(p, span, value, operand);
	operand->k = value;
	operand->form = CBPF_FORM_IMM;
	if (bare_constant)
		return true;
	(void)cbpf_fail(p, span, "expected an operand, found the number %d", (int32_t)value);
	diag_hint(p->lexer.diag, "a constant is '#%d', bytes of the packet are '[%d]'",
		  (int32_t)value, (int32_t)value);
	return false;
}

bool cbpf_parse_operand(struct cbpf_parser *p, bool bare_constant, struct cbpf_operand *operand)
{
	*operand = (struct cbpf_operand){ .form = CBPF_FORM_NONE };
	if (p->token.kind == CBPF_TOKEN_NUMBER || cbpf_at_sign(p, '-'))
		return parse_bare(p, bare_constant, operand);
	if (cbpf_skip_sign(p, '#'))
		return parse_hash(p, operand);
	if (cbpf_skip_sign(p, '['))
		return parse_brackets(p, operand);
	if (cbpf_at_sign(p, '%') || cbpf_at_word(p, "x") || cbpf_at_word(p, "a")) {
		(void)cbpf_skip_sign(p, '%');
		operand->form = cbpf_at_word(p, "a") ? CBPF_FORM_A : CBPF_FORM_X;
		if (!cbpf_at_word(p, "a") && !cbpf_at_word(p, "x"))
			return cbpf_fail_expected(p, "'x' or 'a'");
		cbpf_take(p);
		return true;
	}
	if (cbpf_at_word(p, "m")) {
		operand->form = CBPF_FORM_MEM;
		cbpf_take(p);
		return cbpf_expect_sign(p, '[') && cbpf_parse_value(p, &operand->k) &&
		       cbpf_expect_sign(p, ']');
	}
	if (p->token.kind == CBPF_TOKEN_WORD && !p->token.begins_line)
		return parse_name(p, operand) || unknown_name(p);
	return true;
}
