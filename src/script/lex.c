/*
 * lex.c - from characters to tokens.
 */
#include "script/lex.h"

#include <errno.h>
#include <string.h>

#include "base/bits.h"
#include "base/chars.h"

static const char *const sign_texts[TOKEN_KIND_COUNT] = {
#define SIGN(name, sign) [TOKEN_##name] = (sign),
#include "script/sign.def"
};

static const char *const kind_texts[TOKEN_KIND_COUNT] = {
	[TOKEN_END] = "the end",
	[TOKEN_INT] = "a number",
	[TOKEN_STRING] = "a string",
	[TOKEN_NAME] = "a name",
	[TOKEN_VAR] = "a variable",
	[TOKEN_MAP] = "a map",
	[TOKEN_PARAM] = "a parameter",
	[TOKEN_PARAM_COUNT] = "'$#'",
	[TOKEN_ATTACH] = "a probe",
	[TOKEN_COMMENT] = "a comment",
	[TOKEN_DIRECTIVE] = "a preprocessor directive",
	[TOKEN_SKIPPED] = "skipped lines",
	[TOKEN_SHEBANG] = "'#!'",
#define SIGN(name, sign) [TOKEN_##name] = "'" sign "'",
#include "script/sign.def"
};

const char *lex_kind_text(enum token_kind kind)
{
	return kind_texts[kind];
}

const char *lex_sign_text(enum token_kind kind)
{
	return sign_texts[kind] ? sign_texts[kind] : "";
}

/* --- characters ------------------------------------------------------------------------------ */

static char peek(const struct lexer *l, size_t ahead)
{
	return l->at + ahead < l->source->len ? l->source->text[l->at + ahead] : '\0';
}

static bool is_at_end(const struct lexer *l)
{
	return l->at >= l->source->len;
}

static bool is_word(char c)
{
	return char_is_letter(c) || char_is_digit(c);
}

static bool is_space(char c)
{
	return char_is_blank(c) || c == '\n';
}

static struct span span_from(const struct lexer *l, size_t start)
{
	if (l->has_fixed_span)
		return l->fixed_span;
	return (struct span){ (uint32_t)start, (uint32_t)(l->at - start) };
}

/* A token of what was passed since @start, with that as its text. */
static struct token token_from(struct lexer *l, enum token_kind kind, size_t start)
{
	struct token token = { .kind = kind, .span = span_from(l, start) };

	token.text_len = l->at - start;
	token.text = arena_strndup(l->arena, l->source->text + start, token.text_len);
	if (!token.text) {
		l->no_memory = true;
		token.text = "";
		token.text_len = 0;
	}
	return token;
}

/* Nothing but white space between the line's beginning and @at? */
static bool begins_line(const struct lexer *l, size_t at)
{
	while (at > 0 && char_is_blank(l->source->text[at - 1]))
		at--;
	return at == 0 || l->source->text[at - 1] == '\n';
}

/* --- numbers --------------------------------------------------------------------------------- */

struct unit {
	const char *text;
	uint64_t factor;
};

/* What may stand behind a number: C's suffixes say nothing here. */
static const struct unit units[] = {
	{ "", 1 },
	{ "u", 1 },
	{ "l", 1 },
	{ "ul", 1 },
	{ "lu", 1 },
	{ "ll", 1 },
	{ "ull", 1 },
	{ "llu", 1 },
	{ "ns", 1 },
	{ "us", 1000 },
	{ "ms", 1000000 },
	{ "s", 1000000000 },
	{ "m", 60 * UINT64_C(1000000000) },
	{ "h", 3600 * UINT64_C(1000000000) },
	{ "d", 86400 * UINT64_C(1000000000) },
};

static bool equal_caseless(const char *text, size_t len, const char *word)
{
	if (strlen(word) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((text[i] >= 'A' && text[i] <= 'Z' ? text[i] | 0x20 : text[i]) != word[i])
			return false;
	return true;
}

static bool find_unit(const char *text, size_t len, uint64_t *ret_factor)
{
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (equal_caseless(text, len, units[i].text)) {
			*ret_factor = units[i].factor;
			return true;
		}
	return false;
}

/* Add the digits of @base at @text to *value, '_' between them left out.  How many characters; sets
 * *overflow when 64 bits do not suffice. */
static size_t read_digits(const char *text, size_t len, unsigned int base, uint64_t *value,
			  bool *overflow)
{
	size_t i = 0;

	for (; i < len; i++) {
		int digit = char_hex_value(text[i]);

		if (text[i] == '_' && i > 0)
			continue;
		if (digit < 0 || (unsigned int)digit >= base)
			break;
		*overflow |= __builtin_mul_overflow(*value, base, value);
		*overflow |= __builtin_add_overflow(*value, (unsigned int)digit, value);
	}
	return i;
}

/* '10^exponent' times *value. */
static void scale(uint64_t *value, uint64_t exponent, bool *overflow)
{
	for (uint64_t i = 0; i < exponent && *value && !*overflow; i++)
		*overflow |= __builtin_mul_overflow(*value, 10u, value);
}

int lex_number(const char *text, size_t len, uint64_t *ret_number)
{
	bool is_hex = len > 2 && text[0] == '0' && (text[1] | 0x20) == 'x';
	unsigned int base = is_hex                                              ? 16 :
			    len > 1 && text[0] == '0' && char_is_digit(text[1]) ? 8 :
										  10;
	uint64_t value = 0, exponent = 0, factor;
	bool overflow = false;
	size_t i = is_hex ? 2 : 0, digits = read_digits(text + i, len - i, base, &value, &overflow);

	if (digits == 0)
		return -EINVAL;
	i += digits;
	if (base == 10 && i + 1 < len && (text[i] | 0x20) == 'e' && char_is_digit(text[i + 1])) {
		i++;
		i += read_digits(text + i, len - i, 10, &exponent, &overflow);
		scale(&value, exponent, &overflow);
	}
	if (!find_unit(text + i, len - i, &factor))
		return -EINVAL;
	overflow |= __builtin_mul_overflow(value, factor, &value);
	if (overflow)
		return -ERANGE;
	*ret_number = value;
	return 0;
}

static void explain_number(struct lexer *l, const struct token *token)
{
	const char *text = token->text;

	diag_error(l->diag, token->span, "'%s' is not a number", text);
	if (text[0] == '0' && (text[1] | 0x20) == 'b')
		diag_hint(l->diag, "numbers are decimal, octal (0755) or hexadecimal (0x1f)");
	else if (text[0] == '0' && char_is_digit(text[1]))
		diag_hint(l->diag, "a number that begins with 0 is octal: without the 0 it is "
				   "decimal");
	else
		diag_hint(l->diag, "as in 42, 0x2a, 1e6, 1_000, or with a unit: 10ms, 1s, 5m");
}

static struct token lex_int(struct lexer *l)
{
	size_t start = l->at;
	struct token token;
	int err;

	while (is_word(peek(l, 0)))
		l->at++;
	token = token_from(l, TOKEN_INT, start);
	err = lex_number(token.text, token.text_len, &token.number);
	if (err == -ERANGE)
		diag_error(l->diag, token.span, "'%s' is too large: numbers have 64 bits",
			   token.text);
	else if (err)
		explain_number(l, &token);
	if (peek(l, 0) == '.' && char_is_digit(peek(l, 1)) && start > 0 &&
	    l->source->text[start - 1] != '.') {
		while (is_word(peek(l, 0)) || (peek(l, 0) == '.' && peek(l, 1) != '.'))
			l->at++;
		token.span = span_from(l, start);
		diag_error(l->diag, token.span, "BPF has no floating point numbers");
		diag_hint(l->diag, "count in a smaller unit: 1500us for 1.5ms");
	}
	return token;
}

/* --- strings --------------------------------------------------------------------------------- */

/* The character that the escape behind a backslash stands for; passes it. */
static char lex_escape(struct lexer *l)
{
	size_t start = l->at - 1;
	char c = peek(l, 0);
	unsigned int value = 0;

	l->at++;
	switch (c) {
	case 'n': return '\n';
	case 't': return '\t';
	case 'r': return '\r';
	case 'a': return '\a';
	case 'b': return '\b';
	case 'f': return '\f';
	case 'v': return '\v';
	case 'e': return '\033';
	case '\\':
	case '\'':
	case '"': return c;
	case 'x':
		for (int i = 0; i < 2 && char_hex_value(peek(l, 0)) >= 0; i++)
			value = value << 4 | (unsigned int)char_hex_value(l->source->text[l->at++]);
		if (l->at == start + 2)
			diag_error(l->diag, span_from(l, start),
				   "expected hexadecimal digits behind '\\x'");
		return (char)value;
	default: break;
	}
	if (c >= '0' && c <= '7') {
		l->at--;
		for (int i = 0; i < 3 && peek(l, 0) >= '0' && peek(l, 0) <= '7'; i++)
			value = value << 3 | (unsigned int)(l->source->text[l->at++] - '0');
		return (char)value;
	}
	diag_error(l->diag, span_from(l, start), "'\\%c' stands for nothing", c);
	diag_hint(l->diag,
		  "a backslash itself is written '\\\\'; there are \\n \\t \\\" \\\\ \\033 \\x1b");
	return c;
}

static struct token lex_string(struct lexer *l)
{
	struct token token = { .kind = TOKEN_STRING };
	size_t start = l->at++, end = l->at, len = 0;
	char *text;

	while (end < l->source->len && l->source->text[end] != '"' && l->source->text[end] != '\n')
		end += l->source->text[end] == '\\' ? 2 : 1;
	text = arena_alloc(l->arena, (end > l->at ? end - l->at : 0) + 1);
	if (!text)
		l->no_memory = true;
	while (!is_at_end(l) && peek(l, 0) != '"' && peek(l, 0) != '\n') {
		char c = l->source->text[l->at++];

		if (c == '\\' && !is_at_end(l) && peek(l, 0) == '\n')
			break;
		if (c == '\\' && !is_at_end(l))
			c = lex_escape(l);
		if (text)
			text[len++] = c;
	}
	if (peek(l, 0) == '"')
		l->at++;
	else
		diag_error(l->diag, span_from(l, start), "this string has no end: '\"' is missing");
	token.span = span_from(l, start);
	token.text = text ? text : "";
	token.text_len = len;
	return token;
}

/* --- comments and directives ----------------------------------------------------------------- */

static struct token lex_line_comment(struct lexer *l)
{
	size_t start = l->at;

	while (!is_at_end(l) && peek(l, 0) != '\n')
		l->at++;
	return token_from(l, TOKEN_COMMENT, start);
}

static struct token lex_block_comment(struct lexer *l)
{
	size_t start = l->at;

	l->at += 2;
	while (!is_at_end(l) && !(peek(l, 0) == '*' && peek(l, 1) == '/'))
		l->at++;
	if (is_at_end(l))
		diag_error(l->diag, (struct span){ (uint32_t)start, 2 },
			   "this comment has no end: '*/' is missing");
	else
		l->at += 2;
	return token_from(l, TOKEN_COMMENT, start);
}

/* A line, with those that continue it behind a backslash. */
static void pass_logical_line(struct lexer *l)
{
	while (!is_at_end(l) && peek(l, 0) != '\n') {
		if (peek(l, 0) == '\\' && peek(l, 1) == '\n')
			l->at++;
		/* '#define A 1 // comment' leaves the comment for later */
		if (peek(l, 0) == '/' && (peek(l, 1) == '/' || peek(l, 1) == '*'))
			break;
		l->at++;
	}
}

static struct token lex_directive(struct lexer *l)
{
	size_t start = l->at;
	struct token token;

	pass_logical_line(l);
	token = token_from(l, TOKEN_DIRECTIVE, start);
	while (token.text_len > 0 && is_space(token.text[token.text_len - 1]))
		token.text_len--;
	l->at = start + token.text_len;
	token.span = span_from(l, start);
	return token;
}

/* The word behind '#' at l->at. */
static bool directive_is(const struct lexer *l, const char *word)
{
	size_t i = 1;

	while (char_is_blank(peek(l, i)))
		i++;
	for (; *word; word++, i++)
		if (peek(l, i) != *word)
			return false;
	return !is_word(peek(l, i));
}

struct token lex_skip_group(struct lexer *l)
{
	size_t start = l->at;
	unsigned int depth = 0;

	while (!is_at_end(l)) {
		if (peek(l, 0) == '#' && begins_line(l, l->at)) {
			if (directive_is(l, "if") || directive_is(l, "ifdef") ||
			    directive_is(l, "ifndef"))
				depth++;
			else if (depth == 0 &&
				 (directive_is(l, "else") || directive_is(l, "elif") ||
				  directive_is(l, "endif")))
				break;
			else if (directive_is(l, "endif"))
				depth--;
		}
		l->at++;
	}
	return token_from(l, TOKEN_SKIPPED, start);
}

/* --- names and signs ------------------------------------------------------------------------- */

static struct token lex_word(struct lexer *l)
{
	size_t start = l->at;

	while (is_word(peek(l, 0)))
		l->at++;
	return token_from(l, TOKEN_NAME, start);
}

static struct token lex_map(struct lexer *l)
{
	size_t start = l->at++;

	if (char_is_letter(peek(l, 0)))
		while (is_word(peek(l, 0)))
			l->at++;
	return token_from(l, TOKEN_MAP, start);
}

/* '$#', '$1', '$x'. */
static struct token lex_dollar(struct lexer *l)
{
	size_t start = l->at++;
	struct token token;

	if (peek(l, 0) == '#') {
		l->at++;
		return token_from(l, TOKEN_PARAM_COUNT, start);
	}
	if (!is_word(peek(l, 0))) {
		diag_error(l->diag, span_from(l, start), "expected a name or a number behind '$'");
		diag_hint(l->diag, "as in $x; parameters of the command line are $1, $2 ..., their "
				   "number is $#");
		return token_from(l, TOKEN_VAR, start);
	}
	if (!char_is_digit(peek(l, 0))) {
		while (is_word(peek(l, 0)))
			l->at++;
		return token_from(l, TOKEN_VAR, start);
	}
	while (char_is_digit(peek(l, 0)))
		l->at++;
	token = token_from(l, TOKEN_PARAM, start);
	token.number = 0;
	for (size_t i = 1; i < token.text_len && token.number < 100000; i++)
		token.number = token.number * 10 + (uint64_t)(token.text[i] - '0');
	if (token.number == 0 || token.number >= 100000) {
		diag_error(l->diag, token.span, "there is no parameter '%s': they are $1, $2 ...",
			   token.text);
		token.number = 1;
	}
	return token;
}

/* A sign, or TOKEN_END when there is none. */
static struct token lex_sign(struct lexer *l)
{
	static const enum token_kind order[] = {
#define SIGN(name, sign) TOKEN_##name,
#include "script/sign.def"
	};

	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		const char *text = sign_texts[order[i]];
		size_t len = strlen(text), start = l->at;

		if (peek(l, 0) != text[0] || len > l->source->len - l->at ||
		    memcmp(l->source->text + l->at, text, len) != 0)
			continue;
		l->at += len;
		return (struct token){
			.kind = order[i], .span = span_from(l, start), .text = text, .text_len = len
		};
	}
	return (struct token){ .kind = TOKEN_END };
}

/* What a character that means nothing was most likely meant to be. */
static void refuse_character(struct lexer *l)
{
	size_t start = l->at++;
	char c = l->source->text[start];

	if (c == '\'') {
		while (!is_at_end(l) && peek(l, 0) != '\'' && peek(l, 0) != '\n')
			l->at++;
		if (peek(l, 0) == '\'')
			l->at++;
		diag_error(l->diag, span_from(l, start),
			   "there are no characters in single quotes");
		if (l->at - start == 3)
			diag_hint(l->diag,
				  "the code of '%c' is %d; a string has double quotes: \"%c\"",
				  l->source->text[start + 1], l->source->text[start + 1],
				  l->source->text[start + 1]);
		else
			diag_hint(l->diag, "strings have double quotes: \"...\"");
		return;
	}
	while (((unsigned char)peek(l, 0) & 0xc0) == 0x80)
		l->at++;
	diag_error(l->diag, span_from(l, start), "this character has no meaning in a script");
	if ((unsigned char)c >= 0x80)
		diag_hint(l->diag,
			  "text copied from a page may hold signs that look like ASCII and "
			  "are not");
}

static struct token lex_visible(struct lexer *l)
{
	char c = peek(l, 0);

	if (char_is_digit(c))
		return lex_int(l);
	if (char_is_letter(c))
		return lex_word(l);
	switch (c) {
	case '"': return lex_string(l);
	case '@': return lex_map(l);
	case '$': return lex_dollar(l);
	case '#':
		if (begins_line(l, l->at))
			return lex_directive(l);
		break;
	default: break;
	}
	if (c == '/' && peek(l, 1) == '/')
		return lex_line_comment(l);
	if (c == '/' && peek(l, 1) == '*')
		return lex_block_comment(l);
	return lex_sign(l);
}

struct token lex_next(struct lexer *l)
{
	struct token token;

	if (l->at == 0 && peek(l, 0) == '#' && peek(l, 1) == '!') {
		token = lex_line_comment(l);
		token.kind = TOKEN_SHEBANG;
		return token;
	}
	for (;;) {
		while (!is_at_end(l) &&
		       (is_space(peek(l, 0)) || (peek(l, 0) == '\\' && peek(l, 1) == '\n')))
			l->at++;
		if (is_at_end(l) || l->no_memory)
			return (struct token){ .kind = TOKEN_END, .span = span_from(l, l->at) };
		token = lex_visible(l);
		if (token.kind != TOKEN_END)
			return token;
		refuse_character(l);
	}
}

/* --- attach points --------------------------------------------------------------------------- */

static void pass_quoted(struct lexer *l)
{
	size_t start = l->at++;

	while (!is_at_end(l) && peek(l, 0) != '"' && peek(l, 0) != '\n')
		l->at += peek(l, 0) == '\\' && l->at + 1 < l->source->len ? 2 : 1;
	if (peek(l, 0) == '"')
		l->at++;
	else
		diag_error(l->diag, span_from(l, start), "this string has no end: '\"' is missing");
}

struct token lex_attach(struct lexer *l, unsigned int path_fields)
{
	size_t start = l->at;
	unsigned int field = 0;

	while (!is_at_end(l)) {
		char c = peek(l, 0);

		if (is_space(c) || c == ',' || c == '{' || c == '}' || c == ';')
			break;
		if (c == '/' && !(path_fields >> field & 1))
			break;
		if (c == '"') {
			pass_quoted(l);
			continue;
		}
		if (c == ':' && field < 31)
			field++;
		if (c == '\\' && l->at + 1 < l->source->len && peek(l, 1) != '\n')
			l->at++;
		l->at++;
	}
	return token_from(l, TOKEN_ATTACH, start);
}
