/*
 * cxx_in.h - what the readers of C++ names share.
 *
 *	cxx_read.c   characters, nodes; template parameters and substitutions
 *	cxx_name.c   names
 *	cxx_type.c   types
 *	cxx_expr.c   expressions, and arguments of templates
 *	cxx_parse.c  encodings: whole names
 *
 * Each function reads what it is called after, from where the parser stands, and stands behind it then.  When it
 * is not there the parser has failed: it is at its end, whatever is read next fails too, and the result is NULL.
 */
#ifndef WAGGLE_SYM_CXX_IN_H
#define WAGGLE_SYM_CXX_IN_H

#include "sym/cxx.h"

enum { CXX_MOST_SUBSTITUTIONS = 4096 };

struct cxx_parser {
	const char *p;
	const char *end;
	struct arena *arena;
	struct cxx_node *substitutions[CXX_MOST_SUBSTITUTIONS];
	size_t substitution_count;
	struct cxx_node *args;  /* LIST; NULL: none yet */
	const char *qualifiers; /* of the method whose name was read last */
	unsigned int depth;
	unsigned int
		in_types;   /* in types and arguments, whose own arguments are not the function's */
	bool is_conversion; /* in the type of a conversion operator */
	bool is_lambda;     /* in the parameters of a lambda */
	bool failed;
};

/* A row of cxx.def: an operator, a type, a special name. */
struct cxx_word {
	char code[3];
	unsigned char operands;
	const char *text;
};

/* Names of the standard library that have a substitution of their own: St, Sa, Ss ...; behind the last is one
 * without 'text'. */
struct cxx_abbreviation {
	char code[2];
	const char *text, *full, *class_name;
};
extern const struct cxx_abbreviation cxx_abbreviations[];

/* --- cxx_read.c ------------------------------------------------------------------------------- */

struct cxx_node *cxx_fail(struct cxx_parser *in);
/* The character @ahead, or NUL. */
char cxx_peek(const struct cxx_parser *in, size_t ahead);
/* Go beyond @text, if it stands there; or fail if it does not. */
bool cxx_take(struct cxx_parser *in, const char *text);
void cxx_expect(struct cxx_parser *in, const char *text);
/* The word that stands there, or NULL. */
const struct cxx_word *cxx_take_word(struct cxx_parser *in, const struct cxx_word *words,
				     size_t count);
const struct cxx_word *cxx_take_operator(struct cxx_parser *in);
uint64_t cxx_take_decimal(struct cxx_parser *in);
/* <seq-id> "_" and its like: "_" is 0, "0_" is 1. */
uint64_t cxx_take_sequence(struct cxx_parser *in, unsigned int base);
/* One level deeper, or fail; who entered leaves by depth--. */
bool cxx_enter(struct cxx_parser *in);

struct cxx_node *cxx_make(struct cxx_parser *in, enum cxx_kind kind, const char *text,
			  struct cxx_node *a, struct cxx_node *b);
struct cxx_node *cxx_make_name(struct cxx_parser *in, const char *text, size_t len);
struct cxx_node *cxx_make_numbered(struct cxx_parser *in, enum cxx_kind kind, const char *text,
				   struct cxx_node *a, uint64_t number);
/* It can be referred to again: the same node. */
struct cxx_node *cxx_remember(struct cxx_parser *in, struct cxx_node *made);

/* Until "E". */
struct cxx_node *cxx_parse_list(struct cxx_parser *in,
				struct cxx_node *(*parse)(struct cxx_parser *));
struct cxx_node *cxx_parse_param(struct cxx_parser *in);
struct cxx_node *cxx_parse_substitution(struct cxx_parser *in);

/* --- cxx_name.c ------------------------------------------------------------------------------- */

struct cxx_node *cxx_parse_name(struct cxx_parser *in);
struct cxx_node *cxx_parse_source_name(struct cxx_parser *in);
struct cxx_node *cxx_parse_unqualified(struct cxx_parser *in);
/* <template-args>, which are what T_ ... mean from then on. */
struct cxx_node *cxx_parse_args(struct cxx_parser *in);

/* --- cxx_type.c ------------------------------------------------------------------------------- */

struct cxx_node *cxx_parse_type(struct cxx_parser *in);
/* @name with the arguments that stand behind it, if there are any. */
struct cxx_node *cxx_with_args(struct cxx_parser *in, struct cxx_node *name);

/* --- cxx_expr.c ------------------------------------------------------------------------------- */

struct cxx_node *cxx_parse_expression(struct cxx_parser *in);
/* <template-arg> */
struct cxx_node *cxx_parse_arg(struct cxx_parser *in);

/* --- cxx_parse.c ------------------------------------------------------------------------------ */

/* <encoding>; the result of a function is read where templates have it, and kept if @with_result. */
struct cxx_node *cxx_parse_encoding(struct cxx_parser *in, bool with_result);

#endif
