/*
 * parse.h - the inside of the parser: its state, and what its files share.
 *
 * What fails returns NULL (or false) with the error in the diag, or with 'no_memory' set.
 */
#ifndef WAGGLE_FILTER_PARSE_H
#define WAGGLE_FILTER_PARSE_H

#include "filter/ast.h"

struct parser {
	const struct source *source;
	struct arena *arena;
	struct diag *diag;
	const struct token *tokens;
	const struct token *t; /* the next */
	bool has_q;            /* are there qualifiers to take over? */
	bool in_list;          /* directly in the parentheses behind qualifiers */
	struct qualifiers q;
	unsigned int depth;
	bool no_memory;
};

/* parse.c: the next token, which is taken if it is the one asked for. */
bool parser_is_word(const struct token *t, enum word word);
bool parser_accept_word(struct parser *p, enum word word);
bool parser_accept(struct parser *p, enum token_kind kind);
/* The text of @t for messages. */
const char *parser_spelling(const struct parser *p, const struct token *t);
/* From the start of @from to the last token taken. */
struct span parser_span(const struct parser *p, struct span from);
struct node *parser_node(struct parser *p, enum node_kind kind, struct span span);
/* An error that says what was expected; NULL, for its callers to return. */
void *parser_expected(struct parser *p, const char *what);

/* parse_arith.c: does @t go on with a number that stands before it? */
bool continues_arith(const struct token *t);
struct arith *new_arith(struct parser *p, enum arith_kind kind, struct span span, struct arith *a,
			struct arith *b);
struct arith *parse_operand(struct parser *p);
struct node *new_relation(struct parser *p, struct span span, struct arith *a,
			  enum token_kind compare, struct arith *b);
struct node *parse_relation(struct parser *p);

/* parse_words.c: a test that begins with a word of its own.  NULL, and *ret_is_plain false, if the next
 * token begins none. */
struct node *parse_plain(struct parser *p, bool *ret_is_plain);
/* 'broadcast', 'multicast', and the words of 802.11, which may have a protocol before them. */
bool is_trailing_word(const struct token *t);
struct node *parse_trailing_word(struct parser *p, enum protocol protocol, struct span span);

#endif
