/*
 * lex.h - the tokens of a tracing script.
 *
 * The lexer is asked for one token at a time, because what the characters mean depends on where
 * they stand: '/' divides in an expression, begins a predicate behind a probe, and is a part of the
 * path in 'uprobe:/bin/bash:readline'.  Only the parser knows, and asks accordingly.
 *
 * It reports what is wrong and goes on with something that the parser can use: a character
 * without meaning is skipped, a number too large is 0, a string without an end ends with its line.
 * So one slip makes one message.
 */
#ifndef WAGGLE_SCRIPT_LEX_H
#define WAGGLE_SCRIPT_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"

enum token_kind {
	TOKEN_END,
	TOKEN_INT,         /* number */
	TOKEN_STRING,      /* text, text_len: without quotes, escapes replaced */
	TOKEN_NAME,        /* text; also every keyword */
	TOKEN_VAR,         /* text: '$x' */
	TOKEN_MAP,         /* text: '@x' or '@' */
	TOKEN_PARAM,       /* number: of '$1' */
	TOKEN_PARAM_COUNT, /* '$#' */
	TOKEN_ATTACH,      /* text: an attach point, as written */
	TOKEN_COMMENT,     /* text as written, without the newline */
	TOKEN_DIRECTIVE, /* text: a line of the C preprocessor, continuation lines joined by '\n' */
	TOKEN_SKIPPED,   /* lines that '#if' leaves out, as written */
	TOKEN_SHEBANG,   /* '#!...' in the first line */
#define SIGN(name, sign) TOKEN_##name,
#include "script/sign.def"
	TOKEN_KIND_COUNT,
};

/* What a token is for, which the parser writes down for the formatter. */
enum token_role {
	ROLE_NONE,
	ROLE_TIGHT,     /* stands close to both neighbours: '.', the '..' of ranges */
	ROLE_PREFIX,    /* close to the next: unary operators, the ')' of a cast */
	ROLE_POSTFIX,   /* close to the one before: '++', the '(' of a call, the '[' of an index */
	ROLE_BINARY,    /* between spaces */
	ROLE_BLOCK,     /* braces with lines of their own between them */
	ROLE_LINE,      /* asks for begins_line, and leaves the role */
	ROLE_ITEM,      /* begins a line, and what stands outside of probes */
	ROLE_PROBE,     /* begins an attach point that is not its probe's first */
	ROLE_PREDICATE, /* the '/' before a predicate */
	ROLE_PREDICATE_END,
};

struct token {
	enum token_kind kind;
	enum token_role role;
	bool begins_line; /* a statement, a member, a declaration */
	struct span span;
	uint64_t number;
	const char *text;
	size_t text_len;
};

struct lexer {
	const struct source *source;
	struct arena *arena;
	struct diag *diag;
	size_t at;
	bool no_memory; /* every token from now on is a TOKEN_END */
	/* For texts that stand for a place elsewhere: every token has this span. */
	bool has_fixed_span;
	struct span fixed_span;
};

/* The next token; comments and directives are tokens too. */
struct token lex_next(struct lexer *lexer);

/* The attach point that begins at lexer->at: up to white space, ',', '{' or a predicate's '/'.  '/' is
 * a part of those fields only whose bits @path_fields has; field 0 is the provider. */
struct token lex_attach(struct lexer *lexer, unsigned int path_fields);

/* All up to the '#else', '#elif' or '#endif' that belongs to the '#if' before lexer->at. */
struct token lex_skip_group(struct lexer *lexer);

/* How a token of @kind is named in messages: "'+='", "a string" ... */
const char *lex_kind_text(enum token_kind kind);

/* The text of a sign alone: "+=". */
const char *lex_sign_text(enum token_kind kind);

/* @number in C's spellings, with '_', exponents, suffixes and durations.  0, -EINVAL (no number at
 * all) or -ERANGE. */
int lex_number(const char *text, size_t len, uint64_t *ret_number);

#endif
