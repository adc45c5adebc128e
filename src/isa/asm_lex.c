/*
 * asm_lex.c - the words of the assembler's language.
 *
 * Two things are unusual.  Some operators begin with a letter ('s>' compares signed), so operators
 * are tried before names.  And '#' begins a comment except where the disassembler puts it between
 * a function's name and number.
 */
#include "isa/asm_lex.h"

#include <string.h>

#include "base/bits.h"
#include "base/chars.h"

/* Every operator, and the marks that an operator may begin with.  A token is the longest that
 * fits. */
static const char *const signs[] = {
#define ALU_OP(name, code, off, group, text, value) text,
#include "isa/alu.def"
#define JMP_OP(name, code, text, condition, negated) text,
#include "isa/jmp.def"
	"*",
	"+",
	"-",
};

/* The marks that no operator begins with. */
static const char lone_marks[] = "()[],:";

static bool begins_name(char c)
{
	return char_is_letter(c) || c == '.' || c == '$';
}

static bool in_name(char c)
{
	return begins_name(c) || char_is_digit(c);
}

static char peek(const struct asm_lexer *lexer, size_t ahead)
{
	return (size_t)(lexer->end - lexer->next) > ahead ? lexer->next[ahead] : '\0';
}

bool asm_token_is(const struct asm_token *token, const char *text)
{
	return (token->kind == ASM_NAME || token->kind == ASM_SIGN) && strlen(text) == token->len &&
	       memcmp(token->text, text, token->len) == 0;
}

void asm_lex_skip_line(struct asm_lexer *lexer)
{
	const char *newline = memchr(lexer->next, '\n', (size_t)(lexer->end - lexer->next));

	lexer->next = newline ? newline : lexer->end;
}

/* The number of 'bpf_ktime_get_ns#5' follows: no comment. */
static bool at_number_sign(const struct asm_lexer *lexer)
{
	return lexer->name_end == lexer->next &&
	       (char_is_digit(peek(lexer, 1)) || peek(lexer, 1) == '-');
}

/* Go to the next word.  False at a comment that is never closed. */
static bool skip_blanks(struct asm_lexer *lexer)
{
	for (;;) {
		char c = peek(lexer, 0);

		if (lexer->next == lexer->end)
			return true;
		if (char_is_blank(c)) {
			lexer->next++;
		} else if (c == ';' || (c == '#' && !at_number_sign(lexer)) ||
			   (c == '/' && peek(lexer, 1) == '/')) {
			asm_lex_skip_line(lexer);
		} else if (c == '/' && peek(lexer, 1) == '*') {
			size_t left = (size_t)(lexer->end - lexer->next) - 2;
			const char *close = memmem(lexer->next + 2, left, "*/", 2);

			if (!close)
				return false;
			lexer->next = close + 2;
		} else {
			return true;
		}
	}
}

static struct asm_token bad(struct asm_token token, const char *reason, const char *advice)
{
	token.kind = ASM_BAD;
	token.reason = reason;
	token.advice = advice;
	return token;
}

/* Read digits of @base into @token; true when the number is too large. */
static bool read_digits(struct asm_lexer *lexer, unsigned int base, struct asm_token *token)
{
	bool too_large = false;

	for (;;) {
		int digit = char_hex_value(peek(lexer, 0));

		if (digit < 0 || (unsigned int)digit >= base)
			return too_large;
		too_large |= __builtin_mul_overflow(token->number, base, &token->number);
		too_large |=
			__builtin_add_overflow(token->number, (unsigned int)digit, &token->number);
		lexer->next++;
	}
}

static bool at_ll(const struct asm_lexer *lexer)
{
	return peek(lexer, 0) == 'l' && peek(lexer, 1) == 'l' && !in_name(peek(lexer, 2));
}

static struct asm_token lex_number(struct asm_lexer *lexer)
{
	struct asm_token token = { .kind = ASM_NUMBER, .text = lexer->next };
	bool hex = peek(lexer, 0) == '0' && (peek(lexer, 1) | 0x20) == 'x';
	bool too_large, junk;

	if (hex)
		lexer->next += 2;
	junk = hex && char_hex_value(peek(lexer, 0)) < 0;
	too_large = read_digits(lexer, hex ? 16 : 10, &token);
	token.len = (size_t)(lexer->next - token.text);
	junk |= in_name(peek(lexer, 0)) && !at_ll(lexer);
	while (junk && in_name(peek(lexer, 0)))
		lexer->next++;
	if (junk) {
		token.len = (size_t)(lexer->next - token.text);
		return bad(token, "is not a number",
			   "numbers are decimal or, with 0x, hexadecimal");
	}
	if (too_large)
		return bad(token, "does not fit in 64 bits", NULL);
	if (!hex && token.len > 1 && token.text[0] == '0')
		return bad(token, "has a leading zero: decimal or octal?",
			   "write it in decimal without the zero, or in hexadecimal with 0x");
	return token;
}

/* The value of the escape after a backslash, which it takes; -1 when there is none such. */
static int read_escape(struct asm_lexer *lexer)
{
	static const char letters[] = "ntr0\\'\"", values[] = "\n\t\r\0\\'\"";
	char c = peek(lexer, 0);
	const char *found = c ? strchr(letters, c) : NULL;
	int high = char_hex_value(peek(lexer, 1)), low = char_hex_value(peek(lexer, 2));

	if (found) {
		lexer->next++;
		return values[found - letters];
	}
	if (c != 'x' || high < 0 || low < 0)
		return -1;
	lexer->next += 3;
	return high << 4 | low;
}

static struct asm_token lex_char(struct asm_lexer *lexer)
{
	struct asm_token token = { .kind = ASM_NUMBER, .text = lexer->next++, .len = 1 };
	const char *start = lexer->next;
	char c = peek(lexer, 0);
	int value = -1;

	if (c == '\\') {
		lexer->next++;
		value = read_escape(lexer);
	} else if (c != '\n' && c != '\'' && start != lexer->end) {
		lexer->next++;
		value = (unsigned char)c;
	}
	if (value < 0 || peek(lexer, 0) != '\'') {
		lexer->next = start;
		return bad(
			token, "begins no character constant",
			"one character, or \\n \\t \\r \\0 \\\\ \\' or \\x and two hex digits, and "
			"a closing quote");
	}
	lexer->next++;
	token.number = (uint64_t)value;
	token.len = (size_t)(lexer->next - token.text);
	return token;
}

/* The length of @sign if it is here, else 0. */
static size_t match_sign(const struct asm_lexer *lexer, const char *sign)
{
	size_t len = 0;

	while (sign[len] && sign[len] == peek(lexer, len))
		len++;
	return sign[len] ? 0 : len;
}

/* The length of the longest sign here, or 0. */
static size_t sign_length(const struct asm_lexer *lexer)
{
	size_t longest = 0;
	char c = peek(lexer, 0);

	if (c && strchr(lone_marks, c))
		return 1;
	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		size_t len = match_sign(lexer, signs[i]);

		if (len > longest)
			longest = len;
	}
	return longest;
}

static struct asm_token lex_name(struct asm_lexer *lexer)
{
	struct asm_token token = { .kind = ASM_NAME, .text = lexer->next };

	while (in_name(peek(lexer, 0)))
		lexer->next++;
	token.len = (size_t)(lexer->next - token.text);
	return token;
}

static struct asm_token lex_any(struct asm_lexer *lexer)
{
	struct asm_token token = { .kind = ASM_END, .text = lexer->next };
	char c = peek(lexer, 0);

	if (lexer->next == lexer->end)
		return token;
	if (char_is_digit(c))
		return lex_number(lexer);
	if (c == '\'')
		return lex_char(lexer);
	/* Of the operators that begin with a letter all begin with 's', and 's' alone is none. */
	token.len = c == '#' ? 1 : begins_name(c) && c != 's' ? 0 : sign_length(lexer);
	if (!token.len && begins_name(c))
		return lex_name(lexer);
	token.kind = c == '\n' ? ASM_NEWLINE : ASM_SIGN;
	if (c == '\n')
		token.len = 1;
	if (!token.len) {
		token.len = 1;
		token = bad(token, "is no character of this language", NULL);
	}
	lexer->next += token.len;
	return token;
}

struct asm_token asm_lex(struct asm_lexer *lexer)
{
	struct asm_token token;

	if (!skip_blanks(lexer)) {
		token = (struct asm_token){ .text = lexer->next, .len = 2 };
		lexer->next = lexer->end;
		return bad(token, "begins a comment that is never closed", NULL);
	}
	token = lex_any(lexer);
	lexer->name_end = token.kind == ASM_NAME ? lexer->next : NULL;
	return token;
}
