/*
 * cbpf_asm.c - the classic assembler: bpf_asm's language and tcpdump's listing.
 *
 *	program   = { statement }
 *	statement = [ "(" number ")" ] [ label ":" ] word [ operand ] [ targets ]
 *	operand   = "#" value | "#" name | name | "x" | "a" | "M" "[" value "]"
 *	          | "[" value "]" | "[" name "]" | "[" "x" "+" value "]"
 *	          | "4" "*" "(" "[" value "]" "&" "0xf" ")" | value
 *	targets   = "," label [ "," label ]            in bpf_asm's language
 *	          | "jt" number "jf" number            in a listing
 *
 * A statement with a number in front is a line of a listing: its jumps lead to instruction
 * numbers, not labels.  'name' is 'len', 'pktlen' or an extension; registers may have a '%'.
 * Words and names are read in any case, labels are not.
 *
 * The operand is parsed first and by itself; word and form of operand then select the row of
 * cbpf.def.  So a new operation is a row there and nothing here.
 */
#include "isa/cbpf.h"

#include <errno.h>
#include <stdlib.h>

#include "base/bits.h"
#include "base/chars.h"
#include "base/nearest.h"
#include "isa/cbpf_lex.h"

/* What the text says instead of the word in cbpf.def. */
struct word_alias {
	const char *text;
	const char *word;
	bool negated; /* the jump is taken when the condition is false */
};

/* clang-format off */
static const struct word_alias word_aliases[] = {
	{ "ldi", "ld", false },
	{ "ldxi", "ldx", false },
	{ "jmp", "ja", false },
	{ "jneq", "jeq", true },
#define CBPF_OP(...)
#define CBPF_ALU(...)
#define CBPF_JMP(name, code, word, negated_, ebpf_not, condition) { negated_, word, true },
#include "isa/cbpf.def"
};
/* clang-format on */

/* The longest name or label that is compared; a longer one is an error. */
enum { MOST_NAME_LEN = 255 };

struct label {
	struct span name;
	uint32_t at;
};

/* Which field of the jump a label fills. */
enum jump_kind {
	JUMP_TRUE,
	JUMP_FALSE,
	JUMP_ALWAYS,
};

/* A jump to a label, until all labels are known. */
struct jump {
	struct span to;
	uint32_t at;
	enum jump_kind kind;
};

struct assembler {
	struct cbpf_lexer lexer;
	struct cbpf_token token; /* not yet taken */
	bool out_of_range;       /* more instructions than a program may have */

	uint32_t count;
	uint32_t label_count;
	uint32_t jump_count;
	struct cbpf_insn insns[CBPF_MOST_INSNS];
	struct span spans[CBPF_MOST_INSNS];
	struct label labels[CBPF_MOST_INSNS];
	struct jump jumps[CBPF_MOST_INSNS * 2];
};

struct operand {
	enum cbpf_form form;
	uint32_t k;
};

/* A statement while it is parsed. */
struct statement {
	struct span word_span;
	const char *word; /* of cbpf.def */
	bool negated;
	bool is_listed;
	bool bare_constant; /* ldi, ldxi: the '#' may be missing */
};

static void advance(struct assembler *as)
{
	as->token = cbpf_lex(&as->lexer);
}

static bool at_sign(const struct assembler *as, char sign)
{
	return as->token.kind == CBPF_TOKEN_SIGN && as->token.sign == sign;
}

static bool skip_sign(struct assembler *as, char sign)
{
	bool is = at_sign(as, sign);

	if (is)
		advance(as);
	return is;
}

static bool at_word(const struct assembler *as, const char *word)
{
	return cbpf_token_is(&as->lexer, as->token, word);
}

static bool expected(struct assembler *as, const char *what)
{
	cbpf_lex_expected(&as->lexer, as->token, what);
	return false;
}

static bool expect_sign(struct assembler *as, char sign)
{
	const char quoted[] = { '\'', sign, '\'', '\0' };

	return skip_sign(as, sign) || expected(as, quoted);
}

PRINTF_LIKE(3, 4)
static bool fail(struct assembler *as, struct span span, const char *format, ...)
{
	struct strbuf text = { 0 };
	va_list args;

	as->lexer.failed = true;
	if (!as->lexer.diag)
		return false;
	va_start(args, format);
	strbuf_vprintf(&text, format, args);
	va_end(args);
	diag_error(as->lexer.diag, span, "%s", strbuf_text(&text));
	strbuf_release(&text);
	return false;
}

/* A span's text, cut to MOST_NAME_LEN, in @buf. */
static const char *span_text(const struct assembler *as, struct span span,
			     char buf[MOST_NAME_LEN + 1])
{
	size_t len = span.len < MOST_NAME_LEN ? span.len : MOST_NAME_LEN;

	memcpy(buf, as->lexer.source->text + span.offset, len);
	buf[len] = '\0';
	return buf;
}

/* Is @token, the last that was read, a word with a ':' behind it? */
static bool is_label(const struct cbpf_lexer *lexer, struct cbpf_token token)
{
	const struct source *source = lexer->source;
	size_t at = lexer->at;

	if (token.kind != CBPF_TOKEN_WORD)
		return false;
	while (at < source->len && char_is_blank(source->text[at]))
		at++;
	return at < source->len && source->text[at] == ':';
}

/* Is somebody still reading?  Searches for similar names are only worth it then. */
static bool wants_hint(const struct assembler *as)
{
	return as->lexer.diag && as->lexer.diag->error_count <= DIAG_MOST_ERRORS;
}

/*
 * Operands
 */

/* A number with an optional sign: -2^31 to 2^32 - 1. */
static bool parse_value(struct assembler *as, uint32_t *ret_value)
{
	struct cbpf_token sign = as->token;
	bool is_negative = skip_sign(as, '-');

	if (!is_negative)
		(void)skip_sign(as, '+');
	if (as->token.kind != CBPF_TOKEN_NUMBER)
		return expected(as, "a number");
	if (is_negative && as->token.number > 1u << 31)
		return fail(as, sign.span, "the number is less than -2147483648");
	*ret_value = is_negative ? 0 - as->token.number : as->token.number;
	advance(as);
	return true;
}

/* 'len' or an extension, if one is next. */
static bool parse_name(struct assembler *as, struct operand *operand)
{
	if (at_word(as, "len") || at_word(as, "pktlen")) {
		operand->form = CBPF_FORM_LEN;
		advance(as);
		return true;
	}
	for (size_t i = 0; i < CBPF_EXT_COUNT; i++) {
		const struct cbpf_ext_info *ext = &cbpf_exts[i];

		if (!at_word(as, ext->word) && !at_word(as, ext->other_word) &&
		    !at_word(as, ext->pcap_word))
			continue;
		operand->form = CBPF_FORM_ABS;
		operand->k = CBPF_EXT_OFFSET + ext->ext;
		advance(as);
		return true;
	}
	return false;
}

static bool unknown_name(struct assembler *as)
{
	char name[MOST_NAME_LEN + 1];
	struct nearest search;

	if (as->token.kind != CBPF_TOKEN_WORD)
		return expected(as, "a number or a name");
	search = nearest_begin(span_text(as, as->token.span, name));
	(void)fail(as, as->token.span, "there is no '%s' to load", name);
	nearest_offer(&search, "len");
	for (size_t i = 0; wants_hint(as) && i < CBPF_EXT_COUNT; i++)
		nearest_offer(&search,
			      cbpf_exts[i].word ? cbpf_exts[i].word : cbpf_exts[i].pcap_word);
	if (search.best)
		diag_hint(as->lexer.diag, "did you mean '%s'?", search.best);
	else
		diag_hint(as->lexer.diag, "a load takes '#1', '[12]', '[x + 12]', 'M[1]', 'len' or "
					  "an extension such as 'proto'");
	return false;
}

static bool skip_x(struct assembler *as)
{
	(void)skip_sign(as, '%');
	if (!at_word(as, "x"))
		return false;
	advance(as);
	return true;
}

/* After '[': "12]", "x + 12]" or "vlan_tci]". */
static bool parse_brackets(struct assembler *as, struct operand *operand)
{
	if (at_sign(as, '%') || at_word(as, "x")) {
		operand->form = CBPF_FORM_IND;
		if (!skip_x(as))
			return expected(as, "'x'");
		if (!at_sign(as, '+') && !at_sign(as, '-'))
			return expected(as, "'+' and an offset");
		if (at_sign(as, '+'))
			advance(as); /* '+ -4' is what tcpdump prints */
		return parse_value(as, &operand->k) && expect_sign(as, ']');
	}
	operand->form = CBPF_FORM_ABS;
	if (as->token.kind == CBPF_TOKEN_WORD) {
		if (at_word(as, "len") || at_word(as, "pktlen") || !parse_name(as, operand))
			return unknown_name(as);
	} else if (!parse_value(as, &operand->k)) {
		return false;
	}
	return expect_sign(as, ']');
}

/* After '#': a constant, or a name. */
static bool parse_hash(struct assembler *as, struct operand *operand)
{
	if (as->token.kind == CBPF_TOKEN_WORD)
		return parse_name(as, operand) || unknown_name(as);
	operand->form = CBPF_FORM_IMM;
	return parse_value(as, &operand->k);
}

/* After the 4 in "4*([14]&0xf)". */
static bool parse_msh(struct assembler *as, struct span four_span, uint32_t four,
		      struct operand *operand)
{
	struct span mask_span;
	uint32_t mask;

	operand->form = CBPF_FORM_MSH;
	if (!expect_sign(as, '*') || !expect_sign(as, '(') || !expect_sign(as, '[') ||
	    !parse_value(as, &operand->k) || !expect_sign(as, ']') || !expect_sign(as, '&'))
		return false;
	mask_span = as->token.span;
	if (!parse_value(as, &mask) || !expect_sign(as, ')'))
		return false;
	if (four == 4 && mask == 0xf)
		return true;
	(void)fail(as, four != 4 ? four_span : mask_span,
		   "the machine multiplies by 4 and masks with 0xf, nothing else");
	diag_hint(as->lexer.diag, "it is made for the length of an IP header: ldxb 4*([14]&0xf)");
	return false;
}

/* A bare number: MSH, ldi's constant, or the target of a listed 'ja'. */
static bool parse_bare(struct assembler *as, const struct statement *st, struct operand *operand)
{
	struct span span = as->token.span;
	bool is_negative = at_sign(as, '-');
	uint32_t value;

	if (!parse_value(as, &value))
		return false;
	if (!is_negative && at_sign(as, '*'))
		return parse_msh(as, span, value, operand);
	operand->k = value;
	operand->form = CBPF_FORM_IMM;
	if (st->bare_constant)
		return true;
	(void)fail(as, span, "expected an operand, found the number %d", (int32_t)value);
	diag_hint(as->lexer.diag, "a constant is '#%d', bytes of the packet are '[%d]'",
		  (int32_t)value, (int32_t)value);
	return false;
}

/* An operand; sets the form NONE where none begins. */
static bool parse_operand(struct assembler *as, const struct statement *st, struct operand *operand)
{
	*operand = (struct operand){ .form = CBPF_FORM_NONE };
	if (as->token.kind == CBPF_TOKEN_NUMBER || at_sign(as, '-'))
		return parse_bare(as, st, operand);
	if (skip_sign(as, '#'))
		return parse_hash(as, operand);
	if (skip_sign(as, '['))
		return parse_brackets(as, operand);
	if (at_sign(as, '%') || at_word(as, "x") || at_word(as, "a")) {
		(void)skip_sign(as, '%');
		operand->form = at_word(as, "a") ? CBPF_FORM_A : CBPF_FORM_X;
		if (!at_word(as, "a") && !at_word(as, "x"))
			return expected(as, "'x' or 'a'");
		advance(as);
		return true;
	}
	if (at_word(as, "m")) {
		operand->form = CBPF_FORM_MEM;
		advance(as);
		return expect_sign(as, '[') && parse_value(as, &operand->k) && expect_sign(as, ']');
	}
	if (as->token.kind == CBPF_TOKEN_WORD && !as->token.begins_line)
		return parse_name(as, operand) || unknown_name(as);
	return true;
}

/*
 * Operations
 */

/* Is the next token on this line, and can it only be an operand? */
static bool at_operand(const struct assembler *as)
{
	return !as->token.begins_line &&
	       (as->token.kind == CBPF_TOKEN_NUMBER || at_sign(as, '#') || at_sign(as, '[') ||
		at_sign(as, '%') ||
		((at_word(as, "x") || at_word(as, "a")) && !is_label(&as->lexer, as->token)));
}

/* How an operand of @form looks, for messages. */
static const char *form_example(enum cbpf_form form)
{
	switch (form) {
	case CBPF_FORM_NONE: return "nothing";
	case CBPF_FORM_A: return "'a'";
	case CBPF_FORM_X: return "'x'";
	case CBPF_FORM_IMM: return "'#1'";
	case CBPF_FORM_ABS: return "'[12]'";
	case CBPF_FORM_IND: return "'[x + 12]'";
	case CBPF_FORM_MSH: return "'4*([14]&0xf)'";
	case CBPF_FORM_MEM: return "'M[1]'";
	case CBPF_FORM_LEN: return "'len'";
	case CBPF_FORM_JUMP: return "a label";
	case CBPF_FORM_JUMP_IMM: return "'#1, label'";
	case CBPF_FORM_JUMP_X: return "'x, label'";
	}
	return "";
}

static int find_op(const char *word, enum cbpf_form form)
{
	for (int op = 0; op < CBPF_OP_COUNT; op++)
		if (cbpf_ops[op].form == form && !strcmp(cbpf_ops[op].word, word))
			return op;
	return -1;
}

/* The word has no operation with the operand of this form: say which it has. */
static bool wrong_operand(struct assembler *as, const struct statement *st, enum cbpf_form form)
{
	char word[MOST_NAME_LEN + 1];
	struct strbuf forms = { 0 };

	(void)fail(as, st->word_span, "'%s' takes no operand like %s",
		   span_text(as, st->word_span, word), form_example(form));
	if (!strcmp(st->word, "ret") && form == CBPF_FORM_X) {
		diag_hint(as->lexer.diag, "Linux has no 'ret x'; write: txa  ret a");
		return false;
	}
	for (int op = 0; op < CBPF_OP_COUNT; op++)
		if (!strcmp(cbpf_ops[op].word, st->word))
			strbuf_printf(&forms, "%s%s", forms.len ? ", " : "",
				      form_example(cbpf_ops[op].form));
	diag_hint(as->lexer.diag, "it takes: %s", strbuf_text(&forms));
	strbuf_release(&forms);
	return false;
}

static void unknown_word(struct assembler *as, struct cbpf_token token)
{
	char word[MOST_NAME_LEN + 1];
	struct nearest search = nearest_begin(span_text(as, token.span, word));

	(void)fail(as, token.span, "there is no instruction '%s'", word);
	for (int op = 0; wants_hint(as) && op < CBPF_OP_COUNT; op++)
		nearest_offer(&search, cbpf_ops[op].word);
	for (size_t i = 0; wants_hint(as) && i < ARRAY_LEN(word_aliases); i++)
		if (word_aliases[i].text)
			nearest_offer(&search, word_aliases[i].text);
	if (search.best)
		diag_hint(as->lexer.diag, "did you mean '%s'?", search.best);
}

/* Look up the word of a statement; false when there is none. */
static bool find_word(const struct cbpf_lexer *lexer, struct cbpf_token token, struct statement *st)
{
	st->word_span = token.span;
	for (int op = 0; op < CBPF_OP_COUNT; op++) {
		if (!cbpf_token_is(lexer, token, cbpf_ops[op].word))
			continue;
		st->word = cbpf_ops[op].word;
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(word_aliases); i++) {
		const struct word_alias *alias = &word_aliases[i];

		if (!cbpf_token_is(lexer, token, alias->text))
			continue;
		st->word = alias->word;
		st->negated = alias->negated;
		st->bare_constant = alias->text[2] == 'i' || alias->text[3] == 'i';
		return true;
	}
	return false;
}

/*
 * Jumps
 */

static bool parse_label(struct assembler *as, uint32_t at, enum jump_kind kind)
{
	if (as->token.kind != CBPF_TOKEN_WORD || as->token.begins_line)
		return expected(as, "a label");
	as->jumps[as->jump_count++] = (struct jump){ .to = as->token.span, .at = at, .kind = kind };
	advance(as);
	return true;
}

/* ", label [, label]".  A negated jump has one, and it is where the false way leads. */
static bool parse_labels(struct assembler *as, const struct statement *st, uint32_t at)
{
	if (!expect_sign(as, ',') || !parse_label(as, at, st->negated ? JUMP_FALSE : JUMP_TRUE))
		return false;
	if (!at_sign(as, ','))
		return true;
	if (st->negated)
		return fail(as, as->token.span,
			    "'%.*s' takes one label: otherwise the next instruction is next",
			    (int)st->word_span.len, as->lexer.source->text + st->word_span.offset);
	advance(as);
	return parse_label(as, at, JUMP_FALSE);
}

/* 'jt' or 'jf' and the number of an instruction, as the distance to it. */
static bool parse_listed_target(struct assembler *as, const char *word, uint32_t at, uint8_t *ret)
{
	struct span span;
	uint32_t to = 0;

	if (!at_word(as, word))
		return expected(as, !strcmp(word, "jt") ? "'jt'" : "'jf'");
	advance(as);
	span = as->token.span;
	if (!parse_value(as, &to))
		return false;
	if (to - at - 1 > UINT8_MAX)
		return fail(as, span, "a jump from instruction %u leads to one from %u to %u", at,
			    at + 1, at + 1 + UINT8_MAX);
	*ret = (uint8_t)(to - at - 1);
	return true;
}

/* The target of 'ja': a label, or in a listing an instruction's number. */
static bool parse_always(struct assembler *as, const struct statement *st, struct cbpf_insn *insn)
{
	uint32_t to;

	if (!st->is_listed)
		return parse_label(as, as->count, JUMP_ALWAYS);
	if (!parse_value(as, &to))
		return false;
	insn->k = to - as->count - 1;
	return true;
}

static bool parse_condition(struct assembler *as, const struct statement *st,
			    struct cbpf_insn *insn)
{
	struct operand operand;
	enum cbpf_form form;

	if (!parse_operand(as, st, &operand))
		return false;
	form = operand.form == CBPF_FORM_IMM ? CBPF_FORM_JUMP_IMM :
	       operand.form == CBPF_FORM_X   ? CBPF_FORM_JUMP_X :
					       operand.form;
	if (form != CBPF_FORM_JUMP_IMM && form != CBPF_FORM_JUMP_X)
		return wrong_operand(as, st, form);
	insn->code = cbpf_ops[find_op(st->word, form)].code;
	insn->k = operand.k;
	if (!st->is_listed)
		return parse_labels(as, st, as->count);
	return parse_listed_target(as, "jt", as->count, &insn->jt) &&
	       parse_listed_target(as, "jf", as->count, &insn->jf);
}

/* Can a jump get to instruction @to? */
static bool check_distance(struct assembler *as, const struct jump *jump, uint32_t to)
{
	char name[MOST_NAME_LEN + 1];
	const char *text = span_text(as, jump->to, name);

	if (jump->kind == JUMP_ALWAYS) /* backwards too, which cbpf_check refuses */
		return true;
	if (to <= jump->at) {
		(void)fail(as, jump->to, "label '%s' is not after the jump", text);
		diag_hint(as->lexer.diag, "classic BPF only jumps forward, so that programs end");
		return false;
	}
	if (to - jump->at - 1 <= UINT8_MAX)
		return true;
	(void)fail(as, jump->to, "label '%s' is %u instructions away, at most %d are possible",
		   text, to - jump->at - 1, UINT8_MAX);
	diag_hint(as->lexer.diag, "jump to a 'ja %s' nearby", text);
	return false;
}

static void unknown_label(struct assembler *as, const struct jump *jump)
{
	char wanted[MOST_NAME_LEN + 1], name[MOST_NAME_LEN + 1], best[MOST_NAME_LEN + 1];
	struct nearest search = nearest_begin(span_text(as, jump->to, wanted));

	(void)fail(as, jump->to, "there is no label '%s'", wanted);
	for (uint32_t i = 0; wants_hint(as) && i < as->label_count; i++) {
		unsigned int before = search.distance;

		nearest_offer(&search, span_text(as, as->labels[i].name, name));
		if (search.distance < before)
			memcpy(best, name, sizeof best);
	}
	if (search.best)
		diag_hint(as->lexer.diag, "did you mean '%s'?", best);
}

/* The label called as the text at @name, or NULL. */
static const struct label *find_label(const struct assembler *as, struct span name)
{
	const char *text = as->lexer.source->text;

	for (uint32_t i = 0; i < as->label_count; i++)
		if (as->labels[i].name.len == name.len &&
		    !memcmp(text + as->labels[i].name.offset, text + name.offset, name.len))
			return &as->labels[i];
	return NULL;
}

static void resolve_jump(struct assembler *as, const struct jump *jump)
{
	const struct label *label = find_label(as, jump->to);
	struct cbpf_insn *insn = &as->insns[jump->at];
	uint32_t distance;

	if (!label) {
		unknown_label(as, jump);
		return;
	}
	if (!check_distance(as, jump, label->at))
		return;
	distance = label->at - jump->at - 1;
	if (jump->kind == JUMP_TRUE)
		insn->jt = (uint8_t)distance;
	else if (jump->kind == JUMP_FALSE)
		insn->jf = (uint8_t)distance;
	else
		insn->k = distance;
}

/*
 * Statements
 */

/* 'unimp 0x81' is how tcpdump shows what it does not know; what is complete without an operand
 * can be taken back. */
static bool parse_unimp(struct assembler *as, struct cbpf_insn *insn)
{
	struct span span = as->token.span;
	uint32_t code;
	int op;

	if (!parse_value(as, &code))
		return false;
	op = code <= UINT16_MAX ? cbpf_decode((uint16_t)code) : -1;
	if (op < 0)
		return fail(as, span, "no operation has the opcode 0x%x", code);
	if (cbpf_ops[op].form != CBPF_FORM_LEN)
		return fail(as, span, "the operand of this '%s' is missing", cbpf_ops[op].word);
	insn->code = cbpf_ops[op].code;
	return true;
}

static bool parse_simple(struct assembler *as, const struct statement *st, struct cbpf_insn *insn)
{
	struct operand operand = { .form = CBPF_FORM_NONE };
	int op = find_op(st->word, CBPF_FORM_NONE);

	if (op >= 0 && at_operand(as))
		return fail(as, as->token.span, "'%s' takes no operand", st->word);
	if (op < 0 && !parse_operand(as, st, &operand))
		return false;
	if (st->is_listed && operand.form == CBPF_FORM_NONE && !strcmp(st->word, "ret"))
		operand.form = CBPF_FORM_A;
	op = find_op(st->word, operand.form);
	if (op < 0 && operand.form == CBPF_FORM_MSH) /* 'ldx 4*(...)' is 'ldxb' */
		op = strcmp(st->word, "ldx") ? -1 : CBPF_LDX_MSH;
	if (op < 0 && operand.form == CBPF_FORM_NONE)
		return expected(as, "an operand");
	if (op < 0)
		return wrong_operand(as, st, operand.form);
	insn->code = cbpf_ops[op].code;
	insn->k = operand.k;
	return true;
}

static bool parse_insn(struct assembler *as, struct statement *st)
{
	uint32_t start = as->token.span.offset;
	struct cbpf_insn insn = { 0 };
	struct cbpf_token word = as->token;
	bool good;

	if (word.kind != CBPF_TOKEN_WORD)
		return expected(as, "an instruction");
	if (as->count == CBPF_MOST_INSNS) {
		as->out_of_range = true;
		return fail(as, word.span, "a program has at most %d instructions",
			    CBPF_MOST_INSNS);
	}
	advance(as);
	if (st->is_listed && cbpf_token_is(&as->lexer, word, "unimp")) {
		good = parse_unimp(as, &insn);
	} else if (!find_word(&as->lexer, word, st)) {
		unknown_word(as, word);
		return false;
	} else if (!strcmp(st->word, "ja")) {
		insn.code = cbpf_ops[CBPF_JA].code;
		good = parse_always(as, st, &insn);
	} else if (find_op(st->word, CBPF_FORM_JUMP_X) >= 0) {
		good = parse_condition(as, st, &insn);
	} else {
		good = parse_simple(as, st, &insn);
	}
	if (!good)
		return false;
	as->spans[as->count] = (struct span){ start, as->lexer.previous_end - start };
	as->insns[as->count++] = insn;
	return true;
}

/* After a word: ':' makes it a label. */
static bool define_label(struct assembler *as, struct cbpf_token name)
{
	struct statement st = { 0 };
	char text[MOST_NAME_LEN + 1];

	span_text(as, name.span, text);
	if (find_word(&as->lexer, name, &st))
		return fail(as, name.span, "'%s' is an instruction and cannot be a label", text);
	if (name.span.len > MOST_NAME_LEN)
		return fail(as, name.span, "a label has at most %d characters", MOST_NAME_LEN);
	if (find_label(as, name.span))
		return fail(as, name.span, "label '%s' is there twice", text);
	if (as->label_count && as->labels[as->label_count - 1].at == as->count)
		return fail(as, name.span, "instruction %u has a label already", as->count);
	if (as->label_count < CBPF_MOST_INSNS)
		as->labels[as->label_count++] = (struct label){ name.span, as->count };
	return true;
}

/* "(012)" in front of a listed instruction. */
static bool parse_number(struct assembler *as)
{
	const struct source *source = as->lexer.source;
	uint32_t number = 0, at = as->lexer.at;
	struct span span;

	/* Not a number to the lexer: 012 is decimal here. */
	while (at < source->len && char_is_digit(source->text[at]) && number <= CBPF_MOST_INSNS)
		number = number * 10 + (uint32_t)(source->text[at++] - '0');
	span = (struct span){ as->lexer.at, at - as->lexer.at };
	if (!span.len) {
		advance(as);
		return expected(as, "an instruction's number");
	}
	as->lexer.at = at;
	advance(as);
	if (!expect_sign(as, ')'))
		return false;
	if (number == as->count)
		return true;
	(void)fail(as, span, "this is instruction %u of the text, numbered %u", as->count, number);
	diag_hint(as->lexer.diag, "is a line missing?  jumps would lead elsewhere");
	as->count = number < CBPF_MOST_INSNS ? number : as->count; /* report it once */
	return true;
}

/* After a '(': "012)", with as many digits as tcpdump prints at least.  eBPF's dumps have two
 * hexadecimal ones there. */
static bool at_listed_number(const struct cbpf_lexer *lexer)
{
	const struct source *source = lexer->source;
	size_t at = lexer->at;

	while (at < source->len && char_is_digit(source->text[at]))
		at++;
	return at - lexer->at >= 3 && at < source->len && source->text[at] == ')';
}

static bool parse_statement(struct assembler *as)
{
	struct statement st = { 0 };

	if (at_sign(as, '(')) {
		st.is_listed = true;
		if (!parse_number(as))
			return false;
	} else if (is_label(&as->lexer, as->token)) {
		struct cbpf_token name = as->token;

		advance(as);
		advance(as);
		if (!define_label(as, name))
			return false;
	}
	if (parse_insn(as, &st))
		return true;
	if (st.is_listed && as->count < CBPF_MOST_INSNS)
		as->count++; /* so that the next line's number is right */
	return false;
}

/* After an error in the statement that began at @start, go on with the next line.  The rest of
 * this one is not even split into tokens, whose errors would be echoes. */
static void skip_line(struct assembler *as, uint32_t start)
{
	const struct source *source = as->lexer.source;

	if (as->token.begins_line && as->token.span.offset != start)
		return;
	while (as->lexer.at < source->len && source->text[as->lexer.at] != '\n')
		as->lexer.at++;
	advance(as);
}

static int copy_program(const struct assembler *as, struct arena *arena, struct cbpf_prog *ret_prog)
{
	struct cbpf_insn *insns = arena_alloc_array(arena, as->count, sizeof *insns);
	struct span *spans = arena_alloc_array(arena, as->count, sizeof *spans);

	if (!insns || !spans)
		return -ENOMEM;
	memcpy(insns, as->insns, as->count * sizeof *insns);
	memcpy(spans, as->spans, as->count * sizeof *spans);
	*ret_prog = (struct cbpf_prog){ insns, as->count, spans };
	return 0;
}

bool cbpf_is_text(const struct source *source)
{
	struct cbpf_lexer lexer = { .source = source };
	struct cbpf_token token = cbpf_lex(&lexer);
	struct statement st;

	while (is_label(&lexer, token)) {
		(void)cbpf_lex(&lexer); /* the colon */
		token = cbpf_lex(&lexer);
	}
	if (token.kind == CBPF_TOKEN_SIGN && token.sign == '(')
		return at_listed_number(&lexer);
	return find_word(&lexer, token, &st);
}

int cbpf_assemble(const struct source *source, struct arena *arena, struct diag *diag,
		  struct cbpf_prog *ret_prog)
{
	struct assembler *as = calloc(1, sizeof *as);
	int err = -EINVAL;

	if (!as)
		return -ENOMEM;
	as->lexer = (struct cbpf_lexer){ .source = source, .diag = diag };
	advance(as);
	if (as->token.kind == CBPF_TOKEN_END)
		(void)expected(as, "an instruction");
	while (as->token.kind != CBPF_TOKEN_END && !as->out_of_range) {
		uint32_t start = as->token.span.offset;

		if (!parse_statement(as))
			skip_line(as, start);
	}
	for (uint32_t i = 0; i < as->jump_count && !as->lexer.failed; i++)
		resolve_jump(as, &as->jumps[i]);
	if (!as->lexer.failed)
		err = copy_program(as, arena, ret_prog);
	free(as);
	return err;
}
