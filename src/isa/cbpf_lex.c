/*
 * cbpf_lex.c - the words, numbers and signs of classic BPF's texts.
 */
#include "isa/cbpf_lex.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/chars.h"

/* The character @ahead of the next one, or NUL beyond the end. */
static char peek(const struct cbpf_lexer *lexer, uint32_t ahead)
{
	size_t at = (size_t)lexer->at + ahead;

	return at < lexer->source->len ? lexer->source->text[at] : '\0';
}

static bool at_end(const struct cbpf_lexer *lexer)
{
	return lexer->at >= lexer->source->len;
}

static void skip_line(struct cbpf_lexer *lexer)
{
	while (!at_end(lexer) && peek(lexer, 0) != '\n')
		lexer->at++;
}

/* Past a comment between slash-star and star-slash; false if it never ends. */
static bool skip_block(struct cbpf_lexer *lexer)
{
	const struct source *source = lexer->source;
	const char *from = source->text + lexer->at + 2;
	const char *end = memmem(from, source->len - lexer->at - 2, "*/", 2);

	if (!end) {
		diag_error(lexer->diag, (struct span){ lexer->at, 2 }, "this comment has no end");
		diag_hint(lexer->diag, "it needs a '*/'");
		lexer->failed = true;
		lexer->at = (uint32_t)source->len;
		return false;
	}
	lexer->at = (uint32_t)(end - source->text) + 2;
	return true;
}

/* Past blanks and comments.  Sets *begins_line when a newline was among them. */
static bool skip_blanks(struct cbpf_lexer *lexer, bool *begins_line)
{
	*begins_line = lexer->at == 0;
	while (!at_end(lexer)) {
		char c = peek(lexer, 0), next = peek(lexer, 1);

		if (c == '\n' || char_is_blank(c)) {
			*begins_line |= c == '\n';
			lexer->at++;
		} else if (c == ';' || (c == '/' && next == '/') || (c == '#' && *begins_line)) {
			skip_line(lexer);
		} else if (c == '/' && next == '*') {
			if (!skip_block(lexer))
				return false;
		} else {
			break;
		}
	}
	return true;
}

static enum cbpf_token_kind bad_number(struct cbpf_lexer *lexer, struct span span, const char *hint)
{
	int shown = span.len < 40 ? (int)span.len : 40;

	lexer->failed = true;
	diag_error(lexer->diag, span, "'%.*s' is not a number of 32 bits", shown,
		   lexer->source->text + span.offset);
	diag_hint(lexer->diag, "%s", hint);
	return CBPF_TOKEN_BAD;
}

static enum cbpf_token_kind lex_number(struct cbpf_lexer *lexer, struct cbpf_token *token)
{
	const char *text = lexer->source->text + token->span.offset;
	unsigned int base = 10, i = 0;
	uint64_t value = 0;

	while (char_is_digit(peek(lexer, 0)) || char_is_letter(peek(lexer, 0)))
		lexer->at++;
	token->span.len = lexer->at - token->span.offset;
	if (token->span.len > 2 && text[0] == '0' && (text[1] | 0x20) == 'x') {
		base = 16;
		i = 2;
	} else if (token->span.len > 2 && text[0] == '0' && (text[1] | 0x20) == 'b') {
		base = 2;
		i = 2;
	} else if (token->span.len > 1 && text[0] == '0') {
		base = 8;
		i = 1;
	}
	for (; i < token->span.len; i++) {
		int digit = char_hex_value(text[i]);

		if (digit < 0 || (unsigned int)digit >= base)
			return bad_number(lexer, token->span,
					  "numbers are 10, 0xa, 012 (octal) or 0b1010");
		value = value * base + (unsigned int)digit;
		if (value > UINT32_MAX)
			return bad_number(lexer, token->span, "the largest is 4294967295");
	}
	token->number = (uint32_t)value;
	return CBPF_TOKEN_NUMBER;
}

/* A character in quotes, one of C's simple escapes included. */
static enum cbpf_token_kind lex_character(struct cbpf_lexer *lexer, struct cbpf_token *token)
{
	static const char escapes[] = "n\nt\tr\r0\0\\\\''";
	char c = peek(lexer, 1);
	uint32_t len = 3;

	if (c == '\\') {
		const char *found = NULL;

		for (size_t i = 0; i + 2 < sizeof escapes && !found; i += 2)
			if (escapes[i] == peek(lexer, 2))
				found = &escapes[i + 1];
		c = found ? *found : '\n';
		len = found ? 4 : 0;
	} else if (c == '\n' || c == '\'' || (size_t)lexer->at + 1 >= lexer->source->len) {
		len = 0;
	}
	if (!len || peek(lexer, len - 1) != '\'') {
		lexer->failed = true;
		lexer->at++;
		token->span.len = 1;
		diag_error(lexer->diag, token->span, "this quote does not begin a character");
		diag_hint(lexer->diag,
			  "characters are 'a', '\\n', '\\t', '\\r', '\\0', '\\\\', '\\''");
		return CBPF_TOKEN_BAD;
	}
	lexer->at += len;
	token->span.len = len;
	token->number = (unsigned char)c;
	return CBPF_TOKEN_NUMBER;
}

struct cbpf_token cbpf_lex(struct cbpf_lexer *lexer)
{
	struct cbpf_token token = { .kind = CBPF_TOKEN_END };
	char c;

	lexer->previous_end = lexer->at;
	if (!skip_blanks(lexer, &token.begins_line))
		token.kind = CBPF_TOKEN_BAD;
	token.span.offset = lexer->at;
	if (at_end(lexer)) {
		token.begins_line = true;
		return token;
	}
	c = peek(lexer, 0);
	if (char_is_digit(c)) {
		token.kind = lex_number(lexer, &token);
	} else if (c == '\'') {
		token.kind = lex_character(lexer, &token);
	} else if (char_is_letter(c)) {
		while (char_is_letter(peek(lexer, 0)) || char_is_digit(peek(lexer, 0)))
			lexer->at++;
		token.kind = CBPF_TOKEN_WORD;
		token.span.len = lexer->at - token.span.offset;
	} else {
		token.kind = CBPF_TOKEN_SIGN;
		token.sign = c;
		token.span.len = 1;
		lexer->at++;
	}
	return token;
}

void cbpf_lex_expected(struct cbpf_lexer *lexer, struct cbpf_token token, const char *expected)
{
	int shown = token.span.len < 40 ? (int)token.span.len : 40;

	lexer->failed = true;
	if (token.kind == CBPF_TOKEN_BAD)
		return;
	if (token.begins_line && lexer->previous_end)
		diag_error(lexer->diag, (struct span){ lexer->previous_end, 1 },
			   "expected %s, found the end of the %s", expected,
			   token.kind == CBPF_TOKEN_END ? "text" : "line");
	else if (token.kind == CBPF_TOKEN_END)
		diag_error(lexer->diag, token.span, "expected %s, found an empty text", expected);
	else
		diag_error(lexer->diag, token.span, "expected %s, found '%.*s'", expected, shown,
			   lexer->source->text + token.span.offset);
}

bool cbpf_token_is(const struct cbpf_lexer *lexer, struct cbpf_token token, const char *word)
{
	return token.kind == CBPF_TOKEN_WORD && word && strlen(word) == token.span.len &&
	       !strncasecmp(lexer->source->text + token.span.offset, word, token.span.len);
}
