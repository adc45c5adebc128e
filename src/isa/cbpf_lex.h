/*
 * cbpf_lex.h - the words, numbers and signs of classic BPF's texts.
 *
 * Comments are bpf_asm's and C's: from ';' or '//' or a '#' that begins a line to the line's end,
 * and between slash-star and star-slash.
 */
#ifndef WAGGLE_ISA_CBPF_LEX_H
#define WAGGLE_ISA_CBPF_LEX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"

enum cbpf_token_kind {
	CBPF_TOKEN_END,
	CBPF_TOKEN_WORD,   /* letters, digits and '_' that begin with no digit */
	CBPF_TOKEN_NUMBER, /* decimal, 0x hex, 0 octal, 0b binary, or a character in quotes */
	CBPF_TOKEN_SIGN,   /* any other character */
	CBPF_TOKEN_BAD,    /* already reported */
};

struct cbpf_token {
	enum cbpf_token_kind kind;
	bool begins_line;
	struct span span;
	uint32_t number;
	char sign;
};

struct cbpf_lexer {
	const struct source *source;
	struct diag *diag;
	uint32_t at; /* the next byte; begin with 0 */
	bool failed; /* an error was reported */
	uint32_t previous_end;
};

struct cbpf_token cbpf_lex(struct cbpf_lexer *lexer);

/* Report that @expected was expected and @token found.  A token on a later line than what precedes
 * it is not to blame: the message then says that the line ended. */
void cbpf_lex_expected(struct cbpf_lexer *lexer, struct cbpf_token token, const char *expected);

/* Is @token this word, in any case?  A NULL word is no word's. */
bool cbpf_token_is(const struct cbpf_lexer *lexer, struct cbpf_token token, const char *word);

#endif
