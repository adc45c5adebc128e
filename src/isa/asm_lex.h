/*
 * asm_lex.h - the words of the assembler's language (private to the assembler).
 *
 * The operators are those of alu.def, jmp.def and atomic.def: a new row is a new word here.
 */
#ifndef WAGGLE_ISA_ASM_LEX_H
#define WAGGLE_ISA_ASM_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum asm_token_kind {
	ASM_END,     /* of the text */
	ASM_NEWLINE, /* ends a statement */
	ASM_NAME,    /* r1, goto, loop, .insn: letters, digits, '_', '.', '$', not first a digit */
	ASM_NUMBER,  /* 12, 0x1f, 'a' */
	ASM_SIGN,    /* an operator or a single mark: s>>= += ( # */
	ASM_BAD,     /* no word at all: 'reason' says why */
};

struct asm_token {
	enum asm_token_kind kind;
	const char *text; /* of the source; not NUL-terminated */
	size_t len;
	uint64_t number;    /* of an ASM_NUMBER */
	const char *reason; /* of an ASM_BAD: what is wrong with 'text' */
	const char *advice; /* or NULL */
};

/* Where the lexer stands.  A copy of it is a place to come back to. */
struct asm_lexer {
	const char *next;
	const char *end;
	const char *name_end; /* of the last token if it was a name, else NULL */
};

/* The next token.  Comments ('#', '//' and ';' to the end of the line, and C's) are blanks; a '#'
 * between a name and a number, as in 'bpf_ktime_get_ns#5', is a sign. */
struct asm_token asm_lex(struct asm_lexer *lexer);

/* Go on at the end of the line, whatever is in between. */
void asm_lex_skip_line(struct asm_lexer *lexer);

/* Is the token this word or sign? */
bool asm_token_is(const struct asm_token *token, const char *text);

#endif
