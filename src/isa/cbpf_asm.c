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
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/chars.h"
#include "base/nearest.h"
#include "isa/cbpf_parse.h"

/* What the text says instead of the word in cbpf.def. */
struct word_alias {
	const char *text;
	const char *word;
	bool negated;       /* the jump is taken when the condition is false */
	bool bare_constant; /* the '#' may be missing */
};

/* clang-format off */
static const struct word_alias word_aliases[] = {
	{ "ldi",  "ld",  false, true },
	{ "ldxi", "ldx", false, true },
	{ "jmp",  "ja",  false, false },
	{ "jneq", "jeq", true,  false },
#define CBPF_OP(...)
#define CBPF_ALU(...)
#define CBPF_JMP(name, code, word, negated_, ebpf_not, condition) { negated_, word, true, false },
#include "isa/cbpf.def"
};
/* clang-format on */

/* A statement while it is parsed. */
struct statement {
	struct span word_span;
	const char *word; /* of cbpf.def */
	bool negated;
	bool is_listed;
	bool bare_constant; /* the '#' may be missing */
};

/*
 * Operations
 */

/* Is the next token on this line, and can it only be an operand? */
static bool at_operand(const struct cbpf_parser *p)
{
	return !p->token.begins_line &&
	       (p->token.kind == CBPF_TOKEN_NUMBER || cbpf_at_sign(p, '#') ||
		cbpf_at_sign(p, '[') || cbpf_at_sign(p, '%') ||
		((cbpf_at_word(p, "x") || cbpf_at_word(p, "a")) &&
		 !cbpf_is_label(&p->lexer, p->token)));
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
static bool wrong_operand(struct cbpf_parser *p, const struct statement *st, enum cbpf_form form)
{
	char word[CBPF_MOST_NAME_LEN + 1];
	struct strbuf forms = { 0 };

	(void)cbpf_fail(p, st->word_span, "'%s' takes no operand like %s",
			cbpf_span_text(p, st->word_span, word), form_example(form));
	if (!strcmp(st->word, "ret") && form == CBPF_FORM_X) {
		diag_hint(p->lexer.diag, "Linux has no 'ret x'; write: txa  ret a");
		return false;
	}
	for (int op = 0; op < CBPF_OP_COUNT; op++)
		if (!strcmp(cbpf_ops[op].word, st->word))
			strbuf_printf(&forms, "%s%s", forms.len ? ", " : "",
				      form_example(cbpf_ops[op].form));
	diag_hint(p->lexer.diag, "it takes: %s", strbuf_text(&forms));
	strbuf_release(&forms);
	return false;
}

static void unknown_word(struct cbpf_parser *p, struct cbpf_token token)
{
	char word[CBPF_MOST_NAME_LEN + 1];
	struct nearest search = nearest_begin(cbpf_span_text(p, token.span, word));

	(void)cbpf_fail(p, token.span, "there is no instruction '%s'", word);
	for (int op = 0; cbpf_wants_hint(p) && op < CBPF_OP_COUNT; op++)
		nearest_offer(&search, cbpf_ops[op].word);
	for (size_t i = 0; cbpf_wants_hint(p) && i < ARRAY_LEN(word_aliases); i++)
		if (word_aliases[i].text)
			nearest_offer(&search, word_aliases[i].text);
	if (search.best)
		diag_hint(p->lexer.diag, "did you mean '%s'?", search.best);
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
		st->bare_constant = alias->bare_constant;
		return true;
	}
	return false;
}

/*
 * Jumps
 */

static bool parse_label(struct cbpf_parser *p, uint32_t at, enum cbpf_jump_kind kind)
{
	if (p->token.kind != CBPF_TOKEN_WORD || p->token.begins_line)
		return cbpf_fail_expected(p, "a label");
	if (!p->lexer.failed) /* else the jumps may be more than there is room for, and go nowhere */
		p->jumps[p->jump_count++] =
			(struct cbpf_jump){ .to = p->token.span, .at = at, .kind = kind };
	cbpf_take(p);
	return true;
}

/* ", label [, label]".  A negated jump has one, and it is where the false way leads. */
static bool parse_labels(struct cbpf_parser *p, const struct statement *st, uint32_t at)
{
	if (!cbpf_expect_sign(p, ',') ||
	    !parse_label(p, at, st->negated ? CBPF_JUMP_FALSE : CBPF_JUMP_TRUE))
		return false;
	if (!cbpf_at_sign(p, ','))
		return true;
	if (st->negated)
		return cbpf_fail(p, p->token.span,
				 "'%.*s' takes one label: otherwise the next instruction is next",
				 (int)st->word_span.len,
				 p->lexer.source->text + st->word_span.offset);
	cbpf_take(p);
	return parse_label(p, at, CBPF_JUMP_FALSE);
}

/* 'jt' or 'jf' and the number of an instruction, as the distance to it. */
static bool parse_listed_target(struct cbpf_parser *p, const char *word, uint32_t at, uint8_t *ret)
{
	struct span span;
	uint32_t to = 0;

	if (!cbpf_at_word(p, word))
		return cbpf_fail_expected(p, !strcmp(word, "jt") ? "'jt'" : "'jf'");
	cbpf_take(p);
	span = p->token.span;
	if (!cbpf_parse_value(p, &to))
		return false;
	if (to - at - 1 > UINT8_MAX)
		return cbpf_fail(p, span, "a jump from instruction %u leads to one from %u to %u",
				 at, at + 1, at + 1 + UINT8_MAX);
	*ret = (uint8_t)(to - at - 1);
	return true;
}

/* The target of 'ja': a label, or in a listing an instruction's number. */
static bool parse_always(struct cbpf_parser *p, const struct statement *st, struct cbpf_insn *insn)
{
	uint32_t to;

	if (!st->is_listed)
		return parse_label(p, p->count, CBPF_JUMP_ALWAYS);
	if (!cbpf_parse_value(p, &to))
		return false;
	insn->k = to - p->count - 1;
	return true;
}

static bool parse_condition(struct cbpf_parser *p, const struct statement *st,
			    struct cbpf_insn *insn)
{
	struct cbpf_operand operand;
	enum cbpf_form form;

	if (!cbpf_parse_operand(p, st->bare_constant, &operand))
		return false;
	form = operand.form == CBPF_FORM_IMM ? CBPF_FORM_JUMP_IMM :
	       operand.form == CBPF_FORM_X   ? CBPF_FORM_JUMP_X :
					       operand.form;
	if (form != CBPF_FORM_JUMP_IMM && form != CBPF_FORM_JUMP_X)
		return wrong_operand(p, st, form);
	insn->code = cbpf_ops[find_op(st->word, form)].code;
	insn->k = operand.k;
	if (!st->is_listed)
		return parse_labels(p, st, p->count);
	return parse_listed_target(p, "jt", p->count, &insn->jt) &&
	       parse_listed_target(p, "jf", p->count, &insn->jf);
}

/* Can a jump get to instruction @to? */
static bool check_distance(struct cbpf_parser *p, const struct cbpf_jump *jump, uint32_t to)
{
	char name[CBPF_MOST_NAME_LEN + 1];
	const char *text = cbpf_span_text(p, jump->to, name);

	if (jump->kind == CBPF_JUMP_ALWAYS) /* backwards too, which cbpf_check refuses */
		return true;
	if (to <= jump->at) {
		(void)cbpf_fail(p, jump->to, "label '%s' is not after the jump", text);
		diag_hint(p->lexer.diag, "classic BPF only jumps forward, so that programs end");
		return false;
	}
	if (to - jump->at - 1 <= UINT8_MAX)
		return true;
	(void)cbpf_fail(p, jump->to, "label '%s' is %u instructions away, at most %d are possible",
			text, to - jump->at - 1, UINT8_MAX);
	diag_hint(p->lexer.diag, "jump to a 'ja %s' nearby", text);
	return false;
}

static void unknown_label(struct cbpf_parser *p, const struct cbpf_jump *jump)
{
	char wanted[CBPF_MOST_NAME_LEN + 1], name[CBPF_MOST_NAME_LEN + 1],
		best[CBPF_MOST_NAME_LEN + 1];
	struct nearest search = nearest_begin(cbpf_span_text(p, jump->to, wanted));

	(void)cbpf_fail(p, jump->to, "there is no label '%s'", wanted);
	for (uint32_t i = 0; cbpf_wants_hint(p) && i < p->label_count; i++) {
		unsigned int before = search.distance;

		nearest_offer(&search, cbpf_span_text(p, p->labels[i].name, name));
		if (search.distance < before)
			memcpy(best, name, sizeof best);
	}
	if (search.best)
		diag_hint(p->lexer.diag, "did you mean '%s'?", best);
}

/* The label called as the text at @name, or NULL. */
static const struct cbpf_label *find_label(const struct cbpf_parser *p, struct span name)
{
	const char *text = p->lexer.source->text;

	for (uint32_t i = 0; i < p->label_count; i++)
		if (p->labels[i].name.len == name.len &&
		    !memcmp(text + p->labels[i].name.offset, text + name.offset, name.len))
			return &p->labels[i];
	return NULL;
}

static void resolve_jump(struct cbpf_parser *p, const struct cbpf_jump *jump)
{
	const struct cbpf_label *label = find_label(p, jump->to);
	struct cbpf_insn *insn = &p->insns[jump->at];
	uint32_t distance;

	if (!label) {
		unknown_label(p, jump);
		return;
	}
	if (!check_distance(p, jump, label->at))
		return;
	distance = label->at - jump->at - 1;
	if (jump->kind == CBPF_JUMP_TRUE)
		insn->jt = (uint8_t)distance;
	else if (jump->kind == CBPF_JUMP_FALSE)
		insn->jf = (uint8_t)distance;
	else
		insn->k = distance;
}

/*
 * Statements
 */

/* 'unimp 0x81' is how tcpdump shows what it does not know; what is complete without an operand
 * can be taken back. */
static bool parse_unimp(struct cbpf_parser *p, struct cbpf_insn *insn)
{
	struct span span = p->token.span;
	uint32_t code;
	int op;

	if (!cbpf_parse_value(p, &code))
		return false;
	op = code <= UINT16_MAX ? cbpf_decode((uint16_t)code) : -1;
	if (op < 0)
		return cbpf_fail(p, span, "no operation has the opcode 0x%x", code);
	if (cbpf_ops[op].form != CBPF_FORM_LEN)
		return cbpf_fail(p, span, "the operand of this '%s' is missing", cbpf_ops[op].word);
	insn->code = cbpf_ops[op].code;
	return true;
}

static bool parse_simple(struct cbpf_parser *p, const struct statement *st, struct cbpf_insn *insn)
{
	struct cbpf_operand operand = { .form = CBPF_FORM_NONE };
	int op = find_op(st->word, CBPF_FORM_NONE);

	if (op >= 0 && at_operand(p))
		return cbpf_fail(p, p->token.span, "'%s' takes no operand", st->word);
	if (op < 0 && !cbpf_parse_operand(p, st->bare_constant, &operand))
		return false;
	if (st->is_listed && operand.form == CBPF_FORM_NONE && !strcmp(st->word, "ret"))
		operand.form = CBPF_FORM_A;
	op = find_op(st->word, operand.form);
	if (op < 0 && operand.form == CBPF_FORM_MSH) /* 'ldx 4*(...)' is 'ldxb' */
		op = strcmp(st->word, "ldx") ? -1 : CBPF_LDX_MSH;
	if (op < 0 && operand.form == CBPF_FORM_NONE)
		return cbpf_fail_expected(p, "an operand");
	if (op < 0)
		return wrong_operand(p, st, operand.form);
	insn->code = cbpf_ops[op].code;
	insn->k = operand.k;
	return true;
}

static bool parse_insn(struct cbpf_parser *p, struct statement *st)
{
	uint32_t start = p->token.span.offset;
	struct cbpf_insn insn = { 0 };
	struct cbpf_token word = p->token;
	bool good;

	if (word.kind != CBPF_TOKEN_WORD)
		return cbpf_fail_expected(p, "an instruction");
	if (p->count == CBPF_MOST_INSNS) {
		p->out_of_range = true;
		return cbpf_fail(p, word.span, "a program has at most %d instructions",
				 CBPF_MOST_INSNS);
	}
	cbpf_take(p);
	if (st->is_listed && cbpf_token_is(&p->lexer, word, "unimp")) {
		good = parse_unimp(p, &insn);
	} else if (!find_word(&p->lexer, word, st)) {
		unknown_word(p, word);
		return false;
	} else if (!strcmp(st->word, "ja")) {
		insn.code = cbpf_ops[CBPF_JA].code;
		good = parse_always(p, st, &insn);
	} else if (find_op(st->word, CBPF_FORM_JUMP_X) >= 0) {
		good = parse_condition(p, st, &insn);
	} else {
		good = parse_simple(p, st, &insn);
	}
	if (!good)
		return false;
	p->spans[p->count] = (struct span){ start, p->lexer.previous_end - start };
	p->insns[p->count++] = insn;
	return true;
}

/* After a word: ':' makes it a label. */
static bool define_label(struct cbpf_parser *p, struct cbpf_token name)
{
	struct statement st = { 0 };
	char text[CBPF_MOST_NAME_LEN + 1];

	cbpf_span_text(p, name.span, text);
	if (find_word(&p->lexer, name, &st))
		return cbpf_fail(p, name.span, "'%s' is an instruction and cannot be a label",
				 text);
	if (name.span.len > CBPF_MOST_NAME_LEN)
		return cbpf_fail(p, name.span, "a label has at most %d characters",
				 CBPF_MOST_NAME_LEN);
	if (find_label(p, name.span))
		return cbpf_fail(p, name.span, "label '%s' is there twice", text);
	if (p->label_count && p->labels[p->label_count - 1].at == p->count)
		return cbpf_fail(p, name.span, "instruction %u has a label already", p->count);
	if (p->label_count < ARRAY_LEN(p->labels)) /* unless errors have upset the count */
		p->labels[p->label_count++] = (struct cbpf_label){ name.span, p->count };
	return true;
}

/* "(012)" in front of a listed instruction. */
static bool parse_number(struct cbpf_parser *p)
{
	const struct source *source = p->lexer.source;
	uint32_t number = 0, at = p->lexer.at;
	struct span span;

	/* Not a number to the lexer: 012 is decimal here. */
	while (at < source->len && char_is_digit(source->text[at]) && number <= CBPF_MOST_INSNS)
		number = number * 10 + (uint32_t)(source->text[at++] - '0');
	span = (struct span){ p->lexer.at, at - p->lexer.at };
	if (!span.len) {
		cbpf_take(p);
		return cbpf_fail_expected(p, "an instruction's number");
	}
	p->lexer.at = at;
	cbpf_take(p);
	if (!cbpf_expect_sign(p, ')'))
		return false;
	if (number == p->count)
		return true;
	(void)cbpf_fail(p, span, "this is instruction %u of the text, numbered %u", p->count,
			number);
	diag_hint(p->lexer.diag, "is a line missing?  jumps would lead elsewhere");
	p->count = number < CBPF_MOST_INSNS ? number : p->count; /* report it once */
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

static bool parse_statement(struct cbpf_parser *p)
{
	struct statement st = { 0 };

	if (cbpf_at_sign(p, '(')) {
		st.is_listed = true;
		if (!parse_number(p))
			return false;
	} else if (cbpf_is_label(&p->lexer, p->token)) {
		struct cbpf_token name = p->token;

		cbpf_take(p);
		cbpf_take(p);
		if (!define_label(p, name))
			return false;
	}
	if (parse_insn(p, &st))
		return true;
	if (st.is_listed && p->count < CBPF_MOST_INSNS)
		p->count++; /* so that the next line's number is right */
	return false;
}

/* After an error in the statement that began at @start, go on with the next line.  The rest of
 * this one is not even split into tokens, whose errors would be echoes. */
static void skip_line(struct cbpf_parser *p, uint32_t start)
{
	const struct source *source = p->lexer.source;

	if (p->token.begins_line && p->token.span.offset != start)
		return;
	while (p->lexer.at < source->len && source->text[p->lexer.at] != '\n')
		p->lexer.at++;
	cbpf_take(p);
}

static int copy_program(const struct cbpf_parser *p, struct arena *arena,
			struct cbpf_prog *ret_prog)
{
	struct cbpf_insn *insns = arena_alloc_array(arena, p->count, sizeof *insns);
	struct span *spans = arena_alloc_array(arena, p->count, sizeof *spans);

	if (!insns || !spans)
		return -ENOMEM;
	memcpy(insns, p->insns, p->count * sizeof *insns);
	memcpy(spans, p->spans, p->count * sizeof *spans);
	*ret_prog = (struct cbpf_prog){ insns, p->count, spans };
	return 0;
}

bool cbpf_is_text(const struct source *source)
{
	struct cbpf_lexer lexer = { .source = source };
	struct cbpf_token token = cbpf_lex(&lexer);
	struct statement st;

	while (cbpf_is_label(&lexer, token)) {
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
	struct cbpf_parser *p = calloc(1, sizeof *p);
	int err = -EINVAL;

	if (!p)
		return -ENOMEM;
	p->lexer = (struct cbpf_lexer){ .source = source, .diag = diag };
	cbpf_take(p);
	if (p->token.kind == CBPF_TOKEN_END)
		(void)cbpf_fail_expected(p, "an instruction");
	while (p->token.kind != CBPF_TOKEN_END && !p->out_of_range) {
		uint32_t start = p->token.span.offset;

		if (!parse_statement(p))
			skip_line(p, start);
	}
	for (uint32_t i = 0; i < p->jump_count && !p->lexer.failed; i++)
		resolve_jump(p, &p->jumps[i]);
	if (!p->lexer.failed)
		err = copy_program(p, arena, ret_prog);
	free(p);
	return err;
}
