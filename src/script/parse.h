/*
 * parse.h - the inside of the parser: its state, and what its files share.
 *
 * What fails has reported its error, or set 'no_memory', and returns NULL or false.  Callers hand that on
 * up to a statement or an item, which skips to where the next one begins.
 */
#ifndef WAGGLE_SCRIPT_PARSE_H
#define WAGGLE_SCRIPT_PARSE_H

#include "script/ast.h"
#include "script/script.h"

enum { PARSER_MOST_CONDITIONS = 64 }; /* '#if's within each other */

struct parser {
	struct lexer lexer;
	struct arena *arena;
	struct diag *diag;
	struct script *script;
	const struct script_options *options;
	struct token *tokens; /* all so far, comments too */
	size_t count, size;
	size_t at; /* of the next token that is no comment; 'count': it was not read yet */
	unsigned int depth;
	bool in_predicate; /* a '/' before '{' ends the expression */
	bool no_memory;
	bool is_imported;           /* this file is */
	unsigned int attach_errors; /* of all errors, those in attach points */
	struct item *last_item;
	struct {
		struct span span;
		bool was_taken; /* one of its groups was */
	} conditions[PARSER_MOST_CONDITIONS];
	unsigned int condition_count;
};

/* --- tokens: parse.c ------------------------------------------------------------------------- */

/* The next token, and the one @ahead behind it.  What is pointed to is a copy as far as roles
 * are concerned: set them with syntax_role. */
const struct token *syntax_peek(struct parser *p);
const struct token *syntax_peek_at(struct parser *p, size_t ahead);
bool syntax_is(struct parser *p, enum token_kind kind);
bool syntax_is_word(struct parser *p, const char *word);
/* Take the next token, which is for @role. */
const struct token *syntax_take(struct parser *p, enum token_role role);
bool syntax_accept(struct parser *p, enum token_kind kind, enum token_role role);
/* Take it, or say that @what was expected: "')' or ','". */
bool syntax_expect(struct parser *p, enum token_kind kind, enum token_role role, const char *what);
/* Let the next token have @role. */
void syntax_role(struct parser *p, enum token_role role);
/* Forget what was read beyond the next token, and that itself: the lexer stands at its start. */
void syntax_rewind(struct parser *p);
void syntax_push(struct parser *p, struct token token);

/* "'foo'", or "the end": the next token, for messages. */
const char *syntax_found(struct parser *p);
/* An error: expected @what, found the next token.  NULL. */
void *syntax_expected(struct parser *p, const char *what);
/* From the start of @from to the last token taken. */
struct span syntax_span(struct parser *p, struct span from);
/* Where something is missing: behind the last token taken. */
struct span syntax_span_behind(const struct parser *p);
/* One level deeper, or an error when that is too deep.  Each true is to be paired with syntax_leave. */
bool syntax_enter(struct parser *p);
void syntax_leave(struct parser *p);
/* Zeroed memory, or NULL with no_memory set. */
void *syntax_alloc(struct parser *p, size_t size);
struct item *syntax_item(struct parser *p, enum item_kind kind, struct span span);

/* Skip to behind the ';' that ends the statement, or to before the '}' that ends its block. */
void syntax_skip_statement(struct parser *p);

/* --- preprocess.c ---------------------------------------------------------------------------- */

/* Do what the directive @token says; what it leaves out was pushed as a TOKEN_SKIPPED. */
void parse_directive(struct parser *p, const struct token *token);
void parse_directives_end(struct parser *p);
struct c_macro *c_macro_find(const struct script *script, const char *name);
/* Parse @text as an expression all of whose nodes stand at @span: the value of a '#define'.  NULL after
 * an error, and for an empty text. */
struct expr *parse_text(struct script *script, struct arena *arena, struct diag *diag,
			const char *text, struct span span);

/* The same for a type; NULL when @text is none. */
struct type_name *parse_type_text(struct script *script, struct arena *arena, const char *text);

/* --- parse_type.c ---------------------------------------------------------------------------- */

/* Do the tokens from @ahead on begin a type for sure? */
bool is_type_start(struct parser *p, size_t ahead);
/* Does '(' begin a cast? */
bool is_cast(struct parser *p);
struct type_name *parse_type_name(struct parser *p);
struct type_name *parse_base_type(struct parser *p); /* without '*' and '[N]' */
struct type_name *type_name_wrap(struct parser *p, enum type_name_kind kind,
				 struct type_name *inner, struct span span);

/* --- parse_cdef.c ---------------------------------------------------------------------------- */

bool is_c_definition(struct parser *p);
/* A whole definition, its ';' included where there is one. */
bool parse_c_definition(struct parser *p);
/* 'struct S { ... }' from the tag on; also without a body, or without a name. */
struct c_def *parse_c_tagged(struct parser *p);

/* --- attach.c -------------------------------------------------------------------------------- */

/* The attach point in @token; NULL with the error reported.  @before is the one before it in its
 * list, or NULL. */
struct attach *attach_parse(struct parser *p, const struct token *token,
			    const struct attach *before);

/* --- parse_expr.c, parse_stmt.c -------------------------------------------------------------- */

struct expr *parse_expr(struct parser *p);
struct block *parse_block(struct parser *p);
struct expr *parse_if(struct parser *p);
bool is_word(const struct token *t, const char *word);
enum op op_of_assignment(enum token_kind kind, bool *ret_is_assignment);

#endif
