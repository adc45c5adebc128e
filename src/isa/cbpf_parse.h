/*
 * cbpf_parse.h - the classic assembler's parser (private to it).
 *
 *	cbpf_asm.c      labels, words, jumps, statements
 *	cbpf_operand.c  tokens, errors, operands
 *
 * The parser looks one token ahead: p->token is the next one, not yet taken.  A function that
 * returns bool has, when it returns false, reported an error unless it says otherwise.
 */
#ifndef WAGGLE_ISA_CBPF_PARSE_H
#define WAGGLE_ISA_CBPF_PARSE_H

#include "base/attr.h"
#include "isa/cbpf.h"
#include "isa/cbpf_lex.h"

/* The longest name or label that is compared; a longer one is an error. */
enum { CBPF_MOST_NAME_LEN = 255 };

struct cbpf_label {
	struct span name;
	uint32_t at;
};

/* Which field of the jump a label fills. */
enum cbpf_jump_kind {
	CBPF_JUMP_TRUE,
	CBPF_JUMP_FALSE,
	CBPF_JUMP_ALWAYS,
};

/* A jump to a label, until all labels are known. */
struct cbpf_jump {
	struct span to;
	uint32_t at;
	enum cbpf_jump_kind kind;
};

struct cbpf_parser {
	struct cbpf_lexer lexer;
	struct cbpf_token token; /* not yet taken */
	bool out_of_range;       /* more instructions than a program may have */

	uint32_t count;
	uint32_t label_count;
	uint32_t jump_count;
	struct cbpf_insn insns[CBPF_MOST_INSNS];
	struct span spans[CBPF_MOST_INSNS];
	struct cbpf_label labels[CBPF_MOST_INSNS + 1]; /* at each instruction and at the end */
	struct cbpf_jump jumps[CBPF_MOST_INSNS * 2];
};

struct cbpf_operand {
	enum cbpf_form form;
	uint32_t k;
};

/* Tokens.  Is the next one this sign or word?  'skip' takes it if it is. */
void cbpf_take(struct cbpf_parser *p);
bool cbpf_at_sign(const struct cbpf_parser *p, char sign);
bool cbpf_at_word(const struct cbpf_parser *p, const char *word);
bool cbpf_skip_sign(struct cbpf_parser *p, char sign);
bool cbpf_expect_sign(struct cbpf_parser *p, char sign);
/* Is @token, the last that was read, a word with a ':' behind it? */
bool cbpf_is_label(const struct cbpf_lexer *lexer, struct cbpf_token token);

/* Errors.  Both return false. */
bool cbpf_fail(struct cbpf_parser *p, struct span span, const char *format, ...) PRINTF_LIKE(3, 4);
bool cbpf_fail_expected(struct cbpf_parser *p, const char *what);
/* Is the error just reported kept, so that a search for similar names is worth it? */
bool cbpf_wants_hint(const struct cbpf_parser *p);
/* A span's text, cut to CBPF_MOST_NAME_LEN, in @buf, which is returned. */
const char *cbpf_span_text(const struct cbpf_parser *p, struct span span,
			   char buf[CBPF_MOST_NAME_LEN + 1]);

/* Operands. */

/* A number with an optional sign: -2^31 to 2^32 - 1. */
bool cbpf_parse_value(struct cbpf_parser *p, uint32_t *ret_value);
/* An operand; sets the form NONE where none begins.  With @bare_constant (ldi, ldxi) the '#' of a
 * constant may be missing. */
bool cbpf_parse_operand(struct cbpf_parser *p, bool bare_constant, struct cbpf_operand *operand);

#endif
